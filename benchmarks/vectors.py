"""Measures nearest neighbours and whole hybrid queries: ``python -m benchmarks.vectors``. See README.md.

Neighbours are looked for among vectors of three kinds: of LSA, in clusters, and isotropic, which are the hardest for
sign codes and unlike any text. Those of LSA are mixtures of articles, half of the words of one and a fifth of
another's, so that any number of different ones can be had from one archive; queries are a few words of a headline.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks import archives, machine
from benchmarks.batchfile import read_batches
from benchmarks.peers.readmore_engine import as_records
from benchmarks.queries import term_queries
from indexer.archive import Archive
from indexer.base.archive_folder import ArchiveFolder
from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from indexer.vectors.codes import sign_codes
from indexer.vectors.lsa import LsaSpace, term_weight, unit, weighted_term_counts
from indexer.vectors.space import LSA
from readmore import open_engine
from search.engine import Engine
from search.query.parser import parse
from search.ranking.rank import rank
from search.reader.snapshot import Snapshot
from search.vector.nearest import nearest

Vectors = NDArray[np.float32]
Neighbours = tuple[NDArray[np.int64], Vectors]
Figures = dict[str, Any]
DIM, CLUSTERS = 256, 5_000
QUERIES, WARM_UP = 100, 20
K = 10
BLOCK = 20_000
WORDS = (1, 2, 4, 8)
SEED = 7


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.vectors", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--vectors", type=int, nargs="*", default=[200_000, 1_000_000], metavar="N")
    parser.add_argument("--source", default="reuters", help="what vectors of LSA are made of (default: reuters)")
    parser.add_argument("--archive", default="generated:200000", help="archive for hybrid queries, or 'none'")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of a table")
    options = parser.parse_args(argv)
    work = Path(tempfile.mkdtemp(prefix="readmore-vectors-"))
    try:
        neighbours = list(_neighbours(options.vectors, options.source, work)) if options.vectors else []
        hybrid = _hybrid(options.archive, work) if options.archive != "none" else {}
    except archives.ArchiveMissingError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    run = {"machine": machine.describe(), "neighbours": neighbours, "hybrid": hybrid}
    print(json.dumps(run, indent=1) if options.json else "\n".join(_tables(run)))
    return 0


def _neighbours(sizes: Sequence[int], source: str, work: Path) -> Iterator[Figures]:
    """Recall and times of exact and two-stage search for every kind of vectors and every size."""
    _say(f"fitting LSA on {source}")
    mixtures = _Mixtures(*_build(archives.prepare(source, work / "source"), work / "lsa")[:2])
    kinds: dict[str, Callable[[np.random.Generator, int], Vectors]] = {
        "LSA": mixtures.vectors,
        "clustered": _clusters(),
        "isotropic": lambda rng, n: unit(rng.standard_normal((n, DIM), np.float32)),
    }
    for size in sizes:
        for kind, draw in kinds.items():
            _say(f"{size:,} vectors, {kind}")
            rng = np.random.default_rng(SEED)
            vectors = np.concatenate([draw(rng, min(BLOCK, size - start)) for start in range(0, size, BLOCK)])
            queries = mixtures.queries(rng) if kind == "LSA" else draw(rng, WARM_UP + QUERIES)
            yield {"vectors": size, "kind": kind, **_compare(vectors, queries)}


def _compare(vectors: Vectors, queries: Vectors) -> Figures:
    """Exact and two-stage search for the same queries. They don't take turns: the threads of an exact search's BLAS
    wait busily for more work, and would be in the way of the threads of the search that comes next."""
    rng = np.random.default_rng(SEED)
    exact, coded = _snapshot(vectors, {}), _snapshot(vectors, sign_codes(vectors))
    few = rng.random(len(vectors)) < 0.01
    times: dict[str, list[float]] = {"exact": [], "two stages": [], "two stages, 1 % permitted": []}
    recall: dict[str, list[float]] = {"two stages": [], "two stages, 1 % permitted": []}
    truth = [_timed(times["exact"], lambda query=query: nearest(exact, LSA, query, K)) for query in queries]
    for query, expected in zip(queries, truth, strict=True):
        found = _timed(times["two stages"], lambda query=query: nearest(coded, LSA, query, K))
        recall["two stages"].append(_recall(found, expected))
    for query in queries:
        found = _timed(times["two stages, 1 % permitted"], lambda query=query: nearest(coded, LSA, query, K, few))
        recall["two stages, 1 % permitted"].append(_recall(found, nearest(exact, LSA, query, K, few)))
    return {
        name: {**_percentiles(of[WARM_UP:]), **({"recall": float(np.mean(recall[name]))} if name in recall else {})}
        for name, of in times.items()
    }


def _recall(found: Neighbours, truth: Neighbours) -> float:
    return float(np.isin(found[0], truth[0]).mean())


def _snapshot(vectors: Vectors, codes: dict[str, NDArray[Any]]) -> Snapshot:
    """What `nearest` needs of a snapshot, with one segment of nothing but these vectors."""
    segment = SimpleNamespace(
        num_docs=len(vectors),
        deleted=np.zeros(0, np.uint32),
        vectors=lambda space: vectors,
        codes=lambda space: codes or None,
    )
    return cast(Snapshot, SimpleNamespace(segments=[segment], first_docs=np.array([0, len(vectors)])))


def _clusters() -> Callable[[np.random.Generator, int], Vectors]:
    centres = np.random.default_rng(SEED).standard_normal((CLUSTERS, DIM), np.float32)

    def draw(rng: np.random.Generator, n: int) -> Vectors:
        return unit(centres[rng.integers(0, CLUSTERS, n)] + rng.standard_normal((n, DIM), np.float32))

    return draw


class _Mixtures:
    """Vectors of mixtures of an archive's articles, in its own space."""

    def __init__(self, archive: archives.Archive, folder: Path) -> None:
        from scipy import sparse

        self._sample = [article for article in archive.sample if article["title"]]
        snapshot = Snapshot.open(ArchiveFolder(folder).index)
        self._space = cast(LsaSpace, snapshot.spaces[LSA])
        rows = []
        for segment in snapshot.segments:
            term = np.repeat(self._space.numbers(segment), np.diff(segment.post_start))
            known = term >= 0
            counts = weighted_term_counts(segment.tf[:, known])
            shape = (segment.max_doc, len(self._space.idf))
            rows.append(sparse.csr_matrix((counts, (segment.docs[known], term[known])), shape))
        self._counts = sparse.vstack(rows, "csr")

    def vectors(self, rng: np.random.Generator, n: int) -> Vectors:
        """`n` of them."""
        mixed = self._some(rng, n, 0.5) + self._some(rng, n, 0.2)
        mixed.data = term_weight(mixed.data, self._space.idf[mixed.indices])
        return unit(mixed @ self._space.components)

    def _some(self, rng: np.random.Generator, n: int, share: float) -> Any:
        counts = self._counts[rng.integers(0, self._counts.shape[0], n)]
        counts.data *= rng.random(len(counts.data)) < share
        return counts

    def queries(self, rng: np.random.Generator) -> Vectors:
        """The vectors of two to six words of headlines."""
        found: list[Vectors] = []
        while len(found) < WARM_UP + QUERIES:
            forms = word_forms(self._sample[int(rng.integers(len(self._sample)))]["title"])
            forms = [forms[n] for n in rng.permutation(len(forms))[: int(rng.integers(2, 7))]]
            vector = self._space.encode_terms([(term, 1.0) for form in forms for term in query_terms(form, ("en",))])
            if vector.any():
                found.append(vector)
        return np.array(found)


