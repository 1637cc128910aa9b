"""Where T4 is, with what credentials, and how long to wait: the configuration of a stack.

Each setting is a Pulumi configuration value (`t4:endpoint`) or an environment variable (`T4_ENDPOINT`); the
variable wins, and an empty one counts as not set (CI systems hand an empty text to a job that may not see a
secret).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from providers.t4.configuration import password_seed
from providers.t4.configuration.setting_values import (
    LIVE,
    SECRETS,
    SIMULATION,
    SIMULATOR,
    VARIABLES,
    Reading,
    SettingsError,
    is_loopback,
)
from providers.t4.configuration.socket_settings import SocketSettings, refuse_whentechs, socket_settings
from t4firm.model.users import RISK_MANAGER

__all__ = [
    "ONBOARD_PATH",
    "SECRETS",
    "VARIABLES",
    "FileSettings",
    "Login",
    "Patience",
    "Settings",
    "SettingsError",
    "check_seed",
    "file_settings",
    "is_loopback",
    "settings_from",
]

ONBOARD_PATH: Final = (
    "/admin/v1/onboarding"  # seed 002; the vendor's newer page says /admin/v1/onboard (t4.md section 1)
)
_REPEAT_FOR: Final = "how long a call is repeated while T4 is busy or cannot be reached"
_READ_TIMEOUT: Final = "how long to wait for the next piece of an answer, before the answer counts as lost"
_LOGIN_KEYS: Final = ("firm", "userName", "password", "appName", "appLicense")  # t4.md section 2, POST /login


@dataclass(frozen=True)
class Login:
    """What `POST /login` takes (t4.md section 2)."""

    firm: str
    userName: str
    password: str = field(repr=False)
    appName: str
    appLicense: str = field(repr=False)


@dataclass(frozen=True)
class Patience:
    """How long the client waits for what, in seconds, and how often it repeats a call whose answer was
    lost."""

    connect: float = 5.0
    read: float = 60.0  # for the next piece of an answer
    write: float = 30.0
    pool: float = 60.0  # for one of the connections, all of which are in use
    answer: float = 120.0  # for the whole of an answer's body
    repeat_for: float = 90.0  # from a call's first attempt on; no attempt begins later
    first_pause: float = 0.5  # doubles with each attempt; the real pause is from half of it to the whole
    longest_pause: float = 20.0
    longest_retry_after: float = 30.0  # what a Retry-After header may ask for
    lost_attempts: int = 3  # attempts without a clear answer, the first included

    @property
    def longest_call(self) -> float:
        """After so many seconds every call has ended: the last attempt begins before `repeat_for` is over."""
        return self.repeat_for + self.pool + self.connect + self.write + self.read + self.answer


@dataclass(frozen=True)
class Settings:
    """A stack's configuration, complete and checked. No secret shows in its repr.

    `api_key` or `login` is there, or both: then calls use the key, and the login proves users (design.md).
    `firm_file` and `journal` are None where they are not configured: their defaults, in `file_settings`, need
    the stack's name. Raises SettingsError for an endpoint to which credentials must not be sent.
    """

    endpoint: str
    password_seed: str = field(repr=False)
    api_key: str | None = field(default=None, repr=False)
    login: Login | None = None
    onboard_path: str = ONBOARD_PATH
    operations: str = "onboarding"
    firm_file: str | None = None
    journal: str | None = None
    max_in_flight: int = 4
    patience: Patience = Patience()
    socket: SocketSettings | None = None

    def __post_init__(self) -> None:
        problem = _endpoint_problem(self.endpoint)
        if problem:
            raise SettingsError([problem])


@dataclass(frozen=True)
class FileSettings:
    """The settings that name files, and what reading them needs. Relative ones are relative to the project's
    folder. `journal`: this stack's own folder in the one that is configured."""

    firm_file: Path
    operations: str  # onboarding, walkthrough, or a file
    journal: Path
    stack_file: Path  # what differs in this stack's environment; need not be there
    risk_manager: str = RISK_MANAGER  # how T4 spells that role
    stack: str = ""
    identity: str = ""  # `<stack>/<firm>` as they began, where one of them has another name now

    def identity_of(self, firm: str) -> str:
        """What the stack's passwords and its journal are bound to. `firm`: its name in the firm file."""
        return self.identity or f"{self.stack}/{firm}"


def file_settings(get: Callable[[str], object], environ: Mapping[str, str], stack: str) -> FileSettings:
    """The settings that need neither T4 nor a secret, with their defaults (design.md, "Fixed names").

    `get` as for `settings_from`. Raises SettingsError for a setting that is no text.
    """
    reading = Reading(get, environ)
    identity, journal = reading.text("identity") or "", reading.text("journal")
    if identity and not re.fullmatch(r"[^/\s]+/\S.*", identity):
        reading.problems.append(
            't4:identity must be the stack and the firm as they began, like "live/Example Trading LLC".'
        )
    began = identity.partition("/")[0] or stack
    files = FileSettings(
        firm_file=Path(reading.text("firmFile") or f"stacks/{stack}.firm.yaml"),
        operations=reading.text("operations") or "onboarding",
        journal=Path(journal or ".t4") / began,
        stack_file=Path(f"stacks/{stack}.stack.yaml"),
        risk_manager=reading.text("riskManagerRole") or RISK_MANAGER,
        stack=stack,
        identity=identity,
    )
    if reading.problems:
        raise SettingsError(reading.problems)
    return files


