"""Where T4's WebSocket is, and who reads: off until `t4:socket` is set (docs/reading-t4.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from providers.t4.configuration.setting_values import LIVE, SIMULATION, Reading, is_loopback
from t4firm.model.users import WHENTECH_FILLS

_KEY: Final = ("apiKey",)
_LOGIN: Final = ("firm", "userName", "password", "appName", "appLicense")
_FILL: Final = ("firm", "appName", "appLicense")
_QUIET: Final = "how long no further account must come before the list counts as complete"
_DEADLINE: Final = "how long a read may take in all"
_MESSAGE: Final = "the largest message that is read"
_LIKE: Final = "it must be like wss://wss-sim.t4login.com/v1"

_ENVIRONMENTS: Final = {
    LIVE: "live",
    "wss.t4login.com": "live",
    SIMULATION: "simulation",
    "wss-sim.t4login.com": "simulation",
}
"""T4's hosts (t4-websocket.md section 1)."""


@dataclass(frozen=True)
class Reader:
    """A login that sees the firm's accounts: an API key alone, or a Risk Manager or Administrator."""

    apiKey: str = field(default="", repr=False)
    firm: str = ""
    userName: str = ""
    password: str = field(default="", repr=False)
    appName: str = ""
    appLicense: str = field(default="", repr=False)


@dataclass(frozen=True)
class FillReader:
    """The firm's own application, with which the fill user logs in; its password is the derived one."""

    firm: str
    appName: str
    appLicense: str = field(repr=False)


@dataclass(frozen=True)
class SocketSettings:
    """Times in seconds, sizes in bytes.

    `ignore`: patterns (`*`, `?`) of accounts that are no concern of the firm file: T4's own end in -IMP.
    """

    url: str
    reader: Reader | None = None
    fill: FillReader | None = None
    quiet: float = 3.0
    deadline: float = 60.0
    open_timeout: float = 10.0
    login_timeout: float = 10.0
    heartbeat: float = 20.0  # between two; T4 closes after three without (t4-websocket.md section 1)
    silence: float = 60.0  # without a frame: T4 counts as gone, as in the vendor's demos
    largest_message: int = 16 * 2**20  # a snapshot holds the day's orders of an account
    ignore: tuple[str, ...] = ("*-IMP",)

    @property
    def address(self) -> str:
        """The address as it may be shown; it holds no credentials."""
        return self.url

    @property
    def secrets(self) -> list[str]:
        """What must never be shown."""
        reader, fill = self.reader or Reader(), self.fill
        given = [reader.apiKey, reader.password, reader.appLicense, fill.appLicense if fill else ""]
        return [secret for secret in given if secret]


def socket_settings(reading: Reading, endpoint: str) -> SocketSettings | None:
    """None where `t4:socket` is not set. What is wrong goes to `reading.problems`."""
    url = (reading.text("socket") or "").rstrip("/")
    reader, fill = _reader(reading), _fill(reading)
    usual = SocketSettings("")
    quiet = reading.number("socketQuiet", usual.quiet, (1, 60), "seconds", _QUIET)
    deadline = reading.number("socketDeadline", usual.deadline, (5, 3600), "seconds", _DEADLINE)
    mib = reading.number("socketMessage", usual.largest_message / 2**20, (1, 1024), "MiB", _MESSAGE)
    patterns = reading.text("ignoreAccounts")
    if not url:
        return None
    if problem := _url_problem(url) or _mixed(url, endpoint):
        reading.problems.append(problem)
    return SocketSettings(
        url,
        reader,
        fill,
        quiet=quiet,
        deadline=max(deadline, quiet),
        largest_message=int(mib) * 2**20,
        ignore=tuple(patterns.replace(",", " ").split()) if patterns else usual.ignore,
    )


def _reader(reading: Reading) -> Reader | None:
    given = reading.json_object("reader", _LOGIN, _KEY)
    if given is None:
        return None
    refuse_whentechs(reading, "reader", given.get("appName", ""))
    return Reader(**given)


def _fill(reading: Reading) -> FillReader | None:
    given = reading.json_object("fillReader", _FILL)
    if given is None:
        return None
    refuse_whentechs(reading, "fillReader", given["appName"])
    return FillReader(**given)


def refuse_whentechs(reading: Reading, key: str, application: str) -> None:
    """A session is one of a user and an application, and the newest wins (t4-websocket.md section 2): also
    where t4:login proves that a user is this stack's."""
    if application.strip().casefold() == WHENTECH_FILLS.casefold():
        reading.problems.append(
            f"t4:{key} names {WHENTECH_FILLS} as appName: T4 would end WhenTech's own session, and fills "
            "would be missed. Ask T4.APISupport for an application of the firm's own."
        )


def _url_problem(url: str) -> str | None:
    """Why credentials must not be sent there; the address may hold a password, so it is not shown."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"t4:socket is no address: {_LIKE}."
    if not re.fullmatch(r"[\x21-\x7e]+", url) or parts.scheme not in ("wss", "ws") or not host:
        return f"t4:socket is no address of a WebSocket: {_LIKE}."
    if parts.username is not None or parts.password is not None:
        return (
            f"t4:socket holds a user name or a password: {_LIKE}, and credentials go into t4:reader or "
            "t4:fillReader."
        )
    if "?" in url or "#" in url:
        return f"t4:socket has a ? or a #: {_LIKE}."
    if parts.scheme == "ws" and not is_loopback(url):
        return (
            "t4:socket is plain ws: passwords would cross the network for everybody to read. Write wss "
            "(plain ws is for a simulator on this machine only)."
        )
    return None


def _mixed(url: str, endpoint: str) -> str | None:
    """What the simulation shows says nothing about live, and the other way round."""
    socket, rest = (_ENVIRONMENTS.get(urlsplit(address).hostname or "") for address in (url, endpoint))
    if socket and rest and socket != rest:
        return (
            f"t4:socket is T4's {socket}, and t4:endpoint is T4's {rest}: they must be the same environment."
        )
    return None