def _build(archive: archives.Archive, folder: Path) -> tuple[archives.Archive, Path, Figures]:
    """An archive of readmore with its space, and what that took."""
    with Archive.create(folder) as made:
        started = time.perf_counter()
        made.add(as_records(read_batches(archive.batches)))
        added = time.perf_counter()
        made.maintain()
        fitted = time.perf_counter()
        dim = made.manifest().spaces[LSA].dim
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return archive, folder, {"add_s": added - started, "maintain_s": fitted - added, "dim": dim, "peak_bytes": peak}


def _hybrid(name: str, work: Path) -> Figures:
    """Times of whole queries of an archive with its LSA space."""
    _say(f"building {name}")
    archive, folder, built = _build(archives.prepare(name, work / "articles"), work / "hybrid")
    figures: Figures = {"archive": name, "articles": archive.articles, "build": built, "queries": {}}
    with open_engine(folder) as engine:
        snapshot = engine.index().snapshot
        _say("folding in")
        segment = max(snapshot.segments, key=lambda one: one.max_doc)
        spent: list[float] = []
        _timed(spent, lambda: cast(LsaSpace, snapshot.spaces[LSA]).encode_segment(segment))
        figures["folded_per_s"] = segment.max_doc / spent[0] * 1000
        for words in WORDS:
            _say(f"queries of {words} words")
            texts = [" ".join(one) for one in term_queries(archive.sample, WARM_UP + QUERIES, words, SEED)]
            figures["queries"][words] = {step: _percentiles(t[WARM_UP:]) for step, t in _ask(engine, texts).items()}
    return figures


