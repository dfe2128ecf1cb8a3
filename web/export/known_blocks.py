"""What an export knows of its blocks: which of them a change of the archive can have reached since they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from recommender.ranking import candidates
from recommender.reach.kept import Kept, digests_of, from_bytes, kept_of
from recommender.reach.reach import Reach, reached
from recommender.reach.trace import TRACE
from recommender.reach.watcher import tracked
from recommender.related import Recommender
from web.export.fingerprint import fingerprint

SMALL = "the archive is small"


class KnownBlocks:
    """The blocks of the archive as it is now, beside those that were kept in `before`, if any.

    `settings` are texts that differ whenever all blocks may.
    """

    def __init__(self, recommender: Recommender, settings: Sequence[str], before: bytes | None) -> None:
        self._recommender = recommender
        self._state = recommender.state()
        self._corpus = tracked(self._state)
        self._settled = self._what_is_settled(settings)
        self._before: Kept | None = None if before is None else from_bytes(before)
        self._some_kept = before is not None
        self._digests = np.zeros(0, np.uint64)

    def look(self) -> None:
        """Looks at the articles as they are before any block is made: what changes while they are is found by the next
        run."""
        if self._corpus is not None and self._settled is not None and not len(self._digests):
            self._digests = digests_of(self._corpus, self._recommender.engine.translation_seqs())

    @cached_property
    def _reach(self) -> Reach:
        if self._corpus is None or self._settled is None:
            return Reach(np.flatnonzero(self._state.corpus.live()), np.zeros(0, TRACE), SMALL)
        self.look()
        return reached(self._before, self._state, self._corpus, self._settled, self._digests)

    @property
    def reason(self) -> str:
        """Why all blocks must be computed, though some were kept; empty if they need not, or if none were."""
        return self._reach.reason if self._some_kept else ""

    @cached_property
    def unchanged(self) -> frozenset[str]:
        """The ids of the articles whose blocks are as they were."""
        corpus = self._state.corpus
        docs = np.setdiff1d(np.flatnonzero(corpus.live()), self._reach.docs).tolist()
        return frozenset(corpus.article_id(doc) for doc in docs)

    def _what_is_settled(self, settings: Sequence[str]) -> dict[str, str] | None:
        """What stays the same for as long as what is common to all blocks does, see `reach.reached`; None where it
        never does."""
        common = self._corpus.settled() if self._corpus is not None else None
        if common is None:
            return None
        state, engine = self._state, self._recommender.engine
        whole = state.corpus.max_doc <= candidates.SCORED_WHOLE
        calibration = state.calibration
        scores = (calibration.middle, calibration.deviation, sorted(calibration.prior.items()), state.block_least)
        has_translations = bool(engine.translation_seqs())
        return {
            "settings or the software changed": fingerprint(engine.folder, settings, articles=False),
            "the day of a rule has come": str(state.editors.phase()),
            **common,
            "what unrelated articles score was measured anew": repr(scores),
            "the archive is no longer, or again, one whose articles are all compared": str(whole),
            "there are copies in other languages for the first time, or none any more": str(has_translations),
        }

    def with_traces(self, made: Mapping[str, bytes]) -> bytes | None:
        """What to keep, of the blocks that were made, by id, and of those that are as they were; None where nothing
        can be kept."""
        if self._corpus is None or self._settled is None:
            return None
        live = np.flatnonzero(self._corpus.live())
        traces = np.zeros(len(live), TRACE)
        for place, doc in enumerate(live.tolist()):
            trace = made.get(self._corpus.article_id(doc))
            if trace is None:
                trace = self._trace_before(int(self._corpus.seqs[doc]))
            if trace is None or len(trace) != TRACE.itemsize:
                return None
            traces[place] = np.frombuffer(trace, TRACE)[0]
        self.look()
        return kept_of(self._state, self._corpus, self._settled, self._digests, traces).to_bytes()

    def _trace_before(self, seq: int) -> bytes | None:
        """The trace that was kept of an article, less what has come since and did not reach its block."""
        if self._before is None:
            return None
        place = int(self._before.seqs.searchsorted(seq))
        there = place < len(self._before.seqs) and int(self._before.seqs[place]) == seq
        return self._reach.traces[place].tobytes() if there else None
