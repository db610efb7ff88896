"""QR codes that pages show, and the address by which a device is enrolled."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup

from server.identity.enrolment import EnrolmentCode
from server.services import current


def enrol_link(code: EnrolmentCode) -> str:
    """Return the address that the QR holds: the code stands behind `#` and so reaches no server's log."""
    return f"{current().settings.url}/app/enrol#code={code.code}"


def qr_svg(text: str) -> Markup:
    """Return the QR as inline SVG without a style of its own."""
    picture = BytesIO()
    segno.make(text, error="m").save(
        picture, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, nl=False, dark="#000000"
    )
    return Markup(picture.getvalue().decode())  # noqa: S704 - segno draws it from modules, not from text
