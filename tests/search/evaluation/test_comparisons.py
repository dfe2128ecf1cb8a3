"""readmore eval beyond the means: significance, run files, per-query output and plots."""

from __future__ import annotations

import csv
import itertools
import json
import random
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from click.testing import CliRunner, Result
from ir_measures import nDCG

from indexer.base.errors import ReadmoreError, WriteError
from readmore import open_recommender
from recommender.commands.evaluate import eval_command
from search.evaluation import plot
from search.evaluation.collection import CollectionError, load
from search.evaluation.comparisons import ComparisonError, against_best, compared
from search.evaluation.measures import QUERY_MEASURES
from search.evaluation.report import QUERIES, Judged, judge, to_dict, to_text
from search.evaluation.run_files import RunFileError, read_run, write_run
from search.evaluation.significance import compare, paired_p

OBJ = {"open_recommender": open_recommender}  # what the front door gives a command


def exact_randomisation_p(differences: list[float]) -> float:
    """The share of all ways to swap the two runs, query by query, that give a mean at least as far from 0."""
    seen = abs(sum(differences))
    flips = list(itertools.product((1, -1), repeat=len(differences)))
    extreme = sum(abs(sum(s * d for s, d in zip(signs, differences, strict=True))) >= seen - 1e-12 for signs in flips)
    return extreme / len(flips)


def test_the_randomisation_test_agrees_with_trying_every_swap() -> None:
    chance = random.Random(3)
    for _ in range(10):
        differences = [round(chance.gauss(0.1, 0.2), 2) for _ in range(9)]
        _, p = paired_p(np.array(differences))
        assert p == pytest.approx(exact_randomisation_p(differences), abs=1e-9)


def test_the_t_test_is_students() -> None:
    # 10 differences of mean 1 and standard deviation 2: t = 1 / (2 / sqrt(10)) = 1.5811 with 9 degrees of freedom
    values = np.array([-1.0, 1, 3, -1, 1, 3, -1, 1, 3, 1])
    values = 1 + (values - 1) * 2 / values.std(ddof=1)
    assert paired_p(values)[0] == pytest.approx(0.1483, abs=0.0001)


@pytest.mark.parametrize("differences", [[], [0.5], [0.0, 0.0, 0.0]])
def test_nothing_to_tell_from_proves_nothing(differences: list[float]) -> None:
    assert paired_p(np.array(differences)) == (1.0, 1.0)


def test_a_difference_that_never_varies_has_a_p_value_too() -> None:
    p_t_test, p_randomisation = paired_p(np.full(10, 0.25))
    assert p_t_test == 0
    assert p_randomisation == pytest.approx(2 / 2**10)


def test_wins_losses_and_ties_are_counted_over_the_queries() -> None:
    pair = compare(
        "nDCG@10", "a", "b", {"1": 1.0, "2": 0.5, "3": 0.2, "4": 0.3}, {"1": 0.5, "2": 0.5, "3": 0.4, "4": 0}
    )
    assert (pair.queries, pair.wins, pair.losses, pair.ties) == (4, 2, 1, 1)
    assert pair.mean_a == pytest.approx(0.5)
    assert pair.difference == pytest.approx(0.15)


def kind(**runs: dict[str, list[str]]) -> Judged:
    return judge(QUERIES, QUERY_MEASURES, {"1": {"a": 1}, "2": {"b": 2, "c": 1}, "3": {"a": 1}}, runs)


def test_a_comparison_names_what_there_is_to_compare() -> None:
    one = kind(bm25={"1": ["a"]}, fusion={"1": ["b", "a"], "2": ["b"]})
    pairs = compared([one], [("fusion", "bm25")])["queries"]
    assert [pair.measure for pair in pairs] == list(QUERY_MEASURES)
    assert (pairs[0].wins, pairs[0].losses, pairs[0].ties) == (1, 1, 1)
    with pytest.raises(ComparisonError, match=r"'fusion' with 'lsa'.*bm25, fusion"):
        compared([one], [("fusion", "lsa")])


