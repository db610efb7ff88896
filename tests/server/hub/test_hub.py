"""Calls that leave the hub: their errors come back to who asked, and to nobody else."""

from __future__ import annotations

import contextvars
import threading

import gevent
import pytest

from server.hub import HubOutcomes, HubWaiter, run_in_hub_pool
from sync.errors import Conflict, DocumentNotFound
from sync.outcome import ThreadOutcome

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


def failing(error: BaseException):
    def call() -> None:
        raise error

    return call


class TestRunInHubPool:
    """ARCHITECTURE, "gevent without patched threads"."""

    @pytest.mark.parametrize(
        "error", [Conflict(), DocumentNotFound("missing"), KeyError("x"), SystemExit(3)], ids=repr
    )
    def test_an_error_rises_where_it_was_asked_for_and_is_printed_nowhere(self, error, capfd):
        with pytest.raises(type(error)) as risen:
            run_in_hub_pool(failing(error))

        assert risen.value is error
        assert capfd.readouterr() == ("", "")

    def test_the_trace_leads_to_the_line_that_failed(self):
        with pytest.raises(Conflict) as risen:
            run_in_hub_pool(failing(Conflict()))
        assert risen.traceback[-1].name == "call"

    def test_a_result_comes_back_from_another_thread_none_too(self):
        assert run_in_hub_pool(threading.get_ident) != threading.get_ident()
        assert run_in_hub_pool(lambda: None) is None

    def test_the_callers_context_goes_along(self):
        WHO.set("王检察官")
        assert run_in_hub_pool(WHO.get) == "王检察官"


class TestHubWaiter:
    def test_a_commit_in_a_native_thread_wakes_a_waiting_greenlet(self):
        waiter, found = HubWaiter(), []
        threading.Timer(0.1, lambda: (found.append("row"), waiter.notify("feed"))).start()

        assert waiter.wait_until(lambda: found[0] if found else None, names={"feed"}, timeout_s=10) == "row"

    def test_another_name_wakes_nobody(self):
        waiter, looks = HubWaiter(), []
        threading.Timer(0.05, lambda: waiter.notify("other")).start()

        assert waiter.wait_until(lambda: looks.append(1), names={"feed"}, timeout_s=0.3) is None
        assert len(looks) == 2  # at the beginning, and when time was up


class TestHubOutcomes:
    """A write is waited for without a thread: the other greenlets go on meanwhile."""

    def test_a_greenlet_waits_while_others_go_on_until_a_thread_says_what_came_of_it(self):
        outcome, seen = HubOutcomes()(), []
        waiting = gevent.spawn(lambda: seen.append(outcome.result()))
        gevent.spawn(lambda: seen.append("meanwhile")).join()
        threading.Thread(target=outcome.set_result, args=("stored",)).start()
        waiting.join(timeout=10)
        assert seen == ["meanwhile", "stored"]

    def test_what_was_set_before_anybody_waits_is_there_and_an_error_is_raised(self):
        outcome = HubOutcomes()()
        thread = threading.Thread(target=outcome.set_exception, args=(Conflict(),))
        thread.start()
        thread.join()
        with pytest.raises(Conflict):
            outcome.result()

    def test_a_native_thread_waits_as_a_thread_does(self):
        outcomes = HubOutcomes()
        assert isinstance(run_in_hub_pool(outcomes), ThreadOutcome)
