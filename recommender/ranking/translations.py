"""A translation counts once: of an article and its copies in other languages only one is offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recommender.corpus.corpus import Corpus
from recommender.ranking.selection import Pick


class Copies:
    """The copies of the docs of a corpus in other languages; `seqs` has them by the sequence numbers of articles. False
    where there are none."""

    def __init__(self, seqs: Mapping[int, tuple[int, ...]], corpus: Corpus) -> None:
        self._seqs = seqs
        self._corpus = corpus

    def __bool__(self) -> bool:
        return bool(self._seqs)

    def of(self, doc: int) -> list[int]:
        """The docs of the copies of a doc; none for -1, which stands for no doc."""
        if not self._seqs or doc < 0:
            return []
        copies = (self._corpus.doc_of(seq) for seq in self._seqs.get(int(self._corpus.seqs[doc]), ()))
        return [copy for copy in copies if copy >= 0]

    def once(self, picks: Sequence[Pick], language: str) -> list[Pick]:
        """The picks without those of which a copy is among them: of several the one in a language stays, or else the
        first."""
        if not self._seqs:
            return list(picks)
        docs = {pick.doc for pick in picks}
        same = {pick.doc: [copy for copy in self.of(pick.doc) if copy in docs] for pick in picks}
        several = np.array(sorted({doc for doc, copies in same.items() if copies}), np.int64)
        languages = dict(zip(several.tolist(), self._corpus.languages_of(several), strict=True))
        kept: list[Pick] = []
        for pick in picks:
            copies = same[pick.doc]
            is_own = languages.get(pick.doc) == language
            if any(one.doc in copies for one in kept):
                continue
            if not is_own and any(languages[copy] == language for copy in copies):
                continue
            kept.append(pick)
        return kept
