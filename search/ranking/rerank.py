"""Reranking: a neural cross-encoder reads the query and each of the first articles together, and orders them anew.

It sees how the words of both go together, which no vector made without knowing the query can, and costs a whole run of
a model for every article; so it is an option, and only the first articles are read, and of each only the beginning.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.vectors.encoder import ModelError, not_installed
from indexer.vectors.models import Model, find_model
from search.ranking.rank import Ranking

FIRST = 50  # articles that are read
MOST_CHARS = 2_000  # read of each, the title included; a window of 512 tokens holds no more of English
RERANK = "rerank"  # the leg that the scores appear under
_ARCHITECTURE = "ForSequenceClassification"  # what a cross-encoder's configuration says it is


class Reranker:
    """A cross-encoder in memory: a local folder, or a model of the Hugging Face hub. Safe to use from several threads,
    one of which scores at a time.

    Raises ModelError if it cannot be had or is no model that scores a pair of texts.
    """

    def __init__(self, model: str, device: str | None = None) -> None:
        local = find_model(model)
        _check(local)
        try:
            from sentence_transformers import CrossEncoder
            from transformers.utils import logging as chatter
        except ImportError as error:
            raise not_installed("reranking", error.name) from None
        chatter.disable_progress_bar()
        try:
            self._model: Any = CrossEncoder(str(local.folder), device=device, local_files_only=True)
        except Exception as error:  # whatever transformers, torch or safetensors make of broken files
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"the model {model} cannot be loaded from {local.folder} ({why[:200]})") from None
        if self._model.num_labels != 1:
            raise ModelError(
                f"the model {model} cannot rerank: it gives {self._model.num_labels} scores for a pair of texts, not 1"
            )
        self._name = model
        self._lock = threading.Lock()

    def scores(self, query: str, articles: Sequence[Article]) -> NDArray[np.float32]:
        """(n,) how well each article answers the query; higher is better, the scale is the model's own.

        Raises ModelError if the model gives anything else than finite numbers.
        """
        if not articles:
            return np.zeros(0, np.float32)
        pairs = [(query[:MOST_CHARS], f"{a.title}\n{a.body[:MOST_CHARS]}".strip()[:MOST_CHARS]) for a in articles]
        with self._lock:
            scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32)
        if scores.shape != (len(articles),) or not np.isfinite(scores).all():
            raise ModelError(f"the model {self._name} gave no finite numbers for the query '{query[:60]}'")
        return scores


def reranked(ranking: Ranking, ids: Sequence[str], scores: Mapping[str, float]) -> Ranking:
    """`ranking` with its first articles, whose `ids` these are, in the order of new scores; equal ones keep theirs, and
    those without a score come last among them. What follows stays, and has no new score (NaN)."""
    raw = np.full(len(ranking.docs), np.nan, np.float32)
    raw[: len(ids)] = [scores.get(article_id, np.nan) for article_id in ids]
    order = np.arange(len(ranking.docs))
    order[: len(ids)] = np.argsort(-raw[: len(ids)], kind="stable")  # NaN sorts last
    return replace(ranking, legs={**ranking.legs, RERANK: raw}).at(order)


def _check(model: Model) -> None:
    """Raises ModelError for a model that has not been trained to score pairs: its scores would be random numbers."""
    try:
        config = json.loads((model.folder / "config.json").read_text("utf-8"))
        built = [str(name) for name in config.get("architectures") or []]
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{model.folder / 'config.json'}: cannot be read ({error})") from None
    if not any(name.endswith(_ARCHITECTURE) for name in built):
        raise ModelError(
            f"the model {model.name} cannot rerank: it is {', '.join(built) or 'of no known kind'}; "
            "give a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2"
        )
