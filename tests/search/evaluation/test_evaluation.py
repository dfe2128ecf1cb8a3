"""readmore eval: collections are read strictly, and its figures are those of a slow, obvious computation."""

from __future__ import annotations

import gzip
import json
import math
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from readmore import open_recommender
from recommender.commands.evaluate import eval_command, evaluate
from search.evaluation.collection import CollectionError, TestCollection, load
from search.evaluation.measures import QUERY_MEASURES, RELATED_MEASURES, mean, per_query
from search.evaluation.report import to_text

TestCollection.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test class

DOCS = [
    {"id": "a.1", "title": "Moon landing", "text": "A probe landed on the Moon."},
    {"id": "a_1", "title": "Moon dust", "text": "Dust of the Moon sticks to boots."},
    {"id": "b 2", "title": "Mars rover", "text": "The rover found clay on Mars."},
    {"id": 4, "title": "", "text": "Clay on Mars."},
    {"id": "none", "title": " ", "text": ""},
]

OBJ = {"open_recommender": open_recommender}  # what the front door gives a command


def write(folder: Path, **files: str) -> Path:
    """A collection folder: DOCS, with these files over it, `docs__jsonl` for docs.jsonl."""
    (folder / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in DOCS))
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        queries__jsonl='{"id": 1, "text": "moon"}\n\n{"id": "q2", "text": "AND (clay"}\n{"id": "q3", "text": "the"}\n'
        '{"id": "unjudged", "text": "mars"}\n{"id": "nothing", "text": "zeppelin"}\n',
        qrels__tsv="1\ta.1\t2\n1\ta_1\t1\nq2\t4\t1\nq2\tb 2\t-1\nnothing\tb 2\t1\nelsewhere\tb 2\t1\n",
        related__tsv="a.1\ta_1\t1\na.1\ta.1\t1\n4\tb 2\t1\ngone\ta.1\t1\n",
    )


def test_a_collection_keeps_its_own_ids_and_counts_what_it_leaves_out(tiny: Path) -> None:
    collection = load(tiny)
    assert list(collection.archive_ids) == ["a.1", "a_1", "b 2", "4"]
    assert len(set(collection.archive_ids.values())) == 4
    assert {collection.document_ids[i] for i in collection.archive_ids.values()} == set(collection.archive_ids)
    assert collection.queries == {"1": "moon", "q2": "AND (clay", "nothing": "zeppelin"}
    assert collection.qrels["q2"] == {"4": 1, "b 2": 0}
    assert collection.related == {"a.1": {"a_1": 1}, "4": {"b 2": 1}}
    assert [note.split()[0] for note in collection.notes] == ["1", "2", "judgements", "related"]


def test_documents_are_read_as_an_archive_reads_them_but_without_addresses(tmp_path: Path) -> None:
    record = {
        "id": "x", "title": "T", "text": "t", "date": "2024-03-18", "tags": ["moon"], "url": "/a/", "links": ["/b/"],
    }  # fmt: skip
    docs = "".join(json.dumps(r) + "\n" for r in (record, DOCS[0]))
    collection = load(write(tmp_path, docs__jsonl=docs, related__tsv="x a.1 1\n"))
    article = collection.articles[0]
    assert article.tags == ("moon",)
    assert article.date is not None
    assert not article.url
    assert not article.links


def test_the_figures_of_a_tiny_collection_are_those_worked_out_by_hand(tiny: Path) -> None:
    report = evaluate(open_recommender, load(tiny))
    assert list(report) == ["collection", "queries", "related"]
    assert report["collection"] == tiny.name
    # "moon": both articles have it in the title and once in the body, and the one with the shorter body wins, which
    # is "Moon landing" of grade 2: an ideal ranking. "clay" finds the shorter article, of grade 1, first. "zeppelin"
    # finds nothing and counts 0.
    assert report["queries"]["bm25"] == pytest.approx({"nDCG@10": 2 / 3, "MAP": 2 / 3, "R@100": 2 / 3})
    assert set(report["queries"]) == {"bm25", "fusion"}  # so few articles have no space of their own
    assert report["related"]["fusion"] == pytest.approx({"nDCG@10": 1, "R@5": 1, "MRR@10": 1})


