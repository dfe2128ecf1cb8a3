"""Searches that found nothing or little: what comes nearest to each, and a synonym that would mend it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from indexer.article.article import Article
from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.engine import Engine
from search.query.parser import parse
from search.reader.index import Index, idf_of
from search.results import SearchResult, article_summary
from search.rewriting.relaxing import unknown_words
from search.usage.events import Searched

LITTLE = 2  # articles, and fewer
LEAST_TIMES = 2  # a query that one reader made once is nobody else's business
NEAREST = 5  # articles that a synonym is looked for in
ALIKE = 75.0  # of 100, from which on two words are spelt alike
_READ = 400  # characters of each
_SHORTEST = 4  # letters of a word that is compared with others


@dataclass(frozen=True, slots=True)
class Proposal:
    """A synonym to approve: what was typed, what an article has instead, and why."""

    typed: str
    instead: str
    why: str

    @property
    def command(self) -> str:
        """What to type to approve it."""
        return f"readmore rules synonyms --one-way {shlex.quote(self.typed)} {shlex.quote(self.instead)}"

    def to_dict(self) -> dict[str, str]:
        """The proposal as it stands in JSON."""
        return {"typed": self.typed, "instead": self.instead, "why": self.why, "command": self.command}


@dataclass(frozen=True, slots=True)
class Missed:
    """A search that found nothing or little, and still does."""

    searched: Searched
    nearest: Article | None
    synonym: Proposal | None

    def to_dict(self) -> dict[str, Any]:
        """The search as it stands in JSON."""
        record = {"query": self.searched.query, "times": self.searched.times, "days": self.searched.days}
        return record | {
            "found": self.searched.found,
            "nearest": None if self.nearest is None else article_summary(self.nearest),
            "synonym": None if self.synonym is None else self.synonym.to_dict(),
        }


def missed_searches(engine: Engine, searches: Iterable[Searched], limit: int) -> list[Missed]:
    """Of some searches those that found nothing or little and still do, `limit` at most, in their order."""
    missed: list[Missed] = []
    for one in searches:
        if len(missed) == limit:
            break
        if one.found is not None and one.found <= LITTLE and one.times >= LEAST_TIMES:
            answer = engine.search(one.query, limit=NEAREST)
            if answer.redirect or (not answer.incomplete and answer.total > LITTLE):
                continue  # mended since
            found = [hit.article for hit in answer.hits]
            near = found or _alike(engine, one.query)
            synonym = _proposal(engine.index(), one.query, near, is_found=bool(found))
            missed.append(Missed(one, near[0] if near else None, synonym))
    return missed


def _alike(engine: Engine, query: str) -> list[Article]:
    """Articles with words spelt like those of a query of which no article has any."""
    words = [form for form in word_forms(query) if len(form) >= _SHORTEST]
    if not words:
        return []
    answer: SearchResult = engine.search(" OR ".join(f"{word}~2" for word in words[:8]), limit=NEAREST)
    return [] if answer.incomplete else [hit.article for hit in answer.hits]


def _proposal(index: Index, query: str, near: Sequence[Article], *, is_found: bool) -> Proposal | None:
    """What could stand for the first word of a query that no article has; `is_found` says whether the query found the
    articles, or they only have words that are spelt alike, whose other words are no sign of anything."""
    languages = index.languages()
    unknown = unknown_words(index, parse(query, languages, index.schema))
    if not unknown or not near:
        return None
    typed = unknown[0]
    forms = Counter(form for article in near for form in dict.fromkeys(_forms(article)) if _is_telling(form, languages))
    for form in word_forms(query):
        forms.pop(form, None)
    if not forms:
        return None
    alike = max(forms, key=lambda form: (fuzz.ratio(typed, form), form))
    if fuzz.ratio(typed, alike) >= ALIKE:
        return Proposal(typed, alike, "spelt alike")
    meant = _nearest_in_meaning(index, typed, list(forms))
    if meant is not None:
        return Proposal(typed, meant, "near in meaning")
    if not is_found:
        return None
    in_titles = {form for article in near for form in word_forms(article.headline)}
    telling = [form for form in forms if form in in_titles] or list(forms)
    best = max(telling, key=lambda form: (forms[form] * _idf(index, form, languages), form))
    return Proposal(typed, best, "in what comes nearest")


def _forms(article: Article) -> list[str]:
    return word_forms(" ".join([article.headline, *article.tags, article.body[:_READ]]))


def _is_telling(form: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is no stop word in any language of the archive, and no number."""
    return not form.isdigit() and len(form) > 2 and all(query_terms(form, (language,)) for language in languages)


def _idf(index: Index, form: str, languages: tuple[str, ...]) -> float:
    return max((idf_of(index, term) for term in query_terms(form, languages)), default=0.0)


def _nearest_in_meaning(index: Index, typed: str, forms: Sequence[str]) -> str | None:
    """The word that a space which knows words no article has puts nearest to one; None where there is no such space."""
    for space in index.spaces.values():
        vector = space.encode_query(typed, {})
        if vector is None or not vector.any():
            continue
        encoded = {form: space.encode_query(form, {}) for form in forms}
        cosines = {form: float(of @ vector) for form, of in encoded.items() if of is not None}
        if cosines:
            return max(cosines, key=lambda form: (cosines[form], form))
    return None
