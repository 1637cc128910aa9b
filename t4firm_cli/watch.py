"""`t4firm watch`: stays connected to T4 as the reader, and says within seconds what changes behind the firm
file's back. The fill user is read again at an interval, and never held."""

import signal
import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from providers.t4.api.socket.errors import SocketFailed
from providers.t4.api.socket.reading import LoginShown
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.reports.account_watch import Watch
from providers.t4.reports.drift_scan import introduce
from providers.t4.reports.socket_findings import said_accounts
from providers.t4.session import session as sessions
from providers.t4.session.socket_reads import SocketReads
from providers.t4.steps.log import LOG
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.drift import in_state
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.json_form import versioned
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain, say, say_json_line

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 300.0
"""Seconds before the next attempt to connect: doubled after each that failed."""
STEADY: Final = 60.0
"""Seconds after which a connection was a good one, and the pauses begin anew."""


def run(project: Project, stack: str, *, as_json: bool, fill_every: float) -> int:
    """Print changes until it is asked to end (Ctrl-C, SIGTERM): 0; 1 where T4 refuses the login."""
    firm, pulumi = load(project, stack), Pulumi(project, stack)
    resources = in_state(pulumi.exported(show_secrets=True)) if pulumi.exists() else []
    settings = pulumi.configuration() if resources else {}
    LOG.disabled = True  # every failure is told below
    session = sessions.Session(settings.get, stack, environ=pulumi.environ, folder=project.folder)
    sessions.use(session)
    socket = session.socket
    if socket is None or socket.settings.reader is None:
        raise ProjectError(
            "`t4firm watch` needs t4:socket and t4:reader: docs/reading-t4.md says what to ask T4 for"
        )
    introduce(resources)
    stopping = _stop_on_signals()
    reading = FillReading(socket, fill_every, stopping, as_json=as_json)
    reading.start()
    code = follow(socket, firm, stopping, as_json=as_json)
    stopping.set()
    reading.join()
    return code


def follow(socket: SocketReads, firm: FirmStack, stopping: threading.Event, *, as_json: bool) -> int:
    """Tell each change of the firm's accounts until `stopping` is set; a broken connection is made again."""
    watch, pause = Watch(said_accounts(firm), socket.is_ignored, socket.firm_id), FIRST_PAUSE

    def connected() -> None:
        complain(f"Connected as {socket.logins.reader}: watching {counted(watch.count, 'account')}.")

    while not stopping.is_set():
        began = time.monotonic()
        try:
            with socket.logins.as_reader() as conversation:
                for change in watch.follow(conversation, stopping.is_set, connected):
                    if watch.is_told(change):
                        _tell(as_json=as_json, **asdict(change))
        except SocketFailed as failure:
            if failure.is_final or failure.is_elsewhere:
                complain(str(failure), "bad")
                return 1
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            complain(f"{failure} Connecting again in {pause:g} seconds.", "warning")
            stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
    return 0


class FillReading(threading.Thread):
    """Reads the fill user at an interval. Where T4 refuses it, there is no further attempt: T4 locks users
    out."""

    def __init__(
        self, socket: SocketReads, every: float, stopping: threading.Event, *, as_json: bool
    ) -> None:
        super().__init__(daemon=True)
        self._socket, self._every, self._stopping, self._as_json = socket, every, stopping, as_json
        self._last: LoginShown | None = None

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                shown = self._socket.fill_anew()
            except SocketFailed as failure:
                if failure.is_final:
                    complain(f"{failure} This watch does not read it again: T4 locks users out.", "bad")
                    return
                complain(str(failure), "warning")
            else:
                if shown is None:
                    return
                self._compare(shown)
                self._last = shown
            self._stopping.wait(self._every)

    def _compare(self, shown: LoginShown) -> None:
        before, user = self._last, self._socket.fill_user
        more = sorted(set(shown.roles) - set(user.roles if user else ()))
        if more and (before is None or before.roles != shown.roles):
            self._tell("violation", f"VIOLATION: {shown.who} has {', '.join(more)}, but must not")
        elif before and before.roles != shown.roles:
            self._tell("roles", f"the roles of {shown.who} are now: {', '.join(shown.roles) or 'none'}")
        if before and {*before.accounts} != {*shown.accounts}:
            self._tell(
                "accounts",
                f"{shown.who} sees {counted(len(shown.accounts), 'account')}, and saw others before",
            )

    def _tell(self, what: str, words: str) -> None:
        _tell(words, as_json=self._as_json, account="", what=what, known=True)


def _tell(words: str, *, as_json: bool, **more: object) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if as_json:
        say_json_line(versioned({"at": at, **more, "words": words}))
    else:
        say(f"{at} {words}")


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopping
