"""What facets cost beside the search itself: ``python -m benchmarks.facets``. See README.md.

Every query is asked without facets and with them, the two taking turns, and what counts is the difference.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import archives, machine
from benchmarks.batchfile import read_batches
from benchmarks.peers.readmore_engine import as_records
from benchmarks.queries import term_queries
from indexer.archive import Archive
from readmore import open_engine
from search.engine import Engine
from search.facets.facets import possible_facets

QUERIES, WARM_UP = 100, 20
WORDS = (1, 2, 4)
SEED = 7
TEN = ("section", "site", "author", "tag", "language", "place", "agency", "year", "date", "words")
FILTERED = "section IN [World, Science] AND year >= 2010"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.facets", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", default="generated:200000", help="what to index, as for benchmarks.run")
    parser.add_argument(
        "--folder", type=Path, help="an archive that is indexed already; its words are those of its titles"
    )
    options = parser.parse_args(argv)
    work = Path(tempfile.mkdtemp(prefix="readmore-facets-"))
    try:
        folder = options.folder or _build(options.archive, work)
        with open_engine(folder) as engine:
            figures = measure(engine)
    except archives.ArchiveMissingError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps({"machine": machine.describe()} | figures, indent=1))
    return 0


def _build(name: str, work: Path) -> Path:
    archive = archives.prepare(name, work / "articles")
    with Archive.create(work / "archive") as made:
        made.add(as_records(read_batches(archive.batches)))
        made.maintain()
    return work / "archive"


def measure(engine: Engine) -> dict[str, Any]:
    """Medians and 95th percentiles, in milliseconds, of searches, of ten facets beside them, and their median totals."""
    sample = [{"title": article.title, "text": article.body} for article in engine.latest(2_000)]
    asked = {
        f"{words} words": [" ".join(q) for q in term_queries(sample, WARM_UP + QUERIES, words, SEED)] for words in WORDS
    }
    asked |= {"everything": ["*"] * (WARM_UP + QUERIES // 4)}
    figures = {}
    for kind, queries in asked.items():
        for filters in ("", FILTERED):
            figures[f"{kind}{', filtered' if filters else ''}"] = _compare(engine, queries, filters)
    return {"articles": engine.index().num_docs, "facets": list(_of(engine)), "queries": figures}


def _of(engine: Engine) -> Sequence[str]:
    possible = possible_facets(engine.index().schema)
    return [name for name in TEN if name in possible]


def _compare(engine: Engine, queries: Sequence[str], filters: str) -> dict[str, float]:
    alone, more, totals, facets = [], [], [], _of(engine)
    for query in queries:
        started = time.perf_counter()
        totals.append(engine.search(query, filters=filters).total)
        between = time.perf_counter()
        engine.search(query, filters=filters, facets=facets)
        ended = time.perf_counter()
        alone.append((between - started) * 1000)
        more.append((ended - between) * 1000 - alone[-1])
    alone, more = alone[WARM_UP:], more[WARM_UP:]
    names = ("search_p50", "search_p95", "facets_p50", "facets_p95")
    values = [*np.percentile(alone, (50, 95)).tolist(), *np.percentile(more, (50, 95)).tolist()]
    rounded = {name: round(value, 2) for name, value in zip(names, values, strict=True)}
    return {"total_p50": float(np.median(totals)), **rounded}


if __name__ == "__main__":
    raise SystemExit(main())
