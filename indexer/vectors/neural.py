"""The space of a neural model as an archive has it. The model is loaded when something is first encoded, once for the
whole process, and a model that cannot be had takes nothing away but its own leg: one warning, and the rest goes on.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.base.durable_files import FileRecord, check_size, unreadable
from indexer.base.errors import IndexDamagedError, ReadmoreError
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.onnx_encoder import MODEL_FILE, TOKENIZER_FILE, OnnxEncoder
from indexer.vectors.spec import ModelSpec

SPEC_FILE = "space"  # how the name of the file begins that has the spec and what was measured
QUERY_THREADS = 1  # a query is a handful of tokens, and others are being answered at the same time
_REMEMBERED = 2048  # queries; a page of results is asked for again and again

# what other bytes make of reading the record of a space: no text, no JSON, or not with what belongs into it
_NO_RECORD = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)

_log = logging.getLogger("readmore")


class NeuralSpace:
    """A space opened for encoding. Cheap to open; see `indexer.vectors.space.Space`.

    `wait` says what happens while the model is being loaded: whoever asks waits for it, or goes on without it.

    Raises IndexDamagedError if its record cannot be read.
    """

    def __init__(self, folder: Path, files: Mapping[str, FileRecord], *, wait: bool = True) -> None:
        name = next((file for file in files if file.startswith(SPEC_FILE)), f"{SPEC_FILE}.json")
        if name not in files:
            raise IndexDamagedError(folder / name, "is not in the manifest")
        check_size(folder / name, files[name])
        try:
            record = json.loads((folder / name).read_text("utf-8"))
            self.resolution = float(record.pop("resolution"))
            self.worths = {str(space): float(worth) for space, worth in record.pop("worths", {}).items()}
            self.spec = ModelSpec.from_record(record)
        except OSError as error:
            raise unreadable(folder / name, error) from None
        except _NO_RECORD:
            raise IndexDamagedError(folder / name, "is not the record of a vector space") from None
        self._folder = folder
        self._wait = wait

    @property
    def dim(self) -> int:
        return self.spec.dim

    @property
    def foresight(self) -> float:
        """Its resolution: it was not fitted on the archive, and none of its words need be those of the article."""
        return self.resolution

    @property
    def loaded(self) -> bool:
        return _slot(self.spec).loaded

    def encode_query(self, text: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        """(dim,) the vector of a query, or None if the model is not there (yet)."""
        encoder = self._encoder()
        return encoder.query(text) if encoder and text.strip() else None

    def encode_article(self, title: str, body: str, terms: Mapping[str, float]) -> NDArray[np.float32] | None:
        """(dim,) the vector of an article, or None if the model is not there (yet)."""
        encoder = self._encoder()
        return encoder.article(title, body) if encoder else None

    def load(self) -> None:
        """Begins to load the model, if nobody has."""
        _slot(self.spec).begin(self._load)

    def _encoder(self) -> _Ready | None:
        return _slot(self.spec).get(self._load, wait=self._wait)

    def _load(self) -> Encoder:
        if self.spec.backend == "onnx":
            tokenizer = (self._folder / TOKENIZER_FILE).read_text("utf-8")
            return OnnxEncoder(self.spec, self._folder / MODEL_FILE, tokenizer, QUERY_THREADS)
        from indexer.vectors.loading import load_torch

        return load_torch(self.spec)


class _Ready:
    """An encoder in use, with the queries it has met."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.query = _unless_it_fails(lru_cache(_REMEMBERED)(lambda text: _frozen(encode_query(encoder, text))))
        self.article = _unless_it_fails(lambda title, body: encode_articles(encoder, [(title, body)])[0])


def _frozen(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    vector.flags.writeable = False  # it is handed out again
    return vector


def _unless_it_fails(
    encode: Callable[..., NDArray[np.float32]],
) -> Callable[..., NDArray[np.float32] | None]:
    def encoded(*texts: str) -> NDArray[np.float32] | None:
        try:
            return encode(*texts)
        except ReadmoreError as error:
            _log.warning("%s; what is asked goes on without it", error)
            return None

    return encoded


class _Slot:
    """One model of the process: not asked for yet, being loaded, ready, or not to be had."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._begun = False
        self._ready: _Ready | None = None

    @property
    def loaded(self) -> bool:
        return self._ready is not None

    def begin(self, load: Callable[[], Encoder]) -> None:
        with self._lock:
            if self._begun:
                return
            self._begun = True
        threading.Thread(target=self._fill, args=(load,), daemon=True, name=f"loading {self._name}").start()

    def get(self, load: Callable[[], Encoder], *, wait: bool) -> _Ready | None:
        if not self._done.is_set():
            if wait:
                with self._lock:
                    mine, self._begun = not self._begun, True
                if mine:
                    self._fill(load)
                self._done.wait()
            else:
                self.begin(load)
        return self._ready

    def _fill(self, load: Callable[[], Encoder]) -> None:
        try:
            self._ready = _Ready(load())
        except ReadmoreError as error:
            _log.warning("%s; searches go on without it", error)
        except OSError as error:
            _log.warning("the model %s cannot be loaded (%s); searches go on without it", self._name, error)
        except Exception:  # a mistake of ours or of a library's, but nothing that a search should end with
            _log.exception("the model %s cannot be loaded; searches go on without it", self._name)
        finally:
            self._done.set()


_slots: dict[str, _Slot] = {}
_slots_lock = threading.Lock()


def _slot(spec: ModelSpec) -> _Slot:
    with _slots_lock:
        return _slots.setdefault(spec.fingerprint, _Slot(spec.model))


def forget_models() -> None:
    """Lets go of all models of this process, and of which could not be loaded."""
    with _slots_lock:
        _slots.clear()
