"""The article store: SQLite holds every article as accepted, and is the truth that every index is derived from.

Each accepted version of an article gets the next sequence number. The index remembers the number it has reached, so
what was accepted and not yet indexed when a process died is found again.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from indexer.article.article import Article
from indexer.article.urls import LooseUrl, best_match, canonical_url, is_followable
from indexer.base.errors import ArticleError, ArticleNotFoundError, ArticlesDamagedError
from indexer.base.transaction import transaction
from indexer.records.database import ArticlesDatabase, log_of
from indexer.records.mending import mended
from indexer.records.row import Row, checksum, parsed

_ROW = "(?, ?, ?, ?, CAST(? AS TEXT), ?)"
_INSERT = "INSERT INTO articles (seq, id, url, digest, record, crc32) VALUES {} ON CONFLICT (id) DO NOTHING"
_ROWS_AT_ONCE = 64  # a statement of its own for each row takes half as long again
_WITH_IDS = "id IN (SELECT value FROM json_each(?))"  # any number of ids, in one parameter
_LIKE_ESCAPES = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})
_MOST_NEEDLES = 10
_HEAD = 1000  # characters of a record that nearly always have its title
_STRING = r'"(?:[^"\\]|\\.)*+"'
_BEFORE_TITLE = re.compile(rf'\{{"id":{_STRING}(?:,"url":{_STRING})?,"(\w+)":({_STRING})?')
_MOST_SIMILAR = 5000  # URLs that are compared with one that no article has: about 50 ms
_WITH_SEQS = "seq IN (SELECT value FROM json_each(?))"
_log = logging.getLogger("readmore")
_mended = lru_cache(64)(mended)  # the same row is asked for again and again


class _KnownIdError(Exception):
    """An article taken for new has an id that is there already."""


class StoredRecord(NamedTuple):
    """An article as stored."""

    seq: int
    json: bytes  # what `Article.from_json` reads


@dataclass(slots=True)
class Accepted:
    """What became of a batch handed to `Store.put`."""

    new: list[StoredRecord]  # ascending; changed articles are here too
    retired: list[int]  # sequence numbers of the versions that were replaced
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    same: list[str] = field(default_factory=list)  # the ids of those that were unchanged
    held: list[Article] = field(default_factory=list)  # changed ones that were not stored, see `Store.put`


def open_store(path: Path) -> Store:
    """The articles in the file at `path`, for reading only where the folder cannot be written to."""
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        return Store(path)
    return Store(path, read_only=True, frozen=not log_of(path).exists())


class Store(ArticlesDatabase):
    """The articles of an archive, by their ids, sequence numbers and URLs; `ArticlesDatabase` has the parameters."""

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False, frozen: bool = False) -> None:
        super().__init__(path, create=create, read_only=read_only, frozen=frozen)
        self._only_new = False  # whether the last batch had no article that was there in another version
        self._named: set[int] = set()  # the damaged versions that were named in the log

    def _rows(self, where: str, wanted: Sequence[Any]) -> Iterator[Row]:
        """The rows whose id or number, as `where` says, is among those wanted. What is on a damaged page is left out
        and said in the log."""
        query = f"SELECT {self._columns} FROM articles WHERE {where}"
        try:
            yield from map(Row._make, self._all(query, (json.dumps(list(wanted)),)))
        except ArticlesDamagedError as error:
            if len(wanted) == 1:
                _log.warning("%s: %s cannot be read: %s", self._path, wanted[0], error.what)
                return
            for one in wanted:
                yield from self._rows(where, [one])

    def _article(self, row: Row) -> Article | None:
        """The article in a row, mended where the row is damaged; None where it cannot be, which the log says once."""
        article = row.article()
        if article is not None:
            return article
        right = _mended(row)
        if row.seq not in self._named:
            self._named.add(row.seq)
            outcome = "left out" if right is None else "shown as it was, from its checksums"
            name = row.id.decode(errors="replace")
            _log.warning(
                "%s: the article %s is damaged and %s; run 'readmore check --repair'", self._path, name, outcome
            )
        return None if right is None else parsed(right.record)

    def put(self, articles: Sequence[Article], *, hold_changed: bool = False) -> Accepted:
        """Accepts a batch in one transaction: new and changed articles get sequence numbers, unchanged ones are left
        alone. Of several articles with one id the last counts. All of the batch is stored, or none of it.

        `hold_changed` leaves out the changed ones, which are handed back as `Accepted.held`: another batch may have
        the version that is stored already."""
        latest = {article.id: article for article in articles}
        encoded = {article_id: article.encoded() for article_id, article in latest.items()}
        if self._only_new or not self.last_seq():
            # in a long addition of new articles, looking for each of them would be a third of the work here
            with suppress(_KnownIdError):
                return self._put(latest, encoded, {})
        known = self._digests(list(latest))
        self._only_new = not known
        changed = [i for i, (_, digest) in known.items() if encoded[i][1] != digest] if hold_changed else []
        held = [latest.pop(article_id) for article_id in changed]
        accepted = self._put(latest, encoded, known)
        accepted.held = held
        return accepted

    def _put(
        self,
        latest: Mapping[str, Article],
        encoded: Mapping[str, tuple[bytes, bytes]],
        known: Mapping[str, tuple[int, bytes]],
    ) -> Accepted:
        """Stores articles of which those `known` are there in other versions, with these sequence numbers and digests.
        Raises _KnownIdError, with nothing stored, if there are others."""
        seq = self.last_seq()
        result = Accepted([], [])
        rows: list[tuple[int, str, str | None, bytes, bytes, int]] = []
        replaced = []
        for article_id, article in latest.items():
            record, digest = encoded[article_id]
            old = known.get(article_id)
            if old is None:
                result.added += 1
            elif old[1] == digest:
                result.unchanged += 1
                result.same.append(article_id)
                continue
            else:
                result.changed += 1
                result.retired.append(old[0])
                replaced.append((old[0], article_id))
            seq += 1
            crc32 = checksum(seq, article_id.encode(), article.url.encode() if article.url else None, digest, record)
            rows.append((seq, article_id, article.url or None, digest, record, crc32))
            result.new.append(StoredRecord(seq, record))
        with transaction(self._db, self._path):
            self._retire(replaced)
            if self._insert(rows) < len(rows):
                raise _KnownIdError
        return result

    def _insert(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many of the rows were inserted: those with ids that are not there yet."""
        done = 0
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            done += self._db.execute(_INSERT.format(", ".join([_ROW] * len(part))), list(chain(*part))).rowcount
        return done

    def remove(self, ids: Iterable[str]) -> tuple[list[str], list[str], list[int]]:
        """Takes articles out. Returns the ids that were there, those that were not, and the sequence numbers of the
        versions taken out."""
        wanted = list(dict.fromkeys(ids))
        with transaction(self._db, self._path):
            known = self._digests(wanted)
            self._retire([(seq, article_id) for article_id, (seq, _) in known.items()])
        return [i for i in wanted if i in known], [i for i in wanted if i not in known], [s for s, _ in known.values()]

    def _retire(self, versions: Sequence[tuple[int, str]]) -> None:
        self._db.executemany("DELETE FROM articles WHERE seq = ?", [(seq,) for seq, _ in versions])
        self._db.executemany("INSERT INTO removals (seq, id) VALUES (?, ?)", versions)

    def _digests(self, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        rows = self._all(f"SELECT id, seq, digest FROM articles WHERE {_WITH_IDS}", (json.dumps(ids),))
        return {article_id: (seq, digest) for article_id, seq, digest in rows}

    def last_seq(self) -> int:
        """The highest sequence number ever given."""
        return int(self._value("SELECT seq FROM sqlite_sequence WHERE name = 'articles'") or 0)

    def count(self) -> int:
        """How many articles there are."""
        return int(self._value("SELECT COUNT(*) FROM articles"))

    def after(self, seq: int) -> Iterator[tuple[int, Article]]:
        """Articles with sequence numbers above `seq`, ascending, without those that `records_after` leaves out."""
        for number, record in self.records_after(seq):
            yield number, Article.from_json(record)

    def records_after(self, seq: int) -> Iterator[StoredRecord]:
        """The same, as they were stored. A damaged one that cannot be mended is left out and named in the log. Raises
        ArticlesDamagedError where nobody can tell which there are."""
        for row in self.rows_after(seq):
            if row.article() is not None:
                yield StoredRecord(row.seq, row.record)
            elif self._article(row) is not None and (right := _mended(row)) is not None:
                yield StoredRecord(row.seq, right.record)

    def rows_after(self, seq: int) -> Iterator[Row]:
        """The rows with sequence numbers above `seq`, ascending, as they are. Raises what `records_after` raises."""
        query = f"SELECT {self._columns} FROM articles WHERE seq > ? ORDER BY seq"
        with self._reading(), closing(self._db.execute(query, (seq,))) as rows:
            yield from map(Row._make, rows)

    def texts(self, seqs: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Title and body of the articles with these sequence numbers; one that is gone is not among the result."""
        return {seq: (article.title, article.body) for seq, article in self.versions(seqs).items()}

    def titles(self, after: int, up_to: int) -> Iterator[tuple[int, str]]:
        """The sequence numbers above `after` and up to `up_to` of the articles that have a title, and these, ascending.
        Only the beginning of an article is read, which takes a fraction of the time."""
        query = "SELECT seq, substr(record, 1, ?) FROM articles WHERE seq > ? AND seq <= ? ORDER BY seq"
        for seq, head in self._db.execute(query, (_HEAD, after, up_to)).fetchall():
            before_title = _BEFORE_TITLE.match(head)
            if before_title is not None and before_title[1] not in ("url", "title"):
                continue
            if before_title is not None and before_title[1] == "title" and before_title[2]:
                quoted = before_title[2]
                title = json.loads(quoted, strict=False) if "\\" in quoted else quoted[1:-1]
            else:
                title = "".join(article.title for article in self.versions([seq]).values())
            if title:
                yield seq, title

    def contents(self, seqs: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        """The sequence numbers, ascending, titles and bodies of the articles with these numbers, as their records have
        them: nothing else is read, and no checksum. What is gone or cannot be read is left out."""
        query = f"SELECT seq, record FROM articles WHERE {_WITH_SEQS} ORDER BY seq"
        for seq, record in self._db.execute(query, (json.dumps(list(seqs)),)).fetchall():
            try:
                fields = json.loads(record)
                yield seq, str(fields.get("title", "")), str(fields.get("body", ""))
            except (ValueError, AttributeError):
                continue

    def versions(self, seqs: Sequence[int]) -> dict[int, Article]:
        """The articles with these sequence numbers; one that is gone or damaged is not among the result."""
        read = ((row.seq, self._article(row)) for row in self._rows(_WITH_SEQS, seqs))
        return {seq: article for seq, article in read if article is not None}

    def seqs_of_all(self) -> list[int]:
        """The sequence numbers of all articles, ascending."""
        return [row[0] for row in self._all("SELECT seq FROM articles ORDER BY seq")]

    def last_removal(self) -> int:
        """The number of the last removal or replacement, 0 before the first."""
        return int(self._value("SELECT COALESCE(MAX(number), 0) FROM removals"))

    def removals_after(self, number: int) -> list[int]:
        """Sequence numbers of the versions removed or replaced by the removals after this one."""
        return [row[0] for row in self._all("SELECT seq FROM removals WHERE number > ?", (number,))]

    def withheld(self, after: int, up_to: int) -> list[tuple[int, float]]:
        """Of the articles with sequence numbers above `after` and up to `up_to`, those that are retracted or expire:
        the number and the time since or from when, in seconds since 1970 (0 for a retracted one)."""
        found = self._all(
            f"SELECT {self._columns} FROM articles WHERE seq > ? AND seq <= ?"
            ' AND (instr(record, \',"expires":"\') OR instr(record, \',"status":"\'))',  # in texts, quotes are escaped
            (after, up_to),
        )
        articles = [(row.seq, self._article(row)) for row in map(Row._make, found)]
        return [
            (seq, 0.0 if article.status or article.expires is None else article.expires.timestamp())
            for seq, article in articles
            if article is not None and (article.status or article.expires)
        ]

    def translated(self, after: int, up_to: int) -> list[tuple[int, str, str, str, tuple[str, ...]]]:
        """Of the articles with sequence numbers above `after` and up to `up_to`, those that say something of their
        copies in other languages: the number, the language, the key, the URL, and the URLs of the copies."""
        found = self._all(
            f"SELECT {self._columns} FROM articles WHERE seq > ? AND seq <= ?"
            ' AND (instr(record, \',"translation_key":"\') OR instr(record, \',"alternates":["\'))',
            (after, up_to),
        )
        articles = [(row.seq, self._article(row)) for row in map(Row._make, found)]
        return [
            (seq, each.language, each.translation_key, each.url, each.alternates)
            for seq, each in articles
            if each is not None and (each.translation_key or each.alternates)
        ]

    def urls(self, without: Collection[int] = ()) -> list[str]:
        """The URLs of all articles that have one, but for those with these sequence numbers."""
        rows = self._all("SELECT seq, url FROM articles WHERE url IS NOT NULL")
        return [url for seq, url in rows if seq not in without]

    def has_url(self, article_id: str) -> bool:
        """Whether the article with this id is there and has a URL; it is not read for that."""
        return self._value("SELECT 1 FROM articles WHERE id = ? AND url IS NOT NULL", (article_id,)) is not None

    def removed_ids(self) -> set[str]:
        """The ids of articles that were here once and are not any more."""
        return {row[0] for row in self._all("SELECT id FROM removals EXCEPT SELECT id FROM articles")}

    def ids_up_to(self, seq: int) -> dict[int, str]:
        """The ids of the articles with sequence numbers up to `seq`, by sequence number."""
        query = "SELECT seq, CAST(id AS BLOB) FROM articles WHERE seq <= ?"  # a damaged one need not be text
        return {number: (name or b"").decode(errors="replace") for number, name in self._all(query, (seq,))}

    def setting(self, name: str) -> str | None:
        """What `set_setting` stored under this name."""
        value = self._value("SELECT value FROM settings WHERE name = ?", (name,))
        return None if value is None else str(value)

    def set_setting(self, name: str, value: str) -> None:
        """Stores a setting; does nothing where it is stored already."""
        if self.setting(name) != value:
            with transaction(self._db, self._path):
                self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def problems(self) -> list[str]:
        """What is wrong with the file: what SQLite itself finds, and the articles whose checksums do not hold."""
        try:
            found = [line for row in self._db.execute("PRAGMA integrity_check(10)") for line in str(row[0]).split("\n")]
            damaged = [row for row in self.rows_after(0) if not row.is_sound()]
        except (sqlite3.DatabaseError, ArticlesDamagedError) as error:
            return [getattr(error, "what", str(error))]
        found = [] if found == ["ok"] else found
        return found + [
            f"the article {row.id.decode(errors='replace')} (number {row.seq}) is damaged, "
            + ("and can be mended from its checksums" if mended(row) else "and nothing in this file mends it")
            for row in damaged
        ]

    def get(self, id_or_url: str) -> Article:
        """The article with this id, or else this URL, as `get_with_seq` finds it. Raises ArticleNotFoundError."""
        return self.get_with_seq(id_or_url)[1]

    def get_with_seq(self, id_or_url: str) -> tuple[int, Article]:
        """The article with this id, or else this URL, behind its sequence number. If no article has the URL, it is the
        one whose URL differs only in what seldom tells articles apart (see `LooseUrl`), where there is one. Raises
        ArticleNotFoundError."""
        by_url = f"SELECT {self._columns} FROM articles WHERE url = ? LIMIT 1"
        found = self._all(f"SELECT {self._columns} FROM articles WHERE id = ?", (id_or_url,)) or self._all(
            by_url, (id_or_url,)
        )
        if not found and (url := self._similar_url(id_or_url)):
            found = self._all(by_url, (url,))
        if not found:
            raise ArticleNotFoundError(id_or_url)
        row = Row._make(found[0])
        article = self._article(row)
        if article is None:
            raise ArticlesDamagedError(self._path, f"the article {row.id.decode(errors='replace')} is damaged")
        return row.seq, article

    def seqs(self, ids_or_urls: Sequence[str]) -> dict[str, int]:
        """The sequence numbers of the articles with these ids, or else these URLs, as `get_with_seq` finds them; those
        not there are left out."""
        wanted = (json.dumps(list(ids_or_urls)),)
        by_url = self._all("SELECT url, seq FROM articles WHERE url IN (SELECT value FROM json_each(?))", wanted)
        by_id = self._all(f"SELECT id, seq FROM articles WHERE {_WITH_IDS}", wanted)
        found = dict(by_url) | dict(by_id)
        for name in ids_or_urls:
            if name not in found and (url := self._similar_url(name)):
                found[name] = self._value("SELECT seq FROM articles WHERE url = ? LIMIT 1", (url,))
        return found

    def _similar_url(self, url: str) -> str:
        """The URL of the article that `url`, which no article has, means all the same; empty if there is none."""
        if not is_followable(url):
            return ""
        try:
            asked = LooseUrl.of(canonical_url(url))
        except ArticleError:
            return ""
        usual = self._all(
            "SELECT url FROM articles WHERE url IN (SELECT value FROM json_each(?))", (json.dumps(asked.variants()),)
        )
        if found := best_match(asked, (row[0] for row in usual)):
            return found
        needles = asked.needles()[:_MOST_NEEDLES]
        if not needles:
            return ""
        patterns = [f"%{needle.translate(_LIKE_ESCAPES)}%" for needle in needles]
        alike = " OR ".join(["url LIKE ? ESCAPE '\\'"] * len(patterns))  # which takes no notice of letters' case
        query = f"SELECT url FROM articles WHERE url IS NOT NULL AND ({alike}) LIMIT {_MOST_SIMILAR}"
        rows = self._all(query, patterns)
        return best_match(asked, (row[0] for row in rows)) if len(rows) < _MOST_SIMILAR else ""

    def fetch(self, ids: Sequence[str]) -> dict[str, Article]:
        """The articles with these ids; an id removed meanwhile, or damaged, is not among the result."""
        read = ((row.id.decode(), self._article(row)) for row in self._rows(_WITH_IDS, ids))
        return {article_id: article for article_id, article in read if article is not None}
