"""The articles that are measured: Reuters, a file, or a generated archive, brought into one shape."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.batchfile import BATCH, write_batch
from benchmarks.generate import articles as generated

Article = dict[str, Any]
SAMPLE = 2_000  # articles that queries are drawn from
SEED = 1
ROOT = Path(__file__).resolve().parent.parent


class ArchiveMissingError(Exception):
    """The articles asked for are not on this machine."""


@dataclass(frozen=True)
class Archive:
    """A batch file ready to be measured."""

    name: str
    batches: Path
    articles: int
    text_bytes: int  # titles and texts in UTF-8
    sample: list[Article]  # spread evenly over the archive


def prepare(name: str, folder: Path) -> Archive:
    """The archive called `name` (``reuters``, ``generated:N`` or a JSON Lines file) as a batch file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "articles.marshal"
    count = text_bytes = 0
    rng = np.random.default_rng(SEED)
    sample: list[Article] = []
    with path.open("wb") as out:
        for batch in _in_batches(_articles(name)):
            write_batch(out, batch)
            text_bytes += sum(len(a["title"].encode()) + len(a["text"].encode()) for a in batch)
            for article in batch:  # reservoir sampling
                count += 1
                if len(sample) < SAMPLE:
                    sample.append(article)
                elif (place := int(rng.integers(count))) < SAMPLE:
                    sample[place] = article
    if not count:
        raise ArchiveMissingError(f"{name} has no articles")
    return Archive(name, path, count, text_bytes, sample)


def _articles(name: str) -> Iterator[Article]:
    kind, _, size = name.partition(":")
    if kind == "generated":
        return generated(int(size), SEED)
    path = _reuters() if name == "reuters" else Path(name)
    if not path.is_file():
        raise ArchiveMissingError(f"no such file: {path}")
    return _json_lines(path)


def _reuters() -> Path:
    shared = Path(os.environ.get("READMORE_SHARED") or ROOT.parent / "shared")
    path = shared / "collections" / "reuters" / "docs.jsonl.gz"
    if not path.is_file():
        raise ArchiveMissingError("Reuters is looked for in $READMORE_SHARED, or ../shared, and is not there")
    return path


def _json_lines(path: Path) -> Iterator[Article]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            if record.get("text", "").strip():
                yield _uniform(record, number)


def _uniform(record: dict[str, Any], number: int) -> Article:
    """A record in the shape that the generator's articles have. An id of more than 8 characters becomes a number, for
    tantivy's sake (see its module)."""
    article_id = str(record["id"])
    tags = [str(tag) for tag in record.get("tags") or [*record.get("topics", ()), *record.get("places", ())]]
    return {
        "id": article_id if len(article_id) <= 8 and article_id.isalnum() else f"n{number:07d}",
        "title": record.get("title") or "",
        "text": record["text"],
        "date": _date(record.get("date") or ""),
        "section": record.get("section") or (tags[0] if tags else ""),
        "site": record.get("site") or "",
        "authors": [str(author) for author in record.get("authors", ())],
        "tags": tags,
        "url": record.get("url") or f"https://archive.example/{record['id']}",
    }


def _date(text: str) -> str:
    """An ISO 8601 date from one, or from Reuters' ``26-FEB-1987 15:01:01.79``; empty where it is neither."""
    for parse in (datetime.fromisoformat, lambda t: datetime.strptime(t.strip()[:20].strip(), "%d-%b-%Y %H:%M:%S")):
        try:
            date = parse(text)
        except ValueError:
            continue
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).isoformat()
    return ""


def _in_batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    iterator = iter(articles)
    while batch := list(islice(iterator, BATCH)):
        yield batch
