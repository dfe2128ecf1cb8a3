"""The query language: what is typed, as a tree over index terms. docs/query-language.md has the same for people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.schema import BASE
from indexer.text.analyzer import analyzer_for, query_terms
from search.lexical.evaluator import Evaluator
from search.query import parser as query_module
from search.query.index_terms import MAX_WORDS, free_text
from search.query.leaves import MOST_PATTERNS, patterns, phrases, text_terms
from search.query.parser import MAX_NESTING, MAX_NOTES, ParsedQuery, parse
from search.query.simplify import MAX_BOOST
from search.query.tree import (
    NOTHING,
    And,
    AndMaybe,
    AndNot,
    Everything,
    Fuzzy,
    Leaf,
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
    boost_of,
    children,
)
from search.reader.snapshot import Snapshot


def tree(text: str, languages: tuple[str, ...] = ("en",)) -> Node:
    return parse(text, languages).tree


def term(text: str, boost: float = 1.0, field: str = "text") -> Term:
    return Term(field, text, boost=boost)


def date(start: tuple[int, ...] | None, end: tuple[int, ...] | None) -> NumericRange:
    first, last = (datetime(*ymd, tzinfo=UTC).timestamp() if ymd else None for ymd in (start, end))  # type: ignore[misc]
    return NumericRange("date", first, last, end_excluded=True)


READING: list[tuple[str, Node]] = [
    ("moon", term("moon")),
    ("Landings", term("land")),
    ("moon landing", Or((term("moon"), term("land")))),
    ("the moon", term("moon")),
    ("the", term("!the")),
    ("The Who", Or((term("!the"), term("!who")))),
    ("IT budgets", Or((term("budget"), term("!it")))),
    ("+IT +budgets", And((term("!it"), term("budget")))),
    ('"to be or not"', Phrase("text", ("!to", "!be", "!or", "!not"))),
    ("#moon", Or((term("##moon"), term("moon")))),
    ("C++", term("#c++")),
    (".NET AT&T", Or((term("#.net"), term("#at&t")))),
    ("\U0001f355", term("#\U0001f355")),
    ("量子", term("量子")),
    ("量子力学", Phrase("text", ("量子", "子力", "力学"))),
    ("e-mail", Or((term("e"), term("mail")))),
    ("title:e-mail", Or((Phrase("title", ("e", "mail")), term("email", field="title")))),
    ("1000000", Or((term("1000000"), Phrase("text", ("1", "000", "000"))))),
    ("17.4", Or((Phrase("text", ("17", "4"), boost=0.25), term("17"), term("4")))),
    ("año", Or((term("ano"), term("%año", 0.2)))),
    ("CVE-2024*", Or((Prefix("text", "cve2024"), Prefix("text", "+cve2024")))),
    ("moon moon mars", Or((term("moon", 2.0), term("mar")))),
    ('"far side"', Phrase("text", ("far", "side"))),
    ('"the far side"', Phrase("text", ("far", "side"))),
    ('"far"', term("far")),
    ('"far moon"~3', Phrase("text", ("far", "moon"), slop=3)),
    ("+moon landing", AndMaybe(term("moon"), term("land"))),
    ("moon -crewed", AndNot(term("moon"), term("crew"))),
    ("moon NOT mars", AndNot(term("moon"), term("mar"))),
    ("NOT mars", Not(term("mar"))),
    ("-mars", Not(term("mar"))),
    ("moon AND mars", And((term("moon"), term("mar")))),
    ("moon AND the", term("moon")),
    ("moon AND (mars OR venus)", And((term("moon"), Or((term("mar"), term("venus")))))),
    ("(moon mars) AND venus", And((Or((term("moon"), term("mar"))), term("venus")))),
    ("((moon))", term("moon")),
    ("moon OR (mars OR venus)", Or((term("moon"), term("mar"), term("venus")))),
    ("moon ANDNOT mars", AndNot(term("moon"), term("mar"))),
    ("the ANDNOT moon", AndNot(term("!the"), term("moon"))),
    ("moon ANDNOT the", term("moon")),
    ("moon ANDMAYBE mars", AndMaybe(term("moon"), term("mar"))),
    ("moon REQUIRE mars", Require(term("moon"), term("mar"))),
    ("title:moon", term("moon", field="title")),
    ('body:"far side"', Phrase("body", ("far", "side"))),
    ("title:(moon mars)", Or((term("moon", field="title"), term("mar", field="title")))),
    ("section:Moons", term("Moons", field="section")),
    ('tag:"far side"', Phrase("tag", ("far side",))),
    ("id:moon-1_a", term("moon-1_a", field="id")),
    ("moon^3 mars", Or((term("moon", 3.0), term("mar")))),
    ("(moon mars)^2", Or((term("moon"), term("mar")), boost=2.0)),
    ("(moon)^2", term("moon", 2.0)),
    ("shenz*", Prefix("text", "shenz")),
    ("Café*", Prefix("text", "cafe")),
    ("satellites*", Or((Prefix("text", "satellites"), term("satellit")))),
    ("wom?n", Wildcard("text", "wom?n")),
    ("section:mo*", Prefix("section", "mo")),
    ("moon?", term("moon")),
    ("+moon?", term("moon")),
    ("shenzou~", Fuzzy("text", "shenzou", max_edits=1, prefix_length=0)),
    ("tiangongg~2", Fuzzy("text", "tiangongg", max_edits=2, prefix_length=0)),
    ("Landings~", Fuzzy("text", "landings", stem="land")),
    ("tag:Landings~", Fuzzy("tag", "landings")),  # columns have no stems
    ("[lander TO launch]", TermRange("text", "lander", "launch")),
    ("{lander TO launch]", TermRange("text", "lander", "launch", True)),
    ("[lander TO]", TermRange("text", "lander", None)),
    ("*", Everything("text")),
    ("title:*", Everything("title")),
    ("moon AND title:*", And((term("moon"), Everything("title")))),
    ("title:moon AND title:*", And((term("moon", field="title"), Everything("title")))),
    ("+x-ray", Or((Phrase("text", ("x", "ray")), term("xray")))),
    ("+chang'e-6", Phrase("text", ("chang'", "6"))),
    ("date:2024", date((2024, 1, 1), (2025, 1, 1))),
    ("date:2024-02", date((2024, 2, 1), (2024, 3, 1))),
    ("date:2023-12", date((2023, 12, 1), (2024, 1, 1))),
    ("date:2024-02-29", date((2024, 2, 29), (2024, 3, 1))),
    ("date:20240229", date((2024, 2, 29), (2024, 3, 1))),
    ("date:[2024-01 TO 2024-03]", date((2024, 1, 1), (2024, 4, 1))),
    ("date:{2023 TO 2025}", date((2024, 1, 1), (2025, 1, 1))),
    ("date:[2024 TO]", date((2024, 1, 1), None)),
    ("date:>2024-05-01", date((2024, 5, 2), None)),
    ("after:2024/05/01", date((2024, 5, 1), None)),
    ("before:1.5.2024", date(None, (2024, 5, 1))),
    ("date:2024/05", date((2024, 5, 1), (2024, 6, 1))),
    ("date:>=2024-05-01", date((2024, 5, 1), None)),
    ("date:<=2023", date(None, (2024, 1, 1))),
    ("date:<2023", date(None, (2023, 1, 1))),
    ("date:*", Everything("date")),
    ("words:[300 TO 900]", NumericRange("words", 300, 900)),
    ("words:{300 TO 900]", NumericRange("words", 300, 900, start_excluded=True)),
    ("words:[300 TO 900}^2", NumericRange("words", 300, 900, end_excluded=True, boost=2.0)),
    ("words:[300 TO]", NumericRange("words", 300, None)),
    ("words:[TO 900]", NumericRange("words", None, 900)),
    ("words:>300", NumericRange("words", 300, None, start_excluded=True)),
    ("words:<=12.5", NumericRange("words", None, 12.5)),
    ("words:[-5 TO 5]", NumericRange("words", -5, 5)),
    ("words:300", NumericRange("words", 300, 300)),
    ("words:[300 TO 300]", NumericRange("words", 300, 300)),
    ("words:*", Everything("words")),
    ("year:2024", NumericRange("year", 2024, 2024)),
    ("year:[2020 TO 2023]", NumericRange("year", 2020, 2023)),
    ("(-mars) moon", AndNot(term("moon"), term("mar"))),
    ("(-mars moon)", AndNot(term("moon"), term("mar"))),
    ("+(moon -mars) ice", AndMaybe(AndNot(term("moon"), term("mar")), term("ice"))),
    ("ice OR (+moon -mars)^2", Or((term("ice"), AndNot(term("moon", 2.0), term("mar"))))),
    ("ice AND (-mars)", And((term("ice"), Not(term("mar"))))),
    ("title:(-mars moon)", AndNot(term("moon", field="title"), term("mar", field="title"))),
    ("moon(-mars)", AndNot(term("moon"), term("mar"))),
    ("in other words: moon", Or((term("word"), term("moon")))),
    ("", NOTHING),
    ("()", NOTHING),
    ('""', NOTHING),
    ("AND", term("!and")),
]


@pytest.mark.parametrize(("text", "expected"), READING, ids=[text for text, _ in READING])
def test_how_a_query_is_read(text: str, expected: Node) -> None:
    found = parse(text)
    if text == "+chang'e-6":  # whatever the stem is, it is a phrase of two
        phrase = found.tree.parts[0] if isinstance(found.tree, Or) else found.tree
        assert isinstance(phrase, Phrase)
        assert len(phrase.words) == 2
        return
    assert found.tree == expected, f"{found.tree!r}"


def test_a_range_and_the_range_within_it_stay_two_conditions() -> None:
    """Whoosh merges ranges that overlap, into the wider one at that; an article has many words."""
    found = tree("title:[a TO z] AND title:[c TO d] AND date:2024 AND date:2024-05")
    assert isinstance(found, And)
    assert len(found.parts) == 4


@pytest.mark.parametrize(
    "text",
    [
        "date:nonsense",
        "date:2024-13",
        "date:2024-02-30",
        "date:0000",
        "date:[2024 TO soon]",
        'date:"last week"',
        "date:20*",
    ],
)
def test_what_is_no_date_finds_nothing_and_is_said(text: str) -> None:
    found = parse(text)
    assert found.tree is NOTHING
    assert len(found.notes) == 1
    assert "is not a date; write a year, 2024-03 or 2024-03-18" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "tree", "note"),
    [
        ("words:many", term("mani"), "'many' is not a number; write 300, >300 or [300 TO 900]"),
        ("year:1e3", term("1e3"), "'1e3' is not a number"),
        ("words:99999999999999999999", term("99999999999999999999"), "is not a number"),
        ("words:[a TO 3]", NOTHING, "'a' is not a number"),
        ("words:3*", NOTHING, "'3' with a wildcard or ~ is not a number"),
        ("year:2020~", NOTHING, "'2020' with a wildcard or ~ is not a number"),
    ],
)
def test_what_is_no_number_is_said_and_a_word_after_a_colon_searched_for(text: str, tree: Node, note: str) -> None:
    found = parse(text)
    assert found.tree == tree
    assert len(found.notes) == 1
    assert note in found.notes[0]


def test_the_last_year_there_is() -> None:
    """Its end is no date that Python has."""
    found = tree("date:9999")
    assert found.start == datetime(9999, 1, 1, tzinfo=UTC).timestamp()
    assert found.end == found.start + 365 * 86400


@pytest.mark.parametrize("text", ["colour:red", "moon colour:red", "a:b:c", "http://example.org/moon?x=1"])
def test_an_unknown_field_is_searched_for_as_words(text: str) -> None:
    found = parse(text)
    assert all(field == "text" for field in fields(found.tree))
    assert found.tree is not NOTHING


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("rating:>3", "rating 3"),
        ("wheat score:>=5", "wheat score 5"),
        ("ratio:[a TO z]", "ratio a z"),
        ("(price:<100) -moon", "(price 100) -moon"),
        ("[NYMEX TO SUBMIT PLAN TO CFTC]", "nymex to submit plan to cftc"),
        ("rating:{3 TO 5} words:>3", "rating 3 5 words:>3"),
    ],
)
def test_a_range_of_no_field_or_of_several_words_is_words(typed: str, words: str) -> None:
    assert parse(typed).tree == parse(words).tree


def fields(node: Node) -> list[str]:
    return [leaf.field for leaf in leaves(node)]


# -- the short way for plain words --------------------------------------------------------------------------------

WORDS = (
    "moon",
    "Mars",
    "landings",
    "the",
    "of",
    "2024",
    "3rd",
    "café",
    "CAFÉ",
    "日本",
    "日",
    "don't",
    "O\u2019Neil",
    "é",
)
plain_words = st.sampled_from(WORDS)


def the_long_way(text: str, languages: tuple[str, ...]) -> ParsedQuery:
    """`text` read by the parser, although it is plain words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query_module, "_PLAIN", query_module.re.compile(r"(?!)"))
        return parse.__wrapped__(text, languages)


