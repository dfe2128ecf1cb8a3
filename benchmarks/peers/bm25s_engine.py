"""bm25s, which scores with numpy, or with numba where that is asked for.

It is a scorer rather than an index: it keeps neither articles nor positions, holds everything in memory while
building, and can only be built anew. It is here as the fastest known way to rank with Python's own tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import bm25s
import numpy as np
import Stemmer

from benchmarks.peers.base import K1, Article, B, Kind, Peer


class BM25S(Peer):
    """Its numpy backend: the title put before the text twice, its English stop words, Snowball stemming."""

    package = "bm25s"
    backend: ClassVar[str] = "numpy"
    unsupported: ClassVar[dict[str, str]] = {
        "and": "ranks by any word",
        "phrase": "keeps no positions",
        "prefix": "has no ordered dictionary",
        "page": "stores no articles",
        "add": "can only be built anew",
    }

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        ids: list[str] = []
        texts: list[str] = []
        for batch in batches:
            ids += [article["id"] for article in batch]
            texts += [f"{article['title']} {article['title']} {article['text']}" for article in batch]
        tokens = bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)
        engine = bm25s.BM25(k1=K1, b=B, backend=self.backend)
        engine.index(tokens, show_progress=False)
        engine.save(str(folder), show_progress=False)
        (folder / "ids.json").write_text(json.dumps(ids))

    def open(self, folder: Path) -> None:
        self._engine = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        self._ids: list[str] = json.loads((folder / "ids.json").read_text())
        self._stemmer = Stemmer.Stemmer("english")
        self._vocabulary = self._engine.vocab_dict

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        stems = [stem for stem in self._stemmer.stemWords(words) if stem in self._vocabulary]
        if not stems:
            return []
        numbers, scores = self._engine.retrieve([stems], k=min(k, len(self._ids)), show_progress=False, n_threads=0)
        return [self._ids[i] for i, score in zip(np.ravel(numbers), np.ravel(scores), strict=True) if score > 0]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        raise NotImplementedError(self.unsupported["page"])

    def add_one(self, article: Article) -> None:
        raise NotImplementedError(self.unsupported["add"])


class BM25SNumba(BM25S):
    """Its compiled backend. Compiling happens at the first query, which the warm-up takes."""

    backend: ClassVar[str] = "numba"


PEERS = {"bm25s": BM25S, "bm25s-numba": BM25SNumba}
