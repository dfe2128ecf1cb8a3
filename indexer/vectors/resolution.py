"""How well a neural space tells the archive's articles apart, measured as it is for LSA (`lsa._resolution`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms
from indexer.vectors.encoder import Encoder, encode_query
from indexer.vectors.lsa import PROBE_WORDS, PROBES

MIN_DOCS = 16  # with fewer articles with a vector nothing is measured
_SEED = 20240318


def measure(encoder: Encoder, store: Store, segments: Sequence[Segment], name: str) -> float | None:
    """The mean nDCG@10 of finding an article by `PROBE_WORDS` random words of it, over up to `PROBES` articles that
    have a vector in the space called `name`; None where too few have."""
    random = np.random.default_rng(_SEED)
    matrices = [matrix for segment in segments if (matrix := segment.vectors(name)) is not None]
    seqs = np.concatenate([s.seq[_encoded(s, name)] for s in segments]) if matrices else np.zeros(0, np.int64)
    if len(seqs) < MIN_DOCS:
        return None
    chosen = random.choice(seqs, min(PROBES, len(seqs)), replace=False)
    probes, own = [], []
    for seq, (title, body) in sorted(store.texts(chosen.tolist()).items()):
        words = _words(f"{title}\n{body}")
        if words:
            picked = random.choice(len(words), min(PROBE_WORDS, len(words)), replace=False)
            probes.append(encode_query(encoder, " ".join(words[place] for place in picked.tolist())))
            own.append(_vector_of(segments, name, seq))
    if not probes:
        return None
    queries, targets = np.stack(probes), np.stack(own)
    of_own = (queries * targets).sum(axis=1) + np.float32(1e-6)  # sums may differ in their last bits
    ranks = 1 + sum((matrix @ queries.T > of_own).sum(axis=0) for matrix in matrices)
    return float(np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0.0).mean())


def _words(text: str) -> list[str]:
    """The different words of a text, in the order in which they come, without those that every text has."""
    analyzer = analyzer_for("en")
    return list({term: form for form in word_forms(text) if (term := analyzer.term(form))}.values())


def _encoded(segment: Segment, name: str) -> NDArray[np.bool_]:
    """(max_doc,) True for live docs with a vector."""
    vectors = segment.vectors(name)
    return np.zeros(segment.max_doc, bool) if vectors is None else segment.live & vectors.any(axis=1)


def _vector_of(segments: Sequence[Segment], name: str, seq: int) -> NDArray[np.float32]:
    for segment in segments:
        doc = segment.doc_of(seq)
        matrix = segment.vectors(name)
        if doc >= 0 and matrix is not None:
            return np.asarray(matrix[doc])
    raise LookupError(seq)
