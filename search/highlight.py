"""What a hit shows of its article: the title and the passage that best answers the query, with the words marked.

Whoosh's highlighter runs every word of an article through the analyzer, and costs more than the search. Here most
words are never looked at. An English stem shares all of its letters but the last with every form it stands for, so
``str.find`` walks from one word that begins like a query term to the next, and only those words are stemmed. Text
that is not plain ASCII once its typography is taken off, or not English, is read word by word.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.analysis import _APOSTROPHES, _ASCII_WORDS, _WORD, DEFAULT_LANGUAGE, analyzer_for, normalize, strip_accents
from search.passage import MIN_LENGTH, Text, best_window, check_length, opening, passage_bounds
from search.results import Excerpt
