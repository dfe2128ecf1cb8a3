"""What a neural space is worth on an archive, measured without judgements and by the same questions as LSA.

An article is a question with known answers, twice. Its headline, or else its first sentence, should lead to the rest of
it: that is how well a space finds one article again. A sentence from its middle should lead to the articles that share
the other words of the rest: that is how well a space knows a subject by other words than those it is asked by. The rest
is encoded anew, without what is asked, so that no space is helped by words that stand in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.lsa import Fitted, TermCounts, fitted, term_weight, unit

PROBES = 200  # headlines; of two spaces a difference of .05 in what is measured is then more than chance
SENTENCES = 600  # ... and .06 times what is measured by so many sentences
LEAST_DOCS = 50  # with fewer every article is found
LEAST_ASKED, MOST_ASKED = 3, 40  # words of a question
LEAST_LEFT = 20  # words of an article without its question
LEAST_IN_SENTENCE = 5  # words of a sentence that says what it is about
KINDRED = 50  # articles that a sentence should lead to, or a tenth of all where there are fewer
SUBJECT = 0.4  # the power of what a space is worth by these beside LSA, what it is worth by headlines having 1
_NOISE = 0.01  # added to what is measured by sentences, so that chance makes nothing many times something
_AT_ONCE = 64  # questions compared with all articles
_SEED = 20240318
_AS_NEAR = np.float32(1e-6)  # sums may differ in their last bits
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


def measure_worths(
    encoder: Encoder, store: Store, segments: Sequence[Segment], name: str, language: str
) -> dict[str, float]:
    """What the space called `name` is worth and, as `lsa`, one that the archive trains from itself.

    For LSA it is the mean nDCG@10, 0 to 1, of finding an article by what was taken out of it; for the other the same
    times the power `SUBJECT` of how many times as well as LSA it leads from a sentence to articles on its subject,
    where enough have such sentences. `language` is that of articles that say none. 0 for the space, and nothing for
    LSA, where too few articles can be asked for.
    """
    random = np.random.default_rng(_SEED)
    matrices = [matrix for segment in segments if (matrix := segment.vectors(name)) is not None]
    seqs = [segment.seq[segment.live] for segment in segments]
    chosen = random.permutation(np.concatenate(seqs))[: 2 * SENTENCES] if seqs else np.zeros(0, np.int64)
    articles = store.versions(chosen.tolist())
    probes = [_Probe.of(articles[seq], seq) for seq in chosen.tolist() if seq in articles]
    probes = [probe for probe in probes if probe.asked][:SENTENCES]
    if len(probes) < LEAST_DOCS or len(matrices) < len(segments):
        return {name: 0.0}
    by_headline = probes[:PROBES]
    queries = np.stack([encode_query(encoder, probe.asked) for probe in by_headline])
    targets = encode_articles(encoder, [("", probe.rest) for probe in by_headline])
    before = np.zeros(len(by_headline))
    for segment, matrix in zip(segments, matrices, strict=True):
        own = [segment.doc_of(probe.seq) for probe in by_headline]
        before += _places_before(np.asarray(matrix), segment.live, own, queries, targets)
    found = _ndcg(before)
    counts = TermCounts.of(segments)
    lsa = _Lsa.of(counts, probes, language)
    if lsa is None:
        return {name: found}
    by_sentence = [probe for probe in probes if probe.sentence and probe.seq in lsa.places]
    if len(by_sentence) >= LEAST_DOCS:
        sentences = np.stack([encode_query(encoder, probe.sentence) for probe in by_sentence])
        nearest = _nearest(lambda of: _cosines(segments, matrices, counts.seqs, of), sentences, lsa.own(by_sentence))
        found *= lsa.times_as_kindred(nearest, by_sentence) ** SUBJECT
    return {name: found, "lsa": lsa.found([probe for probe in by_headline if probe.seq in lsa.places])}


class _Probe(NamedTuple):
    """What an article is asked for by, and the rest of its text."""

    article: Article
    seq: int
    asked: str
    sentence: str  # from the middle of it; empty where what is left would be too short
    rest: str  # without either

    @classmethod
    def of(cls, article: Article, seq: int) -> _Probe:
        asked, rest = held_out(article)
        return cls(article, seq, asked, *without_sentence(rest))

    def counts(self, text: str, language: str) -> dict[str, float]:
        return dict(Counter(analyzer_for(self.article.language or language).terms_once(text)))


class _Lsa(NamedTuple):
    """LSA fitted anew without what some articles are asked for by: a space that was fitted with it remembers which
    words stood beside which."""

    places: Mapping[int, int]  # the version of an article to its row
    space: Fitted
    numbers: Mapping[str, int]  # the terms of the space
    vectors: NDArray[np.float32]  # (num_docs, dim)
    language: str

    @classmethod
    def of(cls, counts: TermCounts, probes: Sequence[_Probe], language: str) -> _Lsa | None:
        places = {seq: place for place, seq in enumerate(counts.seqs.tolist())}
        probes = [probe for probe in probes if probe.seq in places]
        space = fitted(counts.with_docs({places[of.seq]: of.counts(of.rest, language) for of in probes}))
        if space is None or not probes:
            return None
        numbers = {term.decode(): number for number, term in enumerate(space.terms)}
        return cls(places, space, numbers, unit(np.asarray(space.matrix @ space.components)), language)

    def found(self, probes: Sequence[_Probe]) -> float:
        """How well what probes are asked for by leads to the rest of them."""
        if not probes:
            return 0.0
        queries = np.stack([self._encoded(probe, probe.asked) for probe in probes])
        own, live = self.own(probes), np.ones(len(self.vectors), bool)
        return _ndcg(_places_before(self.vectors, live, own, queries, self.vectors[own]))

    def times_as_kindred(self, nearest: NDArray[np.int64], probes: Sequence[_Probe]) -> float:
        """How many times as well as LSA another space leads from the sentences of probes to articles on their subject,
        which has (n_probes, 10) rows as the `nearest` to them."""
        queries = np.stack([self._encoded(probe, probe.sentence) for probe in probes])
        own_nearest = _nearest(lambda of: self.vectors @ of.T, queries, self.own(probes))
        kindred = self._kindred(probes)
        return (_mean_ndcg(nearest, kindred) + _NOISE) / (_mean_ndcg(own_nearest, kindred) + _NOISE)

    def own(self, probes: Sequence[_Probe]) -> list[int]:
        """Their rows."""
        return [self.places[probe.seq] for probe in probes]

    def _kindred(self, probes: Sequence[_Probe]) -> list[NDArray[np.int64]]:
        """For each probe the rows of the articles that share most with the rest of it but for the words of its
        sentence, by tf-idf: at most `KINDRED`, and a tenth of all."""
        rows, most = self.space.matrix[self.own(probes)], min(KINDRED, len(self.vectors) // 10)
        for place, probe in enumerate(probes):
            row = slice(rows.indptr[place], rows.indptr[place + 1])
            asked = [self.numbers.get(term, -1) for term in probe.counts(probe.sentence, self.language)]
            rows.data[row][np.isin(rows.indices[row], asked)] = 0
        found = []
        for place, own in enumerate(self.own(probes)):
            shared = self.space.matrix @ rows[place].toarray().ravel()
            shared[own] = 0
            first = np.argsort(-shared, kind="stable")[:most]
            found.append(first[shared[first] > 0])
        return found

    def _encoded(self, probe: _Probe, text: str) -> NDArray[np.float32]:
        known = [(self.numbers[t], tf) for t, tf in probe.counts(text, self.language).items() if t in self.numbers]
        if not known:
            return np.zeros(self.vectors.shape[1], np.float32)
        at, tf = np.array([number for number, _ in known]), np.array([tf for _, tf in known], np.float32)
        return unit(term_weight(tf, self.space.idf[at]) @ self.space.components[at])


def held_out(article: Article) -> tuple[str, str]:
    """What an article is asked for by, and the rest of its text; empty texts where one of them would be too short."""
    asked, rest = article.title.strip(), article.body.strip()
    if len(word_forms(asked)) < LEAST_ASKED:
        asked, rest = [*_SENTENCE.split(rest, 1), ""][:2]
    elif rest.casefold().startswith(asked.casefold()):
        rest = rest[len(asked) :]
    fits = LEAST_ASKED <= len(word_forms(asked)) <= MOST_ASKED and len(word_forms(rest)) >= LEAST_LEFT
    return (asked, rest) if fits else ("", "")


def without_sentence(text: str) -> tuple[str, str]:
    """The sentence in the middle of those of a text that say something, and the text without it; an empty sentence
    where what is left would be too short."""
    sentences = _SENTENCE.split(text)
    said = [n for n, of in enumerate(sentences) if LEAST_IN_SENTENCE <= len(word_forms(of)) <= MOST_ASKED]
    if said:
        middle = said[len(said) // 2]
        rest = " ".join(sentences[:middle] + sentences[middle + 1 :])
        if len(word_forms(rest)) >= LEAST_LEFT:
            return sentences[middle], rest
    return "", text


def _cosines(
    segments: Sequence[Segment],
    matrices: Sequence[NDArray[np.float32]],
    seqs: NDArray[np.int64],
    queries: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(n_seqs, n_queries) the cosines of versions of articles, in the order of the segments that have them, with
    (n_queries, dim) vectors."""
    wanted = np.sort(seqs)
    found = []
    for segment, matrix in zip(segments, matrices, strict=True):
        docs = np.flatnonzero(segment.live & np.isin(segment.seq, wanted))
        found.append(np.asarray(matrix)[docs] @ queries.T)
    return np.concatenate(found)


