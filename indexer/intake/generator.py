"""Which generator makes the pages of a site from a folder, and in which of its folders the articles are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from indexer.sources.document import absolute

_SUFFIXES = ("toml", "yaml", "yml", "json")
_GENERATORS = (
    ("hugo", tuple(f"{folder}hugo.{suffix}" for folder in ("", "config/_default/") for suffix in _SUFFIXES)),
    ("eleventy", (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs")),
    ("astro", ("astro.config.mjs", "astro.config.js", "astro.config.ts")),
    ("docusaurus", ("docusaurus.config.js", "docusaurus.config.ts")),
    ("pelican", ("pelicanconf.py",)),
    ("jekyll", ("_config.yml", "_config.yaml")),  # Hexo's, too, see below
    ("zola", ("config.toml",)),  # Hugo's, too
)
_CONTENT = {"hugo": "content", "zola": "content", "astro": "src/content"}
"""From which folder on those count that make addresses of folders; the others do from the site's on."""
_ABOVE = 3  # folders above a source in which its generator's settings are looked for
_MOST_SETTINGS = 100_000  # characters
_SETTING = r"(?mi)^\s*{}\s*[:=]\s*[\"']?([^\"'\n#,]+)"
_OWN_CONTENT = re.compile(r"(?mi)^contentDir\s*[:=]\s*[\"']?([^\"'\n#,]+)")
_TABLE = re.compile(r"(?m)^\s*\[")  # of TOML: contentDir in one is that of one language


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator by its name, the `folder` of the site that it makes, and the text of its settings."""

    name: str
    folder: Path
    settings: str

    def setting(self, name: str) -> str:
        """What the settings say first under a name, a regular expression; empty if nothing."""
        found = re.search(_SETTING.format(name), self.settings)
        return found[1].strip() if found else ""

    def content(self) -> Path:
        """The folder from which on the folders of articles are in their addresses; the site's own where the generator
        has no other, or that is not there."""
        name = _CONTENT.get(self.name, "")
        if self.name == "hugo" and (own := _OWN_CONTENT.search(_TABLE.split(self.settings, maxsplit=1)[0])):
            name = own[1].strip()
        return self.folder / name if (self.folder / name).is_dir() else self.folder

    def url_pattern(self, place: Path) -> str:
        """The addresses of the articles in a folder or file of the site: the generator's default by its name, and below
        its folder of articles that with the folders between, which the default leaves out."""
        folder, content = _folder_of(place), self.content()
        if self.name not in _CONTENT or folder == content or not folder.is_relative_to(content):
            return self.name
        return f"/{folder.relative_to(content).as_posix()}/{{folder}}/{{slug}}/"


def generator_of(place: Path) -> Generator | None:
    """That of the site which a folder or file is part of; None without one."""
    folder = _folder_of(place)
    return next(filter(None, map(generator_in, [folder, *folder.parents[:_ABOVE]])), None)


def generator_in(folder: Path) -> Generator | None:
    """That whose settings stand in `folder`; None without one."""
    for name, files in _GENERATORS:
        for file in files:
            if (folder / file).is_file():
                with (folder / file).open(encoding="utf-8", errors="replace") as settings:
                    text = settings.read(_MOST_SETTINGS)
                return Generator(_told_apart(name, folder, text), folder, text)
    return None


def _folder_of(place: Path) -> Path:
    """A folder, or that of a file, absolute and without ``..``."""
    return Path(absolute(str(place if place.is_dir() else place.parent)))


def _told_apart(name: str, folder: Path, settings: str) -> str:
    if name == "jekyll" and ((folder / "scaffolds").is_dir() or "hexo" in settings.lower()):
        return "hexo"
    if name == "zola" and re.search(_SETTING.format("baseURL"), settings) and "base_url" not in settings:
        return "hugo"
    return name
