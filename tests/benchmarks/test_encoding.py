"""The measurement of encoding: everything it does beside the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import encoding
from indexer.vectors.encoder import encode_articles
from tests.benchmarks.small import small_collection
from tests.indexer.embedders import ToyEncoder


class Blind(ToyEncoder):
    """Takes all texts for the same."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), self.spec.dim), np.float32)


def test_vectors_are_those_of_the_articles_whatever_the_order_they_are_encoded_in(tmp_path: Path) -> None:
    articles = small_collection(tmp_path).articles
    expected = encode_articles(ToyEncoder(), [(article.title, article.body) for article in articles])
    np.testing.assert_allclose(encoding.encode(ToyEncoder(), articles), expected, rtol=1e-6)


def test_a_worse_encoder_loses_and_the_same_one_does_not(tmp_path: Path) -> None:
    collection = small_collection(tmp_path, qrels="q2\trover\t1\n", related="rover\tlanding\t1\n")
    same = encoding.loss(collection, ToyEncoder(), ToyEncoder())
    assert [(pair.a, pair.b, pair.difference) for pair in same] == [
        ("queries, 8-bit", "queries, 32-bit", 0.0),
        ("related, 8-bit", "related, 32-bit", 0.0),
    ]
    queries, related = encoding.loss(collection, ToyEncoder(), Blind())
    assert (queries.mean_b, queries.queries) == (1.0, 1)
    assert queries.mean_a < 1  # everything is equally near, and another document comes first
    assert related.mean_a == 1.0  # the first of those equally near is right here: an article is never its own answer


def test_the_figures_fit_a_terminal_and_say_what_was_lost(tmp_path: Path) -> None:
    pairs = encoding.loss(small_collection(tmp_path), ToyEncoder(), Blind())
    figures = {
        "machine": dict.fromkeys(("cpu", "cores", "memory_gib", "system", "python", "numpy", "date"), "x"),
        "collection": "small",
        "speed": {
            "articles": 4, "tokens": 9.0, "tokens_read_by_plain": 8.0, "passages": 1.0,
            encoding.PLAIN: 20.0, encoding.OURS: 50.0, "ratio": 2.5, "ratio_processor_time": 2.25,
        },
        "loss": [pair.to_dict() for pair in pairs],
    }  # fmt: skip
    lines = encoding.to_text(figures).splitlines()
    assert "50.0 articles/s, 2.50 times" in lines[3]
    assert "2.25 times" in lines[4]
    assert f"({pairs[0].difference:+.4f}, p = " in lines[6]
    assert max(map(len, lines[1:])) <= 80


def test_what_is_no_collection_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert encoding.main([str(tmp_path / "nowhere")]) == 2
    assert "no collection at" in capsys.readouterr().err
