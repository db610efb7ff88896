"""Bytes come in pieces, over connections that break, and are counted only when they are whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from media_rig import (
    DEVICE,
    OTHER_DEVICE,
    Clock,
    Drip,
    HeaderAccess,
    Phone,
    arrival,
    photo,
    promise,
    promised,
)
from werkzeug.serving import make_server

from server.media import Media, tus
from sync.errors import DocumentNotFound
from sync.peer import Server

PHOTO = photo()


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    """A real HTTP server with real connections; leaves when every request has been answered."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send_cut_patch(port: int, url: str, promised_bytes: int, sent: bytes) -> None:
    """Promise the whole photo, send the beginning of it, end the connection."""
    head = (
        f"PATCH {url} HTTP/1.1\r\nHost: localhost\r\nDevice: {DEVICE}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {promised_bytes}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode() + sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):  # until the server has let go of what came
            pass


class TestAnnouncement:
    """A file may come when its entry is in `logs` and names it (ARCHITECTURE, Contracts)."""

    def test_a_file_before_its_entry_is_a_409_that_says_so(self, phone: Phone):
        answer = phone.create(len(PHOTO))

        assert (answer.status_code, answer.json["error"]) == (409, "entry_missing")

    def test_a_file_that_the_entry_does_not_name_is_a_404(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)

        assert phone.create(len(PHOTO), number=2).status_code == 404

    def test_an_oversized_file_is_refused_before_a_byte_comes(self, phone: Phone, couch: Server):
        promise(couch, {**promised(PHOTO), "size": 1_000_001})

        answer = phone.create(1_000_001)

        assert (answer.status_code, answer.json["error"]) == (413, "too_large")

    def test_nobody_signed_in_is_a_401(self, phone: Phone):
        del phone.headers["Device"]

        assert phone.create(1).status_code == 401

    def test_nobody_learns_our_version_before_saying_who_asks(self, phone: Phone):
        del phone.headers["Device"]
        phone.headers["Tus-Resumable"] = "0.2.2"

        assert phone.create(1).status_code == 401

    def test_a_device_revoked_while_bytes_come_is_cut_off_and_what_came_is_kept(
        self, phone: Phone, couch: Server, access: HeaderAccess, media: Media, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(tus, "_RECHECK_S", 0.0)
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]
        body = Drip(PHOTO, 3000, lambda: access.revoked.add(DEVICE))
        headers = phone.headers | {"Upload-Offset": "0", "Content-Type": tus.BYTES_TYPE}

        answer = phone.client.patch(url, input_stream=body, content_length=len(PHOTO), headers=headers)

        assert (answer.status_code, answer.json["reason"]) == (401, "revoked")
        [upload] = media.uploads.all()
        assert 0 < media.uploads.offset(upload) <= 3000

    @pytest.mark.parametrize(
        "metadata", ["", "entry !!!", "entry MQ==", "entry LTE=,number MQ==", "entry MA==,number MQ=="]
    )
    def test_metadata_that_names_no_file_is_a_400(self, phone: Phone, metadata: str):
        headers = phone.headers | {"Upload-Length": "5", "Upload-Metadata": metadata}

        assert phone.client.post("/sync/media/", headers=headers).status_code == 400

    def test_another_version_of_tus_is_a_412_that_names_ours(self, phone: Phone):
        phone.headers["Tus-Resumable"] = "0.2.2"

        answer = phone.create(1)

        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")

    def test_the_options_name_extensions_and_the_largest_file(self, phone: Phone):
        answer = phone.client.options("/sync/media/")

        assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration"
        assert answer.headers["Tus-Max-Size"] == "1000000"


class TestResume:
    """The offset is what is durably here, whatever broke (DESIGN 5)."""

    @pytest.mark.parametrize("cut", [0, 1, 2, 31, 511, 4096, 16_383, 16_384, 16_385, len(PHOTO) - 1])
    def test_a_cut_upload_goes_on_from_what_came(self, app, phone: Phone, couch: Server, cut: int):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]

        with listening(app) as port:
            send_cut_patch(port, url, len(PHOTO), PHOTO[:cut])

        assert phone.offset(url) == cut
        assert phone.patch(url, cut, PHOTO[cut:]).headers["Upload-Offset"] == str(len(PHOTO))
        assert arrival(couch)["state"] == "verified"

    def test_bytes_at_another_offset_are_a_409_and_change_nothing(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]
        phone.patch(url, 0, PHOTO[:100])

        assert phone.patch(url, 99, PHOTO[99:200]).status_code == 409
        assert phone.patch(url, 101, PHOTO[101:200]).status_code == 409
        assert phone.offset(url) == 100

    def test_more_bytes_than_announced_are_a_413(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]

        assert phone.patch(url, 0, PHOTO + b"x").status_code == 413
        assert phone.offset(url) == 0

    def test_another_content_type_is_a_415(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]

        assert phone.patch(url, 0, PHOTO, **{"Content-Type": "image/jpeg"}).status_code == 415

    def test_another_device_finds_no_such_upload(self, app, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]
        stranger = Phone(app.test_client(), OTHER_DEVICE)

        foreign, unknown = stranger.patch(url, 0, PHOTO), stranger.patch("/sync/media/" + "0" * 26, 0, PHOTO)

        assert (foreign.status_code, foreign.data) == (404, unknown.data)
        assert stranger.head(url).status_code == 404
        assert stranger.client.delete(url, headers=stranger.headers).status_code == 404
        assert phone.offset(url) == 0

    @pytest.mark.parametrize("name", ["..%2f..%2fcouch.sqlite", "..", "%00", "..%5cx", "%252F", "a" * 26])
    def test_an_invented_upload_name_touches_no_file(self, phone: Phone, name: str):
        assert phone.head(f"/sync/media/{name}").status_code in {400, 404, 405, 308}

    def test_a_terminated_upload_is_gone(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]

        assert phone.client.delete(url, headers=phone.headers).status_code == 204
        assert phone.head(url).status_code == 404

    def test_an_upload_in_the_creating_request_is_whole_at_once(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        headers = phone.headers | {
            "Upload-Length": str(len(PHOTO)),
            "Upload-Metadata": "entry MQ==,number MQ==",
            "Content-Type": "application/offset+octet-stream",
        }

        answer = phone.client.post("/sync/media/", headers=headers, data=PHOTO)

        assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
        assert arrival(couch)["state"] == "verified"


class TestCrash:
    """What ended the process has cost nothing (RELIABILITY 3, T5)."""

    def test_a_kill_while_bytes_come_keeps_those_that_came(self, tmp_path: Path, media: Media):
        upload = media.uploads.create("d1", 1, 1, 1000, created_s=0)
        script = f"""
            import os, signal
            from pathlib import Path
            from server.media.uploads import UploadFolder
            folder = UploadFolder(Path({str(tmp_path / "media" / "uploads")!r}))
            upload = folder.find({upload.id!r}, "d1")
            folder.append(upload, 0, b"x" * 700)
            os.kill(os.getpid(), signal.SIGKILL)
        """
        ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=os.getcwd(), check=False)

        assert ended.returncode == -signal.SIGKILL
        assert media.uploads.offset(upload) == 700

    def test_an_upload_whose_last_answer_was_lost_is_finished_by_the_question(
        self, phone: Phone, couch: Server, media: Media
    ):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]
        upload = next(media.uploads.all())
        media.uploads.append(upload, 0, PHOTO)  # and the process ends before it is judged
        with pytest.raises(DocumentNotFound):
            arrival(couch)

        assert phone.offset(url) == len(PHOTO)
        assert arrival(couch)["state"] == "verified"
        assert phone.offset(url) == len(PHOTO)

    def test_the_sweep_finishes_what_nobody_asks_about(self, phone: Phone, couch: Server, media: Media):
        promise(couch, PHOTO)
        phone.create(len(PHOTO))
        media.uploads.append(next(media.uploads.all()), 0, PHOTO)

        assert media.intake.forget_old() == 0
        assert arrival(couch)["state"] == "verified"

    def test_the_sweep_drops_what_stood_still_for_thirty_days(
        self, phone: Phone, couch: Server, media: Media, clock: Clock
    ):
        promise(couch, PHOTO)
        url = phone.create(len(PHOTO)).headers["Location"]
        phone.patch(url, 0, PHOTO[:100])

        clock.forward(days=29)
        assert (media.intake.forget_old(), phone.offset(url)) == (0, 100)
        clock.forward(days=2)
        assert (media.intake.forget_old(), phone.head(url).status_code) == (1, 404)
