"""`liandong serve --lan`: HTTPS that a phone can come to trust, and the page that leads it there."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from server.records.signing import SigningKey
from tests.server.start.conftest import enrolment_code
from tests.support.server_process import free_port


@dataclass(frozen=True)
class Lan:
    """A server on the local network, as its screen tells it."""

    data: Path
    screen: str

    @property
    def url(self) -> str:
        return re.search(r"Liandong is ready: (https://\S+) ", self.screen)[1]

    @property
    def trust_url(self) -> str:
        return re.search(r"open (http://\S+/trust):", self.screen)[1]

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text("utf-8", "replace")


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    data = tmp_path_factory.mktemp("data")
    environment = os.environ | {"LIANDONG_DATA": str(data), "LIANDONG_PORT": str(free_port())}
    environment |= {"LIANDONG_TRUST_PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    with (data / "server.log").open("w") as log:
        command = [sys.executable, "-m", "server.cli", "serve", "--lan"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield _when_up(process, data)
    process.terminate()
    process.wait(20)


def _when_up(process: subprocess.Popen[bytes], data: Path) -> Lan:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lan = Lan(data, (data / "server.log").read_text("utf-8"))
        assert process.poll() is None, lan.screen
        if "Liandong is ready" in lan.screen:
            place = urlsplit(lan.trust_url)
            with socket.socket() as probe:
                if probe.connect_ex((place.hostname, place.port)) == 0:
                    return lan
        time.sleep(0.1)
    raise AssertionError(lan.screen)


@pytest.fixture(scope="module")
def phone(lan: Lan, tmp_path_factory: pytest.TempPathFactory) -> urllib3.PoolManager:
    """A phone that was led by the trust page: it has the certificate from there, and nothing else."""
    fetched = urllib3.request("GET", lan.trust_url + "/authority.crt")
    assert fetched.headers["Content-Type"] == "application/x-x509-ca-cert"
    path = tmp_path_factory.mktemp("phone") / "authority.crt"
    path.write_bytes(fetched.data)
    return urllib3.PoolManager(ca_certs=str(path), cert_reqs="CERT_REQUIRED", retries=False, timeout=10)


class TestTrust:
    def test_the_page_tells_the_fingerprint_that_is_on_the_screen_and_that_the_phone_will_show(self, lan):
        page = urllib3.request("GET", lan.trust_url, timeout=10).data.decode()
        certificate = urllib3.request("GET", lan.trust_url + "/authority.crt").data
        shown_by_phones = x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256())

        begins = shown_by_phones[:8].hex(":").upper()
        assert f"begins {begins}" in lan.screen
        assert f"must begin {begins}" in page
        assert f'href="{lan.url}/app/"' in page
        assert "▀" in lan.screen  # the code to scan
        assert "do not go on" in page  # a warning is never to be tapped away

    def test_the_port_without_tls_has_that_page_and_nothing_else(self, lan):
        root = lan.trust_url.removesuffix("/trust")
        statuses = {
            path: urllib3.request("GET", root + path, redirect=False).status
            for path in ("/trust/", "/trust.css", "/app/", "/console/", "/sync/state", "/db/_up", "/static/x")
        }
        assert statuses == {
            "/trust/": 200,
            "/trust.css": 200,
            "/app/": 404,
            "/console/": 404,
            "/sync/state": 404,
            "/db/_up": 404,
            "/static/x": 404,
        }
        assert "Strict-Transport-Security" not in urllib3.request("GET", lan.trust_url).headers

    def test_who_was_not_led_there_is_warned(self, lan):
        with pytest.raises(urllib3.exceptions.SSLError):
            urllib3.PoolManager(retries=False).request("GET", f"{lan.url}/db/_up")


class TestServedOverTls:
    """ATTACKS 1: ASVS 3.3 (cookies), 3.4.1 (HSTS), 12.x (TLS)."""

    def test_a_phone_that_trusts_the_authority_is_served(self, lan, phone):
        for path in ("/db/_up", "/app/", "/console/sign-in"):
            answer = phone.request("GET", lan.url + path)
            assert answer.status == 200, path
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"

    def test_the_strictest_verifier_takes_the_certificate(self, lan, phone):
        context = ssl.create_default_context(cafile=phone.connection_pool_kw["ca_certs"])
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        place = urlsplit(lan.url)
        with (
            socket.create_connection((place.hostname, place.port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=place.hostname) as secure,
        ):
            assert secure.version() in {"TLSv1.2", "TLSv1.3"}

    def test_a_phone_enrols_and_its_cookie_travels_over_tls_alone(self, lan, phone):
        keys = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}
        body = {"code": enrolment_code(lan.data), "label": "测试机", "app": "x"} | keys
        answer = phone.request("POST", f"{lan.url}/sync/enrol", json=body, headers={"Origin": lan.url})
        cookie = answer.headers["Set-Cookie"]

        assert answer.status == 201
        assert cookie.startswith("__Host-device=")
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        state = phone.request("GET", f"{lan.url}/sync/state", headers={"Cookie": cookie.split(";")[0]})
        assert state.status == 200

    def test_without_tls_that_port_gives_no_data_and_says_nothing_in_the_log(self, lan):
        place = urlsplit(lan.url)
        with socket.create_connection((place.hostname, place.port), timeout=5) as plain:
            plain.sendall(b"GET /db/_up HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try:
                heard = plain.recv(65536)
            except ConnectionResetError:
                heard = b""
        assert b"status" not in heard
        assert b"200" not in heard
        assert "Error" not in lan.log
        assert "Traceback" not in lan.log
