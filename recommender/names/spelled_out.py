"""A name as its article writes it in full: with the stops and small words that a run of capitals leaves out."""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.text.words import normalize

_SMALL = r"(?:and|of|the|for|in|on|a|an|to|&)"
_GOES_ON = r" (?:in|on|of|for) (?:a|an|the) [A-Z][\w'-]+"  # "and" joins two names, and "of" alone may say from where
_MOST_WORDS = 8
LEAST_TIMES = 2  # that a text has a name before what always follows it is taken for a part of it


def spelled_out(name: str, text: str) -> str:
    """`name` as `text` writes it most often: "U.S Forest Service" as "U.S. Forest Service", "Wage Hour Division" as
    "Wage and Hour Division", and "Every Kid" as "Every Kid in a Park" where it always goes on so. `name` itself where
    the text has it in no fuller form."""
    text = normalize(text)
    found = _pattern(name).findall(text)
    if not found:
        return name
    whole = max(dict.fromkeys(found), key=lambda form: (found.count(form), -len(form)))
    whole = " ".join(str(whole).split())
    further = re.findall(rf"{re.escape(whole)}(?!\w)({_GOES_ON})?", text)
    if len(further) >= LEAST_TIMES and all(further) and len(set(further)) == 1:
        longer = whole + further[0]
        return longer if len(longer.split()) <= _MOST_WORDS else whole
    return whole


@lru_cache(maxsize=1 << 12)
def _pattern(name: str) -> re.Pattern[str]:
    words = [re.escape(word) + (r"\.?" if "." in word else "") for word in name.split()]
    return re.compile(r"(?<!\w)" + rf"\s(?:{_SMALL}\s){{0,2}}".join(words) + r"(?!\w)")
