"""What an archive's tuning learns from: judged queries, or clicks on search results."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.base.errors import ArticleNotFoundError
from search.evaluation.collection import MAX_GRADE, CollectionError, json_lines, read_queries

Find = Callable[[str], str]  # an article's id or URL to its id; raises ArticleNotFoundError


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries with the grades of the archive's articles."""

    grades: dict[str, dict[str, int]]  # query text to article id to grade
    notes: tuple[str, ...]  # what was left out, and why


def read(path: Path, find: Find) -> Judged:
    """The judgements in a folder with queries.jsonl and qrels.tsv, or the clicks in a JSON Lines file.

    Raises CollectionError where something is missing or malformed, and if nothing judged is in the archive.
    """
    if path.is_dir():
        read = _from_collection(path, find)
    elif path.is_file():
        read = _from_clicks(path, find)
    else:
        raise CollectionError(
            f"{path} is not there: give a folder with queries.jsonl and qrels.tsv, or a file of clicks"
        )
    if not read.grades:
        raise CollectionError(f"{path}: no query with an article of this archive among its answers")
    return read


def click_weight(rank: int) -> float:
    """What a click on the result of this rank, from 1, counts: ``log2(1 + rank)``.

    The lower a result stands, the fewer people look at it, so a click there says more (T. Joachims, A. Swaminathan and
    T. Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", 2017: the inverse of the chance to be looked at).
    The chance assumed is nDCG's own discount, gentle enough that no single click at the bottom decides.
    """
    return math.log2(1 + rank)


def grade_of(gain: float) -> int:
    """The grade whose gain, ``2^grade - 1``, is nearest to `gain` (which is above 0), within 1 and `MAX_GRADE`."""
    return min(MAX_GRADE, max(1, round(math.log2(1 + gain))))


def _from_collection(folder: Path, find: Find) -> Judged:
    notes: list[str] = []
    queries, qrels = read_queries(folder, notes)
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    missing = set()
    for query, text in queries.items():
        for document, grade in qrels[query].items():
            article = _known(find, document)
            if article is None:
                missing.add(document)
            elif grade > 0:
                grades[text][article] = max(grade, grades[text].get(article, 0))
    if missing:
        notes.append(f"{len(missing)} judged articles are not in this archive, the first is '{min(missing)}'")
    return Judged(dict(grades), tuple(notes))


def _from_clicks(path: Path, find: Find) -> Judged:
    gains: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    missing = set()
    for where, record in json_lines(path):
        query, clicked, rank = _click(record, where)
        article = _known(find, clicked)
        if article is None:
            missing.add(clicked)
        else:
            gains[query][article] += click_weight(rank)
    notes = (
        [f"{len(missing)} clicked articles are not in this archive, the first is '{min(missing)}'"] if missing else []
    )
    grades = {query: {article: grade_of(gain) for article, gain in of.items()} for query, of in gains.items()}
    return Judged(grades, tuple(notes))


def _click(record: dict[str, Any], where: str) -> tuple[str, str, int]:
    """The query, the article clicked on, and its rank among those shown."""
    query, clicked, shown = (record.get(name) for name in ("query", "clicked", "shown"))
    if not isinstance(query, str) or not query.strip():
        raise CollectionError(f"{where}: no query")
    if not isinstance(clicked, str):
        raise CollectionError(f"{where}: 'clicked' must be the id or URL of the article clicked on")
    if not isinstance(shown, list) or not all(isinstance(article, str) for article in shown):
        raise CollectionError(f"{where}: 'shown' must be the list of the ids or URLs shown, best first")
    if clicked not in shown:
        raise CollectionError(f"{where}: '{clicked}' was clicked on but is not among those shown")
    return " ".join(query.lower().split()), clicked, shown.index(clicked) + 1


def _known(find: Find, id_or_url: str) -> str | None:
    try:
        return find(id_or_url)
    except ArticleNotFoundError:
        return None
