"""readmore tune: judgements and clicks are read strictly, and weights come into use only where they win."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.base.archive_folder import ArchiveFolder
from indexer.base.errors import ArticleNotFoundError
from readmore import open_engine
from search.commands.tune import tune_command
from search.evaluation.collection import CollectionError
from search.evaluation.judgements import click_weight, grade_of, read
from search.evaluation.tuning import MIN_QUERIES, cross_validated, settings, tune
from search.ranking import fusion_settings
from search.ranking.fusion import DEFAULT, FusionSettings

KNOWN = {"a": "a", "b": "b", "/b/": "b"}


def find(wanted: str) -> str:
    if wanted not in KNOWN:
        raise ArticleNotFoundError(wanted)
    return KNOWN[wanted]


def clicks(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def click_on(query: str, clicked: str, *shown: str) -> dict[str, object]:
    return {"query": query, "clicked": clicked, "shown": list(shown)}


def test_judgements_speak_of_the_archives_articles_by_id_or_url(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "text": "moon"}\n{"id": "2", "text": "mars"}\n')
    (tmp_path / "qrels.tsv").write_text("1\ta\t2\n1\t/b/\t1\n1\tgone\t1\n2\ta\t0\n")
    judged = read(tmp_path, find)
    assert judged.grades == {"moon": {"a": 2, "b": 1}}
    assert "1 judged articles are not in this archive, the first is 'gone'" in judged.notes


def test_clicks_add_up_and_one_further_down_counts_for_more(tmp_path: Path) -> None:
    records = [click_on("Moon  dust", "a", "a", "b"), click_on("moon dust", "a", "a", "b")]
    low = [click_on("moon dust", "b", *"cdefghijk", "b")]
    judged = read(clicks(tmp_path / "x.jsonl", *records, *low, click_on("x", "gone", "gone")), find)
    # two clicks on the first place gain 2, one on the tenth log2(11) = 3.46: grades log2(1 + gain), rounded
    assert judged.grades == {"moon dust": {"a": grade_of(2), "b": grade_of(click_weight(10))}}
    assert judged.grades["moon dust"]["b"] >= judged.grades["moon dust"]["a"]
    assert "1 clicked articles are not in this archive" in judged.notes[0]


def test_a_grade_gains_about_what_the_clicks_did() -> None:
    assert [grade_of(gain) for gain in (0.01, 1, 3, 7, 100, 10**9)] == [1, 1, 2, 3, 7, 15]
    assert click_weight(1) == 1
    assert click_weight(3) == 2


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"clicked": "a", "shown": ["a"]}, "x.jsonl:1: no query"),
        ({"query": " ", "clicked": "a", "shown": ["a"]}, "x.jsonl:1: no query"),
        ({"query": "q", "shown": ["a"]}, "'clicked' must be"),
        ({"query": "q", "clicked": "a", "shown": "a"}, "'shown' must be"),
        ({"query": "q", "clicked": "a", "shown": ["b"]}, "'a' was clicked on but is not among those shown"),
        ([], "x.jsonl:1: not a JSON object"),
        ({"query": "q", "clicked": "gone", "shown": ["gone"]}, "no query with an article of this archive"),
    ],
)
def test_what_is_no_click_is_said_with_its_place(tmp_path: Path, record: object, message: str) -> None:
    with pytest.raises(CollectionError) as caught:
        read(clicks(tmp_path / "x.jsonl", record), find)
    assert message in str(caught.value)


def test_judgements_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="is not there"):
        read(tmp_path / "nowhere", find)
    with pytest.raises(CollectionError, match="no judgements"):
        read(tmp_path, find)


def ranked_by(best: FusionSettings, others: list[str]) -> Callable[[str, FusionSettings], list[str]]:
    """Finds the right answer first under one setting, third under the others."""
    return lambda query, given: [f"right {query}", *others] if given == best else [*others, f"right {query}"]


def planted(count: int) -> dict[str, dict[str, int]]:
    return {f"q{n}": {f"right q{n}": 1} for n in range(count)}


def test_the_setting_that_is_best_for_all_queries_is_found_and_comes_into_use() -> None:
    best = FusionSettings(words=2.0, feedback=0.5)
    tuned = tune(planted(40), ["lsa"], ranked_by(best, ["x", "y"]))
    assert tuned.settings == best
    assert (tuned.held_out.mean_a, tuned.held_out.mean_b) == pytest.approx((1.0, 0.5))
    assert (tuned.held_out.wins, tuned.held_out.losses) == (40, 0)
    assert tuned.in_use


def test_too_few_queries_and_no_difference_change_nothing() -> None:
    best = FusionSettings(words=2.0, feedback=0.5)
    assert not tune(planted(MIN_QUERIES - 1), ["lsa"], ranked_by(best, ["x", "y"])).in_use
    same = tune(planted(40), ["lsa"], lambda query, given: ["x", f"right {query}"])
    assert same.settings == DEFAULT
    assert not same.in_use


def test_noise_is_not_taken_for_a_gain() -> None:
    chance = random.Random(1)
    outcomes = []
    for _ in range(10):
        values = {}

        def rank(query: str, given: FusionSettings, values: dict[object, list[str]] = values) -> list[str]:
            key = query, given.words, given.feedback
            return values.setdefault(key, chance.sample(["x", "y", "z", f"right {query}"], 4))

        outcomes.append(tune(planted(50), ["lsa"], rank).in_use)
    assert sum(outcomes) <= 1


def test_no_query_is_judged_under_a_setting_that_was_chosen_on_it() -> None:
    # the second setting is far better on one query only: on that query the choice of the others is what counts
    values = np.zeros((2, 25))
    values[0] = 0.5
    values[1, 7] = 100.0
    held_out = cross_validated(values)
    assert held_out[7] == 0.5
    assert (held_out == 0).any()


def test_several_spaces_are_tried_with_unequal_shares() -> None:
    tried = settings(["lsa", "minilm"])
    assert tried[0] == DEFAULT
    assert {"lsa": 1.0, "minilm": 3.0} in [one.spaces for one in tried]
    assert len(settings(["lsa"])) * 3 == len(tried)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 articles of which each has one word of its own, and shares the others with all."""
    folder = tmp_path_factory.mktemp("archive")
    common = "tariff export import customs duty quota shipment port treaty dollar".split()
    chance = random.Random(2)
    with Archive.create(folder) as made:
        bodies = [f"{' '.join(chance.choices(common, k=9))} u{n}" for n in range(40)]
        made.add(Article(id=f"a{n}", title=common[n % 10], body=body) for n, body in enumerate(bodies))
        made.maintain()
    return folder


