"""A name as its article writes it in full: with the stops and small words that a run of capitals leaves out."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from indexer.text.analyzer import analyzer_for
from indexer.text.beside_names import is_calendar, is_title
from indexer.text.words import normalize
from recommender.names.extraction import is_adjective

_SMALL = r"(?:and|of|the|for|in|on|a|an|to|&)"
_GOES_ON = r" (?:in|on|of|for) (?:a|an|the) [A-Z][\w'-]+"  # "and" joins two names, and "of" alone may say from where
_MOST_WORDS = 8
_BEFORE = re.compile(r"([^\W\d_][\w'’-]*\.?(?: (?:of|de|du|del|von|van))?) \Z")  # "Bank of"
_LONGEST_WORD = 40  # characters
MOST_OFTEN = 0.6  # share of the times that a text has a name from which on what is beside it is a part of it
LEAST_TIMES = 2  # that a text has a name before what always follows it is taken for a part of it

_english = analyzer_for("en").term


def spelled_out(name: str, text: str) -> str:
    """`name` as `text` writes it most often: "U.S Forest Service" as "U.S. Forest Service", "Wage Hour Division" as
    "Wage and Hour Division", and "Every Kid" as "Every Kid in a Park" where it always goes on so. `name` itself where
    the text has it in no fuller form."""
    text = normalize(text)
    found = _pattern(name).findall(text)
    if not found:
        return name
    whole = max(dict.fromkeys(found), key=lambda form: (found.count(form), -len(form)))
    whole = begun(" ".join(str(whole).split()), text)
    further = re.findall(rf"{re.escape(whole)}(?!\w)({_GOES_ON})?", text)
    longer = whole + max(further, key=further.count, default="")
    is_most = further.count(longer.removeprefix(whole)) >= max(LEAST_TIMES, MOST_OFTEN * len(further))
    return longer if is_most and len(longer.split()) <= _MOST_WORDS else whole


def begun(name: str, text: str, among: Collection[str] | None = None) -> str:
    """`name` with the words of it that `text` always has before it: "South Wales" as "New South Wales", but no office,
    rank or nationality. Once is enough for words that are `among` some; other words are not taken, where these are
    given."""
    least = LEAST_TIMES if among is None else 1
    while len(name.split()) < _MOST_WORDS:
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        found = [_BEFORE.search(text, max(0, at - _LONGEST_WORD), at) for at in places]
        words = {match[1] if match else "" for match in found}
        if len(words) != 1 or len(found) < least or not _may_begin(word := words.pop()):
            break
        if among is not None and word not in among:
            break
        name = f"{word} {name}"
    return name


def _may_begin(word: str) -> bool:
    word = word.partition(" ")[0]
    folded = word.lower().rstrip(".")
    if not word or is_calendar(folded) or is_title(folded) or is_adjective(word) or not _english(folded):
        return False
    return word[0].isupper() and (not word.endswith(".") or folded in ("st", "ste", "mt", "ft"))


@lru_cache(maxsize=1 << 12)
def _pattern(name: str) -> re.Pattern[str]:
    words = [re.escape(word) + (r"\.?" if "." in word else "") for word in name.split()]
    return re.compile(r"(?<!\w)" + rf"\s(?:{_SMALL}\s){{0,2}}".join(words) + r"(?!\w)")
