"""How much is read from real pages, where the shared collection of them is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.sources import Accepted, Item, read_source


def _record(item: Item) -> str:
    if not isinstance(item, Accepted):
        return json.dumps({"file": Path(item.where).name})
    article = item.article
    date = article.date.isoformat() if article.date else None
    fields = {"title": article.title, "authors": article.authors, "date": date, "body": article.body}
    return json.dumps({"file": Path(item.where).name, **fields})


@pytest.mark.slow
def test_articles_of_real_pages(shared: Callable[[str], Path], tmp_path: Path) -> None:
    folder = shared("collections/pages")
    lines = [_record(item) for item in read_source(folder / "html")]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    script = [sys.executable, str(folder / "score_pages.py"), str(tmp_path / "articles.jsonl")]
    output = subprocess.run(script, capture_output=True, text=True, check=True).stdout.split()
    figures = {name: float(value) for name, value in pairwise(output) if value[:1].isdigit()}
    assert figures["F"] >= 0.95
    assert figures["title"] >= 0.93
    assert figures["author"] >= 0.81
    assert figures["date"] >= 0.91
