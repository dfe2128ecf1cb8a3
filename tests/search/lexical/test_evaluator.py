"""What each kind of query matches, and where it stops. Random trees are compared with Whoosh in tests/oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from whoosh import query as wq

from indexer.archive import Archive
from indexer.article.article import Article, Dateline
from indexer.base.errors import QueryError
from search.lexical import evaluator
from search.lexical.evaluator import MAX_DEPTH, Evaluator
from search.lexical.match_set import MAX_SCORE, Matches
from search.reader.snapshot import Snapshot

ARTICLES = (
    Article(
        id="moon-1",
        title="Moon landing",
        body="The lander touched down. Far side of the Moon, far far side.",
        date=datetime(2024, 3, 18, tzinfo=UTC),
        dateline=Dateline("Beijing", "AFP"),
        section="Moon & Mars",
        authors=("Ann O'Neil", "Bo Karlsson"),
        tags=("far side", "sample return"),
    ),
    Article(
        id="moon-1-2",
        title="Landing on Mars",
        body="Moon moon moon. A side note.",
        date=datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC),
        section="Mars",
        authors=("Bo Åkesson",),
        tags=("side", "far"),
    ),
    Article(id="Note_3", body="Engine test, engine fire. Launch of the moon probe.", tags=("Launch",), language="en"),
    Article(id="gone", title="Moon landing", body="far side", section="Moon", tags=("far side",)),
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Archive.create(tmp_path_factory.mktemp("matching") / "archive") as archive:
        archive.add(ARTICLES)
        archive.remove(["gone"])
        yield Snapshot.open(archive.index)


def run(snapshot: Snapshot, query: wq.Query, notes: list[str] | None = None) -> dict[str, float]:
    found = {}
    for segment in snapshot.segments:
        matches = Evaluator(snapshot, segment, [] if notes is None else notes).live(query)
        assert matches.docs.dtype == np.uint32
        assert matches.scores.dtype == np.float32
        assert np.all(np.diff(matches.docs.astype(int)) > 0)
        found |= {segment.article_id(d): s for d, s in zip(matches.docs.tolist(), matches.scores.tolist(), strict=True)}
    return found


A, B, C = "moon-1", "moon-1-2", "Note_3"
MATCHING: list[tuple[wq.Query, set[str]]] = [
    (wq.Term("text", "moon"), {A, B, C}),
    (wq.Term("title", "moon"), {A}),
    (wq.Term("body", "moon"), {A, B, C}),
    (wq.Term("text", "absent"), set()),
    (wq.Term("text", ""), set()),
    (wq.Term("text", "moo"), set()),
    (wq.Term("section", "MOON"), {A}),
    (wq.Term("section", "mars"), {A, B}),
    (wq.Term("author", "o'neil"), {A}),
    (wq.Term("author", "akesson"), {B}),
    (wq.Term("author", "åkesson"), {B}),
    (wq.Term("tag", "far side"), {A}),
    (wq.Term("tag", "far"), {A, B}),
    (wq.Term("tag", ""), set()),
    (wq.Term("place", "beijing"), {A}),
    (wq.Term("agency", "afp"), {A}),
    (wq.Term("language", "en"), {C}),
    (wq.Term("id", "moon-1"), {A}),
    (wq.Term("id", "MOON-1"), {A}),
    (wq.Term("id", "moon"), set()),
    (wq.Term("id", "note_3"), {C}),
    (wq.Phrase("id", ["moon-1"]), {A}),
    (wq.Prefix("id", "moon-1"), {A, B}),
    (wq.Wildcard("id", "*_?"), {C}),
    (wq.Phrase("text", ["far", "side"]), {A}),
    (wq.Phrase("text", ["far", "far", "side"]), {A}),
    (wq.Phrase("text", ["far", "far", "far"]), set()),
    (wq.Phrase("text", ["moon", "moon", "moon"]), {B}),
    (wq.Phrase("text", ["moon", "moon", "moon", "moon"]), set()),
    (wq.Phrase("text", ["side", "far"]), set()),
    (wq.Phrase("text", ["side", "moon"]), {A}),  # stop words between them do not count
    (wq.Phrase("text", ["lander", "side"], slop=5), {A}),
    (wq.Phrase("text", ["mar", "moon"], slop=10**9), set()),  # never from the title into the body
    (wq.Phrase("title", ["moon", "land"]), {A}),
    (wq.Phrase("body", ["moon", "land"]), set()),
    (wq.Phrase("body", ["moon", "side"], slop=1), {B}),
    (wq.Phrase("body", ["moon", "side"], slop=2), {B}),
    (wq.Phrase("body", ["moon", "side"], slop=3), {A, B}),
    (wq.Phrase("text", []), set()),
    (wq.Phrase("text", ["moon"]), {A, B, C}),
    (wq.Phrase("text", ["moon", "absent"]), set()),
    (wq.Phrase("tag", ["far", "side"]), {A}),
    (wq.Phrase("author", ["o'neil bo"]), set()),  # two authors
    (wq.Prefix("text", "la"), {A, B, C}),
    (wq.Prefix("title", "la"), {A, B}),
    (wq.Prefix("text", ""), {A, B, C}),
    (wq.Prefix("tag", "LAU"), {C}),
    (wq.Wildcard("text", "eng*e"), set()),
    (wq.Wildcard("text", "e?gin"), {C}),
    (wq.Wildcard("text", "[em]*n"), {A, B, C}),
    (wq.Wildcard("text", "["), set()),
    (wq.Wildcard("section", "m?rs"), {A, B}),
    (wq.Regex("text", "eng.n$"), {C}),
    (wq.FuzzyTerm("text", "engim", maxdist=1), {C}),
    (wq.FuzzyTerm("text", "xngin", maxdist=1, prefixlength=1), set()),
    (wq.FuzzyTerm("text", "xngin", maxdist=1, prefixlength=0), {C}),
    (wq.FuzzyTerm("text", "zzzzz", maxdist=1), set()),
    (wq.FuzzyTerm("author", "karlson", maxdist=1), {A}),
    (wq.TermRange("text", "engin", "fire"), {A, C}),
    (wq.TermRange("text", "engin", "far", True, True), set()),
    (wq.TermRange("text", None, None), {A, B, C}),
    (wq.TermRange("tag", "s", "sb"), {A}),
    (wq.Every(), {A, B, C}),
    (wq.Every("title"), {A, B}),
    (wq.Every("date"), {A, B}),
    (wq.Every("tag"), {A, B, C}),
    (wq.Every("place"), {A}),
    (wq.NullQuery, set()),
    (wq.DateRange("date", datetime(2024, 1, 1), None), {A}),
    (wq.DateRange("date", None, datetime(2024, 1, 1, tzinfo=UTC)), {B}),
    (
        wq.DateRange("date", datetime(2023, 12, 31, 23, 59, 59), datetime(2024, 3, 18), startexcl=True, endexcl=True),
        set(),
    ),
    (wq.NumericRange("date", None, None), {A, B}),
    (wq.NumericRange("year", 2024, 2024), {A}),
    (wq.NumericRange("year", 2023, 2024), {A, B}),
    (wq.NumericRange("year", 2023, 2024, startexcl=True), {A}),
    (wq.NumericRange("year", 2023, 2024, endexcl=True), {B}),
    (wq.NumericRange("year", 2022.5, 2023.5), {B}),
    (wq.NumericRange("year", None, 2023), {B}),
    (wq.NumericRange("year", 2024, None, startexcl=True), set()),
    (wq.NumericRange("year", -(10**15), 10**15), {A, B}),
    (wq.NumericRange("year", 10**15, None), set()),
    (wq.NumericRange("year", None, None), {A, B}),
    (wq.NumericRange("words", 5, 7), {B, C}),  # "moon moon moon side note", "engin test engin fire launch moon probe"
    (wq.NumericRange("words", 5, 7, startexcl=True), {C}),
    (wq.NumericRange("words", 5, 7, endexcl=True), {B}),
    (wq.NumericRange("words", 4.5, 5.5), {B}),
    (wq.NumericRange("words", 7, None, startexcl=True), {A}),
    (wq.NumericRange("words", -1, 10**15), {A, B, C}),
    (wq.NumericRange("words", 10**15, None), set()),
    (wq.NumericRange("words", 9, 3), set()),
    (wq.Every("year"), {A, B}),
    (wq.Every("words"), {A, B, C}),
    (wq.And([]), set()),
    (wq.Or([]), set()),
    (wq.Or([wq.Term("text", "engin"), wq.Term("title", "moon"), wq.Term("text", "probe")], minmatch=2), {C}),
    (wq.And([wq.Term("text", "moon"), wq.Not(wq.Term("title", "land"))]), {C}),
    (wq.Not(wq.Not(wq.Term("title", "moon"))), {A}),
    (wq.Not(wq.Every()), set()),
    (wq.AndNot(wq.Term("text", "moon"), wq.Term("text", "engin")), {A, B}),
    (wq.AndMaybe(wq.Term("title", "moon"), wq.Term("text", "engin")), {A}),
    (wq.Require(wq.Term("text", "moon"), wq.Term("text", "engin")), {C}),
    (wq.Otherwise(wq.Term("text", "engin"), wq.Term("text", "moon")), {C}),
    (wq.Otherwise(wq.Term("text", "absent"), wq.Term("title", "moon")), {A}),
    (wq.Otherwise(wq.Term("section", "absent"), wq.Every()), {A, B, C}),
    (wq.ConstantScoreQuery(wq.Term("title", "moon"), 3.0), {A}),
    (wq.DisjunctionMax([wq.Term("title", "moon"), wq.Term("text", "engin")]), {A, C}),
]


@pytest.mark.parametrize(("query", "expected"), MATCHING, ids=lambda value: repr(value)[:70])
def test_what_matches(snapshot: Snapshot, query: wq.Query, expected: set[str]) -> None:
    assert run(snapshot, query).keys() == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (wq.Term("colour", "red"), "there is no field 'colour'; the fields are text, title, body, section"),
        (wq.Prefix("colour", "r"), "there is no field 'colour'"),
        (wq.Phrase("colour", ["red"]), "there is no field 'colour'"),
        (wq.Every("colour"), "there is no field 'colour'"),
        (wq.NumericRange("section", 1, 2), "'section' has no numbers to search a range of; date, year, words have"),
        (wq.DateRange("tag", datetime(2024, 1, 1), None), "'tag' has no numbers"),
        (wq.Term("words", "3"), "'words' holds numbers; search it by a range of them"),
        (wq.SpanFirst(wq.Term("text", "moon")), "queries of the kind SpanFirst are not supported"),
        (wq.And([wq.Term("text", "moon"), wq.SpanFirst(wq.Term("text", "moon"))]), "SpanFirst"),
    ],
)
def test_what_cannot_be_answered_is_said(snapshot: Snapshot, query: wq.Query, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        run(snapshot, query)


@pytest.mark.parametrize(
    "group", [lambda q: wq.And([q]), lambda q: wq.Or([q]), wq.Not, lambda q: wq.AndMaybe(wq.Every(), q)]
)
def test_nesting_is_bounded_and_says_so(snapshot: Snapshot, group: Callable[[wq.Query], wq.Query]) -> None:
    def nested(levels: int) -> wq.Query:
        query: wq.Query = wq.Term("text", "moon")
        for _ in range(levels):
            query = group(query)
        return query

    assert run(snapshot, nested(MAX_DEPTH - 1)).keys() <= {A, B, C}
    with pytest.raises(QueryError, match="nested more than 100 levels deep; take out some parentheses"):
        run(snapshot, nested(MAX_DEPTH + 1))
    assert run(snapshot, nested(2))  # the depth is counted anew


@pytest.mark.parametrize(
    "query",
    [
        wq.Prefix("text", ""),
        wq.Wildcard("text", "*"),
        wq.FuzzyTerm("text", "moon", maxdist=9, prefixlength=0),
        wq.TermRange("text", None, "zz"),
    ],
)
def test_what_stands_for_too_many_words_is_cut_to_the_commonest_with_a_note(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, query: wq.Query
) -> None:
    monkeypatch.setattr(evaluator, "MAX_EXPANSION", 1)
    notes: list[str] = []
    assert run(snapshot, wq.Or([query, query]), notes).keys() == {A, B, C}  # "moon" is in all of them
    assert notes == [f"'{query}' stands for too many words; only the 1 commonest were searched"]


def test_scores_of_constant_kinds_are_their_boosts(snapshot: Snapshot) -> None:
    for query in (
        wq.Prefix("title", "moo", boost=2.5),
        wq.Every("place", boost=2.5),
        wq.DateRange("date", datetime(2024, 1, 1), None, boost=2.5),
        wq.Term("place", "beijing", boost=2.5),
        wq.Phrase("tag", ["far", "side"], boost=2.5),
        wq.ConstantScoreQuery(wq.Term("title", "moon"), 2.5),
    ):
        assert run(snapshot, query) == {A: 2.5}, query
    assert run(snapshot, wq.Not(wq.Term("title", "moon"))) == {B: 0.0, C: 0.0}


def test_arithmetic_of_combinations(snapshot: Snapshot) -> None:
    moon, engine = (run(snapshot, wq.Term("text", term))[C] for term in ("moon", "engin"))
    parts = [wq.Term("text", "moon"), wq.Term("text", "engin")]
    assert moon > 0
    assert engine > 0
    for query, expected in (
        (wq.Or(parts), moon + engine),
        (wq.Or(parts, boost=3.0), 3 * (moon + engine)),
        (wq.And(parts), moon + engine),
        (wq.AndMaybe(*parts), moon + engine),
        (wq.Require(*parts), moon),
        (wq.AndNot(parts[0], wq.Term("text", "absent")), moon),
        (wq.DisjunctionMax(parts), max(moon, engine)),
        (wq.DisjunctionMax(parts, tiebreak=0.5), max(moon, engine) + 0.5 * min(moon, engine)),
        (wq.Or([parts[0], wq.Term("text", "moon", boost=2.0)]), 3 * moon),
        (wq.Phrase("text", ["moon", "probe"], boost=2.0), 2 * (moon + run(snapshot, wq.Term("text", "probe"))[C])),
    ):
        assert run(snapshot, query)[C] == pytest.approx(expected, rel=1e-5), query
    assert run(snapshot, wq.AndMaybe(*parts))[A] == pytest.approx(run(snapshot, parts[0])[A])
    assert run(snapshot, wq.Term("text", "moon", boost=0.0)) == {A: 0.0, B: 0.0, C: 0.0}


@pytest.mark.parametrize("boost", [1e6, 1e30, 1e38, 1e300, float("inf")])
def test_no_boost_makes_a_score_infinite(snapshot: Snapshot, boost: float) -> None:
    query: wq.Query = wq.Or([wq.Term("text", "moon", boost=min(boost, 1e6)), wq.Term("text", "engin")], boost=boost)
    for _ in range(5):
        query = wq.Or([query, wq.Term("text", "probe")], boost=boost)
    found = run(snapshot, query)
    assert found.keys() == {A, B, C}
    assert all(0 < score <= 10 * MAX_SCORE for score in found.values())


def test_boosting_nothing_is_nothing() -> None:
    assert len(Matches(np.zeros(0, np.uint32), np.zeros(0, np.float32)).boosted(3.0).docs) == 0
