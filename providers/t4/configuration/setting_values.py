"""One setting after the other, from Pulumi's configuration or the environment; what is wrong with them."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

VARIABLES: Final = {
    "endpoint": "T4_ENDPOINT",
    "onboardPath": "T4_ONBOARD_PATH",
    "apiKey": "T4_API_KEY",
    "login": "T4_LOGIN",
    "passwordSeed": "T4_PASSWORD_SEED",
    "operations": "T4_OPERATIONS",
    "firmFile": "T4_FIRM_FILE",
    "journal": "T4_JOURNAL",
    "identity": "T4_IDENTITY",
    "maxInFlight": "T4_MAX_IN_FLIGHT",
    "repeatFor": "T4_REPEAT_FOR",
    "readTimeout": "T4_READ_TIMEOUT",
    "socket": "T4_SOCKET",
    "reader": "T4_READER",
    "fillReader": "T4_FILL_READER",
    "socketQuiet": "T4_SOCKET_QUIET",
    "socketDeadline": "T4_SOCKET_DEADLINE",
    "socketMessage": "T4_SOCKET_MESSAGE",
    "riskManagerRole": "T4_RISK_MANAGER_ROLE",
    "ignoreAccounts": "T4_IGNORE_ACCOUNTS",
}
SECRETS: Final = ("apiKey", "login", "passwordSeed", "reader", "fillReader")
"""Settings whose values are never shown."""


class SettingsError(ValueError):
    """The configuration cannot be used. `problems`: one sentence each, none with a secret in it."""

    __module__ = "builtins"  # a provider's exception reaches the terminal with its module's name (engine.md)

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


SIMULATOR = "simulator"
"""What `t4:endpoint` says of a stack that is on the embedded simulator, wherever that listens."""


LIVE: Final = "api.t4login.com"
SIMULATION: Final = "api-sim.t4login.com"
"""The hosts of T4's own APIs (T4's Integration Walkthrough)."""


def is_loopback(endpoint: str) -> bool:
    """Whether the endpoint is on this machine: localhost, 127.0.0.0/8 or ::1."""
    try:
        host = urlsplit(endpoint).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Reading:
    """Takes the settings one by one and collects what is wrong with them."""

    def __init__(self, get: Callable[[str], object], environ: Mapping[str, str]) -> None:
        self._get = get
        self._environ = environ
        self.problems: list[str] = []

    def given(self, key: str) -> object:
        """The value as it was given, None where it was not."""
        from_environment = self._environ.get(VARIABLES[key], "").strip()
        value = from_environment or self._get(f"t4:{key}")
        if value is None:
            value = self._get(key)
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, key: str) -> str | None:
        """A text, without the spaces and the line break that come with files and variables."""
        value = self.given(key)
        if value is None or isinstance(value, str):
            return value.strip() if value else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.problems.append(f"t4:{key} is not a text.")
        return None

    def json_object(self, key: str, *shapes: tuple[str, ...]) -> dict[str, str] | None:
        """A JSON object of texts, with exactly the keys of one of the shapes; None where it is not set, or
        cannot be used."""
        given = self.given(key)
        if given is None:
            return None
        wanted = " or ".join(f"a JSON object with {', '.join(shape)}" for shape in shapes)
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except (ValueError, RecursionError):
                self.problems.append(f"t4:{key} is not JSON: it must be {wanted}.")
                return None
        if not isinstance(given, Mapping):
            self.problems.append(f"t4:{key} is not an object: it must be {wanted}.")
            return None
        shape = min(shapes, key=lambda keys: (len(given.keys() ^ set(keys)), shapes.index(keys)))
        unusable = [name for name in shape if not isinstance(given.get(name), str) or not given[name].strip()]
        if unusable:
            self.problems.append(
                f"t4:{key} lacks {', '.join(unusable)} (each a text that is not empty): it must be {wanted}."
            )
        # An unknown key is not named: somebody may have written the password in its place.
        unknown = len([name for name in given if name not in shape])
        if unknown:
            self.problems.append(f"t4:{key} has {unknown} unknown key(s): it must be {wanted}.")
        return None if unusable or unknown else {name: given[name] for name in shape}

    def number(self, key: str, usual: float, limits: tuple[int, int], unit: str, what: str) -> float:
        """A whole number within limits, `usual` where none is set."""
        least, most = limits
        text = self.text(key)
        if text is None:
            return usual
        if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
            self.problems.append(f"t4:{key} must be a whole number of {unit} from {least} to {most}: {what}.")
            return usual
        return float(text)