def test_measures_by_hand() -> None:
    judgements = {"q": {"a": 2, "b": 1, "c": 0, "d": 1}, "empty": {"a": 1}}
    values = per_query(["nDCG@10", "MAP", "R@5", "MRR@10"], judgements, {"q": ["x", "b", "c", "a"], "other": ["a"]})
    ideal = 3 + 1 / math.log2(3) + 1 / 2
    assert values["nDCG@10"]["q"] == pytest.approx((1 / math.log2(3) + 3 / math.log2(5)) / ideal)
    assert values["MAP"]["q"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert values["R@5"]["q"] == pytest.approx(2 / 3)
    assert values["MRR@10"]["q"] == pytest.approx(1 / 2)
    assert all(of["empty"] == 0 for of in values.values())
    assert mean(values)["MRR@10"] == pytest.approx(1 / 4)


def test_only_the_first_ten_count_for_the_reciprocal_rank() -> None:
    run = {"q": [f"x{n}" for n in range(10)] + ["a"]}
    assert per_query(["MRR@10"], {"q": {"a": 1}}, run)["MRR@10"] == {"q": 0.0}


def test_our_order_counts_where_the_evaluator_would_order_by_document_id() -> None:
    ids = [f"d{n:04}" for n in range(1000)]
    for order in (ids, ids[::-1]):
        assert per_query(["nDCG@10"], {"q": {order[0]: 1}}, {"q": order})["nDCG@10"]["q"] == 1.0


def slow_ndcg(ranking: list[str], grades: dict[str, int]) -> float:
    """nDCG@10 from its definition."""

    def dcg(values: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(values[:10], 1))

    ideal = dcg(sorted(grades.values(), reverse=True))
    return dcg([grades.get(document, 0) for document in ranking]) / ideal if ideal else 0.0


def test_ndcg_agrees_with_its_definition_on_random_rankings() -> None:
    chance = random.Random(2)
    documents = [f"d{n}" for n in range(40)]
    judgements, run = {}, {}
    for n in range(200):
        judgements[f"q{n}"] = {d: chance.randrange(5) for d in chance.sample(documents, chance.randrange(1, 30))}
        run[f"q{n}"] = chance.sample(documents, chance.randrange(0, 40))
    ours = per_query(["nDCG@10"], judgements, run)["nDCG@10"]
    assert ours == pytest.approx({q: slow_ndcg(run[q], judgements[q]) for q in judgements}, abs=1e-9)


DOC = '{"id": "a", "title": "t", "text": "x"}\n'
Q = '{"id": "1", "text": "x"}\n'


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no judgements; it needs queries.jsonl with qrels.tsv, or related.tsv"),
        ({"queries__jsonl": Q}, "queries.jsonl is of no use without qrels.tsv"),
        ({"qrels__tsv": "1\ta\t1\n"}, "qrels.tsv is of no use without queries.jsonl"),
        ({"queries__jsonl": Q, "qrels__tsv": "1\ta\n"}, "qrels.tsv:1: 2 columns where three were expected"),
        ({"queries__jsonl": Q, "qrels__tsv": "1\ta\t1\n1\tb\thigh\n"}, "qrels.tsv:2: the grade 'high' is not a whole"),
        ({"queries__jsonl": Q, "qrels__tsv": "1\ta\t99\n"}, "qrels.tsv:1: the grade 99 is above 15"),
        ({"queries__jsonl": Q, "qrels__tsv": "1\ta\t1\n1\ta\t2\n"}, "qrels.tsv:2: a second, different grade"),
        ({"queries__jsonl": Q, "qrels__tsv": "2\ta\t1\n"}, "none of its judgements is about a query"),
        ({"queries__jsonl": Q + "{\n", "qrels__tsv": "1\ta\t1\n"}, "queries.jsonl:2: not valid JSON"),
        ({"queries__jsonl": "[]\n", "qrels__tsv": "1\ta\t1\n"}, "queries.jsonl:1: not a JSON object"),
        ({"queries__jsonl": Q + Q, "qrels__tsv": "1\ta\t1\n"}, "queries.jsonl:2: a second query with the id '1'"),
        ({"queries__jsonl": '{"id": "1"}', "qrels__tsv": "1\ta\t1\n"}, "queries.jsonl:1: query '1' has no text"),
        ({"docs__jsonl": "", "related__tsv": "a\tb\t1\n"}, "docs.jsonl: no documents"),
        ({"docs__jsonl": DOC + DOC, "related__tsv": "a\tb\t1\n"}, "docs.jsonl:2: a second document with the id 'a'"),
        ({"docs__jsonl": '{"title": "t"}\n', "related__tsv": "a\tb\t1\n"}, "docs.jsonl:1: no id"),
        ({"docs__jsonl": '{"id": "a", "title": ["t"]}\n', "related__tsv": "a\tb\t1\n"}, "docs.jsonl:1: title must be"),
        ({"docs__jsonl": "[" * 100_000, "related__tsv": "a\tb\t1\n"}, "docs.jsonl:1: not valid JSON (nested too"),
    ],
)
def test_what_is_missing_or_malformed_is_said_with_its_place(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(CollectionError) as caught:
        load(write(tmp_path, **files))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_and_damaged_files_are_said_too(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="no collection at"):
        load(tmp_path / "none")
    (tmp_path / "related.tsv").write_text("a\tb\t1\n")
    with pytest.raises(CollectionError, match=r"neither docs.jsonl nor docs.jsonl.gz"):
        load(tmp_path)
    (tmp_path / "docs.jsonl.gz").write_bytes(gzip.compress(DOC.encode() * 100)[:-20])
    with pytest.raises(CollectionError, match=r"docs.jsonl.gz:\d+: "):
        load(tmp_path)
    (tmp_path / "docs.jsonl").write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(CollectionError, match=r"docs.jsonl:1: not UTF-8"):
        load(tmp_path)


def test_a_header_line_as_beir_writes_it_is_no_judgement(tmp_path: Path) -> None:
    folder = write(tmp_path, queries__jsonl=Q, qrels__tsv="query-id\tcorpus-id\tscore\n1\ta.1\t1\n")
    assert load(folder).qrels == {"1": {"a.1": 1}}


def test_a_folder_as_beir_has_it_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n")
    docs = '{"_id": "a", "title": "Far side", "text": "x", "metadata": {}}\n{"_id": "b", "title": "", "text": "y"}\n'
    (tmp_path / "corpus.jsonl").write_text(docs)
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "far side", "metadata": {}}\n')
    found = load(tmp_path)
    assert [(one.title, one.body) for one in found.articles] == [("Far side", "x"), ("", "y")]
    assert found.qrels == {"1": {"a": 2}}
    assert found.queries == {"1": "far side"}


