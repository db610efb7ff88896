"""ATTACKS 7, cases 6 to 13, 15 and 41: no route, spelling or parameter shows what is not granted."""

from __future__ import annotations

import pytest

from tests.support.gateway_rig import dump


def test_6_a_foreign_document_is_403_with_whatever_parameter_as_an_invented_one(phone, victim, services):
    rev = services.couch.open(victim.feed).get("lead:secret")["_rev"]
    for query in ("", f"?rev={rev}", "?revs=true", "?open_revs=all", f"?open_revs=[%22{rev}%22]&latest=true"):
        answers = [
            phone.client.get(f"/db/{database}/lead:secret{query}")
            for database in (victim.feed, "member-" + "0" * 20 + "-" + services.epoch)
        ]
        assert answers[0].data == answers[1].data
        assert [answer.status_code for answer in answers] == [403, 403]
    assert phone.client.head(f"/db/{victim.feed}/lead:secret").status_code == 403


def test_6_a_document_that_the_own_feed_lacks_is_404_as_an_unknown_one(phone, victim, own_feed):
    foreign = phone.client.get(f"/db/{own_feed}/lead:secret")
    unknown = phone.client.get(f"/db/{own_feed}/lead:unknown")

    assert (foreign.status_code, foreign.data) == (404, unknown.data)


def test_7_bulk_get_of_a_foreign_row_is_as_unknown(phone, victim, own_feed, services):
    rev = services.couch.open(victim.feed).get("lead:secret")["_rev"]
    docs = [{"id": "lead:secret", "rev": rev}, {"id": "lead:unknown", "rev": rev}]

    rows = phone.client.post(f"/db/{own_feed}/_bulk_get", json={"docs": docs}).get_json()["results"]

    errors = [row["docs"][0]["error"] for row in rows]
    assert [error["error"] for error in errors] == ["not_found", "not_found"]
    assert [error["reason"] for error in errors] == ["missing", "missing"]


def test_8_revs_diff_is_no_oracle(phone, victim, own_feed, services):
    rev = services.couch.open(own_feed).get("lead:own")["_rev"]
    asked = {"lead:own": [rev], "lead:secret": [rev]}

    for database in (own_feed, victim.feed, "logs"):
        assert phone.client.post(f"/db/{database}/_revs_diff", json=asked).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "since=0",
        "since=0&include_docs=true&style=all_docs",
        "filter=_doc_ids&doc_ids=%5B%22lead:secret%22%5D",
        "feed=longpoll&since=0&timeout=100",
        "descending=true&limit=100",
    ],
)
def test_9_the_changes_of_the_own_feed_hold_nothing_foreign(phone, victim, own_feed, query):
    answer = phone.client.get(f"/db/{own_feed}/_changes?{query}")

    assert answer.status_code in {200, 400}
    assert b"secret" not in answer.data
    assert phone.client.get(f"/db/{victim.feed}/_changes?{query}").status_code == 403


def test_10_what_administrates_is_closed(phone, own_feed):
    for path in (
        "/db/_all_dbs",
        "/db/_users",
        "/db/_config",
        "/db/_node/_local/_config",
        "/db/_replicate",
        "/db/_uuids",
        "/db/_active_tasks",
        "/db/_dbs_info",
        f"/db/{own_feed}/_security",
        f"/db/{own_feed}/_design/a",
        f"/db/{own_feed}/_design/a/_view/b",
        f"/db/{own_feed}/_find",
        f"/db/{own_feed}/_compact",
        f"/db/{own_feed}/_purge",
    ):
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = phone.client.open(path, method=method, json={})
            assert answer.status_code in {403, 404, 405}, (method, path, answer.data)


def test_11_attachments_are_unknown(phone, victim, own_feed):
    answers = [phone.client.get(f"/db/{own_feed}/lead:{name}/photo.jpg") for name in ("own", "secret", "x")]
    assert {answer.status_code for answer in answers} <= {404, 501}
    assert len({answer.data for answer in answers}) == 1
    assert phone.client.get(f"/db/{victim.feed}/lead:secret/photo.jpg").status_code == 403


SPELLINGS_OF_LOGS = (
    "/db/%6c%6fgs",
    "/db//logs",
    "/db/./logs",
    "/db/LOGS",
    "/db/logs.",
    "/db/x/../logs",
    "/db/logs%00",
    "/DB/logs",
    "/db/%256cogs",
)


@pytest.mark.parametrize("spelling", SPELLINGS_OF_LOGS)
def test_12_another_spelling_of_a_database_leads_nowhere(phone, victim, spelling):
    for rest in ("/_changes?include_docs=true", f"/{victim.log.documents[0]['_id']}", "%2f_changes"):
        answer = phone.client.get(spelling + rest)
        assert answer.status_code in {403, 404}
        assert "秘密".encode() not in answer.data


@pytest.mark.parametrize("spelling", [*SPELLINGS_OF_LOGS, "/db/logs"])
@pytest.mark.parametrize("rest", ["/_bulk_docs", "/_bulk_docs/", "/%5fbulk_docs", "//_bulk_docs"])
def test_12_the_door_has_one_behaviour_however_it_is_spelt(phone, victim, services, spelling, rest):
    """Another spelling is either the door with all its checks, or nothing at all."""
    foreign = victim.note("假的")

    answer = phone.client.post(spelling + rest, json={"docs": [foreign]})

    assert answer.status_code in {201, 403, 404}
    if answer.status_code == 201:
        assert answer.get_json()[0]["error"] == "forbidden"
    assert services.couch.open("logs").get_many([foreign["_id"]]) == {}


def test_13_checkpoints_are_neither_read_nor_written(phone, victim, own_feed, services):
    services.couch.open(own_feed).put_local("abc", {"secret": 1})
    before = dump(services)
    for database, read in ((own_feed, 404), (victim.feed, 403), ("logs", 403)):
        assert phone.client.get(f"/db/{database}/_local/abc").status_code == read
        for method in ("PUT", "DELETE"):
            answer = phone.client.open(f"/db/{database}/_local/abc", method=method, json={"a": 1})
            assert answer.status_code == 403
    assert services.couch.open(own_feed).get_local("abc")["secret"] == 1
    assert dump(services) == before


def test_14_many_or_large_checkpoints_fill_nothing(phone, own_feed, services):
    before = dump(services)
    for number in range(50):
        answer = phone.client.put(f"/db/{own_feed}/_local/{number}", json={"a": "x" * 100_000})
        assert answer.status_code == 403
    assert dump(services) == before


@pytest.mark.parametrize(
    "doc_id", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "%252F", "..%5c..%5cx"]
)
def test_41_odd_ids_are_plain_ids(phone, own_feed, doc_id):
    answer = phone.client.get(f"/db/{own_feed}/{doc_id}")

    assert answer.status_code in {400, 403, 404, 501}
    assert b"root:" not in answer.data
