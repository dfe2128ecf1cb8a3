"""Reranking: a cross-encoder orders the first articles, and nothing else changes."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

import readmore
from indexer.archive import Archive
from indexer.article.article import Article
from indexer.vectors.encoder import ModelError
from readmore import open_engine
from search.engine import Engine
from search.ranking.rerank import FIRST, MOST_CHARS, RERANK, Reranker

QUERY = "moon landing"
COUNT = FIRST + 20


def _article(number: int) -> Article:
    body = "moon landing " * (COUNT - number) + "dust " * number
    return Article(id=f"n{number}", title=f"Report {number}", body=body)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rerank") / "archive"
    with Archive.create(folder) as archive:
        archive.add([_article(number) for number in range(COUNT)])
        archive.maintain()
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of one layer and a handful of words, its weights drawn at random."""
    return _model(tmp_path_factory.mktemp("cross"), labels=1)


def _model(folder: Path, labels: int) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "moon", "landing", "dust", "report"]
        (folder / "vocab.txt").write_text("\n".join(words))
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=512, num_labels=labels, initializer_range=1.0,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(folder)
        BertTokenizerFast.from_pretrained(str(folder)).save_pretrained(folder)
    return folder


class Backwards:
    """Likes the article best that has the highest number. Remembers what it was given."""

    def __init__(self) -> None:
        self.read: list[tuple[str, set[str]]] = []

    def scores(self, query: str, articles: Sequence[Article]) -> NDArray[np.float32]:
        self.read.append((query, {article.id for article in articles}))
        return np.array([float(article.id[1:]) for article in articles], np.float32)


def _ids(engine: Engine, reranker: Backwards | None = None, query: str = QUERY, **page: int) -> list[str]:
    result = engine.search(query, reranker=cast(Reranker, reranker), **page)
    return [hit.article.id for hit in result.hits]


def test_the_first_are_ordered_anew_and_the_others_stay(data: Path) -> None:
    with open_engine(data) as engine:
        before, backwards = _ids(engine, limit=COUNT), Backwards()
        after = _ids(engine, backwards, limit=COUNT)
    assert backwards.read == [(QUERY, set(before[:FIRST]))]
    assert after[:FIRST] == sorted(before[:FIRST], key=lambda one: -int(one[1:]))
    assert after[FIRST:] == before[FIRST:]
    assert after != before


def test_pages_fit_together(data: Path) -> None:
    with open_engine(data) as engine:
        whole = _ids(engine, Backwards(), limit=COUNT)
        pages = [one for at in range(0, COUNT, 8) for one in _ids(engine, Backwards(), limit=8, offset=at)]
    assert pages == whole


def test_scores_stay_those_of_the_fusion_and_say_what_the_reranker_thought(data: Path) -> None:
    with open_engine(data) as engine:
        before = {hit.article.id: hit for hit in engine.search(QUERY, limit=COUNT).hits}
        hits = engine.search(QUERY, limit=COUNT, reranker=cast(Reranker, Backwards())).hits
    for place, hit in enumerate(hits):
        known = before[hit.article.id]
        assert hit.score == known.score
        expected = {RERANK: float(hit.article.id[1:])} if place < FIRST else {}
        assert hit.legs == {**known.legs, **expected}


def test_conditions_are_not_reranked_and_a_note_says_so(data: Path) -> None:
    with open_engine(data) as engine:
        for query in ('"moon landing"', "body:moon"):
            backwards = Backwards()
            assert _ids(engine, backwards, query) == _ids(engine, query=query)
            assert backwards.read == []
            notes = engine.search(query, reranker=cast(Reranker, backwards)).notes
            assert any("plain words" in note for note in notes)


def test_a_cross_encoder_orders_by_its_scores(data: Path, tiny: Path) -> None:
    reranker = Reranker(str(tiny), "cpu")
    articles = [_article(0), Article(id="long", title="moon", body="landing " * 1_000_000), _article(60)]
    scores = reranker.scores(QUERY, articles)
    assert len(set(scores.tolist())) == 3
    one_by_one = [reranker.scores(QUERY, [article])[0] for article in articles]
    np.testing.assert_allclose(scores, one_by_one, atol=1e-5)
    cut = Article(id="cut", title="moon", body=("landing " * 1_000_000)[: MOST_CHARS - len("moon\n")])
    assert reranker.scores(QUERY, [cut])[0] == pytest.approx(one_by_one[1])
    with open_engine(data) as engine:
        hits = engine.search(QUERY, limit=FIRST, reranker=reranker).hits
    given = [hit.legs[RERANK] for hit in hits]
    assert given == sorted(given, reverse=True)
    assert [hit.article.id for hit in hits] != [f"n{number}" for number in range(FIRST)]


def test_models_that_cannot_rerank_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BertModel"]}))
    with pytest.raises(ModelError, match="it is BertModel; give a cross-encoder"):
        Reranker(str(tmp_path))
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json: cannot be read"):
        Reranker(str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BertForSequenceClassification"]}))
    with pytest.raises(ModelError, match="cannot be loaded from"):
        Reranker(str(tmp_path))
    several = tmp_path / "several"
    several.mkdir()
    with pytest.raises(ModelError, match="gives 3 scores"):
        Reranker(str(_model(several, labels=3)))


def test_the_command_reranks_or_says_in_one_line_why_not(
    data: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["readmore", "--data", str(data), "search", QUERY, "--json", "--rerank"]
    monkeypatch.setattr(sys, "argv", [*command, str(tiny)])
    readmore.main()
    found = [hit["id"] for hit in json.loads(capsys.readouterr().out)["hits"]]
    with open_engine(data) as engine:
        assert found == [hit.article.id for hit in engine.search(QUERY, reranker=Reranker(str(tiny))).hits]
        assert found != _ids(engine)
    monkeypatch.setattr(sys, "argv", [*command, "./nowhere"])
    with pytest.raises(SystemExit) as ended:
        readmore.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == ["readmore: ./nowhere: no such folder"]
