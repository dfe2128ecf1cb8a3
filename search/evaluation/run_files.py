"""Run files as TREC's tools read them: ``query Q0 document rank score tag``, a line per document."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import ir_measures

from indexer.base.errors import ReadmoreError, WriteError
from search.evaluation.measures import Run

_BLANK = str.maketrans({blank: f"%{ord(blank):02X}" for blank in " \t\r\n\v\f"})


class RunFileError(ReadmoreError):
    """A run file that cannot be read. The message names the file and the line."""


def write_run(path: Path, run: Run, tag: str) -> None:
    """Writes a run. Blanks in ids, which the format has no way to say, become %20 and so on.

    The score falls by 1 with every rank, since the order is what a run says and trec_eval orders by score.
    """
    try:
        with path.open("w", encoding="utf-8") as file:
            for query, documents in run.items():
                for place, document in enumerate(documents):
                    line = [query.translate(_BLANK), "Q0", document.translate(_BLANK), place + 1]
                    print(*line, len(documents) - place, tag.translate(_BLANK), file=file)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written ({error.strerror})") from None


def read_run(path: Path, queries: Iterable[str], documents: Iterable[str]) -> dict[str, list[str]]:
    """The run in a file, gzipped or not: query to document ids, highest score first.

    Equal scores come in descending order of document id, as trec_eval takes them. Ids are given back as the collection
    has them, whose `queries` and `documents` are given. Raises RunFileError for a file that is not a run, for a
    document given twice, and for one that has no query of the collection.
    """
    known_queries, known_documents = ({i.translate(_BLANK): i for i in ids} for ids in (queries, documents))
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for number, entry in _entries(path):
        of_query = scores[known_queries.get(entry.query_id, entry.query_id)]
        document = known_documents.get(entry.doc_id, entry.doc_id)
        if document in of_query:
            raise RunFileError(f"{path}:{number}: a second line for query '{entry.query_id}' and '{entry.doc_id}'")
        of_query[document] = entry.score
    if scores.keys().isdisjoint(known_queries.values()):
        raise RunFileError(f"{path}: has no query of this collection; was it made for another one?")
    return {
        query: [i for i, _ in sorted(of.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)]
        for query, of in scores.items()
    }


def _entries(path: Path) -> Iterator[tuple[int, ir_measures.ScoredDoc]]:
    """The lines of a run file, each behind its number."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for entry in ir_measures.read_trec_run(line.rstrip() + "\n"):
                    yield number, entry
    except (OSError, EOFError) as error:
        raise RunFileError(f"{path}: cannot be read ({error})") from None
    except UnicodeDecodeError as error:
        raise RunFileError(f"{path}:{number + 1}: not UTF-8 ({error.reason})") from None
    except ValueError:
        raise RunFileError(f"{path}:{number}: not a line of a TREC run (query Q0 document rank score tag)") from None
