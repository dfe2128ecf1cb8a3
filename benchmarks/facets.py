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
from numpy.typing import NDArray

from benchmarks import archives, machine
from benchmarks.own_archive import indexed, sampled
from benchmarks.queries import term_queries
from readmore import open_engine
from search.engine import Engine

QUERIES, WARM_UP = 100, 20
WORDS = (1, 2, 4)
SEED = 7
TEN = ("section", "site", "author", "tag", "language", "place", "agency", "year", "date", "words")
FILTERED = "section IN [World, Science] AND year >= 2010"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.facets", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", default="generated:200000", help="what to index, as for benchmarks.run")
    parser.add_argument("--folder", type=Path, help="an archive that is indexed already")
    options = parser.parse_args(argv)
    work = Path(tempfile.mkdtemp(prefix="readmore-facets-"))
    try:
        folder = options.folder or indexed(options.archive, work)
        with open_engine(folder) as engine:
            figures = measure(engine)
    except archives.ArchiveMissingError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps({"machine": machine.describe()} | figures, indent=1))
    return 0


def measure(engine: Engine) -> dict[str, Any]:
    """Medians and 95th percentiles, in milliseconds, of searches and of ten facets beside them."""
    sample = sampled(engine)
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
    possible = engine.index().schema.facets
    return [name for name in TEN if name in possible]


def _compare(engine: Engine, queries: Sequence[str], filters: str) -> dict[str, float]:
    facets = _of(engine)
    alone: list[NDArray[np.float64]] = []
    more: list[NDArray[np.float64]] = []
    totals: list[int] = []
    for query in queries:
        started = _now()
        totals.append(engine.search(query, filters=filters).total)
        between = _now()
        engine.search(query, filters=filters, facets=facets)
        ended = _now()
        alone.append(between - started)
        more.append(ended - between - alone[-1])
    figures = {"total_p50": float(np.median(totals))}
    for name, times in (("search", alone), ("facets", more)):
        passed, busy = np.array(times[WARM_UP:]).T
        for kind, values in (("", passed), ("_cpu", busy)):
            p50, p95 = np.percentile(values, (50, 95)).tolist()
            figures |= {f"{name}{kind}_p50": round(p50, 2), f"{name}{kind}_p95": round(p95, 2)}
    return figures


def _now() -> NDArray[np.float64]:
    """Milliseconds that passed, and of processor time of this thread."""
    return np.array([time.perf_counter(), time.thread_time()]) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