def patience_of(get: Callable[[str], object], environ: Mapping[str, str]) -> Patience:
    """How long a call may last by these settings; the usual where one cannot be used. `get` as for
    `settings_from`."""
    return _Reading(get, environ).patience()


def check_seed(seed: str) -> None:
    """Raises SettingsError for a password seed that is missing or weak."""
    if problem := password_seed.problem(seed):
        raise SettingsError([problem])


def settings_from(get: Callable[[str], object], environ: Mapping[str, str]) -> Settings:
    """The settings of a stack from its Pulumi configuration and the environment, whose variables win.

    `get("t4:endpoint")` or, as Pulumi's own `Config("t4")` has it, `get("endpoint")` yields the configured
    value or None. Raises SettingsError with all problems at once.
    """
    reading = _Reading(get, environ)
    endpoint = reading.endpoint()
    api_key = reading.api_key()
    login = reading.login()
    if not reading.given("apiKey") and not reading.given("login"):
        reading.problems.append(
            "Neither t4:apiKey nor t4:login is set: set the one that T4.APISupport gave you, for example "
            "with "
            "`pulumi config set --secret t4:apiKey` or in T4_API_KEY."
        )
    seed = reading.seed()
    onboard_path = reading.onboard_path()
    operations, firm_file, journal = (reading.text(key) for key in ("operations", "firmFile", "journal"))
    max_in_flight = reading.max_in_flight()
    patience = reading.patience()
    socket = socket_settings(reading, endpoint)
    if reading.problems:
        raise SettingsError(reading.problems)
    return Settings(
        endpoint=endpoint,
        password_seed=seed,
        api_key=api_key,
        login=login,
        onboard_path=onboard_path,
        operations=operations or "onboarding",
        firm_file=firm_file,
        journal=journal,
        max_in_flight=max_in_flight,
        patience=patience,
        socket=socket,
    )


class _Reading(Reading):
    """The settings of the client, one by one."""

    def endpoint(self) -> str:
        before = len(self.problems)
        endpoint = self.text("endpoint") or ""
        problem = _endpoint_problem(endpoint)
        if problem and len(self.problems) == before:
            self.problems.append(problem)
        return endpoint.rstrip("/")

    def api_key(self) -> str | None:
        key = self.text("apiKey")
        if key is not None and not re.fullmatch(r"[\x21-\x7e]+", key):
            self.problems.append(
                "t4:apiKey has a space, a line break or a character that no key has: set it again, without "
                "quotes."
            )
        return key

    def login(self) -> Login | None:
        given = self.json_object("login", _LOGIN_KEYS)
        refuse_whentechs(self, "login", given["appName"] if given else "")
        return Login(**given) if given else None

    def seed(self) -> str:
        before = len(self.problems)
        seed = self.text("passwordSeed") or ""
        problem = password_seed.problem(seed)
        if problem and len(self.problems) == before:
            self.problems.append(problem)
        return seed

    def onboard_path(self) -> str:
        path = self.text("onboardPath") or ONBOARD_PATH
        if not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+", path) or {".", ".."} & set(path.split("/")):
            self.problems.append(
                f"t4:onboardPath must be a path like {ONBOARD_PATH}: letters, digits, -, _, . and ~ between "
                "slashes."
            )
        return path

    def max_in_flight(self) -> int:
        text = self.text("maxInFlight") or "4"
        if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= 64:
            self.problems.append(
                "t4:maxInFlight must be a whole number from 1 to 64: calls at T4 at the same time."
            )
            return 4
        return int(text)

    def patience(self) -> Patience:
        usual = Patience()
        repeat_for = self.number("repeatFor", usual.repeat_for, (0, 9999), "seconds", _REPEAT_FOR)
        read = self.number("readTimeout", usual.read, (1, 600), "seconds", _READ_TIMEOUT)
        return Patience(read=read, answer=max(usual.answer, read), repeat_for=repeat_for)


def _endpoint_problem(endpoint: str) -> str | None:
    """Why credentials must not be sent to this address; the address itself may hold a password, so it is not
    shown."""
    like = f"it must be like https://{LIVE}"
    if not endpoint:
        return (
            f"t4:endpoint is not set: set it to the address of T4's API, https://{LIVE} for live or "
            f"https://{SIMULATION} for simulation (or T4_ENDPOINT)."
        )
    if endpoint == SIMULATOR:
        return (
            "t4:endpoint is `simulator`, but its address is not known: run `t4firm up`, which "
            "starts the simulator, or set T4_ENDPOINT to the address that `t4firm simulator status` shows."
        )
    if not re.fullmatch(r"[\x21-\x7e]+", endpoint):
        return f"t4:endpoint has a space or a character that no address has: {like}."
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"t4:endpoint is no address: {like}."
    if parts.scheme not in ("https", "http") or not host:
        return f"t4:endpoint is no address of a web server: {like}."
    if parts.username is not None or parts.password is not None:
        return (
            f"t4:endpoint holds a user name or a password: {like}, and credentials go into t4:apiKey "
            "or t4:login."
        )
    if "?" in endpoint or "#" in endpoint:
        return f"t4:endpoint has a ? or a #: {like}."
    if not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*/?", parts.path) or {".", ".."} & set(parts.path.split("/")):
        return f"t4:endpoint has a path that cannot be used: {like}."
    if parts.scheme == "http" and not is_loopback(endpoint):
        return (
            "t4:endpoint is plain http: passwords and personal details would cross the network for "
            "everybody to read. "
            "Write https (plain http is for a simulator on this machine only)."
        )
    return None
