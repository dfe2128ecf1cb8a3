"""Queries that ask for too much are cut short and say so; no others are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from search.lexical import evaluator as evaluator_module
from search.lexical import work_budget
from search.lexical.evaluator import Evaluator
from search.query.parser import parse
from search.query.tree import Node, Or
from search.reader.snapshot import Snapshot

NOTE = "the query has too many words with *, ? or ~, phrases or ranges; some of them were left out"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Many articles in one segment and few in another."""
    with Archive.create(tmp_path_factory.mktemp("budget") / "archive") as archive:
        archive.add([Article(id=f"a{n}", title=f"word{n} other{n}", tags=(f"t{n}",)) for n in range(600)])
        archive.add([Article(id=f"b{n}", title=f"late{n} other{n}", tags=(f"t{n}",)) for n in range(3)])
        yield Snapshot.open(archive.index)


def found(snapshot: Snapshot, tree: Node, notes: list[str]) -> int:
    return sum(len(Evaluator(snapshot, segment, notes).live(tree).docs) for segment in snapshot.segments)


@pytest.mark.parametrize(
    "typed", ["*other{}*", "other{}~2", "[a{} TO z]", "tag:*t{}*", "tag:t{}~", "id:*b{}*", "id:[a{} TO z]"]
)
def test_what_is_beyond_the_budget_is_left_out_and_said_once(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    query, *more = (parse(typed.format(n)).tree for n in range(60))
    notes: list[str] = []
    all_of_them = found(snapshot, query, notes)
    assert NOTE not in notes
    monkeypatch.setattr(work_budget, "MAX_WORK", 0)
    monkeypatch.setattr(work_budget, "LEAST_PASSES", 1)
    monkeypatch.setattr(work_budget, "POSTINGS_A_COMPARISON", 1)
    assert found(snapshot, Or((query, *more)), notes) >= all_of_them
    assert notes.count(NOTE) == 1


def test_asking_twice_for_the_same_costs_nothing(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_budget, "MAX_WORK", 0)
    notes: list[str] = []
    for typed in ("*other*", "tag:*1*", "id:a1*"):
        found(snapshot, Or((parse(typed).tree,) * 200), notes)
    assert not notes


def test_a_word_with_many_boosts_is_looked_for_once(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_budget, "MAX_WORK", 0)
    notes: list[str] = []
    for typed in ("*other*^{}", "(*other*)^{}", "tag:*1*^{}", "id:a1*^{}", '"word1 other1"~3^{}', "title:other*^{}"):
        found(snapshot, Or(tuple([parse(typed.format(n)).tree for n in range(1, 200)])), notes)
    assert not notes


def test_phrases_cost_what_their_words_have_postings(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_budget, "MAX_WORK", 0)
    monkeypatch.setattr(work_budget, "LEAST_PASSES", 0)
    monkeypatch.setattr(work_budget, "POSTINGS_A_COMPARISON", 1)
    notes: list[str] = []
    assert found(snapshot, parse('"word1 other1"').tree, notes) == 0
    assert found(snapshot, parse('"word1"').tree, notes) == 1
    assert notes == [NOTE]


def test_what_is_kept_of_a_query_is_bounded(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Or(tuple([parse(f"*{n}* title:word{n}").tree for n in range(10)]))
    evaluator = Evaluator(snapshot, snapshot.segments[0], [])
    expected = evaluator.live(tree)
    assert evaluator._cache
    monkeypatch.setattr(evaluator_module, "_CACHED_BYTES", 0)
    evaluator = Evaluator(snapshot, snapshot.segments[0], [])
    again = evaluator.live(tree)
    assert not evaluator._cache
    assert again.docs.tolist() == expected.docs.tolist()
    assert again.scores.tolist() == expected.scores.tolist()


@pytest.mark.parametrize("typed", ["*late*", "lat?? OR wor*1 OR other1~", "tag:*t* AND *a*", "[a TO z]"])
def test_a_few_wildcards_are_never_cut_in_a_small_segment_of_a_large_archive(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(work_budget, "MAX_WORK", 0)
    notes: list[str] = []
    last = Evaluator(snapshot, snapshot.segments[-1], notes).live(parse(typed).tree)
    assert len(last.docs) == 3
    assert not notes


@pytest.mark.parametrize(
    "typed",
    [
        " ".join(f"*{n}*" for n in range(900)),
        " OR ".join(f"o{n}~2" for n in range(400)),
        "(" * 50 + "*a*" + ")" * 50,
        "*a" * 30 + "x",
        '"' + "other1 " * 900 + '"',
        " ".join(["*"] * 900),
        " OR ".join(f"date:[{1000 + n} TO {2000 + n}]" for n in range(300)),
    ],
    ids=lambda typed: typed[:20],
)
def test_whatever_is_asked_for_is_answered(snapshot: Snapshot, typed: str) -> None:
    tree = parse(typed).tree
    for segment in snapshot.segments:
        Evaluator(snapshot, segment, []).live(tree)
