"""compose.yaml says nothing that is not so: what can be checked of it without its images is checked here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import click
import pytest
import urllib3
import yaml
from werkzeug.serving import make_server

from server.app import create_app
from server.cli import main
from server.settings import Settings, load_settings
from tests.support.couch_server import CouchServer
from tests.support.server_process import free_port

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "compose.yaml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "liandong"}
GIVEN = {
    "COUCH_PASSWORD": "cp0",
    "COUCH_SECRET": "cs0",
    "COUCH_COOKIE": "cc0",
    "WEB_PASSWORD": "wp0",
    "S3_KEY": "key0",
    "S3_SECRET": "secret0",
    "PUBLIC_URL": "https://liandong.example",
}
_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(?::\?[^}]*)?\}")


def filled(text: object) -> str:
    return _VARIABLE.sub(lambda found: GIVEN[found[1]], str(text))


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Return the named volumes of a service, by the place where they are."""
    return {place: name for name, _, place in (v.partition(":") for v in service.get("volumes", []))}


class TestDeclarations:
    def test_what_services_use_is_declared_and_what_is_declared_is_used(self):
        volumes = {name for service in SERVICES.values() for name in mounts(service).values()}
        networks = {name for service in SERVICES.values() for name in service["networks"]}
        secrets = {name for service in SERVICES.values() for name in service.get("secrets", [])}
        configs = {one["source"] for service in SERVICES.values() for one in service.get("configs", [])}
        assert volumes == set(COMPOSE["volumes"])
        assert networks == set(COMPOSE["networks"])
        assert secrets == set(COMPOSE["secrets"])
        assert configs == set(COMPOSE["configs"])

    def test_every_variable_is_named_where_the_file_says_what_to_set(self):
        head = TEXT.partition("\nname:")[0]
        used = {found[1] for found in _VARIABLE.finditer(TEXT)}
        assert used == set(GIVEN)
        assert {name for name in used if name not in head} == set()
        assert COMPOSE["secrets"]["web_password"] == {"environment": "WEB_PASSWORD"}

    def test_images_are_pinned(self):
        images = {service["image"] for service in SERVICES.values()} - {"liandong"}
        assert all(re.search(r":(?!latest)[\w.-]+$", image) for image in images)

    def test_who_waits_for_health_waits_for_somebody_who_tells(self):
        for service in SERVICES.values():
            for name, how in service.get("depends_on", {}).items():
                assert name in SERVICES
                if how["condition"] == "service_healthy":
                    assert "test" in SERVICES[name]["healthcheck"]
                else:
                    assert how["condition"] == "service_completed_successfully"
                    assert SERVICES[name]["restart"] == "on-failure"

    def test_every_key_is_one_that_compose_knows(self):
        known = {
            *("image", "build", "command", "entrypoint", "environment", "volumes", "networks", "ports"),
            *("secrets", "configs", "depends_on", "healthcheck", "restart", "hostname"),
        }
        assert {key for service in SERVICES.values() for key in service} <= known
        asked = {key for service in SERVICES.values() for key in service.get("healthcheck", {})}
        assert asked == {"test", "interval", "timeout", "retries"}
        assert {key for key in COMPOSE if not key.startswith("x-")} == {
            *("name", "services", "configs", "secrets", "networks", "volumes")
        }

    def test_whoever_is_named_can_be_reached_by_that_name(self):
        for name, service in SERVICES.items():
            for host in hosts_named_by(name):
                assert any(set(service["networks"]) & nets for nets in networks_of(host)), (name, host)


def hosts_named_by(name: str) -> set[str]:
    """Return the hosts in the addresses of a service's command, environment and Caddyfile."""
    service = SERVICES[name]
    text = yaml.safe_dump([service.get("environment"), service.get("command")])
    hosts = set(re.findall(r"https?://(?:[^/@\s]*@)?([\w.]+):\d+", filled(text)))
    if service.get("configs"):
        hosts |= {word.partition(":")[0] for word in re.findall(r"web\d:8000", str(COMPOSE["configs"]))}
    return hosts - {"localhost", "127.0.0.1"}


