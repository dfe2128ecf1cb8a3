"""Small archives whose articles a test can tell apart."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from indexer.article.article import Article

START = datetime(2024, 1, 1, tzinfo=UTC)

# Subjects far apart: no word of one is a word of another, so a test can say what must be related.
SUBJECTS = {
    "bread": """baker sourdough flour yeast oven crust loaf knead starter rye crumb proofing miller brioche wheat bakery
    dough gluten baguette ferment""",
    "chess": """grandmaster rook bishop pawn gambit checkmate endgame castling knight queen blunder tournament stalemate
    opening clock rating sacrifice fork skewer board""",
    "glacier": """moraine crevasse icefall fjord meltwater snowline serac firn cirque icecap calving permafrost sediment
    iceberg avalanche ablation valley ridge drift thaw""",
    "violin": """luthier spruce maple varnish strings fingerboard pegbox scroll soundpost tailpiece rosin bow chinrest
    vibrato concerto sonata recital orchestra pizzicato timbre""",
}


def words(subject: str, number: int, count: int = 14) -> str:
    """Some of a subject's words, always the same for a number; any two articles have about half in common."""
    return " ".join(random.Random(f"{subject}{number}").sample(SUBJECTS[subject].split(), count))


def own_words(subject: str, number: int, count: int = 6) -> str:
    """Words that no other article has, so that articles on one subject are no copies of each other."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return " ".join(f"{subject[:2]}{letters}q{chr(ord('k') + step)}" for step in range(count))


def article(subject: str, number: int, extra: str = "", **fields: Any) -> Article:
    """An article on a subject; `number` sets its id and its day."""
    defaults: dict[str, Any] = {
        "id": f"{subject}-{number}",
        "title": words(subject, number + 1, 3).capitalize(),
        "body": f"{words(subject, number).capitalize()}, {own_words(subject, number)}. {extra}".strip(),
        "date": START + timedelta(days=number),
        "site": "Daily",
        "section": "NEWS",
    }
    return Article(**(defaults | fields))


def several(per_subject: int = 5) -> list[Article]:
    """Articles on every subject, the subjects alternating."""
    return [article(subject, number) for number in range(per_subject) for subject in SUBJECTS]
