"""Rows mended from their own checksums: whatever single byte is wrong, and never to something else."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from indexer.article.article import Article
from indexer.records.mending import mended
from indexer.records.row import Row

ARTICLE = Article(
    id="moon-1",
    url="https://example.org/moon",
    title="Moon – 月",
    body='First\n\n"quoted" ,"source":"no" ' * 9,
    date=datetime(2024, 3, 18, tzinfo=UTC),
    fields={"source": "x"},
    source="file.md",
)


def row_of(article: Article, seq: int = 7) -> Row:
    record, digest = article.encoded()
    row = Row(seq, article.id.encode(), article.url.encode() or None, digest, None, record)
    return row._replace(crc32=row.checksum())


def test_a_sound_row_stays_as_it_is() -> None:
    for article in (ARTICLE, Article(id="a", title="b"), Article(id="a", title="b", fields={"source": "c"})):
        row = row_of(article)
        assert row.is_sound()
        assert row._replace(crc32=None).is_sound()
        assert mended(row) == row == mended(row._replace(crc32=None))
        assert row.article() == article


@given(column=st.sampled_from(["id", "url", "digest", "record"]), place=st.integers(0, 10**6), by=st.integers(1, 255))
def test_any_single_wrong_byte_is_put_right(column: str, place: int, by: int) -> None:
    row = row_of(ARTICLE)
    content = bytearray(getattr(row, column))
    content[place % len(content)] ^= by
    damaged = row._replace(**{column: bytes(content)})
    assert not damaged.is_sound()
    assert damaged.article() is None
    assert mended(damaged) == row


@given(crc32=st.integers(-(2**63), 2**63 - 1))
def test_a_wrong_checksum_is_put_right(crc32: int) -> None:
    row = row_of(ARTICLE)
    assert mended(row._replace(crc32=crc32)) == row


@given(parts=st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=2, max_size=9)), min_size=1, max_size=3))
def test_more_damage_is_mended_to_what_it_was_or_not_at_all(parts: list[tuple[int, bytes]]) -> None:
    row = row_of(ARTICLE)
    record = bytearray(row.record)
    for place, part in parts:
        place %= len(record) - len(part)
        record[place : place + len(part)] = part
    assert mended(row._replace(record=bytes(record))) in (None, row)


@given(record=st.binary(max_size=60), digest=st.binary(max_size=20), crc32=st.one_of(st.none(), st.integers(0, 9)))
def test_what_is_no_row_at_all_is_no_article(record: bytes, digest: bytes, crc32: int | None) -> None:
    row = Row(1, b"", None, digest, crc32, record)
    assert row.article() is None
    assert mended(row) is None