def run_tune(data: Path, *arguments: object) -> Result:
    return CliRunner().invoke(tune_command, [*map(str, arguments)], obj={"data": data, "open_engine": open_engine})


def test_the_command_learns_stores_and_forgets(archive: Path, tmp_path: Path) -> None:
    file = clicks(tmp_path / "clicks.jsonl", *(click_on(f"u{n} tariff", f"a{n}", f"a{n}") for n in range(30)))
    done = run_tune(archive, file, "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    stored = json.loads((ArchiveFolder(archive).fusion_weights).read_text())
    assert stored.pop("crc32")
    assert stored == {"version": 1} | record
    assert record["queries"] == 30
    assert not record["in_use"]  # the default finds them all already
    assert "the default, which stays" in run_tune(archive, file).stdout
    assert run_tune(archive, "--reset").stdout == "back to the default weights\n"
    assert not (ArchiveFolder(archive).fusion_weights).exists()
    assert json.loads(run_tune(archive, "--reset", "--json").stdout) == {"reset": False}


def test_the_command_says_what_it_needs(archive: Path, tmp_path: Path) -> None:
    assert run_tune(archive).exit_code == 2
    few = clicks(tmp_path / "few.jsonl", click_on("u1", "a1", "a1"))
    assert "too few to tune by" in run_tune(archive, few).stdout
    run_tune(archive, "--reset")


def test_weights_in_use_change_the_ranking(archive: Path) -> None:
    with open_engine(archive) as engine:
        before = engine.search("u3 tariff export import customs duty quota shipment").hits
        weights = FusionSettings(words=-3.0, feedback=0.0).to_dict()
        fusion_settings.save(ArchiveFolder(archive), {"in_use": True, "weights": weights})
        after = engine.search("u3 tariff export import customs duty quota shipment").hits
        fusion_settings.save(ArchiveFolder(archive), {"in_use": False, "weights": weights})
        again = engine.search("u3 tariff export import customs duty quota shipment").hits
    fusion_settings.reset(ArchiveFolder(archive))
    scores = [[(hit.article.id, hit.score) for hit in hits] for hits in (before, after, again)]
    assert scores[0] == scores[2] != scores[1]


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"version": 2}', '{"version": 1, "in_use": true, "weights": {}}',
        '{"version": 1, "in_use": true, "weights": {"words": NaN, "feedback": 1, "spaces": {}}}',
        '{"version": 1, "in_use": true, "weights": {"words": 1, "feedback": -1, "spaces": {}}}',
        '{"version": 1, "in_use": true, "weights": {"words": 1, "feedback": 1, "spaces": {"lsa": -1}}}',
    ],
)  # fmt: skip
def test_weights_that_cannot_be_read_are_the_default(tmp_path: Path, text: str) -> None:
    (ArchiveFolder(tmp_path).fusion_weights).write_text(text)
    assert fusion_settings.load(ArchiveFolder(tmp_path)) == DEFAULT


def test_stored_weights_come_back(tmp_path: Path) -> None:
    chosen = FusionSettings(-1.0, 0.5, {"lsa": 3.0, "minilm": 1.0})
    fusion_settings.save(ArchiveFolder(tmp_path), {"in_use": True, "weights": chosen.to_dict()})
    assert fusion_settings.load(ArchiveFolder(tmp_path)) == chosen