@settings(deadline=None, max_examples=200)
@given(st.lists(plain_words, max_size=8), st.sampled_from((("en",), ("en", "de"), ("fr", "en"))))
@example(["moon", "moon"], ("en",))
def test_plain_words_become_the_same_tree_with_and_without_the_parser(
    words: list[str], languages: tuple[str, ...]
) -> None:
    text = " ".join(words)
    short, long = parse(text, languages), the_long_way(text, languages)
    assert short.is_plain
    assert short.tree == free_text(text, languages)
    if any(len(analyzer_for(languages[0]).terms(word)) > 1 for word in words):
        return  # the parser makes a phrase of a word of several parts, such as 日本
    assert flat(short.tree) == pytest.approx(flat(long.tree)), (short.tree, long.tree)
    assert short.notes == long.notes


def flat(node: Node) -> dict[str, float]:
    assert node is NOTHING or isinstance(node, (Term, Or))
    return text_terms(node)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("moon landing", True),
        ("moon, landing. Really?", True),
        ("x-ray telescope", True),
        ("what is it?", True),
        ("R&D 50% $5 #moon @nasa", True),
        ("moon and mars", True),
        ("moon AND mars", False),
        ("+moon", False),
        ("-moon", False),
        ("moon -mars", False),
        ('"moon"', False),
        ("mo*n", False),
        ("mo?n", False),
        ("moon~", False),
        ("title:moon", False),
        ("(moon)", False),
        ("[a TO b]", False),
        ("moon^2", False),
        ("*", False),
    ],
)
def test_what_goes_round_the_parser(monkeypatch: pytest.MonkeyPatch, text: str, plain: bool) -> None:
    asked = []
    parser = query_module._parser(BASE.searchable)
    monkeypatch.setattr(query_module, "_parser", lambda fields: asked.append(text) or parser)
    parse.__wrapped__(text)
    assert (not asked) == plain


