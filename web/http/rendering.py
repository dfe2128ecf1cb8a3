"""Templates rendered to responses, whatever text an archive holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, make_response, render_template
from flask.json.provider import DefaultJSONProvider
from jinja2 import Environment

_EXTENSION = "readmore-theme"


@dataclass(frozen=True, slots=True)
class Theme:
    """The templates of a publisher, which may have mistakes: `built_in` are those that stand in then, `explain` says
    what is wrong and where, and `version` is another text whenever pages may look otherwise."""

    built_in: Environment
    explain: Callable[[BaseException], str]
    version: Callable[[], str]


def install_theme(app: Flask, theme: Theme) -> None:
    """Has the pages of `app` rendered by the built-in templates where the publisher's fail."""
    app.extensions[_EXTENSION] = theme


def theme_version() -> str:
    """A text that changes whenever the pages of the current application may look otherwise."""
    theme: Theme | None = current_app.extensions.get(_EXTENSION)
    return theme.version() if theme else ""


def encodable(text: str) -> str:
    """`text` with "?" for half a surrogate pair, which JSON can bring into an archive and UTF-8 cannot express."""
    return text.encode("utf-8", "replace").decode("utf-8")


def render(template: str, **context: Any) -> Response:
    """The template as a response. A mistake in a publisher's template is for the log; readers get the page as readmore
    makes it, and that is not kept."""
    theme: Theme | None = current_app.extensions.get(_EXTENSION)
    try:
        html = render_template(template, **context)
    except Exception as error:
        if theme is None:
            raise
        current_app.logger.error("a template of yours is left out: %s", theme.explain(error))
        g.etag = None  # as `web.http.caching.uncached`
        current_app.update_template_context(context)
        html = theme.built_in.get_template(template).render(context)
    return make_response(encodable(html))


class Utf8Json(DefaultJSONProvider):
    """JSON as people read it: letters of all scripts as themselves, keys in the order of the documentation."""

    ensure_ascii = False
    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """`obj` as JSON."""
        return encodable(super().dumps(obj, **kwargs))

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """An answer of the values in JSON, which orjson writes in a tenth of the time."""
        try:
            content = orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:  # half a surrogate pair
            content = self.dumps(self._prepare_response_obj(args, kwargs)).encode()
        return Response(content, mimetype=self.mimetype)
