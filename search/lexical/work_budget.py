"""How much work a query may be, so that no query typed by anybody keeps a machine busy for long."""

from __future__ import annotations

from indexer.segment.segment import Segment
from search.reader.snapshot import Snapshot

MAX_WORK = 800_000  # comparisons of words, one by one, that a query may ask for over all segments
POSTINGS_A_COMPARISON = 50  # postings that are read in the time of a comparison
POSTINGS_A_PHRASE = 8  # that are read in the time it takes to look for a phrase in one of its words' postings
POSTINGS_A_WORD = 4  # that are read in the time it takes to tell which form of its term a word is
COMPARISONS_A_VALUE = 4  # of words, in the time it takes to compare a value of a column or an id with the query
LEAST_PASSES = 4  # over all words and postings of a segment; a query of so many wildcards in the text is never cut,
LEAST_FORMS = 1  # unless more than one of them fits some forms of nearly all terms and not others


class Budget:
    """What a query may still do in one segment. What is left out is told once in `notes`."""

    def __init__(self, snapshot: Snapshot, segment: Segment, notes: list[str]) -> None:
        all_terms = sum(part.n_terms for part in snapshot.segments)
        forms = 0 if segment.forms is None else len(segment.forms.terms)
        pass_over_all = segment.n_terms + forms + segment.max_doc + len(segment.docs) // POSTINGS_A_COMPARISON
        pass_over_forms = POSTINGS_A_WORD * len(segment.positions) // POSTINGS_A_COMPARISON if forms else 0
        least = LEAST_PASSES * pass_over_all + LEAST_FORMS * pass_over_forms
        self._left = max(MAX_WORK * segment.n_terms / max(1, all_terms), least)
        self._notes = notes

    def allows(self, comparisons: int, postings: int = 0) -> bool:
        """Whether so many comparisons may be made and postings be read; they count if so."""
        work = comparisons + postings // POSTINGS_A_COMPARISON
        if work > self._left:
            self.note("the query has too many words with *, ? or ~, phrases or ranges; some of them were left out")
            return False
        self._left -= work
        return True

    def note(self, text: str) -> None:
        """Remembers something that the person who asked should be told, once."""
        if text not in self._notes:
            self._notes.append(text)
