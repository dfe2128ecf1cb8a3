"""Tables of articles: delimiters, encodings, columns by any of their names, and rows that are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.sources import Accepted, Document, Refused, read_document, read_source

ROWS = [
    ("id", "Title", "Body", "Date", "Tags"),
    ("a", 'The "big" crane', "One,\ntwo; three.\n\nFour.", "2024-03-05", "port;ship"),
]


def table(delimiter: str = ",", end: str = "\n") -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + end for row in ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(table(delimiter, "\r\n"), encoding, newline="")
    (item,) = read_source(path)
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.title) == ("a", 'The "big" crane')
    assert item.article.body == "One,\ntwo; three.\n\nFour."
    assert item.article.tags == ("port", "ship")
    assert str(item.article.date)[:10] == "2024-03-05"


def test_a_western_encoding_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(
        "id;title;body\na;Überfällige Brücken;Größere Häfen für schönere Schiffe, sagt Jürgen Müßig.\n".encode("cp1252")
    )
    (item,) = read_source(path)
    assert isinstance(item, Accepted)
    assert item.article.title == "Überfällige Brücken"


def test_columns_are_mapped(tmp_path: Path) -> None:
    data = b"nr,kop,tekst\n1,Kraan,Een kraan.\n"
    document = Document.of_bytes(data, "x.csv", name="x.csv")
    assert isinstance(next(read_document(document)), Refused)
    mapped = replace(document, mapping={"id": "nr", "title": "kop", "body": "tekst"})
    (item,) = read_document(mapped)
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.title, item.article.body) == ("1", "Kraan", "Een kraan.")


def test_what_is_wrong_is_said_by_its_row_and_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text('id,title,body\na,A,x\n,,\n"b b",B,y\nc,C,z,extra\nd,D,w\n', "utf-8")
    found = list(read_source(path))
    assert [isinstance(item, Accepted) for item in found] == [True, False, True, True]
    assert found[1].where.endswith("row 4")
    assert isinstance(found[2], Accepted)
    assert "cells in a table of 3 columns" in found[2].warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        b"id,title,body\n" + b"x" * 30_000_000,
        b'id,title,body\na,b,"' + b"x\n" * 2_500_000,
        b"id,title,body\na,\xff\xfe\xfa,b\n",
        b"," * 100_000 + b"\n",
        b"id,title,body\na\0b,c\0,d\n",
    ],
    ids=["endless line", "open quote", "bytes", "columns", "NULs"],
)
def test_hostile_tables_end_soon(data: bytes) -> None:
    for item in read_document(Document.of_bytes(data, "x.csv", name="x.csv")):
        assert isinstance(item, Accepted) or item.reason