def test_the_fusion_is_set_against_its_best_leg() -> None:
    one = kind(bm25={"1": ["a"]}, lsa={"2": ["b"], "3": ["a"]}, fusion={"1": ["a"]})
    assert {(pair.a, pair.b) for pair in against_best([one])} == {("fusion", "lsa")}
    assert against_best([kind(fusion={"1": ["a"]})]) == []


def test_the_text_of_a_comparison_fits_a_terminal_and_marks_what_is_significant() -> None:
    queries = {str(n): {"a": 1} for n in range(12)}
    runs = {leg: dict.fromkeys(queries, ranking) for leg, ranking in (("good", ["a"]), ("bad", ["b", "a"]))}
    one = judge(QUERIES, QUERY_MEASURES, queries, runs)
    text = to_text(to_dict("c", [one], compared([one], [("good", "bad")])))
    assert max(map(len, text.splitlines())) <= 80
    lines = {line.split()[0]: line for line in text.splitlines()[-3:]}
    assert lines["nDCG@10"].endswith("*")
    assert not lines["R@100"].endswith("*")


def test_a_run_file_is_read_by_other_tools_with_the_same_result(tmp_path: Path) -> None:
    chance = random.Random(5)
    documents = [f"d{n}" for n in range(30)]
    judgements = {f"q{n}": {d: chance.randrange(3) for d in chance.sample(documents, 8)} for n in range(10)}
    run = {query: chance.sample(documents, 20) for query in judgements}
    write_run(tmp_path / "x.run", run, "mine")
    measure = nDCG(gains={0: 0, 1: 1, 2: 3}) @ 10
    theirs = ir_measures.calc_aggregate([measure], judgements, ir_measures.read_trec_run(str(tmp_path / "x.run")))
    ours = judge(QUERIES, ["nDCG@10"], judgements, {"x": run}).means()["x"]["nDCG@10"]
    assert theirs[measure] == pytest.approx(ours, abs=1e-12)
    assert read_run(tmp_path / "x.run", judgements, documents) == run


def test_ids_with_blanks_survive_a_run_file(tmp_path: Path) -> None:
    run = {"query 1": ["b 2", "a\tb"], "é": ["x%20y"]}
    write_run(tmp_path / "x.run", run, "two words")
    assert all(len(line.split()) == 6 for line in (tmp_path / "x.run").read_text().splitlines())
    assert read_run(tmp_path / "x.run", run, ["b 2", "a\tb", "x%20y"]) == run


def test_equal_scores_are_ordered_as_trec_eval_orders_them(tmp_path: Path) -> None:
    (tmp_path / "x.run").write_text("1 Q0 a 1 0.5 t\n1 Q0 c 2 0.5 t\n1 Q0 b 3 0.7 t\n")
    assert read_run(tmp_path / "x.run", ["1"], ["a", "b", "c"]) == {"1": ["b", "c", "a"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 Q0 a 1 0.5 t\n1 Q0 b 2\n", "x.run:2: not a line of a TREC run"),
        ("1 Q0 a 1 high t\n", "x.run:1: not a line of a TREC run"),
        ("1 Q0 a 1 0.5 t\n1 Q0 a 2 0.4 t\n", "x.run:2: a second line for query '1' and 'a'"),
        ("9 Q0 a 1 0.5 t\n", "has no query of this collection"),
        ("", "has no query of this collection"),
    ],
)
def test_what_is_no_run_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.run").write_text(text)
    with pytest.raises(RunFileError) as caught:
        read_run(tmp_path / "x.run", ["1"], ["a", "b"])
    assert message in str(caught.value)


def test_judged_documents_that_are_not_there_are_counted_and_never_all_of_them(tiny_collection: Path) -> None:
    (tiny_collection / "qrels.tsv").write_text("1\ta\t1\n1\tz\t1\n")
    assert "1 judged documents are not among the docs" in "".join(load(tiny_collection).notes)
    (tiny_collection / "qrels.tsv").write_text("1\t1\t1\n")
    with pytest.raises(CollectionError, match=r"qrels.tsv: none of its documents is among the docs"):
        load(tiny_collection)


