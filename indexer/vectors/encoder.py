"""Encoders: a neural model ready to turn texts into vectors, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.base.errors import ReadmoreError
from indexer.vectors.lsa import unit
from indexer.vectors.passages import pooled
from indexer.vectors.spec import ModelSpec

TORCH = "torch==2.13.0"  # exactly: any other torch is several gigabytes of CUDA packages today


class ModelError(ReadmoreError):
    """A model that cannot be had or cannot be used. The message says which, why, and what to do."""


def to_install(extra: str) -> str:
    """What to type for an extra with neural models."""
    return f"pip install {TORCH} 'readmore[{extra}]'"


def not_installed(what: str, package: str | None, extra: str = "neural") -> ModelError:
    """What to raise where `what` needs a package of an extra that is not there: one line, with the command to type."""
    return ModelError(f"{what} needs {package}, which is not installed: {to_install(extra)}")


class NotFiniteError(ModelError):
    """A text for which a model gives no finite numbers. With other texts it may well work."""


class Encoder(Protocol):
    """A model in memory."""

    spec: ModelSpec

    def split(self, title: str, body: str) -> list[str]:
        """The passages of an article, at least one."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) the vectors of texts, each no longer than a passage; of any length, in the order of the texts."""


def encode_articles(encoder: Encoder, articles: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """(n, dim) float32, the unit vectors of articles given as title and body.

    Raises ModelError if the model gives anything else than finite numbers, as many as it said; NotFiniteError if it is
    only that they are not finite.
    """
    prompt = encoder.spec.document_prompt
    split = [encoder.split(title, body) for title, body in articles]
    return pooled(_checked(encoder, [prompt + part for parts in split for part in parts]), [len(p) for p in split])


def encode_query(encoder: Encoder, text: str) -> NDArray[np.float32]:
    """(dim,) float32, the unit vector of a query. Raises ModelError as `encode_articles` does."""
    vector: NDArray[np.float32] = _checked(encoder, [encoder.spec.query_prompt + text])[0]
    return vector


def _checked(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    vectors = np.asarray(encoder.encode(texts), np.float32)
    spec = encoder.spec
    if vectors.shape != (len(texts), spec.dim):
        raise ModelError(f"the model {spec.model} gave vectors of shape {vectors.shape}, not {(len(texts), spec.dim)}")
    if not np.isfinite(vectors).all():
        place = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise NotFiniteError(f"the model {spec.model} gave no finite numbers for the text '{texts[place][:60]}'")
    return unit(vectors)


def by_length(lengths: Sequence[int], most_tokens: int, most: int) -> list[list[int]]:
    """Batches of places, texts of about the same length together, so that little is padded: at most `most` texts and
    `most_tokens` tokens, padding included, or one text. The longest come first, so that memory does not grow later."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda at: -lengths[at]):
        batch = batches[-1] if batches else []
        if batch and len(batch) < most and lengths[batch[0]] * (len(batch) + 1) <= most_tokens:
            batch.append(place)
        else:
            batches.append([place])
    return batches
