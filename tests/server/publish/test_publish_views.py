"""Views stand in the feeds of their audiences, and nowhere else (DESIGN 4, "Views"; 3, "Epoch")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from server.ingest import Ingest
from server.publish import Publish
from server.readmodel import Projection, RecordRow
from sync.peer import Peer
from tests.support.entries import OTHER_TOWNSHIP, TOWNSHIP, CentreInTest, revisions


def all_feeds(centre: CentreInTest) -> list[str]:
    kinds = ("catalog", "member-", "station-", "township-", "unit-")
    return [name for name in centre.services.couch.names() if name.startswith(kinds)]


def written(centre: CentreInTest) -> dict[str, tuple[object, object]]:
    feeds = [centre.services.couch.open(name) for name in all_feeds(centre)]
    return {feed.name: (revisions(feed), feed.get_local("publish")) for feed in feeds}


def _only_for(kind: type[Peer], database: str, instead: Callable[..., str]) -> Callable[..., str]:
    """Replace `put_local` of this kind of peer for one database."""
    original = kind.put_local

    def put_local(peer: Peer, local_id: str, body: Any) -> str:
        return instead(peer, local_id, body) if peer.name == database else original(peer, local_id, body)

    return put_local


class TestAudience:
    def test_a_lead_stands_with_its_author_and_its_township_alone(self, centre: CentreInTest) -> None:
        one, other = centre.phone(), centre.phone()
        mine, theirs = one.lead(), other.lead(township=OTHER_TOWNSHIP)
        centre.send(mine, theirs)
        centre.work()

        assert list(centre.member_feed(one.member)) == [mine["entry"]["id"]]
        assert list(centre.member_feed(other.member)) == [theirs["entry"]["id"]]
        assert list(centre.feed(f"township-{TOWNSHIP}")) == [mine["entry"]["id"]]
        assert list(centre.feed(f"township-{OTHER_TOWNSHIP}")) == [theirs["entry"]["id"]]
        assert len(all_feeds(centre)) == 4

    def test_no_view_holds_author_device_signature_or_role(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        lead, check = phone.lead(), phone.check_event(order, station)
        centre.send(lead, check)
        centre.work()
        own = [name for name in all_feeds(centre) if not name.startswith("member-")]
        texts = [
            orjson.dumps([row.doc for row in centre.services.couch.open(name).all_docs(include_docs=True)])
            for name in own
        ]

        assert len(texts) == 3
        for text in texts:
            for secret in (phone.member, phone.device, lead["entry"]["sig"], check["entry"]["sig"]):
                assert secret.encode() not in text

    def test_the_order_stands_with_its_participant_and_the_station_in_the_catalog(
        self, centre: CentreInTest
    ) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        centre.work()

        assert list(centre.member_feed(phone.member)) == [order]
        assert list(centre.feed("catalog")) == [station]

    def test_refused_and_held_entries_are_in_no_feed(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead(title=""), phone.lead(domain_version=1) | {"parts": {"x": 1}})
        centre.work()

        assert all_feeds(centre) == []

    def test_the_answer_reaches_the_author_in_words(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()["entry"]["id"]
        centre.send(*phone.log.documents)
        centre.work()
        centre.step(lead, "register", to="registered")
        centre.work()
        centre.step(lead, "answer", to="answered", fields={"answer": "已清除，谢谢。"})
        centre.work()

        view = centre.member_feed(phone.member)[lead]

        assert (view["state"], view["answer"]["text"]) == ("answered", "已清除，谢谢。")
        assert [row["action"] for row in view["history"]] == ["register", "answer"]
        assert "answer" not in centre.feed(f"township-{TOWNSHIP}")[lead]


class TestIdempotence:
    """Nothing is written, and so nothing downloaded again, where nothing differs."""

    def test_publishing_all_again_writes_nothing(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.station_and_order(phone.member)
        centre.send(phone.lead(), phone.lead())
        centre.work()
        before = written(centre)

        centre.services.readmodel.rebuild("")
        centre.work()

        assert written(centre) == before

    def test_the_version_grows_when_a_view_changes_and_only_in_its_feeds(self, centre: CentreInTest) -> None:
        one, other = centre.phone(), centre.phone()
        lead = one.lead()["entry"]["id"]
        centre.send(*one.log.documents, other.lead(township=None))
        centre.work()
        before = written(centre)

        centre.step(lead, "register", to="registered")
        centre.work()

        after = written(centre)
        alias = centre.services.directory.alias("feed", one.member)
        changed = {name.rpartition("-")[0] for name in after if after[name] != before[name]}
        assert changed == {f"member-{alias}", f"township-{TOWNSHIP}"}
        local = centre.services.couch.open(f"member-{alias}-{centre.services.epoch}").get_local("publish")
        assert local is not None
        assert local["version"] == 2

    def test_a_crash_between_views_and_version_leaves_no_view_untold(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        feed = f"member-{centre.services.directory.alias('feed', phone.member)}-{centre.services.epoch}"

        kind = type(centre.services.couch.ensure("logs"))

        def killed(_peer: Any, local_id: str, _body: Any) -> str:
            raise KeyboardInterrupt(local_id)

        for expected in (1, 2):
            with monkeypatch.context() as crash:
                crash.setattr(kind, "put_local", _only_for(kind, feed, killed))
                with pytest.raises(KeyboardInterrupt):
                    centre.work()
            assert len(centre.member_feed(phone.member)) == expected
            centre.work()
            local = centre.services.couch.open(feed).get_local("publish")
            assert local is not None
            assert local["version"] == expected
            centre.send(phone.lead())

    def test_a_record_without_a_view_to_be_made_stops_no_other_and_keeps_what_stands(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        bad = phone.lead()["entry"]["id"]
        centre.send(*phone.log.documents)
        centre.work()
        views = Publish._views

        def failing(publish: Publish, row: RecordRow | None, facts_of: Any) -> Any:
            if row is not None and row.id == bad:
                raise KeyError("a member that nobody thought of")
            return views(publish, row, facts_of)

        monkeypatch.setattr(Publish, "_views", failing)
        good = phone.lead()
        centre.send(good)
        centre.step(bad, "register", to="registered")
        centre.work()
        model = centre.services.readmodel
        assert centre.member_feed(phone.member)[bad]["state"] == "received"
        assert good["entry"]["id"] in centre.member_feed(phone.member)
        assert [(each.place, each.subject) for each in model.defects()] == [("publish", bad)]

        monkeypatch.undo()
        centre.step(bad, "answer", to="answered", fields={"answer": "已清除。"})
        centre.work()
        assert centre.member_feed(phone.member)[bad]["state"] == "answered"
        assert model.defects() == []


class TestWithdrawal:
    def test_a_view_whose_record_counts_no_more_becomes_an_empty_tombstone(
        self, centre: CentreInTest
    ) -> None:
        phone = centre.phone()
        lead = phone.lead()
        lead["entry"]["sig"] = "A" * 86
        centre.send(lead)
        centre.work()
        centre.admit(lead)
        centre.work()
        centre.admit(lead, "kept_out")
        centre.work()

        alias = centre.services.directory.alias("feed", phone.member)
        feed = centre.services.couch.open(f"member-{alias}-{centre.services.epoch}")
        [row] = feed.changes(include_docs=True).rows
        assert (row.id, row.is_deleted) == (lead["entry"]["id"], True)
        assert row.doc is not None
        assert row.doc.keys() == {"_id", "_rev", "_deleted"}

    def test_it_comes_back_when_it_counts_again(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        lead["entry"]["sig"] = "A" * 86
        centre.send(lead)
        centre.work()
        for verdict in ("admitted", "kept_out", "admitted"):
            centre.admit(lead, verdict)
            centre.work()

        assert list(centre.member_feed(phone.member)) == [lead["entry"]["id"]]

    def test_what_was_forgotten_with_the_model_is_found_in_the_feeds(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        lead["entry"]["sig"] = "A" * 86
        centre.send(lead)
        centre.work()
        centre.admit(lead)
        centre.work()
        centre.services.readmodel.rebuild("")
        centre.work()
        centre.admit(lead, "kept_out")
        centre.work()

        assert centre.member_feed(phone.member) == {}


class TestEpoch:
    def test_another_epoch_publishes_afresh_and_deletes_the_old_feeds(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()["entry"]["id"]
        centre.send(*phone.log.documents)
        centre.work()
        old = all_feeds(centre)

        centre.services.couch.change_epoch()
        centre.work()

        assert list(centre.member_feed(phone.member)) == [lead]
        assert not set(old) & set(all_feeds(centre))
        assert len(all_feeds(centre)) == 2

    def test_nothing_is_published_from_half_a_model(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        centre.work()
        centre.services.readmodel.rebuild("")

        assert Publish(centre.services).run_once() is False
        assert len(centre.member_feed(phone.member)) == 1
        Projection(centre.services).run_once()
        assert Publish(centre.services).run_once() is True


class TestPriority:
    """Acks go before views while many entries wait, but not for ever."""

    def test_it_yields_to_a_busy_ingest_for_five_seconds(self, centre: CentreInTest) -> None:
        phone, now_s = centre.phone(), [100.0]
        lead = phone.lead()["entry"]["id"]
        centre.send(*phone.log.documents)
        for step in (Ingest(centre.services), Projection(centre.services)):
            while step.run_once():
                pass
        centre.send(*(phone.lead() for _ in range(502)))
        publish = Publish(centre.services, monotonic=lambda: now_s[0])

        assert publish.run_once() is False
        assert centre.member_feed(phone.member) == {}
        now_s[0] = 105.0
        assert publish.run_once() is True
        assert list(centre.member_feed(phone.member)) == [lead]

    def test_a_few_waiting_entries_delay_nothing(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        for step in (Ingest(centre.services), Projection(centre.services)):
            while step.run_once():
                pass
        centre.send(*(phone.lead() for _ in range(100)))

        assert Publish(centre.services, monotonic=lambda: 100.0).run_once() is True
