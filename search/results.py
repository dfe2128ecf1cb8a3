"""What a search answers, as plain data that the command line, the service and the recommender share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from indexer.article.article import Article


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of an article's text and where in it the words of the query are."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()  # (start, end) character offsets into `text`, ascending, not overlapping


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number, what it is, and the numbers it comes from."""

    value: float
    what: str
    parts: tuple[Explanation, ...] = ()
    sentence: str = ""  # of a whole hit: the same for a person, see `search.ranking.why`

    def to_dict(self) -> dict[str, Any]:
        """The explanation as it stands in JSON answers."""
        answer: dict[str, Any] = {"value": round(self.value, 6), "what": self.what}
        if self.sentence:
            answer["sentence"] = self.sentence
        if self.parts:
            answer["parts"] = [part.to_dict() for part in self.parts]
        return answer

    @property
    def number(self) -> str:
        """The number as people read it."""
        return f"{self.value:.4f}" if self.value % 1 else f"{self.value:.0f}"

    def lines(self, indent: int = 0) -> Iterator[str]:
        """The explanation as indented lines of text."""
        if self.sentence:
            yield f"{'  ' * indent}{self.sentence}"
        yield f"{'  ' * indent}{self.number}  {self.what}"
        for part in self.parts:
            yield from part.lines(indent + 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `legs` has the score each leg of the fusion gave it, before weighting."""

    article: Article
    score: float
    title: Excerpt
    excerpt: Excerpt
    legs: dict[str, float] = field(default_factory=dict)
    folded: tuple[Article, ...] = ()  # that belong to it and are no hits of their own, best first
    pinned: bool = False  # whether an editor put it where it is
    explanation: Explanation | None = None  # why it has its score, where that was asked for


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a field, and how many of the articles found have it; `selected` where the filter asks for it."""

    value: str  # as the filter language takes it: a name, a number, a period (2024, 2024-05, 2024-05-03)
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """What the articles found have in a field, but for what the filter asks of that very field."""

    field: str
    values: tuple[FacetValue, ...]  # those of most articles first; periods in the order of time
    distinct: int  # how many different values there are, of which `values` may be only the first
    least: float | None = None  # of numbers the lowest and the highest, of dates in seconds since 1970
    most: float | None = None
    interval: str = ""  # of dates: the values are periods of a "day", a "month" or a "year"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a query with slips probably means."""

    query: str  # as typed but for the slips
    words: tuple[tuple[str, str], ...]  # as typed and as probably meant, in the order of the query
    # whether the hits are those of the corrected query, or it is only offered: "did you mean ...?"
    is_shown: bool

    @property
    def note(self) -> str:
        """It in words for the person who asked."""
        if not self.is_shown:
            return f"did you mean '{self.query}'?"
        typed = " or ".join(f"'{word}'" for word, _ in self.words)
        return f"no article has {typed}: showing results for '{self.query}'"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that is offered while somebody types; `title` marks what has been typed."""

    article: Article
    title: Excerpt


IN_TEXTS = "name"  # stands for a field where a suggested name is one that texts have


@dataclass(frozen=True, slots=True)
class NameSuggestion:
    """An author, a place, a section or a tag that is offered while somebody types, or a name that texts have: of a
    person, an organisation, a place."""

    field: str  # or `IN_TEXTS`
    value: str
    count: int  # articles that have it

    @property
    def query(self) -> str:
        """What is searched for where somebody chooses it."""
        quoted = '"{}"'.format(self.value.replace('"', " "))
        return quoted if self.field == IN_TEXTS else f"{self.field}:{quoted}"


MAX_SUGGESTIONS = 50


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered while somebody types `text`, the best first."""

    text: str
    articles: tuple[Suggestion, ...]
    # what is typed, with its last word typed to the end, and with what headlines have behind it
    queries: tuple[str, ...]
    took_ms: float
    names: tuple[NameSuggestion, ...] = ()
    is_whole: bool = True  # whether all of the archive was there to choose from, and nothing is still being read


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to a query. `notes` say what was done to the query and why (a wildcard cut short, common words
    left out, slips corrected), in words for the person who asked. `total` and `facets` count all articles found, not
    only those of the page."""

    query: str
    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    incomplete: bool = False  # whether words had to be left out, or no article has them, or nothing is found
    redirect: str = ""  # the page that editors answer the query with, empty for none
    correction: Correction | None = None  # None where the words are right; its note is the last of the `notes`
    of_today: bool = False  # whether the query names a time that is another one tomorrow, as "last week" does


def article_summary(article: Article) -> dict[str, Any]:
    """What JSON answers say of an article wherever it turns up in a list."""
    return {
        "id": article.id,
        "title": article.headline,
        "url": article.url,
        "date": article.date.isoformat() if article.date else None,
        "section": article.section,
        "site": article.site,
        "authors": list(article.authors),
        "dateline": str(article.dateline),
        "language": article.language,
        "image": {"url": article.image, "alt": article.image_alt} if article.image else None,
        "modified": article.modified.isoformat() if article.modified else None,
    }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """A hit as it stands in JSON answers."""
    return (
        article_summary(hit.article)
        | {
            "score": round(hit.score, 6),
            "excerpt": hit.excerpt.text,
            "title_html": to_html(hit.title),
            "excerpt_html": to_html(hit.excerpt),
        }
        | ({"folded": [article_summary(article) for article in hit.folded]} if hit.folded else {})
        | ({"explanation": hit.explanation.to_dict()} if hit.explanation is not None else {})
    )


def suggestions_to_dict(suggestions: Suggestions) -> dict[str, Any]:
    """Suggestions as they stand in JSON answers."""
    articles = [article_summary(of.article) | {"title_html": to_html(of.title)} for of in suggestions.articles]
    return {
        "text": suggestions.text,
        "took_ms": round(suggestions.took_ms, 3),
        "articles": articles,
        "queries": list(suggestions.queries),
        "names": [
            {"field": name.field, "value": name.value, "count": name.count, "query": name.query}
            for name in suggestions.names
        ],
    }


def correction_to_dict(correction: Correction) -> dict[str, Any]:
    """A correction as it stands in JSON answers."""
    words = [{"typed": typed, "meant": meant} for typed, meant in correction.words]
    return {"query": correction.query, "words": words, "is_shown": correction.is_shown}


def facet_to_dict(facet: Facet) -> dict[str, Any]:
    """A facet as it stands in JSON answers."""
    values = [
        {"value": of.value, "count": of.count} | ({"selected": True} if of.selected else {}) for of in facet.values
    ]
    answer: dict[str, Any] = {"field": facet.field, "values": values, "distinct": facet.distinct}
    if facet.least is not None:
        answer |= {"least": facet.least, "most": facet.most}
    return answer | ({"interval": facet.interval} if facet.interval else {})


def to_html(excerpt: Excerpt) -> str:
    """The text, escaped, with its marks as ``<mark>`` elements: safe to put into a page as it is."""
    parts, end = [], 0
    for start, stop in excerpt.marks:
        parts += [escape(excerpt.text[end:start]), "<mark>", escape(excerpt.text[start:stop]), "</mark>"]
        end = stop
    return "".join([*parts, escape(excerpt.text[end:])])
