"""Why an article was found, in a sentence for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.text.analyzer import query_terms
from indexer.text.markers import MARKERS
from indexer.text.spellings import is_pair, letters
from indexer.text.words import strip_accents, word_forms
from search.query.leaves import as_typed, positive_leaves, typed_forms
from search.query.parser import ParsedQuery
from search.query.ranges import range_as_typed
from search.query.tree import Everything, Leaf, Node, NumericRange, Phrase, Term
from search.query.typed_words import pairs_of, runs_of_letters
from search.ranking.adjustments import BOOST
from search.ranking.headline import HEADLINE
from search.ranking.named import NAMED, names_of_doc
from search.ranking.proximity import PROXIMITY
from search.ranking.rank import Ranking
from search.reader.index import Index

MOST_WORDS = 6  # named in a sentence
LEAST_SHARE = 0.1  # of a score, from which on what is near in meaning is named


def why_found(
    index: Index,
    query: ParsedQuery,
    ranking: Ranking,
    place: int,
    boosts: Sequence[str] = (),
    pin: str = "",
    corrected: Sequence[tuple[str, str]] = (),
) -> str:
    """The sentence for the doc at a place of a ranking: its words and where they are, what stands for a word, what is
    near in meaning, and what editors did: `boosts` and `pin` say that in words. `corrected` are words as typed, each
    with what it is searched as."""
    doc = int(ranking.docs[place])
    said = [pin] if pin else []
    names = names_of_doc(index, query, doc) if NAMED in ranking.shares and ranking.shares[NAMED][place] > 0 else []
    said += _few(list(dict.fromkeys([*_words(index, query, doc, corrected), *names])))
    score = float(ranking.scores[place])
    near = [
        name
        for name, added in ranking.shares.items()
        if name in index.spaces and score > 0 and float(added[place]) >= LEAST_SHARE * score
    ]
    if near:
        said.append(f"it is near in meaning ({', '.join(near)})")
    if HEADLINE in ranking.shares and ranking.shares[HEADLINE][place] > 0:
        said.append("its title is the query or has its words in their order")
    if PROXIMITY in ranking.shares and score > 0 and float(ranking.shares[PROXIMITY][place]) >= LEAST_SHARE * score:
        said.append("it has these words next to each other")
    if BOOST in ranking.shares and not np.isclose(ranking.shares[BOOST][place], 0):
        said += boosts
    sentence = "; ".join(said) or "it fits the query"
    return f"{sentence[0].upper()}{sentence[1:]}."


def _few(said: list[str]) -> list[str]:
    return said if len(said) <= MOST_WORDS else [*said[:MOST_WORDS], f"and {len(said) - MOST_WORDS} more of the query"]


def _words(index: Index, query: ParsedQuery, doc: int, corrected: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What of a query a doc has."""
    score: Callable[[Node], float | None] = index.scores_of_doc(doc)
    shown = _Shown(index, " ".join([query.text, *(meant for _, meant in corrected)]))
    slips = {form: typed for typed, meant in corrected for form in word_forms(meant)}
    beside = {expansion.terms: expansion for expansion in query.expansions}
    for leaf in positive_leaves(query.tree):
        if score(leaf) is None or isinstance(leaf, Everything):
            continue
        terms = leaf.words if isinstance(leaf, Phrase) else (leaf.text,) if isinstance(leaf, Term) else ()
        where = _where(index, doc, leaf, leaf.texts if isinstance(leaf, Term) else terms)
        expansion = beside.get(terms)
        if expansion is not None:
            slip = slips.get(expansion.typed.lower())
            meant = f", and '{expansion.typed}' is a correction of '{slip}'" if slip else ""
            yield f"it has '{expansion.instead}'{where}, a {expansion}{meant}"
        elif isinstance(leaf, NumericRange):
            yield f"it fits {range_as_typed(leaf, query.schema.fields[leaf.field].kind)}"
        elif leaf.field in query.schema.full_text:
            word = shown.of(leaf)
            yield f"it has '{word}'{where}" + (f", a correction of '{slips[word]}'" if word in slips else "")
        else:
            text = " ".join(leaf.words) if isinstance(leaf, Phrase) else getattr(leaf, "text", "")
            yield f"its {leaf.field} has '{text}'"


class _Shown:
    """What terms of a query are to a person, who knows no stems: the words as they were typed, in one where articles
    have them in one, or else as most articles write them."""

    def __init__(self, index: Index, text: str) -> None:
        self._index = index
        self._forms = typed_forms(text, index.languages())
        words = word_forms(text)
        for one, other in pairwise(words):
            for term in query_terms(one + other, index.languages()):
                self._forms.setdefault(term, one + other)
        self._runs = {pairs_of(run): "".join(run) for run in runs_of_letters(text)}

    def of(self, leaf: Leaf) -> str:
        """The words that a leaf looks for."""
        match leaf:
            case Term(text=text):
                return self._together([text]) or self._word(text)
            case Phrase(words=words):
                return self._together(words) or " ".join(map(self._word, words))
        return as_typed(leaf, {})

    def _together(self, terms: Sequence[str]) -> str:
        """Letters without blanks whose pairs are some terms, as they were typed; empty for other terms."""
        pairs = [term.lstrip(MARKERS) for term in terms]
        if not all(map(is_pair, pairs)):
            return ""
        typed = self._runs.get(tuple(map(strip_accents, pairs)))
        return typed or "".join([letters(pairs[0])[0], *(letters(pair)[-1] for pair in pairs)])

    def _word(self, term: str) -> str:
        plain = term.lstrip(MARKERS) or term
        if typed := self._forms.get(plain):
            return typed
        written = self._index.forms.of_term(plain)
        return written[0].written if written else plain


def _where(index: Index, doc: int, leaf: Leaf, terms: Sequence[str]) -> str:
    """In which text fields a doc has the first of some terms that it has."""
    if not terms or leaf.field not in index.schema.full_text:
        return ""
    had = ([of.field for of in index.term_statistics(term, doc).fields] for term in terms)
    fields = next(filter(None, had), [])
    if leaf.field in fields:
        fields = [leaf.field]
    return f" in the {' and the '.join(fields)}" if fields else ""
