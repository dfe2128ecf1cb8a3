"""Test collections: articles, queries and judgements in a folder, as people in information retrieval share them.

``docs.jsonl`` (or ``docs.jsonl.gz``) has one JSON object a line with `id`, `title`, `text` and whatever else an article
may have. ``queries.jsonl`` (`id`, `text`) goes with ``qrels.tsv`` (query, document, grade); ``related.tsv`` (source
article, target article, grade) stands alone. A collection has the one kind of judgements, the other, or both. Folders
as BEIR has them (``corpus.jsonl``, `_id`, ``qrels/test.tsv``; N. Thakur et al., 2021) and TREC's four columns of
judgements are read as well.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection as Container
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.article.article import Article
from indexer.base.errors import ReadmoreError
from indexer.sources.item import Refused
from indexer.sources.record import item_from_record

MAX_GRADE = 15  # trec_eval keeps an entry for every gain up to the highest, and the gain is 2^grade - 1
_DOCS = ("docs.jsonl", "docs.jsonl.gz", "corpus.jsonl", "corpus.jsonl.gz")
_QUERIES = ("queries.jsonl", "queries.jsonl.gz")
_QRELS = ("qrels.tsv", "qrels/test.tsv")
_BEIR_HEADER = ["query-id", "corpus-id", "score"]

Judgements = dict[str, dict[str, int]]  # query (or source article) to document to grade


class CollectionError(ReadmoreError):
    """A collection that cannot be read. The message names the file and the line."""


@dataclass(frozen=True, slots=True)
class TestCollection:
    """A collection in memory. Everything speaks of documents by the collection's own ids, except that `articles` have
    ids of the archive's kind: `archive_ids` and `document_ids` translate. Ids may hold characters that an article's
    may not."""

    name: str
    articles: list[Article]
    archive_ids: dict[str, str]  # document id to article id
    document_ids: dict[str, str]  # article id to document id
    queries: dict[str, str]  # the judged queries, id to text
    qrels: Judgements
    related: Judgements
    notes: tuple[str, ...]  # what was left out and why, for the person who asked


def load(folder: Path) -> TestCollection:
    """The collection in `folder`. Raises CollectionError where something is missing or not as it should be."""
    if not folder.is_dir():
        raise CollectionError(f"no collection at {folder}: give a folder with docs.jsonl and judgements")
    docs = _file(folder, _DOCS)
    if not docs.is_file():
        raise CollectionError(f"{folder}: neither docs.jsonl nor docs.jsonl.gz")
    qrels_file, related_file = _file(folder, _QRELS), folder / "related.tsv"
    _check_pair(folder)
    if not qrels_file.exists() and not related_file.exists():
        raise CollectionError(f"{folder}: no judgements; it needs queries.jsonl with qrels.tsv, or related.tsv")
    articles, archive_ids, skipped = _read_docs(docs)
    notes = [f"{skipped} documents with neither title nor text were left out"] if skipped else []
    queries: dict[str, str] = {}
    qrels: Judgements = {}
    related: Judgements = {}
    if qrels_file.exists():
        queries, qrels = read_queries(folder, notes)
        _check_documents(qrels_file, qrels, archive_ids, notes)
    if related_file.exists():
        related = _known_sources(_read_judgements(related_file), archive_ids, notes)
    if not qrels and not related:
        raise CollectionError(f"{folder}: none of its judgements is about a query or an article that is there")
    back = {article_id: document for document, article_id in archive_ids.items()}
    return TestCollection(folder.resolve().name, articles, archive_ids, back, queries, qrels, related, tuple(notes))


def _check_pair(folder: Path) -> None:
    """Raises CollectionError if there are queries without judgements, or judgements without queries."""
    there, missing = sorted((_file(folder, _QUERIES), _file(folder, _QRELS)), key=lambda path: not path.exists())
    if there.exists() and not missing.exists():
        raise CollectionError(f"{there} is of no use without {missing.name}")


def _file(folder: Path, names: Sequence[str]) -> Path:
    """The file that is there under one of the names, the first name if none is."""
    return next((folder / name for name in names if (folder / name).is_file()), folder / names[0])


def _read_docs(path: Path) -> tuple[list[Article], dict[str, str], int]:
    """The articles, the article id of each document, and how many documents were skipped as empty.

    Documents are read as `readmore index` reads them, so dates, tags and authors count as they do in an archive.
    Addresses and links are left out: related judgements are often made from them, and would be found in the answer.
    """
    articles: list[Article] = []
    archive_ids: dict[str, str] = {}
    seen: set[str] = set()
    for where, record in json_lines(path):
        document = _id(record, where)
        if document in seen:
            raise CollectionError(f"{where}: a second document with the id '{document}'")
        seen.add(document)
        item = item_from_record(record, where, id=f"d{len(articles)}")
        if isinstance(item, Refused):
            if any(str(record.get(key) or "").strip() for key in ("title", "text", "body")):
                raise CollectionError(f"{where}: {item.reason}")
            continue
        articles.append(replace(item.article, url="", links=(), offered=(), source=""))
        archive_ids[document] = item.article.id
    if not articles:
        raise CollectionError(f"{path}: no documents")
    return articles, archive_ids, len(seen) - len(articles)


def _read_queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for where, record in json_lines(path):
        query = _id(record, where)
        if query in queries:
            raise CollectionError(f"{where}: a second query with the id '{query}'")
        if not isinstance(record.get("text"), str):
            raise CollectionError(f"{where}: query '{query}' has no text")
        queries[query] = record["text"]
    return queries


def _read_judgements(path: Path) -> Judgements:
    """The grades in a file of three columns, separated by tabs (or spaces, where no id has one in it)."""
    judgements: Judgements = {}
    for number, line in enumerate(_lines(path), 1):
        fields = line.rstrip("\r\n").split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and fields == _BEIR_HEADER):
            continue
        if len(fields) == 4 and fields[1].upper() in ("0", "Q0"):  # TREC's: query, iteration, document, grade
            del fields[1]
        if len(fields) != 3:
            raise CollectionError(f"{path}:{number}: {len(fields)} columns where three were expected (id, id, grade)")
        query, document, text = (field.strip() for field in fields)
        try:
            grade = max(0, int(text))  # below 0 means junk to some judges, and no gain to every measure
        except ValueError:
            raise CollectionError(f"{path}:{number}: the grade '{text}' is not a whole number") from None
        if grade > MAX_GRADE:
            raise CollectionError(f"{path}:{number}: the grade {grade} is above {MAX_GRADE}")
        if judgements.setdefault(query, {}).setdefault(document, grade) != grade:
            raise CollectionError(f"{path}:{number}: a second, different grade for '{query}' and '{document}'")
    return judgements


def read_queries(folder: Path, notes: list[str]) -> tuple[dict[str, str], Judgements]:
    """The queries of a folder and the judgements of their documents, without the queries that lack the one or the
    other; how many those are goes into `notes`. Raises CollectionError."""
    _check_pair(folder)
    queries_file = _file(folder, _QUERIES)
    if not queries_file.exists():
        raise CollectionError(f"{folder}: no judgements; it needs queries.jsonl with qrels.tsv")
    queries, qrels = _read_queries(queries_file), _read_judgements(_file(folder, _QRELS))
    judged = {query: text for query, text in queries.items() if query in qrels}
    if len(judged) < len(queries):
        notes.append(f"{len(queries) - len(judged)} queries without judgements were left out")
    if len(judged) < len(qrels):
        notes.append(f"judgements of {len(qrels) - len(judged)} queries that queries.jsonl has not were left out")
    return judged, {query: qrels[query] for query in judged}


def _check_documents(path: Path, qrels: Judgements, known: Container[str], notes: list[str]) -> None:
    """Says how many judged documents are not there. They stay, and count as never found, as in every evaluation of
    the collection. Raises CollectionError if none is there: then ids were mistaken, or columns changed places."""
    judged = {document for grades in qrels.values() for document in grades}
    missing = {document for document in judged if document not in known}
    if missing and missing == judged:
        raise CollectionError(
            f"{path}: none of its documents is among the docs, the first is '{min(missing)}'; "
            "its columns are query, document and grade"
        )
    if missing:
        notes.append(f"{len(missing)} judged documents are not among the docs and count as never found")


def _known_sources(related: Judgements, known: Container[str], notes: list[str]) -> Judgements:
    """Judgements of the articles that are there. An article is no recommendation for itself."""
    there = {}
    for source, grades in related.items():
        others = {target: grade for target, grade in grades.items() if target != source}
        if source in known and others:
            there[source] = others
    if len(there) < len(related):
        notes.append(f"related judgements of {len(related) - len(there)} articles were left out: not among the docs")
    return there


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON objects of a file, each behind its place in it."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CollectionError(f"{where}: not valid JSON ({getattr(error, 'msg', 'nested too deeply')})") from None
        if not isinstance(record, dict):
            raise CollectionError(f"{where}: not a JSON object")
        yield where, record


def _id(record: dict[str, Any], where: str) -> str:
    value = record.get("id", record.get("_id"))
    if not (isinstance(value, str) and value.strip()) and type(value) is not int:
        raise CollectionError(f"{where}: no id")
    return str(value).strip()


def _lines(path: Path) -> Iterator[str]:
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):  # noqa: B007 - an error below is on the line after the last
                yield line
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path}:{number + 1}: not UTF-8 ({error.reason})") from None
    except (OSError, EOFError, zlib.error) as error:
        raise CollectionError(f"{path}:{number + 1}: cannot be read ({error})") from None
