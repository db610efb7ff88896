"""A film in which a QR code is held before the camera, for a browser whose camera is a file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

CLIENT = Path(__file__).parent.parent.parent / "client"
WIDTH, HEIGHT, FRAMES = 640, 480, 5
MODULE_PX = 8
PAPER, INK, SHADE, GREY = 235, 16, 90, 128
SCRIPT = (
    'import { encode } from "uqr"; console.log(JSON.stringify(encode(process.argv[1], { border: 4 }).data));'
)


def write_film(path: Path, text: str) -> Path:
    """Write a .y4m film that shows the text as a QR code on a grey wall."""
    luma = _frame(_modules(text))
    chroma = bytes([GREY]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + luma + chroma) * FRAMES)
    return path


def _modules(text: str) -> list[list[bool]]:
    command = ["node", "--input-type=module", "-e", SCRIPT, "--", text]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, check=True, text=True)
    found: list[list[bool]] = json.loads(done.stdout)
    return found


def _frame(modules: list[list[bool]]) -> bytes:
    size = len(modules) * MODULE_PX
    left, top = (WIDTH - size) // 2, (HEIGHT - size) // 2
    assert left >= 0, "the code does not fit into the picture"
    assert top >= 0, "the code does not fit into the picture"
    wall = bytes([SHADE]) * WIDTH
    rows = [wall] * top
    for row in modules:
        line = b"".join(bytes([INK if is_dark else PAPER]) * MODULE_PX for is_dark in row)
        rows += [bytes([SHADE]) * left + line + bytes([SHADE]) * (WIDTH - left - size)] * MODULE_PX
    return b"".join(rows + [wall] * (HEIGHT - len(rows)))
