"""The names of the fields that a query can name, by what is in them."""

from __future__ import annotations

from indexer.segment.columns import KEYWORD_FIELDS
from indexer.segment.inverter import TEXT_FIELDS

ALL_TEXT = "text"  # the field of a word typed without one: every text field
FULL_TEXT_FIELDS = (ALL_TEXT, *TEXT_FIELDS)  # hold index terms
ID = "id"
COLUMN_FIELDS = (*KEYWORD_FIELDS, ID)  # hold values whose words are compared as they were written
NUMERIC_FIELDS = ("date", "year", "words")  # hold numbers, of which ranges are searched
FIELD_NAMES = (*FULL_TEXT_FIELDS, *KEYWORD_FIELDS, *NUMERIC_FIELDS, ID)
