"""Which files are one article in several languages: those whose paths differ in the language only, as generators that
are multilingual keep them.

    content/en/fair.md      content/de/fair.md       a folder for each language
    content/fair.md         content/de/fair.md       the first language above the folders of the others
    fair/index.md           fair/index.de.md         the language in the name
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import PurePath

from indexer.sources.item import File
from indexer.sources.names import language_of_file, language_of_folder

_MAX_KEY = 200  # characters
_MAX_ABOVE = 8  # folders that are looked into


class TranslationKeys:
    """What articles in files have in common with their copies in other languages. Looks once at each folder."""

    def __init__(self) -> None:
        self._names_in = lru_cache(maxsize=256)(_names_in)

    def of_file(self, file: File, language: str) -> str:
        """The path of a file that may have such copies, without the language, from the folder on in which the languages
        part, however its source is named; empty for other files. `language` is that of its article."""
        path, root = PurePath(file.path), PurePath(file.root)
        parts = list(path.with_suffix("").parts)
        folders, below = parts[:-1], max(1, len(path.parts) - len(root.parts))
        if language and language_of_file(path.name) == language:
            return _key(folders[-below:], PurePath(parts[-1]).stem)
        for depth, folder in enumerate(reversed(folders), 1):
            if language and language_of_folder(folder, (folder, "en", "de")) == language:
                return _key([*folders[-depth - 1 : -depth], *folders[len(folders) - depth + 1 :]], parts[-1])
        beside = self._names_in(path.parent)
        if any(other.startswith(f"{parts[-1]}.") and language_of_file(other) for other in beside):
            return _key(folders[-below:], parts[-1])
        for above, parent in enumerate(path.parents[: min(below, _MAX_ABOVE)], 1):
            names = self._names_in(parent)
            if any(language_of_folder(other, names) for other in names):
                return _key(folders[-above:], parts[-1])
        return ""


def _key(folders: list[str], name: str) -> str:
    return "/".join((*folders, name))[-_MAX_KEY:]


def _names_in(folder: PurePath) -> frozenset[str]:
    """What is in a folder; nothing where that cannot be seen."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names are wanted, and a path made of each takes long
    except OSError:
        return frozenset()
