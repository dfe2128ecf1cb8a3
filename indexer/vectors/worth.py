"""What a neural space is worth on an archive, measured without judgements and by the same questions as LSA.

An article is a question with a known answer: its headline, or else its first sentence, should lead to the rest of it.
The rest is encoded anew, without what is asked, so that no space is helped by words that stand in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.lsa import TermCounts, fitted, term_weight, unit

PROBES = 200  # articles; of two spaces a difference of .05 in what is measured is then more than chance
LEAST_DOCS = 50  # with fewer every article is found
LEAST_ASKED, MOST_ASKED = 3, 40  # words of a question
LEAST_LEFT = 20  # words of an article without its question
_SEED = 20240318
_AS_NEAR = np.float32(1e-6)  # sums may differ in their last bits
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


def measure_worths(
    encoder: Encoder, store: Store, segments: Sequence[Segment], name: str, language: str
) -> dict[str, float]:
    """The mean nDCG@10, 0 to 1, of finding an article by what was taken out of it: of the space called `name` and, as
    `lsa`, of one that the archive trains from itself. `language` is that of articles that say none. 0 for the
    space, and nothing for LSA, where too few articles can be asked for."""
    random = np.random.default_rng(_SEED)
    matrices = [matrix for segment in segments if (matrix := segment.vectors(name)) is not None]
    seqs = [segment.seq[segment.live] for segment in segments]
    chosen = random.permutation(np.concatenate(seqs))[: 2 * PROBES] if seqs else np.zeros(0, np.int64)
    articles = store.versions(chosen.tolist())
    probes = [_Probe(articles[seq], seq, *held_out(articles[seq])) for seq in chosen.tolist() if seq in articles]
    probes = [probe for probe in probes if probe.asked][:PROBES]
    if len(probes) < LEAST_DOCS or len(matrices) < len(segments):
        return {name: 0.0}
    queries = np.stack([encode_query(encoder, probe.asked) for probe in probes])
    targets = encode_articles(encoder, [("", probe.rest) for probe in probes])
    before = np.zeros(len(probes))
    for segment, matrix in zip(segments, matrices, strict=True):
        own = [segment.doc_of(probe.seq) for probe in probes]
        before += _places_before(np.asarray(matrix), segment.live, own, queries, targets)
    return {name: _ndcg(before)} | _of_lsa(TermCounts.of(segments), probes, language)


class _Probe(NamedTuple):
    """What an article is asked for by, and the rest of its text."""

    article: Article
    seq: int
    asked: str
    rest: str

    def counts(self, text: str, language: str) -> dict[str, float]:
        return dict(Counter(analyzer_for(self.article.language or language).terms_once(text)))


def _of_lsa(counts: TermCounts, probes: Sequence[_Probe], language: str) -> dict[str, float]:
    """What LSA is worth. It is fitted anew without what the articles are asked for by: a space that was fitted with it
    remembers which words stood beside which."""
    places = {seq: place for place, seq in enumerate(counts.seqs.tolist())}
    probes = [probe for probe in probes if probe.seq in places]
    own = [places[probe.seq] for probe in probes]
    rests = [probe.counts(probe.rest, language) for probe in probes]
    space = fitted(counts.with_docs(dict(zip(own, rests, strict=True))))
    if space is None or not probes:
        return {}
    numbers = {term.decode(): number for number, term in enumerate(space.terms)}
    queries = np.zeros((len(probes), space.components.shape[1]), np.float32)
    for row, probe in enumerate(probes):
        known = [(numbers[t], tf) for t, tf in probe.counts(probe.asked, language).items() if t in numbers]
        if known:
            at = np.array([number for number, _ in known])
            queries[row] = (
                term_weight(np.array([tf for _, tf in known], np.float32), space.idf[at]) @ space.components[at]
            )
    vectors = unit(np.asarray(space.matrix @ space.components))
    live = np.ones(len(vectors), bool)
    return {"lsa": _ndcg(_places_before(vectors, live, own, unit(queries), vectors[own]))}


def held_out(article: Article) -> tuple[str, str]:
    """What an article is asked for by, and the rest of its text; empty texts where one of them would be too short."""
    asked, rest = article.title.strip(), article.body.strip()
    if len(word_forms(asked)) < LEAST_ASKED:
        asked, rest = [*_SENTENCE.split(rest, 1), ""][:2]
    elif rest.casefold().startswith(asked.casefold()):
        rest = rest[len(asked) :]
    fits = LEAST_ASKED <= len(word_forms(asked)) <= MOST_ASKED and len(word_forms(rest)) >= LEAST_LEFT
    return (asked, rest) if fits else ("", "")


def _places_before(
    vectors: NDArray[np.float32],
    live: NDArray[np.bool_],
    own: Sequence[int],
    queries: NDArray[np.float32],
    targets: NDArray[np.float32],
) -> NDArray[np.float64]:
    """(n,) how many of some articles are nearer to (n, dim) `queries` than what is looked for, the `targets`, and half
    of those as near: a space in which all are equally near is worth nothing. `own` (n,) are the rows of (num_docs, dim)
    `vectors` that are the same articles, -1 for one that is not among them."""
    of_target = (queries * targets).sum(axis=1)
    cosines = vectors @ queries.T
    cosines[~live] = -np.inf
    for probe, doc in enumerate(own):
        if doc >= 0:
            cosines[doc, probe] = -np.inf
    nearer, as_near = ((cosines > of_target + by).sum(axis=0) for by in (_AS_NEAR, -_AS_NEAR))
    before: NDArray[np.float64] = (nearer + as_near) / 2
    return before


def _ndcg(before: NDArray[np.float64]) -> float:
    """The mean nDCG@10 where so many articles stand before the right one."""
    return float(np.where(before < 10, 1 / np.log2(2 + before), 0.0).mean())
