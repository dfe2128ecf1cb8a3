"""What a generator's folder says of all the posts in it: Hugo's ``cascade``, Eleventy's directory data, Jekyll's
``defaults``. A whole section that is a draft is one by these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

from indexer.base.errors import ArticleError
from indexer.sources.limits import MAX_FRONT_MATTER
from indexer.sources.markup.frontmatter import split

# What is one post's own, and never that of all in a folder.
_OWN = frozenset("id title headline date slug url aliases body content text layout excerpt summary description".split())
_SECTIONS = ("_index.md", "_index.html")
_CONFIGS = {
    f"{name}.{suffix}": fence
    for suffix, fence in (("toml", "+++"), ("yaml", "---"), ("yml", "---"), ("json", ""))
    for name in ("hugo", "config")
}
_JEKYLL = "_config.yml"
_CONTENT = "content"  # Hugo's folder of all posts


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
        if not self.path or self.path in ("/", "**", "/**"):
            return True
        whole = _below_content(path, self.folder)
        pattern = "/" + self.path.strip("/").replace("**", "*")
        return any(fnmatchcase(f"/{name}", pattern) or f"/{name}/".startswith(f"{pattern}/") for name in (whole, below))


@dataclass(frozen=True, slots=True)
class FolderFields:
    """What the folders around a file say of it, the outermost first."""

    given: tuple[_Given, ...] = ()

    def within(self, folder: Path, names: Collection[str]) -> FolderFields:
        """The same with what a folder says that has files of these names. What cannot be read says nothing."""
        return FolderFields((*self.given, *_given_by(folder, names)))

    def of(self, path: Path) -> dict[str, Any]:
        """The fields of the post in a file, which its own front matter goes before."""
        fields: dict[str, Any] = {}
        for each in self.given:
            if each.holds_for(path):
                fields |= each.fields
        return fields


def _given_by(folder: Path, names: Collection[str]) -> Iterator[_Given]:
    for name in _SECTIONS:
        if name in names:
            yield from _cascade(_record(folder / name), folder)
    for name, fence in _CONFIGS.items():
        if name in names and _CONTENT in names:
            yield from _cascade(_record(folder / name, fence), folder)
    if _JEKYLL in names:
        yield from _defaults(_record(folder / _JEKYLL, "---"), folder)
    for name in (f"{folder.name}.json", f"{folder.name}.11tydata.json"):
        if name in names:
            yield _Given(folder, _of_all(_record(folder / name)))


def _record(path: Path, fence: str = "") -> Mapping[str, Any]:
    """What a file of settings has, or the front matter of one that begins with it."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FRONT_MATTER).decode("utf-8-sig", "replace").replace("\r\n", "\n")
        return split(f"{fence}\n{text}\n{fence}\n" if fence else text).record
    except (OSError, ArticleError):
        return {}


def _cascade(record: Mapping[str, Any], folder: Path) -> Iterator[_Given]:
    found = next((value for key, value in record.items() if key.lower() == "cascade"), None)
    for entry in found if isinstance(found, list) else [found]:
        if isinstance(entry, Mapping):
            target = entry.get("_target", entry.get("target"))
            target = target if isinstance(target, Mapping) else {}
            if str(target.get("kind", "page")) == "page":
                yield _Given(folder, _of_all(entry), str(target.get("path", "")))


def _defaults(record: Mapping[str, Any], folder: Path) -> Iterator[_Given]:
    found = record.get("defaults")
    for entry in found if isinstance(found, list) else []:
        scope, values = (
            (entry.get(name) for name in ("scope", "values")) if isinstance(entry, Mapping) else (None, None)
        )
        if isinstance(scope, Mapping) and isinstance(values, Mapping):
            yield _Given(folder, _of_all(values), str(scope.get("path", "")), str(scope.get("type", "")))


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
