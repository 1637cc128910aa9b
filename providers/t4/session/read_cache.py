"""What was read of T4 in this process, each thing once, until a call changes something; and which reads have
worked at all."""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Kept:
    """Answers by what was asked. For many threads: who asks while somebody reads the same waits. The answer
    is theirs too where the read began after the last change that they may know of; else one of them reads
    again, for all who wait. A failure is everybody's."""

    def __init__(self, changes: Callable[[], int]) -> None:
        """`changes`: counts the changing calls of this process (`T4Client.changes`)."""
        self._changes = changes
        self._lock = Lock()
        self._last: dict[Hashable, _Last] = {}
        self._enough: ContextVar[int | None] = ContextVar("enough", default=None)

    @contextmanager
    def as_of(self, changes: int) -> Iterator[None]:
        """What is asked for here is about a call of this thread: a read that began at this count of changes
        serves it, whatever other calls have changed since."""
        token = self._enough.set(changes)
        try:
            yield
        finally:
            self._enough.reset(token)

    def ask(self, key: Hashable, read: Callable[[], T]) -> T:
        """The answer kept under `key`; the first to ask after a change reads it."""
        enough = self._enough.get()
        asked = self._changes() if enough is None else enough
        with self._lock:
            last = self._last.setdefault(key, _Last())
        with last.alone:
            if last.began < asked:
                last.began, last.answer = self._changes(), Future()
                try:
                    last.answer.set_result(read())
                except BaseException as error:
                    last.answer.set_exception(error)
            return cast(T, last.answer.result())


class _Last:
    """What was read last under a key. `began`: the count of changes at which that read began."""

    def __init__(self) -> None:
        self.alone = Lock()
        self.began = -1
        self.answer: Future[Any] = Future()


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
