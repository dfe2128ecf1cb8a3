"""A small neighbourhood: an article and the best of its candidates, every one compared with every other.

Folding, stories and diversity all ask how the candidates relate to each other, so this is computed once for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.text.beside_names import is_calendar
from recommender.corpus.corpus import Corpus, TermVector
from recommender.corpus.cosines import gram, mutual
from recommender.corpus.terms import IN_LEAD, IN_TITLE
from recommender.ranking.scoring import PRIOR, RELEVANCE
from recommender.request.profile import Profile


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """n articles, the one asked about first. All matrices are (n, n) and symmetric."""

    docs: NDArray[np.int64]  # (n,) with -1 for a draft
    languages: tuple[str, ...]
    tfidf: NDArray[np.float32]  # cosines of whole articles
    copies: NDArray[np.bool_]  # which are copies of each other, and each of itself
    templated: NDArray[np.bool_]  # whether both titles are of one template with other names, figures or dates in it
    relevance: NDArray[np.float32]  # as in scoring.relevance
    names: NDArray[np.float32]  # cosines of what the articles name
    name_keys: tuple[str, ...]  # the names that any of them has
    name_idf: NDArray[np.float32]  # (n_names,)
    present: NDArray[np.bool_]  # (n, n_names) which article has which name
    in_title: NDArray[np.bool_]  # (n, n_names)
    salient: NDArray[np.bool_]  # (n, n_names) in the title or the first words


def neighbourhood(
    corpus: Corpus, profile: Profile, docs: NDArray[np.int64], weights: Mapping[str, float] = PRIOR
) -> Neighbourhood:
    """The article of `profile` and the given docs, ascending; `weights` are the archive's prior."""
    entries = _entries(corpus, profile.terms, docs)
    n = len(docs) + 1
    products = _products(n, entries)
    parts = {
        "tfidf": products.whole,
        "title": products.title,
        "lead": products.lead,
        "vectors": _vectors(corpus, profile, docs, products.whole),
    }
    relevance = sum(np.float32(weights[name]) * parts[name] for name in RELEVANCE)
    languages = (profile.language(corpus), *corpus.languages_of(docs))
    named = _named(corpus, entries, languages)
    names = _names(corpus, n, entries, named)
    return Neighbourhood(
        docs=np.concatenate([[profile.doc], docs]),
        languages=languages,
        tfidf=products.whole,
        copies=_copies(corpus, profile, docs),
        templated=_templated(corpus, n, entries, named.name >= 0, products.title),
        relevance=np.asarray(relevance, np.float32),
        names=gram(names.weights),
        name_keys=names.keys,
        name_idf=names.idf,
        present=names.weights > 0,
        in_title=(names.flags & IN_TITLE) > 0,
        salient=(names.flags & (IN_TITLE | IN_LEAD)) > 0,
    )


@dataclass(frozen=True, slots=True)
class _Entries:
    """Which terms n articles have, term by term: `terms` are the hashes of the different ones, ascending, and the
    entries of the term with number t are those where `number` is t.

    Articles 0 (moon, lunar), 1 (moon) and 2 (lunar, probe), where the hashes of lunar, moon and probe ascend::

        number  [0,     0,     1,    1,    2    ]
                 lunar  lunar  moon  moon  probe
        owner   [0,     2,     0,    1,    2    ]
        place   [1,     3,     0,    2,    4    ]
    """

    terms: NDArray[np.uint64]  # (n_terms,)
    number: NDArray[np.int64]  # (n_entries,) ascending
    owner: NDArray[np.int64]  # (n_entries,) the article, from 0 on
    place: NDArray[np.int64]  # (n_entries,) where it would be article by article
    weight: NDArray[np.float32]  # (n_entries,)
    flags: NDArray[np.uint8]  # (n_entries,) as terms.IN_TITLE


def _entries(corpus: Corpus, article: TermVector, docs: NDArray[np.int64]) -> _Entries:
    """The terms of an article, the first, and of the given docs."""
    rows = corpus.terms_of(docs)
    terms = np.concatenate([article.hashes, rows.hashes])
    owner = np.arange(len(docs) + 1).repeat(np.concatenate([[len(article.hashes)], rows.counts]))
    weight, flags = np.concatenate([article.weights, rows.weights]), np.concatenate([article.flags, rows.flags])
    order = terms.argsort()
    terms = terms[order]
    first = np.ones(len(terms), bool)
    np.not_equal(terms[1:], terms[:-1], out=first[1:])
    return _Entries(terms[first], first.cumsum() - 1, owner[order], order, weight[order], flags[order])


