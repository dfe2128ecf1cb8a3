"""Passages: nothing of an article is lost between them, no word is cut, and the work is bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from indexer.vectors.encoder import by_length
from indexer.vectors.passages import LEAST_TOKENS, MOST_CHARS, MOST_PASSAGES, passages, pooled


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


def test_a_long_article_is_cut_into_passages_of_one_length_that_all_have_the_title(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "A title", words(101), 42)
    assert all(part.startswith("A title\n") for part in parts)
    found = [part.partition("\n")[2].split() for part in parts]
    assert [len(part) for part in found] == [34, 34, 33]
    assert [word for part in found for word in part] == words(101).split()


def test_of_more_passages_than_are_read_those_are_that_stand_at_even_distances(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "", words(11 * 300), 300)
    assert [part.split()[0] for part in parts] == ["w0", "w600", "w1200", "w1800", "w2400", "w3000"]
    assert parts[-1].split()[-1] == "w3299"


@pytest.mark.parametrize(("room", "most"), [(500, 6), (250, 6), (125, 12), (40, 38), (1, LEAST_TOKENS)])
def test_a_model_with_a_small_window_reads_as_much(tokenizer: Tokenizer, room: int, most: int) -> None:
    assert len(passages(tokenizer, "", words(6000), room)) == most


def test_a_title_as_long_as_an_article_leaves_room_for_the_body(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, words(1000), "the body", 40)
    assert parts == [f"{words(10)}\nthe body"]


def test_an_article_of_a_million_words_costs_no_more_than_the_most_passages(tokenizer: Tokenizer) -> None:
    parts = passages(tokenizer, "A title", "moon " * 1_000_000, 300)
    assert len(parts) == MOST_PASSAGES
    assert all(len(part.split()) <= 300 for part in parts)


def test_an_article_of_one_endless_word_is_one_passage(tokenizer: Tokenizer) -> None:
    assert passages(tokenizer, "A title", "x" * 200_000, 42) == ["A title\n" + "x" * MOST_CHARS]


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
    assert all(len(made.encode(part).ids) <= room for part in parts)
    seen = set(" ".join(part.partition("\n")[2] for part in parts).split())
    assert {word for word in body.split() if len(word) < 2} <= seen


def test_the_first_passages_of_an_article_weigh_most() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], np.float32)
    found = pooled(vectors, [2, 1, 1])
    assert found == pytest.approx(np.array([[(2 / 3) ** 0.5, (1 / 3) ** 0.5], [1, 0], [0, 0]]))


@given(st.lists(st.integers(0, 300), max_size=50))
def test_batches_hold_every_text_once_and_pad_little(lengths: list[int]) -> None:
    batches = by_length(lengths, 600, 8)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 600
        assert len(batch) <= 8
