"""A transformer as ONNX Runtime runs it, its weights as 8-bit integers: the fast way on a CPU.

Encoding takes ONNX Runtime and the tokenizers library, not torch, so a search from the command line stays light. The
file is made once, when the space is (`indexer.vectors.onnx_export`).
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.encoder import ModelError, by_length, not_installed
from indexer.vectors.passages import passages
from indexer.vectors.spec import ModelSpec

MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
BATCH_TEXTS = 16  # more are not faster: the arrays of a layer should stay in a core's own cache
BATCH_TOKENS = 512


def available() -> bool:
    """Whether what it takes to make and to run such a model is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("onnxruntime", "onnx", "tokenizers"))


def import_runtime() -> Any:
    """The package onnxruntime, which sends nothing to its maker. Raises ImportError if it is not installed.

    From 1.29 on its builds for Linux and macOS keep the number of the device in the user's cache and post what they
    do, beginning with the import. The variable must be there before that, and is the only thing that stops all of it;
    the function stops what the builds for Windows hand to the system.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


class OnnxEncoder:
    """An exported model opened for encoding. Safe to use from several threads.

    Up to `threads` batches (default: one a core) are encoded at once, each by one thread: cores that share a batch wait
    for each other after every layer's every step.

    Raises ModelError if onnxruntime or tokenizers is not installed, or a file is not what it should be.
    """

    def __init__(self, spec: ModelSpec, model: Path | bytes, tokenizer: str, threads: int | None = None) -> None:
        try:
            onnxruntime = import_runtime()
            from tokenizers import Tokenizer
        except ImportError as error:
            raise not_installed(f"the model {spec.model}", error.name, "minilm") from None
        self.spec = spec
        self._threads = threads or os.cpu_count() or 1
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            source = model if isinstance(model, bytes) else str(model)
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_str(tokenizer)
        except Exception as error:  # both libraries raise whatever their native parts do
            raise ModelError(f"the model {spec.model} cannot be loaded ({str(error)[:200]})") from None
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._whole = Tokenizer.from_str(tokenizer)
        self._whole.no_padding()
        self._whole.enable_truncation(spec.window)
        self._room = spec.window - self._whole.num_special_tokens_to_add(False)
        if spec.document_prompt:
            self._room -= len(self._tokenizer.encode(spec.document_prompt, add_special_tokens=False).ids)

    def split(self, title: str, body: str) -> list[str]:
        """The passages of an article, at least one."""
        return passages(self._tokenizer, title, body, self._room)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) the vectors of texts; what does not fit the window is cut off."""
        ids = [encoding.ids for encoding in self._whole.encode_batch(list(texts))]
        batches = by_length([len(one) for one in ids], BATCH_TOKENS, BATCH_TEXTS)
        if self._threads == 1 or len(batches) < 2:
            found = [self._run([ids[place] for place in batch]) for batch in batches]
        else:
            with ThreadPoolExecutor(min(self._threads, len(batches))) as pool:
                found = list(pool.map(lambda batch: self._run([ids[place] for place in batch]), batches))
        vectors = np.empty((len(texts), self.spec.dim), np.float32)
        for batch, of_batch in zip(batches, found, strict=True):
            vectors[batch] = of_batch
        return vectors

    def _run(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """(n, dim) the vectors of one batch, the longest text first."""
        tokens = np.zeros((len(ids), len(ids[0])), np.int64)
        mask = np.zeros_like(tokens)
        for row, of_text in enumerate(ids):
            tokens[row, : len(of_text)] = of_text
            mask[row, : len(of_text)] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
        return vectors
