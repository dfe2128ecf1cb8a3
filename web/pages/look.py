"""How the pages of an application are set, and its templates put in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Flask, current_app, request

from web.http.rendering import Theme, install_theme
from web.pages.settings import PageSettings
from web.pages.theme import built_in, check, fault_of, furnish, version

_EXTENSION = "readmore-pages"


def install(app: Flask, settings: PageSettings) -> None:
    """Has the pages of `app` look as they are set. Raises ConfigError for a template that cannot be compiled."""
    app.extensions[_EXTENSION] = settings
    furnish(app.jinja_env, settings)
    app.jinja_env.globals["pictures"] = True  # in related blocks; in those of an export they would need a style
    check(app.jinja_env, settings)
    fallback = app.jinja_env.overlay(auto_reload=False)
    fallback.loader = built_in()
    install_theme(app, Theme(fallback, partial(fault_of, settings=settings), _version_of(settings)))


def current_settings() -> PageSettings:
    """How the pages of the application that is answering are set."""
    settings: PageSettings = current_app.extensions[_EXTENSION]
    return settings


def shows_pictures() -> bool:
    """Whether the answer is a page for readers on which articles may have their pictures."""
    return current_settings().pictures and request.blueprint == "pages"


def _version_of(settings: PageSettings) -> Callable[[], str]:
    unchanging = version(settings)
    return partial(version, settings) if settings.templates else lambda: unchanging
