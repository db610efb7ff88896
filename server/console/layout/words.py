"""What templates may call: messages in the viewer's language, times, icons, links back."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from markupsafe import Markup

from server.console.layout.times import age_text, moment_text
from server.console.viewer import current_viewer
from server.messages import DEFAULT_LANGUAGE, LANGUAGES, Language, messages, text
from server.services import current

LANGUAGE_COOKIE = "language"


def language() -> Language:
    """Return the language of this request: the viewer's choice, else the county's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return next((name for name in LANGUAGES if name == chosen), DEFAULT_LANGUAGE)


def t(key: str, **params: object) -> str:
    """Return the message in the viewer's language."""
    return text(key, language(), **params)


def t_or_code(prefix: str, code: str) -> str:
    """Return the message `prefix.code`; a code that is newer than the catalog is shown as it is."""
    key = f"{prefix}.{code}"
    return t(key) if key in messages() else code


def zone() -> ZoneInfo:
    """Return the zone in which the county counts its days."""
    return ZoneInfo(current().settings.time_zone)


def now() -> datetime:
    """Return one moment for the whole page, so that two ages on it agree."""
    if "now" not in g:
        g.now = current().now()
    return cast("datetime", g.now)


def moment(at: str | datetime) -> str:
    """Return the time as written on screen."""
    return moment_text(at, zone(), language(), now())


def age(at: str | datetime) -> str:
    """Return how long ago that was, in words."""
    return age_text(at, language(), now())


def icon(name: str) -> Markup:
    """Return the icon; a word always stands beside it, so it is hidden from readers of words."""
    sprite = cast("str", current_app.jinja_env.globals["asset_url"]("icons.svg"))  # type: ignore[operator]
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)


def anti_forgery() -> Markup:
    """Return the hidden field that every form of a signed-in viewer carries."""
    viewer = current_viewer()
    return Markup('<input type="hidden" name="anti_forgery" value="{}">').format(
        viewer.anti_forgery if viewer else ""
    )


def here() -> str:
    """Return this page's own path and query, for coming back to it."""
    return request.full_path.rstrip("?")


def is_fragment() -> bool:
    """Did htmx ask for a part of a page? A plain link gets the whole page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def register_words(app: Flask) -> None:
    """Give every template the words of this module."""
    for function in (t, t_or_code, icon, anti_forgery, here):
        app.add_template_global(function)
    app.add_template_filter(moment)
    app.add_template_filter(age)
    app.context_processor(lambda: {"language": language(), "viewer": current_viewer(), "now": now()})
