"""A sentence-transformers model small enough to be made in a test."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_TEXTS = ("a landing on the far side of the moon", "the storm flooded streets on the coast")


def static_model(folder: Path, texts: Sequence[str] = _TEXTS) -> Path:
    """Writes a static model of 24 dimensions that knows the words of `texts` into `folder`, and returns it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import StaticEmbedding
        from tokenizers import Tokenizer
        from tokenizers.models import WordLevel
        from tokenizers.normalizers import Lowercase
        from tokenizers.pre_tokenizers import Whitespace

        words = sorted({word.lower() for text in texts for word in text.replace(".", " ").split()})
        tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(["?", *words])}, unk_token="?"))
        tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
        weights = np.random.default_rng(1).standard_normal((len(words) + 1, 24)).astype(np.float32)
        SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return folder
