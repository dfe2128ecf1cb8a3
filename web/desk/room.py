"""The desk's blueprint: who may come in, what every page has, and how errors look there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request, url_for

from indexer.base.errors import ReadmoreError
from web.access.guard import current_guard
from web.access.keys import EDIT
from web.desk.forms import Form, read_form
from web.desk.sessions import PATH, check_csrf, current_sessions
from web.desk.work import folder_of, is_writable
from web.http.backend import current_backend
from web.http.caching import never_kept
from web.http.errors import problem_of
from web.http.rendering import render

OPEN_TO_ALL = ("desk.sign_in", "desk.enter")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd"}

desk = Blueprint("desk", __name__, url_prefix=PATH)
never_kept(desk)


@desk.before_request
def _let_in() -> Any:
    """Lets in who is signed in; others are shown where to. A form is read and checked before anything is done."""
    g.desk_session = session = current_sessions().current()
    if request.endpoint in OPEN_TO_ALL:
        return None
    if session is None:
        if request.method == "POST":
            response = page("sign_in.html", has_keys=has_edit_keys(), back="", late=True)
            response.status_code = 401
            return response
        return redirect(url_for("desk.sign_in", back=_here()), 303)
    g.caller, g.caller_name = session.key.id, session.key.name
    if request.method == "POST":
        g.desk_form = form = read_form()
        check_csrf(form.get("csrf", ""))
    return None


@desk.after_request
def _finish(response: Response) -> Response:
    """Renews the session's cookie, and keeps the page out of frames, of caches and of other sites' logs."""
    session = g.get("desk_session")
    if session is not None and not session.fresh and not g.get("desk_left"):
        current_sessions().keep(response, session)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Cookie")
    return response


@desk.errorhandler(Exception)
def _failed(error: Exception) -> Response:
    """A page of the desk that says what is wrong."""
    problem = problem_of(error)
    if problem.status >= 500:
        unforeseen = None if isinstance(error, ReadmoreError) else error
        current_app.logger.error("%s %s: %s", request.method, request.path, error, exc_info=unforeseen)
    response = page("error.html", problem=problem)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    return response


def current_form() -> Form:
    """The form of the current request, which has been checked."""
    form: Form = g.desk_form
    return form


def page(template: str, **context: Any) -> Response:
    """A page of the desk."""
    session = g.get("desk_session")
    return render(f"desk/{template}", session=session, writable=session is None or _writable(), **context)


def _writable() -> bool:
    try:
        return is_writable(folder_of(current_backend().recommender()))
    except ReadmoreError:
        return False


def has_edit_keys() -> bool:
    """Whether anybody could come in."""
    return any(key.allows(EDIT) and not key.is_webhook for key in current_guard().keys().all)


def _here() -> str:
    """The page that was asked for, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def back_to(given: str) -> str:
    """The page of the desk to go to, the first one where the text names none."""
    inside = given == PATH or given.startswith((f"{PATH}/", f"{PATH}?"))
    if not inside or "\\" in given or not given.isprintable() or len(given) > 2000:
        return url_for("desk.overview")
    return f"{request.root_path}{given}"


@desk.app_template_filter()
def desk_moment(seconds: float) -> str:
    """``18 Mar 2024, 14:05 UTC``."""
    date = datetime.fromtimestamp(seconds, UTC)
    return f"{desk_day(date)}, {date:%H:%M} UTC"


@desk.app_template_filter()
def desk_day(date: datetime) -> str:
    """``18 Mar 2024``, in the desk's own language, whatever that of the readers' pages is."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


@desk.app_template_filter()
def desk_ordinal(place: int) -> str:
    """``2nd``."""
    return _ORDINALS.get(place, f"{place}th")