# -- nothing typed is an error ------------------------------------------------------------------------------------

PIECES = (
    *("moon", "the", "é", "x'y", "日本", "text", "title", "section", "date", "words", "year", "tag", "id", "foo"),
    *("AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "TO", "[TO]", "2", "2021", "9999", "²", "٣"),
    *("(", ")", "[", "]", "{", "}", '"', "'", "*", "?", "~", "^", ":", "-", "+", "<", ">", "=", "!"),
    *("((", "))", "^^", "~~", "::", "**", "..", "\x00", "\ud800", "\u2028"),
)
pieces = st.lists(st.sampled_from(PIECES), max_size=14)


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(st.characters(), max_size=40), pieces.map("".join), pieces.map(" ".join)))
@example("moon^" + "9" * 400)
@example("date:9999")
@example("NOT OR moon")
@example("+(moon -mars) ice")
@example("-(+(-moon")
@example("a\ud800b*")
def test_whatever_is_typed_is_read(text: str) -> None:
    found = parse.__wrapped__(text, ("en", "de"))
    assert isinstance(found.tree, Node)
    for word, boost in text_terms(found.tree).items():
        assert word.encode()
        assert 0 < boost <= MAX_BOOST * len(text)
    phrases(found.tree)
    patterns(found.tree)


UNITS = {
    "NOT ": "moon",
    "moon ANDNOT ": "x",
    "moon ANDMAYBE ": "x",
    "moon REQUIRE ": "x",
    "moon AND NOT ": "x",
    "moon AND ": "x",
    "moon OR mars AND ": "x",
    "title:": "x",
    "-": "moon",
    "+": "moon",
    "(": "moon",
    "((moon) ": "",
    "[": "",
    '"': "",
    "moon^2 ": "",
    "a* ": "",
    '"a b"~3 ': "",
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("count", [40, 990])
def test_the_same_thing_a_thousand_times_is_read_in_time(unit: str, count: int) -> None:
    """ANDNOT, ANDMAYBE and REQUIRE took twice as long for each one more: twenty of them, half a minute."""
    started = time.process_time()
    found = parse.__wrapped__(unit * count + UNITS[unit])
    assert time.process_time() - started < 20  # a hang, not a slow machine
    assert isinstance(found.tree, Node)


@pytest.mark.parametrize(
    "typed",
    [
        *(sign * 49 + "moon" + ")" * 49 for sign in ("-(", "+(", "a -(", "+a -(b ", "-(+(")),
        "[TO" * 900,
        "[TO" * 900 + "' TO 'x']",
        "{a TO " * 900,
    ],
    ids=lambda typed: typed[:8],
)
def test_signs_and_brackets_inside_each_other_are_read_in_time(typed: str) -> None:
    """Each sign before a parenthesis took twice as long as the one inside it, and brackets never closed the third
    power of their number."""
    started = time.process_time()
    found = parse.__wrapped__(typed)
    assert time.process_time() - started < 5  # a hang, not a slow machine
    assert isinstance(found.tree, Node)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("-(-(moon))", Not(Not(term("moon")))),
        ("+(a -(b)) moon", None),
        ("mars (-moon)", AndNot(term("mar"), term("moon"))),
        ("mars -(+moon venus)", AndNot(term("mar"), AndMaybe(term("moon"), term("venus")))),
        ("+(mars -moon) venus", AndMaybe(AndNot(term("mar"), term("moon")), term("venus"))),
    ],
)
def test_signs_mean_the_same_inside_parentheses(typed: str, expected: Node | None) -> None:
    if expected is not None:
        assert tree(typed) == expected
    else:
        assert tree(typed) == term("moon")  # the others are stop words, which are not looked for beside it


