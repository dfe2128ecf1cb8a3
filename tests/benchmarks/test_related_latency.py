"""The measurement of related blocks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import related_latency
from indexer.archive import Archive
from tests.recommender.archives import several


def test_every_figure_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(several(8))
        archive.maintain()
    monkeypatch.setattr(sys, "argv", ["related_latency", str(tmp_path / "archive"), "--blocks", "10"])
    related_latency.main()
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["articles", "open", "first", "p50", "p95", "p99"]
    assert figures["articles"] == 32
    assert 0 < figures["p50"] <= figures["p95"] <= figures["p99"]