@pytest.fixture
def tiny_collection(tmp_path: Path) -> Path:
    """Three articles and two queries."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    docs = [("a", "Moon landing on the Moon"), ("b", "Moon dust sticks to boots"), ("c d", "Clay on Mars")]
    (folder / "docs.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in docs))
    (folder / "queries.jsonl").write_text('{"id": "1", "text": "moon"}\n{"id": "2", "text": "mars"}\n')
    (folder / "qrels.tsv").write_text("1\ta\t1\n2\tc d\t1\n")
    return folder


def run_eval(*arguments: object) -> Result:
    return CliRunner().invoke(eval_command, [str(argument) for argument in arguments], obj=OBJ)


def test_the_command_writes_every_query_and_every_ranking(tiny_collection: Path, tmp_path: Path) -> None:
    done = run_eval(tiny_collection, "--per-query", tmp_path / "all.tsv", "--runs", tmp_path / "runs", "--json")
    means = json.loads(done.stdout)["queries"]
    assert "comparisons" not in json.loads(done.stdout)
    with (tmp_path / "all.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for leg, of in means.items():
        for measure, value in of.items():
            own = [float(row["value"]) for row in rows if (row["leg"], row["measure"]) == (leg, measure)]
            assert len(own) == 2
            assert np.mean(own) == pytest.approx(value)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["queries.bm25.run", "queries.fusion.run"]
    assert run_eval(tiny_collection, "--per-query", tmp_path / "all.json").exit_code == 0
    nested = json.loads((tmp_path / "all.json").read_text())
    assert nested["queries"]["fusion"]["2"]["nDCG@10"] == 1


def test_the_command_compares_a_leg_with_a_run_of_another_system(tiny_collection: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.run"
    other.write_text("1 Q0 b 1 2.0 other\n1 Q0 a 2 1.0 other\n")
    report = json.loads(run_eval(tiny_collection, "--compare", "fusion", other, "--json").stdout)
    assert report["queries"][str(other)]["nDCG@10"] == pytest.approx(0.6309 / 2, abs=1e-4)
    first = report["comparisons"][0]
    assert (first["kind"], first["measure"], first["a"], first["b"]) == ("queries", "nDCG@10", "fusion", str(other))
    assert (first["wins"], first["losses"], first["ties"]) == (2, 0, 0)


def test_the_command_says_what_it_cannot_do_before_it_works(tiny_collection: Path, tmp_path: Path) -> None:
    for arguments, error in (
        (("--per-query", tmp_path / "no" / "x.tsv"), WriteError),
        (("--plot", tmp_path / "x.word"), plot.PlotError),
        (("--compare", "fusion", "nobody"), ComparisonError),
    ):
        with pytest.raises(error):
            CliRunner().invoke(
                eval_command, [str(tiny_collection), *map(str, arguments)], obj=OBJ, catch_exceptions=False
            )


def test_a_plot_has_bars_for_every_leg_and_the_differences(tiny_collection: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    assert run_eval(tiny_collection, "--plot", path).exit_code == 0
    one = kind(bm25={"1": ["a"]}, fusion={"1": ["b", "a"], "2": ["b"]})
    plot.draw(tmp_path / "y.png", "y", [one], against_best([one]))
    assert (tmp_path / "y.png").read_bytes().startswith(b"\x89PNG")
    figure = plot._figure(1)
    left, right = figure.subplots(1, 2)
    plot._bars(left, one)
    plot._differences(right, one, against_best([one])[0])
    assert len(left.patches) == 2 * len(QUERY_MEASURES)
    heights = [bar.get_height() for bar in right.patches]
    assert heights == pytest.approx([one.values["fusion"]["nDCG@10"]["2"], 0, 1 / np.log2(3) - 1])


def test_without_matplotlib_a_plot_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ReadmoreError, match=r"readmore\[plots\]"):
        plot.check_plot(tmp_path / "x.png")
