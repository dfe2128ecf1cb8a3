"""Passages: nothing of an article is lost between them, no word is cut, and the work is bounded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from indexer.embeddings.encoder import by_length
from indexer.embeddings.passages import MOST_PASSAGES, OVERLAP, passages, pooled


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    made = Tokenizer(WordLevel({"?": 0}, unk_token="?"))
    made.pre_tokenizer = Whitespace()
    return made


def words(count: int) -> str:
    return " ".join(f"w{number}" for number in range(count))


def test_a_short_article_is_one_passage_with_its_title(tokenizer: Tokenizer) -> None:
    assert passages(tokenizer, "A title", words(5), 20) == [f"A title\n{words(5)}"]
    assert passages(tokenizer, "A title", "", 20) == ["A title"]
    assert passages(tokenizer, "", words(5), 20) == [words(5)]
    assert passages(tokenizer, "", "", 20) == [""]


def test_a_long_article_is_cut_into_overlapping_passages_that_all_have_the_title(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "A title", words(100), 42)
    assert all(part.startswith("A title\n") for part in parts)
    found = [part.partition("\n")[2].split() for part in parts]
    assert [len(part) for part in found] == [40, 40, 30]
    for before, after in pairwise(found):
        assert after[0] in before  # it overlaps
        assert len(set(before) & set(after)) == int(OVERLAP * 40)
    assert list(dict.fromkeys(word for part in found for word in part)) == words(100).split()


def test_a_title_as_long_as_an_article_leaves_room_for_the_body(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, words(1000), "the body", 40)
    assert parts == [f"{words(10)}\nthe body"]


def test_an_article_of_a_million_words_costs_no_more_than_the_most_passages(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "A title", "moon " * 1_000_000, 42)
    assert len(parts) == MOST_PASSAGES
    assert all(len(part.split()) <= 42 for part in parts)


def test_text_without_spaces_is_cut_between_tokens(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "", "a.b," * 50, 20)
    assert len(parts) > 1
    assert all(parts)


@given(st.lists(st.text(st.sampled_from("ab.-\n "), max_size=12), max_size=80), st.integers(4, 40))
def test_no_word_is_lost_or_cut(pieces: list[str], room: int) -> None:
    made = Tokenizer(WordLevel({"?": 0}, unk_token="?"))
    made.pre_tokenizer = Whitespace()
    body = " ".join(pieces)
    parts = passages(made, "t", body, room)
    if len(parts) < MOST_PASSAGES:
        seen = set(" ".join(part.partition("\n")[2] for part in parts).split())
        assert {word for word in body.split() if len(word) < 2} <= seen


def test_the_first_passages_of_an_article_weigh_most() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], np.float32)
    found = pooled(vectors, [2, 1, 1])
    assert found == pytest.approx(np.array([[1 / 1.25**0.5, 0.5 / 1.25**0.5], [1, 0], [0, 0]]))


@given(st.lists(st.integers(0, 300), max_size=50))
def test_batches_hold_every_text_once_and_pad_little(lengths: list[int]) -> None:
    batches = by_length(lengths, 600, 8)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 600
        assert len(batch) <= 8
