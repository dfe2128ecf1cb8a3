"""The schema has every field of an article, and whatever treats fields by name takes them from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.article.article import FIELDS, Article
from indexer.base.archive_folder import IndexFolder
from indexer.commit.builder import Batch, build_segment
from indexer.schema import BASE, BUILT_IN, DECLARED, NOT_KEPT, Field, Kind, Schema, declared_field
from indexer.segment.manifest import Bm25Parameters
from indexer.segment.segment import Segment
from indexer.sources.record import _READERS, ALIASES
from indexer.store import StoredRecord

RATING = declared_field("rating", Kind.NUMBER, "stars", filterable=True, sortable=True)
SUMMARY = declared_field("kicker", Kind.TEXT, "kicker", weight=1.5)


def test_every_field_of_an_article_is_in_the_schema() -> None:
    assert {field.path[0] for field in BUILT_IN} | {DECLARED} == set(FIELDS)


@pytest.mark.parametrize("field", BUILT_IN, ids=lambda field: field.name)
def test_a_field_says_where_its_values_are(field: Field) -> None:
    found: object = Article(id="x", title="T")
    for part in field.path:
        found = getattr(found, part)
    assert not field.is_declared
    assert field.indexed or not (field.filterable or field.sortable or field.countable)
    assert (field.weight > 0) == (field.kind == Kind.TEXT and field.indexed)


def test_names_are_distinct_and_no_key_means_two_fields() -> None:
    assert len({field.name for field in BUILT_IN}) == len(BUILT_IN)
    keys = [key for field in BUILT_IN for key in field.keys]
    assert len(set(keys)) == len(keys)
    assert not NOT_KEPT & {*keys, *ALIASES}


def test_sources_are_read_by_the_schema() -> None:
    attributes = {field.path[0] for field in BUILT_IN} - {"source"}
    assert ALIASES.keys() == _READERS.keys() == attributes | {"categories"}
    for field in BUILT_IN:
        if field.keys:
            assert ALIASES[field.path[0]] == field.keys


def test_segments_hold_what_the_schema_says(tmp_path: Path) -> None:
    index, record = IndexFolder(tmp_path), StoredRecord(1, Article(id="x", title="T").encoded()[0])
    segment = Segment(index, build_segment(index, "s", Batch.of([record]), "en"))
    assert tuple(segment.keywords) == BASE.values
    assert segment.entry.text_fields == BASE.text == ("title", "body")
    assert segment.tf.shape[0] == len(BASE.text) == len(Bm25Parameters().weights) == len(Bm25Parameters().b)
    assert Bm25Parameters().weights == tuple(BASE.fields[name].weight for name in BASE.text)


def test_the_built_in_names_are_those_of_the_documents() -> None:
    assert BASE.searchable == (
        *("text", "title", "body", "section", "site", "author", "tag", "language", "place", "agency"),
        *("date", "year", "words", "id"),
    )
    assert BASE.filterable == (
        *("section", "site", "author", "tag", "language", "place", "agency"),
        *("date", "year", "words"),
    )


def test_declared_fields_stand_beside_the_built_in_ones() -> None:
    schema = Schema((SUMMARY, RATING))
    assert schema.text == (*BASE.text, "kicker")
    assert schema.numeric == (*BASE.numeric, "rating")
    assert set(schema.searchable) - set(BASE.searchable) == {"kicker", "rating"}
    assert set(schema.filterable) - set(BASE.filterable) == {"rating"}
    assert "rating" in schema.sortable
    assert "rating" not in schema.countable
    assert schema == Schema((SUMMARY, RATING))
    assert hash(schema) == hash(Schema((SUMMARY, RATING)))
    assert schema != BASE


@pytest.mark.parametrize("field", [RATING, SUMMARY], ids=lambda field: field.name)
def test_what_a_segment_remembers_of_a_field_is_read_back(field: Field) -> None:
    read = Field.from_record(field.to_record())
    assert read.same_values(field)
    assert read.weight == field.weight
    assert read.to_record() == field.to_record()
    assert not read.same_values(declared_field(field.name, field.kind, "elsewhere"))
    assert not read.same_values(declared_field(field.name, Kind.KEYWORD, field.path[-1]))