def test_a_note_is_given_once_and_no_more_than_a_page_of_them() -> None:
    assert len(parse("nothing:here " * 30).notes) == 1
    notes = parse(" ".join(f"date:soon{n}" for n in range(60))).notes
    assert len(notes) == MAX_NOTES
    assert notes[0] == "'soon0' is not a date; write a year, 2024-03 or 2024-03-18"


@pytest.mark.parametrize(
    "typed",
    [
        "(moon*)^" + "9" * 400,
        "(moon mars)^" + "9" * 400,
        "(" * 40 + "moon*" + ")^999999" * 40,
        "(" * 40 + "moon* a b" + ")^999999" * 40,
        "((moon* mars)^1000000 venus)^1000000",
        "((moon*)^0 venus)^" + "9" * 400,
    ],
    ids=lambda typed: typed[:20],
)
def test_boosts_that_multiply_are_bounded(typed: str) -> None:
    def products(node: Node, so_far: float) -> Iterator[float]:
        boost = so_far * boost_of(node)
        if isinstance(node, Leaf):
            yield boost
        for child in children(node):
            yield from products(child, boost)

    assert all(0 <= product <= MAX_BOOST for product in products(tree(typed), 1.0))


def test_more_words_than_are_searched_are_said() -> None:
    found = parse(" ".join(f"word{n}" for n in range(MAX_WORDS + 5)))
    assert found.notes == ("only the first 1000 of 1005 words were searched",)
    assert len(text_terms(found.tree)) == MAX_WORDS


