"""The article store: every version gets a number of its own, and a batch is stored as a whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import Article, Dateline
from indexer.base.errors import (
    ArchiveLockedError,
    ArticleNotFoundError,
    ArticlesDamagedError,
    ReadmoreError,
    WriteError,
)
from indexer.store import Store
from indexer.vectors.cache import VectorCache


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "articles.db", create=True)
    yield store
    store.close()


FULL = Article(
    id="Moon_1-a",
    url="https://example.org/moon",
    title="Moon “landing” – 月",
    body='First\n\nSecond \\ "quoted" \x00 \t',
    excerpt="e",
    authors=("Ann", "Bo"),
    date=datetime(2024, 3, 18, 12, 30, 5, 7, timezone(timedelta(hours=5, minutes=30))),
    dateline=Dateline("Beijing", "AFP"),
    section="s",
    site="x",
    tags=("a", "b"),
    language="en",
    links=("https://example.org/other",),
    offered=("Other headline",),
    source="file.md",
)


def article(article_id: str, title: str = "moon") -> Article:
    return Article(id=article_id, title=title)


def test_an_article_comes_back_as_it_was(store: Store) -> None:
    store.put([FULL, article("bare")])
    assert store.get("Moon_1-a") == FULL
    assert store.get("https://example.org/moon") == FULL
    assert store.get_with_seq("bare") == (2, article("bare"))
    assert [store.has_url(each) for each in ("Moon_1-a", "bare", "unknown")] == [True, False, False]
    assert store.fetch(["bare", "unknown", "Moon_1-a"]) == {"bare": article("bare"), "Moon_1-a": FULL}
    assert list(store.after(0)) == [(1, FULL), (2, article("bare"))]
    assert list(store.after(1)) == [(2, article("bare"))]


@settings(deadline=None, max_examples=50)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    tags=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9)),
)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str, tags: list[str]) -> None:
    original = Article(id="a", title="x", body=text, tags=tuple(tags))
    store = Store(tmp_path_factory.mktemp("text") / "articles.db", create=True)
    store.put([original])
    assert store.get("a") == original
    assert store.put([original]).unchanged == 1
    store.close()


def test_versions_are_numbered_and_numbers_never_used_twice(store: Store) -> None:
    first = store.put([article("a"), article("b")])
    assert [seq for seq, _ in first.new] == [1, 2]
    assert (first.added, first.changed, first.unchanged, first.retired) == (2, 0, 0, [])
    second = store.put([article("a"), article("b", "mars"), article("c")])
    assert [(seq, Article.from_json(json).id) for seq, json in second.new] == [(3, "b"), (4, "c")]
    assert (second.added, second.changed, second.unchanged, second.retired) == (1, 1, 1, [2])
    removed, unknown, retired = store.remove(["c", "a"])
    assert (removed, unknown, sorted(retired)) == (["c", "a"], [], [1, 4])
    assert store.last_seq() == 4
    assert [seq for seq, _ in store.put([article("c")]).new] == [5]
    assert store.count() == 2
    assert store.last_removal() == 3
    assert sorted(store.removals_after(0)) == [1, 2, 4]
    assert sorted(store.removals_after(1)) == [1, 4]
    assert store.ids_up_to(3) == {3: "b"}


def test_numbers_are_not_used_twice_after_everything_was_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "articles.db", create=True)
    store.put([article("a")])
    store.remove(["a"])
    store.close()
    store = Store(tmp_path / "articles.db")
    assert store.last_seq() == 1
    assert store.put([article("a")]).new == [(2, article("a").to_json().encode())]
    store.close()


def test_of_several_versions_in_a_batch_the_last_counts(store: Store) -> None:
    accepted = store.put([article("a", "one"), article("b"), article("a", "two")])
    assert accepted.added == 2
    assert store.get("a").title == "two"
    assert store.put([article("a", "three"), article("a", "two")]).unchanged == 1


def test_known_articles_among_new_ones_are_found_whatever_came_before(store: Store) -> None:
    batches = [["a", "b"], ["c", "a"], ["d", "e"], ["f"], ["e", "g", "c"], ["h"]]
    accepted = [store.put([article(i, f"{i} {n}") for i in ids]) for n, ids in enumerate(batches)]
    assert [(a.added, a.changed) for a in accepted] == [(2, 0), (1, 1), (2, 0), (1, 0), (1, 2), (1, 0)]
    assert [store.get(i).title for i in "abcdefgh"] == ["a 1", "b 0", "c 4", "d 2", "e 4", "f 3", "g 4", "h 5"]
    assert [seq for a in accepted for seq, _ in a.new] == list(range(1, 12))


def test_settings_are_kept(tmp_path: Path, store: Store) -> None:
    assert store.setting("index") is None
    for value in ("one", "two", "two"):
        store.set_setting("index", value)
    reader = Store(tmp_path / "articles.db", read_only=True)
    assert reader.setting("index") == "two"
    reader.close()


def test_a_store_of_a_later_version_is_refused_by_name(tmp_path: Path, store: Store) -> None:
    store._db.execute("PRAGMA user_version=3")
    with pytest.raises(ReadmoreError, match=r"articles\.db: has format version 3, .* versions 1 to 2; use"):
        Store(tmp_path / "articles.db")


def test_where_an_article_came_from_does_not_make_it_another(store: Store) -> None:
    store.put([Article(id="a", title="moon", source="one.md")])
    assert store.put([Article(id="a", title="moon", source="two.md")]).unchanged == 1


def test_an_empty_batch_changes_nothing(store: Store) -> None:
    accepted = store.put([])
    assert (accepted.new, accepted.retired, accepted.added) == ([], [], 0)
    assert store.remove([]) == ([], [], [])
    assert store.last_seq() == store.last_removal() == store.count() == 0


def test_ids_that_differ_in_case_or_sign_are_different(store: Store) -> None:
    ids = ["a-b", "a_b", "A-b", "ab", "a--b", "_", "-"]
    assert store.put([article(i, i) for i in ids]).added == len(ids)
    assert [store.get(i).title for i in ids] == ids


def test_more_ids_than_one_statement_takes(store: Store) -> None:
    articles = [article(f"a{n}") for n in range(1700)]
    assert store.put(articles).added == 1700
    assert store.put(articles).unchanged == 1700
    assert len(store.fetch([a.id for a in articles])) == 1700
    removed, unknown, retired = store.remove([f"a{n}" for n in range(1000, 2400)])
    assert (len(removed), len(unknown), len(retired)) == (700, 700, 700)
    assert store.count() == 1000


def test_removing_twice_counts_once(store: Store) -> None:
    store.put([article("a")])
    assert store.remove(["a", "a", "x"]) == (["a"], ["x"], [1])
    assert store.remove(["a"]) == ([], ["a"], [])


def test_an_unknown_article_is_named(store: Store) -> None:
    with pytest.raises(ArticleNotFoundError, match="no article with the id or URL 'nowhere'"):
        store.get("nowhere")


def test_a_batch_that_fails_is_not_stored_in_part(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put([article("a", "old")])

    def broken(versions: object) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patched:
        patched.setattr(store, "_retire", broken)
        with pytest.raises(RuntimeError, match="in the middle"):
            store.put([article("a", "new"), article("b")])
    assert store.get("a").title == "old"
    assert store.count() == 1
    assert store.put([article("a", "new"), article("b")]).added == 1  # no transaction is left open


def test_what_sqlite_refuses_is_said_and_undone(store: Store, tmp_path: Path) -> None:
    store.put([article("a")])
    store._db.execute("CREATE TRIGGER no BEFORE INSERT ON articles BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises(ReadmoreError, match=r"articles\.db: cannot be written \(not today\); nothing accepted is lost"):
        store.put([article("b")])
    store._db.execute("DROP TRIGGER no")
    assert store.put([article("b")]).added == 1


def test_a_reader_sees_what_a_writer_has_finished(tmp_path: Path, store: Store) -> None:
    reader = Store(tmp_path / "articles.db", read_only=True)
    store.put([article("a")])
    assert reader.count() == 1
    with pytest.raises(ReadmoreError, match="cannot be written"):
        reader.put([article("b")])
    reader.close()


def test_what_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "articles.db"
    with pytest.raises(ReadmoreError, match="not a readable article store"):
        Store(path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 5000)
    with pytest.raises(ReadmoreError, match=r"articles\.db: not a readable article store .*readmore restore BACKUP"):
        Store(path)


def without_checksums(path: Path) -> None:
    """Makes a database one of version 1."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE articles DROP COLUMN crc32")
        db.execute("PRAGMA user_version = 1")


