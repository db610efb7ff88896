"""What a person writes for a database: a URL whose last part is its name, or FILE#NAME."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from server.messages.told import Told


class UnclearPlace(Told):
    """Says how a place is written."""


class DatabasePlace(NamedTuple):
    """`server` opens; `shown` has no password in it."""

    server: str
    database: str
    shown: str

    @property
    def is_file(self) -> bool:
        return not self.server.startswith(("http://", "https://"))


def parse_place(text: str, *, must_exist: bool) -> DatabasePlace:
    """Return where a database is. Raises: UnclearPlace."""
    if text.startswith(("http://", "https://")):
        return _of_url(text)
    file, _, database = text.rpartition("#")
    if not file or not database:
        raise UnclearPlace("replication.place.unclear", place=text)
    if must_exist and not Path(file).is_file():
        raise UnclearPlace("replication.place.no_file", file=file)
    return DatabasePlace(file, database, text)


def _of_url(text: str) -> DatabasePlace:
    parts = urlsplit(text)
    path, _, database = parts.path.rstrip("/").rpartition("/")
    if not parts.hostname or not database or parts.query or parts.fragment:
        raise UnclearPlace("replication.place.unclear", place=without_password(text))
    server = f"{parts.scheme}://{parts.netloc}{path}"
    return DatabasePlace(server, unquote(database), without_password(text))


def with_password(url: str, password: str) -> str:
    """Return the URL with this password for the user that it names."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()


def lacks_password(url: str) -> bool:
    """Whether the URL names a user and no password."""
    user, at, _ = urlsplit(url).netloc.rpartition("@")
    return bool(at) and ":" not in user


def without_password(url: str) -> str:
    """Return the URL as it may be shown."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}").geturl()
