"""The one connection that a provider process keeps to T4, made at the first call that needs it.

Every provider class is configured apart, with the same configuration, in one process (engine.md); they
share this session.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from providers.t4.configuration.password_seed import bound
from providers.t4.configuration.settings import FileSettings, Settings, file_settings, settings_from
from providers.t4.configuration.socket_settings import SocketSettings
from providers.t4.configuration.stack_files import load_files
from providers.t4.session import rehearsal
from providers.t4.session.engine_run import EngineRun
from providers.t4.session.firm_identity import FirmIdentity
from providers.t4.session.journal import Journal
from providers.t4.session.marks import mark, mark_of_password
from providers.t4.session.password import password_for
from providers.t4.session.read_cache import Kept, Tally
from providers.t4.session.refused_login import RefusedLogins
from providers.t4.session.rehearsal import RehearsedClient, RehearsedJournal
from providers.t4.session.review import review_of
from providers.t4.session.socket_logins import SocketLogins
from providers.t4.session.socket_reads import SocketReads, filed
from providers.t4.session.under_way import UnderWay
from t4firm.loading.firm_file import firm_name
from t4firm.model.names import folded
from t4firm.operations import Operations, load_operations
from t4firm.yaml_files.document import FileError

if TYPE_CHECKING:
    from providers.t4.api import T4Client

T = TypeVar("T")


class Session:
    """Settings, operations and client of one process; each is loaded when it is first asked for. `kept`: what
    was read of T4, until a call changes something; `tally`: which reads have worked; `engine_run`: what the
    engine has asked for; `review`: what was reviewed, or is to be; `firm`: the firm that T4 works for."""

    def __init__(
        self,
        get: Callable[[str], object],
        stack: str,
        environ: Mapping[str, str] = os.environ,
        folder: Path | None = None,
    ) -> None:
        """`folder`: the project's, to which names of files are relative; the current one if left out."""
        self._get = get
        self.stack = stack
        self._environ = environ
        self.folder = folder or Path.cwd()
        self._lock = Lock()
        self._once: dict[str, Any] = {}
        self._asking: defaultdict[str, RLock] = defaultdict(RLock)
        self._settings: Settings | None = None
        self._operations: Operations | None = None
        self._client: T4Client | None = None
        self.kept = Kept(self._changes)
        self.tally = Tally()
        self.under_way = UnderWay()
        self.engine_run = EngineRun()
        self.review = review_of(environ)
        self.firm = FirmIdentity(lambda: self.journal)

    def named(self, stack: str) -> Session:
        """The same configuration for a stack of this name."""
        return Session(self._get, stack, self._environ, self.folder)

    @property
    def settings(self) -> Settings:
        """Raises SettingsError with everything that is wrong with the configuration."""
        if self._settings is None:
            self._settings = settings_from(self._get, self._environ)
        return self._settings

    @property
    def files(self) -> FileSettings:
        """Which files are the stack's."""
        return file_settings(self._get, self._environ, self.stack)

    @property
    def operations(self) -> Operations:
        """What the API can do beyond onboarding. Raises FileError."""
        if self._operations is None:
            self._operations = load_operations(self.settings.operations, self.folder)
        return self._operations

    @property
    def client(self) -> T4Client | RehearsedClient:
        """The client, with its connections kept between calls."""
        from providers.t4.api import T4Client  # loads the HTTP library, which the program never needs

        with self._lock:
            if self._client is None:
                self._client = T4Client(self.settings, self.operations, door=self.review.door)
            now = rehearsal.current()
            return rehearsal.RehearsedClient(self._client, now.calls) if now else self._client

    @property
    def socket(self) -> SocketReads | None:
        """What T4's WebSocket shows; None where `t4:socket` is not set."""
        settings = self.settings.socket
        return self.once("socket", lambda: self._socket(settings)) if settings else None

    def _socket(self, settings: SocketSettings) -> SocketReads:
        try:
            stack = load_files(self.files, self.folder)
        except FileError:
            user, people = None, frozenset[str]()
        else:
            user = filed(stack.firm)
            people = frozenset(folded(person.username) for person in stack.firm.people)
        refused = RefusedLogins(Journal(self.files.journal, self.settings.endpoint), self.mark)
        logins = SocketLogins(settings, self.password, refused, people)
        return SocketReads(logins, user, self._changes, lambda: self.firm.known)

    def _changes(self) -> int:
        return self.client.changes

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """What `ask` answers, asked for once in this process. It may ask for something else in the same way;
        whoever asks for something else meanwhile does not wait."""
        with self._lock:
            asking = self._asking[name]
        with asking:
            if name not in self._once:
                self._once[name] = ask()
            return cast(T, self._once[name])

    @property
    def journal(self) -> Journal | RehearsedJournal:
        """What this stack asked this T4 to change, and what came back."""
        journal, now = Journal(self.files.journal, self.settings.endpoint), rehearsal.current()
        return rehearsal.RehearsedJournal(journal, now) if now else journal

    def password(self, username: str, version: int) -> str:
        """The password of a user, derived from the stack's secret seed: nothing keeps it."""
        return password_for(bound(self.settings.password_seed, self.identity), username, version)

    @property
    def identity(self) -> str:
        """What the passwords are bound to: `<stack>/<firm>`. Raises FileError."""
        firm_file = self.folder / self.files.firm_file
        return self.once("identity", lambda: self.files.identity_of(firm_name(firm_file)))

    def mark(self, value: object) -> str:
        """What tells a value from others and not what it is: it may be a personal detail."""
        return mark(self.settings.password_seed, value)

    def mark_of_password(self, username: str, version: int) -> str:
        """What tells the derived password of a user from others."""
        return mark_of_password(self.settings.password_seed, self.password(username, version))


_session: Session | None = None
_naming = Lock()


def configure(get: Callable[[str], object], stack: str) -> None:
    """Called once for each provider class of the process; the first one makes the session.

    The engine shows a provider's error with its traceback. What the user should read is the sentence alone
    (engine.md).
    """
    sys.tracebacklimit = 0
    if _session is None:
        use(Session(get, stack))


def use(made: Session) -> None:
    """Make this the session of the process."""
    global _session
    _session = made


def work_for(stack: str) -> None:
    """The engine works for this stack: where a state has an older name of it, the session begins anew. "":
    the engine does not say."""
    with _naming:
        if _session and stack and stack != _session.stack:
            use(_session.named(stack))


def session() -> Session:
    """The session of this process."""
    if _session is None:
        raise RuntimeError("the provider was used before the engine configured it")
    return _session


def declare(resource: str) -> None:
    """The program has this resource."""
    session().engine_run.declare(resource)


def introduce_firm(recorded: str) -> None:
    """The stack's firm, as a resource is declared or recorded with it."""
    if _session:
        _session.firm.introduce(recorded)


def is_reviewing() -> bool:
    """Whether a review asks for the calls that a run would make."""
    return _session is not None and _session.review.planned is not None


def now() -> str:
    """The time of a record: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