def test_a_database_without_checksums_is_read_as_it_is_and_gets_them_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "articles.db"
    with closing(Store(path, create=True)) as store:
        store.put([FULL, article("b"), article("c")])
    without_checksums(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE articles SET record = replace(record, 'moon', 'noon') WHERE id = 'c'")
        db.execute("UPDATE articles SET url = 'https://example.org/other' WHERE id = ?", (FULL.id,))
    before = path.read_bytes()
    with closing(Store(path)) as store:
        assert store.get("b") == article("b")
        assert [row.crc32 for row in store.rows_after(0)] == [None] * 3
        assert [p.split(" is damaged")[0] for p in store.problems()] == [
            f"the article {FULL.id} (number 1)",
            "the article c (number 3)",
        ]
    assert path.read_bytes() == before
    with closing(Store(path)) as store:
        store.upgrade()
        store.put([article("d")])
        assert [row.article() is not None for row in store.rows_after(0)] == [False, True, False, True]
        assert len(store.problems()) == 2  # what was damaged has got no checksum that would hide it
        assert store.get("b") == article("b")
    with closing(Store(path)) as store:
        store.upgrade()
        assert [row.crc32 is None for row in store.rows_after(0)] == [False] * 4


@pytest.mark.parametrize("column", ["id", "url", "digest", "record", "crc32"])
def test_damage_in_any_column_is_found_and_the_article_read_all_the_same(store: Store, column: str) -> None:
    store.put([FULL, article("b")])
    changed = {
        "id": "'Noon_1-a'",
        "url": "'https://example.org/noon'",
        "digest": "CAST('x' || substr(digest, 2) AS BLOB)",
        "record": "replace(record, 'Ann', 'Bnn')",
        "crc32": "crc32 + 256",
    }[column]
    store._db.execute(f"UPDATE articles SET {column} = {changed} WHERE seq = 1")
    [problem] = store.problems()
    assert "(number 1) is damaged, and can be mended from its checksums" in problem
    assert store.versions([1, 2]) == {1: FULL, 2: article("b")}


def test_a_row_beyond_mending_is_left_out_of_what_is_read(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.put([article("a"), article("b")])
    store._db.execute("UPDATE articles SET record = CAST(x'ff00ff' AS TEXT) WHERE id = 'a'")
    assert list(store.after(0)) == [(2, article("b"))]
    assert store.fetch(["a", "b"]) == {"b": article("b")}
    assert store.versions([1, 2]) == {2: article("b")}
    with pytest.raises(ArticlesDamagedError, match=r"the article a is damaged; .*readmore check --repair"):
        store.get("a")
    assert [record.message for record in caplog.records].count(
        f"{store._path}: the article a is damaged and left out; run 'readmore check --repair'"
    ) == 1  # once, however often it is asked for


def test_a_locked_a_full_and_a_damaged_database_have_advice_of_their_own(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "articles.db"
    store.put([article("a")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store._db.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(ArchiveLockedError, match="another process is writing to it; try again when it is done"):
            store.put([article("b")])
    store._db.execute("PRAGMA max_page_count = 8")
    with pytest.raises(WriteError, match="the disk is full; nothing accepted is lost, free some space"):
        store.put([Article(id="c", title="c", body="word " * 50000)])
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(ArticlesDamagedError, match="run 'readmore check --repair'"):
        Store(path).put([article("d")])


def test_sqlite_is_asked_whether_the_file_is_sound(store: Store) -> None:
    store.put([article("a")])
    assert store.problems() == []
    store._db.execute("PRAGMA writable_schema=ON")
    store._db.execute("UPDATE sqlite_master SET rootpage = 99 WHERE name = 'articles_by_url'")
    store._db.execute("PRAGMA writable_schema=RESET")
    with pytest.raises(sqlite3.DatabaseError):
        store._db.execute("SELECT 1 FROM articles INDEXED BY articles_by_url WHERE url = 'x'").fetchall()
    assert store.problems()


def test_retracted_and_expiring_articles_are_told_by_their_fields_not_by_their_texts(tmp_path: Path) -> None:
    tricky = 'a quote ,"expires":"2020-01-01" and ,"status":"retracted" in a text'
    expires = datetime(2024, 3, 18, tzinfo=UTC)
    with closing(Store(tmp_path / "articles.db", create=True)) as store:
        store.put(
            [
                Article(id="plain", title=tricky),
                Article(id="expiring", title="Offer", expires=expires),
                Article(id="retracted", title="Taken back", status="retracted", source=tricky),
                Article(id="both", title="Both", status="retracted", expires=expires),
            ]
        )
        assert store.withheld(0, 4) == [(2, expires.timestamp()), (3, 0.0), (4, 0.0)]
        assert store.withheld(2, 3) == [(3, 0.0)]
        assert store.get("both") == Article(id="both", title="Both", status="retracted", expires=expires)


def test_ids_that_were_removed_are_known_until_they_come_back(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "articles.db", create=True)) as store:
        store.put([Article(id="a", title="A"), Article(id="b", title="B"), Article(id="c", title="C")])
        store.put([Article(id="c", title="C, changed")])
        store.remove(["a", "b"])
        store.put([Article(id="a", title="A again")])
        assert store.removed_ids() == {"b"}


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_FULL])
def test_a_store_without_room_or_permission_is_not_called_broken(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refused(*args: object, **kwargs: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(sqlite3, "connect", refused)
    with pytest.raises(
        WriteError, match=r"articles\.db: cannot be opened \(disk I/O error\); see that the disk has room"
    ):
        Store(tmp_path / "articles.db")
    with pytest.raises(WriteError, match=r"toy\.db: cannot be opened \(disk I/O error\); see that the disk has room"):
        VectorCache(tmp_path / "embeddings" / "toy.db")


SITE = {
    "ferry": "https://isle.example/news/ferry-returns/",
    "pier": "https://isle.example/news/pier/",
    "wp12": "https://isle.example/?p=12",
    "wp13": "https://isle.example/?p=13",
    "front": "https://isle.example/",
    "cafe": "https://isle.example/caf%C3%A9/1",
    "path": "/2014/03/hello/",
    "here": "https://here.example/shared/",
    "there": "https://there.example/shared/",
    "upper": "https://isle.example/Case",
    "lower": "https://isle.example/case",
    "wild": "https://isle.example/100%25_off",
}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://isle.example/news/ferry-returns", "ferry"),
        ("http://isle.example/news/ferry-returns/", "ferry"),
        ("https://www.isle.example/news/ferry-returns/", "ferry"),
        ("/news/ferry-returns/", "ferry"),
        ("https://isle.example/news/ferry-returns/index.html", "ferry"),
        ("https://isle.example/news/ferry-returns/?ref=home", "ferry"),
        ("https://isle.example/News/Ferry-Returns/", "ferry"),
        ("http://www.isle.example/NEWS/ferry-returns/Index.html?a=1&b=2&c=3&d=4&utm_source=x#top", "ferry"),
        ("https://isle.example/news/ferry", ""),
        ("https://isle.example/news/", ""),
        ("https://other.example/news/ferry-returns/", ""),
        ("http://isle.example/?p=12&ref=home", "wp12"),
        ("https://isle.example/index.php?p=13", "wp13"),
        ("https://isle.example/?p=14", ""),
        ("http://www.isle.example", "front"),
        ("https://isle.example/caf\u00e9/1/", "cafe"),
        ("https://isle.example/2014/03/hello?x=1", "path"),
        ("/shared", ""),
        ("http://isle.example/Case", "upper"),
        ("http://isle.example/case", "lower"),
        ("http://isle.example/CASE", ""),
        ("http://isle.example/100%25_off/", "wild"),
        ("http://isle.example/100%25-off/", ""),
        ("news/ferry-returns", ""),
        ("/%", ""),
    ],
)
def test_a_url_finds_the_one_article_that_it_can_mean(tmp_path: Path, url: str, found: str) -> None:
    store = Store(tmp_path / "articles.db", create=True)
    store.put([Article(id=id, title="T", url=address) for id, address in SITE.items()])

    if found:
        assert store.get(url).id == found
        assert store.seqs([url, "nothing"]) == {url: store.get_with_seq(found)[0]}
    else:
        assert store.seqs([url]) == {}
        with pytest.raises(ArticleNotFoundError):
            store.get(url)
    assert all(store.get(address).id == id for id, address in SITE.items())
