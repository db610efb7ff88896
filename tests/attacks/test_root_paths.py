"""CouchDB's own paths at the root of the host: no database is there (PROTOCOL A15, ATTACKS 7 case 10)."""

from __future__ import annotations

import pytest

from server.app import create_app
from server.settings import Settings


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    app = create_app(Settings(data=tmp_path_factory.mktemp("data")), on_hub=False)
    with app.test_client() as client:
        yield client


@pytest.mark.parametrize(
    "body", [{"json": {"name": "a", "password": "b"}}, {"data": {"name": "a", "password": "b"}}], ids=repr
)
def test_couchdbs_replicator_hears_in_json_that_there_are_no_sessions(client, body):
    """Exactly 404: with 200 without a cookie, 403, 405 or 5xx its replication fails to start."""
    answer = client.post("/_session", **body)

    assert answer.status_code == 404
    assert answer.get_json()["error"] == "not_found"


@pytest.mark.parametrize(
    "path",
    ["/_all_dbs", "/_up", "/_users", "/_utils/", "/_config", "/_node/_local/_config", "/_replicate", "/logs",
     "/central/_all_docs", "/accounts/_changes", "/logs/_bulk_docs"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_other_paths_of_couchdb_are_plain_404s(client, path, method):
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert b"couchdb" not in answer.data.lower()
