"""Words of many texts at once are those that each text has by itself."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.text.markers import SPELLED
from indexer.text.spellings import chunks, named, spellings, split
from indexer.text.word_table import WordTable

Told = set[tuple[int, str, str]]  # of spellings, the places of their words, their markers and what they are
TEXT = st.text(st.sampled_from("abAB19'' -./_&*,#@$+(\n"), max_size=40)


class Numbers:
    """Numbers words in the order in which they turn up."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, new: Sequence[str]) -> list[int]:
        assert not {*new} & {*self.words}, "asked for a word that is known"
        self.words += new
        return list(range(len(self.words) - len(new), len(self.words)))


def one_by_one(texts: Sequence[str]) -> tuple[list[str], list[int], Told]:
    """The words of all texts, the places of names, and what chunks are spelled like; a word is counted behind each."""
    found: list[str] = []
    names: list[int] = []
    told: Told = set()
    for text in texts:
        words, between = split(text)
        start = len(found)
        names += [start + place for place in named(words, between)]
        for first, written in chunks(words, between):
            told |= {(start + first + of.place, of.marker, of.word) for of in spellings(written)}
        found += [*(word.lower() for word in words), ""]
    return found, names, told


@settings(deadline=None, max_examples=400)
@given(st.lists(TEXT, max_size=5))
@example(["a-b c.d 1,000 2.5 McDonald's C++ #tag .net x_y a&b e-mail-to-all"])
@example(["GenCorp year-on-year +a a+ 'b-c' (@d $e 1,000-acre 3-1/2 AbC-d 12-AB-34"])
@example(["'$A", "b'#c' '.d", "1&1 2&3-4"])
def test_words_names_and_chunks_are_those_of_each_text(texts: list[str]) -> None:
    forms, joined = Numbers(), Numbers()
    table = WordTable(lambda new: [number + 1 for number in forms(new)], joined)
    found, names, told = one_by_one(texts)
    for _ in range(2):  # when all words are new, and when none is
        cut = table.words(texts)
        assert [forms.words[number - 1] if number else "" for number in cut.ids.tolist()] == found
        assert cut.counts.sum() == len(found)
        assert cut.named.tolist() == names
        of_pairs = {
            (place + 1, SPELLED, joined.words[number])
            for place, number in zip(cut.pairs.tolist(), cut.of_pairs.tolist(), strict=True)
        }
        of_chunks = {(c.first + of.place, of.marker, of.word) for c in cut.chunks for of in spellings(c.written)}
        assert of_pairs | of_chunks == told


def test_a_great_many_words_are_told_apart() -> None:
    """More than there are places to tell new words apart at once, in a table that has to grow."""
    words = [f"w{number * 7919}" for number in range(150_000)]
    numbers = Numbers()
    table = WordTable(numbers)
    for part in (words[:1000], words, words[::-1]):
        ids = table.words([" ".join(part)]).ids.tolist()[:-1]
        assert [numbers.words[number] for number in ids] == part
    assert len(table) == len(numbers.words) == len(words)
