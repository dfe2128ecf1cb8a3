"""The forms of the answers, as the OpenAPI document describes them. Fields may be added to answers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Plain = Annotated[str, Meta(description="plain text, to be escaped in a page")]
Html = Annotated[str, Meta(description="escaped, with what was found in `<mark>`: safe to put into a page")]
Count = Annotated[int, Meta(ge=0)]


class Problem(Struct):
    """What went wrong. Go by `code`; `message` is for people and may change."""

    code: str
    message: str
    status: Annotated[int, Meta(ge=400, le=599)]
    parameter: str | msgspec.UnsetType = msgspec.UNSET


class Error(Struct):
    """Every error has this form."""

    error: Problem


class Image(Struct):
    """The picture that stands for an article."""

    url: Annotated[str, Meta(description="http or https, or a path of the article's site")]
    alt: Annotated[Plain, Meta(description="what it shows; may be empty")]


class Summary(Struct):
    """An article in a list."""

    id: str
    title: Plain
    url: str
    date: str | None
    section: str
    site: str
    authors: list[str]
    dateline: str
    language: str
    image: Image | None
    modified: Annotated[str | None, Meta(description="when it was changed last, as it says")]


class Explanation(Struct):
    """A number, and the numbers it comes from."""

    value: float
    what: Annotated[Plain, Meta(description="what the number is, and how it comes from those below it")]
    sentence: Annotated[Plain, Meta(description="of a hit: the same for a person")] | msgspec.UnsetType = msgspec.UNSET
    parts: list[Explanation] | msgspec.UnsetType = msgspec.UNSET


class Hit(Summary):
    """An article found."""

    score: float
    excerpt: Plain
    title_html: Html
    excerpt_html: Html
    folded: (
        Annotated[list[Summary], Meta(description="copies of it, or articles of its story, no hits of their own")]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    explanation: (
        Annotated[Explanation, Meta(description="why it has its score, where that is asked for")] | msgspec.UnsetType
    ) = msgspec.UNSET


class FacetValue(Struct):
    """A value of a field, and how many of the articles found have it."""

    value: str
    count: Count
    selected: Annotated[bool, Meta(description="whether a filter asks for it")] = False


class Facet(Struct):
    """What the articles found have in a field, but for what filters ask of that very field."""

    field: str
    values: list[FacetValue]
    distinct: Annotated[int, Meta(ge=0, description="how many values there are, of which these are the first")]
    least: float | msgspec.UnsetType = msgspec.UNSET
    most: float | msgspec.UnsetType = msgspec.UNSET
    interval: Annotated[str, Meta(description="of dates: what periods the values are")] | msgspec.UnsetType = (
        msgspec.UNSET
    )


class CorrectedWord(Struct):
    """A word as typed, and as it was probably meant."""

    typed: str
    meant: str


class Correction(Struct):
    """What the query was probably meant to be."""

    query: Plain
    words: list[CorrectedWord]
    is_shown: Annotated[bool, Meta(description="whether the hits are those of this query, or it is only offered")]


class SearchAnswer(Struct):
    """What a query found."""

    query: str
    total: Count
    took_ms: float
    hits: list[Hit]
    notes: Annotated[list[str], Meta(description="what was done to the query and why, for whoever asked")]
    facets: list[Facet] | msgspec.UnsetType = msgspec.UNSET
    correction: Correction | msgspec.UnsetType = msgspec.UNSET
    redirect: Annotated[str, Meta(description="where editors want whoever asks this to go")] | msgspec.UnsetType = (
        msgspec.UNSET
    )


class Suggestion(Summary):
    """An article whose headline goes on from what is typed."""

    title_html: Html


class SuggestedName(Struct):
    """An author, a place, a section or a tag, or a name that texts have."""

    field: Annotated[str, Meta(description="of a name in texts: `name`")]
    value: Plain
    count: Annotated[int, Meta(description="articles that have it")]
    query: Annotated[str, Meta(description="what to search for where it is chosen")]


class SuggestAnswer(Struct):
    """What to offer while somebody types."""

    text: str
    took_ms: float
    articles: list[Suggestion]
    queries: Annotated[
        list[str], Meta(description="what is typed, its last word to its end, and with what headlines have behind it")
    ]
    names: list[SuggestedName]


class Item(Summary):
    """An article to read next."""

    score: float
    reason: Plain
    excerpt: Plain
    relation: str
    siblings: Annotated[list[Summary], Meta(description="copies that are not offered beside it")]


class RelatedAnswer(Struct):
    """What to read next, as a list."""

    id: str
    took_ms: float
    related: list[Item]
    fallback: bool | msgspec.UnsetType = msgspec.UNSET


class Group(Struct):
    """Articles under the name of what they share."""

    name: Plain
    items: list[Item]


class BlockAnswer(Struct):
    """What to read next, as a block: a lead and groups; `form=list` puts all of them into `items`."""

    id: str
    took_ms: float
    lead: Item | msgspec.UnsetType | None = msgspec.UNSET
    groups: list[Group] | msgspec.UnsetType = msgspec.UNSET
    items: list[Item] | msgspec.UnsetType = msgspec.UNSET


class Translation(Struct):
    """A copy of an article in another language."""

    id: str
    language: str
    url: str
    title: Plain


class ArticleAnswer(Summary):
    """An article in full."""

    translations: list[Translation]
    tags: list[str]
    links: list[str]
    excerpt: Plain
    body: Plain
    fields: dict[str, Any]


class StatusAnswer(Struct):
    """The archive in figures."""

    articles: Count
    generation: Count


class Refused(Struct):
    """An article that was not taken, and why."""

    where: Annotated[str, Meta(description="the line of the request, where there are several")]
    id: str
    reason: str


class ChangeAnswer(Struct):
    """What became of the articles sent. It is on the disk, and the next answer has it."""

    added: Count
    changed: Count
    unchanged: Count
    removed: Annotated[list[str], Meta(description="ids of articles that were taken out")]
    withheld: Annotated[list[Refused], Meta(description="not for the public; taken out if they were there")]
    refused: list[Refused]
    warnings: Annotated[list[str], Meta(description="what was mended")]
    generation: Count


class RemovalAnswer(Struct):
    """Which articles were taken out."""

    removed: list[str]
    unknown: list[str]
    generation: Count


class RuleProblem(Struct):
    """What is to be said of a rule."""

    line: int
    message: str
    kind: str


class RulesAnswer(Struct):
    """The editors' rules."""

    rules: list[dict[str, Any]]
    problems: list[RuleProblem]
    tag: Annotated[str, Meta(description="send it as `If-Match`, so that nobody's changes are lost")]


class Counted(Struct):
    """A query or an article, and how often it was asked for or read."""

    name: str
    count: Count


class ReadersReport(Struct):
    """What readers did, as sums."""

    days: Count
    searches: Count
    views: Count
    top_searches: list[Counted]
    without_result: list[Counted]
    top_views: list[Counted]


class RelatedReport(Struct):
    """Who is sent where, doubtful sections, running stories, links to nothing."""

    archive: dict[str, Any]
    exposure: dict[str, Any]
    sections: dict[str, Any]
    stories: dict[str, Any]
    links: dict[str, Any]
