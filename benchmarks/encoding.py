"""How fast articles become vectors, and what 8-bit weights lose: ``python -m benchmarks.encoding COLLECTION``.

Speed: plain ``SentenceTransformer.encode`` with its default settings over the articles, each as one text, which it cuts
off at the model's window; against what ``readmore embed`` does on a CPU, every passage of every article in 8-bit
integers. The two take turns, all articles in each turn. Loss: the same passages and queries by both, 32-bit floats and
8-bit integers, each ranking the judged queries (or the articles with related ones) by their vectors alone.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine
from benchmarks.hybrids import as_texts
from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.embedding.job import PIECE
from indexer.vectors.encoder import Encoder, encode_articles, encode_query
from indexer.vectors.models import find_model
from indexer.vectors.onnx_encoder import MODEL_FILE, TOKENIZER_FILE, OnnxEncoder
from indexer.vectors.onnx_export import export
from indexer.vectors.torch_encoder import TorchEncoder
from search.evaluation.collection import TestCollection, load
from search.evaluation.measures import per_query
from search.evaluation.significance import Comparison, compare
from search.reader.bm25 import top_k

Vectors = NDArray[np.float32]
MEASURE = "nDCG@10"
PLAIN, OURS = "SentenceTransformer.encode", "readmore embed"
SEED = 7


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.encoding", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("collection", type=Path, help="a folder as `readmore eval` takes it")
    parser.add_argument("--model", default="minilm", help="as `readmore embed` takes it (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=300, help="how many are timed (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=3, help="how often each encodes them (default: %(default)s)")
    parser.add_argument("--only", choices=("speed", "loss"), help="measure one of the two")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(argv)
    try:
        collection = load(options.collection)
        whole = TorchEncoder(find_model(options.model), "cpu")
        spec, files = export(whole)
        small = OnnxEncoder(spec, files[MODEL_FILE], files[TOKENIZER_FILE].decode())
    except ReadmoreError as error:
        print(error, file=sys.stderr)
        return 2
    figures: dict[str, Any] = {"machine": machine.describe(), "collection": collection.name, "model": options.model}
    if options.only != "loss":
        figures["speed"] = speed(collection, whole, small, options.articles, options.turns)
    if options.only != "speed":
        figures["loss"] = [pair.to_dict() for pair in loss(collection, whole, small)]
    print(json.dumps(figures, indent=1) if options.json else to_text(figures))
    return 0


def speed(
    collection: TestCollection, whole: TorchEncoder, small: Encoder, articles: int, turns: int
) -> dict[str, float]:
    """Articles per second of both, medians over the turns, and the medians of the turns' ratios: of the time, and of
    the processor time, which other work on the machine changes less."""
    texts = list(as_texts(collection).values())
    chosen = sorted(random.Random(SEED).sample(range(len(texts)), min(articles, len(texts))))
    plain, ours = [texts[n] for n in chosen], [collection.articles[n] for n in chosen]
    whole.model.encode(plain[:PIECE], show_progress_bar=False)  # the first batches of a process are slow
    encode(small, ours[:PIECE])
    took: dict[str, list[tuple[float, float]]] = {PLAIN: [], OURS: []}
    for _ in range(turns):
        took[PLAIN].append(_seconds(lambda: whole.model.encode(plain, show_progress_bar=False)))
        took[OURS].append(_seconds(lambda: encode(small, ours)))
    ratios = np.array(took[PLAIN]) / np.array(took[OURS])
    tokens = [len(whole.tokenizer.encode(text).ids) for text in plain]
    return {
        "articles": len(chosen),
        "tokens": statistics.fmean(tokens),
        "tokens_read_by_plain": statistics.fmean(min(n, whole.spec.window or n) for n in tokens),
        "passages": statistics.fmean(len(small.split(article.title, article.body)) for article in ours),
        **{name: len(chosen) / statistics.median(wall for wall, _ in of) for name, of in took.items()},
        "ratio": float(np.median(ratios[:, 0])),
        "ratio_processor_time": float(np.median(ratios[:, 1])),
    }


def encode(encoder: Encoder, articles: Sequence[Article]) -> Vectors:
    """(n, dim) the vectors of articles, encoded in the order and the pieces of `readmore embed`."""
    order = sorted(range(len(articles)), key=lambda n: len(articles[n].body))
    vectors = np.empty((len(articles), encoder.spec.dim), np.float32)
    for start in range(0, len(order), PIECE):
        piece = order[start : start + PIECE]
        vectors[piece] = encode_articles(encoder, [(articles[n].title, articles[n].body) for n in piece])
    return vectors


def loss(collection: TestCollection, whole: Encoder, small: Encoder) -> list[Comparison]:
    """What the rankings by the vectors of `small` are worth beside those of `whole`, for each kind of judgements."""
    runs = [_runs(collection, encoder) for encoder in (small, whole)]
    judgements = {"queries": collection.qrels, "related": collection.related}
    made = []
    for kind, judged in judgements.items():
        if judged:
            of_small, of_whole = (per_query([MEASURE], judged, run[kind])[MEASURE] for run in runs)
            made.append(compare(MEASURE, f"{kind}, 8-bit", f"{kind}, 32-bit", of_small, of_whole))
    return made


def _runs(collection: TestCollection, encoder: Encoder) -> dict[str, dict[str, list[str]]]:
    """The ten nearest documents of every query and of every article with related ones."""
    documents = list(collection.archive_ids)
    place = {document: n for n, document in enumerate(documents)}
    vectors = encode(encoder, collection.articles)

    def nearest(vector: Vectors, but: int | None = None) -> list[str]:
        found = top_k(vectors @ vector, 11).tolist()
        return [documents[n] for n in found if n != but][:10]

    return {
        "queries": {query: nearest(encode_query(encoder, text)) for query, text in collection.queries.items()},
        "related": {source: nearest(vectors[place[source]], place[source]) for source in collection.related},
    }


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long `work` took, and the processor time of all its threads."""
    started = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started[0], time.process_time() - started[1]


def to_text(figures: Mapping[str, Any]) -> str:
    """The figures for people."""
    lines = [machine.sentence(figures["machine"])]
    if of := figures.get("speed"):
        lines += [
            f"{figures['collection']}, {of['articles']} articles of {of['tokens']:.0f} tokens on average, "
            f"{of['passages']:.2f} passages an article:",
            f"  {PLAIN:28}{of[PLAIN]:8.1f} articles/s, {of['tokens_read_by_plain']:.0f} tokens read of each",
            f"  {OURS:28}{of[OURS]:8.1f} articles/s, {of['ratio']:.2f} times",
            f"  {'':28}{of['ratio_processor_time']:8.2f} times by processor time",
        ]
    for pair in figures.get("loss", ()):
        lines += [
            f"{figures['collection']}, {MEASURE}, {pair['queries']} judged:",
            f"  {pair['b']} {pair['mean_b']:.4f}, {pair['a']} {pair['mean_a']:.4f} "
            f"({pair['difference']:+.4f}, p = {pair['p_randomisation']:.2f})",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
