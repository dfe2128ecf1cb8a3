"""What editors may do to related articles, as calls: each changes ``rules.yaml`` and holds from the next answer on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from indexer.archive import Archive
from search.curation.rules import (
    EditorRules,
    Forbidden,
    ForbiddenKind,
    NeverOffered,
    Pin,
    Quota,
    Rule,
    articles_of,
    quota_of,
    read_rules,
    unknown_articles,
)
from search.curation.rules_file import add_rule, edit_rules, remove_rules
from search.curation.rules_text import Step
from search.curation.search_rules import MAX_POSITION, SearchRule
from search.curation.yaml_entries import EntryError


class Editors:
    """The editors' rules of an archive. Articles are named by id or URL.

    All methods raise FileError if ``rules.yaml`` cannot be read or changed, and ArticleNotFoundError for an article
    that a new rule names and that is not there.
    """

    def __init__(self, archive: Archive, by: str = "") -> None:
        """`by` is who the history of the rules is to name; who runs the process, if not given."""
        self._archive = archive
        self._folder = archive.folder
        self._by = by

    def rules(self) -> EditorRules:
        """The rules in force, and what is wrong with the file; articles that are not there are warned about."""
        found = read_rules(self._folder)
        unknown = unknown_articles(found, self._archive.store.seqs(found.ids()))
        return EditorRules(found.rules, (*found.problems, *unknown))

    def add(self, rule: SearchRule) -> bool:
        """Adds a rule about searches; False if it stands in the file already."""
        for name in articles_of(rule):
            self._id(name)
        return add_rule(self._folder, rule, by=self._by)

    def drop(self, line: int) -> list[Rule]:
        """Takes out the rule that begins in a line of the file, and returns it."""
        return self._remove(lambda old: old.line == line)

    def pin(self, under: str, article: str, *, position: int = 1, until: datetime | None = None) -> Pin:
        """Puts `article` at a place of its own among what is related to `under`, until the moment `until`. Replaces an
        older pin of the two. Raises EntryError for an article under itself or a position outside 1 to 100."""
        above, below = self._id(under), self._id(article)
        if above == below:
            raise EntryError(0, "an article cannot be pinned under itself")
        if not 1 <= position <= MAX_POSITION:
            raise EntryError(0, f"the position must lie between 1 and {MAX_POSITION}, not {position}")
        if until is not None and until.tzinfo is None:
            raise EntryError(0, "the date until which an article is pinned needs a time zone")
        rule = Pin(below, above, position, until)
        self._put(rule)
        return rule

    def unpin(self, under: str, article: str) -> list[Rule]:
        """Takes back a pin and returns it."""
        above, below = self._names(under), self._names(article)
        return self._remove(lambda old: isinstance(old, Pin) and old.under in above and old.pin in below)

    def forbid(self, article: str, other: str, *, one_way: bool = False) -> Forbidden:
        """Never links two articles; with `one_way` never offers the second under the first."""
        rule = Forbidden(self._id(article), self._id(other), one_way)
        self._put(rule)
        return rule

    def never_offer(self, article: str, *, since: datetime | None = None) -> NeverOffered:
        """Offers an article nowhere, from the moment `since` on."""
        rule = NeverOffered(self._id(article), since)
        self._put(rule)
        return rule

    def allow(self, article: str, other: str | None = None) -> list[Rule]:
        """Takes back what `forbid`, or with one article `never_offer`, did, and returns it."""
        names = self._names(article)
        if other is None:
            return self._remove(lambda old: isinstance(old, NeverOffered) and old.article in names)
        others = self._names(other)
        pairs = {(a, b) for a in names for b in others} | {(b, a) for a in names for b in others}
        return self._remove(lambda old: isinstance(old, Forbidden) and (old.first, old.second) in pairs)

    def forbid_between(self, field: str, first: str, second: str, *, one_way: bool = False) -> ForbiddenKind:
        """Never links articles of two sections or two sites (`field`); with `one_way` not from the first to the
        second."""
        rule = ForbiddenKind(field, first, second, one_way)
        self._put(rule)
        return rule

    def allow_between(self, field: str, first: str, second: str) -> list[Rule]:
        """Takes back what `forbid_between` did and returns it."""
        pair = {first, second}
        return self._remove(
            lambda old: isinstance(old, ForbiddenKind) and old.field == field and {old.first, old.second} == pair
        )

    def quota(self, field: str, value: str, at_most: str | None) -> list[Rule]:
        """Lets a block have `at_most` so many articles (``2``) or such a share (``25%``) of a section or site, `*` for
        each of them; None lifts the quota. Returns the rules replaced. Raises EntryError."""

        def same(old: Rule) -> bool:
            return isinstance(old, Quota) and (old.field, old.value) == (field, value)

        if at_most is None:
            return self._remove(same)
        return self._put(quota_of(field, value, at_most))

    def _put(self, rule: Rule) -> list[Rule]:
        """Puts a rule in the place of those that it replaces, and returns these."""
        return edit_rules(self._folder, [Step(rule)], by=self._by).removed

    def _remove(self, unwanted: Callable[[Rule], bool]) -> list[Rule]:
        return remove_rules(self._folder, unwanted, by=self._by)

    def _id(self, id_or_url: str) -> str:
        return self._archive.store.get(id_or_url).id

    def _names(self, id_or_url: str) -> set[str]:
        """What an article may be called in the file, which may name one that is gone."""
        if not self._archive.store.seqs([id_or_url]):
            return {id_or_url}
        article = self._archive.store.get(id_or_url)
        return {id_or_url, article.id, article.url}
