"""What a reader at the search box waits for: ``python -m benchmarks.search_box``. See README.md.

Searches as a reader types them, with and without slips, and suggestions for headlines typed letter by letter. Nothing
that is asked is asked twice.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import archives, machine
from benchmarks.own_archive import indexed, sampled
from benchmarks.queries import term_queries
from readmore import open_engine
from search.engine import Engine

QUERIES, WARM_UP = 200, 20
WORDS = (1, 2, 3, 4, 8)
SLIPPED = {1: (5, 1), 2: (8, 2)}  # slips in one word of three: the least letters of the word, and the slips
TYPED = (1, 2, 3, 5, 8, 12)  # letters after which suggestions are asked for
SEED = 11
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search_box", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--archive", default="generated:200000", help="what to index, as for benchmarks.run")
    parser.add_argument("--folder", type=Path, help="an archive that is indexed already")
    parser.add_argument("--queries", type=int, default=QUERIES, help="of each kind")
    options = parser.parse_args(argv)
    work = Path(tempfile.mkdtemp(prefix="readmore-search-box-"))
    try:
        folder = options.folder or indexed(options.archive, work)
        with open_engine(folder) as engine:
            figures = measure(engine, options.queries)
    except archives.ArchiveMissingError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps({"machine": machine.describe()} | figures, indent=1))
    return 0


def measure(engine: Engine, queries: int = QUERIES) -> dict[str, Any]:
    """Medians and 95th percentiles, in milliseconds that passed and of processor time of the asking thread."""
    rng = np.random.default_rng(SEED)
    sample = sampled(engine)
    asked = {
        f"{n} words": [" ".join(words) for words in term_queries(sample, WARM_UP + queries, n, SEED)] for n in WORDS
    }
    threes = term_queries(sample, 20 * (WARM_UP + queries), 3, SEED + 1)
    for slips, (least, wanted) in SLIPPED.items():
        long_enough = [words for words in threes if max(map(len, words)) >= least][: WARM_UP + queries]
        asked[f"3 words, {slips} slips in one"] = [with_slips(words, wanted, rng) for words in long_enough]
    figures = {kind: _timed(engine.search, texts) for kind, texts in asked.items()}
    engine.suggest("a")
    headlines = [article["title"] for article in sample[: WARM_UP + queries]]
    for letters in TYPED:
        figures[f"suggestions after {letters} letters"] = _timed(engine.suggest, [text[:letters] for text in headlines])
    slipped = [with_slips(text[:12].split(" "), 1, rng) for text in headlines]
    figures["suggestions after 12 letters, 1 slip"] = _timed(engine.suggest, slipped)
    return {"articles": engine.index().num_docs, "queries": figures}


def with_slips(words: Sequence[str], slips: int, rng: np.random.Generator) -> str:
    """Words with so many random slips (a letter left out, put in, changed, or two swapped) in the longest of them."""
    longest = max(words, key=len)
    letters = list(longest)
    for _ in range(slips):
        place, kind = int(rng.integers(1, max(2, len(letters) - 1))), int(rng.integers(4))
        other = LETTERS[int(rng.integers(len(LETTERS)))]
        if kind == 0:
            del letters[place : place + 1]
        elif kind == 1:
            letters.insert(place, other)
        elif kind == 2:
            letters[place : place + 1] = other
        else:
            letters[place - 1 : place + 1] = reversed(letters[place - 1 : place + 1])
    return " ".join("".join(letters) if word is longest else word for word in words)


def _timed(ask: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    times = []
    for text in texts:
        started, busy = time.perf_counter(), time.thread_time()
        ask(text)
        times.append(((time.perf_counter() - started) * 1000, (time.thread_time() - busy) * 1000))
    passed, used = np.array(times[WARM_UP:]).T
    figures: dict[str, float] = {}
    for kind, values in (("", passed), ("cpu_", used)):
        p50, p95 = np.percentile(values, (50, 95)).tolist()
        figures |= {f"{kind}p50": round(p50, 2), f"{kind}p95": round(p95, 2)}
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