def test_more_parentheses_than_are_read_are_said() -> None:
    found = parse("(" * (MAX_NESTING + 1) + "moon OR mars" + ")" * (MAX_NESTING + 1))
    assert found.notes == ("more than 50 parentheses: searched for the words without them",)
    assert text_terms(found.tree).keys() == {"moon", "mar"}
    assert parse("(" * MAX_NESTING + "moon" + ")" * MAX_NESTING).tree == term("moon")


@pytest.mark.parametrize(
    ("boost", "expected"), [("0", 0.0), ("0.5", 0.5), ("1e", None), ("9" * 300, MAX_BOOST), ("", None)]
)
def test_boosts_are_bounded(boost: str, expected: float | None) -> None:
    found = tree(f"moon^{boost} +mars")
    if expected is not None:
        moon = next(node for node in leaves(found) if node.text == "moon")
        assert moon.boost == expected


def leaves(node: Node) -> list[Leaf]:
    return [node] if isinstance(node, Leaf) else [leaf for child in children(node) for leaf in leaves(child)]


# -- what other modules ask of a tree -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "text", "expected"),
    [
        (text_terms, "moon^2 mars -venus title:side tag:ice", {"moon": 2.0, "mar": 1.0, "side": 1.0}),
        (text_terms, '"far side" moon', {"far": 1.0, "side": 1.0, "moon": 1.0}),
        (text_terms, "moon^0 mars", {"mar": 1.0}),
        (text_terms, "moon ANDNOT mars", {"moon": 1.0}),
        (text_terms, "* NOT moon", {}),
        (phrases, '"far side" AND "solar wind" NOT "ice age"', [["far", "side"], ["solar", "wind"]]),
        (patterns, "moo*^2 moo* title:ma* tag:ic* NOT ven*", [Prefix("text", "moo"), Prefix("title", "ma")]),
        (patterns, "w?n moons~", [Wildcard("text", "w?n"), Fuzzy("text", "moons", stem="moon")]),
        (patterns, "[ice TO moon]", [TermRange("text", "ice", "moon")]),
    ],
)
def test_what_a_tree_looks_for(ask: Callable[[Node], object], text: str, expected: object) -> None:
    assert ask(tree(text)) == expected


