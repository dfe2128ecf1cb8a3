"""What somebody may have meant by a word that is a slip in the name of an author, a tag, a place or a section."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import DamerauLevenshtein

from indexer.text.words import folded
from search.query.typed_words import word
from search.reader.index import Index
from search.rewriting.named_values import columns_with
from search.spelling.guesses import Guess
from search.spelling.near_keys import NearKeys
from search.spelling.typed import TypedWord


def name_guesses(index: Index, names: NearKeys, typed: TypedWord, of_texts: Sequence[Guess]) -> list[Guess]:
    """The name that a word is the fewest slips from, where it is fewer than from the best of the words that texts have;
    else these. `names` may have some that no live article has any more."""
    near = next((near for near in names.near(typed.key) if columns_with(index, near.key)), None)
    if near is None or (of_texts and near.edits >= _edits(typed.key, of_texts[0])):
        return list(of_texts)
    nodes = word(near.key, index.languages(), typed.field)
    return [Guess(near.key, nodes[0], 1.0, 0.0)] if nodes else list(of_texts)


def _edits(key: str, guess: Guess) -> int:
    """How many slips a word is from a guess; none from one that it is only the beginning of."""
    other = folded(guess.written)
    return 0 if other.startswith(key) else int(DamerauLevenshtein.distance(key, other))
