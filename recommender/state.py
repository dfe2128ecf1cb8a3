"""What recommending needs besides the article asked for, loaded from the archive and loaded again as it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.base.file_stamp import stamp
from recommender.corpus.view import View
from recommender.editors import exposure_penalty
from recommender.editors.enforcement import Enforcer, enforcer
from recommender.feedback import click_log, learning
from recommender.presentation import fallback
from recommender.ranking.calibration import Calibration, calibrate
from search.curation import rules_file
from search.curation.rules import FILE as RULES
from search.curation.rules import NO_RULES, EditorRules
from search.engine import Engine
from search.reader.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one generation of the archive, under the settings of the moment it was loaded.

    `handicaps`, (max_doc,) float32, is taken off every score, see `exposure_penalty`; None for no such setting.
    """

    view: View
    calibration: Calibration
    weights: Mapping[str, float]  # of the features
    editors: Enforcer
    handicaps: NDArray[np.float32] | None
    popular: Sequence[int]  # docs, most read first
    settings: tuple[object, ...]  # the stamps of the files that the last four were read from


class StateLoader:
    """Holds the state for the engine's current generation and the current settings, and loads what has changed of it.
    Safe to use from several threads.

    `exposure_penalty` False leaves out the re-ranking by how often articles are offered, to measure it by.
    """

    def __init__(self, engine: Engine, *, exposure_penalty: bool = True) -> None:
        self._engine = engine
        self._exposure_penalty = exposure_penalty
        self._lock = threading.Lock()
        self._state: State | None = None
        self._rules: EditorRules = NO_RULES

    def current(self) -> State:
        """The state as of now. Raises IndexDamagedError where the index cannot be read."""
        snapshot = self._engine.snapshot()
        settings, state = self._settings(), self._state
        if state is None or not _holds(state, snapshot, settings):
            with self._lock:
                state = self._state
                if state is None or not _holds(state, snapshot, settings):
                    self._state = state = self._load(state, snapshot, settings)
        return state

    def edition(self) -> str:
        """A text that changes whenever answers may for another reason than a commit: other rules or learned weights,
        or the day has come of a rule or of an article that expires. Cheap: nothing is read that has not been."""
        state = self._state
        phases = (state.editors.phase(), state.view.withheld.count(time.time())) if state else 0
        return f"{self._settings()} {phases}"

    def _settings(self) -> tuple[object, ...]:
        """Changes with the files that the editors, the learner and the readers' clicks are read from."""
        data = self._engine.data
        files = RULES, learning.FILE, exposure_penalty.FILE
        return *(stamp(data, name) for name in files), click_log.phase(data, time.time())

    def _load(self, before: State | None, snapshot: Snapshot, settings: tuple[object, ...]) -> State:
        """The state for a snapshot; what still holds of the one `before` is not loaded again."""
        if before is not None and before.view.snapshot is snapshot:
            view, calibration = before.view, before.calibration
        else:
            view = View.open(self._engine, snapshot, before.view if before else None)
            calibration = calibrate(view)
        if before is None or before.settings != settings:
            self._rules = rules_file.read_or_keep(self._engine.data, self._rules)
        penalty = exposure_penalty.read_or_none(self._engine.data) if self._exposure_penalty else None
        return State(
            view,
            calibration,
            learning.load_weights(self._engine.data),
            enforcer(self._rules, view, self._engine.seqs),
            penalty.taken_off(snapshot) if penalty else None,
            self._popular(view),
            settings,
        )

    def _popular(self, view: View) -> list[int]:
        """The docs that readers chose most often, most read first."""
        ids = click_log.read_most_read(self._engine.data, fallback.POPULAR, fallback.MIN_READ)
        seqs = self._engine.seqs(ids) if ids else {}
        docs = (view.snapshot.doc_of(seqs[article_id]) for article_id in ids if article_id in seqs)
        return [doc for doc in docs if doc >= 0]


def _holds(state: State, snapshot: Snapshot, settings: tuple[object, ...]) -> bool:
    return state.view.snapshot is snapshot and state.settings == settings
