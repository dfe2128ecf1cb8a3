"""Posting lists: finding docs in them, and the arrays kept of them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical import phrases
from search.lexical.phrases import docs_with_phrase
from search.reader import postings
from search.reader.postings import ArrayCache, PostingList
from search.reader.snapshot import Snapshot

WORDS = ["far", "sid", "moon", "rare"]


@pytest.fixture
def articles() -> dict[str, list[str]]:
    rng = random.Random(4)
    return {f"a{n}": rng.choices(WORDS, (9, 6, 3, 0.3), k=rng.randint(1, 30)) for n in range(400)}


@pytest.fixture
def snapshot(tmp_path: Path, articles: dict[str, list[str]]) -> Snapshot:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=i, title="comet", body=" ".join(words)) for i, words in articles.items()])
        return Snapshot.open(archive.index)


def the_list(snapshot: Snapshot, word: str) -> PostingList:
    found = snapshot.word(word.encode()).lists[0]
    assert found is not None
    return found


@pytest.mark.parametrize("many", [0, 1 << 20], ids=["by bits", "one by one"])
def test_docs_are_found_where_they_are(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(postings, "_MANY", many)
    rng = np.random.default_rng(5)
    for word in WORDS:
        one = the_list(snapshot, word)
        for share in (0.1, 0.9):
            docs = np.flatnonzero(rng.random(len(snapshot.live())) < share).astype(np.uint32)
            places, there = one.find(docs)
            assert there.tolist() == np.isin(docs, one.docs).tolist()
            assert (one.docs[places[there]] == docs[there]).all()


def test_words_of_postings_are_those_of_the_articles(snapshot: Snapshot, articles: dict[str, list[str]]) -> None:
    for word in WORDS:
        one = the_list(snapshot, word)
        bounds = one.word_bounds()
        for doc, a, b in zip(one.docs.tolist(), bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            text = articles[snapshot.article_id(doc)]
            here = [1 + 128 + place for place, other in enumerate(text) if other == word]  # after the title and a gap
            assert one.segment.positions[a:b].tolist() == here


@pytest.mark.parametrize("few", [0, 1024])
@pytest.mark.parametrize("slop", [1, 2, 5])
def test_phrases_are_found_as_by_reading(
    snapshot: Snapshot, articles: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, few: int, slop: int
) -> None:
    monkeypatch.setattr(phrases, "_FEW", few)
    rng = random.Random(slop)
    for _ in range(60):
        words = rng.choices(WORDS, (3, 3, 3, 2), k=rng.randint(1, 5))
        lists = [the_list(snapshot, word) for word in words]
        docs, places = docs_with_phrase(lists, slop, rng.choice((None, 1)))
        expected = [i for i, text in articles.items() if _follow(text, words, slop)]
        assert [snapshot.article_id(doc) for doc in docs.tolist()] == expected, words
        assert all((one.docs[where] == docs).all() for one, where in zip(lists, places, strict=len(docs) > 0))
        assert not len(docs_with_phrase(lists, slop, 0)[0])


def _follow(text: list[str], words: list[str], slop: int) -> bool:
    ends = {place for place, word in enumerate(text) if word == words[0]}
    for word in words[1:]:
        ends = {p for p, other in enumerate(text) if other == word and any(0 < p - end <= slop for end in ends)}
    return bool(ends)


def test_what_is_kept_is_bounded_and_the_last_used_stays() -> None:
    kept = ArrayCache(most_bytes=3 * 80)
    made: list[int] = []

    def get(number: int) -> None:
        def make() -> np.ndarray:
            made.append(number)
            return np.full(10, number)

        assert kept.get(number, make).tolist() == [number] * 10

    for number in (1, 2, 3, 1, 4, 1, 2):
        get(number)
    assert made == [1, 2, 3, 4, 2]
