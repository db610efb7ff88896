"""HTTP of signing in and out, the language, and the own sessions."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from server.console.feature import feature
from server.console.form import Form
from server.console.layout.sections import sections
from server.console.layout.words import LANGUAGE_COOKIE
from server.console.permissions import Permission, requires
from server.console.sign_in import actions
from server.console.sign_in.forms import own_path, parse_sign_in
from server.console.viewer import current_viewer, the_viewer
from server.messages import LANGUAGES

blueprint = feature("sign_in")
YEAR_S = 365 * 24 * 3600


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def home() -> ResponseReturnValue:
    """Lead to the first section that the viewer has, or say that there is none."""
    if own := sections():
        return redirect(url_for(own[0].endpoint))
    return render_template("sign_in/nothing.html")


@blueprint.get("/sign-in")
@requires(Permission.ANYONE)
def page() -> ResponseReturnValue:
    """Show the form; whoever is signed in already goes on."""
    if current_viewer():
        return redirect(own_path(request.args.get("next"), url_for("sign_in.home")))
    return render_template("sign_in/page.html", form=Form(), next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@requires(Permission.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Open a session; a refusal is said in words, the same for an unknown name and a wrong password."""
    form, wanted = parse_sign_in(), request.form.get("next", "")
    token, status = actions.sign_in(form) if form.is_valid else (None, 422)
    if token is None:
        response = make_response(render_template("sign_in/page.html", form=form, next=wanted), status)
        if form["retry_after_s"]:
            response.headers["Retry-After"] = form["retry_after_s"]
        return response
    response = make_response(redirect(own_path(wanted, url_for("sign_in.home")), 303))
    actions.give_cookie(response, token)
    return response


@blueprint.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this session and lead to the form."""
    actions.sign_out(the_viewer())
    response = make_response(redirect(url_for("sign_in.page"), 303))
    actions.take_cookie(response)
    return response


@blueprint.get("/language/<name>")
@requires(Permission.ANYONE)
def language(name: str) -> ResponseReturnValue:
    """Remember the language in this browser and come back."""
    if name not in LANGUAGES:
        raise NotFound
    response = make_response(redirect(own_path(request.args.get("next"), url_for("sign_in.home"))))
    response.set_cookie(LANGUAGE_COOKIE, name, max_age=YEAR_S, httponly=True, samesite="Lax", path="/console")
    return response


@blueprint.get("/sessions")
@requires(Permission.SIGNED_IN)
def sessions_page() -> ResponseReturnValue:
    """List where the viewer is signed in."""
    return render_template("sign_in/sessions.html", sessions=actions.own_sessions(the_viewer()))


@blueprint.post("/sessions/<session_id>/end")
@requires(Permission.SIGNED_IN)
def end_session(session_id: str) -> ResponseReturnValue:
    """End one of the viewer's own sessions."""
    if not actions.end_session(the_viewer(), session_id):
        raise NotFound
    return redirect(url_for("sign_in.sessions_page"), 303)
