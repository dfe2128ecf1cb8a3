"""How long the related block of one article takes, uncached: ``python -m benchmarks.related_latency ARCHIVE``.

Every block is of another article, picked at random with a fixed seed, so nothing but what all articles share has been
computed before. The first figures are what the first reader waits for.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np

from readmore import open_recommender
from recommender.request.seeds import ArticleSeed

WARM_UP = 20  # blocks before the clock counts


def measure(archive: Path, blocks: int) -> dict[str, float]:
    """Latencies in milliseconds: of opening, of the first block, and percentiles over `blocks` more."""
    started = time.perf_counter()
    with open_recommender(archive) as recommender:
        recommender.prepare()
        opened = time.perf_counter()
        index = recommender.engine.index()
        docs = np.flatnonzero(index.live()).tolist()
        chosen = random.Random(20240318).sample(docs, min(len(docs), blocks + WARM_UP))
        ids = [index.article_id(doc) for doc in chosen]
        recommender.block(ArticleSeed(ids[0]))
        first = time.perf_counter()
        for article in ids[1:WARM_UP]:
            recommender.block(ArticleSeed(article))
        took = [recommender.block(ArticleSeed(article)).took_ms for article in ids[WARM_UP:]]
    p50, p95, p99 = np.percentile(took, [50, 95, 99]).tolist() if took else (0.0, 0.0, 0.0)
    figures = {"open": (opened - started) * 1000, "first": (first - opened) * 1000, "p50": p50, "p95": p95, "p99": p99}
    return {"articles": len(docs), **{name: round(value, 2) for name, value in figures.items()}}


def main() -> None:
    """Prints one JSON object; all times are milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="an archive's folder, indexed and prepared")
    parser.add_argument("--blocks", type=int, default=500)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.archive, arguments.blocks)))


if __name__ == "__main__":
    main()
