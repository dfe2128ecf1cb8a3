"""Segments: what is written is read back, and the dictionary finds what is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article.article import Article, Dateline
from indexer.base import array_files
from indexer.base.archive_folder import IndexFolder
from indexer.base.errors import IndexDamagedError
from indexer.commit.builder import Batch, build_segment
from indexer.segment import columns
from indexer.segment.columns import NO_DATE, Columns, Keywords, concatenate
from indexer.segment.inverter import Inverter
from indexer.segment.segment import Segment, SegmentData, narrow, pack, write_segment
from indexer.store import StoredRecord


def segment_of(folder: Path, articles: list[Article], name: str = "s-1") -> Segment:
    index = IndexFolder(folder)
    records = [StoredRecord(10 * (n + 1), article.encoded()[0]) for n, article in enumerate(articles)]
    return Segment(index, build_segment(index, name, Batch.of(records), "en"))


FULL = Article(
    id="Moon_1-a",
    title="Moon landings",
    body="A probe landed on the far side of the Moon.",
    date=datetime(2024, 3, 18, 12, tzinfo=UTC),
    dateline=Dateline("Beijing", "AFP"),
    section="Launch",
    authors=("Ann Lee", "Bo Karlsson"),
    tags=("ice", "café", "日本"),
    language="en",
)
BARE = Article(id="b", body="Mars")


@pytest.mark.parametrize("mapped_from", [1 << 16, 129], ids=["read", "mapped"])
def test_what_is_written_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_from: int) -> None:
    monkeypatch.setattr(array_files, "MAPPED_FROM", mapped_from)
    segment = segment_of(tmp_path, [FULL, BARE])
    assert segment.article_ids() == [segment.article_id(0), segment.article_id(1)] == ["Moon_1-a", "b"]
    assert segment.seq.tolist() == [10, 20]
    assert segment.date.tolist() == [int(FULL.date.timestamp()), NO_DATE]  # type: ignore[union-attr]
    assert segment.vocabulary == ["far", "land", "mar", "moon", "probe", "side"]
    assert segment.dl.tolist() == [[2, 0], [5, 1]]
    assert {name: column.of(0) for name, column in segment.keywords.items()} == {
        "section": ["Launch"],
        "site": [],
        "author": ["Ann Lee", "Bo Karlsson"],
        "tag": ["ice", "café", "日本"],
        "language": ["en"],
        "place": ["Beijing"],
        "agency": ["AFP"],
    }
    assert all(column.of(1) == [] for name, column in segment.keywords.items() if name != "language")
    assert segment.keywords["language"].of(1) == ["en"]  # that of the archive, since the article says none
    assert segment.live.tolist() == [True, True]
    assert segment.vectors("lsa") is None


def test_a_seq_is_found_or_not(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [FULL, BARE])
    assert [segment.doc_of(seq) for seq in (0, 10, 15, 20, 21)] == [-1, 0, -1, 1, -1]


@pytest.mark.parametrize(
    "article",
    [
        Article(id="t", title="the"),
        Article(id="t", title="Moon"),
        Article(id="t", body="Moon"),
        Article(id="x" * 200, title="!!!"),
        Article(id="many", title="moon", tags=tuple(f"tag {n}" for n in range(300))),
        Article(id="long", body="moon " * 100_000),
        Article(id="old", title="moon", date=datetime(1, 1, 1, tzinfo=UTC)),
    ],
    ids=lambda article: article.id[:6],
)
def test_a_segment_of_one_unusual_article(tmp_path: Path, article: Article) -> None:
    segment = segment_of(tmp_path, [article])
    assert segment.article_id(0) == article.id
    assert segment.keywords["tag"].of(0) == list(article.tags)
    assert segment.term_number(b"moon") == (0 if "moon" in f"{article.title} {article.body}".lower() else -1)
    assert segment.term_range(b"") == (0, segment.n_terms)


terms = st.lists(st.text("abcdé日", min_size=1, max_size=4), unique=True, max_size=80)


@settings(deadline=None, max_examples=60)
@given(names=terms, wanted=st.text("abcdé日", max_size=4))
def test_the_dictionary_finds_terms_and_prefixes(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], wanted: str
) -> None:
    body = " ".join(names)
    index = tmp_path_factory.mktemp("terms")
    postings = Inverter("xx").invert([(("", body), "xx")])
    write_segment(index / "segments" / "s", SegmentData(postings, Columns.from_records([1], [{"id": "a"}])))
    segment = segment_of(index, [Article(id="a", body=body or "x", language="xx")], "other")
    vocabulary = segment.vocabulary
    assert vocabulary == sorted(vocabulary)
    for number, term in enumerate(vocabulary):
        assert segment.term_number(term.encode()) == number
        assert segment.term(number) == term.encode()
    if wanted not in vocabulary:
        assert segment.term_number(wanted.encode()) == -1
    first, last = segment.term_range(wanted.encode())
    assert vocabulary[first:last] == [term for term in vocabulary if term.startswith(wanted)]


def test_postings_of_a_term(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [FULL, BARE, Article(id="c", title="moon")])
    assert segment.docs[segment.postings(segment.term_number(b"moon"))].tolist() == [0, 2]


def test_docs_are_found_by_id_whatever_its_case(tmp_path: Path) -> None:
    ids = ["moon-1", "Moon-1", "moon-10", "moon-2", "a", "A_1", "a@1".replace("@", "-"), "MOON"]
    segment = segment_of(tmp_path, [Article(id=i, title="x") for i in ids])
    for wanted in (*ids, "moon-11", "b", "", "a 1", "a\x11", "é"):
        expected = [doc for doc, i in enumerate(ids) if i.lower() == wanted.lower()]
        assert segment.docs_with_id(wanted).tolist() == expected, wanted


def test_a_file_that_the_manifest_does_not_name_is_damage(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [FULL])
    entry = segment.entry
    for name in entry.files:
        files = {n: r for n, r in entry.files.items() if n != name}
        with pytest.raises(IndexDamagedError, match=f"{name}: is not in the manifest"):
            Segment(IndexFolder(tmp_path), type(entry)(entry.name, 1, 10, files, "", entry.dl_sum))


def test_numbers_take_the_smallest_type_that_holds_them() -> None:
    for top, dtype in ((255, np.uint8), (256, np.uint16), (65_536, np.uint32), (1 << 32, np.uint64)):
        array = np.array([0, top])
        assert narrow(array).dtype == dtype
        assert narrow(array).tolist() == [0, top]
    assert narrow(np.zeros(0, np.int64)).dtype == np.uint8


def test_strings_are_packed() -> None:
    blob, start = pack([b"ab", b"", b"c"])
    assert bytes(blob) == b"abc"
    assert start.tolist() == [0, 2, 2, 3]
    assert [len(part) for part in pack([])] == [0, 1]


# -- columns ------------------------------------------------------------------------------------------------------

values = st.lists(st.lists(st.sampled_from(("a", "b", "c", "")), max_size=4), max_size=12)


@given(values)
def test_a_column_gives_back_its_values(lists: list[list[str]]) -> None:
    column = Keywords.from_lists(lists)
    expected = [[value for value in one if value] for one in lists]
    assert [column.of(doc) for doc in range(len(lists))] == expected
    assert column.counts().tolist() == [len(one) for one in expected]
    assert column.owners().tolist() == [doc for doc, one in enumerate(expected) for _ in one]
    assert len(set(column.values)) == len(column.values)


@given(st.lists(values, min_size=1, max_size=4), st.randoms())
def test_columns_are_joined_without_the_docs_that_are_not_kept(parts: list[list[list[str]]], rng: object) -> None:
    kept = [np.array([rng.random() < 0.6 for _ in part], bool) for part in parts]  # type: ignore[attr-defined]
    joined = concatenate([Keywords.from_lists(part) for part in parts], kept)
    expected = [
        [v for v in one if v]
        for part, keep in zip(parts, kept, strict=True)
        for one, k in zip(part, keep, strict=True)
        if k
    ]
    assert [joined.of(doc) for doc in range(len(expected))] == expected
    assert len(joined.start) == len(expected) + 1


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=3, unique=True), max_size=30),
    st.sets(st.sampled_from("abcdef")),
)
def test_docs_are_found_by_the_values_they_have(lists: list[list[str]], wanted: set[str]) -> None:
    column = Keywords.from_lists(lists)
    expected = [doc for doc, values in enumerate(lists) for value in values if value in wanted]
    for compared, many in ((8, 1000), (8, 0), (1, 1000), (0, 0)):
        with patch.object(columns, "_COMPARED", compared), patch.object(columns, "_MANY", many):
            found = column.docs_with(np.array([value in wanted for value in column.values], bool))
        assert found.tolist() == expected


def test_docs_with_one_value_each_are_found_without_looking_for_their_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_MANY", 1)
    monkeypatch.setattr(Keywords, "owners", None)
    column = Keywords.from_lists(["a", "b", "a", "c"])
    assert column.docs_with(np.array([True, False, True])).tolist() == [0, 2, 3]
