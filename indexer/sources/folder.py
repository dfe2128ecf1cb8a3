"""The files of a folder that are worth reading, in an order that is the same every time."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from indexer.base.errors import ArticleError
from indexer.sources.document import Document, os_reason, shown_path
from indexer.sources.folder_fields import FolderFields
from indexer.sources.item import Refused
from indexer.sources.names import language_of_file, language_of_folder

NOT_CONTENT = frozenset(("node_modules", "__pycache__", "_site", "_layouts", "_includes", "_sass"))
"""What tools keep beside the articles, by the thousand, and what generators make pages of or make of them."""
_HUGO = ("archetypes", "layouts", "themes", "public", "resources")
_GENERATORS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    *(((f"hugo.{suffix}",), _HUGO) for suffix in ("toml", "yaml", "yml", "json")),
    (("config.toml", "content"), (*_HUGO, "templates", "sass")),  # Zola's, too
    (("_config.yml", "scaffolds"), ("scaffolds", "themes", "public")),  # Hexo's
    (("_config.yml", "_posts"), ()),  # Jekyll's
    *(((f"docusaurus.config.{suffix}",), ("build", "src")) for suffix in ("js", "ts", "mjs")),
    *(((f"astro.config.{suffix}",), ("dist", "public")) for suffix in ("js", "ts", "mjs")),
    (("pelicanconf.py",), ("output", "theme", "themes")),
)
"""By what is in a generator's folder what else is, and is no content: templates, themes, and the pages made of both."""
_ABOUT_THE_SITE = re.compile(
    r"(?:readme|license|contributing|changelog|code_of_conduct|security)(?:\.[\w-]{2,5})?\.(?:md|txt)", re.I
)
_PARTIAL = re.compile(r"_(?!index\b).*\.(?:md|mdx|markdown)", re.I)  # what other posts include


HIDDEN = "hidden"
PARTIAL = "beginning with _"
NO_SUFFIX = "without a suffix"
_LONGEST_SUFFIX = 20  # characters; what is longer is none


def documents_under(
    folder: Path, wanted: Callable[[str], object], passed_over: Counter[str] | None = None
) -> Iterator[Document | Refused]:
    """The regular files below `folder` that are `wanted` by name, sorted by path, hidden ones left out.

    Links are followed where they lead to what is in the folder as well, for a link to ``/`` in a contributor's checkout
    would make the whole machine public; a folder is entered once. What cannot be read is yielded as `Refused`. What is
    left out is counted in `passed_over`: files by their suffix in lower case or as `NO_SUFFIX`, what is not entered or
    looked at as `HIDDEN` or by its name with a slash (``node_modules/``).
    """
    passed_over = Counter() if passed_over is None else passed_over
    seen: set[tuple[int, int]] = set()
    home = folder.resolve()
    waiting = [(folder, language_of_folder(folder.absolute().name, ()), FolderFields(home))]
    while waiting:
        path, language, fields = waiting.pop()
        try:
            status = path.stat()
        except OSError as error:
            if wanted(path.name):
                reason = "a link to a file that is not there" if path.is_symlink() else os_reason(error)
                yield Refused(shown_path(path), reason)
            continue
        if path.is_symlink() and path != folder and not path.resolve().is_relative_to(home):
            yield Refused(shown_path(path), "a link that leads out of the source: copy what it leads to, or index that")
        elif stat.S_ISDIR(status.st_mode):
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                try:
                    inside = _content_of(path, passed_over)
                    names = [each.name for each in inside]
                    within = fields.within(path, names)
                    waiting += [(each, language_of_folder(each.name, names) or language, within) for each in inside]
                except OSError as error:
                    yield Refused(shown_path(path), os_reason(error))
                except ArticleError as error:  # what is in it may be drafts by that
                    yield Refused(shown_path(path), str(error))
        elif wanted(path.name):
            if stat.S_ISREG(status.st_mode):
                language = language_of_file(path.name) or language
                try:
                    yield Document.of_file(path, status.st_size, folder, language, fields.of(path))
                except ArticleError as error:
                    yield Refused(shown_path(path), str(error))
            else:
                yield Refused(shown_path(path), "not a regular file")
        else:
            passed_over[kind_of(path)] += 1


def _content_of(folder: Path, passed_over: Counter[str]) -> list[Path]:
    """What stands in `folder` and may hold articles, the last by its name first. Raises OSError."""
    content = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            passed_over[HIDDEN] += 1
        elif path.name in NOT_CONTENT:
            passed_over[f"{path.name}/"] += 1
        elif _PARTIAL.fullmatch(path.name):
            passed_over[PARTIAL] += 1
        else:
            content.append(path)
    other = _not_content({path.name for path in content})
    for path in content:
        if path.name in other:
            passed_over[f"{path.name}/" if path.is_dir() else path.name] += 1
    return sorted((path for path in content if path.name not in other), reverse=True)


def _not_content(names: Collection[str]) -> set[str]:
    """Which of the names in a folder are no content, where these are those of a generator's folder."""
    other: set[str] = set()
    for marks, folders in _GENERATORS:
        if all(mark in names for mark in marks):
            other |= set(folders) | {name for name in names if _ABOUT_THE_SITE.fullmatch(name)}
    return other & set(names)


def kind_of(path: Path) -> str:
    """What a file is counted as that is left out: its suffix in lower case, or that it has none."""
    suffix = path.suffix.lower()
    return shown_path(Path(suffix)) if 1 < len(suffix) <= _LONGEST_SUFFIX else NO_SUFFIX