def _ask(engine: Engine, texts: Sequence[str]) -> dict[str, list[float]]:
    """The times of queries up to the docs, up to the articles, and up to the excerpts."""
    index = engine.index()
    languages = index.languages()
    times: dict[str, list[float]] = {"ranked": [], "with articles": [], "with excerpts": []}

    def ranked(text: str) -> list[str]:
        docs = rank(index, parse(text, languages), K).docs
        return [index.article_id(doc) for doc in docs.tolist()]

    for text in texts:
        _timed(times["ranked"], lambda text=text: ranked(text))
        _timed(times["with articles"], lambda text=text: engine.articles(ranked(text)))
        _timed(times["with excerpts"], lambda text=text: engine.search(text, limit=K))
    return times


@dataclass(frozen=True)
class _Row:
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"| {' | '.join(self.cells)} |"


def _tables(run: Figures) -> Iterator[str]:
    """The figures as Markdown."""
    yield machine.sentence(run["machine"])
    if run["neighbours"]:
        yield ""
        yield str(
            _Row(("vectors", "kind", "exact p50 / p95 ms", "two stages", "recall@10", "1 % permitted", "recall@10"))
        )
        yield str(_Row(("---",) * 7))
    for one in run["neighbours"]:
        exact, two, few = one["exact"], one["two stages"], one["two stages, 1 % permitted"]
        recalls = [f"{of['recall']:.3f}" for of in (two, few)]
        cells = (_ms(exact), _ms(two), recalls[0], _ms(few), recalls[1])
        yield str(_Row((f"{one['vectors']:,}", one["kind"], *cells)))
    if hybrid := run["hybrid"]:
        built = hybrid["build"]
        yield ""
        yield (
            f"{hybrid['archive']}: {hybrid['articles']:,} articles added in {built['add_s']:.0f} s, LSA fitted and all "
            f"of them encoded in {built['maintain_s']:.0f} s with merging, {built['peak_bytes'] / 2**30:.1f} GiB of "
            f"memory at most; {hybrid['folded_per_s']:,.0f} articles/s folded in"
        )
        yield ""
        yield str(_Row(("words", "ranked p50 / p95 ms", "with articles", "with excerpts")))
        yield str(_Row(("---",) * 4))
        for words, steps in hybrid["queries"].items():
            yield str(_Row((str(words), *(_ms(steps[s]) for s in ("ranked", "with articles", "with excerpts")))))


def _ms(figures: Figures) -> str:
    return f"{figures['p50']:.2f} / {figures['p95']:.2f}"


def _timed(into: list[float], work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    answer = work()
    into.append((time.perf_counter() - started) * 1000)
    return answer


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return dict(zip(("p50", "p95"), np.percentile(times, (50, 95)).tolist(), strict=True))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
