"""`liandong serve`: the web process and the worker together, and one clear line when they cannot start."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from server.messages.told import Told
from server.settings import Settings

DISK_FLOOR_BYTES = 200 * 1024 * 1024
LIFELINE = "CHILD_LIFELINE_FD"
RESTART_S = 1.0
SOUND_START_S = 10.0
"""A web process that lived so long had started well: when it dies, another may do better."""
MODULES = {
    "web": ["server.web"],
    "worker": ["server.cli", "worker"],
    "view": ["server.cli", "worker", "--view-only"],
}


class CannotStart(Told):
    """Why the server does not start."""


def check_start(settings: Settings) -> None:
    """Raises: CannotStart, for a busy port, a full disk, a folder that cannot be written."""
    for folder in (settings.data, settings.journal_folder, settings.media_folder):
        _check_folder(folder)
    free_bytes = shutil.disk_usage(settings.data).free
    if free_bytes < DISK_FLOOR_BYTES:
        raise CannotStart("cli.start.disk", mib=free_bytes // 2**20, folder=settings.data)
    if not (settings.client / "manifest.json").exists():
        raise CannotStart("cli.start.client", folder=settings.client)
    for port in (settings.port, *([settings.trust_page_port] if settings.tls else [])):
        _check_port(settings.host, port)


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".write-probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotStart("cli.start.folder", folder=folder, why=error.strerror) from error


def _check_port(host: str, port: int) -> None:
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise CannotStart("cli.start.port", port=port, host=host, why=error.strerror) from error


@contextmanager
def only_server(settings: Settings) -> Iterator[None]:
    """Hold the data folder against a second server, and against a restore. Raises: CannotStart."""
    with (settings.data / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart("cli.start.runs", folder=settings.data) from error
        yield


def serve(settings: Settings, *, background: str = "worker") -> int:
    """Run web and the background until asked to stop; one that dies is started again.

    A web process that never came up ends the server: another would not do better.
    """
    lifeline_read, lifeline_write = os.pipe()
    os.set_inheritable(lifeline_read, True)
    stopping = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    children = {name: _start(name, settings, lifeline_read) for name in (background, "web")}
    web_began_s = time.monotonic()
    while not stopping.wait(0.2):
        name = next((name for name, child in children.items() if child.poll() is not None), None)
        if name is None:
            continue
        if name == "web":
            if time.monotonic() - web_began_s < SOUND_START_S:
                print("liandong: the web process ended, so the server stops", file=sys.stderr)
                break
            web_began_s = time.monotonic() + RESTART_S
        print(f"liandong: the {name} process ended and is started again", file=sys.stderr)
        time.sleep(RESTART_S)
        children[name] = _start(name, settings, lifeline_read)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(8)
        except subprocess.TimeoutExpired:
            child.kill()
    os.close(lifeline_write)
    return children["web"].returncode or 0


def end_with_parent() -> None:
    """End this process when the one that started it is gone, even by kill -9."""
    descriptor = os.environ.get(LIFELINE)
    if descriptor is None:
        return

    def watch() -> None:
        os.read(int(descriptor), 1)  # returns only when the parent's end of the pipe is closed
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="lifeline").start()


def _start(name: str, settings: Settings, lifeline: int) -> subprocess.Popen[bytes]:
    command: Sequence[str] = (sys.executable, "-m", *MODULES[name])
    environment = os.environ | settings.environment() | {LIFELINE: str(lifeline)}
    return subprocess.Popen(command, pass_fds=[lifeline], env=environment)