def test_judgements_in_the_four_columns_of_trec_are_read(tmp_path: Path) -> None:
    assert load(write(tmp_path, queries__jsonl=Q, qrels__tsv="1 0 a.1 1\n1 Q0 z -1\n")).qrels == {
        "1": {"a.1": 1, "z": 0}
    }


def test_the_command_prints_one_json_document_and_leaves_nothing_behind(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    result = CliRunner().invoke(eval_command, [str(tiny), "--json"], obj=OBJ, catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert list(report["queries"]["fusion"]) == list(QUERY_MEASURES)
    assert list(report["related"]["fusion"]) == list(RELATED_MEASURES)
    assert "1 documents with neither title nor text" in result.stderr
    assert not list(scratch.iterdir())


def test_a_kind_without_judgements_is_not_in_the_report(tmp_path: Path) -> None:
    report = evaluate(open_recommender, load(write(tmp_path, related__tsv="a.1\ta_1\t1\n")))
    assert "queries" not in report
    assert "related" in report


def test_the_table_fits_a_terminal(tiny: Path) -> None:
    scores = dict.fromkeys(QUERY_MEASURES, 0.123456)
    report = {"collection": "c", "queries": {"bm25": scores, "sentence-transformers/" + "x" * 60: scores}}
    table = to_text(report)
    assert max(map(len, table.splitlines())) <= 80
    assert "0.1235" in table


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [("cranfield", {"bm25": 0.35, "lsa": 0.38, "fusion": 0.39}), ("med", {"bm25": 0.69, "lsa": 0.74, "fusion": 0.74})],
)
def test_search_is_as_good_as_promised_on_known_collections(
    shared: Callable[[str], Path], name: str, least: dict[str, float]
) -> None:
    legs = evaluate(open_recommender, load(shared(f"collections/{name}")))["queries"]
    assert all(legs[leg]["nDCG@10"] >= score for leg, score in least.items()), legs
