"""The pages of one type of record: its list, one record beside it, what is new, and steps on it.

A feature says what differs: where it is, who may, its actions, and what its list offers as filters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.layout.words import is_fragment
from server.console.listing import ListView
from server.console.permissions import Permission, requires
from server.console.steps import Outcome, StepForm, await_entry
from server.console.viewer import Viewer, the_viewer
from server.gateway.desk import EntryRef
from server.readmodel.rows import RecordRow


class Shown(Protocol):
    """A record as its viewer sees it."""

    @property
    def id(self) -> str: ...

    @property
    def mark(self) -> str: ...


class RecordActions(Protocol):
    """What a user can do with the records of a feature: the module `actions` of its folder."""

    def find_page(self, view: ListView, viewer: Viewer, /) -> tuple[Any, int]: ...

    def find_line(self, record_id: str, viewer: Viewer, /) -> Any | None: ...

    def count_news(self, view: ListView, viewer: Viewer, after: int, /) -> int: ...

    def find(self, record_id: str, viewer: Viewer, /) -> Any | None: ...

    def find_row(self, record_id: str, viewer: Viewer, /) -> RecordRow | None: ...

    def take(self, row: RecordRow, form: StepForm, viewer: Viewer, /) -> Outcome: ...


@dataclass(frozen=True, kw_only=True)
class RecordPages:
    """`name` is the feature's folder of templates and its endpoints; `path` stands in addresses."""

    name: str
    path: str
    see: Permission
    act: Permission
    actions: RecordActions
    read_view: Callable[[], ListView]
    list_parts: Callable[[], Mapping[str, object]]
    """What the list's filters offer."""
    on_reading: Callable[[Any, Viewer], None] = lambda _shown, _viewer: None
    """Called when one record is opened: for what has to be written down."""

    def blueprint(self) -> Blueprint:
        """Return the feature's routes."""
        made, one = feature(self.name), f"{self.path}/<record_id>"
        routes = (
            ("page", self.path, self.see, "GET", self._page),
            ("news", f"{self.path}/news", self.see, "GET", self._news),
            ("detail", one, self.see, "GET", self._detail),
            ("changes", f"{one}/seen/<mark>", self.see, "GET", self._changes),
            ("step", f"{one}/steps", self.act, "POST", self._step),
            ("processing", f"{one}/steps/<device>/<int:entry>/<hash_>", self.act, "GET", self._processing),
        )
        for endpoint, rule, permission, method, view in routes:
            made.add_url_rule(rule, endpoint, requires(permission)(view), methods=[method])
        return made

    def _page(self) -> ResponseReturnValue:
        return self.listed(shown=None, form=Form())

    def _news(self) -> ResponseReturnValue:
        """Say how many of this list came meanwhile; 204 while none did."""
        after, view = request.args.get("after", "0"), self.read_view()
        count = self.actions.count_news(view, the_viewer(), int(after) if after.isdecimal() else 0)
        return render_template(f"{self.name}/_news.html", view=view, count=count) if count else ("", 204)

    def _detail(self, record_id: str) -> ResponseReturnValue:
        return self._show(self._found(record_id), Form(), 200)

    def _changes(self, record_id: str, mark: str) -> ResponseReturnValue:
        """Say that the record has changed since it was shown; 204 while it has not."""
        shown = self.actions.find(record_id, the_viewer())
        if shown is None or shown.mark == mark:
            return "", 204
        return render_template("layout/_changed.html", shown=shown, view=self.read_view())

    def _step(self, record_id: str) -> ResponseReturnValue:
        """Take a step: 409 when the record changed meanwhile, 422 with the reason beside the field."""
        row = self.actions.find_row(record_id, the_viewer())
        if row is None:
            raise Gone
        form = StepForm.parse(request.form)
        return self._after(record_id, form, self.actions.take(row, form, the_viewer()))

    def _processing(self, record_id: str, device: str, entry: int, hash_: str) -> ResponseReturnValue:
        """Show the record with the step in it, or go on waiting."""
        ref = EntryRef(device, entry, hash_, record_id)
        return self._after(record_id, StepForm(), await_entry(ref, timeout_s=0.5))

    def _after(self, record_id: str, form: StepForm, outcome: Outcome) -> ResponseReturnValue:
        if outcome.is_done and not is_fragment():
            arguments: dict[str, Any] = dict(self.read_view().arguments())
            return redirect(url_for(f"{self.name}.detail", record_id=record_id, **arguments), 303)
        return self._show(self._found(record_id), form, outcome.status, outcome)

    def _found(self, record_id: str) -> Shown:
        shown: Shown | None = self.actions.find(record_id, the_viewer())
        if shown is None:
            raise Gone
        return shown

    def _show(
        self, shown: Shown, form: Form, status: int, outcome: Outcome | None = None
    ) -> ResponseReturnValue:
        self.on_reading(shown, the_viewer())  # whatever the request was for: it is shown
        if not is_fragment():
            return self.listed(shown=shown, form=form, outcome=outcome), status
        row = self.actions.find_line(shown.id, the_viewer()) if outcome and outcome.is_done else None
        parts = {"shown": shown, "form": form, "outcome": outcome, "view": self.read_view(), "row": row}
        return render_template(f"{self.name}/_record.html", **parts), status

    def listed(self, **more: object) -> str:
        """Return the whole page: the list, and beside it the record that is `shown`."""
        view = self.read_view()
        page, newest = self.actions.find_page(view, the_viewer())
        parts = {"view": view, "page": page, "newest": newest, **self.list_parts(), **more}
        return render_template(f"{self.name}/page.html", **parts)
