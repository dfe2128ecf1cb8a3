"""SQLite FTS5, through Python's standard library."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers.base import TITLE_WEIGHT, Article, Kind, Peer

_SCHEMA = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, body TEXT, rest TEXT);
CREATE VIRTUAL TABLE words USING fts5 (
    title, body, content = 'articles', content_rowid = 'number', tokenize = 'porter unicode61'
);
INSERT INTO words (words, rank) VALUES ('rank', 'bm25({TITLE_WEIGHT}, 1.0)');
"""
_HITS = "FROM words JOIN articles ON number = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT ?"


class SQLite(Peer):
    """An external-content table, so that the text is stored once; Porter stemming; WAL, synced at commits."""

    def build(self, batches: Iterable[list[Article]], folder: Path) -> None:
        db = _connect(folder)
        db.executescript(_SCHEMA)
        number = 0
        for batch in batches:
            with db:
                db.executemany("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", _rows(batch, number))
                db.executemany(
                    "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
                    ((i, a["title"], a["text"]) for i, a in enumerate(batch, number)),
                )
            number += len(batch)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def open(self, folder: Path) -> None:
        self._db = _connect(folder)
        self._db.execute("SELECT rowid FROM words WHERE words MATCH 'a' LIMIT 1").fetchone()  # connecting is lazy

    def search(self, kind: Kind, words: list[str], k: int = 10) -> list[str]:
        return [row[0] for row in self._db.execute(f"SELECT id {_HITS}", (_match(kind, words), k))]

    def page(self, words: list[str], k: int = 10) -> list[Article]:
        columns = "id, articles.title, articles.body, rest"
        rows = self._db.execute(f"SELECT {columns} {_HITS}", (_match("or", words), k))
        return [{"id": i, "title": title, "text": body} | json.loads(rest) for i, title, body, rest in rows]

    def add_one(self, article: Article) -> None:
        with self._db:
            (number,) = self._db.execute("SELECT max(number) + 1 FROM articles").fetchone()
            self._db.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", next(_rows([article], number)))
            self._db.execute(
                "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (number, article["title"], article["text"])
            )

    def version(self) -> str:
        return sqlite3.sqlite_version


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "articles.db")
    db.execute("PRAGMA synchronous = FULL")  # the default: a commit is on disk when it returns
    db.execute("PRAGMA mmap_size = 8000000000")  # as the other engines map their files
    return db


def _rows(batch: list[Article], number: int) -> Iterator[tuple[Any, ...]]:
    for i, article in enumerate(batch, number):
        rest = {name: value for name, value in article.items() if name not in ("id", "title", "text")}
        yield i, article["id"], article["title"], article["text"], json.dumps(rest, ensure_ascii=False)


def _match(kind: Kind, words: list[str]) -> str:
    if kind == "prefix":
        return f'"{words[0]}"*'
    if kind == "phrase":
        return '"' + " ".join(words) + '"'
    return (" OR " if kind == "or" else " AND ").join(f'"{word}"' for word in words)


PEERS = {"sqlite": SQLite}
