"""Editors' grades: kept, reported, learned from, and turned into a cut-off."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from recommender.feedback import cutoff, grades
from recommender.feedback.cutoff import calibrated, lower_bound
from recommender.feedback.grade_examples import gains_of, grade_examples
from recommender.feedback.grade_report import report
from recommender.feedback.grades import Grade, GradeError, keep, read
from recommender.related import Recommender
from recommender.request.seeds import ArticleSeed
from recommender.results import items_of
from tests.recommender.archives import SUBJECTS, article, several
from tests.recommender.command import run

Make = Callable[[Iterable[Article]], Recommender]


def test_grades_are_kept_in_their_order_and_the_last_of_a_person_holds(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    first = Grade("a", "b", "S", 1, reason="also about Bahia", reason_grade="T", nearness=2.5, person="ann", at=5)
    keep(folder, [first, Grade("a", "c", "W", 2, person="ann", at=5)])
    keep(folder, [Grade("a", "b", "B", 1, person="bob", at=6), Grade("a", "c", "B", 2, person="ann", at=7)])
    found = read(folder)
    assert found.passed_over == 0
    assert found.grades[0] == first
    assert [(one.item, one.grade, one.person) for one in found.grades[1:]] == [("b", "B", "bob"), ("c", "B", "ann")]


def test_half_a_line_costs_itself_only(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    keep(folder, [Grade("a", "b", "S", 1)])
    with folder.grades.open("ab") as file:
        file.write(b'{"version": 1, "source": "a", "it')
    keep(folder, [Grade("a", "c", "W", 2)])
    assert [one.item for one in read(folder).grades] == ["b", "c"]
    assert read(folder).passed_over == 1


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{}",
        '{"version": 9, "source": "a", "item": "b", "grade": "S", "place": 1}',
        '{"version": 1, "source": "a", "item": "b", "grade": "Q", "place": 1}',
        '{"version": 1, "source": "a", "item": "a", "grade": "S", "place": 1}',
        '{"version": 1, "source": 5, "item": "b", "grade": "S", "place": 1}',
        '{"version": 1, "source": "a", "item": "b", "grade": "S", "place": "x"}',
        '{"version": 1, "source": "a", "item": "b", "grade": "S", "place": 1, "nearness": NaN}',
        '{"version": 1, "source": "a", "item": "b", "grade": "S", "place": 1, "extra": 1}',
        "[" * 5000,
        '"' + "x" * 10_000 + '"',
    ],
)
def test_what_is_no_grade_is_passed_over(tmp_path: Path, line: str) -> None:
    folder = ArchiveFolder(tmp_path)
    folder.grades.write_text(f"{line}\n")
    assert read(folder) == grades.Read((), 1)


def test_a_grade_that_cannot_be_is_refused() -> None:
    for wrong in ({"grade": "Z"}, {"item": "a"}, {"source": "no/id"}, {"reason_grade": "Q"}, {"place": 0}):
        with pytest.raises(GradeError):
            Grade(**({"source": "a", "item": "b", "grade": "S", "place": 1} | wrong))  # type: ignore[arg-type]


def test_the_report_has_the_shares_by_place_reason_and_group() -> None:
    given = [
        Grade("a", "b", "S", 1, reason="earlier in this story", reason_grade="T", relation="earlier"),
        Grade("a", "c", "W", 2, "Bahia", "also about Bahia", "E"),
        Grade("d", "e", "S", 1, reason="also about Bahia"),
        Grade("d", "f", "B", 5, "Bahia", "also about lit", "X"),
        Grade("g", "h", "S", 1),
    ]
    found = report(given)
    assert found is not None
    assert (found.blocks, found.untouched) == (3, 1)
    assert (found.whole.items, found.whole.signed, found.whole.bad) == (5, 0.6, 0.2)
    assert found.leads.signed == 1
    assert found.first_four.items == 4
    assert [(one.kind.strip(), one.signed) for one in found.by_place] == [("1", 1.0), ("2", 0.0), ("5", 0.0)]
    assert {one.kind: one.items for one in found.by_reason} == {"also about": 3, "earlier": 1, "no reason": 1}
    assert {one.kind: one.items for one in found.by_group} == {"lead": 3, "Bahia": 2}
    assert found.reasons == pytest.approx({"T": 1 / 3, "E": 1 / 3, "X": 1 / 3})
    assert report([]) is None


def test_the_cutoff_keeps_as_many_items_as_keep_nine_of_ten_signed() -> None:
    draw = np.random.default_rng(4)
    evidence = draw.uniform(0, 10, 2000)
    chances = np.clip(evidence / 8, 0, 1)  # 9 of 10 of those above about 5.7 are signed on the whole
    found = calibrated(evidence, draw.random(2000) < chances)
    assert found is not None
    fresh = draw.uniform(0, 10, 20000)
    signed = draw.random(20000) < np.clip(fresh / 8, 0, 1)
    assert 0.885 <= signed[fresh >= found.threshold].mean() <= 0.95
    assert found.precision >= 0.9
    assert found.bound >= 0.9


def test_a_cutoff_is_kept_on_other_items_about_as_often_as_it_says() -> None:
    """Over many small sets of grades the share that is signed falls short of the target about as seldom as promised."""
    draw = np.random.default_rng(8)
    short = said = 0
    for _ in range(300):
        evidence = draw.uniform(0, 10, 150)
        found = calibrated(evidence, draw.random(150) < np.clip(evidence / 8, 0, 1))
        if found is not None:
            said += 1
            at = np.linspace(found.threshold, 10, 400)
            short += float(np.clip(at / 8, 0, 1).mean()) < 0.9 - 1e-9
    assert said > 200
    assert short / said < 0.25


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_no_cutoff_is_found_where_evidence_says_nothing(share: float) -> None:
    draw = np.random.default_rng(5)
    assert calibrated(draw.random(400), draw.random(400) < share) is None


def test_too_few_grades_say_nothing_and_all_signed_keep_all() -> None:
    assert calibrated([1.0] * 29, [True] * 29) is None
    found = calibrated(list(np.arange(60.0)), [True] * 60)
    assert found is not None
    assert found.kept == 60


def test_items_with_as_much_evidence_are_kept_or_dropped_together() -> None:
    evidence = [2.0] * 40 + [1.0] * 40
    found = calibrated(evidence, [True] * 40 + [False] * 40)
    assert found is not None
    assert (found.kept, found.threshold) == (40, 2.0)
    assert calibrated([1.0] * 80, [True] * 40 + [False] * 40) is None


@given(st.integers(1, 200), st.data())
def test_the_bound_is_below_the_share_and_rises_with_it(count: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, count))
    bound = lower_bound(right, count, 0.8)
    assert 0 <= bound <= right / count + 1e-12
    assert right == count or lower_bound(right + 1, count, 0.8) > bound


def test_evidence_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="finite"):
        calibrated([float("nan")] * 40, [True] * 40)
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrated([1.0] * 40, [True] * 40, target=1.5)


def test_a_cutoff_survives_the_disk_and_damage_means_none(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    found = calibrated(list(np.arange(60.0)), [True] * 60)
    assert found is not None
    cutoff.save(folder, found)
    assert cutoff.load(folder) == found.threshold
    for damage in (
        "",
        "[]",
        '{"version": 1}',
        '{"version": 1, "deviations": NaN}',
        '{"version": 1, "deviations": []}',
    ):
        folder.related_cutoff.write_text(damage)
        assert cutoff.load(folder) is None
    assert cutoff.reset(folder)
    assert not cutoff.reset(folder)


def test_what_was_signed_is_learned_from(recommender_of: Make) -> None:
    """Editors sign what is on the subject and of the same section, of which texts know nothing."""
    articles = [article(s, n, section=("NEWS", "SPORT")[(n // 2) % 2]) for n in range(14) for s in SUBJECTS]
    recommender = recommender_of(articles)
    data = recommender.engine.folder.path
    given = []
    for one in articles:
        subject = one.id.split("-")[0]
        others = [other for other in articles if other.id != one.id]
        near = [other for other in others if other.id.startswith(subject)]
        drawn = random.Random(one.id)
        for place, other in enumerate([*drawn.sample(near, 6), *drawn.sample(others, 3)], 1):
            signed = other in near and other.section == one.section
            given.append(Grade(one.id, other.id, "S" if signed else "B", place))
    keep(ArchiveFolder(data), given)
    record = json.loads(run(data, "learn", "--json").stdout)
    assert record["in_use"] is True, record["objections"]
    assert record["judgements"]["grades"]["sources"] > 40
    assert record["weights"]["section"] > 0.02


def test_where_all_items_are_as_good_nothing_is_learned(recommender_of: Make) -> None:
    corpus = recommender_of(several(4)).corpus()
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}
    same = [Grade("bread-0", item, "S", place) for place, item in enumerate(("bread-1", "bread-2"), 1)]
    assert grade_examples(corpus, gains_of(same), docs) == []
    (example,) = grade_examples(corpus, gains_of([*same, Grade("bread-0", "chess-1", "B", 3)]), docs)
    assert sorted(example.gains.tolist()) == [0, 1, 1]
    two = [Grade("bread-0", "bread-1", "S", 1, person="ann"), Grade("bread-0", "bread-1", "B", 1, person="bob")]
    assert gains_of(two) == {"bread-0": {"bread-1": 0.5}}


def test_a_person_is_walked_through_blocks_and_what_was_said_is_kept_at_once(data: Path) -> None:
    import readmore

    with readmore.open_recommender(data) as recommender:
        block = recommender.block(ArticleSeed("2024-02-22-odysseus-lands"))
    items = items_of(block)
    assert len(items) > 2
    said = run(data, "judge", block.id, "--person", "ann", given="st\nnonsense\nwx\nu\nb\nq\n").stdout
    assert items[0].article.title in said
    assert items[0].reason in said
    found = read(ArchiveFolder(data)).grades
    assert [(one.item, one.grade, one.reason_grade) for one in found] == [
        (items[0].article.id, "S", "T"),
        (items[1].article.id, "B", ""),
    ]
    assert found[0].reason == items[0].reason
    assert found[0].nearness is not None
    assert found[0].person == "ann"
    again = run(data, "judge", block.id, "--person", "ann", given="q\n").stdout  # goes on where it was left
    assert f" 3. {items[2].article.title}" in again
    assert f" 1. {items[0].article.title}" not in again
    record = json.loads(run(data, "judge", "--report", "--json").stdout)
    assert record["whole"]["items"] == 2
    assert record["whole"]["signed"] == 0.5
    assert "by place" in run(data, "judge", "--report").stdout


def test_blocks_are_drawn_by_lot_and_the_same_again_for_a_seed(data: Path) -> None:
    first, again, other = (
        run(data, "judge", "--count", "3", "--seed", seed, given="n\nn\nn\n").stdout for seed in ("1", "1", "2")
    )
    assert first == again
    assert first != other
    assert first.count("=" * 72) == 3


def test_calibrating_changes_what_is_in_a_block_until_it_is_reset(data: Path) -> None:
    import readmore

    one = "2024-12-06-sentinel-1c-vega-c"  # of no running story: nothing stands in its block but what is near it
    assert "too few" in run(data, "judge", "--calibrate").stdout
    with readmore.open_recommender(data) as recommender:

        def shown() -> list[str]:
            return [item.article.id for item in items_of(recommender.block(ArticleSeed(one)))]

        before = shown()
        near = recommender.nearness(one, before)
        assert len(near) == len(before) > 1
        strict = sorted(near.values())[len(near) // 2] - 1e-3
        signed = [Grade(f"s{n}", f"i{n}", "S", 1, nearness=strict + n / 100) for n in range(60)]
        bad = [Grade(f"b{n}", f"i{n}", "B", 1, nearness=strict - 0.5) for n in range(60)]
        keep(ArchiveFolder(data), [*signed, *bad])
        record = json.loads(run(data, "judge", "--calibrate", "--json").stdout)
        assert record["deviations"] == pytest.approx(strict, abs=1e-3)
        assert record["kept"] == record["kept_and_signed"] == 60
        after = shown()
        assert 0 < len(after) < len(before)
        assert all(near[item] >= strict for item in after if item in near)
        assert "without grades" in run(data, "judge", "--reset").stdout
        assert shown() == before


def test_grades_survive_a_reindex(data: Path) -> None:
    keep(ArchiveFolder(data), [Grade("a", "b", "S", 1)])
    run(data, "reindex")
    assert len(read(ArchiveFolder(data)).grades) == 1
