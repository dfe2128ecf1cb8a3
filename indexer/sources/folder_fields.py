"""What a generator's folder says of all the posts in it: Hugo's ``cascade``, Eleventy's directory data, Jekyll's
``defaults``. A whole section that is a draft is one by these, so where they cannot be read no post of the folder is."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.document import os_reason
from indexer.sources.encodings import decoded, encoding_of
from indexer.sources.limits import MAX_FRONT_MATTER
from indexer.sources.markup.conventions import with_own
from indexer.sources.markup.frontmatter import split

# What is one post's own, and never that of all in a folder.
_OWN = frozenset("id title headline date slug url aliases body content text layout excerpt summary description".split())
_SECTION = re.compile(r"_index(?:\.[A-Za-z]{2,3}(?:-\w{2,8})?)?\.(?:md|html)")
_FENCES = {".toml": "+++", ".yaml": "---", ".yml": "---", ".json": ""}
_HUGO = frozenset(f"{name}{suffix}" for name in ("hugo", "config") for suffix in _FENCES)
_HUGO_FOLDER = "config"  # with the same in a folder "_default"
_JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
_CONTENT = "content"  # Hugo's folder of all posts
_ELEVENTY = ".11tydata.json"
_POSTS = (".md", ".mdx", ".markdown", ".html", ".rst")
_UNREADABLE = "says what holds for posts here, which are not read since it cannot be"
_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_PATTERNS = 100  # that braces may stand for


@dataclass(frozen=True, slots=True)
class _Given:
    """Fields of the posts below a folder."""

    folder: Path
    fields: Mapping[str, Any]
    path: str = ""  # which of them: a pattern of Hugo's, for the path below the folder of all posts, ...
    kind: str = ""  # ... or the kind that Jekyll's folders tell

    def holds_for(self, path: Path) -> bool:
        below = path.relative_to(self.folder) if path.is_relative_to(self.folder) else None
        if below is None:
            return False
        if self.kind and not _is_of_kind(below, self.kind):
            return False
        patterns = ["/" + pattern.strip("/").replace("**", "*") for pattern in _opened(self.path)]
        # the last of them for a folder of all posts that has another name than Hugo's own
        names = (_below_content(path, self.folder), below.with_suffix(""), PurePath(*below.with_suffix("").parts[1:]))
        return any(
            pattern in ("/", "/*") or fnmatchcase(f"/{name}", pattern) or f"/{name}/".startswith(f"{pattern}/")
            for pattern in patterns
            for name in names
        )


@dataclass(frozen=True, slots=True)
class FolderFields:
    """What the folders around a file say of it, the outermost first. Nothing outside of `home` is read, which is the
    source, links followed."""

    home: Path
    given: tuple[_Given, ...] = ()

    def within(self, folder: Path, names: Collection[str]) -> FolderFields:
        """The same with what a folder says that has files of these names. Raises ArticleError where that cannot be
        read."""
        return FolderFields(self.home, (*self.given, *self._given_by(folder, names)))

    def of(self, path: Path) -> dict[str, Any]:
        """The fields of the post in a file, which its own front matter goes before. Raises ArticleError where one
        beside it says them (Eleventy's data of one post) and cannot be read."""
        fields: dict[str, Any] = {}
        for each in self.given:
            if each.holds_for(path):
                fields = with_own(fields, each.fields)
        if path.name.endswith(_POSTS) and path.stem != path.parent.name:
            for suffix in (".json", _ELEVENTY):
                fields = with_own(fields, _of_all(_record(path.with_name(path.stem + suffix), self.home)))
        return fields

    def _given_by(self, folder: Path, names: Collection[str]) -> Iterator[_Given]:
        for name in names:
            if _SECTION.fullmatch(name):
                yield from _cascade(_record(folder / name, self.home), folder)
        for name in _HUGO.intersection(names):
            record = _record(folder / name, self.home, _FENCES[PurePath(name).suffix])
            if _CONTENT in names or name.startswith("hugo.") or "contentDir" in record:
                yield from _cascade(record, folder)
        for name in _HUGO if _HUGO_FOLDER in names else ():
            path = folder / _HUGO_FOLDER / "_default" / name
            yield from _cascade(_record(path, self.home, _FENCES[path.suffix]), folder)
        for name in _JEKYLL:
            if name in names:
                yield from _of_jekyll(_record(folder / name, self.home, _FENCES[PurePath(name).suffix]), folder)
        for name in (f"{folder.name}.json", f"{folder.name}{_ELEVENTY}"):
            if name in names:
                try:
                    yield _Given(folder, _of_all(_record(folder / name, self.home)))
                except ArticleError:  # in a folder "export" an "export.json" is something else
                    if name.endswith(_ELEVENTY) or any(other.endswith(_POSTS) for other in names):
                        raise


def _record(path: Path, home: Path, fence: str = "") -> Mapping[str, Any]:
    """What a file of settings has, or the front matter of one that begins with it; nothing where there is none. Raises
    ArticleError for one that cannot be read, or that a link leads to out of `home`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to open a named pipe waits for who writes to it
            return {}
        if not path.resolve().is_relative_to(home):
            raise ArticleError(f"{path.name} {_UNREADABLE}: a link that leads out of the source")
        with path.open("rb") as file:
            content = file.read(MAX_FRONT_MATTER + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ArticleError(f"{path.name} {_UNREADABLE}: {os_reason(error)}") from None
    if len(content) > MAX_FRONT_MATTER and path.name.endswith(".json") and not _says_what_it_is(path.name):
        return {}
    try:
        return split(_fenced(_text_of(content), fence)).record
    except ArticleError as error:
        raise ArticleError(f"{path.name} {_UNREADABLE}: {error}") from None


def _text_of(content: bytes) -> str:
    encoding = encoding_of(io.BytesIO(content))
    text = decoded(content, encoding) if encoding else content.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n")


def _fenced(text: str, fence: str) -> str:
    """Settings as the front matter of an article, with a `fence` if they have none."""
    if fence and not text.startswith(fence):
        text = f"{fence}\n{text}"
    if fence and f"\n{fence}" not in text[len(fence) :]:
        text = f"{text}\n{fence}\n"
    return text


def _says_what_it_is(name: str) -> bool:
    """Whether a JSON file has settings by its name; another one that is large is an export."""
    return name.endswith(_ELEVENTY) or name in _HUGO


def _opened(pattern: str) -> list[str]:
    """The patterns that one with braces stands for: ``{page,section}``."""
    found: list[str] = []
    waiting = [pattern]
    while waiting and len(found) + len(waiting) <= _MOST_PATTERNS:
        each = waiting.pop()
        braces = _BRACES.search(each)
        if braces is None:
            found.append(each)
        else:
            waiting += [each[: braces.start()] + part + each[braces.end() :] for part in braces[1].split(",")]
    return [*found, *waiting]


def _cascade(record: Mapping[str, Any], folder: Path) -> Iterator[_Given]:
    found = next((value for key, value in record.items() if key.lower() == "cascade"), None)
    for entry in reversed(found if isinstance(found, list) else [found]):  # of several that hold, the first counts
        if isinstance(entry, Mapping):
            target = entry.get("_target", entry.get("target"))
            target = target if isinstance(target, Mapping) else {}
            if any(fnmatchcase("page", kind.strip()) for kind in _opened(str(target.get("kind", "page")))):
                yield _Given(folder, _of_all(entry), str(target.get("path", "")))


def _of_jekyll(record: Mapping[str, Any], folder: Path) -> Iterator[_Given]:
    yield from _defaults(record, folder)
    collections = record.get("collections")
    for name, settings in collections.items() if isinstance(collections, Mapping) else ():
        if isinstance(settings, Mapping) and settings.get("output") in (False, "false"):
            yield _Given(folder, {"published": "false"}, kind=str(name))


def _defaults(record: Mapping[str, Any], folder: Path) -> list[_Given]:
    found = record.get("defaults")
    given = []
    for entry in found if isinstance(found, list) else []:
        scope, values = (
            (entry.get(name) for name in ("scope", "values")) if isinstance(entry, Mapping) else (None, None)
        )
        if isinstance(scope, Mapping) and isinstance(values, Mapping):
            given.append(_Given(folder, _of_all(values), str(scope.get("path", "")), str(scope.get("type", ""))))
    # of several that hold, the one for the longest path counts, or the one for a kind, or the last
    return sorted(given, key=lambda each: (len(each.path.strip("/")), bool(each.kind)))


def _of_all(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that posts of one folder may have in common. An address is each one's own, but none may have one."""
    return {
        key: value
        for key, value in fields.items()
        if isinstance(key, str)
        and key.lower() not in (*_OWN, "_target", "target", "cascade")
        and (key.lower() != "permalink" or value in (False, "false"))
    }


def _is_of_kind(below: PurePath, kind: str) -> bool:
    folders = below.parts[:-1]
    return not any(name.startswith("_") for name in folders) if kind == "pages" else f"_{kind}" in folders


def _below_content(path: Path, folder: Path) -> PurePath:
    """The path of a post below Hugo's folder of all posts, without its suffix; below `folder` where there is none."""
    parts = path.parts
    places = [place for place, name in enumerate(parts[:-1]) if name == _CONTENT]
    below = PurePath(*parts[places[-1] + 1 :]) if places else path.relative_to(folder)
    return below.with_suffix("")