@dataclass(frozen=True, slots=True)
class _Products:
    """(n, n) the cosines of articles, of their titles and of their leads."""

    whole: NDArray[np.float32]
    title: NDArray[np.float32]
    lead: NDArray[np.float32]


def _products(n: int, entries: _Entries) -> _Products:
    """The products of all pairs of n articles. What only one article has counts for none but itself, and that is most
    of the terms, so only the others get a column.

    Of the articles in the example of `_Entries`, with the weights that follow, probe gets no column::

        lunar  moon           whole
        [0.6   0.8]  (0)     [1.00  0.80  0.36]
        [0.0   1.0]  (1)     [0.80  1.00  0.00]
        [0.6   0.0]  (2)     [0.36  0.00  1.00]

    (The length of article 2 is that of its whole vector, probe's 0.8 included.) Titles
    and leads are the same with the weights of other terms made nothing; one without terms has a cosine of 0 with
    itself too.
    """
    shared = np.bincount(entries.number, minlength=len(entries.terms)) > 1
    of_shared = shared[entries.number].nonzero()[0]
    cells = entries.owner[of_shared], (shared.cumsum() - 1)[entries.number[of_shared]]
    weights = np.zeros((n, int(shared.sum())), np.float32)
    weights[cells] = entries.weight[of_shared]
    flags = np.zeros(weights.shape, np.uint8)
    flags[cells] = entries.flags[of_shared]
    squares = np.square(entries.weight)
    products = []
    for flag in (0, IN_TITLE, IN_LEAD):
        counted = squares * ((entries.flags & flag) != 0) if flag else squares
        sums = np.bincount(entries.owner, counted, n)
        lengths: NDArray[np.float32] = np.maximum(np.sqrt(sums), 1e-12).astype(np.float32)
        part = np.where(flags & flag, weights, np.float32(0)) if flag else weights
        products.append(gram(np.asarray(part / lengths[:, None], np.float32)))
        np.fill_diagonal(products[-1], lengths > 1e-12)
    return _Products(products[0], products[1], products[2])


