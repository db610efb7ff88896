"""IBM's Cloudant SDK for Python against our server: cookie sessions, packed bodies, followers, pagers."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Timer
from typing import Any

import pytest

from tests.support.couch_server import ADMIN, PASSWORD, CouchServer

sdk = pytest.importorskip("ibmcloudant", reason="needs `pip install -r requirements-dev.txt` (make setup)")
core = pytest.importorskip("ibm_cloud_sdk_core")

DIGITS = ("a" * 32, "b" * 32)


@pytest.fixture(scope="module")
def service(couch: CouchServer) -> Any:
    made = sdk.CloudantV1(authenticator=sdk.CouchDbSessionAuthenticator(ADMIN, PASSWORD))
    made.set_service_url(couch.url)
    made.enable_gzip_compression = True
    return made


@pytest.fixture
def db(service: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.replace("_", "-").lower()
    service.put_database(db=name)
    yield name
    service.delete_database(db=name)


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"_id": f"n{number:03}", "n": number} for number in range(count)]


def status_of(call: Any, **arguments: Any) -> int:
    with pytest.raises(core.ApiException) as caught:
        call(**arguments)
    return int(caught.value.status_code)


class TestDocuments:
    def test_one_is_written_packed_read_changed_and_deleted(self, service, db):
        first = service.put_document(db=db, doc_id="lead:1", document={"title": "污水 🌾"}).get_result()
        read = service.get_document(db=db, doc_id="lead:1").get_result()
        assert read == {"_id": "lead:1", "_rev": first["rev"], "title": "污水 🌾"}
        second = service.post_document(db=db, document=read | {"title": "x"}).get_result()
        assert status_of(service.put_document, db=db, doc_id="lead:1", document=read) == 409
        service.delete_document(db=db, doc_id="lead:1", rev=second["rev"])
        assert status_of(service.get_document, db=db, doc_id="lead:1") == 404

    def test_a_batch_and_leaves_made_elsewhere(self, service, db):
        leaves = [{"_id": "a", "_rev": f"1-{digits}", "v": digits} for digits in DIGITS]
        service.post_bulk_docs(db=db, bulk_docs={"docs": leaves, "new_edits": False})
        shown = service.get_document(db=db, doc_id="a", conflicts=True).get_result()
        assert (shown["v"], shown["_conflicts"]) == (DIGITS[1], [f"1-{DIGITS[0]}"])
        asked = {"a": [f"1-{DIGITS[0]}", f"2-{DIGITS[0]}"]}
        missing = service.post_revs_diff(db=db, document_revisions=asked).get_result()
        assert missing["a"]["missing"] == [f"2-{DIGITS[0]}"]

    def test_all_are_read_in_pages(self, service, db):
        service.post_bulk_docs(db=db, bulk_docs={"docs": numbered(25)})
        pages = sdk.Pagination.new_pagination(service, sdk.PagerType.POST_ALL_DOCS, db=db, limit=10)
        sizes = [len(page) for page in pages.pages()]
        assert sizes == [10, 10, 5]


class TestFeeds:
    def test_a_follower_reads_to_the_end_once(self, service, db):
        service.post_bulk_docs(db=db, bulk_docs={"docs": numbered(30)})
        changes = sdk.ChangesFollower(service=service, db=db).start_one_off()
        assert [change.id for change in changes] == [doc["_id"] for doc in numbered(30)]

    def test_a_follower_goes_on_with_what_is_written_meanwhile(self, service, db):
        service.post_bulk_docs(db=db, bulk_docs={"docs": numbered(3)})
        follower = sdk.ChangesFollower(service=service, db=db, since="0", limit=4)
        seen = []
        for change in follower.start():
            seen.append(change.id)
            if len(seen) == 3:
                service.put_document(db=db, doc_id="late", document={})
                # It asks for what comes next before it is done, and waits for it.
                end = {"db": db, "doc_id": "end", "document": {}}
                Timer(1, service.put_document, kwargs=end).start()
        assert seen == ["n000", "n001", "n002", "late"]

    def test_a_long_poll_chosen_by_a_selector_ends_in_time(self, service, db):
        service.post_bulk_docs(db=db, bulk_docs={"docs": numbered(5)})
        asked = {"filter": "_selector", "selector": {"n": 3}, "feed": "longpoll"}
        assert [row["id"] for row in service.post_changes(db=db, **asked).get_result()["results"]] == ["n003"]
        nothing = service.post_changes(db=db, **asked, since="now", timeout=200).get_result()
        assert nothing["results"] == []


class TestServer:
    def test_a_session_is_renewed_unseen_and_shows_who_one_is(self, service):
        assert service.get_session_information().get_result()["userCtx"]["name"] == ADMIN
        service.authenticator.token_manager.expire_time = 0
        assert service.get_session_information().get_result()["userCtx"]["name"] == ADMIN

    def test_checkpoints_and_databases(self, service, db):
        service.put_local_document(db=db, doc_id="mine", document={"n": 1})
        assert service.get_local_document(db=db, doc_id="mine").get_result()["n"] == 1
        assert service.get_database_information(db=db).get_result()["doc_count"] == 0
        assert status_of(service.put_database, db=db) == 412
        assert status_of(service.post_find, db=db, selector={}) == 501
