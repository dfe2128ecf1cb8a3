"""Operations: views that say what they take, who may ask and what they answer.

One declaration serves the check of a request and its description in the OpenAPI document, which SpecTree puts together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, request
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.model_adapter.msgspec_adapter import MsgspecModelAdapter
from spectree.models import SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin

from web.access.guard import current_guard
from web.access.keys import SEARCH
from web.api import answers, parameters
from web.http.backend import current_backend

VERSION = "1"
PREFIX = f"/api/v{VERSION}"
_ALWAYS = (400, 401, 403, 404, 405, 413, 429, 500, 503)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Body:
    """What a request may send: schemas by media type."""

    content: Mapping[str, Mapping[str, Any]]
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """What is known of a view beside its parameters."""

    scope: str | None  # None: it checks by itself who may ask
    has_filters: bool
    body: Body | None
    headers: Sequence[Mapping[str, Any]]


class _Versioned(FlaskPlugin):  # type: ignore[misc]
    """Finds the routes that are described: those with the version in their path."""

    def find_routes(self) -> Any:
        return [rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith(f"{PREFIX}/")]


def _name(model: Any) -> str:
    return str(model.__name__)


SPEC = SpecTree(
    backend=_Versioned,
    model_adapter=MsgspecModelAdapter(),
    mode="strict",
    annotations=False,
    title="readmore",
    version=VERSION,
    description="Search and related articles. Every error has the form of `Error`.",
    validation_error_status=400,
    validation_error_model=answers.Error,
    naming_strategy=_name,
    nested_naming_strategy=lambda _, child: child,
    security_schemes=[SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
)


def operation(
    *,
    answer: Any = None,
    takes: type[parameters.Parameters] = parameters.Parameters,
    scope: str | None = SEARCH,
    filters: bool = False,
    body: Body | None = None,
    status: int = 200,
    headers: Sequence[Mapping[str, Any]] = (),
    refusals: Sequence[int] = (),
    tag: str = "read",
) -> Callable[[View], View]:
    """Makes a view an operation: its key is checked for `scope`, its parameters are read as `takes` and handed to it as
    the first argument. `status` and `answer` are those of success, `refusals` are further states of errors."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(**path: Any) -> Response:
            names = current_backend().schema().filterable if filters else ()
            response: Response = view(parameters.read(takes, request.args, names), **path)
            return response

        codes: dict[str, Any] = {f"HTTP_{code}": answers.Error for code in (*_ALWAYS, *refusals)}
        codes[f"HTTP_{status}"] = answer
        codes["HTTP_431"] = answers.Error, "an address and headers of more than the server takes"
        security: list[dict[str, list[str]]] = [{"key": []}] if scope else []
        if scope == SEARCH:  # reading may need no key
            security.insert(0, {})
        described: Any = SPEC.validate(
            query=takes if takes is not parameters.Parameters else None,
            resp=Answers(**codes),
            tags=[tag],
            security=security,
            skip_validation=True,  # `checked` does it, in words that name the bound
            path_parameter_descriptions={"id": "the article's id"},
        )(checked)
        # SpecTree finds what it knows of a view along this chain; no request goes through its wrapper.
        checked.__wrapped__ = described
        checked.operation = Operation(scope, filters, body, headers)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def admit() -> None:
    """Lets the current request pass if whoever sends it may; to be called before anything else is done for it. Raises
    RefusedError."""
    view = current_app.view_functions.get(request.endpoint or "")
    found: Operation | None = getattr(view, "operation", None)
    if found is not None and found.scope is not None and request.method != "OPTIONS":
        current_guard().admit(found.scope)
