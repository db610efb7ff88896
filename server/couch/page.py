"""The one page for people: what answers here, and how to speak with it."""

from __future__ import annotations

from flask import Request, Response
from jinja2 import Environment

from server.messages import LANGUAGES, text

_PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width"></head>
<body><h1>{{ title }}</h1>{% for line in lines %}<p>{{ line }}</p>{% endfor %}</body></html>
""")


def prefers_html(request: Request) -> bool:
    """Whether the client would rather have HTML than JSON; one that takes anything would not."""
    offered = ("application/json", "text/html")
    return request.accept_mimetypes.best_match(offered) == "text/html"


def welcome_page() -> Response:
    lines = [text("couch.page.about", language) for language in LANGUAGES]
    page = _PAGE.render(title=text("couch.page.title"), lines=lines)
    headers = {
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept",
    }
    return Response(page, headers=headers, mimetype="text/html")
