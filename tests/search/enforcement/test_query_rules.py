"""Pins, hidden articles, boosts and redirects: which queries they are for, and what they do to pages and totals."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors.space import LSA
from readmore import open_engine
from search.curation.rules import parse_rules
from search.enforcement.query_rules import QueryRules
from search.engine import Engine
from search.reader.index import Docs, Index
from search.results import Explanation, SearchResult
from tests.memory.archive import MemoryArchive
from tests.memory.model import fitted_model
from tests.search.enforcement.conftest import SUBJECTS, Ruled, articles, ids

QUERIES = ("moon", "moon landing", "title:moon", "section:moon", "*", "own7", "+moon -mars")


def test_a_pinned_article_has_its_place_whatever_the_query_finds(ruled: Ruled) -> None:
    plain = ruled("")
    before = {query: ids(plain, query) for query in QUERIES}
    totals = {query: plain.search(query).total for query in QUERIES}
    engine = ruled("- pin: n29\n  position: 2\n  pattern: '*'\n")
    for query in QUERIES:
        others = [one for one in before[query] if one != "n29"]
        assert ids(engine, query) == [others[0], "n29", *others[1:]][:30], query
        result = engine.search(query, limit=3)
        assert result.total == totals[query] + ("n29" not in before[query]), query
        assert [hit.pinned for hit in result.hits] == [hit.article.id == "n29" for hit in result.hits]


@pytest.mark.parametrize("query", QUERIES)
def test_pages_fit_together_and_totals_are_the_same_on_each(ruled: Ruled, query: str) -> None:
    engine = ruled(
        "- pin: n29\n  position: 3\n  pattern: '*'\n- pin: https://example.org/28\n  pattern: '*'\n"
        "- pin: n27\n  position: 90\n  pattern: '*'\n- hide: n0\n"
        "- boost: 5\n  section: CARS\n- boost: 0.2\n  site: Daily\n"
    )
    whole = engine.search(query, limit=100)
    shown = [hit.article.id for hit in whole.hits]
    assert len(shown) == len(set(shown)) == whole.total
    assert shown[0] == "n28"
    assert "n29" in shown[1:3]
    assert "n27" in shown
    assert "n0" not in shown
    for size in (1, 4, 7):
        pages = [engine.search(query, limit=size, offset=start) for start in range(0, whole.total, size)]
        assert [hit.article.id for page in pages for hit in page.hits] == shown
        assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize("query", [*QUERIES, "unheardof", "unheardof AND moon"])
def test_an_order_changes_nothing_of_what_is_found(ruled: Ruled, query: str) -> None:
    engine = ruled("- pin: n29\n  pattern: '*'\n- pin: n28\n  position: 4\n  pattern: '*'\n- hide: n0\n")
    found = engine.search(query, limit=100, facets=["section"])
    for sort in ("newest", "oldest", "words"):
        result = engine.search(query, limit=100, facets=["section"], sort=sort)
        assert result.total == found.total == len(result.hits)
        assert {hit.article.id for hit in result.hits} == {hit.article.id for hit in found.hits}
        assert [facet.values for facet in result.facets] == [facet.values for facet in found.facets]
        pages = [engine.search(query, limit=4, offset=start, sort=sort) for start in range(0, found.total, 4)]
        assert [hit.article.id for page in pages for hit in page.hits] == [hit.article.id for hit in result.hits]
    dates = [hit.article.date for hit in engine.search(query, limit=100, sort="newest").hits]
    assert dates == sorted(dates, key=lambda date: date and -date.timestamp())


def test_what_is_said_of_a_pin_where_nothing_is_found(ruled: Ruled) -> None:
    result = ruled("- pin: n29\n  query: unheardof\n").search("unheardof")
    assert [hit.article.id for hit in result.hits] == ["n29"]
    assert result.notes == ("no article has 'unheardof': what is shown is what editors chose",)


def test_pins_are_for_certain_queries_days_and_filters(ruled: Ruled) -> None:
    engine = ruled(
        "- pin: n29\n  query: Moon landing!\n- pin: n28\n  query: moon landing\n  until: 2001-01-01\n"
        "- pin: n27\n  query: moon landing\n  from: 2990-01-01\n- pin: n26\n  query: moon landing\n  position: 2\n"
    )
    assert ids(engine, "MOON  'landing'")[:2] == ["n29", "n26"]
    assert not {"n28", "n27"} & set(ids(engine, "moon landing", limit=3))
    assert "n29" not in ids(engine, "landing moon")[:1]
    assert ids(engine, "moon landing", filters={"section": ["CARS"]})[0] == "n26"
    assert "n29" not in ids(engine, "moon landing", filters={"section": ["CARS"]})
    assert ids(engine, "moon landing", sort="date")[0] == "n0"


def test_hidden_articles_are_not_found_nor_counted(ruled: Ruled) -> None:
    plain, engine = ruled(""), ruled("- hide: n0\n  pattern: moon*\n- hide: n6\n- hide: nobody\n")
    for query in QUERIES:
        gone = {"n6"} | ({"n0"} if query.startswith("moon") else set())
        assert set(ids(engine, query)) == set(ids(plain, query)) - gone
        assert engine.search(query).total == plain.search(query).total - len(gone & set(ids(plain, query)))
    assert engine.explain("moon", "n0") is None
    assert engine.explain("lander", "n0") is not None
    assert "n6" not in ids(ruled("- hide: n6\n- pin: n6\n  query: moon\n"), "moon")


def test_facets_count_pinned_articles_and_no_hidden_ones(ruled: Ruled) -> None:
    engine = ruled("- pin: n3\n  pattern: lander*\n- hide: n0\n")
    for query in ("lander", "lander after:2023"):
        result = engine.search(query, limit=30, facets=["section"])
        found = [hit.article for hit in result.hits]
        assert {"n0", "n3"} & {article.id for article in found} == {"n3"}
        counted = {value.value: value.count for value in result.facets[0].values}
        assert counted == Counter(article.section for article in found), query
        for section, count in counted.items():
            assert engine.search(query, filters={"section": [section]}).total == count
    assert counted["MOON"]


def test_boosts_change_the_order_and_nothing_else(ruled: Ruled) -> None:
    plain = ruled("")
    before = plain.search("moon", limit=30)
    raised = ruled("- boost: 4\n  section: Mars\n").search("moon", limit=30)
    assert raised.total == before.total
    assert {hit.article.id for hit in raised.hits} == {hit.article.id for hit in before.hits}
    assert raised.hits[0].article.section == "MARS"
    assert before.hits[0].article.section == "MOON"
    lowered = ids(ruled("- boost: 0.1\n  section: MOON\n"), "moon")
    assert plain.article(lowered[0]).section != "MOON"


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("tag: x", None),
        ("site: weekly", "Weekly"),
        ("language: en", None),
        ("newer_than: 30000 days", None),
        ("older_than: 1d", None),
    ],
)
def test_what_boosts_may_be_for(ruled: Ruled, rule: str, first: str | None) -> None:
    hits = ruled(f"- boost: 9\n  {rule}\n").search("report number", limit=30).hits
    assert len(hits) == 30
    assert first is None or hits[0].article.site == first


def test_a_boost_by_age_is_for_the_days_before_today() -> None:
    archive = MemoryArchive(articles())
    rules = QueryRules(parse_rules("- boost: 2\n  newer_than: 3 days\n"), archive.source.current(), {})
    for moment in (datetime(2024, 1, 30, 0, 0, tzinfo=UTC), datetime(2024, 1, 30, 23, 59, tzinfo=UTC)):
        factors = rules.decide(["moon"], moment).adjustments.factors
        assert factors is not None
        assert [doc for doc, factor in enumerate(factors.tolist()) if factor == 2] == [26, 27, 28, 29]


def test_an_exact_headline_stays_first_whatever_is_raised(ruled: Ruled) -> None:
    engine = ruled("- boost: 10\n  section: MARS\n- boost: 0.1\n  section: MOON\n")
    for title, article_id in (("Moon landing succeeds 2", "n12"), ("A lunar night", "n1")):
        assert ids(engine, title)[0] == article_id


def test_several_boosts_of_an_article_multiply(ruled: Ruled) -> None:
    engine = ruled("- boost: 2\n  section: MOON\n- boost: 3\n  site: Weekly\n")
    explanation = engine.explain("lander", "n0")
    assert explanation is not None
    [boost] = [part for part in explanation.parts if part.what.startswith("boost")]
    assert boost.value == pytest.approx(5 / 6 * explanation.value, rel=1e-3)
    assert "× 2 for articles of the section MOON (line 1 of the rules)" in boost.what
    assert "× 3 for articles of the site Weekly (line 3 of the rules)" in explanation.sentence


def test_redirects(ruled: Ruled) -> None:
    engine = ruled("- redirect: /moon\n  query: [moon, luna]\n- redirect: /m\n  pattern: m*\n")
    assert [engine.search(query).redirect for query in ("Moon", "mars", "+sun")] == ["/moon", "/m", ""]
    assert engine.search("moon").hits


RULES = (
    "- synonyms: [ev, electric vehicle]\n- synonyms: [moon, lunar]\n- stop_words: report\n- boost: 2\n  section: CARS\n"
    "- boost: 0.5\n  site: Daily\n- pin: n29\n  pattern: '*'\n  position: 2\n"
)


def check_sums(explanation: Explanation) -> int:
    """Every sum is that of its parts, every best one of them; how many there were."""
    checked = sum(check_sums(part) for part in explanation.parts)
    values = [part.value for part in explanation.parts]
    if explanation.what.startswith(("the sum of these", "the phrase")) and " × " not in explanation.what:
        assert explanation.value == pytest.approx(sum(values), rel=1e-3, abs=1e-6), explanation
        return checked + 1
    if explanation.what == "the best of these":
        assert explanation.value == pytest.approx(max(values))
        return checked + 1
    return checked


def test_numbers_of_every_hit_add_up_to_its_score_under_rules(ruled: Ruled) -> None:
    engine, checked, sentences = ruled(RULES), 0, set()
    for query in (
        "moon report",
        "ev battery",
        "+ev +battery",
        '"electric vehicle" tax',
        "moon*",
        "section:cars",
        "lunar",
    ):
        for hit in engine.search(query, limit=12).hits:
            explanation = engine.explain(query, hit.article.id)
            assert explanation is not None
            assert explanation.value == pytest.approx(hit.score, rel=1e-4, abs=1e-6)
            checked += check_sums(explanation)
            sentences.add(explanation.sentence)
    assert checked > 100
    assert any("Editors gave it place 2 (line 8 of the rules)" in sentence for sentence in sentences)
    assert any("a synonym of 'moon', line 2 of the rules" in sentence for sentence in sentences)
    assert any("near in meaning (lsa)" in sentence for sentence in sentences)


def test_numbers_add_up_to_scores_that_age_has_lowered(ruled: Ruled) -> None:
    engine = ruled(RULES)
    lowered = 0
    for hit in engine.search("moon report", limit=12, recency="5d").hits:
        explanation = engine.explain("moon report", hit.article.id, recency="5d")
        plain = engine.explain("moon report", hit.article.id)
        assert explanation is not None
        assert plain is not None
        assert explanation.value == pytest.approx(hit.score, rel=1e-4, abs=1e-6)
        check_sums(explanation)
        lowered += explanation.value < 0.9 * plain.value
    assert lowered > 3


def test_rules_hold_from_the_next_answer_on(ruled: Ruled) -> None:
    first = ruled("- hide: n0\n")
    assert "n0" not in ids(first, "moon")
    second = ruled("- stop_words: x\n")
    assert "n0" in ids(second, "moon")
    if first.folder is not None:  # the same file
        assert "n0" in ids(first, "moon")


def test_rules_that_are_for_other_queries_change_nothing(ruled: Ruled) -> None:
    plain = ruled("")
    answers = {query: (ids(plain, query), plain.search(query).total) for query in QUERIES}
    engine = ruled("- hide: n0\n  query: zzz\n- pin: n1\n  query: zzz\n- boost: 3\n  site: Daily\n  query: zzz\n")
    assert {query: (ids(engine, query), engine.search(query).total) for query in QUERIES} == answers


def shown(result: SearchResult) -> tuple[dict[str, tuple[object, ...]], list[object]]:
    """The hits of an answer by their ids, and their scores in order, which may differ a little: of articles that are
    nearly the same, others may be the examples of feedback."""
    hits = {hit.article.id: (hit.pinned, hit.title, hit.excerpt) for hit in result.hits}
    return hits, [pytest.approx(hit.score, abs=0.02) for hit in result.hits]


@pytest.mark.parametrize("about", ["moon landing", "moon landnig"])
def test_rules_hold_for_what_was_typed_and_for_what_was_meant(ruled: Ruled, about: str) -> None:
    engine = ruled(f"- pin: n29\n  query: {about}\n- redirect: https://example.org/moon\n  query: {about}\n")
    result = engine.search("moon landnig")
    assert result.correction is not None
    assert result.correction.query == "moon landing"
    assert result.hits[0].article.id == "n29"
    assert result.redirect == "https://example.org/moon"
    assert (engine.search("moon landing").redirect != "") == (about == "moon landing")


def by_section(index: Index, docs: Docs) -> list[int]:
    """Folds what is of one section."""
    found: dict[str, int] = {}
    articles = {int(doc): index.article_id(int(doc)) for doc in docs}
    return [found.setdefault(SUBJECTS[int(articles[doc][1:]) % len(SUBJECTS)][2], n) for n, doc in enumerate(articles)]


def test_what_belongs_together_is_folded_into_what_is_pinned(ruled: Ruled) -> None:
    plain = ruled("").search("moon", limit=30, folding=by_section)
    assert plain.hits[0].article.id != "n25"  # of the section MOON, and not its best
    engine = ruled("- pin: n25\n  position: 2\n  query: moon\n")
    result = engine.search("moon", limit=30, folding=by_section)
    assert result.hits[1].article.id == "n25"
    assert result.hits[1].pinned
    assert plain.hits[0].article.id in {article.id for article in result.hits[1].folded}
    assert result.total == plain.total
    assert len({hit.article.section for hit in result.hits}) == len(result.hits)
    pages = [engine.search("moon", limit=1, offset=n, folding=by_section) for n in range(result.total)]
    assert [page.hits[0].article.id for page in pages] == [hit.article.id for hit in result.hits]


def test_a_pin_stands_on_the_page_that_its_place_is_on(ruled: Ruled) -> None:
    engine = ruled("- pin: n28\n  position: 9\n  query: moon\n- pin: n27\n  position: 100\n  query: moon\n")
    whole = ids(engine, "moon", 100)
    assert whole[8] == "n28"
    assert whole[-1] == "n27"
    assert ids(engine, "moon", 4, offset=8) == whole[8:12]
    assert ids(engine, "moon", 4, offset=len(whole) - 1) == ["n27"]
    assert ids(engine, "moon", 4, offset=len(whole)) == []


def test_an_archive_in_memory_answers_as_one_in_a_folder(folder: Path) -> None:
    rules = parse_rules(RULES + "- hide: n3\n- redirect: /m\n  pattern: 'm*'\n")
    memory = MemoryArchive(articles())
    model = fitted_model(folder)
    assert model is not None
    memory.encode(LSA, LSA, model)
    (folder / "rules.yaml").write_text("", "utf-8")
    with open_engine(folder) as plain:
        local = Engine(plain._source, plain._articles, rules=lambda: rules)
        other = Engine(memory.source, memory.articles, rules=lambda: rules)
        for query in (
            *QUERIES,
            "ev",
            "ev report",
            "+ev +zzz",
            '"electric vehicle tax"',
            "zzz",
            "lunar*",
            "section:cars",
        ):
            first, second = (engine.search(query, limit=40) for engine in (local, other))
            expected, scores = shown(first)
            assert shown(second)[0] == expected, query
            assert [hit.score for hit in second.hits] == scores, query
            seen = [(one.total, one.notes, one.redirect, one.incomplete) for one in (first, second)]
            assert seen[0] == seen[1], query
            for hit in first.hits[:2]:
                whys = [engine.explain(query, hit.article.id) for engine in (local, other)]
                assert whys[0] is not None
                assert whys[1] is not None
                assert whys[0].sentence == whys[1].sentence
    (folder / "rules.yaml").unlink()


def test_rules_hold_for_words_that_are_typed_in_one(tmp_path: Path) -> None:
    texts = ["Black lives matter march", *(f"Black cats, lives and matter {n}" for n in range(4))]
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"n{n}", title=text, body=text) for n, text in enumerate(texts)])
    (tmp_path / "rules.yaml").write_text("- hide: n0\n  query: black lives matter\n", "utf-8")
    with open_engine(tmp_path) as engine:
        for query in ("black lives matter", "blacklivesmatter", "#BlackLivesMatter"):
            assert "n0" not in [hit.article.id for hit in engine.search(query).hits], query
        assert engine.search("black march").hits[0].article.id == "n0"


def test_words_of_hidden_articles_are_shown_beside_others_neither(tmp_path: Path) -> None:
    gone = Article(id="gone", title="The secretthings", body="Secretthings.", tags=("zebratag",))
    with Archive.create(tmp_path) as archive:
        archive.add([gone, *(Article(id=f"n{n}", title=f"Gardens {n}", body="Roses in gardens.") for n in range(6))])
    (tmp_path / "rules.yaml").write_text("- hide: gone\n", "utf-8")
    with open_engine(tmp_path) as engine:
        for query in ("gardens secretthigs", "gardens zebratag", "roses zebrtag"):
            answer = engine.search(query)
            assert answer.correction is None, query
            assert not any("secretthings" in note or "tag:" in note for note in answer.notes), answer.notes
        assert engine.search("gardens rosse").correction is not None