def networks_of(host: str) -> list[set[str]]:
    """Return, of each service that goes by this name, the networks where it does."""
    found = []
    for name, service in SERVICES.items():
        networks = service["networks"]
        aliased = networks if isinstance(networks, dict) else {}
        if host == name:
            found.append(set(networks))
        elif any(host in how.get("aliases", []) for how in aliased.values()):
            found.append({net for net, how in aliased.items() if host in how.get("aliases", [])})
    return found


class TestCluster:
    """Three nodes with one secret, joined by init, reached by one name (DESIGN 6)."""

    NODES = ("couch1", "couch2", "couch3")

    def test_each_node_has_a_name_that_the_others_find_and_a_volume_of_its_own(self):
        for name in self.NODES:
            node = SERVICES[name]
            full = node["environment"]["NODENAME"]
            assert node["hostname"] == full == f"{name}.liandong"
            assert node["networks"]["couch"]["aliases"] == ["couch", full]
            assert mounts(node) == {"/opt/couchdb/data": name}

    def test_they_share_administrator_secret_and_cookie(self):
        shared = ("COUCHDB_USER", "COUCHDB_PASSWORD", "COUCHDB_SECRET", "COUCHDB_ERLANG_COOKIE")
        for word in shared:
            assert len({SERVICES[name]["environment"][word] for name in self.NODES}) == 1

    def test_a_node_is_healthy_when_it_answers_whoever_asks(self, tmp_path):
        [kind, *command] = SERVICES["couch1"]["healthcheck"]["test"]
        assert (kind, command[:2]) == ("CMD", ["curl", "-fsS"])
        path = command[2].removeprefix("http://127.0.0.1:5984")
        assert path == "/"
        with CouchServer(tmp_path) as ours:
            for server in filter(None, (ours.url, _without_password(os.environ.get("COUCHDB_URL", "")))):
                assert urllib3.request("GET", server + path).status == 200

    def test_init_joins_the_others_to_the_first(self):
        init = SERVICES["init"]
        joined = [word.partition("=")[2] for word in init["command"] if word.startswith("--node=")]
        assert joined == ["couchdb@couch2.liandong", "couchdb@couch3.liandong"]
        assert "@couch1.liandong:5984" in init["environment"]["LIANDONG_COUCH_URL"]
        assert set(init["depends_on"]) == set(self.NODES)


