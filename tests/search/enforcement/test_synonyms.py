"""Synonyms and stop words: what they find, what they score, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.schema import BASE
from readmore import open_engine
from search.curation.rules import parse_rules
from search.enforcement.query_rules import QueryRules
from search.enforcement.synonyms import WEIGHT
from search.engine import Engine
from search.query.expansion import Expansion
from search.query.parser import parse
from search.query.tree import And, DisjunctionMax, Node, Or, Phrase, Prefix, Term
from search.reader.index import idf_of
from search.results import to_html
from tests.memory.archive import MemoryArchive
from tests.search.enforcement.conftest import Ruled, articles, ids

BOTH_WAYS = "- synonyms: [ev, electric vehicle]\n- synonyms: [moon, lunar]\n"
EV = {f"n{number}" for number in range(30) if number % 6 == 3}
ELECTRIC = {f"n{number}" for number in range(30) if number % 6 == 2}


@pytest.fixture(scope="module")
def memory() -> MemoryArchive:
    return MemoryArchive(articles())


def tree(memory: MemoryArchive, rules: str, query: str) -> Node:
    index = memory.source.current()
    return QueryRules(parse_rules(rules), index, {}).expanded(parse(query, index.languages(), BASE)).tree


def boosts(node: Node) -> list[float]:
    assert isinstance(node, DisjunctionMax)
    return [part.boost for part in node.parts if isinstance(part, (Term, Phrase))]


def test_each_finds_the_other_and_what_was_typed_comes_first(ruled: Ruled) -> None:
    engine = ruled(BOTH_WAYS)
    found = ids(engine, "+ev +report")
    assert set(found) == EV | ELECTRIC
    assert set(found[: len(EV)]) == EV
    assert set(ids(engine, "+electric +vehicle")) >= EV | ELECTRIC
    assert set(ids(engine, "electric AND vehicle AND battery")) >= EV
    assert set(ids(engine, "title:ev")) == EV | ELECTRIC


def test_without_rules_they_do_not(ruled: Ruled) -> None:
    assert set(ids(ruled(""), "+ev +report")) == EV


def test_one_way_is_not_the_other(ruled: Ruled) -> None:
    engine = ruled("- synonyms: [ev, electric vehicle]\n  one_way: true\n")
    assert set(ids(engine, "+ev +report")) == EV | ELECTRIC
    assert not EV & set(ids(engine, "+electric +vehicle"))


def test_quotation_marks_are_kept_to(ruled: Ruled) -> None:
    assert not EV & set(ids(ruled(BOTH_WAYS), '"electric vehicle"'))


def test_what_is_excluded_is_only_that(ruled: Ruled) -> None:
    found = set(ids(ruled(BOTH_WAYS), "battery -ev"))
    assert found >= ELECTRIC
    assert not EV & found


def test_words_that_do_not_stand_in_a_row_are_other_words(ruled: Ruled) -> None:
    assert not EV & set(ids(ruled(BOTH_WAYS), "+vehicle +tax +electric"))


def test_inflections_have_the_synonyms_of_their_word(memory: MemoryArchive) -> None:
    assert tree(memory, BOTH_WAYS, "electric vehicles") == tree(memory, BOTH_WAYS, "electric vehicle")
    assert isinstance(tree(memory, BOTH_WAYS, "moons"), DisjunctionMax)


def test_a_synonym_scores_less_and_not_more_for_being_rare(memory: MemoryArchive) -> None:
    index = memory.source.current()
    for query, typed, other in (("moon", "moon", "lunar"), ("lunar", "lunar", "moon")):
        of_typed, of_other = boosts(tree(memory, BOTH_WAYS, query))
        assert of_typed == 1
        assert of_other * idf_of(index, other) <= WEIGHT * idf_of(index, typed) + 1e-9
        assert of_other == pytest.approx(WEIGHT * min(1, idf_of(index, typed) / idf_of(index, other)))


def test_a_word_that_no_article_has_finds_its_synonym(ruled: Ruled) -> None:
    engine = ruled("- synonyms: [stromer, electric vehicle]\n")
    assert set(ids(engine, "+stromer +report")) == ELECTRIC
    explanation = engine.explain("stromer", "n2")
    assert explanation is not None
    assert "it has 'electric vehicle' in the title and the body, a synonym of 'stromer', line 1 of the rules" in (
        explanation.sentence.lower()
    )


def test_prefixes_and_fuzzy_words_reach_synonyms(ruled: Ruled, memory: MemoryArchive) -> None:
    engine = ruled("- synonyms: [stromer, electric vehicle]\n")
    assert set(ids(engine, "+strom*")) == ELECTRIC
    assert set(ids(engine, "+stromr~")) == ELECTRIC
    assert tree(memory, "- synonyms: [stromer, ev]\n", "st*") == Prefix("text", "st")
    assert isinstance(tree(memory, "- synonyms: [electric vehicle, ev]\n", "electric ve*"), Or)
    assert isinstance(tree(memory, "- synonyms: [electric vehicle, ev]\n", "electric veh*"), DisjunctionMax)


def test_a_synonym_that_was_typed_as_well_is_not_there_twice(memory: MemoryArchive) -> None:
    assert tree(memory, BOTH_WAYS, "moon lunar") == parse("moon lunar").tree
    assert tree(memory, BOTH_WAYS, "moon AND lunar") == And((Term("text", "moon"), Term("text", "lunar")))


def test_synonyms_are_marked_in_excerpts_and_single_words_of_them_are_not(ruled: Ruled) -> None:
    hits = {hit.article.id: hit for hit in ruled(BOTH_WAYS).search("ev tax", limit=30).hits}
    assert "<mark>electric</mark> <mark>vehicle</mark>" in to_html(hits["n2"].excerpt).lower()
    assert to_html(hits["n4"].title).startswith("Vehicle <mark>tax</mark> rises")


def test_stop_words_are_left_out_beside_others_and_searched_alone(ruled: Ruled, memory: MemoryArchive) -> None:
    rules = "- stop_words: [report, Number]\n"
    assert tree(memory, rules, "moon reports") == Term("text", "moon")
    assert tree(memory, rules, "report number") == parse("report number").tree
    assert tree(memory, rules, '"report number"') == parse('"report number"').tree
    engine = ruled(rules)
    assert ids(engine, "report own7") == ids(engine, "own7")
    assert len(ids(engine, "report")) == 30


def test_what_was_expanded_is_told(memory: MemoryArchive) -> None:
    index = memory.source.current()
    query = QueryRules(parse_rules(BOTH_WAYS), index, {}).expanded(parse("ev moon", index.languages(), BASE))
    assert query.expansions == (
        Expansion("ev", "electric vehicle", ("electr", "vehicl"), line=1),
        Expansion("moon", "lunar", ("lunar",), line=2),
    )
    assert query.is_plain


def test_thousands_of_synonyms_cost_a_query_no_more(memory: MemoryArchive) -> None:
    index = memory.source.current()
    rules = QueryRules(parse_rules("".join(f"- synonyms: [a{n}, b{n} c{n}]\n" for n in range(3000))), index, {})
    plain = parse("moon landing", index.languages(), BASE)
    assert rules.expanded(plain) is plain
    hostile = parse(" ".join(f"w{n}*" for n in range(900)), index.languages(), BASE)
    assert rules.expanded(hostile) is hostile
    fuzzy = parse(" ".join(f"w{n}~2" for n in range(900)), index.languages(), BASE)
    assert len(rules.expanded(fuzzy).expansions) <= 40


MANY_RULES = """
- synonyms: [moonship, lander]
- synonyms: [EV, electric vehicle]
- synonyms: [Straßenbahn, Tram]
- synonyms: [C++, programming language]
- synonyms: [新型コロナ, 感染症]
- synonyms: [covid-19, coronavirus]
- synonyms: [café, coffee house]
- synonyms: [Müller, Torjäger]
"""
MANY = {
    "moonship": ("en", "The moonship flies"),
    "lander": ("en", "A lander on dust"),
    "ring": ("en", "Moonstone rings"),
    "ev": ("en", "EV sales"),
    "electric": ("en", "The electric vehicle"),
    "bahn": ("de", "Straßenbahn in Bonn"),
    "tram": ("de", "Die Tram fährt"),
    "cpp": ("en", "C++ committee"),
    "language": ("en", "Programming language news"),
    "corona": ("ja", "新型コロナの影響"),
    "infection": ("ja", "感染症の広がり"),
    "covid": ("en", "COVID-19 rises"),
    "virus": ("en", "Coronavirus news"),
    "cafe": ("fr", "Le café du coin"),
    "coffee": ("en", "A coffee house"),
    "name": ("de", "Müller gewinnt"),
    "scorer": ("de", "Der Torjäger trifft wieder"),
}
# what is typed, and all that is found, the best first
REACHED = {
    "moonships": ["moonship", "lander"],
    "landers": ["lander", "moonship"],
    "EVs": ["ev", "electric"],
    "Straßenbahnen": ["bahn", "tram"],
    "strassenbahn": ["bahn", "tram"],
    "C++": ["cpp", "language"],
    "新型コロナ": ["corona", "infection"],
    "感染症": ["infection", "corona"],
    "covid19": ["covid", "virus"],
    "covid-19": ["covid", "virus"],
    "cafe": ["cafe", "coffee"],
    "cafés": ["cafe", "coffee"],
    "mueller": ["name", "scorer"],
    "moons*": ["moonship", "ring", "lander"],
    "moonshp~": ["moonship", "lander"],
    '"moonship"': ["moonship"],
    "\u201cmoonship\u201d": ["moonship"],
    'title:"moonship"': ["moonship"],
    "vitamin c": ["cpp"],
}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("many") / "archive"
    with Archive.create(folder) as archive:
        archive.add([Article(id=name, title=of[1], language=of[0]) for name, of in MANY.items()], workers=1)
    (folder / "rules.yaml").write_text(MANY_RULES, "utf-8")
    with open_engine(folder) as opened:
        yield opened


@pytest.mark.parametrize("typed", REACHED)
def test_synonyms_are_reached_in_every_form_and_spelling_and_stand_behind_their_word(many: Engine, typed: str) -> None:
    answer = many.search(typed)
    found = [hit.article.id for hit in answer.hits]
    assert sorted(found) == sorted(REACHED[typed])
    assert found[0] == REACHED[typed][0]
    if typed == "moons*":
        assert found[-1] == "lander"
    assert answer.total == len(found)


@pytest.mark.parametrize(
    ("typed", "first", "found"),
    [
        ("corona virus", "corona", {"corona", "covid"}),
        ("corona viruses", "corona", {"corona", "covid"}),
        ("+coffeehouse", "coffee", {"coffee", "cafe"}),
        ("coffeehouses", "coffee", {"coffee", "cafe"}),
        ("U.S.A.", "usa", {"usa", "states"}),
        ("usa", "usa", {"usa", "states"}),
        ("unitedstates", "states", {"usa", "states"}),
    ],
)
def test_synonyms_of_words_that_are_typed_in_one_or_apart(typed: str, first: str, found: set[str]) -> None:
    titles = {
        "corona": "A coronavirus wave",
        "covid": "Covid-19 and what it does",
        "coffee": "A coffee house in town",
        "cafe": "Café culture",
        "usa": "What the USA says",
        "states": "The United States of late",
    }
    rules = "- synonyms: [covid-19, coronavirus]\n- synonyms: [café, coffee house]\n- synonyms: [USA, United States]\n"
    archive = MemoryArchive([Article(id=id, title=title) for id, title in titles.items()])
    hits = [hit.article.id for hit in archive.engine().under(parse_rules(rules)).search(typed).hits]
    assert hits[0] == first
    assert set(hits) == found


def test_stop_words_and_letters_in_a_row_are_no_word_with_a_synonym(memory: MemoryArchive) -> None:
    rules = "- synonyms: [usa, america]\n- synonyms: [ev, electric vehicle]\n"
    for typed in ("told us a story", "the e v shape"):
        assert "DisjunctionMax" not in str(tree(memory, rules, typed))
    assert "DisjunctionMax" in str(tree(memory, rules, "electricvehicle"))
