"""How long it takes to find all copies in an archive, and to add one article: ``python -m benchmarks.copies 100000``.

One article in twenty is a copy of another, with another headline, up to three sentences in ten left out or put in, and
another credit. Storing and indexing are not counted; reading stored articles is.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.generate import articles
from indexer.article.article import Article
from indexer.copies.copies import Copies, dates_of
from indexer.store import Store

COPIED = 20  # one article in so many
BATCH = 5000  # articles stored at a time


def with_copies(count: int, seed: int = 1) -> Iterator[Article]:
    """`count` articles, of which one in twenty is a copy of one before; its id says of which."""
    chance = random.Random(seed)
    kept: list[Article] = []
    made = 0
    for record in articles(count, seed):
        if made == count:
            return
        article = Article(id=f"a-{made}", title=record["title"], body=record["text"], site="One")
        yield article
        made += 1
        kept = [*kept[-50:], article]
        if made % (COPIED - 1) == 0 and made < count:
            original = chance.choice(kept)
            yield _copy(original, kept, chance)
            made += 1


def _copy(original: Article, others: Sequence[Article], chance: random.Random) -> Article:
    sentences = original.body.split(". ")
    left_out = set(chance.sample(range(len(sentences)), int(chance.uniform(0, 0.3) * len(sentences))))
    kept = [sentence for place, sentence in enumerate(sentences) if place not in left_out]
    for _ in range(int(chance.uniform(0, 0.3) * len(sentences))):
        foreign = chance.choice(chance.choice(others).body.split(". "))
        kept.insert(chance.randrange(len(kept) + 1), foreign)
    words = original.title.split()
    chance.shuffle(words)
    body = f"(Own agency) - {'. '.join(kept)}"
    return replace(original, id=f"copy-of-{original.id}", title=" ".join(words), body=body, site="Two")


def measure(count: int) -> dict[str, float]:
    """Seconds by the clock and of the processor, and the shares of copies found and of articles wrongly joined."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "articles.db", create=True)
        batch: list[Article] = []
        ids: set[str] = set()
        for article in with_copies(count):
            if article.id not in ids:
                batch.append(article)
                ids.add(article.id)
            if len(batch) == BATCH:
                store.put(batch)
                batch = []
        if batch:
            store.put(batch)
        seqs = np.array(store.seqs_of_all())
        started, used = time.perf_counter(), time.process_time()
        copies = Copies().brought_to(seqs[:-1], store.versions)
        took, cpu = time.perf_counter() - started, time.process_time() - used
        started = time.perf_counter()
        copies = copies.brought_to(seqs, store.versions)
        one = time.perf_counter() - started
        stored = store.versions(np.unique(copies.pairs).tolist())
        groups = {stored[seq].id: stored[of].id for seq, of in copies.groups(dates_of(stored.items())).items()}
        store.close()
    told = {i: i.removeprefix("copy-of-") for i in ids if i.startswith("copy-of-")}
    found = sum(groups.get(copy, "?") == groups.get(of, "") for copy, of in told.items())
    together: dict[str, set[str]] = {}
    for member, of in groups.items():
        together.setdefault(of, set()).add(told.get(member, member))
    wrong = sum(len(members) - 1 for members in together.values())
    return {
        "articles": len(ids),
        "seconds": round(took, 1),
        "processor_seconds": round(cpu, 1),
        "one_more_ms": round(one * 1000, 1),
        "copies": len(told),
        "found": round(found / max(1, len(told)), 4),
        "wrongly_joined": round(wrong / len(ids), 5),
    }


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=int, nargs="?", default=100_000)
    print(json.dumps(measure(parser.parse_args().articles)))


if __name__ == "__main__":
    main()
