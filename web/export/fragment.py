"""The related block as a piece of HTML for a page of another site, by the template that the service's own pages use."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from indexer.article.article import Article
from indexer.article.urls import is_followable
from indexer.base.errors import ReadmoreError
from recommender.results import Block
from web.http.rendering import encodable
from web.pages.settings import PageSettings
from web.pages.theme import check, furnish

DEFAULT_LINK = "/article/{id}"


class LinkError(ReadmoreError):
    """The pattern for addresses cannot be used."""


def linker(pattern: str) -> Callable[[Article], str]:
    """Gives each article its address: its own URL, or for one without, `pattern` with its id in the place of
    ``{id}``. Raises LinkError for a pattern that makes no address."""
    example = pattern.replace("{id}", "a")
    if "{id}" not in pattern or "{" in example or not is_followable(example):
        raise LinkError(f"'{pattern}' makes no address: write it like /article/{{id}} or https://example.org/{{id}}")
    return lambda article: article.url or pattern.replace("{id}", article.id)


def fragments(address: Callable[[Article], str], pages: PageSettings) -> Callable[[Block], str]:
    """Renders blocks as the pages are set; an empty block is an empty text. Raises ConfigError for a template of the
    publisher's that cannot be compiled."""
    environment = Environment(autoescape=True)
    furnish(environment, pages)
    check(environment, pages)
    environment.globals["article_url"] = address
    template = environment.get_template("related.html")
    return lambda block: _wrapped(encodable(template.render(block=block)).lstrip("\n"))


def _wrapped(block: str) -> str:
    """A block in the element that the rules of ``web/widgets/fragment.css`` begin with."""
    return f'<div class="readmore-block">\n{block}</div>\n' if block else ""
