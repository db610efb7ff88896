"""A device reads the current leaves of its own feeds; everything else is one 403, or 404 inside a feed."""

from __future__ import annotations

import pytest

from server.services import Services
from tests.support.gateway_rig import LONG_AGO, Phone, dump


def feed_of(services: Services, phone: Phone) -> str:
    name = f"member-{services.directory.alias('feed', phone.member)}-{services.epoch}"
    services.couch.ensure(name)
    return name


class TestGranted:
    def test_the_own_feed_is_read_by_every_endpoint_that_a_pull_needs(self, phone, services):
        feed = feed_of(services, phone)
        rev = services.couch.open(feed).bulk_docs([{"_id": "lead:a", "title": "一"}])[0].rev

        assert phone.client.get(f"/db/{feed}").get_json()["doc_count"] == 1
        changes = phone.client.get(f"/db/{feed}/_changes?include_docs=true").get_json()
        assert changes["results"][0]["doc"]["title"] == "一"
        wanted = {"docs": [{"id": "lead:a", "rev": rev}]}
        got = phone.client.post(f"/db/{feed}/_bulk_get?revs=true", json=wanted).get_json()
        assert got["results"][0]["docs"][0]["ok"]["title"] == "一"
        assert phone.client.get(f"/db/{feed}/lead:a").get_json()["_rev"] == rev

    @pytest.mark.parametrize(
        ("role", "scope", "audience"),
        [
            ("supervisor", "station:01hxxxxxxxxxxxxxxxxxxxxxxx", "station-01hxxxxxxxxxxxxxxxxxxxxxxx"),
            ("township_staff", "township:371425104", "township-371425104"),
            ("agency_liaison", "unit:01hxxxxxxxxxxxxxxxxxxxxxxx", "unit-01hxxxxxxxxxxxxxxxxxxxxxxx"),
        ],
    )
    def test_a_grant_opens_its_feed_and_its_end_closes_it(self, phone, services, role, scope, audience):
        feed = f"{audience}-{services.epoch}"
        services.couch.ensure(feed)
        assert phone.client.get(f"/db/{feed}").status_code == 403
        grant = services.directory.add_grant(phone.member, role, scope, LONG_AGO)
        assert phone.client.get(f"/db/{feed}").status_code == 200

        services.directory.end_grant(grant.id, LONG_AGO)

        assert phone.client.get(f"/db/{feed}").status_code == 403

    def test_a_role_over_something_else_opens_nothing(self, phone, services):
        feed = f"township-371425104-{services.epoch}"
        services.couch.ensure(feed)
        services.directory.add_grant(phone.member, "volunteer", "township:371425104", LONG_AGO)

        assert phone.client.get(f"/db/{feed}").status_code == 403


class TestNotGranted:
    """DESIGN 8: every other database answers one identical 403, existing or not."""

    def test_existing_and_invented_databases_answer_alike(self, phone, other, services):
        names = [
            "logs",
            "central",
            "accounts",
            "audit",
            feed_of(services, other),
            f"catalog-{'0' * 12}",
            "member-0123456789abcdef0123-" + services.epoch,
            "nothing",
            "_users",
            "Catalog",
        ]
        services.couch.ensure(f"catalog-{'0' * 12}")
        for rest in (
            "",
            "/_changes",
            "/lead:a",
            "/_all_docs",
            "/_security",
            "/_local/x",
            "/_design/a/_view/b",
        ):
            answers = {phone.client.get(f"/db/{name}{rest}").data for name in names}
            statuses = {phone.client.get(f"/db/{name}{rest}").status_code for name in names}
            assert (len(answers), statuses) == (1, {403}), rest

    @pytest.mark.parametrize("method", ["put", "post", "delete", "patch", "copy", "propfind"])
    def test_nothing_is_written_through_the_feeds(self, phone, services, method):
        feed = feed_of(services, phone)
        services.couch.open(feed).bulk_docs([{"_id": "lead:a"}])
        before = dump(services)

        for path in ("", "/lead:a", "/lead:b", "/_bulk_docs", "/_local/c", "/_security", "/_revs_diff"):
            answer = phone.client.open(f"/db/{feed}{path}", method=method.upper(), json={"docs": []})
            assert answer.status_code in {403, 404, 405}, (path, answer.data)

        assert dump(services) == before

    def test_checkpoints_of_others_are_unknown(self, phone, services):
        feed = feed_of(services, phone)
        services.couch.open(feed).put_local("publish", {"version": 4})

        assert phone.client.get(f"/db/{feed}/_local/publish").status_code == 404
        assert (
            phone.client.get(f"/db/{feed}/_local/none").data
            == phone.client.get(f"/db/{feed}/_local/publish").data
        )

    def test_only_current_leaves_are_read(self, phone, services):
        feed = feed_of(services, phone)
        peer = services.couch.open(feed)
        first = peer.bulk_docs([{"_id": "lead:a", "secret": "一"}])[0].rev
        peer.bulk_docs([{"_id": "lead:a", "_rev": first, "open": "二"}])

        old = phone.client.get(f"/db/{feed}/lead:a?rev={first}")
        unknown = phone.client.get(f"/db/{feed}/lead:a?rev=1-{'0' * 32}")

        assert (old.status_code, old.data) == (404, unknown.data)

    def test_without_a_session_only_the_welcome_is_open(self, app, services):
        client = app.test_client()

        assert client.get("/db/").status_code == 200
        assert client.get("/db/_up").status_code == 200
        for path in ("/db/_all_dbs", "/db/logs", f"/db/catalog-{services.epoch}", "/db/_users/x"):
            assert client.get(path).status_code == 401, path
