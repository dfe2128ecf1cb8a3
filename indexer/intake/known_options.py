"""Options of sources that a run does not say again: as the settings have them, or as they were in the run before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.article.article import Article
from indexer.intake.members import Members
from indexer.intake.url_pattern import UrlPattern
from indexer.settings import SourceSettings
from indexer.sources.crawl.crawl import is_address
from indexer.sources.document import absolute
from indexer.sources.item import File

STANDARD_INPUT = "-"
OPTIONS = ("url", "site", "mapping")
"""The options of a source that hold again where they are not said: `SourceSettings` has each under this name."""


def place_of(source: SourceSettings) -> str:
    """The name under which a source is remembered: its address, or its path from the root of the file system on."""
    return source.place if is_address(source.place) or source.place == STANDARD_INPUT else absolute(source.place)


class KnownOptions:
    """What is known of places: `settings`, the sources in readmore.toml, come before what `members` has of runs that
    were given options."""

    def __init__(self, settings: Iterable[SourceSettings], members: Members) -> None:
        sources = {place_of(source): source for source in settings}
        self._known: dict[str, dict[str, Any]] = {
            option: members.options(option) | {place: getattr(source, option) for place, source in sources.items()}
            for option in OPTIONS
        }

    def completed(self, source: SourceSettings) -> SourceSettings:
        """The source with what was left out of it as it is known of its place, or of the nearest folder above."""
        found = {option: _nearest(place_of(source), self._known[option]) for option in source.left_out}
        return replace(source, **{option: self._known[option][place] for option, place in found.items() if place})

    def addresses(self, source: SourceSettings) -> Addresses:
        """What makes the addresses of a source's articles. One that says its pattern, or that it has none, has that for
        all of them; else each file has that of the nearest folder that one is known of."""
        said = self._known["url"] if "url" in source.left_out else {place_of(source): source.url}
        return Addresses(said, place_of(source))


class Addresses:
    """Makes the addresses of articles by `patterns`, which are by the places that they are for; "" is none. What is in
    no file of its own is in the source at `place`."""

    def __init__(self, patterns: Mapping[str, str], place: str) -> None:
        self._patterns = patterns
        self._place = place
        self._made: dict[str, UrlPattern] = {}

    def url_of(self, article: Article, file: File | None, slug: str = "") -> str:
        """The address of an article, empty where there is no pattern for it or a part of it is not known. `slug` is
        what the article says that it is called in it."""
        place = _nearest(file.path if file else self._place, self._patterns)
        if place is None or not (pattern := self._patterns[place]):
            return ""
        if place not in self._made:
            self._made[place] = UrlPattern(pattern)
        return self._made[place].url_of(article, replace(file, root=place) if file else None, slug)


def _nearest(path: str, places: Mapping[str, object]) -> str | None:
    """Of `places` that which `path` is, or which is the folder nearest above it."""
    if path in places or is_address(path):
        return path if path in places else None
    return next((str(above) for above in Path(path).parents if str(above) in places), None)