def _nearest(
    cosines: Callable[[NDArray[np.float32]], NDArray[np.float32]], queries: NDArray[np.float32], own: Sequence[int]
) -> NDArray[np.int64]:
    """(n, 10) the rows nearest to (n, dim) queries, best first, the `own` of each aside; `cosines` gives those of all
    rows with some queries, (num_docs, n_some)."""
    found = []
    for start in range(0, len(queries), _AT_ONCE):
        of = cosines(queries[start : start + _AT_ONCE])
        of[own[start : start + _AT_ONCE], np.arange(of.shape[1])] = -np.inf
        found.append(np.argsort(-of, axis=0, kind="stable")[:10].T)
    return np.concatenate(found)


def _mean_ndcg(nearest: NDArray[np.int64], relevant: Sequence[NDArray[np.int64]]) -> float:
    """The mean nDCG@10 of (n, 10) rows, best first, of which those in `relevant` are right."""
    discounts = 1 / np.log2(np.arange(2, 2 + nearest.shape[1]))
    gains = [discounts[np.isin(rows, right)].sum() for rows, right in zip(nearest, relevant, strict=True)]
    best = [discounts[: len(right)].sum() for right in relevant]
    return float(np.mean([gain / most for gain, most in zip(gains, best, strict=True) if most > 0] or [0.0]))


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
