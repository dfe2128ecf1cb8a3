"""What the recommender knows of the article a reader is at: its terms, its vectors, and what is on its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.vectors.lsa import unit
from recommender.corpus.corpus import KEYWORD_FIELDS, NO_DATE, Corpus, TermVector, idf_of, keywords_of
from recommender.corpus.terms import IN_LEAD, IN_TITLE, LEAD_WORDS, REPEATED, TITLE_TF, hash_terms


@dataclass(frozen=True, slots=True)
class Profile:
    """The article to find related ones for, whether it is in the archive or a draft."""

    doc: int  # -1 for a draft
    terms: TermVector
    vectors: Mapping[str, NDArray[np.float32]]  # by space, of unit length, a draft's shorter by what is unknown of it
    keywords: Mapping[str, tuple[str, ...]]  # by the names of KEYWORD_FIELDS
    date: int  # seconds since 1970, or NO_DATE
    copies: NDArray[np.int64]  # the docs, ascending, that are copies of it

    def language(self, corpus: Corpus) -> str:
        """The language that the article names, or that of the corpus."""
        return next(iter(self.keywords["language"]), corpus.language)


def of_doc(corpus: Corpus, doc: int) -> Profile:
    """The profile of an article of the archive."""
    rows = {space: corpus.vectors(space, np.array([doc]))[0] for space in corpus.spaces}
    return Profile(
        doc=doc,
        terms=corpus.article_terms(doc),
        vectors={space: row for space, row in rows.items() if row.any()},
        keywords={name: tuple(corpus.values(name, doc)) for name in KEYWORD_FIELDS},
        date=int(corpus.dates[doc]),
        copies=corpus.copies_of(doc),
    )


def of_article(corpus: Corpus, article: Article) -> Profile:
    """The profile of a text that the index does not have: a draft, or an article accepted a moment ago."""
    analyzer = analyzer_for(article.language or corpus.language)
    title, body = analyzer.terms_once(article.title), analyzer.terms_once(article.body)
    counts: Counter[str] = Counter(body)
    in_title, in_lead = set(title), {*title, *body[:LEAD_WORDS]}
    tf = {term: counts[term] + TITLE_TF * n for term, n in Counter(title).items()} | {
        term: float(n) for term, n in counts.items() if term not in in_title
    }
    hashes = hash_terms([term.encode() for term in tf])
    weights = (1 + np.log(np.fromiter(tf.values(), np.float32, len(tf)))) * idf_of(corpus, hashes)
    words = counts + Counter(title)
    flags = [IN_TITLE * (term in in_title) | IN_LEAD * (term in in_lead) | REPEATED * (words[term] > 1) for term in tf]
    # The archive's own space sees only words that the archive has. The others are directions of their own that no
    # article shares, so a text in another language is not near to those that have its one familiar word.
    known = _length(weights[corpus.doc_freq(hashes) > 0]) / max(_length(weights), np.float32(1e-12))
    vectors = {
        space: vector * known if corpus.spaces[space].is_trained_here else vector
        for space, vector in corpus.encode(article.title, article.body, tf).items()
    }
    return Profile(
        doc=-1,
        terms=TermVector(hashes, weights / max(_length(weights), np.float32(1e-12)), np.array(flags, np.uint8)),
        vectors=vectors,
        keywords=keywords_of(article) | {"language": (article.language or corpus.language,)},
        date=NO_DATE if article.date is None else int(article.date.timestamp()),
        copies=corpus.copies_of_text(article),
    )


def _length(weights: NDArray[np.float32]) -> np.float32:
    return np.float32(np.linalg.norm(weights))


def combine(profiles: Sequence[Profile]) -> Profile:
    """One profile for several articles, the last read last: each counts half of the one after it."""
    last = profiles[-1]
    shares = [0.5 ** (len(profiles) - 1 - place) for place in range(len(profiles))]
    hashes, inverse = np.unique(np.concatenate([profile.terms.hashes for profile in profiles]), return_inverse=True)
    weighted = [profile.terms.weights * share for profile, share in zip(profiles, shares, strict=True)]
    summed = np.bincount(inverse, np.concatenate(weighted), len(hashes))
    flags = np.zeros(len(hashes), np.uint8)
    np.bitwise_or.at(flags, inverse, np.concatenate([profile.terms.flags for profile in profiles]))
    vectors = {}
    for space in last.vectors:
        mean = sum(
            profile.vectors[space] * np.float32(share)
            for profile, share in zip(profiles, shares, strict=True)
            if space in profile.vectors
        )
        vectors[space] = unit(np.asarray(mean, np.float32))
    return Profile(
        doc=last.doc,
        terms=TermVector(hashes, (summed / max(float(np.linalg.norm(summed)), 1e-12)).astype(np.float32), flags),
        vectors=vectors,
        keywords=last.keywords,
        date=last.date,
        copies=np.unique(np.concatenate([profile.copies for profile in profiles])),
    )
