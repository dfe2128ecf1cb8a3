"""What a neural space is worth on an archive, measured without judgements and by the same questions as LSA.

An article is a question with a known answer: its headline, or else its first sentence, should lead to the rest of it.
The rest is encoded anew, without what is asked, so that no space is helped by words that stand in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.segment.segment import Segment
from indexer.store import Store
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.lsa import LsaSpace

PROBES = 200  # articles; of two spaces a difference of .05 in what is measured is then more than chance
LEAST_DOCS = 50  # with fewer every article is found
LEAST_ASKED, MOST_ASKED = 3, 40  # words of a question
LEAST_LEFT = 20  # words of an article without its question
_SEED = 20240318
_AS_NEAR = np.float32(1e-6)  # sums may differ in their last bits
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


def measure_worths(
    encoder: Encoder, store: Store, segments: Sequence[Segment], name: str, lsa: LsaSpace | None, language: str
) -> dict[str, float]:
    """The mean nDCG@10, 0 to 1, of finding an article by what was taken out of it: of the space called `name` and, if
    there is one, of `lsa` under that name. `language` is that of articles that say none. 0 for the space, and nothing
    for LSA, where too few articles can be asked for."""
    random = np.random.default_rng(_SEED)
    matrices = [matrix for segment in segments if (matrix := segment.vectors(name)) is not None]
    seqs = [segment.seq[segment.live] for segment in segments]
    chosen = random.permutation(np.concatenate(seqs))[: 2 * PROBES] if seqs else np.zeros(0, np.int64)
    articles = store.versions(chosen.tolist())
    probes = [(seq, *held_out(articles[seq])) for seq in chosen.tolist() if seq in articles]
    probes = [probe for probe in probes if probe[1]][:PROBES]
    if len(probes) < LEAST_DOCS or len(matrices) < len(segments):
        return {name: 0.0}
    queries = np.stack([encode_query(encoder, asked) for _, asked, _ in probes])
    targets = encode_articles(encoder, [("", rest) for _, _, rest in probes])
    own = [seq for seq, _, _ in probes]
    worths = {name: _ndcg(segments, name, own, queries, targets)}
    if lsa is not None and all(segment.vectors("lsa") is not None for segment in segments):
        of = [analyzer_for(articles[seq].language or language) for seq in own]
        both = zip(of, probes, strict=True)
        rows = [[lsa.encode_terms(Counter(a.terms_once(text)).items()) for text in probe[1:]] for a, probe in both]
        worths["lsa"] = _ndcg(segments, "lsa", own, *(np.stack(column) for column in zip(*rows, strict=True)))
    return worths


def held_out(article: Article) -> tuple[str, str]:
    """What an article is asked for by, and the rest of its text; empty texts where one of them would be too short."""
    asked, rest = article.title.strip(), article.body.strip()
    if len(word_forms(asked)) < LEAST_ASKED:
        asked, rest = [*_SENTENCE.split(rest, 1), ""][:2]
    elif rest.casefold().startswith(asked.casefold()):
        rest = rest[len(asked) :]
    fits = LEAST_ASKED <= len(word_forms(asked)) <= MOST_ASKED and len(word_forms(rest)) >= LEAST_LEFT
    return (asked, rest) if fits else ("", "")


def _ndcg(
    segments: Sequence[Segment],
    name: str,
    own: Sequence[int],
    queries: NDArray[np.float32],
    targets: NDArray[np.float32],
) -> float:
    """The mean nDCG@10 of finding each of (n, dim) `targets`, which stand for the articles with the sequence numbers
    `own`, among all others of a space, half of those as near standing before it: a space in which all are equally near
    is worth nothing."""
    of_target = (queries * targets).sum(axis=1)
    better = np.zeros(len(own))
    for segment in segments:
        cosines = np.asarray(segment.vectors(name)) @ queries.T
        cosines[~segment.live] = -np.inf
        for probe, seq in enumerate(own):
            if (doc := segment.doc_of(seq)) >= 0:
                cosines[doc, probe] = -np.inf
        better += ((cosines > of_target + _AS_NEAR).sum(axis=0) + (cosines > of_target - _AS_NEAR).sum(axis=0)) / 2
    return float(np.where(better < 10, 1 / np.log2(2 + better), 0.0).mean())
