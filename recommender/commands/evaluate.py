"""``readmore eval``: the quality of search and of related articles on a test collection."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from indexer.base.errors import WriteError
from indexer.vectors.models import find_model
from recommender.corpus.corpus import Corpus
from recommender.feedback import learning
from recommender.ranking import candidates
from recommender.related import OpenRecommender, Recommender
from recommender.request import profile
from recommender.request.options import RelatedOptions
from recommender.request.seeds import ArticleSeed
from search.evaluation.collection import TestCollection, load
from search.evaluation.comparisons import against_best, compared, read_files, with_runs, write_runs
from search.evaluation.measures import QUERY_MEASURES, RELATED_MEASURES
from search.evaluation.plot import check_plot, draw
from search.evaluation.report import QUERIES, RELATED, Judged, judge, to_dict, to_text, write_per_query
from search.evaluation.runs import FUSION, RelatedLeg, indexed, query_runs, related_run, space_leg
from search.reader.bm25 import top_k

LEARNED = "learned"
RELATED_LIMIT = 10  # recommendations asked for: the measures look at no more


@click.command("eval")
@click.argument("collection", type=click.Path(path_type=Path))
@click.option("--model", default="", metavar="M", help="Also measure a space of this neural model (see `embed`).")
@click.option(
    "--compare",
    "pairs",
    nargs=2,
    multiple=True,
    metavar="A B",
    help="Test whether leg or run file A is really better than B; may be repeated.",
)
@click.option(
    "--per-query",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the measures of every query into this file, tab-separated or .json.",
)
@click.option(
    "--runs", type=click.Path(path_type=Path, file_okay=False), help="Write the rankings as TREC run files in here."
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the measures, and the first comparison query by query, into this file (.png, .svg, .pdf).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_obj
def eval_command(
    obj: dict[str, Any],
    collection: Path,
    model: str,
    pairs: tuple[tuple[str, str], ...],
    per_query: Path | None,
    runs: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Measure quality on COLLECTION: a folder with docs.jsonl[.gz], and queries.jsonl with qrels.tsv, or related.tsv.

    Its documents are indexed into a temporary archive; yours is not touched.
    """
    if plot:
        check_plot(plot)
    if model:
        find_model(model)  # or else it is missed only after the documents have been indexed
    _check_folders(per_query, plot)
    loaded = load(collection)
    for note in loaded.notes:
        click.echo(f"note: {note}", err=True)
    files = read_files(loaded, pairs)
    kinds = [with_runs(kind, files) for kind in judged(obj["open_recommender"], loaded, model)]
    comparisons = compared(kinds, pairs)
    if per_query:
        write_per_query(per_query, kinds)
    if runs:
        write_runs(runs, kinds)
    if plot:
        shown = [pair for of in comparisons.values() for pair in of]
        draw(plot, loaded.name, kinds, shown or against_best(kinds))
    report = to_dict(loaded.name, kinds, comparisons)
    click.echo(json.dumps(report) if as_json else to_text(report))


def evaluate(open_recommender: OpenRecommender, collection: TestCollection, model: str = "") -> dict[str, Any]:
    """The report of a collection: the mean of every measure, for each leg alone, the space of the neural `model` if
    one is given among them, and for the fusion."""
    return to_dict(collection.name, judged(open_recommender, collection, model), {})


def judged(open_recommender: OpenRecommender, collection: TestCollection, model: str = "") -> list[Judged]:
    """What every leg and the fusion answer to a collection, by kind of judgements."""
    kinds = []
    with (
        _bar(f"indexing {len(collection.articles)} documents") as bar,
        indexed(collection, model, bar.update) as archive,
        open_recommender(archive.path) as recommender,
    ):
        index = recommender.engine.index()
        if collection.qrels:
            bar.set_description("ranking for queries")
            bar.reset(total=len(collection.queries))
            kinds.append(judge(QUERIES, QUERY_MEASURES, collection.qrels, query_runs(collection, index, bar.update)))
        if collection.related:
            bar.set_description("ranking related articles")
            legs = related_legs(collection, recommender)
            bar.reset(total=len(collection.related) * len(legs))
            runs = {name: related_run(collection, leg, RELATED_LIMIT, bar.update) for name, leg in legs.items()}
            kinds.append(judge(RELATED, RELATED_MEASURES, collection.related, runs))
    return kinds


def related_legs(collection: TestCollection, recommender: Recommender) -> dict[str, RelatedLeg]:
    """What each leg alone recommends, and what a reader is shown."""
    index, corpus = recommender.engine.index(), recommender.corpus()

    def shown(article: str, limit: int) -> Sequence[str]:
        return [
            item.article.id for item in recommender.related(ArticleSeed(article), RelatedOptions(limit=limit)).related
        ]

    legs = {
        **{space: space_leg(index, space) for space in index.spaces},
        "tfidf": _tfidf_leg(corpus),
        FUSION: shown,
    }
    learned = _learned_leg(collection, corpus, recommender.calibration().prior)
    return legs | {LEARNED: learned} if learned else legs


def _learned_leg(collection: TestCollection, corpus: Corpus, prior: Mapping[str, float]) -> RelatedLeg | None:
    """What weights recommend that were learned from the judgements of other articles only; None where there are too
    few to learn from."""
    offered = corpus.offered()
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}
    links = {
        docs[collection.archive_ids[source]]: frozenset(
            docs[collection.archive_ids[target]]
            for target, grade in judged.items()
            if grade > 0 and target in collection.archive_ids and offered[docs[collection.archive_ids[target]]]
        )
        for source, judged in collection.related.items()
    }
    known = learning.examples(corpus, links)
    if len(known) < learning.MIN_SOURCES:
        return None
    scores = learning.cross_validated(known, prior)
    candidates_of = {example.source: example.docs for example in known}

    def nearest(article: str, limit: int) -> Sequence[str]:
        doc = docs[article]
        if doc not in scores:
            return []
        order = top_k(scores[doc], limit)
        return [corpus.article_id(other) for other in candidates_of[doc][order].tolist()]

    return nearest


def _tfidf_leg(corpus: Corpus) -> RelatedLeg:
    """The articles with the nearest whole tf-idf vectors."""
    docs = {corpus.article_id(doc): doc for doc in range(corpus.max_doc)}

    def nearest(article: str, limit: int) -> Sequence[str]:
        near = candidates.find(corpus, profile.of_doc(corpus, docs[article]))
        return [corpus.article_id(doc) for doc in near.docs[top_k(near.tfidf, limit)].tolist()]

    return nearest


def _check_folders(*files: Path | None) -> None:
    """Raises WriteError for a file whose folder is not there, before the work rather than after it."""
    for file in filter(None, files):
        if not file.absolute().parent.is_dir():
            raise WriteError(f"{file}: the folder {file.parent} is not there")


def _bar(what: str) -> Any:
    """A progress bar on a terminal, nothing elsewhere: what a pipe gets is the report."""
    return tqdm(desc=what, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)
