"""The generated archives are reproducible, and have the statistics that they claim."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import queries
from benchmarks.generate import BATCH, articles, main, vocabulary_size

N = 4_500  # more than one batch
WORD = re.compile(r"[a-z]+")


@pytest.fixture(scope="module")
def archive() -> list[dict[str, Any]]:
    assert N > BATCH
    return list(articles(N, seed=1))


@pytest.fixture(scope="module")
def words_of(archive: list[dict[str, Any]]) -> list[list[str]]:
    return [WORD.findall(f"{a['title']} {a['text']}".lower()) for a in archive]


@pytest.fixture(scope="module")
def vocabularies(words_of: list[list[str]]) -> list[set[str]]:
    return list(map(set, words_of))


@pytest.fixture(scope="module")
def counts(words_of: list[list[str]]) -> Counter[str]:
    return Counter(word for words in words_of for word in words)


def test_the_same_seed_gives_the_same_articles(archive: list[dict[str, Any]]) -> None:
    again = articles(N, seed=1)
    assert [next(again) for _ in range(100)] == archive[:100]


def test_another_seed_gives_other_articles(archive: list[dict[str, Any]]) -> None:
    other = next(articles(N, seed=2))
    assert other["text"] != archive[0]["text"]
    assert other["title"] != archive[0]["title"]


def test_articles_are_distinct(archive: list[dict[str, Any]]) -> None:
    for key in ("id", "url", "text"):
        assert len({a[key] for a in archive}) == N, key
    assert len({a["title"] for a in archive}) > 0.99 * N


def test_articles_have_every_field(archive: list[dict[str, Any]]) -> None:
    for article in archive:
        assert re.fullmatch(r"a\d{7}", article["id"])
        assert 5 <= len(article["title"].split()) <= 12
        assert all(article[key] for key in ("section", "site", "authors", "tags"))
        assert article["url"].startswith(f"https://{article['site']}/{article['date'][:4]}/")
        assert datetime.fromisoformat(article["date"]).tzinfo is not None
    assert [a["date"] for a in archive] == sorted(a["date"] for a in archive)


def test_texts_are_made_of_sentences(archive: list[dict[str, Any]]) -> None:
    for article in archive[:300]:
        text = article["text"]
        assert text[0].isupper()
        assert text[-1] == "."
        assert not re.search(r" [.,?]|[.,?]{2}|  ", text)
        for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z])", text):
            assert len(sentence.split()) < 60


def test_lengths_are_log_normal(archive: list[dict[str, Any]]) -> None:
    lengths = np.array([len(a["text"].split()) for a in archive])
    assert 100 <= np.median(lengths) <= 120
    assert 120 <= lengths.mean() <= 142
    assert 0.5 <= np.log(lengths).std() <= 0.65


def test_four_words_in_ten_are_stop_words(counts: Counter[str]) -> None:
    share = sum(n for word, n in counts.items() if word in queries.STOP_WORDS) / counts.total()
    assert 0.36 <= share <= 0.44


def test_frequencies_follow_zipf(counts: Counter[str]) -> None:
    frequencies = np.sort(np.array(list(counts.values())))[::-1]
    ranks = np.unique(np.geomspace(10, 5_000, 60).astype(int))
    slope, _ = np.polyfit(np.log(ranks), np.log(frequencies[ranks - 1]), 1)
    assert -1.25 <= slope <= -0.85
    assert 0.2 <= (frequencies == 1).mean() <= 0.5  # words that occur once


def test_the_vocabulary_grows_with_the_archive(vocabularies: list[set[str]], counts: Counter[str]) -> None:
    first = set().union(*vocabularies[: N // 4])
    beta = np.log(len(counts) / len(first)) / np.log(4)  # Heaps' exponent
    assert 0.4 <= beta <= 0.75
    assert vocabulary_size(1_000_000) > 500_000


def test_words_have_inflections(counts: Counter[str]) -> None:
    common = [word for word, _ in counts.most_common(3_000)]
    for ending in ("s", "ed", "ing"):
        assert sum(word.endswith(ending) for word in common) > 100, ending


def test_words_repeat_within_an_article(vocabularies: list[set[str]], counts: Counter[str]) -> None:
    """Were words spread independently, nearly every occurrence of a rare word would be in another article."""
    spread = Counter(word for words in vocabularies for word in words)
    rare = [word for word, n in counts.items() if 20 <= n <= 60]
    assert np.mean([counts[word] / spread[word] for word in rare]) > 1.2


@pytest.mark.parametrize("words", [1, 2, 4, 8])
def test_term_queries_match(archive: list[dict[str, Any]], vocabularies: list[set[str]], words: int) -> None:
    drawn = queries.term_queries(archive, 20, words, seed=5)
    assert drawn == queries.term_queries(archive, 20, words, seed=5)
    for query in drawn:
        assert len(set(query)) == words
        assert not queries.STOP_WORDS.intersection(query)
        assert any(have.issuperset(query) for have in vocabularies)


def test_two_words_of_an_article_are_often_found_in_others(
    archive: list[dict[str, Any]], vocabularies: list[set[str]]
) -> None:
    drawn = queries.term_queries(archive, 40, 2, seed=5)
    found = [sum(have.issuperset(query) for have in vocabularies) for query in drawn]
    assert np.median(found) >= 2
    assert np.mean(found) >= 10


@pytest.mark.parametrize("words", [2, 3])
def test_phrase_queries_match(archive: list[dict[str, Any]], words: int) -> None:
    texts = [a["text"].lower() for a in archive]
    matches = []
    for query in queries.phrase_queries(archive, 40, words, seed=5):
        assert len(query) == words
        matches.append(sum(" ".join(query) in text for text in texts))
    assert min(matches) >= 1
    assert max(matches) >= 2  # phrases recur


def test_prefix_queries_match(archive: list[dict[str, Any]], counts: Counter[str]) -> None:
    for (prefix,) in queries.prefix_queries(archive, 30, seed=5):
        assert 3 <= len(prefix) <= 6
        assert any(word.startswith(prefix) and word != prefix for word in counts)


def test_queries_need_words() -> None:
    with pytest.raises(ValueError, match="too few words"):
        queries.term_queries([{"title": "One", "text": "The only one."}], 3, 4, seed=1)


def test_the_command_writes_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "articles.jsonl.gz"
    assert main(["50", "--out", str(path), "--seed", "3"]) == 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        written = [json.loads(line) for line in lines]
    assert written == list(articles(50, seed=3))
