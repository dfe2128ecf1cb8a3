"""What each kind of query matches, and where it stops. Random trees are compared with Whoosh in tests/oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article, Dateline
from indexer.base.errors import QueryError
from indexer.schema import DECLARED, Field, Kind
from readmore import open_engine
from search.lexical import evaluator
from search.lexical.evaluator import MAX_DEPTH, Evaluator
from search.lexical.keyword_values import docs_with_value
from search.lexical.match_set import MAX_SCORE, NO_MATCHES
from search.lexical.work_budget import Budget
from search.query.tree import (
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    Everything,
    Fuzzy,
    Node,
    Not,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Require,
    Term,
    TermRange,
    Wildcard,
)
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


def run(snapshot: Snapshot, query: Node, notes: list[str] | None = None) -> dict[str, float]:
    found = {}
    for segment in snapshot.segments:
        matches = Evaluator(snapshot, segment, [] if notes is None else notes).live(query)
        assert matches.docs.dtype == np.uint32
        assert matches.scores.dtype == np.float32
        assert np.all(np.diff(matches.docs.astype(int)) > 0)
        found |= {segment.article_id(d): s for d, s in zip(matches.docs.tolist(), matches.scores.tolist(), strict=True)}
    return found


A, B, C = "moon-1", "moon-1-2", "Note_3"
SECOND_BEFORE_2024 = datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
MARCH_18 = datetime(2024, 3, 18, tzinfo=UTC).timestamp()
MATCHING: list[tuple[Node, set[str]]] = [
    (Term("text", "moon"), {A, B, C}),
    (Term("title", "moon"), {A}),
    (Term("body", "moon"), {A, B, C}),
    (Term("text", "absent"), set()),
    (Term("text", ""), set()),
    (Term("text", "moo"), set()),
    (Term("section", "MOON"), {A}),
    (Term("section", "mars"), {A, B}),
    (Term("author", "o'neil"), {A}),
    (Term("author", "akesson"), {B}),
    (Term("author", "åkesson"), {B}),
    (Term("tag", "far side"), {A}),
    (Term("tag", "far"), {A, B}),
    (Term("tag", ""), set()),
    (Term("place", "beijing"), {A}),
    (Term("agency", "afp"), {A}),
    (Term("language", "en"), {A, B, C}),  # of which one says so
    (Term("language", "de"), set()),
    (Term("id", "moon-1"), {A}),
    (Term("id", "MOON-1"), {A}),
    (Term("id", "moon"), set()),
    (Term("id", "note_3"), {C}),
    (Phrase("id", ("moon-1",)), {A}),
    (Prefix("id", "moon-1"), {A, B}),
    (Wildcard("id", "*_?"), {C}),
    (Phrase("text", ("far", "side")), {A}),
    (Phrase("text", ("far", "far", "side")), {A}),
    (Phrase("text", ("far", "far", "far")), set()),
    (Phrase("text", ("moon", "moon", "moon")), {B}),
    (Phrase("text", ("moon", "moon", "moon", "moon")), set()),
    (Phrase("text", ("side", "far")), set()),
    (Phrase("text", ("side", "moon")), {A}),  # stop words between them do not count
    (Phrase("text", ("lander", "side"), slop=5), {A}),
    (Phrase("text", ("mar", "moon"), slop=10**9), set()),  # never from the title into the body
    (Phrase("title", ("moon", "land")), {A}),
    (Phrase("body", ("moon", "land")), set()),
    (Phrase("body", ("moon", "side"), slop=1), {B}),
    (Phrase("body", ("moon", "side"), slop=2), {B}),
    (Phrase("body", ("moon", "side"), slop=3), {A, B}),
    (Phrase("text", ()), set()),
    (Phrase("text", ("moon",)), {A, B, C}),
    (Phrase("text", ("moon", "absent")), set()),
    (Phrase("tag", ("far", "side")), {A}),
    (Phrase("author", ("o'neil bo",)), set()),  # two authors
    (Prefix("text", "la"), {A, B, C}),
    (Prefix("title", "la"), {A, B}),
    (Prefix("text", ""), {A, B, C}),
    (Prefix("tag", "LAU"), {C}),
    (Wildcard("text", "eng*e"), {C}),
    (Wildcard("text", "en*es"), set()),
    (Wildcard("text", "e?gin"), {C}),
    (Wildcard("text", "[em]*n"), {A, B, C}),
    (Wildcard("text", "["), set()),
    (Wildcard("section", "m?rs"), {A, B}),
    (Fuzzy("text", "engim", max_edits=1), {C}),
    (Fuzzy("text", "xngin", max_edits=1, prefix_length=1), set()),
    (Fuzzy("text", "xngin", max_edits=1, prefix_length=0), {C}),
    (Fuzzy("text", "engi", max_edits=1, prefix_length=3), {C}),
    (Fuzzy("text", "engi", max_edits=1, prefix_length=4), {C}),
    (Fuzzy("text", "engi", max_edits=1, prefix_length=9), set()),  # "engin" begins with another five letters
    (Fuzzy("text", "zzzzz", max_edits=1), set()),
    (Fuzzy("author", "karlson", max_edits=1), {A}),
    (TermRange("text", "engin", "fire"), {A, C}),
    (TermRange("text", "engin", "far", True, True), {C}),
    (TermRange("text", "engine", "far", True, True), set()),
    (TermRange("text", "engine", "far", False, True), {C}),
    (TermRange("text", "launch", "landing", True), set()),
    (TermRange("text", "la", "landing", True, True), {A, B}),  # "land"
    (TermRange("text", "landi", "landing"), {A, B}),
    (TermRange("text", "landi", "landing", False, True), set()),
    (Prefix("text", "landi"), {A, B}),
    (Prefix("text", "lande"), {A}),
    (Prefix("title", "lande"), set()),
    (Prefix("body", "lande"), {A}),
    (Prefix("text", "landings"), set()),
    (Fuzzy("text", "touchet", max_edits=1), {A}),
    (Fuzzy("text", "engines", max_edits=1, stem="engin"), {C}),
    (Fuzzy("text", "zngines", max_edits=1, stem="zngin"), {C}),  # by its term
    (Fuzzy("text", "zngines", max_edits=1), set()),
    (TermRange("text", None, None), {A, B, C}),
    (TermRange("tag", "s", "sb"), {A}),
    (Everything(), {A, B, C}),
    (Everything("title"), {A, B}),
    (Everything("date"), {A, B}),
    (Everything("tag"), {A, B, C}),
    (Everything("place"), {A}),
    (NOTHING, set()),
    (NumericRange("date", SECOND_BEFORE_2024 + 1, None), {A}),
    (NumericRange("date", None, SECOND_BEFORE_2024 + 1), {B}),
    (NumericRange("date", SECOND_BEFORE_2024, MARCH_18, start_excluded=True, end_excluded=True), set()),
    (NumericRange("date", None, None), {A, B}),
    (NumericRange("year", 2024, 2024), {A}),
    (NumericRange("year", 2023, 2024), {A, B}),
    (NumericRange("year", 2023, 2024, start_excluded=True), {A}),
    (NumericRange("year", 2023, 2024, end_excluded=True), {B}),
    (NumericRange("year", 2022.5, 2023.5), {B}),
    (NumericRange("year", None, 2023), {B}),
    (NumericRange("year", 2024, None, start_excluded=True), set()),
    (NumericRange("year", -(10**15), 10**15), {A, B}),
    (NumericRange("year", 10**15, None), set()),
    (NumericRange("year", None, None), {A, B}),
    (NumericRange("words", 5, 7), {B, C}),  # "moon moon moon side note", "engin test engin fire launch moon probe"
    (NumericRange("words", 5, 7, start_excluded=True), {C}),
    (NumericRange("words", 5, 7, end_excluded=True), {B}),
    (NumericRange("words", 4.5, 5.5), {B}),
    (NumericRange("words", 7, None, start_excluded=True), {A}),
    (NumericRange("words", -1, 10**15), {A, B, C}),
    (NumericRange("words", 10**15, None), set()),
    (NumericRange("words", 9, 3), set()),
    (Everything("year"), {A, B}),
    (Everything("words"), {A, B, C}),
    (And(()), set()),
    (Or(()), set()),
    (And((Term("text", "moon"), Not(Term("title", "land")))), {C}),
    (Not(Not(Term("title", "moon"))), {A}),
    (Not(Everything()), set()),
    (AndNot(Term("text", "moon"), Term("text", "engin")), {A, B}),
    (AndMaybe(Term("title", "moon"), Term("text", "engin")), {A}),
    (Require(Term("text", "moon"), Term("text", "engin")), {C}),
]


@pytest.mark.parametrize(
    ("query", "expected"), MATCHING, ids=lambda of: str(sorted(of) if isinstance(of, set) else of)[:70]
)
def test_what_matches(snapshot: Snapshot, query: Node, expected: set[str]) -> None:
    assert run(snapshot, query).keys() == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Term("colour", "red"), "there is no field 'colour'; the fields are text, title, body, section"),
        (Prefix("colour", "r"), "there is no field 'colour'"),
        (Phrase("colour", ("red",)), "there is no field 'colour'"),
        (Everything("colour"), "there is no field 'colour'"),
        (NumericRange("section", 1, 2), "'section' has no numbers to search a range of; date, year, words have"),
        (NumericRange("tag", MARCH_18, None), "'tag' has no numbers"),
        (Term("words", "3"), "'words' holds numbers; search it by a range of them"),
    ],
)
def test_what_cannot_be_answered_is_said(snapshot: Snapshot, query: Node, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        run(snapshot, query)


@pytest.mark.parametrize("group", [lambda q: And((q,)), lambda q: Or((q,)), Not, lambda q: AndMaybe(Everything(), q)])
def test_nesting_is_bounded_and_says_so(snapshot: Snapshot, group: Callable[[Node], Node]) -> None:
    def nested(levels: int) -> Node:
        query: Node = Term("text", "moon")
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
        Prefix("text", ""),
        Wildcard("text", "*"),
        Fuzzy("text", "moon", max_edits=9, prefix_length=0),
        TermRange("text", None, "zz"),
    ],
)
def test_what_stands_for_too_many_words_is_cut_to_the_commonest_with_a_note(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, query: Node
) -> None:
    monkeypatch.setattr(evaluator, "MAX_EXPANSION", 1)
    notes: list[str] = []
    assert run(snapshot, Or((query, query)), notes).keys() == {A, B, C}  # "moon" is in all of them
    assert notes == [f"'{query}' stands for too many words; only the 1 commonest were searched"]


def test_scores_of_constant_kinds_are_their_boosts(snapshot: Snapshot) -> None:
    for query in (
        Prefix("title", "moo", boost=2.5),
        NumericRange("date", MARCH_18, None, boost=2.5),
        Everything("place", boost=2.5),
        Term("place", "beijing", boost=2.5),
        Phrase("tag", ("far", "side"), boost=2.5),
    ):
        assert run(snapshot, query) == {A: 2.5}, query
    assert run(snapshot, Not(Term("title", "moon"))) == {B: 0.0, C: 0.0}


def test_arithmetic_of_combinations(snapshot: Snapshot) -> None:
    moon, engine = (run(snapshot, Term("text", term))[C] for term in ("moon", "engin"))
    parts = (Term("text", "moon"), Term("text", "engin"))
    assert moon > 0
    assert engine > 0
    for query, expected in (
        (Or(parts), moon + engine),
        (Or(parts, boost=3.0), 3 * (moon + engine)),
        (And(parts), moon + engine),
        (AndMaybe(*parts), moon + engine),
        (Require(*parts), moon),
        (AndNot(parts[0], Term("text", "absent")), moon),
        (Or((parts[0], Term("text", "moon", boost=2.0))), 3 * moon),
        (Phrase("text", ("moon", "probe"), boost=2.0), 2 * (moon + run(snapshot, Term("text", "probe"))[C])),
    ):
        assert run(snapshot, query)[C] == pytest.approx(expected, rel=1e-5), query
    assert run(snapshot, AndMaybe(*parts))[A] == pytest.approx(run(snapshot, parts[0])[A])
    assert run(snapshot, Term("text", "moon", boost=0.0)) == {A: 0.0, B: 0.0, C: 0.0}


@pytest.mark.parametrize("boost", [1e6, 1e30, 1e38, 1e300, float("inf")])
def test_no_boost_makes_a_score_infinite(snapshot: Snapshot, boost: float) -> None:
    query: Node = Or((Term("text", "moon", boost=min(boost, 1e6)), Term("text", "engin")), boost=boost)
    for _ in range(5):
        query = Or((query, Term("text", "probe")), boost=boost)
    found = run(snapshot, query)
    assert found.keys() == {A, B, C}
    assert all(0 < score <= 10 * MAX_SCORE for score in found.values())


def test_boosting_nothing_is_nothing() -> None:
    assert len(NO_MATCHES.boosted(3.0).docs) == 0


def test_a_column_that_a_segment_was_built_without_has_none_of_the_words_of_another(snapshot: Snapshot) -> None:
    segment = snapshot.segments[0]
    here, elsewhere = (
        Field(name="author", kind=Kind.KEYWORD, path=path) for path in (("authors",), (DECLARED, "author"))
    )
    found = [
        docs_with_value(segment, field, Term("author", "bo"), Budget(snapshot, segment, []))
        for field in (here, elsewhere, here)
    ]
    assert [np.flatnonzero(docs).tolist() for docs in found] == [[0, 1], [], [0, 1]]


@pytest.mark.parametrize("gone", ["removed", "replaced", "to come"])
def test_a_phrase_that_only_gone_articles_have_in_a_field_is_nowhere(tmp_path: Path, gone: str) -> None:
    later = datetime.now(UTC) + timedelta(days=9) if gone == "to come" else None
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"n{n}", title=f"Gardens {n}", body="Minister of roses.") for n in range(3)])
        archive.add([Article(id="gone", title="Minister quuxley resigns", body="Today.", public_from=later)])
        if gone == "removed":
            archive.remove(["gone"])
        if gone == "replaced":
            archive.add([Article(id="gone", title="A correction", body="Minister")])
    with open_engine(tmp_path) as engine:
        for query in ('title:"minister quuxley"', 'title:"quuxley resigns"', '-title:"minister quuxley" roses'):
            as_nowhere = query.replace("quuxley", "nowhere")
            answer, expected = engine.search(query), engine.search(as_nowhere)
            assert [hit.article.id for hit in answer.hits] == [hit.article.id for hit in expected.hits]
            assert "gone" not in [hit.article.id for hit in answer.hits if gone != "replaced"]
