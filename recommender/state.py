"""What recommending needs besides the seed: corpus, weights, rules; loaded again as the archive changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.corpus.corpus import Corpora, Corpus
from recommender.editors.enforcement import Enforcer, enforcer
from recommender.ranking import kept_calibration
from recommender.ranking.calibration import BLOCK_DEVIATIONS, FLOOR, Calibration
from recommender.ranking.kept_calibration import KeptCalibration
from recommender.request.block_rules import BlockRules
from recommender.settings import NOTHING_SET, Settings, SettingsReader
from search.curation.rules import EditorRules
from search.engine import Engine


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one generation of the archive, under the settings of the moment it was loaded.

    `handicaps`, (max_doc,) float32, is taken off every score, see `exposure_penalty`; None for no such setting.
    """

    corpus: Corpus
    calibration: Calibration
    weights: Mapping[str, float]  # of the features
    editors: Enforcer
    blocks: BlockRules
    handicaps: NDArray[np.float32] | None
    popular: Sequence[int]  # docs, most read first
    block_least: float  # relevance from which on an article is in a block
    settings_version: tuple[object, ...]  # of the settings that the last six come from


class StateLoader:
    """Holds the state for the current corpus and the current settings, and loads what has changed of it.
    Safe to use from several threads.

    `exposure_penalty` False leaves out the re-ranking by how often articles are offered, to measure it by.
    """

    def __init__(self, engine: Engine, corpora: Corpora, *, exposure_penalty: bool = True) -> None:
        self._engine = engine
        self._corpora = corpora
        self._exposure_penalty = exposure_penalty
        self._lock = threading.Lock()
        self._state: State | None = None
        self._reader = SettingsReader(engine.folder)
        self._settings: Settings = NOTHING_SET
        self._calibration: KeptCalibration | None = None

    def current(self) -> State:
        """The state as of now. Raises IndexDamagedError where the index cannot be read."""
        corpus = self._corpora.current()
        version, state = self._reader.version(), self._state
        if state is None or not _holds(state, corpus, version):
            with self._lock:
                state = self._state
                if state is None or not _holds(state, corpus, version):
                    self._state = state = self._load(state, corpus, version)
        return state

    def keep(self) -> None:
        """Keeps what is measured on the current corpus for the next process, whatever is set. Raises OSError or
        WriteError where it cannot be written."""
        if self._engine.folder is not None:
            kept_calibration.keep(self._engine.folder.related, self._corpora.current(), self._calibration)

    def edition(self) -> str:
        """A text that changes whenever answers may for another reason than a commit: other rules or learned weights,
        or the day has come of a rule or of an article that expires. Cheap: nothing is read that has not been."""
        state = self._state
        phases = (state.editors.phase(), state.corpus.withheld.count(time.time())) if state else 0
        return f"{self._reader.version()} {phases}"

    def under(self, rules: EditorRules) -> ProposedStates:
        """The states as they would be if these were the editors' rules."""
        return ProposedStates(self, rules, self._engine.seqs)

    def _load(self, before: State | None, corpus: Corpus, settings_version: tuple[object, ...]) -> State:
        """The state for a corpus; what still holds of the one `before` is not loaded again."""
        if before is None or before.corpus is not corpus or self._calibration is None:
            folder = self._engine.folder
            related = folder.related if folder is not None else None
            self._calibration = kept_calibration.of_corpus(corpus, related, self._calibration)
        calibration = self._calibration.calibration
        if before is None or before.settings_version != settings_version:
            self._settings = self._reader.read(self._settings)
        settings = self._settings
        penalty = settings.exposure_penalty if self._exposure_penalty else None
        return State(
            corpus,
            calibration,
            calibration.prior if settings.weights is None else settings.weights,
            enforcer(settings.rules, corpus, self._engine.seqs),
            settings.blocks,
            penalty.handicaps(corpus) if penalty else None,
            self._docs_of(corpus, settings.most_read),
            _block_least(calibration, settings),
            settings_version,
        )

    def _docs_of(self, corpus: Corpus, ids: Sequence[str]) -> list[int]:
        """The docs of articles, in their order; those that are not there are left out."""
        seqs = self._engine.seqs(ids) if ids else {}
        docs = (corpus.doc_of(seqs[article_id]) for article_id in ids if article_id in seqs)
        return [doc for doc in docs if doc >= 0]


class ProposedStates:
    """The states of a loader, under other rules than those in force."""

    def __init__(
        self, states: StateLoader, rules: EditorRules, seqs_of: Callable[[Sequence[str]], Mapping[str, int]]
    ) -> None:
        self._states, self._rules, self._seqs_of = states, rules, seqs_of
        self._last: tuple[State, State] | None = None  # of the loader, and under these rules

    def current(self) -> State:
        """See `StateLoader.current`."""
        state, last = self._states.current(), self._last
        if last is None or last[0] is not state:
            self._last = last = state, replace(state, editors=enforcer(self._rules, state.corpus, self._seqs_of))
        return last[1]

    def keep(self) -> None:
        """Nothing is kept of what is only proposed."""

    def edition(self) -> str:
        """See `StateLoader.edition`."""
        return self._states.edition()

    def under(self, rules: EditorRules) -> ProposedStates:
        """See `StateLoader.under`."""
        return self._states.under(rules)


def _block_least(calibration: Calibration, settings: Settings) -> float:
    """As editors' grades say, where there are enough of them; else as it is in most archives."""
    if settings.block_deviations is None:
        return calibration.cutoff(BLOCK_DEVIATIONS)
    return max(FLOOR, calibration.at(settings.block_deviations))


def _holds(state: State, corpus: Corpus, settings_version: tuple[object, ...]) -> bool:
    return state.corpus is corpus and state.settings_version == settings_version
