"""What every implementation of `recommender.corpus.corpus.Corpus` must do, against slow and obvious computations.

To test one, inherit `CorpusContract` and provide the fixture `make_corpus`, see `MakeCorpus`; `test_contract` does so
for the corpus over segments.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.base.errors import QueryError
from indexer.text.analyzer import analyzer_for
from recommender.corpus.corpus import KEYWORD_FIELDS, NO_DATE, Corpus, CorpusSpace, TermVector, idf_of
from recommender.corpus.cosines import with_vector
from recommender.corpus.space_scales import reference
from recommender.corpus.terms import IN_LEAD, IN_TITLE, LEAD_WORDS, REPEATED, TITLE_TF, hash_terms, idf
from tests.recommender.archives import START, article, several, words

PAST, FUTURE = datetime(2024, 6, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


class MakeCorpus(Protocol):
    """Makes a corpus of articles in English where they name no language."""

    def __call__(
        self, articles: Sequence[Article], *more: Sequence[Article], removed: Sequence[str] = (), toy: bool = False
    ) -> Corpus:
        """The articles are added first, then `more`, batch by batch, where an article takes the place of an older one
        with its id; then those with the ids `removed` are. With `toy` the corpus has the vector space of
        `tests.indexer.embedders.ToyEncoder` beside its own, which has got to the first batch only."""


def docs_by_id(corpus: Corpus) -> dict[str, int]:
    """The docs that are not deleted."""
    return {corpus.article_id(doc): doc for doc in np.flatnonzero(corpus.live()).tolist()}


def all_docs(corpus: Corpus) -> np.ndarray:
    return np.arange(corpus.max_doc)


def tf_of(one: Article) -> dict[str, float]:
    """How often an article has each term, a term of the title counting `TITLE_TF` times."""
    analyzer = analyzer_for(one.language or "en")
    counts: Counter[str] = Counter(analyzer.terms(one.body))
    tf = {term: float(count) for term, count in counts.items()}
    for term in analyzer.terms(one.title):
        tf[term] = tf.get(term, 0.0) + TITLE_TF
    return tf


def flags_of(one: Article) -> dict[str, int]:
    analyzer = analyzer_for(one.language or "en")
    title, body = analyzer.terms(one.title), analyzer.terms(one.body)
    lead, counts = {*title, *body[:LEAD_WORDS]}, Counter(title + body)
    return {
        term: IN_TITLE * (term in title) | IN_LEAD * (term in lead) | REPEATED * (counts[term] > 1) for term in counts
    }


def terms_in(corpus: Corpus, doc: int) -> dict[int, tuple[float, int]]:
    """The weights and flags of a doc's terms by their hashes."""
    terms = corpus.article_terms(doc)
    columns = terms.hashes.tolist(), terms.weights.tolist(), terms.flags.tolist()
    return {number: (weight, flags) for number, weight, flags in zip(*columns, strict=True)}


def slow_cosine(one: dict[int, tuple[float, int]], other: dict[int, tuple[float, int]], flag: int) -> float:
    """Of whole articles for a `flag` of 0, else of the terms that have the flag in both."""
    has = [{n: w for n, (w, flags) in terms.items() if flags & flag == flag} for terms in (one, other)]
    dot = sum(weight * has[1].get(number, 0.0) for number, weight in has[0].items())
    if not flag:
        return dot
    lengths = [math.sqrt(sum(weight**2 for weight in terms.values())) for terms in has]
    return dot / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def hashes_of(*terms: str) -> np.ndarray:
    return hash_terms([term.encode() for term in terms])


