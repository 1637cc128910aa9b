"""What was read of T4 in this process, each thing once, until a call changes something; and which reads have
worked at all."""

from collections.abc import Callable, Hashable, Iterator
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


class Tally:
    """Which operations that read one user or account were answered, and which found nothing. For many
    threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shown: dict[str, str] = {}
        self._not_found: dict[str, list[str]] = {}

    def note(self, operation: str, evidence: str, *, shown: bool) -> None:
        """Count one read: T4 showed what was asked for, or answered 404."""
        with self._lock:
            if shown:
                self._shown.setdefault(operation, evidence)
            else:
                self._not_found.setdefault(operation, []).append(evidence)

    def shown(self, operation: str) -> str:
        """The evidence of a read that T4 answered; "" where there was none."""
        with self._lock:
            return self._shown.get(operation, "")

    def always_failing(self) -> Iterator[tuple[str, str, int]]:
        """Operations that T4 answered with 404 every time: name, the first evidence, how often."""
        with self._lock:
            failing = [(name, each) for name, each in self._not_found.items() if name not in self._shown]
        yield from ((name, min(evidence), len(evidence)) for name, evidence in sorted(failing))
