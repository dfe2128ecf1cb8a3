"""An explanation says what the score is made of, and adds up to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from readmore import open_engine
from search.lexical.evaluator import Evaluator
from search.local.index import LocalIndex
from search.query.parser import parse
from search.query.tree import Node, Term
from search.ranking.explain import explain_bm25
from search.reader.snapshot import Snapshot
from search.results import Explanation
from tests.articles import random_articles
from tests.memory.archive import MemoryArchive
from tests.oracle.test_against_whoosh import random_tree


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(random_articles(3, 80))
        archive.add([Article(id="a5", title="moon moon", body="launch of a lander to the far side of the moon")])
        yield Snapshot.open(archive.index)


def matches(snapshot: Snapshot, tree: Node) -> Iterator[tuple[int, float]]:
    for segment, first in zip(snapshot.segments, snapshot.first_docs.tolist(), strict=False):
        found = Evaluator(snapshot, segment, []).live(tree)
        yield from zip((found.docs + first).tolist(), found.scores.tolist(), strict=True)


def test_the_numbers_of_a_term_multiply_to_its_score(snapshot: Snapshot) -> None:
    tree = Term("text", "moon", boost=2.0)
    for doc, score in matches(snapshot, tree):
        explanation = explain_bm25(LocalIndex(snapshot), tree, doc)
        assert explanation is not None
        boost, idf, impact = explanation.parts
        assert boost.value * idf.value * impact.value == pytest.approx(score, rel=1e-3)
        k1, wtf = impact.parts
        assert impact.value == pytest.approx(wtf.value / (k1.value + wtf.value))
        for field in wtf.parts:
            weight, tf, b, dl, avgdl = (part.value for part in field.parts)
            assert field.value == pytest.approx(weight * tf / (1 - b + b * dl / avgdl))
        assert wtf.value == pytest.approx(sum(field.value for field in wtf.parts))


def test_sums_add_up_all_the_way_down(snapshot: Snapshot) -> None:
    checked = 0
    for query in ("moon lander", "+moon lander side", '"far side" moon', "title:moon AND launch", "moon ANDMAYBE ice"):
        tree = parse(query).tree
        for doc, score in matches(snapshot, tree):
            explanation = explain_bm25(LocalIndex(snapshot), tree, doc)
            assert explanation is not None
            assert explanation.value == pytest.approx(score)
            checked += check_sums(explanation)
    assert checked > 100


def check_sums(explanation: Explanation) -> int:
    if not explanation.what.startswith(("the sum of these", "the phrase")):
        return 0
    assert explanation.value == pytest.approx(sum(part.value for part in explanation.parts), rel=1e-4)
    return 1 + sum(check_sums(part) for part in explanation.parts)


def test_any_tree_is_explained_exactly_where_it_matches(snapshot: Snapshot) -> None:
    rng = random.Random(4)
    for _ in range(60):
        tree = random_tree(rng, 3)
        found = dict(matches(snapshot, tree))
        for doc in rng.sample(range(snapshot.max_doc), 20):
            explanation = explain_bm25(LocalIndex(snapshot), tree, doc)
            if doc in found:
                assert explanation is not None
                assert explanation.value == pytest.approx(found[doc])
            elif snapshot.live()[doc]:
                assert explanation is None


def test_an_explanation_reads_as_lines_and_as_json(snapshot: Snapshot) -> None:
    tree = parse("moon").tree
    doc, score = next(matches(snapshot, tree))
    explanation = explain_bm25(LocalIndex(snapshot), tree, doc)
    assert explanation is not None
    lines = list(explanation.lines())
    assert lines[0].startswith(f"{score:.4f}")
    assert any("df, articles with the word" in line for line in lines)
    assert explanation.to_dict()["parts"]


def test_a_hit_of_several_legs_is_the_sum_of_their_shares(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(random_articles(5, 400))
        archive.maintain()
    with open_engine(tmp_path / "archive") as engine:
        for query in ("moon lander ice", "+moon lander", '"far side"', "*"):
            hits = engine.search(query, limit=400).hits
            assert len(hits) > 1
            for hit in hits[:3] + hits[-3:]:
                explanation = engine.explain(query, hit.article.id)
                assert explanation is not None
                assert explanation.value == pytest.approx(hit.score)
                assert sum(part.value for part in explanation.parts) == pytest.approx(hit.score, rel=1e-4)
        assert engine.explain("title:nowhere", hits[0].article.id) is None


@pytest.mark.parametrize("sort", ["", "newest"])
def test_every_hit_of_a_page_says_why_it_has_its_score(tmp_path: Path, sort: str) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(random_articles(5, 200))
    with open_engine(tmp_path / "archive") as engine:
        assert all(hit.explanation is None for hit in engine.search("moon lander").hits)
        found = engine.search("moon lander", offset=5, limit=7, filters="NOT site = nothing", sort=sort, explain=True)
        assert len(found.hits) == 7
        for hit in found.hits:
            assert hit.explanation is not None
            assert hit.explanation.value == pytest.approx(hit.score)
            assert "it has '" in hit.explanation.sentence.lower()
            assert sort or hit.explanation == engine.explain("moon lander", hit.article.id)


def test_a_deep_tree_is_evaluated_once(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = parse("(moon OR (lander AND " * 20 + "launch" + "))" * 20).tree
    asked: list[Node] = []
    evaluate = Evaluator.evaluate
    monkeypatch.setattr(Evaluator, "evaluate", lambda self, query: asked.append(query) or evaluate(self, query))
    doc = max(doc for doc, _ in matches(snapshot, tree))
    asked.clear()
    assert explain_bm25(LocalIndex(snapshot), tree, doc) is not None
    assert len(asked) == len({id(query) for query in asked})


@pytest.mark.parametrize("typed", ["words:[1 TO 60}", "words:{-5 TO 60]", "year:[ TO 2031]", "date:{2024-05-04 TO ]"])
def test_a_range_is_shown_as_it_was_typed(tmp_path: Path, typed: str) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id="a", body="moon landing", date=datetime(2024, 5, 5, 12, tzinfo=UTC))])
        explanation = explain_bm25(LocalIndex(Snapshot.open(archive.index)), parse(typed).tree, 0)
    assert explanation is not None
    typed = typed.replace("{2024-05-04 TO ]", "[2024-05-05 TO }")  # what begins when that day is over
    assert explanation.what == f"{typed}: the same for every article that matches"


def test_a_leg_that_shares_with_the_title_says_how_much_of_it_counts(tmp_path: Path) -> None:
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=f"a{n}", title="Moon landing" if n else "The landing", body="moon") for n in range(3)])
    with open_engine(tmp_path) as engine:
        explanation = engine.explain("moon landing", "a1")
    assert explanation is not None
    bm25 = next(part for part in explanation.parts if part.what.startswith("bm25"))
    factor = float(bm25.what.removeprefix("bm25: its score × "))
    assert 0 < factor < 1
    assert bm25.value == pytest.approx(factor * bm25.parts[0].value, rel=1e-3)


@pytest.mark.parametrize(
    ("typed", "article", "said"),
    [
        ("moon landng", "landing", "it has 'landing' in the title, a correction of 'landng'"),
        ("moonshp", "ship", "It has 'moonship' in the title, a correction of 'moonshp'."),
        (
            "moonshp",
            "lander",
            "It has 'lander' in the title, a synonym of 'moonship', line 1 of the rules, "
            "and 'moonship' is a correction of 'moonshp'.",
        ),
    ],
)
def test_the_sentence_says_of_which_slip_a_word_is_the_correction(
    tmp_path: Path, typed: str, article: str, said: str
) -> None:
    titles = {"ship": "The moonship flies", "lander": "A lander on dust", "landing": "Moon landing", "other": "Rain"}
    with Archive.create(tmp_path) as archive:
        archive.add([Article(id=name, title=title) for name, title in titles.items()])
    (tmp_path / "rules.yaml").write_text("- synonyms: [moonship, lander]\n", "utf-8")
    with open_engine(tmp_path) as engine:
        explanation = engine.explain(typed, article)
    assert explanation is not None
    assert said in explanation.sentence


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("น้ำท่วม", "It has 'น้ําท่วม' in the title"),
        ("plain langauge", "'plainlanguage' in the title"),
        ("opensource", "It has 'open source' in the title"),
        ("量子力学", "It has '量子力学' in the title"),
        ("techniques", "It has 'techniques' in the title"),
        ("Überschwemmungen", "It has 'überschwemmungen' in the title"),
    ],
)
def test_the_sentence_has_words_and_no_terms_of_the_index(typed: str, said: str) -> None:
    titles = {
        "th": "น้ำท่วมกรุงเทพ",
        "de": "Eine Überschwemmung",
        "zh": "量子力学入门",
        "en": "A plainlanguage technique of open sources",
        "other": "Plain language in open source",
    }
    articles = [Article(id=id, title=title, language="en" if id == "other" else id) for id, title in titles.items()]
    hits = MemoryArchive(articles).engine().search(typed, explain=True).hits
    said_of = [hit.explanation.sentence for hit in hits if hit.explanation is not None]
    assert any(said in sentence for sentence in said_of), said_of
    assert not any(sign in sentence for sentence in said_of for sign in "%+#!")


def test_of_very_many_words_only_the_first_hits_are_explained(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(600))
    with Archive.create(tmp_path / "many") as archive:
        archive.add([Article(id=f"a{n}", title=f"Report {n}", body=f"{words} {n}") for n in range(20)])
    with open_engine(tmp_path / "many") as engine:
        for query in (words, " OR ".join(words.split()), f'"{words}"', " ".join(f"{word}*" for word in words.split())):
            result = engine.search(query, limit=20, explain=True)
            explained = [hit.explanation is not None for hit in result.hits]
            first = sum(explained)
            assert 1 <= first <= 6
            assert explained == [True] * first + [False] * (len(explained) - first)
            note = f"only the first {first} of these articles say why they are found"
            assert any(each.endswith(note) for each in result.notes)
        offset = engine.search(words, limit=2, offset=5, explain=True)
        assert all(hit.explanation and hit.explanation.value == pytest.approx(hit.score) for hit in offset.hits)
        few = engine.search(" ".join(words.split()[:100]), limit=20, explain=True)
        assert all(hit.explanation for hit in few.hits)
        assert not any("very many words" in note for note in (*few.notes, *engine.search(words, limit=20).notes))
