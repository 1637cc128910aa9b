"""Which firm T4 works for: its `firmID`, as the first answer named it. A key of another firm makes users in
the wrong firm, for ever, so the first answer that names another one is the last creating call of a run.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from providers.t4.api.onboarding_schema import same_id
from providers.t4.session.journal import Journal
from providers.t4.session.rehearsal import RehearsedJournal

KEY = "firm"
"""The journal's key: what the first answer said, until the engine's state knows it."""


class AnotherFirm(Exception):
    """T4 answered as another firm: no further call is made."""


AnotherFirm.__module__ = "builtins"


class FirmIdentity:
    """The firm of one stack in one process; for many threads."""

    def __init__(self, journal: Callable[[], Journal | RehearsedJournal]) -> None:
        self._journal = journal
        self._lock = Lock()
        self._alone, self._answered = Lock(), Event()
        self._other = ""
        self._recorded = ""

    def introduce(self, recorded: str) -> None:
        """The stack's firm, as a resource is `recorded` or declared with it; "" where that does not say. To
        be called before T4 is read: what is of another firm can only be told by somebody who knows."""
        self._recorded = self._recorded or recorded

    @property
    def known(self) -> str:
        """The stack's firm, as the state or else the journal has it; "" where no answer has named it yet."""
        if self._recorded:
            return self._recorded
        entry = self._journal().find(KEY)
        return str(entry.answer.get("firmID", "") if entry else "")

    def see(self, shown: str | None, of: str, evidence: str, at: str) -> str:
        """Take notice of the firm that T4 shows for a user (`of`); returns the stack's firm. Where it is
        another one, `refuse` raises from now on."""
        with self._lock:
            firm = self.known
            if shown and not firm:
                self._journal().answered(KEY, at, {"firmID": shown}, {})
                firm = shown
            if shown and not same_id(shown, firm):
                self._other = self._other or (
                    f"T4 says that {of} is of firm {shown} ({evidence}), and this stack's firm is {firm}. No "
                    "further call was made. Check t4:endpoint, and t4:apiKey or t4:login: they may be "
                    "another firm's"
                )
            return firm

    def refuse(self) -> None:
        """Raise AnotherFirm where T4 has answered as another firm in this run: before a call that changes
        something."""
        if self._other:
            raise AnotherFirm(self._other)

    @contextmanager
    def first_alone(self) -> Iterator[None]:
        """Around a creating call: the first one of a run goes alone, where the stack's firm is known, so that
        a wrong key makes one user and not as many as there are threads."""
        if self._answered.is_set() or not self.known:
            self.refuse()
            yield
            return
        with self._alone:
            self.refuse()
            try:
                yield
            finally:
                self._answered.set()
