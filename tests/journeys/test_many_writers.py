"""Two tabs and the worker append at once (DESIGN 2, "Append")."""

from __future__ import annotations

from tests.journeys.forging import forge_source

APPENDS = """async ([count, fields]) => {
  for (let n = 0; n < count; n += 1) await forge.appendLead({ ...fields, title: `${fields.title} ${n}` });
}"""
FIELDS = {"domain": "ECO", "description": "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝。"}


class TestManyWriters:
    def test_200_entries_appended_at_once_make_one_chain_without_a_gap(self, world, enrolled):
        phone = enrolled()
        second = phone.profile.context.new_page()
        second.goto(world.origin + "/app/mine")
        writers = [phone.page, second, *phone.profile.context.service_workers]
        share = 200 // len(writers)
        counts = [share + (200 - share * len(writers) if n == 0 else 0) for n in range(len(writers))]
        for writer in writers:
            writer.evaluate(forge_source())

        for number, (writer, count) in enumerate(zip(writers, counts, strict=True)):
            # Begun and not awaited here, so that all of them write at the same time.
            writer.evaluate(
                "([count, fields]) => { globalThis.appending = (" + APPENDS + ")([count, fields]); }",
                [count, FIELDS | {"title": f"写入者{number}"}],
            )
        for writer in writers:
            writer.evaluate("() => globalThis.appending")

        chain = phone.page.evaluate("() => forge.chain()")
        assert [row["entry"] for row in chain] == list(range(1, 201))
        assert [row["prev"] for row in chain] == [None, *(row["hash"] for row in chain[:-1])]
