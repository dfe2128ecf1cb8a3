"""Any sentence-transformers model as torch runs it: on a GPU, a static one, or one that cannot be exported."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import models
from indexer.vectors.encoder import ModelError, by_length, not_installed
from indexer.vectors.models import Model
from indexer.vectors.passages import MOST_CHARS, passages
from indexer.vectors.spec import ModelSpec

BATCH_TEXTS = 64
BATCH_TOKENS = 8192


def best_device() -> str:
    """The device that torch would take."""
    torch = _torch()
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


class TorchEncoder:
    """A sentence-transformers model in memory. Safe to use from several threads, one of which encodes at a time.

    Raises ModelError if it cannot be loaded.
    """

    def __init__(self, model: Model, device: str) -> None:
        _torch()
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()

        try:
            self.model: Any = SentenceTransformer(str(model.folder), device=device, local_files_only=True)
            self.model.eval()
            found = self.model.tokenizer
            self.tokenizer = Tokenizer.from_str(getattr(found, "backend_tokenizer", found).to_str())
            window = self.model.max_seq_length
            dim = len(self.model.encode("", prompt="", show_progress_bar=False))
        except Exception as error:  # whatever transformers, torch or safetensors make of broken files
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"the model {model.name} cannot be loaded from {model.folder} ({why[:200]})") from None
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        window = int(window) if window and window < 1 << 20 else 0
        query, document = models.prompts(model)
        self.spec = ModelSpec(
            model.name, f"{models.fingerprint(model)}-torch", "torch", int(dim), window, query, document
        )
        self._room = window - self.tokenizer.num_special_tokens_to_add(False)
        if document:
            self._room -= len(self.tokenizer.encode(document, add_special_tokens=False).ids)
        self._lock = threading.Lock()

    def split(self, title: str, body: str) -> list[str]:
        """The passages of an article, at least one; a model without a window reads the article whole."""
        if not self.spec.window:
            return [f"{title}\n{body}".strip()[:MOST_CHARS]]
        return passages(self.tokenizer, title, body, self._room)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) the vectors of texts; what does not fit the window is cut off."""
        lengths = [len(encoding.ids) for encoding in self.tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), self.spec.dim), np.float32)
        with self._lock:
            for batch in by_length(lengths, BATCH_TOKENS, BATCH_TEXTS):
                # an empty prompt, because the prompts of the model's configuration are in the texts already
                chosen = [texts[place] for place in batch]
                vectors[batch] = self.model.encode(chosen, prompt="", batch_size=len(batch), show_progress_bar=False)
        return vectors

    def tokens(self, texts: Sequence[str]) -> dict[str, Any]:
        """What the first module of the model reads, for `texts`."""
        features: dict[str, Any] = self.model.tokenize(list(texts))
        return features


def _torch() -> Any:
    try:
        import sentence_transformers  # noqa: F401
        import torch
    except ImportError as error:
        raise not_installed("a neural space", error.name) from None
    return torch
