"""What was read of T4 in this process, each thing once, until a call changes something."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Kept:
    """Answers by what was asked. For many threads: who asks while the answer is on its way waits for it, and
    a failure is everybody's."""

    def __init__(self, changes: Callable[[], int]) -> None:
        """`changes`: counts the changing calls of this process (`T4Client.changes`). What was read at another
        count is read again."""
        self._changes = changes
        self._lock = Lock()
        self._at = 0
        self._answers: dict[Hashable, Future[Any]] = {}

    def ask(self, key: Hashable, read: Callable[[], T]) -> T:
        """The answer kept under `key`; the first to ask reads it."""
        with self._lock:
            if self._at != (now := self._changes()):
                self._at = now
                self._answers.clear()
            answer = self._answers.get(key)
            if is_first := answer is None:
                answer = self._answers[key] = Future()
        if is_first:
            try:
                answer.set_result(read())
            except BaseException as error:
                answer.set_exception(error)
        return cast(T, answer.result())