class TestOurServices:
    @pytest.mark.parametrize("name", OURS)
    def test_its_command_and_every_option_exist(self, name):
        words = list(OURS[name]["command"])
        assert words.pop(0) == "liandong"
        command: click.Command = main
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None
            command = found
        known = {option for param in command.params for option in param.opts}
        assert {word.partition("=")[0] for word in words} <= known

    @pytest.mark.parametrize("name", OURS)
    def test_its_settings_are_settings_with_values_that_they_take(self, name):
        environment = {k: filled(v) for k, v in OURS[name]["environment"].items()}
        settings = load_settings(environment)
        assert settings.couch_prefix == "liandong-"
        assert settings.url == "https://liandong.example"
        assert settings.media_s3 == "http://key0:secret0@s3:9000/liandong"

    def test_the_worker_runs_once_and_web_nodes_have_the_least_rights(self):
        commands = [service["command"][1:] for service in OURS.values()]
        assert commands.count(["worker"]) == 1
        assert commands.count(["serve", "--web-only"]) == 2
        users = {
            name: filled(service["environment"]["LIANDONG_COUCH_URL"]).partition("//")[2].partition(":")[0]
            for name, service in OURS.items()
        }
        assert users == {"init": "admin", "worker": "admin", "web1": "liandong-web", "web2": "liandong-web"}
        assert "--user=liandong-web" in OURS["init"]["command"]

    def test_each_has_data_of_its_own_and_shares_keys_journal_and_uploads(self):
        places = [mounts(OURS[name]) for name in ("worker", "web1", "web2")]
        assert len({place["/data"] for place in places}) == 3
        for shared in ("/data/keys", "/journal", "/uploads"):
            assert len({place[shared] for place in places}) == 1

    @pytest.mark.parametrize("name", ["worker", "web1", "web2"])
    def test_what_its_settings_call_a_folder_is_a_volume(self, name):
        settings = load_settings({k: filled(v) for k, v in OURS[name]["environment"].items()})
        folders = {settings.data, settings.journal_folder, settings.media_folder, settings.data / "keys"}
        assert {str(folder) for folder in folders} == set(mounts(OURS[name]))

    def test_the_account_that_init_makes_is_the_one_that_web_nodes_use(self):
        [file] = [word for word in OURS["init"]["command"] if word.startswith("--password-file=")]
        assert file.removeprefix("--password-file=/run/secrets/") in OURS["init"]["secrets"]
        url = filled(OURS["web1"]["environment"]["LIANDONG_COUCH_URL"])
        assert url == "http://liandong-web:wp0@couch:5984"
        assert "Letters and digits only" in TEXT  # for it stands in a URL as it is

    def test_its_health_command_tells_a_server_that_answers_from_one_that_does_not(self, tmp_path):
        [kind, python, *arguments] = SERVICES["web1"]["healthcheck"]["test"]
        assert (kind, python) == ("CMD", "python")
        port = free_port()
        command = [sys.executable, *(word.replace(":8000", f":{port}") for word in arguments)]
        app = create_app(Settings(data=tmp_path, host="0.0.0.0", port=port), on_hub=False)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answering = subprocess.run(command, capture_output=True).returncode
        server.shutdown()
        thread.join()
        server.server_close()
        gone = subprocess.run(command, capture_output=True).returncode
        assert (answering, gone) == (0, 1)

    def test_where_its_health_is_asked_an_answer_is_given(self, tmp_path):
        asked = SERVICES["web1"]["healthcheck"]["test"][-1]
        url = re.search(r"http://localhost:8000(/[^']+)", asked)
        assert url is not None
        environment = {k: filled(v) for k, v in OURS["web1"]["environment"].items()}
        told = load_settings(environment)
        app = create_app(
            Settings(data=tmp_path, host=told.host, port=told.port, public_url=told.public_url), on_hub=False
        )
        assert app.test_client().get(url[1], headers={"Host": "localhost:8000"}).status_code == 200
        assert f"health_uri {url[1]}" in COMPOSE["configs"]["caddyfile"]["content"]

    def test_the_image_is_made_by_what_makefile_makes(self):
        recipe = SERVICES["init"]["build"]["dockerfile_inline"]
        assert "RUN make setup" in recipe
        copied = [
            word for line in re.findall(r"^COPY (.+) \S+$", recipe, re.MULTILINE) for word in line.split()
        ]
        assert all((ROOT / word).exists() for word in copied)
        assert {"server", "sync", "client", "Makefile", "pyproject.toml", "requirements.txt"} <= set(copied)
        assert re.search(r"^setup:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert "PATH=/liandong/.venv/bin" in recipe


class TestStorage:
    def test_the_bucket_that_is_made_is_the_bucket_that_is_used(self):
        [made] = SERVICES["bucket"]["command"]
        settings = load_settings({k: filled(v) for k, v in OURS["worker"]["environment"].items()})
        assert filled(made).endswith("s3/liandong")
        assert settings.media_s3.endswith("@s3:9000/liandong")
        assert filled(SERVICES["s3"]["environment"]["MINIO_ROOT_USER"]) == "key0"

    def test_both_web_nodes_stand_behind_the_front_at_their_port(self):
        content = COMPOSE["configs"]["caddyfile"]["content"]
        assert "reverse_proxy web1:8000 web2:8000" in content
        assert OURS["web1"]["environment"]["LIANDONG_PORT"] == "8000"
        assert set(SERVICES["front"]["networks"]) <= set(OURS["web1"]["networks"])

    def test_the_front_serves_the_address_that_people_type(self):
        front = SERVICES["front"]
        assert COMPOSE["configs"]["caddyfile"]["content"].startswith("{$$PUBLIC_URL} {")
        ours = filled(OURS["web1"]["environment"]["LIANDONG_PUBLIC_URL"])
        assert filled(front["environment"]["PUBLIC_URL"]) == ours == GIVEN["PUBLIC_URL"]
        assert front["ports"] == ["80:80", "443:443"]
        assert front["configs"] == [{"source": "caddyfile", "target": "/etc/caddy/Caddyfile"}]


def _without_password(url: str) -> str:
    return re.sub("//[^/@]*@", "//", url).rstrip("/")
