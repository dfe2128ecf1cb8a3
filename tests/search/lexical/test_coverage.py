"""Docs that have enough words are the same, however the words' weights are added up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical import coverage
from search.lexical.coverage import covering
from search.reader.snapshot import Snapshot

WORDS = [f"w{n}x" for n in range(8)]


def test_long_lists_are_added_for_all_docs_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    shares = [0.9, 0.6, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01]
    texts = [[word for word, share in zip(WORDS, shares, strict=True) if chance.random() < share] for _ in range(300)]
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"a{n}", title="other", body=" ".join(words)) for n, words in enumerate(texts)])
        archive.remove(["a7"])
        snapshot = Snapshot.open(archive.index)
    weights = {word: 0.1 * (n + 1) for n, word in enumerate(WORDS)}
    marked: list[int] = []
    mark = coverage._mark
    monkeypatch.setattr(coverage, "_mark", lambda *arguments: (marked.append(1), mark(*arguments)))
    for long, lists_marked in ((0, 0), (4, 3), (10**9, len(WORDS))):
        monkeypatch.setattr(coverage, "_LONG", long)
        marked.clear()
        covered = covering(snapshot, [([word], weight) for word, weight in weights.items()], 0.95 - 1e-6)
        expected = {n for n, words in enumerate(texts) if sum(map(weights.__getitem__, words)) > 0.94 and n != 7}
        assert set(covered.nonzero()[0].tolist()) == expected
        assert len(marked) == lists_marked
