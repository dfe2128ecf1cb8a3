"""Every implementation of what search needs of an archive, `Index`, `IndexSource` and `Articles`, keeps to it."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.article.publicity import Calendar
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArticleNotFoundError, QueryError
from indexer.commit.merge_policy import merge
from indexer.schema import ALL_TEXT
from indexer.segment.columns import NO_DATE
from indexer.text.words import folded, word_forms
from indexer.vectors.encoder import encode_query
from indexer.vectors.neural import NeuralSpace, forget_models
from indexer.vectors.space import NEURAL
from search.engine import Engine
from search.local.articles import LocalArticles
from search.local.index import LocalIndex
from search.local.source import LocalIndexSource
from search.query.parser import parse
from search.query.tree import AndMaybe, Term
from search.query.whole_names import name_key, whole_keys
from search.ranking.explain import explain_bm25
from search.reader.forms import Form
from search.reader.index import WINDOW, Index, idf_of, with_most_used_first
from tests.clock import Clock
from tests.faults import flush_nothing
from tests.indexer.embedders import NAME, ToyEncoder, embed
from tests.memory.archive import MemoryArchive
from tests.memory.model import EncoderModel
from tests.search.reader.contract import (
    NOBODY,
    QUERIES,
    START,
    WORDS,
    ArchiveUnderTest,
    Filled,
    answers_of,
    articles,
    changed_over_time,
    encoded,
    ids,
    ids_in,
    matched,
    words,
)  # fmt: skip


class LocalArchive:
    """An archive in a folder."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._writer = Archive.create(path)
        calendar = Calendar(clock)
        self.source = LocalIndexSource(ArchiveFolder(path), calendar=calendar)
        self.articles = LocalArticles(ArchiveFolder(path), calendar)

    def add(self, articles: Iterable[Article]) -> None:
        self._writer.add(articles, workers=1)

    def remove(self, ids: Iterable[str]) -> None:
        self._writer.remove(ids)

    def embed(self) -> None:
        embed(self._writer, ToyEncoder())

    def merge(self) -> None:
        """Puts all segments into one."""
        manifest = self._writer.manifest()
        with self._writer.maintaining():
            merge(self._writer.index, manifest, manifest.segments, self._writer.writing)

    def close(self) -> None:
        self.source.close()
        self.articles.close()
        self._writer.close()


class ArchiveInMemory(MemoryArchive):
    """The slow and obvious one."""

    def embed(self) -> None:
        self.encode(NAME, NEURAL, EncoderModel(ToyEncoder()))


