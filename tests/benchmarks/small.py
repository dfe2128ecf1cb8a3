"""A collection small enough to be ranked by hand."""

from __future__ import annotations

import json
from pathlib import Path

from search.evaluation.collection import TestCollection, load

DOCS = [
    {"id": "landing", "title": "Moon landing", "text": "A probe landed on the Moon."},
    {"id": "rover", "title": "Mars rover", "text": "The rover found clay on Mars."},
    {"id": "untitled", "title": "", "text": "Clay in rivers."},
    {"id": "headline", "title": "Nothing but a headline", "text": ""},
]


def small_collection(folder: Path, **judgements: str) -> TestCollection:
    """Four documents with two judged queries, or with the `judgements` given: qrels or related."""
    judgements = judgements or {"qrels": "q1\tlanding\t1\nq2\trover\t2\nq2\tuntitled\t1\n"}
    (folder / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in DOCS))
    for name, text in judgements.items():
        (folder / f"{name}.tsv").write_text(text)
    if "qrels" in judgements:
        (folder / "queries.jsonl").write_text('{"id": "q1", "text": "moon"}\n{"id": "q2", "text": "clay mars"}\n')
    return load(folder)