def _copies(corpus: Corpus, profile: Profile, docs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n, n) which articles are copies of each other, and each of itself."""
    groups = corpus.copy_groups[docs]
    copies = np.ones((len(docs) + 1, len(docs) + 1), bool)
    copies[1:, 1:] = groups[:, None] == groups[None, :]
    copies[0, 1:] = copies[1:, 0] = np.isin(docs, profile.copies)
    return copies


FRAME_TITLES = 0.2  # cosine of titles below which nobody asks whether two are of one template
# What two titles of one template have in common at least, names, figures and dates not counted: words, and their share.
FRAME_WORDS, FRAME_SHARE = 3, 0.7


def _templated(
    corpus: Corpus, n: int, entries: _Entries, is_name: NDArray[np.bool_], titles: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """(n, n) whether the titles of two articles are one template that each fills with other names, figures or dates;
    False for titles that are not near each other.

    ::

        Board accepts bid on barley for Iraq      {board, accept, bid} {barley}   Iraq
        Board accepts bid on barley for Cyprus    {board, accept, bid} {barley}   Cyprus    of the same
        Iraq buys barley                          {buy, barley}                   Iraq      of none
    """
    if not (titles - np.eye(n, dtype=np.float32) >= FRAME_TITLES).any():
        return np.zeros((n, n), bool)
    titled = ((entries.flags & IN_TITLE) > 0).nonzero()[0]
    numbers, column = np.unique(entries.number[titled], return_inverse=True)
    words = corpus.term_strings(entries.terms[numbers])
    fills = np.array([is_calendar(word) or any(map(str.isdigit, word)) for word in words], bool)
    filling = fills[column] | is_name[titled]
    frame, filled = np.zeros((2, n, len(numbers)), np.float32)
    frame[entries.owner[titled[~filling]], column[~filling]] = 1
    filled[entries.owner[titled[filling]], column[filling]] = 1
    common, sizes = gram(frame), frame.sum(axis=1)
    own = filled.sum(axis=1)[:, None] - gram(filled) > 0
    alike = (common >= FRAME_WORDS) & (2 * common >= FRAME_SHARE * (sizes[:, None] + sizes[None, :]))
    return np.asarray(alike & own & own.T & (titles >= np.float32(FRAME_TITLES)))


def _vectors(
    corpus: Corpus, profile: Profile, docs: NDArray[np.int64], otherwise: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n, n) the weighed mean of the cosines, on one scale, in the spaces that have both articles; `otherwise` where
    none has.

    Three articles, of which the last has no vector in the only space, whose scale leaves cosines as they are::

        rows            known     cosines              otherwise             outcome
        [1.0, 0.0]      True     [1.0  0.6  0.0]      [1.0  0.5  0.2]      [1.0  0.6  0.2]
        [0.6, 0.8]      True     [0.6  1.0  0.0]      [0.5  1.0  0.3]      [0.6  1.0  0.3]
        [0.0, 0.0]      False    [0.0  0.0  0.0]      [0.2  0.3  1.0]      [0.2  0.3  1.0]
    """
    total, shares = np.zeros_like(otherwise), np.zeros_like(otherwise)
    for name, vector in profile.vectors.items():
        space = corpus.spaces[name]
        rows = np.concatenate([vector[None], corpus.vectors(name, docs)])
        known = rows.any(axis=1)
        both = np.float32(space.scale.share) * np.logical_and.outer(known, known)
        cosines = mutual(rows, ordered=space.is_ordered)
        total += both * (np.float32(space.scale.factor) * cosines + np.float32(space.scale.offset))
        shares += both
    return np.where(shares > 0, total / np.where(shares > 0, shares, np.float32(1)), otherwise)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that n articles have."""

    keys: tuple[str, ...]
    idf: NDArray[np.float32]  # (n_names,)
    weights: NDArray[np.float32]  # (n, n_names) rows of length 1, or zeros for an article without names
    flags: NDArray[np.uint8]  # (n, n_names) of all terms that stand for the name in the article


@dataclass(frozen=True, slots=True)
class _Named:
    """Which entries stand for names."""

    name: NDArray[np.int64]  # (n_entries,) the place of its name in the corpus's names, -1 for none
    idf: NDArray[np.float32]  # (n_entries,)


def _named(corpus: Corpus, entries: _Entries, languages: tuple[str, ...]) -> _Named:
    """Which entries stand for names in articles that are in these languages."""
    name = np.full(len(entries.number), -1, np.int64)  # of each entry its place in the corpus's names
    idf = np.zeros(len(entries.number), np.float32)
    of_articles = np.array(languages)
    for language in sorted(set(languages)):
        terms, names, term_idf = corpus.names_of(entries.terms, language)
        name_of_term = np.full(len(entries.terms), -1, np.int64)
        name_of_term[terms] = names
        idf_of_term = np.zeros(len(entries.terms), np.float32)
        idf_of_term[terms] = term_idf
        here = (of_articles == language)[entries.owner]
        name[here], idf[here] = name_of_term[entries.number[here]], idf_of_term[entries.number[here]]
    return _Named(name, idf)


def _names(corpus: Corpus, n: int, entries: _Entries, named_entries: _Named) -> _Names:
    """The names in n articles. The weight of a name is the highest of the terms that stand
    for it in the article's language, before rows are made of length 1; its idf is that of the first such term, article
    by article.

    Articles 0 and 1 in English, whose term for the name artemis is artemi, and 2 in German, where it is artemis;
    entries of terms that stand for no name are left out::

        term     owner  weight  name          weights    artemis  orion
        artemi   0      0.3     artemis                 [0.6      0.8]  (0)
        artemi   1      0.5     artemis                 [1.0      0.0]  (1)
        artemis  2      0.2     artemis                 [1.0      0.0]  (2)
        orion    0      0.4     orion
    """
    name, idf = named_entries.name, named_entries.idf
    named = np.flatnonzero(name >= 0)
    named = named[entries.place[named].argsort()]
    different, first, column = np.unique(name[named], return_index=True, return_inverse=True)
    cells = entries.owner[named], column
    weights = np.zeros((n, len(different)), np.float32)
    flags = np.zeros(weights.shape, np.uint8)
    np.maximum.at(weights, cells, entries.weight[named])
    np.bitwise_or.at(flags, cells, entries.flags[named])
    weights /= np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), np.float32(1e-12))
    return _Names(tuple(corpus.names[place] for place in different.tolist()), idf[named[first]], weights, flags)
