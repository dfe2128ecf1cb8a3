"""The templates of the pages: those of a publisher before those of readmore, and what all of them may use.

A file of the publisher's folder stands in the place of the one of readmore with its name. It reaches the one it
replaces under ``readmore/``: ``{% extends "readmore/base.html" %}`` and a block are enough to change a part.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    TemplateSyntaxError,
)
from markupsafe import Markup

from indexer.article.article import Article
from indexer.article.urls import is_followable
from search.results import Excerpt, to_html
from web.config.sources import ConfigError
from web.pages import prose
from web.pages.settings import PageSettings

BUILT_IN = "readmore"  # before the names of readmore's own templates
STATIC = "static"  # in the publisher's folder: what is served as it is
SUFFIXES = (".html", ".xml", ".txt")
MAX_FILES = 500


def built_in() -> BaseLoader:
    """Loads readmore's own templates only."""
    ours = PackageLoader("web")
    return ChoiceLoader([ours, PrefixLoader({BUILT_IN: ours})])


def loader(settings: PageSettings) -> BaseLoader:
    """Loads the publisher's templates, and readmore's where there are none."""
    if settings.templates is None:
        return built_in()
    return ChoiceLoader([FileSystemLoader(settings.templates), built_in()])


def furnish(environment: Environment, settings: PageSettings) -> None:
    """Gives an environment the templates, and what they may call: filters, the words of the language, `site`."""
    environment.loader = loader(settings)
    environment.auto_reload = settings.templates is not None
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    localised = settings.localised
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        localised.translations.ugettext, localised.translations.ungettext, newstyle=True
    )
    environment.filters.update({each.__name__: each for each in (*prose.FILTERS, marked, host)})
    environment.filters.update(
        day=localised.day,
        number=localised.number,
        period=localised.period,
        name_of_language=localised.name_of_language,
        original_url=lambda article: own_address(article, settings.home),
        picture_url=lambda article: picture_address(article, settings.home) if settings.pictures else "",
    )
    environment.globals.update(site=settings, language=localised.language, direction=localised.direction)


def check(environment: Environment, settings: PageSettings) -> None:
    """Compiles the publisher's templates. Raises ConfigError for one that cannot be."""
    if settings.templates is None:
        return
    for path in _files(settings.templates):
        if path.suffix in SUFFIXES:
            try:
                environment.get_template(path.relative_to(settings.templates).as_posix())
            except TemplateSyntaxError as error:
                raise ConfigError(f"{path}, line {error.lineno}: {error.message}") from None
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{path}: cannot be read: {error}") from None


def version(settings: PageSettings) -> str:
    """A text that changes with the settings and with the files of the publisher's folder. Cheap."""
    digest = hashlib.blake2b(repr(settings).encode(), digest_size=8)
    for path in _files(settings.templates) if settings.templates else ():
        try:
            state = path.stat()
        except OSError:
            continue
        digest.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\0".encode())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in list(folder.rglob("*"))[:MAX_FILES] if path.is_file())


def own_address(article: Article, home: str = "") -> str:
    """Where the article was published, if a browser may follow it from here. A path is one of the site whose front page
    is at `home`; where that is not known it leads nowhere."""
    if not is_followable(article.url):
        return ""
    if not article.url.startswith("/"):
        return article.url
    return urljoin(home, article.url) if home else ""


def picture_address(article: Article, home: str = "") -> str:
    """Where the article's picture is, if a browser may fetch it from here. A path is one of the article's own site."""
    if not is_followable(article.image):
        return ""
    address = urljoin(own_address(article, home) or home, article.image)
    return "" if address.startswith("/") else address


def marked(excerpt: Excerpt) -> Markup:
    """The excerpt with the words of the query marked; `to_html` has escaped the rest."""
    return Markup(to_html(excerpt))


def host(url: str) -> str:
    """The name of the host in `url`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def fault_of(error: BaseException, settings: PageSettings) -> str:
    """What went wrong in a publisher's template, and where."""
    place: Any = None
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if settings.templates is not None and Path(name).is_relative_to(settings.templates):
            place = f"{name}, line {trace.tb_lineno}: "
        trace = trace.tb_next
    if isinstance(error, TemplateSyntaxError):
        place = f"{error.filename}, line {error.lineno}: "
    return f"{place or ''}{type(error).__name__}: {error}"
