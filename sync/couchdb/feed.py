"""The changes feed over HTTP, read line by line so that a page of any length needs little memory."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sync.couchdb.asking import Asking
from sync.couchdb.json_text import decode, encode
from sync.couchdb.reads import option_parameters
from sync.couchdb.retries import Patience
from sync.errors import BadRequest, DocumentNotFound, NotImplementedHere, Overloaded, StorageFailed
from sync.peer import SEQ_START, ChangeRow, ChangesPage, ReadOptions, Seq, Style

PAGE_ROWS: Final = 2_000
SILENCE_S: Final = 60.0
LONGEST_POLL_S: Final = 30.0
LATE_S: Final = 3.0
RETRY_S: Final = 1.0
ONCE: Final = Patience(attempts=1)
_ATTEMPTS: Final = 5


def read_changes(
    database: Asking,
    since: Seq,
    *,
    limit: int | None,
    include_docs: bool,
    style: Style,
    descending: bool,
    doc_ids: Sequence[str] | None,
    selector: Mapping[str, Any] | None,
    design_only: bool,
    options: ReadOptions | None,
) -> ChangesPage:
    """One row a document, at its latest seq. Spec: PROTOCOL E65 to E71, E79."""
    if not since:
        raise BadRequest("Malformed sequence supplied in 'since' parameter.")
    parameters: dict[str, object] = {"since": since, "style": style, "include_docs": include_docs}
    parameters |= option_parameters(options) if options else {}
    body: dict[str, Any] | None = None
    if doc_ids is not None:
        parameters["filter"], body = "_doc_ids", {"doc_ids": list(doc_ids)}
    elif selector is not None:
        parameters["filter"], body = "_selector", {"selector": selector}
    elif design_only:
        parameters["filter"] = "_design"
    if descending:
        parameters |= {"descending": True, "since": SEQ_START}
    if limit is not None or descending:
        return _read_page(database, parameters | ({} if limit is None else {"limit": limit}), body)
    return _read_to_end(database, parameters, body)


def _read_to_end(database: Asking, parameters: dict[str, object], body: object) -> ChangesPage:
    """Page by page, so that a connection cut off costs one page and not the whole."""
    rows: list[ChangeRow] = []
    while True:
        page = _read_page(database, parameters | {"limit": PAGE_ROWS}, body)
        rows += page.rows
        if len(page.rows) < PAGE_ROWS:
            return ChangesPage(rows, page.last_seq, page.pending)
        parameters = parameters | {"since": page.last_seq}


def _read_page(database: Asking, parameters: Mapping[str, object], body: object) -> ChangesPage:
    return database.connection.away(lambda: _read_patiently(database, parameters, body))


def _read_patiently(database: Asking, parameters: Mapping[str, object], body: object) -> ChangesPage:
    failures = 0
    while True:
        try:
            with database.stream(
                "POST", "_changes", parameters, {} if body is None else body, silence_s=SILENCE_S
            ) as lines:
                return _parse(lines)
        except DocumentNotFound as error:
            raise NotImplementedHere("The server does not know this filter.") from error
        except (Overloaded, _CutOff):
            failures += 1
            if failures >= _ATTEMPTS:
                raise
            time.sleep(0.1 * 2**failures)


class _CutOff(StorageFailed):
    """The feed ended in its middle."""


def _parse(lines: Iterator[bytes]) -> ChangesPage:
    """Take `{"results":[`, a row a line, `],`, `"last_seq":…}`; one that comes in one line too."""
    rows: list[ChangeRow] = []
    rest: list[bytes] = []
    for line in lines:
        text = line.strip().removesuffix(b",")
        if text.startswith(b'{"seq":') and text.endswith(b"}"):
            rows.append(change_row(decode(text)))
        else:
            rest.append(line)
    try:
        frame = decode(b"".join(rest).replace(b",]", b"]", 1) if rows else b"".join(rest))
    except StorageFailed as error:
        raise _CutOff("The changes feed was cut off.") from error
    rows += [change_row(row) for row in frame["results"]]
    return ChangesPage(rows, seq_text(frame["last_seq"]), int(frame.get("pending") or 0))


def change_row(row: Mapping[str, Any]) -> ChangeRow:
    revs = tuple(change["rev"] for change in row["changes"])
    return ChangeRow(seq_text(row["seq"]), row["id"], revs, bool(row.get("deleted")), row.get("doc"))


def seq_text(seq: object) -> Seq:
    """Some servers count; a seq is opaque text all the same."""
    return seq if isinstance(seq, str) else encode(seq).decode()


def wait_for_change(database: Asking, since: Seq, timeout_s: float) -> bool:
    """Hold a long poll until something is later than `since`, or time is up. Spec: PROTOCOL E74 to E76."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        left_s = max(deadline_s - time.monotonic(), 0.0)
        poll_s = min(left_s, LONGEST_POLL_S)
        asked = {"feed": "longpoll", "since": since, "limit": 1, "timeout": int(poll_s * 1000)}
        try:
            answer = database.ask("GET", "_changes", asked, timeout_s=poll_s + LATE_S, patience=ONCE).json()
        except Overloaded:
            # Not every server knows `timeout`, and a connection may break: neither is a change.
            if time.monotonic() >= deadline_s:
                return False
            time.sleep(min(RETRY_S, max(deadline_s - time.monotonic(), 0.0)))
            continue
        if answer["results"]:
            return True
        if time.monotonic() >= deadline_s:
            return False
        since = seq_text(answer["last_seq"])
