"""HTTP of the live board."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.console.feature import feature
from server.console.gate import POLL_HEADER
from server.console.layout.words import is_fragment
from server.console.live_board import actions
from server.console.names import note_names_read
from server.console.permissions import Permission, requires
from server.console.viewer import the_viewer

blueprint = feature("live_board")


@blueprint.get("/supervision/live")
@requires(Permission.SEE_LIVE_BOARD)
def page() -> ResponseReturnValue:
    """Show who is where; the page asks for it again and again. Names are shown on demand, and noted once."""
    viewer, is_named = the_viewer(), request.args.get("names") == "yes"
    if is_named and POLL_HEADER not in request.headers:
        note_names_read("live_board", viewer)
    board = actions.board(viewer, with_names_asked=is_named)
    template = "live_board/_board.html" if is_fragment() else "live_board/page.html"
    return render_template(template, board=board, is_named=is_named)