IMPLEMENTATIONS: dict[str, Callable[[Path, Clock], ArchiveUnderTest]] = {
    "local": LocalArchive,
    "memory": lambda path, clock: ArchiveInMemory(clock=clock),
}
New = Callable[..., ArchiveUnderTest]
TO_COME = datetime(2900, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
def new_archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[New]:
    """Makes an empty archive, at the time of a clock, or else when all but articles of the far future are public."""
    made: list[ArchiveUnderTest] = []

    def make(clock: Clock = Clock(TO_COME.timestamp() - 1)) -> ArchiveUnderTest:  # noqa: B008 - nobody sets it
        made.append(IMPLEMENTATIONS[request.param](tmp_path_factory.mktemp("archive"), clock))
        return made[-1]

    forget_models()
    with pytest.MonkeyPatch.context() as patch:
        flush_nothing(patch)
        patch.setattr(NeuralSpace, "_load", lambda space: ToyEncoder(space.spec))
        yield make
    for archive in made:
        archive.close()
    forget_models()


@pytest.fixture
def archive(new_archive: New) -> ArchiveUnderTest:
    return new_archive()


@pytest.fixture(scope="module")
def filled(new_archive: New) -> Filled:
    """Changed over time, with a vector for every article."""
    archive = new_archive()
    live = changed_over_time(archive, embed_after=3)
    return Filled(archive, live, archive.source.current())


# -- which articles there are ---


def test_live_docs_are_the_articles_in_the_order_in_which_they_were_accepted(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    docs = np.flatnonzero(index.live())
    assert ids(index, docs) == [article.id for article in live]
    assert index.num_docs == len(docs) == len(live) <= index.max_doc
    assert index.live().shape == (index.max_doc,)


def test_versions_go_by_sequence_numbers(filled: Filled) -> None:
    index = filled.index
    alive = index.live()
    seqs = [index.seq_of(doc) for doc in range(index.max_doc)]
    assert index.seqs().tolist() == seqs
    assert all(before < after for before, after in itertools.pairwise(seqs))
    for doc, seq in enumerate(seqs):
        assert index.doc_of(seq) == (doc if alive[doc] else -1)
    assert index.doc_of(0) == index.doc_of(NOBODY) == -1
    stored = filled.archive.articles.versions([index.seq_of(doc) for doc in np.flatnonzero(alive).tolist()])
    assert [stored[seqs[doc]].id for doc in np.flatnonzero(alive)] == ids(index, np.flatnonzero(alive))


def test_what_the_arrays_are_changed_to_does_not_change_the_index(filled: Filled) -> None:
    index = filled.index
    for mask in (index.live, lambda: index.filter({"site": ["North"]})):
        before = mask().tolist()
        mask()[:] = False
        assert mask().tolist() == before


def test_dates_in_seconds(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    dates = index.dates()
    assert (dates.dtype, dates.shape) == (np.dtype(np.int64), (index.max_doc,))
    expected = [NO_DATE if article.date is None else int(article.date.timestamp()) for article in live]
    assert dates[index.live()].tolist() == expected
    assert NO_DATE in expected


def test_the_language_of_more_than_half_of_the_articles_comes_first() -> None:
    languages = ("en", "de", "fr")
    assert with_most_used_first(languages, {"de": 1, "fr": 3, "en": 1}) == ("fr", "en", "de")
    assert with_most_used_first(languages, {"de": 2, "fr": 2}) == languages
    assert with_most_used_first(languages, {}) == languages


def test_languages_begin_with_the_default(filled: Filled) -> None:
    index = filled.index
    assert index.languages()[0] == index.language == "en"
    assert sorted(index.languages()) == ["de", "en", "fr"]


# -- articles whose time has not come ---


def check_index_of(index: Index, live: Sequence[Article]) -> None:
    """What an index says of the articles that it is to have, and of no others."""
    alive = np.flatnonzero(index.live())
    assert ids(index, alive) == [article.id for article in live]
    assert index.num_docs == len(live)
    for text, matches in QUERIES.items():
        found = matched(index, text)
        assert ids(index, found.all()[0]) == [article.id for article in live if matches(article)], text
        assert len(found) == sum(map(matches, live))
    for word in (*WORDS, "xylo"):
        assert index.doc_freq(word) == sum(word in words(article) for article in live)
    assert ids_in(index, index.filter({"site": ["North"]})) == {a.id for a in live if a.site == "North"}
    for name, of in (("site", [a.site for a in live]), ("section", [a.section for a in live if a.section])):
        assert dict(index.count_values(name, alive)[0]) == dict(Counter(of))
    assert ids_in(index, index.covering([(["xylo"], 1.0)], 0.5)) == {a.id for a in live if "xylo" in words(a)}
    assert ids(index, index.titles_with([["xylo"]], 0)[0]) == [a.id for a in live if "xylo" in a.title.split()]
    nearest = index.spaces[NAME].nearest(encode_query(ToyEncoder(), "xylo"), 10**6).result()[0]
    assert set(ids(index, nearest)) == {article.id for article in live}
    written = {form.written for form in index.forms.with_prefix("")}
    assert ("xylo" in written) == ("xylo" in index.forms.vocabulary().keys) == any("xylo" in words(a) for a in live)
    assert bool(index.forms.spelled("xylo")) == any("xylo" in words(a) for a in live)


@pytest.mark.parametrize("merged", [False, True])
def test_what_is_to_come_is_as_if_it_was_not_there_until_it_is(new_archive: New, merged: bool) -> None:
    clock = Clock(TO_COME.timestamp() - 1)
    archive = new_archive(clock)
    public = articles(4, 12)
    by_date = replace(public[2], id="by-date", title="xylo zorg", date=TO_COME, url="https://site.example/by-date")
    held = replace(public[3], id="held", title="xylo", date=START, public_from=TO_COME + timedelta(days=1), url="")
    archive.add([*public[:6], by_date, held, *public[6:]])
    archive.embed()
    if merged:
        public[0] = replace(public[0], body="velt")
        archive.add([public[0]])
        archive.embed()
        if isinstance(archive, LocalArchive):
            archive.merge()
    seen = []
    for seconds, come in ((-1, []), (0, [by_date]), (86_399, [by_date]), (86_400, [by_date, held])):
        clock.now = TO_COME.timestamp() + seconds
        index = archive.source.current()
        assert archive.source.current() is index
        live = [*public, *come]
        where = {index.article_id(doc): doc for doc in range(index.max_doc) if index.live()[doc]}
        check_index_of(index, sorted(live, key=lambda one: where[one.id]))
        assert len(index.waiting) == 2 - len(come)
        assert index.until == min(index.waiting.values(), default=math.inf)
        for one in (by_date, held):
            stored = archive.articles
            assert (one.id in stored.fetch([one.id])) == (one in come)
            seq = stored.seqs([one.id])[one.id]
            assert (seq in stored.versions([seq])) == (one in come)
            assert (index.doc_of(seq) >= 0) == (one in come)
            if one in come:
                assert stored.get_with_seq(one.id)[1].id == one.id
            else:
                with pytest.raises(ArticleNotFoundError):
                    stored.get_with_seq(one.id)
        assert (by_date.url in archive.articles.urls(index.waiting)) == (by_date in come)
        seen.append((index.generation, index.until))
    assert seen[1] == seen[2]
    assert len(set(seen)) == 3


@pytest.mark.parametrize("merged", [False, True])
def test_an_index_without_some_articles_is_as_if_they_were_not_there(new_archive: New, merged: bool) -> None:
    archive = new_archive(Clock(TO_COME.timestamp() - 1))
    kept = articles(4, 12)
    waiting = replace(kept[2], id="waiting", title="xylo", date=TO_COME, url="")
    gone = [replace(kept[n], id=f"gone{n}", title="xylo zorg", url="") for n in range(3)]
    archive.add([*kept[:6], waiting, *gone, *kept[6:]])
    archive.embed()
    if merged and isinstance(archive, LocalArchive):
        archive.merge()
    index = archive.source.current()
    seqs = archive.articles.seqs([article.id for article in gone])
    some = index.without([seqs["gone0"]])
    without = some.without(list(seqs.values()))
    for of, live in ((without, kept), (some, [*kept, *gone[1:]]), (index, [*kept, *gone])):
        where = {of.article_id(doc): doc for doc in range(of.max_doc) if of.live()[doc]}
        check_index_of(of, sorted(live, key=lambda one: where[one.id]))
    assert all(without.doc_of(seq) < 0 <= index.doc_of(seq) for seq in seqs.values())


# -- generations ---


def test_a_generation_stays_what_it_was(archive: ArchiveUnderTest) -> None:
    archive.add(articles(1, 20))
    archive.embed()
    first = archive.source.current()
    assert archive.source.current() is first
    before = answers_of(first)
    archive.add([Article(id="new", title="zorg")])
    second = archive.source.current()
    assert archive.source.current() is second
    assert second.generation > first.generation
    assert (first.num_docs, second.num_docs) == (20, 21)
    archive.remove(["a1", "a2"])
    third = archive.source.current()
    assert third.generation > second.generation
    assert third.num_docs == 19
    assert answers_of(first) == before


def test_only_damage_is_called_damage(archive: ArchiveUnderTest) -> None:
    archive.add(articles(1, 5))
    for index in (None, archive.source.current()):
        with pytest.raises(LookupError, match="a mistake"), archive.source.explaining_damage(index, wait=True):
            raise LookupError("a mistake")


def test_status_counts(filled: Filled) -> None:
    live = filled.live
    status = filled.archive.source.status()
    assert status["articles"] == len(live)
    assert status["generation"] == filled.index.generation


# -- filters ---


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ({}, lambda a: True),
        ({"section": ["Moon"]}, lambda a: a.section == "Moon"),
        ({"section": ["MOON", "mond"]}, lambda a: a.section in ("Moon", "mond")),
        ({"section": ["mars"]}, lambda a: False),
        ({"section": []}, lambda a: False),
        ({"site": ["south"], "section": ["mars science"]}, lambda a: (a.site, a.section) == ("South", "Mars Science")),
        ({"tag": ["far side", "ice"]}, lambda a: not {"Far Side", "ice"}.isdisjoint(a.tags)),
        ({"author": ["chen yu"]}, lambda a: "Chen Yu" in a.authors),
        ({"language": ["de"]}, lambda a: a.language == "de"),
        ({"place": ["kourou"]}, lambda a: a.dateline.place == "Kourou"),
        ({"agency": ["afp"]}, lambda a: a.dateline.agency == "AFP"),
        ({"year": ["2025"]}, lambda a: bool(a.date and a.date.year == 2025)),
        ({"year": ["2024", ">2025"]}, lambda a: bool(a.date and a.date.year in (2024, 2026))),
        ({"date": ["2024-05"]}, lambda a: bool(a.date and (a.date.year, a.date.month) == (2024, 5))),
        ({"words": ["[3 TO 9]"]}, lambda a: 3 <= len(a.body.split()) <= 9),
        ({"words": [">9"], "site": ["north"]}, lambda a: len(a.body.split()) > 9 and a.site == "North"),
    ],
)  # fmt: skip
def test_filters(filled: Filled, filters: Mapping[str, Sequence[str]], condition: Callable[[Article], bool]) -> None:
    live = filled.live
    index = filled.index
    assert ids_in(index, index.filter(filters)) == live.ids_where(condition)


@pytest.mark.parametrize("filters", [{"colour": ["red"]}, {"title": ["zorg"]}, {"year": ["soon"]}, {"words": ["*"]}])
def test_filters_that_there_are_not(archive: ArchiveUnderTest, filters: Mapping[str, Sequence[str]]) -> None:
    archive.add(articles(1, 5))
    with pytest.raises(QueryError):
        archive.source.current().filter(filters)


# -- sorting and counting ---


@pytest.mark.parametrize("field", ["date", "year", "words", "section", "site", "language"])
def test_docs_are_sorted_by_their_values(filled: Filled, field: str) -> None:
    def value_of(article: Article) -> Any:
        if field == "words":
            return len(article.body.split())
        value = article.date if field in ("date", "year") else getattr(article, field)
        if field == "language":
            return value or "en"
        return value.year if value and field == "year" else value or None

    index = filled.index
    values = index.sort_values(field)
    assert (values.dtype, values.shape) == (np.dtype(np.float64), (index.max_doc,))
    pairs = list(zip(values[index.live()].tolist(), map(value_of, filled.live), strict=True))
    assert [math.isnan(number) for number, _ in pairs] == [value is None for _, value in pairs]
    known = sorted(pair for pair in pairs if pair[1] is not None)
    assert [value for _, value in known] == sorted((value for _, value in known), key=_alphabetical)
    for (number, value), (higher, other) in itertools.pairwise(known):
        assert (number == higher) == (value == other)


def _alphabetical(value: Any) -> Any:
    return (value.casefold(), value) if isinstance(value, str) else value


@pytest.mark.parametrize("field", ["section", "site", "author", "tag", "language", "place", "agency", "year"])
def test_values_are_counted(filled: Filled, field: str) -> None:
    values_of: Mapping[str, Callable[[Article], Sequence[str]]] = {
        "section": lambda a: [a.section],
        "site": lambda a: [a.site],
        "author": lambda a: a.authors,
        "tag": lambda a: a.tags,
        "language": lambda a: [a.language or "en"],
        "place": lambda a: [a.dateline.place],
        "agency": lambda a: [a.dateline.agency],
        "year": lambda a: [str(a.date.year)] if a.date else [],
    }
    index = filled.index
    docs = np.flatnonzero(index.live())
    for chosen in (docs, docs[::3], docs[:0]):
        articles_there = [article for article, doc in zip(filled.live, docs, strict=True) if doc in chosen]
        expected = Counter(value for article in articles_there for value in values_of[field](article) if value)
        first_first = sorted(expected.items(), key=lambda of: (-of[1], of[0]))
        for most in (None, 0, 2):
            counts, distinct = index.count_values(field, chosen, most)
            assert list(counts.items()) == first_first[:most]
            assert distinct == len(expected)


def test_fields_that_cannot_be_sorted_by_or_counted(filled: Filled) -> None:
    for field in ("title", "id", "colour", "tag"):
        with pytest.raises(QueryError):
            filled.index.sort_values(field)
    for field in ("title", "id", "colour", "words"):
        with pytest.raises(QueryError):
            filled.index.count_values(field, np.arange(3))


# -- words ---


@pytest.mark.parametrize("least", [0.1, 0.35, 0.5, 0.8, 1.3, 9.0])
def test_docs_that_have_enough_of_some_words(filled: Filled, least: float) -> None:
    live, index = filled.live, filled.index
    weights = {("zorg",): 0.5, ("blik", "tarn"): 0.3, ("quon",): 0.2, ("drim", "nowhere"): 0.2, ("nobody",): 0.4}
    expected = live.ids_where(
        lambda a: sum(weight for of, weight in weights.items() if not set(of).isdisjoint(words(a))) >= least - 1e-6
    )
    assert ids_in(index, index.covering(list(weights.items()), least - 1e-6)) == expected
    assert not index.covering([], 0.5).any()


@pytest.mark.parametrize("slop", [1, 2])
def test_titles_with_words_in_their_order(filled: Filled, slop: int) -> None:
    index = filled.index
    ends = 0
    for readings in ([[WORDS[0]]], [WORDS[:2]], [["velt", "velt"], ["drim"]], [["nowhere"]], []):
        docs, shares = index.titles_with(readings, slop)
        assert (docs.dtype, shares.dtype) == (np.dtype(np.int64), np.dtype(np.float32))
        expected = {}
        for article in filled.live:
            title = article.title.split()
            between = [list(places) for n in range(1, 3) for places in itertools.combinations(range(len(title)), n)]
            near = [places for places in between if all(b - a <= slop for a, b in itertools.pairwise(places))]
            fits = [len(terms) / len(title) for terms in readings for at in near if [title[n] for n in at] == terms]
            expected.update({article.id: pytest.approx(max(fits))} if fits else {})
        assert dict(zip(ids(index, docs), shares.tolist(), strict=True)) == expected
        assert docs.tolist() == sorted(docs.tolist())
        ends += len(docs)
    assert ends > 20


def test_words_next_to_each_other(filled: Filled) -> None:
    index = filled.index
    docs = np.flatnonzero(index.live())[1::2]
    by_id = {article.id: article for article in filled.live}
    texts = [[of.split() for of in (by_id[i].title, by_id[i].body)] for i in ids(index, docs)]
    marked = 0
    for terms in ([], WORDS[:1], WORDS[:2], [*WORDS[:4], WORDS[0]], [WORDS[2], WORDS[2]], [WORDS[0], "nowhere"]):
        follows, near = index.pairs_near(terms, docs)
        assert (follows.dtype, near.dtype) == (np.dtype(bool), np.dtype(bool))
        assert follows.shape == near.shape == (max(0, len(terms) - 1), len(docs))
        for (a, b), behind, beside in zip(itertools.pairwise(terms), follows.tolist(), near.tolist(), strict=True):
            apart = [
                {n - m for t in of for m, x in enumerate(t) for n, y in enumerate(t) if (x, y) == (a, b)}
                for of in texts
            ]
            assert behind == [1 in of for of in apart]
            assert beside == [any(0 < abs(n) <= WINDOW for n in of) for of in apart]
            marked += sum(behind)
    assert marked > 5


def test_doc_freq_counts_live_docs(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    for word in WORDS:
        in_title = {article.id for article in live if word in article.title.split()}
        in_body = {article.id for article in live if word in article.body.split()}
        assert index.doc_freq(word) == len(in_title | in_body) > 0
        assert (index.doc_freq(word, "title"), index.doc_freq(word, "body")) == (len(in_title), len(in_body))
    assert index.doc_freq("nowhere") == index.doc_freq("") == index.doc_freq("ZORG") == 0
    df = index.doc_freq("zorg")
    assert idf_of(index, "zorg") == pytest.approx(math.log(1 + (len(live) - df + 0.5) / (df + 0.5)))
    assert idf_of(index, "nowhere") == 0


def test_term_statistics_are_those_of_the_text(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    lengths = {f: sum(len(getattr(a, f).split()) for a in live) / len(live) for f in ("title", "body")}
    for article, doc in zip(live, np.flatnonzero(index.live()).tolist(), strict=True):
        for word in WORDS:
            statistics = index.term_statistics(word, doc)
            texts = {field: getattr(article, field).split() for field in ("title", "body")}
            expected = [(f, t.count(word), len(t)) for f, t in texts.items() if word in t]
            assert [(of.field, of.tf, of.dl) for of in statistics.fields] == expected
            for of in statistics.fields:
                assert of.avgdl == pytest.approx(lengths[of.field], rel=2e-3)
                assert (of.weight, of.b) == ({"title": 2.0, "body": 1.0}[of.field], 0.75)
            assert statistics.k1 == 1.2
    assert index.term_statistics("nowhere", 1).fields == ()


# -- words as they are written ---

SPELLED = [
    Article(id="es", title="El A\u00f1o", body="Los a\u00f1os, el ano. A\u00f1o", language="es"),
    Article(id="en", title="The anode's glow", body="Anodes and an anode: ANODES, year after year."),
    Article(id="pt", title="Ano novo", body="", language="pt"),
]


def _told(forms: Iterable[Form]) -> list[tuple[str, str, int]]:
    return [(form.written, form.language, form.count) for form in forms]


def test_forms_are_found_by_prefix_spelling_and_term(archive: ArchiveUnderTest) -> None:
    for article in SPELLED:
        archive.add([article])  # a segment each
    index = archive.source.current()
    ano = [("ano", "es", 1), ("ano", "pt", 1), ("a\u00f1o", "es", 2)]
    anodes = [("anode", "en", 2), ("anodes", "en", 2)]
    anos = [("a\u00f1os", "es", 1)]
    assert _told(index.forms.spelled("ano")) == _told(index.forms.spelled("A\u00d1O")) == ano
    assert _told(index.forms.with_prefix("an"))[:3] == [("an", "en", 1), ("and", "en", 1), ano[0]]
    assert _told(index.forms.with_prefix("a\u00f1o")) == ano[:2] + ano[2:] + anodes + anos
    assert _told(index.forms.of_term("anod")) == anodes
    assert [form.term for form in index.forms.spelled("an")] == [""]
    assert {form.term for form in index.forms.spelled("ano")} == {"ano"}
    assert _told(index.forms.spelled("anod")) == _told(index.forms.of_term("")) == []
    assert index.forms.complete
    written = [form.written for form in index.forms.with_prefix("")]
    assert len(set(written)) < len(written) == 15
    vocabulary = index.forms.vocabulary()
    assert list(vocabulary.keys) == sorted({folded(word) for word in written})
    assert vocabulary.counts[vocabulary.keys.index("ano")] == 4
    assert vocabulary.counts.sum() == sum(form.count for form in index.forms.with_prefix(""))


def test_docs_that_write_a_word_as_it_is_typed_are_told_from_those_with_another_form(archive: ArchiveUnderTest) -> None:
    for name, title in (("a", "Landings"), ("b", "We landed"), ("c", "Landing"), ("gone", "Lands"), ("d", "Rain")):
        archive.add([Article(id=name, title=title, body="Landed twice" if name == "a" else "Rain")])
    archive.add([Article(id="e", title="A\u00f1os", language="es"), Article(id="f", title="Ano", language="es")])
    archive.remove(["gone"])
    index = archive.source.current()
    docs = np.flatnonzero(index.live())

    def told(word: str, *terms: str) -> tuple[str, str]:
        names = [index.article_id(doc) for doc in docs.tolist()]
        has, written = index.written(docs, word, terms)
        return "".join(np.array(names)[has]), "".join(np.array(names)[written])

    assert told("landed", "land") == ("abc", "ab")
    assert told("Landings", "land") == ("abc", "a")
    assert told("lands", "land") == ("abc", "")
    assert told("landed", "rain") == ("bcd", "")
    assert told("rain", "land", "rain") == ("abcd", "bcd")
    assert told("anos", "anos", "ano") == ("ef", "e")
    assert told("a\u00d1o", "anos", "ano") == ("ef", "f")
    assert told("absent", "absent") == ("", "")


def test_every_word_of_live_articles_has_a_form(filled: Filled) -> None:
    counts = Counter(word for article in filled.live for word in words(article))
    forms = {word: sum(form.count for form in filled.index.forms.spelled(word)) for word in counts}
    assert all(forms[word] >= counts[word] for word in counts)
    assert len(counts) == len(WORDS)


def test_every_word_of_a_name_of_live_articles_is_among_the_names(filled: Filled) -> None:
    live, index = Counter[str](), filled.index
    for article in filled.live:
        names = [article.section, article.site, *article.authors, *article.tags]
        names += [article.dateline.place, article.dateline.agency]
        live.update(word for name in names for word in name.lower().split())
    vocabulary = index.names()
    counts = dict(zip(vocabulary.keys, vocabulary.counts.tolist(), strict=True))
    assert list(counts) == sorted(counts)
    assert set(live) <= set(counts)
    assert all(counts[word] >= count > 0 for word, count in live.items())
    for word in set(counts) - set(live):
        assert not len(matched(index, " OR ".join(f"{name}:{word}" for name in index.schema.names)))
    assert index.names() is vocabulary or not isinstance(index, LocalIndex)
    for word in live:
        fields = [name for name in index.schema.names if len(matched(index, f'{name}:"{word}"'))]
        assert set(fields) <= set(index.names_with(word)) <= set(index.schema.names)
    assert index.names_with("zzxqy") == ()


def test_names_have_the_live_docs_with_a_word_of_theirs_or_all_of_it(filled: Filled) -> None:
    index, fields = filled.index, ("section", "tag", "author")
    columns = {"section": lambda of: [of.section], "tag": lambda of: of.tags, "author": lambda of: of.authors}
    asked = 0
    for field, values_of in columns.items():
        for value in {value for article in filled.live for value in values_of(article) if value}:
            keys = whole_keys(value, field)
            there = {of.id for of in filled.live if any(keys & whole_keys(other, field) for other in values_of(of))}
            found = [dict(index.named(key, fields, whole=True)).get(field, np.zeros(0, np.int64)) for key in keys]
            assert set(ids(index, np.unique(np.concatenate(found)))) == there
            for word in {name_key(form) for form in word_forms(value)}:
                having = dict(index.named(word, fields, whole=False))[field]
                assert set(ids(index, having)) == set(ids(index, matched(index, f'{field}:"{word}"').all()[0]))
                assert having.dtype == np.int64
                assert (np.diff(having) > 0).all()
                asked += 1
    assert asked
    assert not index.named("zzxqy", fields, whole=True)
    assert not index.named("zzxqy", fields, whole=False)


@pytest.mark.parametrize("text", QUERIES)
def test_queries_match_what_they_say(filled: Filled, text: str) -> None:
    live = filled.live
    index = filled.index
    found = matched(index, text)
    docs, scores = found.all()
    assert (docs.dtype, scores.dtype) == (np.dtype(np.int64), np.dtype(np.float32))
    assert set(ids(index, docs)) == live.ids_where(QUERIES[text])
    assert (np.diff(docs) > 0).all()
    assert index.live()[docs].all()
    assert len(found) == len(docs)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


@pytest.mark.parametrize("text", QUERIES)
def test_the_best_come_first_and_the_lower_doc_of_equals(filled: Filled, text: str) -> None:
    found = matched(filled.index, text)
    docs, scores = found.all()
    order = np.lexsort((docs, -scores))
    for k in (0, 1, 7, len(docs), 1000):
        best, of_best = found.best(k)
        assert len(best) == len(of_best) == min(k, len(docs))
        np.testing.assert_allclose(of_best, scores[order[:k]], rtol=1e-5)
        assert (np.diff(of_best) <= 0).all()
        assert all(a < b for a, b, same in zip(best, best[1:], np.diff(of_best) == 0, strict=False) if same)
        np.testing.assert_allclose(of_best, found.scores_of(np.sort(best))[0][np.argsort(np.argsort(best))], rtol=1e-5)


@pytest.mark.parametrize("text", QUERIES)
def test_scores_of_some_docs(filled: Filled, text: str) -> None:
    index = filled.index
    found = matched(index, text)
    docs, scores = found.all()
    expected = dict(zip(docs.tolist(), scores.tolist(), strict=True))
    for some in (np.flatnonzero(index.live())[::3], docs[:1], np.zeros(0, np.int64)):
        values, there = found.scores_of(some)
        assert there.tolist() == [doc in expected for doc in some.tolist()]
        assert values.tolist() == pytest.approx([expected.get(doc, 0.0) for doc in some.tolist()], rel=1e-5)


@pytest.mark.parametrize("text", QUERIES)
def test_only_what_is_allowed_matches(filled: Filled, text: str) -> None:
    index = filled.index
    docs, scores = matched(index, text).all()
    for allowed in (index.filter({"site": ["north"]}), np.zeros(index.max_doc, bool), index.live()):
        found = matched(index, text, allowed)
        keep = allowed[docs]
        assert found.all()[0].tolist() == docs[keep].tolist()
        assert len(found) == int(keep.sum())
        np.testing.assert_allclose(found.all()[1], scores[keep], rtol=1e-5)


def test_a_word_scores_its_boost_times_idf_times_impact(filled: Filled) -> None:
    index = filled.index
    for word, field, boost in itertools.product(WORDS, ("", "title", "body"), (1, 2.5)):
        typed = f"{field}:{word}^{boost}" if field else f"{word}^{boost}"
        docs, scores = matched(index, typed).all()
        for doc, score in zip(docs.tolist(), scores.tolist(), strict=True):
            statistics = index.term_statistics(word, doc)
            fields = [of for of in statistics.fields if field in ("", of.field)]
            wtf = sum(of.weight * of.tf / (1 - of.b + of.b * of.dl / of.avgdl) for of in fields)
            impact = wtf / (statistics.k1 + wtf)
            assert score == pytest.approx(boost * idf_of(index, word, field) * impact, rel=1e-3)


def test_scores_of_several_words_are_added_up(filled: Filled) -> None:
    index = filled.index
    docs = np.flatnonzero(index.live())
    zorg, blik, kerb = (matched(index, word).scores_of(docs)[0] for word in ("zorg", "blik", "kerb"))
    for text, expected in (
        ("zorg blik", zorg + blik),
        ("zorg blik blik", zorg + 2 * blik),
        ("zorg blik^3 kerb", zorg + 3 * blik + kerb),
        ("zorg AND blik", np.where((zorg > 0) & (blik > 0), zorg + blik, 0)),
        ("+zorg kerb", np.where(zorg > 0, zorg + kerb, 0)),
        ("kerb -zorg", np.where(zorg > 0, 0, kerb)),
    ):
        np.testing.assert_allclose(matched(index, text).scores_of(docs)[0], expected, rtol=1e-4, err_msg=text)


def test_what_cannot_be_answered_is_said(archive: ArchiveUnderTest) -> None:
    archive.add(articles(1, 5))
    index = archive.source.current()
    query = parse("zorg", index.languages())
    tree = query.tree
    for _ in range(150):  # what is typed is never so deep, see `search.query.parser.MAX_NESTED`
        tree = AndMaybe(Term(ALL_TEXT, "kerb"), tree)
    with pytest.raises(QueryError, match="levels deep"):
        index.match(replace(query, tree=tree), None, [])


# -- explanations ---


@pytest.mark.parametrize("text", QUERIES)
def test_a_doc_is_scored_as_among_all_the_others(filled: Filled, text: str) -> None:
    index = filled.index
    tree = parse(text, index.languages()).tree
    docs, scores = matched(index, text).all()
    expected = dict(zip(docs.tolist(), scores.tolist(), strict=True))
    for doc in np.flatnonzero(index.live())[::5].tolist():
        score = index.scores_of_doc(doc)(tree)
        assert score == (pytest.approx(expected[doc], rel=1e-5) if doc in expected else None)


def test_explanations_add_up(filled: Filled) -> None:
    index = filled.index
    explained = 0
    for text in ("zorg", "zorg blik", "+zorg blik", "title:zorg kerb^2", '"zorg blik"'):
        docs, scores = matched(index, text).all()
        for doc, score in zip(docs.tolist(), scores.tolist(), strict=True):
            explanation = explain_bm25(index, parse(text, index.languages()).tree, doc)
            assert explanation is not None
            assert explanation.value == pytest.approx(score, rel=1e-4)
            if explanation.what.startswith("the sum"):
                assert sum(part.value for part in explanation.parts) == pytest.approx(score, rel=1e-4)
                explained += 1
    assert explained > 20


# -- vector spaces ---


def test_there_is_no_space_before_one_is_made(archive: ArchiveUnderTest) -> None:
    archive.add(articles(1, 3))
    assert NAME not in archive.source.current().spaces


def test_vectors_are_those_of_the_articles(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    space, docs = index.spaces[NAME], np.flatnonzero(index.live())
    rows = space.vectors(docs)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, encoded(live), atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    shuffled = np.random.default_rng(1).permutation(np.concatenate([docs, docs[:5]]))
    np.testing.assert_array_equal(space.vectors(shuffled), rows[np.searchsorted(docs, shuffled)])
    assert space.vectors(docs[:0]).shape == (0, rows.shape[1])
    assert space.lacking() is None


def test_queries_are_encoded(filled: Filled) -> None:
    space = filled.index.spaces[NAME]
    vector = space.encode_query("zorg blik", {"zorg": 1.0, "blik": 1.0})
    assert vector is not None
    np.testing.assert_allclose(vector, encode_query(ToyEncoder(), "zorg blik"), atol=1e-6)
    assert space.loaded
    assert 0 <= space.resolution <= 1
    assert 0 <= space.foresight <= 1


def test_cosines_are_dot_products(filled: Filled) -> None:
    live = filled.live
    index = filled.index
    docs, vector = np.flatnonzero(index.live()), encode_query(ToyEncoder(), "zorg tarn")
    values = index.spaces[NAME].cosines(vector, docs)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, encoded(live) @ vector, atol=1e-3)
    np.testing.assert_allclose(index.spaces[NAME].cosines(vector, docs[::-2]), values[::-2], atol=1e-6)
    assert len(index.spaces[NAME].cosines(vector, docs[:0])) == 0


@pytest.mark.parametrize("k", [0, 1, 5, 1000])
@pytest.mark.parametrize("filters", [None, {"site": ["north"]}, {"site": ["nowhere"]}])
def test_the_nearest_are_those_with_the_highest_cosines(
    filled: Filled, k: int, filters: Mapping[str, Sequence[str]] | None
) -> None:
    index = filled.index
    space, vector = index.spaces[NAME], encode_query(ToyEncoder(), "zorg tarn kerb")
    allowed = None if filters is None else index.filter(filters)
    docs, cosines = space.nearest(vector, k, allowed).result()
    assert (docs.dtype, cosines.dtype) == (np.dtype(np.int64), np.dtype(np.float32))
    permitted = np.flatnonzero(index.live() if allowed is None else allowed)
    expected = space.cosines(vector, permitted)
    order = np.lexsort((permitted, -expected))[:k]
    np.testing.assert_allclose(cosines, expected[order], atol=1e-6)
    np.testing.assert_allclose(cosines, space.cosines(vector, docs), atol=1e-6)
    assert len(set(docs.tolist())) == len(docs)
    assert set(docs.tolist()) <= set(permitted.tolist())


def test_of_equally_near_docs_the_lower_comes_first(archive: ArchiveUnderTest) -> None:
    archive.add([Article(id=f"a{n}", title="zorg blik" if n % 3 else "tarn") for n in range(12)])
    archive.embed()
    index = archive.source.current()
    docs, _ = index.spaces[NAME].nearest(encode_query(ToyEncoder(), "zorg"), 8).result()
    assert ids(index, docs) == [f"a{n}" for n in range(12) if n % 3]


def test_searches_for_neighbours_go_on_side_by_side(filled: Filled) -> None:
    space = filled.index.spaces[NAME]
    begun = [space.nearest(encode_query(ToyEncoder(), word), 5) for word in WORDS]
    for word, search in zip(reversed(WORDS), reversed(begun), strict=True):
        alone = space.nearest(encode_query(ToyEncoder(), word), 5).result()
        np.testing.assert_array_equal(search.result()[0], alone[0])


@pytest.mark.parametrize("embed_after", [1, 2])
def test_what_a_space_has_not_got_to_is_lacking(archive: ArchiveUnderTest, embed_after: int) -> None:
    live = changed_over_time(archive, embed_after=embed_after)
    index = archive.source.current()
    space, docs = index.spaces[NAME], np.flatnonzero(index.live())
    mask = space.lacking()
    assert mask is not None
    assert (mask.dtype, mask.shape) == (np.dtype(bool), (index.max_doc,))
    rows, expected = space.vectors(docs), encoded(live)
    lacking = mask[docs]
    seqs = [index.seq_of(doc) for doc in docs.tolist()]
    last = 40 if embed_after == 1 else 67  # articles that were there when it was made
    assert lacking.tolist() == [seq > last for seq in seqs]
    np.testing.assert_allclose(rows[~lacking], expected[~lacking], atol=1e-3)
    assert not rows[lacking].any()
    vector = encode_query(ToyEncoder(), "zorg")
    assert not space.cosines(vector, docs[lacking]).any()
    found, _ = space.nearest(vector, 1000).result()
    assert sorted(found.tolist()) == docs.tolist()


def test_a_sample_is_of_vectors_that_are_there(archive: ArchiveUnderTest) -> None:
    changed_over_time(archive, embed_after=2)
    index = archive.source.current()
    sample = index.spaces[NAME].sample()
    rows = index.spaces[NAME].vectors(np.arange(index.max_doc))
    assert len(sample) > 0
    assert sample.shape[1:] == rows.shape[1:]
    known = {row.tobytes() for row in rows}
    assert all(row.tobytes() in known for row in sample)


# -- nothing there ---


@pytest.mark.parametrize("emptied", [False, True])
def test_an_archive_without_articles(archive: ArchiveUnderTest, emptied: bool) -> None:
    if emptied:
        archive.add(articles(1, 9))
        archive.embed()
        archive.remove([f"a{n}" for n in range(9)])
    index = archive.source.current()
    assert index.num_docs == 0
    assert not index.live().any()
    assert len(index.live()) == len(index.dates()) == index.max_doc
    assert not index.filter({"section": ["moon"], "year": ["2024"]}).any()
    assert index.doc_freq("zorg") == 0
    assert idf_of(index, "zorg") == 0
    assert index.doc_of(1) == -1
    assert index.languages()[0] == "en"
    for text in QUERIES:
        found = matched(index, text)
        assert len(found) == len(found.all()[0]) == len(found.best(5)[0]) == 0
    for space in index.spaces.values():
        vector = space.encode_query("zorg", {"zorg": 1.0})
        assert vector is not None
        assert len(space.nearest(vector, 5).result()[0]) == 0
        assert len(space.vectors(np.zeros(0, np.int64))) == 0
    engine = Engine(archive.source, archive.articles)
    assert engine.search("zorg").total == engine.search("*").total == 0
    assert engine.latest(3) == []


# -- stored articles ---


def test_articles_come_back_as_they_were_accepted(filled: Filled) -> None:
    live = filled.live
    by_id = {article.id: article for article in live}
    assert filled.archive.articles.fetch([*by_id, "a0", "nobody"]) == by_id
    seqs = filled.archive.articles.seqs([*by_id, "a0", "nobody"])
    assert seqs.keys() == by_id.keys()
    assert filled.archive.articles.versions([*seqs.values(), NOBODY]) == {seqs[i]: by_id[i] for i in by_id}
    assert (
        filled.archive.articles.fetch([])
        == filled.archive.articles.versions([])
        == filled.archive.articles.seqs([])
        == {}
    )
    assert filled.archive.articles.removed_ids() == {"a0", "a9", "a22", "b1", "b24", "c5"}
    assert sorted(filled.archive.articles.urls()) == sorted(article.url for article in live if article.url)


def test_articles_are_found_by_id_and_then_by_url(archive: ArchiveUnderTest) -> None:
    archive.add([Article(id="one", title="zorg", url="https://site.example/1"), Article(id="two", title="blik")])
    seq, article = archive.articles.get_with_seq("https://site.example/1")
    assert article.id == "one"
    assert archive.articles.get_with_seq("one") == (seq, article)
    assert archive.articles.seqs(["https://site.example/1", "two"]) == {
        "https://site.example/1": seq,
        "two": archive.articles.get_with_seq("two")[0],
    }
    assert archive.source.current().doc_of(seq) == 0
    for unknown in ("nobody", "", "https://site.example/2"):
        with pytest.raises(ArticleNotFoundError):
            archive.articles.get_with_seq(unknown)


def test_a_version_that_was_replaced_is_gone(archive: ArchiveUnderTest) -> None:
    archive.add([Article(id="one", title="zorg")])
    before = archive.source.current()
    old, _ = archive.articles.get_with_seq("one")
    archive.add([Article(id="one", title="blik")])
    new, article = archive.articles.get_with_seq("one")
    assert (new > old, article.title) == (True, "blik")
    assert archive.articles.versions([old, new]) == {new: article}
    assert archive.articles.removed_ids() == set()
    assert (before.doc_of(old), archive.source.current().doc_of(old)) == (0, -1)


def test_what_is_removed_or_replaced_is_counted(archive: ArchiveUnderTest) -> None:
    archive.add([Article(id="one", title="zorg"), Article(id="two", title="zorg")])
    numbers = [archive.articles.last_removal()]
    archive.add([Article(id="three", title="zorg"), Article(id="one", title="zorg")])
    assert archive.articles.last_removal() == numbers[0]
    archive.add([Article(id="one", title="blik")])
    numbers.append(archive.articles.last_removal())
    archive.remove(["two"])
    numbers.append(archive.articles.last_removal())
    assert numbers == sorted(set(numbers))


def test_contents(archive: ArchiveUnderTest) -> None:
    written = {"plain": ("zorg", "blik"), "quoted": ('zorg "blik" \\', 'tarn\n"quon"'), "none": ("", "drim")}
    archive.add([Article(id=name, title=title, body=body) for name, (title, body) in written.items()])
    seqs = archive.articles.seqs(list(written))
    asked = [seqs["none"], seqs["plain"], seqs["quoted"], max(seqs.values()) + 99]
    assert archive.articles.contents(asked) == sorted((seqs[name], *of) for name, of in written.items())
    assert archive.articles.contents([seqs["plain"]]) == [(seqs["plain"], "zorg", "blik")]
    assert archive.articles.contents([]) == []


def test_titles(archive: ArchiveUnderTest) -> None:
    titles = {
        "plain": "zorg",
        "none": "",
        "quoted": 'zorg "blik" \\ tarn\tquon',
        "long": "velt " * 900,
        "far": "maro",
        "late": "pliv",
    }
    urls = {"far": "https://site.example/" + "x" * 1500, "late": '/a"b'}
    archive.add([Article(id=name, title=of, body="drim", url=urls.get(name, "")) for name, of in titles.items()])
    seqs = archive.articles.seqs(list(titles))
    expected = sorted((seqs[name], of) for name, of in titles.items() if of)
    last = max(seqs.values())
    assert archive.articles.titles(0, last) == expected
    assert archive.articles.titles(seqs["quoted"], last) == [pair for pair in expected if pair[0] > seqs["quoted"]]
    assert archive.articles.titles(0, seqs["quoted"]) == [pair for pair in expected if pair[0] <= seqs["quoted"]]
    archive.add([Article(id="plain", title="sond")])
    added = archive.articles.seqs(["plain"])["plain"]
    assert archive.articles.titles(seqs["late"], added) == [(added, "sond")]


def test_what_is_withheld(archive: ArchiveUnderTest) -> None:
    expires = START + timedelta(days=3)
    archive.add(
        [
            Article(id="kept", title="zorg"),
            Article(id="gone", title="zorg", status="retracted"),
            Article(id="soon", title="zorg", expires=expires),
        ]
    )
    seqs = archive.articles.seqs(["kept", "gone", "soon"])
    both = {seqs["gone"]: 0.0, seqs["soon"]: expires.timestamp()}
    assert dict(archive.articles.withheld(0, NOBODY)) == both
    assert dict(archive.articles.withheld(seqs["gone"], NOBODY)) == {seqs["soon"]: expires.timestamp()}
    assert dict(archive.articles.withheld(0, seqs["gone"])) == {seqs["gone"]: 0.0}


# -- the engine on top ---


def test_the_engine_runs_on_it(archive: ArchiveUnderTest) -> None:
    live = changed_over_time(archive, embed_after=2)
    engine = Engine(archive.source, archive.articles)
    by_id = {article.id: article for article in live}
    for text in QUERIES:
        result = engine.search(text, limit=100)
        found = {hit.article.id for hit in result.hits}
        assert len(found) == len(result.hits) == result.total
        expected = live.ids_where(QUERIES[text])
        if parse(text).is_plain:  # articles that only have the commonest of several words may be left out
            assert bool(found & expected) == bool(expected)
        else:
            assert found >= expected
        assert all(hit.article == by_id[hit.article.id] for hit in result.hits)
        for hit in result.hits[:2]:
            explanation = engine.explain(text, hit.article.id)
            assert explanation is not None
            assert explanation.value == pytest.approx(hit.score, abs=1e-5)
    filtered = engine.search("zorg blik", limit=100, filters={"site": ["north"]}).hits
    assert {hit.article.site for hit in filtered} == {"North"}
    assert NAME in engine.search("zorg blik").hits[0].legs
    dates = [article.date for article in engine.latest(5) if article.date]
    assert dates == sorted((a.date for a in live if a.date), reverse=True)[:5]
    assert NAME in engine.loaded_spaces()
