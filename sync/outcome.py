"""How a caller waits for what another thread does for it: a native thread here; greenlets bring their own."""

from __future__ import annotations

import threading
from typing import Any, Protocol


class Outcome(Protocol):
    """What a caller waits on, and the writer's thread sets once; an application on greenlets has its own."""

    def set_result(self, result: Any, /) -> None: ...

    def set_exception(self, error: BaseException, /) -> None: ...

    def result(self) -> Any: ...


class ThreadOutcome:
    """For callers that are native threads; one of the standard library's futures takes ten times as long."""

    __slots__ = ("_error", "_is_set", "_result")

    def __init__(self) -> None:
        self._is_set = threading.Lock()
        self._is_set.acquire()
        self._result: Any = None
        self._error: BaseException | None = None

    def set_result(self, result: Any) -> None:
        self._result = result
        self._is_set.release()

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._is_set.release()

    def result(self) -> Any:
        self._is_set.acquire()
        if self._error is not None:
            raise self._error
        return self._result
