"""What somebody may have meant by a word that is a slip in the name of an author, a tag, a place or a section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from indexer.text.words import folded
from search.lexical.keyword_values import keyword_words
from search.query.typed_words import word
from search.ranking.named_values import fields_of_names
from search.reader.forms import Vocabulary
from search.reader.index import Index
from search.spelling.guesses import Guess
from search.spelling.near_keys import NearKeys
from search.spelling.typed import TypedWord


def vocabulary_of_names(index: Index) -> Vocabulary:
    """The words of all names, as names are compared, and in how many articles' names each is."""
    counts: Counter[str] = Counter()
    live = np.flatnonzero(index.live())
    for field in fields_of_names(index.schema):
        if field in index.schema.countable:
            for value, count in index.count_values(field, live)[0].items():
                for key in set(keyword_words(value)):
                    counts[key] += count
    return Vocabulary.of(counts)


def name_guesses(index: Index, names: NearKeys, typed: TypedWord, of_texts: Sequence[Guess]) -> list[Guess]:
    """The name that a word is the fewest slips from, where it is fewer than from the best of the words that texts have;
    else these."""
    near = names.near(typed.key)
    if not near or (of_texts and near[0].edits >= _edits(typed.key, of_texts[0])):
        return list(of_texts)
    nodes = word(near[0].key, index.languages(), typed.field)
    return [Guess(near[0].key, nodes[0], 1.0, 0.0)] if nodes else list(of_texts)


def _edits(key: str, guess: Guess) -> int:
    """How many slips a word is from a guess; none from one that it is only the beginning of."""
    other = folded(guess.written)
    return 0 if other.startswith(key) else int(DamerauLevenshtein.distance(key, other))
