"""What is pasted from elsewhere: the title of a page with its site's name, a headline cut short, an address."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus, urlsplit

MOST_PARTS = 5  # between separators; of a text with more of them nothing is taken for the name of a site
_SEPARATOR = re.compile(r"\s+(?:[|\u00a6\uff5c\u00b7\u2022\u00bb\u00ab\u203a\u2039\u2012-\u2015~-]+|::)\s+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# without a scheme, which browsers do not show: a host with a point in it, and a path
_BARE_ADDRESS = re.compile(r"(?://)?(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d{1,5})?/[^\s/]\S*")
_ENDING = re.compile(r"\.\w{1,5}\Z")
_BETWEEN_WORDS = re.compile(r"[-_+\s]+")
_ENCODED = re.compile(r"%20|(?:%[C-F][0-9A-F]%[89AB][0-9A-F])", re.IGNORECASE)
_CUT = re.compile(r"\s*(?:\u2026|\.\.\.+)\s*\Z")


def without_sites(text: str) -> list[str]:
    """What of a text may be a headline, if the rest of it is the names of a site and of a section: all but what stands
    before or behind separators as browsers and feeds put them, the longest first.

    >>> without_sites("A slow boat | World | The Daily")
    ['A slow boat | World', 'World | The Daily', 'A slow boat', 'The Daily', 'World']
    """
    breaks = list(_SEPARATOR.finditer(text))
    if not 0 < len(breaks) < MOST_PARTS:
        return []
    starts, ends = [0, *(at.end() for at in breaks)], [*(at.start() for at in breaks), len(text)]
    parts = [
        text[start:end].strip() for place, start in enumerate(starts) for end in ends[place:] if end - start < len(text)
    ]
    return sorted(filter(None, parts), key=len, reverse=True)


def is_address(text: str) -> bool:
    """Whether a text is the address of a page, and nothing else."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def may_be_address(text: str) -> bool:
    """Whether a text is the address of a page without its scheme, if there is such a page: "open.example/storm"."""
    return "/" in text and _BARE_ADDRESS.fullmatch(text.strip()) is not None


def address_as_words(text: str) -> str:
    """The words that an address ends in, which are often those of a headline; empty for what is no address.

    >>> address_as_words("https://example.org/2024/05/a-slow-boat.html?page=2")
    'a slow boat'
    """
    if not is_address(text):
        return ""
    try:
        path = urlsplit(text.strip()).path
    except ValueError:
        return ""
    words = [_BETWEEN_WORDS.sub(" ", _ENDING.sub("", unquote(part))).strip() for part in path.split("/")]
    return next((of for of in reversed(words) if " " in of), "")


def decoded(text: str) -> str:
    """A text as it was before it became part of an address, if it has no blank and signs of an address for blanks or
    for letters; itself for another.

    >>> decoded("a%20slow%20boat"), decoded("caf%C3%A9+noir"), decoded("100%fett"), decoded("C++")
    ('a slow boat', 'café noir', '100%fett', 'C++')
    """
    if " " in text or not _ENCODED.search(text) or is_address(text):
        return text
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        return text


def without_ellipsis(text: str) -> str:
    """A text that says that it goes on, without saying it; empty for one that does not.

    >>> without_ellipsis("A slow boat under…")
    'A slow boat under'
    """
    found = _CUT.search(text)
    return text[: found.start()] if found else ""
