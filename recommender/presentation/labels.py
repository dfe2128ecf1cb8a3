"""Labels: the names, tags and words that articles share, and how strongly each article is about each of them.

They come from the terms that made the articles similar in the first place, so what a label says of an article is part
of why it was ranked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexer.article.article import Article
from indexer.text.analyzer import analyzer_for
from indexer.text.words import word_forms
from recommender.corpus.corpus import Corpus, TermVector
from recommender.corpus.terms import IN_LEAD, IN_TITLE, REPEATED, hash_terms
from recommender.names.extraction import names_in, names_of, surface_forms
from recommender.names.spellings import Spelling
from recommender.request.profile import Profile

SOURCE_CHARS = 3000  # of the article's text that are read for names
MAX_NAMES = 40  # of the article's own
MAX_WORDS = 12  # single words that may serve where there is no name
MIN_COUNT = 3  # how often the article must have such a word; being in its title counts once more
TAG_STRENGTH = 0.25  # of an article for each of its tags, on the scale of a term's weight in its tf-idf vector
LEAD_BOOST = 1.6  # a name in the title or the first words says what an article is about, one further down may not
NAME, TAG, WORD = "name", "tag", "word"


@dataclass(frozen=True, slots=True)
class Label:
    """Something that articles can share, as readers write it."""

    text: str
    kind: str  # NAME, TAG or WORD
    terms: tuple[str, ...]

    @property
    def key(self) -> frozenset[str]:
        """The words of the label whatever their order; two labels with common words say much the same."""
        return frozenset(self.terms)


@dataclass(frozen=True, slots=True)
class Shared:
    """What an article and those related to it share."""

    labels: tuple[Label, ...]
    in_source: NDArray[np.float32]  # (n_labels,) how strongly the article is about each, 0 where it has it not
    strength: NDArray[np.float32]  # (n_items, n_labels) the same for the related articles
    prominent: NDArray[np.bool_]  # (n_items, n_labels) in the title, the first words, or as a tag

    def without_first(self) -> Shared:
        """The same without the first item."""
        return Shared(self.labels, self.in_source, self.strength[1:], self.prominent[1:])

    def restricted(self, items: Sequence[int]) -> Shared:
        """The same with only these items, in this order."""
        return Shared(self.labels, self.in_source, self.strength[list(items)], self.prominent[list(items)])


def shared_labels(
    corpus: Corpus,
    profile: Profile,
    source: Article,
    items: Sequence[Article],
    docs: Sequence[int],
    names: Sequence[tuple[Spelling, ...]] = (),
) -> Shared:
    """The labels of an article and its related `items`, which are the docs `docs`; with the `names` in the openings of
    the items also those that only several of the items have. Names of sections and sites are not among the labels: they
    say where an article stands, not what it is about."""
    language = source.language or corpus.language
    labels = _candidates(corpus, profile, source, items, names, language)
    hashes, columns = _term_columns(labels)
    in_source = _strengths(_weights_in_source(profile.terms, hashes)[None], columns)[0]
    weights, leading = _weights_in_items(corpus, docs, hashes)
    prominent = _strengths(leading.astype(np.float32), columns) > 0
    strength = _strengths(weights, columns) * np.where(prominent, np.float32(LEAD_BOOST), np.float32(1))
    _add_tags(labels, source, items, in_source, strength, prominent)
    return Shared(tuple(labels), in_source, strength, prominent)


def _candidates(
    corpus: Corpus,
    profile: Profile,
    source: Article,
    items: Sequence[Article],
    names_of_items: Sequence[tuple[Spelling, ...]],
    language: str,
) -> list[Label]:
    """Names of the article, names and tags that several items have, and the article's most telling words."""
    find = names_of if profile.doc < 0 else names_in  # of a draft, which comes once, nothing is remembered
    names = find(source.headline, source.body[:SOURCE_CHARS], language)[:MAX_NAMES]
    by_terms: dict[tuple[str, ...], Label] = {name.terms: Label(name.text, NAME, name.terms) for name in names}
    of_items = list(chain.from_iterable(names_of_items))
    spelled: dict[tuple[str, ...], str] = {}
    for name in of_items:
        spelled.setdefault(name.terms, name.text)
    seen = Counter(name.terms for name in of_items)
    for terms in sorted(terms for terms, count in seen.items() if count > 1):
        by_terms.setdefault(terms, Label(spelled[terms], NAME, terms))
    tags = Counter(tag for article in [source, *items] for tag in set(article.tags))
    for tag, count in sorted(tags.items()):
        tag_terms = tuple(analyzer_for(language).terms(tag)) if count > 1 else ()
        if tag_terms and tag_terms not in by_terms:
            text = spelled.get(tag_terms) or _as_written(tag, [source, *items])
            if text:
                by_terms[tag_terms] = Label(text, TAG, tag_terms)
    for label in _words(corpus, profile, source, language):
        by_terms.setdefault(label.terms, label)
    adjectives = {name.terms for name in names if name.is_adjective}
    adjectives |= {name.terms for name in of_items if name.is_adjective}
    places = {tuple(word_forms(value)) for article in [source, *items] for value in (article.section, article.site)}
    return [
        label
        for terms, label in by_terms.items()
        if terms not in adjectives and tuple(word_forms(label.text)) not in places
    ]


