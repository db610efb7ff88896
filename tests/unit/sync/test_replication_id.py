"""The name of a replication: the same over restarts, another for another question."""

from __future__ import annotations

from sync.replication.replication_id import Place, replication_id

SOURCE = Place("a" * 32, "leads")
TARGET = Place("b" * 32, "leads")


class TestReplicationId:
    """Replication Protocol, "Generate Replication ID"."""

    def test_it_is_the_same_in_every_release(self):
        assert replication_id(SOURCE, TARGET) == "00c308e38ad38aae50c5bbb9e8989f0b"

    def test_direction_server_and_name_each_make_another(self):
        others = [
            replication_id(TARGET, SOURCE),
            replication_id(Place("c" * 32, "leads"), TARGET),
            replication_id(SOURCE, Place("b" * 32, "cases")),
        ]
        assert len({replication_id(SOURCE, TARGET), *others}) == 4

    def test_what_chooses_documents_makes_another_and_its_order_does_not(self):
        chosen = replication_id(SOURCE, TARGET, doc_ids=["b", "a", "a"])
        assert chosen == replication_id(SOURCE, TARGET, doc_ids=["a", "b"])
        by_type = replication_id(SOURCE, TARGET, selector={"type": "lead", "n": 1})
        assert by_type == replication_id(SOURCE, TARGET, selector={"n": 1, "type": "lead"})
        none_chosen = replication_id(SOURCE, TARGET, doc_ids=[])
        assert len({chosen, by_type, none_chosen, replication_id(SOURCE, TARGET)}) == 4
