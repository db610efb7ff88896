"""Every setting in one table, read from the environment once and checked at boot.

A setting NAME is the variable LIANDONG_NAME; a secret may stand in a file named by LIANDONG_NAME_FILE.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.messages.told import Told

PREFIX = "LIANDONG_"
_FORMS = {
    "county": re.compile("[0-9]{6}"),
    "secret_key": re.compile("[0-9a-fA-F]{64}"),
    "public_url": re.compile(r"https?://[^/?#\s]+/?"),
    "couch_url": re.compile(r"https?://[^/?#\s]+/?"),
    "couch_prefix": re.compile(r"[a-z][a-z0-9_$()+-]{0,39}"),
    "media_s3": re.compile(r"https?://[^/?#@\s]+@[^/?#@\s]+/[a-z0-9.-]+"),
}
_FORMS_SAID = {
    "county": "settings.county",
    "secret_key": "settings.secret_key",
    "public_url": "settings.public_url",
    "couch_url": "settings.couch_url",
    "couch_prefix": "settings.couch_prefix",
    "media_s3": "settings.media_s3",
}


class SettingsError(Told, ValueError):
    """A setting cannot be used; the text says which, what it holds and what it takes."""


def setting(
    default: Any, help_text: str, *, is_secret: bool = False, least: int = 0, most: int = 10**12
) -> Any:
    limits = {"least": least, "most": most}
    return field(default=default, metadata={"help": help_text, "is_secret": is_secret, **limits})


@dataclass(frozen=True, kw_only=True)
class Settings:
    data: Path = setting(Path("data"), "Folder of everything that must last.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on.", most=65_535)
    public_url: str = setting("", "Address that people type, where it differs from host and port.")
    county: str = setting("371425", "Division code of the county, six digits.")
    time_zone: str = setting("Asia/Shanghai", "Zone in which days and deadlines are counted.")
    secret_key: str = setting(
        "", "32 bytes in hex that encrypt identities; made in keys/ when absent.", is_secret=True
    )
    couch_url: str = setting(
        "",
        "CouchDB node or cluster that keeps the databases, with user and password."
        " Default: the embedded engine, a file in data.",
        is_secret=True,
    )
    couch_prefix: str = setting("liandong-", "What the names of our databases on that CouchDB begin with.")
    couch_ca: Path | None = setting(
        None, "Certificates that vouch for that CouchDB. Default: those of this machine."
    )
    worker_takeover_s: int = setting(
        30,
        "With a CouchDB: how long the worker is not heard of before another one takes over.",
        least=3,
        most=3600,
    )
    tls: bool = setting(False, "Serve HTTPS with a certificate of the local authority in tls/.")
    trust_port: int = setting(
        0,
        "With tls: port of the page that leads a phone to trust it. Default: the port after ours.",
        most=65_535,
    )
    client: Path = setting(
        Path(__file__).parent.parent / "client" / "dist", "Folder of the built phone client."
    )
    journal: Path | None = setting(
        None, "Folder of the desk's journal; best on another disk. Default: journal/ in data."
    )
    media: Path | None = setting(None, "Folder of photos by content. Default: media/ in data.")
    media_s3: str = setting(
        "",
        "S3-compatible bucket that keeps the originals, https://KEY:SECRET@host/bucket; what is being"
        " uploaded and the copies stay in the media folder.",
        is_secret=True,
    )
    body_limit_bytes: int = setting(8_000_000, "Largest request body, after inflating.", least=200_000)
    batch_limit_rows: int = setting(500, "Most rows a phone may send in one request.", least=1)
    backup_recipient: str = setting("", "age public key that backups are encrypted to.")
    photo_limit_bytes: int = setting(25_000_000, "Largest photo or clip.", least=1)
    photo_limit_megapixels: int = setting(
        40, "Most pixels of a photo, in millions; more is not decoded.", least=1
    )
    clock_tolerance_s: int = setting(300, "How far a device's clock may be off before it is flagged.")
    late_after_h: int = setting(72, "Hours from recording to arrival after which an entry is flagged late.")
    revoked_grace_days: int = setting(30, "Days that a revoked device may still append.")
    enrolment_code_min: int = setting(15, "Minutes that an enrolment code is good for.", least=1)
    console_idle_min: int = setting(60, "Minutes without use after which a console session ends.", least=1)
    console_session_h: int = setting(12, "Hours after which a console session ends.", least=1)
    device_session_days: int = setting(
        14, "Days without contact after which a device signs in again.", least=1
    )
    silent_after_h: int = setting(48, "Hours without contact after which a device counts as silent.")
    old_unsent_days: int = setting(5, "Days after which unsent work on a phone is said aloud.")
    office_contact: str = setting(
        "", "Telephone line for participants and complaints, printed on their papers."
    )
    evaluation_weights: str = setting(
        "attendance:30 attitude:20 work_quality:30 rule_keeping:20",
        "Weights of an evaluation's points, together 100.",
    )
    evaluation_grades: str = setting(
        "excellent:90 qualified:60", "Least weighted points of each grade; below all of them: unqualified."
    )
    retention_days: int = setting(
        90, "Days after the end of keeping at which positions and session photos are erased."
    )
    backup_keep_days: int = setting(
        35, "Days after which a backup must be deleted: it holds what was erased since.", least=1
    )
    pool_threads: int = setting(
        12, "Native threads beside the hub, for storage, hashing and images.", least=1
    )

    @property
    def journal_folder(self) -> Path:
        return self.journal or self.data / "journal"

    @property
    def media_folder(self) -> Path:
        return self.media or self.data / "media"

    @property
    def media_bucket(self) -> str:
        """Where the originals of photos are in S3, as it may be shown; "" where they are in a folder."""
        return self.media_s3.rpartition("@")[2]

    @property
    def url(self) -> str:
        """The address that people type, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else self.host  # noqa: S104
        return f"{'https' if self.tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def trust_page_port(self) -> int:
        return self.trust_port or self.port + 1

    @property
    def trust_url(self) -> str:
        """Where a phone reads how to trust us: without TLS, for it does not trust us yet."""
        return f"http://{urlsplit(self.url).hostname}:{self.trust_page_port}"

    def environment(self) -> dict[str, str]:
        """Return the variables that make another process load these very settings."""
        values = ((spec.name, getattr(self, spec.name)) for spec in fields(self))
        return {
            PREFIX + n.upper(): str(int(v) if isinstance(v, bool) else v) for n, v in values if v is not None
        }


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Return the settings of this process.

    Raises: SettingsError.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for spec in fields(Settings):
        text = _text_of(source, spec.name, is_secret=spec.metadata["is_secret"])
        if text is not None:
            values[spec.name] = _parse(spec, text)
    _refuse_unknown(source)
    return Settings(**values, **{k: v for k, v in overrides.items() if v is not None})