def _as_written(tag: str, articles: Sequence[Article]) -> str:
    """A tag as the articles write it: tags are often kept in lower case, names are not. Empty for a
    single word that none of them writes, which only the tagging editor understands."""
    pattern = re.compile(rf"(?<!\w){re.escape(tag)}(?!\w)", re.IGNORECASE)
    spelled = Counter(m.group() for a in articles if (m := pattern.search(a.body[:SOURCE_CHARS])))
    if not spelled:
        return tag if " " in tag else ""
    return min(spelled, key=lambda text: (-spelled[text], text))


def _words(corpus: Corpus, profile: Profile, source: Article, language: str) -> list[Label]:
    """The words that weigh most in the article's vector, in the form the article has them."""
    heavy = np.argsort(-profile.terms.weights, kind="stable")[: 2 * MAX_WORDS]
    heavy = heavy[(profile.terms.flags[heavy] & REPEATED) > 0]  # a word that stands there once is not looked at
    heaviest = corpus.term_strings(profile.terms.hashes[heavy])
    order = {term: place for place, term in enumerate(heaviest) if len(term) > 2}
    if not order:
        return []
    analyzer = analyzer_for(language)
    text = f"{source.headline[:SOURCE_CHARS]} {source.body[:SOURCE_CHARS]}"
    counts = Counter([term for term in analyzer.terms(text) if term in order])
    counts.update(order.keys() & analyzer.terms(source.title[:SOURCE_CHARS]))
    terms = {term for term, count in counts.items() if count >= MIN_COUNT and not term.isdigit()}
    forms = surface_forms(text, terms, language) if terms else {}
    chosen = sorted(forms, key=lambda term: order[term])
    return [Label(forms[term], WORD, (term,)) for term in chosen[:MAX_WORDS]]


def _term_columns(labels: Sequence[Label]) -> tuple[NDArray[np.uint64], list[list[int]]]:
    """The hashes of all terms of the labels, and for each label where its own are among them."""
    places: dict[str, int] = {}
    columns = [[places.setdefault(term, len(places)) for term in label.terms] for label in labels]
    hashes = hash_terms([term.encode() for term in places]) if places else np.zeros(0, np.uint64)
    return hashes, columns


def _weights_in_source(article: TermVector, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
    """(n_hashes,) the weight in an article of each of these terms; 0 where it is not there."""
    weights: Mapping[int, float] = dict(zip(article.hashes.tolist(), article.weights.tolist(), strict=True))
    return np.array([weights.get(number, 0.0) for number in hashes.tolist()], np.float32)


def _weights_in_items(
    corpus: Corpus, docs: Sequence[int], hashes: NDArray[np.uint64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(n_docs, n_hashes) the weights of these terms in docs, in any order, 0 where they are not, and whether they are
    in the titles or the first words there."""
    order = np.argsort(docs)
    places = np.argsort(order)
    weights, flags = corpus.weights_in(np.array(docs, np.int64)[order], hashes)
    return weights[places], (flags[places] & (IN_TITLE | IN_LEAD)) > 0


def _strengths(weights: NDArray[np.float32], columns: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """(n_items, n_labels) how strongly each item is about each label, of the (n_items, n_terms) weights that terms have
    there: the sum over the label's terms, all of which must be there."""
    if not columns:
        return np.zeros((len(weights), 0), np.float32)
    sizes = [len(column) for column in columns]
    starts = np.cumsum(sizes, dtype=np.int64) - np.array(sizes, np.int64)
    label_by_label = weights[:, [at for column in columns for at in column]]
    complete = np.minimum.reduceat(label_by_label, starts, axis=1) > 0
    return np.where(complete, np.add.reduceat(label_by_label, starts, axis=1), 0).astype(np.float32)


def _add_tags(
    labels: Sequence[Label],
    source: Article,
    items: Sequence[Article],
    in_source: NDArray[np.float32],
    strength: NDArray[np.float32],
    prominent: NDArray[np.bool_],
) -> None:
    """Adds what the tags say: an editor who tags an article says what it is about."""
    by_text: Mapping[str, int] = {" ".join(word_forms(label.text)): place for place, label in enumerate(labels)}
    for row, article in enumerate([source, *items]):
        for tag in {" ".join(word_forms(tag)) for tag in article.tags}:
            place = by_text.get(tag)
            if place is not None and row == 0:
                in_source[place] += TAG_STRENGTH
            elif place is not None:
                strength[row - 1, place] += TAG_STRENGTH
                prominent[row - 1, place] = True
