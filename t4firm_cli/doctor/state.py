"""The engine's state: where it is kept, whether its secrets can be read, whether a killed run left a lock."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from providers.t4.configuration import passphrase
from t4firm_cli.doctor.finding import Finding
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.remedies import EngineError
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.runs import unlock

CANCEL: Final = "once the other run is certainly over: `t4firm unlock --stack {} --force`"


def backend(pulumi: Pulumi) -> tuple[Finding, bool]:
    """Where the state is kept, and whether the stack has been made there."""
    try:
        place, made = _without_password(pulumi.backend), pulumi.exists()
    except EngineError as error:
        return Finding("state", "problem", error.said, error.remedy), False
    says = place if made else f"{place}; stack {pulumi.stack} has not been made there yet"
    remedy = "" if made else f"`t4firm up --stack {pulumi.stack}` makes it"
    return Finding("state", "fine", says, remedy), made


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)


def secrets(pulumi: Pulumi, *, made: bool) -> tuple[Finding, Mapping[str, Any]]:
    """Whether there is a passphrase, and whether the secrets of state and settings can be read with it; and
    the settings, decrypted. `made`: whether the stack has a state."""
    try:
        if missing := pulumi.without_passphrase:
            return Finding("passphrase", "problem", missing, passphrase.SET_IT), {}
        if not made:
            return Finding("passphrase", "fine", "there is nothing to read yet"), {}
        _decrypt(pulumi)
        said = pulumi.read("config", "--json", "--show-secrets", "--stack", pulumi.stack)
    except EngineError as error:
        return Finding("passphrase", "problem", error.said, error.remedy), {}
    values = {name: entry.get("value") for name, entry in json.loads(said).items()}
    return Finding("passphrase", "fine", "the stack's secrets can be read"), values


def _decrypt(pulumi: Pulumi) -> None:
    """Read the state with its secrets, as a run does. Raises ProjectError.

    A stack without resources has no secret to try. Then a refresh of nothing compares the passphrase with the
    salt of the settings file; without a salt, any passphrase will do.
    """
    if pulumi.exported(show_secrets=True)["deployment"].get("resources"):
        return
    if "encryptionsalt" in pulumi.project.settings_file(pulumi.stack):
        pulumi.read("refresh", "--preview-only", "--non-interactive", "--stack", pulumi.stack)


def lock(pulumi: Pulumi) -> Iterator[Finding]:
    """A run under way, or the lock that a killed one left behind."""
    free = f"`t4firm unlock --stack {pulumi.stack}`"
    try:
        seen, locks = unlock.can_see_locks(pulumi), unlock.judged_locks(pulumi)
    except ProjectError as error:
        yield Finding("lock", "problem", str(error), free)
        return
    for found, verdict in locks:
        says, remedy = {
            "gone": (f"left behind by a killed run: {found.owner}", free),
            "alive": (f"a run is under way: {found.owner}", "wait for it to end"),
            "unknown": (
                f"held by {found.owner}; it cannot be known from here whether that run is over",
                f"wait for it to end; if you know that it is over, {free[:-1]} --force`",
            ),
        }[verdict]
        yield Finding("lock", "warning", says, remedy)
    if not seen:
        says = "can be seen only where the state is in files"
        yield Finding("lock", "unknown", says, f"where a run meets one, {CANCEL.format(pulumi.stack)}")
    elif not locks:
        yield Finding("lock", "fine", "none")