def settings_table() -> list[tuple[str, str, str, str]]:
    """Return (variable, type, default, help) of every setting, in order."""
    rows = []
    for spec in fields(Settings):
        default = "" if spec.default in (MISSING, None) else str(spec.default)
        if spec.name == "client":
            default = "client/dist"
        rows.append((PREFIX + spec.name.upper(), str(spec.type), default, spec.metadata["help"]))
    return rows


def _text_of(source: Mapping[str, str], name: str, *, is_secret: bool) -> str | None:
    variable = PREFIX + name.upper()
    if is_secret and (path := source.get(variable + "_FILE")):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                "settings.unreadable", variable=f"{variable}_FILE", path=path, why=error.strerror
            ) from error
    return source.get(variable)


def _parse(spec: Field[Any], text: str) -> Any:
    variable, kind = PREFIX + spec.name.upper(), str(spec.type)
    if kind == "int":
        least, most = spec.metadata["least"], spec.metadata["most"]
        if not (text.isascii() and text.isdecimal()):
            raise SettingsError("settings.number", variable=variable, value=text)
        if not least <= int(text) <= most:
            raise SettingsError("settings.range", variable=variable, value=text, least=least, most=most)
        return int(text)
    if kind == "bool":
        if text not in {"0", "1", "true", "false", ""}:
            raise SettingsError("settings.switch", variable=variable, value=text)
        return text in {"1", "true"}
    if not text and spec.default not in (None, ""):
        raise SettingsError("settings.empty", variable=variable)
    if kind.startswith("Path"):
        return Path(text) if text else None
    if (form := _FORMS.get(spec.name)) is not None and text and not form.fullmatch(text):
        shown = "…" if spec.metadata["is_secret"] else text
        raise SettingsError(_FORMS_SAID[spec.name], variable=variable, value=shown)
    if spec.name == "time_zone" and not _is_time_zone(text):
        raise SettingsError("settings.time_zone", variable=variable, value=text)
    return text


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _refuse_unknown(source: Mapping[str, str]) -> None:
    known = {variable for variable, *_ in settings_table()}
    known |= {PREFIX + spec.name.upper() + "_FILE" for spec in fields(Settings) if spec.metadata["is_secret"]}
    for variable in source:
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingsError("settings.unknown", variable=variable)
