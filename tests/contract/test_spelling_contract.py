"""A replica is the same to the byte (PROTOCOL section 2, 23): how a body is spelt is kept with it."""

from __future__ import annotations

import json

from sync.peer import ReadOptions
from sync.spelling import SpeltDocument, spelling_of

BODY = rb'{"z":1.0, "a":[1e2,1E+2,0.1000,-0,-0.0] ,"long":123456789012345678901234567890,"e":"\u00e9\/"}'


def replicated(text, **changed):
    members = {"_id": "a", "_rev": "1-" + "a" * 32, **json.loads(text), **changed}
    return SpeltDocument(members, text)


class TestSpelling:
    def test_a_replica_keeps_how_a_body_is_spelt(self, peer):
        assert peer.bulk_docs([replicated(BODY)], new_edits=False)[0].is_ok
        [row] = peer.bulk_get([("a", None)], options=ReadOptions(revs=True))
        assert row.docs[0]["_revisions"] == {"start": 1, "ids": ["a" * 32]}
        assert spelling_of(row.docs[0]) == BODY

    def test_a_spelling_that_says_something_else_is_left_aside(self, peer):
        offered = replicated(b'{"v":1.0,"w":[1.50]}', v=2)
        assert peer.bulk_docs([offered], new_edits=False)[0].is_ok
        assert (peer.get("a")["v"], peer.get("a")["w"]) == (2, [1.5])
