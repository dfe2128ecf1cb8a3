"""The words of repeated passages, see `recommender.corpus.terms`, with dicts and loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.text.markers import is_word
from recommender.corpus.terms import PASSAGE_DOCS, PASSAGE_WIDTH
from tests.memory.document import Document

Occurrence = tuple[str, str, int]  # a term, the text field it is in, and its place there


def occurrences_of(document: Document) -> list[Occurrence]:
    """Every word of an article, those beside its words as they are written among them."""
    return [
        (term, field, place)
        for field, (words, others) in document.analysed.items()
        for term, place in (*((word, place) for place, word in enumerate(words)), *others)
        if is_word(term)
    ]


def free_occurrences(documents: Sequence[Document]) -> list[list[Occurrence]]:
    """For each article its words but for those of passages that `PASSAGE_DOCS` of the articles have."""
    by_doc = [_shingles(document) for document in documents]
    doc_freq = Counter(shingle for shingles in by_doc for shingle in set(shingles.values()))
    free = []
    for document, shingles in zip(documents, by_doc, strict=True):
        begins = [place for place, shingle in shingles.items() if doc_freq[shingle] >= PASSAGE_DOCS]
        repeated = {(field, place + shift) for field, place in begins for shift in range(PASSAGE_WIDTH)}
        free.append([one for one in occurrences_of(document) if one[1:] not in repeated])
    return free


def _shingles(document: Document) -> dict[tuple[str, int], tuple[str, ...]]:
    """The shingles of an article by where they begin. Where two words are at one place, it is that of the later."""
    at: dict[tuple[str, int], str] = {}
    for term, field, place in occurrences_of(document):
        at[field, place] = max(term, at.get((field, place), ""), key=str.encode)
    shingles = {}
    for field, place in at:
        run = [at.get((field, place + shift)) for shift in range(PASSAGE_WIDTH)]
        if field != "title" and None not in run:
            words = tuple("0" if any(letter in "0123456789" for letter in word or "") else word or "" for word in run)
            if set(words) != {"0"}:
                shingles[field, place] = words
    return shingles