LONG = " ".join(f"filler{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(LEAD_WORDS + 20))
FIRST = [
    *several(5),
    article("chess", 10, tags=("Openings", "théorie"), authors=("A. Pawn", "B. Rook"), section="SPORT"),
    article("chess", 11, tags=("OPENINGS",), language="de", site="Weekly", date=None),
    article("bread", 12, body=f"Comet. {LONG} late late", language="fr"),
    article("glacier", 13, status="retracted"),
    article("glacier", 14, expires=PAST),
    article("glacier", 15, expires=FUTURE),
    Article(id="wordless", title="?", body="!"),
    Article(id="untitled", title="", body=words("violin", 3)),
]
SECOND = [
    article("chess", 2, extra="Played again.", tags=("Endings", "Openings")),
    article("bread", 20, date=START + timedelta(days=400)),
    article("violin", 21, language="de"),
]
REMOVED = ("violin-1", "bread-20")
STORED = {one.id: one for one in [*FIRST, *SECOND] if one.id not in REMOVED}
NAMED = [
    article(
        "bread",
        n,
        extra=f"It was said by Artemis and by {('Odysseus', 'Kirk', 'Serac')[n % 3]} today.",
        language=("", "de", "")[n % 3],
    )
    for n in range(9)
]


class CorpusContract:
    """The tests. All but a few look at one corpus: of two batches, with replaced, removed, retracted and expired
    articles, and with two spaces, of which one has got to the first batch only."""

    @pytest.fixture(scope="class")
    @classmethod
    def make_corpus(cls) -> MakeCorpus:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def corpus(cls, make_corpus: MakeCorpus) -> Corpus:
        return make_corpus(FIRST, SECOND, removed=REMOVED, toy=True)

    @pytest.fixture(scope="class")
    @classmethod
    def fresh(cls, make_corpus: MakeCorpus) -> Corpus:
        """A corpus of which nothing was ever removed, so that all statistics are those of its articles."""
        return make_corpus(FIRST)

    @pytest.fixture(scope="class")
    @classmethod
    def named(cls, make_corpus: MakeCorpus) -> Corpus:
        return make_corpus([*NAMED, *(one for one in several(4) if not one.id.startswith("bread"))])

    # articles and their columns

    def test_docs_are_the_articles_that_are_there(self, corpus: Corpus) -> None:
        live = corpus.live()
        assert (live.dtype, live.shape) == (np.dtype(bool), (corpus.max_doc,))
        assert corpus.num_docs == live.sum() == len(STORED)
        assert corpus.counted_docs == corpus.num_docs, "so few are counted each time"
        assert set(docs_by_id(corpus)) == set(STORED)

    def test_sequence_numbers_lead_from_one_corpus_to_another(self, corpus: Corpus) -> None:
        assert (corpus.seqs.dtype, corpus.seqs.shape) == (np.dtype(np.int64), (corpus.max_doc,))
        assert len(set(corpus.seqs.tolist())) == corpus.max_doc
        for doc, live in enumerate(corpus.live().tolist()):
            assert corpus.doc_of(int(corpus.seqs[doc])) == (doc if live else -1)
        assert corpus.doc_of(10_000) == -1
        docs = docs_by_id(corpus)
        assert corpus.seqs[docs["chess-2"]] > corpus.seqs[docs["chess-10"]]  # it was accepted again

    def test_dates_are_seconds_and_the_newest_is_that_of_no_removed_article(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)
        assert (corpus.dates.dtype, corpus.dates.shape) == (np.dtype(np.int64), (corpus.max_doc,))
        for name, one in STORED.items():
            assert corpus.dates[docs[name]] == (NO_DATE if one.date is None else int(one.date.timestamp())), name
        assert corpus.newest == int((START + timedelta(days=21)).timestamp())

    def test_values_are_as_the_article_has_them(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)
        assert corpus.values("tag", docs["chess-10"]) == ["Openings", "théorie"]
        assert corpus.values("author", docs["chess-10"]) == ["A. Pawn", "B. Rook"]
        assert corpus.values("section", docs["chess-10"]) == ["SPORT"]
        assert corpus.values("tag", docs["chess-2"]) == ["Endings", "Openings"]
        assert corpus.values("language", docs["chess-11"]) == ["de"]
        assert corpus.values("language", docs["wordless"]) == ["en"]  # the archive's, since it says none
        assert not any(corpus.values(field, docs["wordless"]) for field in KEYWORD_FIELDS if field != "language")

    def test_languages_are_those_named_or_that_of_the_corpus(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)
        languages = corpus.languages_of(np.array(sorted(docs.values())))
        assert corpus.language == "en"
        assert dict(zip(sorted(docs.values()), languages, strict=True)) == {
            docs[name]: one.language or "en" for name, one in STORED.items()
        }
        assert corpus.languages_of(np.zeros(0, np.int64)) == []

    def test_shared_values_are_counted_without_regard_to_case(self, corpus: Corpus) -> None:
        docs = all_docs(corpus)
        shared, counts = corpus.shared_values("tag", ("openings", "ENDINGS", "none"), docs)
        assert (shared.shape, counts.shape) == ((corpus.max_doc,), (corpus.max_doc,))
        for name, doc in docs_by_id(corpus).items():
            folded = [tag.casefold() for tag in STORED[name].tags]
            assert counts[doc] == len(folded)
            assert shared[doc] == sum(tag in ("openings", "endings") for tag in folded)
        some = docs[::3]
        for part, whole in zip(corpus.shared_values("site", ("daily",), some), (shared, counts), strict=True):
            assert len(part) == len(some) < len(whole)
        assert corpus.shared_values("site", ("Nowhere",), docs)[0].tolist() == [0] * corpus.max_doc
        assert [len(column) for column in corpus.shared_values("tag", ("x",), np.zeros(0, np.int64))] == [0, 0]

    def test_filters_keep_what_has_one_of_the_values_of_every_field(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)

        def passing(**filters: Sequence[str]) -> set[str]:
            mask = corpus.filter(filters)
            assert (mask.dtype, mask.shape) == (np.dtype(bool), (corpus.max_doc,))
            assert not (mask & ~corpus.live()).any()
            mask[:] = False  # a new array, which the caller may write to
            mask = corpus.filter(filters)
            return {name for name, doc in docs.items() if mask[doc]}

        assert passing() == set(STORED)
        assert passing(tag=["OPENINGS"]) == {"chess-10", "chess-11", "chess-2"}
        assert passing(tag=["openings", "endings"], site=["daily"]) == {"chess-10", "chess-2"}
        assert passing(section=["Nowhere"]) == set()
        assert passing(date=[">2024-01-20"]) == {"violin-21"}
        with pytest.raises(QueryError):
            corpus.filter({"colour": ["red"]})
        with pytest.raises(QueryError):
            corpus.filter({"year": ["soon"]})

    def test_copies_are_of_one_group_and_the_earliest_stands_for_it(self, make_corpus: MakeCorpus) -> None:
        text = " ".join(f"The {word} of the ridge was seen {place} times." for place, word in enumerate(LONG.split()))
        early = article("glacier", 1, id="early", body=f"{text} The end.", date=START, site="A")
        late = article("glacier", 2, id="late", body=text, date=START + timedelta(hours=2), site="B")
        gone = article("glacier", 3, id="gone", body=text, date=START - timedelta(days=1), site="C")
        corpus = make_corpus([*several(3), late, gone], [early], removed=["gone"])
        docs = docs_by_id(corpus)
        groups = corpus.copy_groups
        assert groups[docs["late"]] == groups[docs["early"]] == docs["early"]
        others = [doc for name, doc in docs.items() if name not in ("late", "early")]
        assert groups[others].tolist() == others
        assert corpus.copies_of(docs["late"]).tolist() == [docs["early"]]
        assert corpus.copies_of(others[0]).tolist() == []
        draft = Article(id="draft", title="The ridge", body=text, site="D", date=START)
        assert corpus.copies_of_text(draft).tolist() == sorted([docs["early"], docs["late"]])
        assert corpus.copies_of_text(article("chess", 99)).tolist() == []

    def test_what_is_withheld_is_not_offered(self, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
        docs = docs_by_id(corpus)
        since = dict(zip(corpus.withheld.docs.tolist(), corpus.withheld.since.tolist(), strict=True))
        assert since == {
            docs["glacier-13"]: 0,
            docs["glacier-14"]: PAST.timestamp(),
            docs["glacier-15"]: FUTURE.timestamp(),
        }
        assert corpus.withheld.docs.tolist() == sorted(since)
        offered = corpus.offered()
        assert (offered.dtype, offered.shape) == (np.dtype(bool), (corpus.max_doc,))
        assert {corpus.article_id(doc) for doc in np.flatnonzero(offered).tolist()} == set(STORED) - {
            "glacier-13",
            "glacier-14",
        }
        monkeypatch.setattr("time.time", lambda: FUTURE.timestamp() + 1)
        assert not corpus.offered()[docs["glacier-15"]]

    # terms

    def test_terms_have_the_weights_of_the_formula_rounded_to_float16(self, fresh: Corpus) -> None:
        docs = docs_by_id(fresh)
        tf = {name: tf_of(one) for name, one in {one.id: one for one in FIRST}.items()}
        doc_freq = Counter(term for counts in tf.values() for term in counts)
        for name, counts in tf.items():
            rarity = idf(len(FIRST), np.array([doc_freq[term] for term in counts], np.int64))
            weights = (1 + np.log(np.array(list(counts.values())))) * rarity
            exact = dict(zip(counts, (weights / max(np.linalg.norm(weights), 1e-12)).tolist(), strict=True))
            terms = fresh.article_terms(docs[name])
            assert (terms.hashes.dtype, terms.weights.dtype, terms.flags.dtype) == (np.uint64, np.float32, np.uint8)
            assert terms.hashes.tolist() == hashes_of(*sorted(counts, key=str.encode)).tolist(), name
            assert np.array_equal(terms.weights, terms.weights.astype(np.float16).astype(np.float32))
            assert terms.weights == pytest.approx([exact[term] for term in sorted(exact, key=str.encode)], abs=6e-4)

    def test_flags_say_where_a_term_stands(self, corpus: Corpus) -> None:
        for name, doc in docs_by_id(corpus).items():
            expected = flags_of(STORED[name])
            terms = corpus.article_terms(doc)
            strings = corpus.term_strings(terms.hashes)
            assert dict(zip(strings, terms.flags.tolist(), strict=True)) == expected, name
        late = analyzer_for("fr").terms("late")[0]
        assert flags_of(STORED["bread-12"])[late] == REPEATED  # else no term stands behind the lead

    def test_rows_of_several_docs_are_the_terms_of_each(self, corpus: Corpus) -> None:
        for docs in (all_docs(corpus), all_docs(corpus)[1::2], np.array([corpus.max_doc - 1]), np.zeros(0, np.int64)):
            rows = corpus.terms_of(docs)
            assert rows.counts.tolist() == [len(corpus.article_terms(doc).hashes) for doc in docs.tolist()]
            assert (rows.hashes.dtype, rows.weights.dtype, rows.flags.dtype) == (np.uint64, np.float32, np.uint8)
            for at, doc in enumerate(docs.tolist()):
                own = slice(rows.counts[:at].sum(), rows.counts[: at + 1].sum())
                terms = corpus.article_terms(doc)
                assert np.array_equal(rows.hashes[own], terms.hashes)
                assert np.array_equal(rows.weights[own], terms.weights)
                assert np.array_equal(rows.flags[own], terms.flags)

    def test_weights_of_some_terms_are_those_of_the_rows(self, corpus: Corpus) -> None:
        hashes = hashes_of("rook", "nobodywrites", "loaf", "comet", "moraine")
        for docs in (all_docs(corpus)[::2], all_docs(corpus)[-2:], np.zeros(0, np.int64)):
            weights, flags = corpus.weights_in(docs, hashes)
            assert (weights.dtype, flags.dtype) == (np.float32, np.uint8)
            assert weights.shape == flags.shape == (len(docs), 5)
            for row, doc in enumerate(docs.tolist()):
                terms = terms_in(corpus, doc)
                expected = [terms.get(number, (0.0, 0)) for number in hashes.tolist()]
                assert list(zip(weights[row].tolist(), flags[row].tolist(), strict=True)) == expected
        assert corpus.weights_in(all_docs(corpus), hashes[:0])[0].shape == (corpus.max_doc, 0)

    def test_document_frequencies_count_docs(self, corpus: Corpus, fresh: Corpus) -> None:
        frequencies = Counter(term for one in FIRST for term in tf_of(one))
        terms = [*sorted(frequencies), "nobodywrites"]
        found = fresh.doc_freq(hashes_of(*terms))
        assert found.dtype == np.int64
        assert dict(zip(terms, found.tolist(), strict=True)) == {**frequencies, "nobodywrites": 0}
        assert idf_of(fresh, hashes_of(*terms)) == pytest.approx(idf(len(FIRST), found))
        live = Counter(term for one in STORED.values() for term in tf_of(one))
        assert (corpus.doc_freq(hashes_of(*sorted(live))) >= [live[term] for term in sorted(live)]).all()
        assert corpus.doc_freq(hashes_of("rook", "rook")).tolist() == [corpus.doc_freq(hashes_of("rook"))[0]] * 2

    def test_terms_are_found_by_their_hashes(self, corpus: Corpus) -> None:
        assert corpus.term_strings(hashes_of("rook", "nobodywrites", "comet")) == ["rook", "", "comet"]
        assert corpus.term_strings(np.zeros(0, np.uint64)) == []

    def test_similarities_are_the_cosines_of_terms(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)
        for name in ("chess-2", "chess-11", "bread-12", "wordless", "untitled"):
            article_terms, among = corpus.article_terms(docs[name]), all_docs(corpus)[::2]
            found = corpus.similarities(article_terms, {}, among)
            one = terms_in(corpus, docs[name])
            for values, flag in ((found.tfidf, 0), (found.title, IN_TITLE), (found.lead, IN_LEAD)):
                expected = [slow_cosine(one, terms_in(corpus, doc), flag) for doc in among.tolist()]
                assert values.dtype == np.float32
                assert values == pytest.approx(expected, abs=1e-6), (name, flag)
            assert dict(found.spaces) == {}
            assert found.central.tolist() == [0] * len(among)

    def test_a_text_that_is_not_in_the_corpus_is_compared_like_one_that_is(self, corpus: Corpus) -> None:
        doc = docs_by_id(corpus)["chess-10"]
        terms = corpus.article_terms(doc)
        unknown = hashes_of("nobodywrites")
        draft = TermVector(
            np.concatenate([unknown, terms.hashes[::-1]]),
            np.concatenate([np.ones(1, np.float32), terms.weights[::-1]]),
            np.concatenate([np.array([IN_TITLE | IN_LEAD], np.uint8), terms.flags[::-1]]),
        )
        stored = corpus.similarities(terms, {}, all_docs(corpus))
        found = corpus.similarities(draft, {}, all_docs(corpus))
        assert found.tfidf == pytest.approx(stored.tfidf, abs=1e-6)
        assert ((found.title > 0) == (stored.title > 0)).all()
        assert (found.title[stored.title > 0] < stored.title[stored.title > 0]).all()  # its title has a word more

    def test_candidates_are_the_docs_with_the_most_telling_words(self, corpus: Corpus) -> None:
        doc = docs_by_id(corpus)["chess-10"]
        terms = corpus.article_terms(doc)

        def sharing(hashes: Any) -> set[int]:
            return {
                other
                for other in np.flatnonzero(corpus.live()).tolist()
                if np.isin(corpus.article_terms(other).hashes, hashes).any()
            }

        found = corpus.candidates(terms, corpus.live(), corpus.max_doc, 1_000_000, doc)
        assert found.dtype == np.int64
        assert found.tolist() == sorted(sharing(terms.hashes) - {doc})
        assert corpus.candidates(terms, corpus.live(), corpus.max_doc, 1_000_000, -1).tolist() == sorted([*found, doc])
        permitted = corpus.live().copy()
        permitted[found[::2]] = False
        assert corpus.candidates(terms, permitted, corpus.max_doc, 1_000_000, doc).tolist() == found[1::2].tolist()
        first = terms.hashes[[int(np.argmax(terms.weights))]]
        assert set(corpus.candidates(terms, corpus.live(), corpus.max_doc, 0, -1).tolist()) == sharing(first)
        few = corpus.candidates(terms, corpus.live(), 3, 1_000_000, doc)
        assert len(few) == 3
        assert set(few.tolist()) <= set(found.tolist())
        near = {name for name, other in docs_by_id(corpus).items() if other in few}
        assert all(name.startswith("chess") for name in near)
        nothing = corpus.candidates(terms, np.zeros(corpus.max_doc, bool), 5, 1_000_000, doc)
        assert nothing.tolist() == []

    # vectors

    def test_spaces_say_what_they_are_and_what_they_count_for(self, corpus: Corpus, fresh: Corpus) -> None:
        assert {name: space.is_neural for name, space in corpus.spaces.items()} == {"lsa": False, "toy": True}
        assert corpus.spaces["lsa"].is_trained_here
        assert all(isinstance(space, CorpusSpace) for space in corpus.spaces.values())
        assert corpus.spaces is corpus.spaces
        assert sum(space.scale.share for space in corpus.spaces.values()) == pytest.approx(1)
        assert {(space.scale.share, space.scale.factor) for space in fresh.spaces.values()} == {(1.0, 1.0)}

    def test_vectors_have_length_one_or_are_zero(self, corpus: Corpus) -> None:
        docs = docs_by_id(corpus)
        for name, space in corpus.spaces.items():
            vectors = corpus.vectors(name, all_docs(corpus))
            assert (vectors.dtype, vectors.shape) == (np.float32, (corpus.max_doc, space.dim))
            lengths = np.linalg.norm(vectors, axis=1)
            assert ((np.abs(lengths - 1) < 1e-3) | (lengths == 0)).all()
            some = all_docs(corpus)[1::3]
            assert np.array_equal(corpus.vectors(name, some), vectors[some])
            assert corpus.vectors(name, some[:0]).shape == (0, space.dim)
            assert lengths[docs["chess-10"]] > 0
        waiting = [docs[one.id] for one in SECOND if one.id in docs]
        assert not corpus.vectors("toy", np.array(sorted(waiting))).any()

    def test_similarities_in_spaces_are_the_cosines_of_vectors(self, corpus: Corpus) -> None:
        docs, among = docs_by_id(corpus), all_docs(corpus)
        doc = docs["chess-10"]
        vectors = {name: corpus.vectors(name, np.array([doc]))[0] for name in corpus.spaces}
        found = corpus.similarities(corpus.article_terms(doc), vectors, among)
        assert set(found.spaces) == {"lsa", "toy"}
        for name, cosines in found.spaces.items():
            rows = corpus.vectors(name, among)
            expected = with_vector(rows, vectors[name], ordered=corpus.spaces[name].is_ordered)
            assert cosines.values == pytest.approx(expected, abs=1e-6)
        assert found.spaces["lsa"].encoded is None or found.spaces["lsa"].encoded[corpus.live()].all()
        waiting = {docs[one.id] for one in SECOND if one.id in docs}
        encoded = found.spaces["toy"].encoded
        assert encoded is not None
        assert {other for other in docs.values() if not encoded[other]} == waiting
        assert reference(corpus.spaces) == "lsa"
        mean = corpus.vectors("lsa", among).mean(axis=0, dtype=np.float64)
        assert found.central == pytest.approx(corpus.vectors("lsa", among) @ mean, abs=1e-5)
        alone = corpus.similarities(corpus.article_terms(doc), {"toy": vectors["toy"]}, among)
        assert alone.central.tolist() == [0] * len(among)
        assert np.array_equal(alone.spaces["toy"].values, found.spaces["toy"].values)
        assert np.array_equal(alone.tfidf, found.tfidf)

    def test_a_text_is_encoded_as_it_would_be_in_the_corpus(self, fresh: Corpus) -> None:
        docs = docs_by_id(fresh)
        for name in ("chess-1", "glacier-3"):
            one = STORED[name]
            vectors = fresh.encode(one.title, one.body, tf_of(one))
            assert set(vectors) == {"lsa"}
            stored = fresh.vectors("lsa", np.array([docs[name]]))[0]
            assert float(vectors["lsa"] @ stored) == pytest.approx(1, abs=5e-3)
        assert fresh.encode("Nobodywrites", "this", {"nobodywrites": 3.0}) == {}

    # names

    def test_names_are_found_by_the_terms_that_stand_for_them(self, named: Corpus) -> None:
        assert list(named.names) == sorted(named.names)
        assert {"artemis", "odysseus"} <= set(named.names)
        english, german = (analyzer_for(language).terms("Artemis")[0] for language in ("en", "de"))
        assert english != german
        for language, term in (("en", english), ("de", german), ("xx", english)):
            hashes = hashes_of("loaf", term, "knead")
            places, names, rarity = named.names_of(hashes, language)
            assert places.tolist() == [1]
            assert [named.names[name] for name in names.tolist()] == ["artemis"]
            assert (rarity.dtype, rarity.tolist()) == (np.float32, idf_of(named, hashes[[1]]).tolist())
        assert [len(column) for column in named.names_of(hashes_of("loaf"), "en")] == [0, 0, 0]

    def test_docs_have_a_name_in_any_language(self, named: Corpus) -> None:
        name = list(named.names).index("artemis")
        docs = docs_by_id(named)
        having = sorted(docs[one.id] for one in NAMED)
        assert named.docs_with_name(name, len(having)) == having
        assert named.docs_with_name(name, len(having) - 1) == []

    # the smallest

    def test_an_empty_corpus_answers_with_nothing(self, make_corpus: MakeCorpus) -> None:
        corpus = make_corpus([])
        none = np.zeros(0, np.int64)
        nothing = TermVector(np.zeros(0, np.uint64), np.zeros(0, np.float32), np.zeros(0, np.uint8))
        assert (corpus.num_docs, corpus.max_doc, corpus.newest, corpus.language) == (0, 0, NO_DATE, "en")
        for array in (corpus.seqs, corpus.dates, corpus.live(), corpus.offered(), corpus.filter({"tag": ["a"]})):
            assert array.shape == (0,)
        assert (len(corpus.withheld.docs), corpus.doc_of(1), corpus.languages_of(none)) == (0, -1, [])
        assert [len(column) for column in corpus.shared_values("tag", ("a",), none)] == [0, 0]
        assert [len(column) for column in corpus.terms_of(none)] == [0, 0, 0, 0]
        assert corpus.weights_in(none, hashes_of("a"))[0].shape == (0, 1)
        assert corpus.doc_freq(hashes_of("a", "b")).tolist() == [0, 0]
        assert idf_of(corpus, hashes_of("a")).tolist() == pytest.approx([math.log(4)])
        assert corpus.term_strings(hashes_of("a")) == [""]
        some = TermVector(hashes_of("a"), np.ones(1, np.float32), np.array([IN_TITLE], np.uint8))
        for terms in (nothing, some):
            assert corpus.candidates(terms, corpus.offered(), 5, 100, -1).tolist() == []
            assert [len(values) for values in corpus.similarities(terms, {}, none)[:3]] == [0, 0, 0]
        assert corpus.encode("Title", "Body", {"bodi": 1.0}) == {}
        assert list(corpus.names) == []
        assert [len(column) for column in corpus.names_of(hashes_of("a"), "en")] == [0, 0, 0]

    def test_a_corpus_stays_as_it_was_when_articles_come(self, make_corpus: MakeCorpus) -> None:
        articles = several(4)
        before, after = make_corpus(articles), make_corpus(articles, [replace(articles[0], title="Changed")])
        assert before.num_docs == after.num_docs == len(articles)
        assert before.language == after.language
        changed = after.article_terms(docs_by_id(after)[articles[0].id])
        assert set(after.term_strings(changed.hashes)) >= {"chang"}
        assert before.term_strings(hashes_of("chang")) == [""]
