"""What a related article shows of its text."""

from __future__ import annotations

from indexer.article.article import Article

_SPACES = 40  # more characters are looked at only where so many are white space


def opening(article: Article, length: int) -> str:
    """The excerpt its editors wrote, or else how its text begins, as plain text in one line of at most about `length`
    characters; where it was cut, it ends in " ..."."""
    text = " ".join((article.excerpt or article.body[: length + _SPACES]).split())
    if len(text) <= length:
        text = " ".join((article.excerpt or article.body[: 2 * length]).split())
    if len(text) <= length and (article.excerpt or len(article.body) <= 2 * length):
        return text
    cut = text[: length + 1]
    return cut[: cut.rfind(" ") if " " in cut[length // 2 :] else length].rstrip(" ,;:-–—.") + " ..."
