"""Coming in and leaving."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for

from web.access.guard import current_guard
from web.desk.forms import read_form
from web.desk.room import back_to, has_edit_keys, page
from web.desk.sessions import check_sent_from_here, current_sessions
from web.desk.work import log
from web.http.refused import RefusedError


def sign_in() -> Any:
    """The page that asks for a key."""
    if g.desk_session is not None:
        return redirect(back_to(request.args.get("back", "")), 303)
    return page("sign_in.html", has_keys=has_edit_keys(), back=request.args.get("back", ""))


def enter() -> Any:
    """Lets in whoever has an edit key."""
    check_sent_from_here()
    form = read_form()
    session = current_sessions().opened(form.get("key", "").strip())
    if session is None:
        refused = current_guard().failed(RefusedError("invalid_key", "no key for editing", 401))
        response = page(
            "sign_in.html", has_keys=has_edit_keys(), back=form.get("back", ""), failed=True, busy=refused.status == 429
        )
        response.status_code = refused.status
        response.headers.update(refused.headers)
        return response
    g.desk_session = session
    log("signed in at the desk")
    return redirect(back_to(form.get("back", "")), 303)


def sign_out() -> Any:
    """Forgets who it was."""
    log("left the desk")
    g.desk_left = True
    response = redirect(url_for("desk.sign_in"), 303)
    current_sessions().forget(response)
    return response