def test_of_very_many_wildcards_and_fuzzy_words_the_first_are_looked_for_in_texts() -> None:
    found = patterns(tree(" ".join(f"*a{n} b{n}*" for n in range(60))))
    assert found[:60] == [Prefix("text", f"b{n}") for n in range(60)]
    assert found[60:] == [Wildcard("text", f"*a{n}") for n in range(MOST_PATTERNS)]


def test_a_word_stands_for_its_terms_in_every_language() -> None:
    assert text_terms(tree("die Landungen", ("en", "de"))).keys() == {"die", "landungen", "landung"}
    assert text_terms(tree("+die +Landungen", ("en", "de"))).keys() == {"die", "landungen", "landung"}


@pytest.mark.parametrize(
    ("language", "typed", "written"),
    [
        ("fr", "elysee", "Élysée"),
        ("fr", "elysees", "Élysées"),
        ("fr", "lumieres", "lumières"),
        ("fr", "qualite", "qualité"),
        ("pt", "nacoes", "nações"),
        ("pt", "eleicao", "eleição"),
        ("en", "cafe", "café"),
    ],
)
def test_a_word_typed_without_its_accents_finds_it(tmp_path: Path, language: str, typed: str, written: str) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="a", title="x", body=f"zzz {written} aaa", language=language)])
        snapshot = Snapshot.open(archive.index)
    for text in (typed, written, f'"zzz {typed}"', f'"{typed} aaa"', f"body:{typed}"):
        found = parse(text, snapshot.languages()).tree
        assert len(Evaluator(snapshot, snapshot.segments[0], []).live(found).docs) == 1, text


def test_no_word_of_another_language_gets_terms_for_accents() -> None:
    for word in ("space", "committee", "cacao", "premiere"):
        assert len(query_terms(word, ("en",))) == len(query_terms(word, ("de",))) == 1
    assert query_terms("lune", ("fr",)) == ["lun"]
