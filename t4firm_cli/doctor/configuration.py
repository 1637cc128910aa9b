"""The stack's settings, each with where it comes from, and the files that they name; no secret's value."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from providers.t4.configuration.settings import (
    ONBOARD_PATH,
    SECRETS,
    VARIABLES,
    Patience,
    Settings,
    SettingsError,
    file_settings,
    settings_from,
)
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.doctor.finding import Finding
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.exposed_secrets import exposed
from t4firm_cli.project.layout import Project
from t4firm_cli.terminal import is_pipeline

IN_MEMORY: Final = ("tmpfs", "ramfs")
KEEP: Final = (
    "keep that folder between runs (t4:journal names another place), or configure t4:login "
    "(docs/reliability.md)"
)


@dataclass(frozen=True)
class Configuration:
    """What is configured. `values`: the settings file's, decrypted where the passphrase is right;
    `written`: the same as they stand in the file; `environ`: with what the simulator adds for its stacks."""

    project: Project
    stack: str
    values: Mapping[str, Any]
    written: Mapping[str, Any]
    environ: Mapping[str, str]

    @property
    def get(self) -> Callable[[str], object]:
        return self.values.get

    def settings(self) -> Settings:
        """Raises SettingsError."""
        return settings_from(self.get, self.environ)


def settings(configured: Configuration) -> Iterator[Finding]:
    """Every setting and where it comes from; then what is wrong with them."""
    try:
        configured.settings()
        problems: tuple[str, ...] = ()
    except SettingsError as error:
        problems = error.problems
    for key in VARIABLES:
        usable = not any(f"t4:{key} " in problem for problem in problems)
        if finding := _setting(configured, key, usable=usable):
            yield finding
    for problem in problems:
        what, _, remedy = problem.partition(": ")
        yield Finding("configuration", "problem", what, remedy)


def _setting(configured: Configuration, key: str, *, usable: bool) -> Finding | None:
    """None for one that is needed and not set: the problem says so."""
    name, variable = f"t4:{key}", VARIABLES[key]
    file = f"stacks/Pulumi.{configured.stack}.yaml"
    if configured.environ.get(variable, "").strip():
        ours = os.environ.get(variable) == configured.environ[variable]
        value, whence = configured.environ[variable], variable if ours else "the simulator"
    elif name in configured.written:
        value, whence = str(configured.values.get(name, "")), file
    else:
        usual = _usual(configured.stack).get(key)
        return Finding(name, "fine", f"{usual} (the default)" if usual else "not set") if usable else None
    if key in SECRETS and whence == file and not isinstance(configured.written[name], Mapping):
        remedy = f"`pulumi config set --secret {name}`, and replace it: everybody who read the file knows it"
        return Finding(name, "problem", f"a secret, and {file} holds it in plain text", remedy)
    shown = value if usable and key not in SECRETS else "set"
    return Finding(name, "fine", f"{shown} (from {whence})")


def kept_in_file(configured: Configuration, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """In a pipeline: secrets in the settings file, encrypted or not."""
    if is_pipeline(environ) and (found := exposed(configured.project, configured.stack)):
        yield Finding("secrets", "problem", *found)


def _usual(stack: str) -> Mapping[str, str]:
    """The defaults, as text, of the settings that have one."""
    files, patience = file_settings(lambda _: None, {}, stack), Patience()
    return {
        "onboardPath": ONBOARD_PATH,
        "operations": files.operations,
        "firmFile": str(files.firm_file),
        "journal": str(files.journal),
        "maxInFlight": str(Settings.max_in_flight),
        "repeatFor": f"{patience.repeat_for:g}",
        "readTimeout": f"{patience.read:g}",
    }


def files(configured: Configuration) -> Finding:
    """The firm file with its attested and operations files."""
    try:
        stack = load(configured.project, configured.stack)
    except FileError as error:
        more = f" and {len(error.mistakes) - 1} more" if len(error.mistakes) > 1 else ""
        remedy = f"`t4firm validate --stack {configured.stack}` shows every mistake"
        return Finding("files", "problem", f"{error.mistakes[0]}{more}", remedy)
    signed = len({task for goal in stack.desired.goals for task in goal.attested})
    users = counted(len(stack.desired.users), "user")
    accounts = counted(len(stack.desired.accounts), "account")
    return Finding("files", "fine", f"{users}, {accounts}, {counted(signed, 'task')} signed off")


def journal(configured: Configuration, environ: Mapping[str, str] = os.environ) -> Finding:
    """Whether the journal's folder can be written, and whether it will still be there in the next run."""
    folder = (
        configured.project.folder
        / file_settings(configured.get, configured.environ, configured.stack).journal
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"t4firm doctor")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        why = error.strerror or error
        says = f"{folder} cannot be written ({why}): an update would stop before its first call"
        return Finding("journal", "problem", says, "make it writable, or name another with t4:journal")
    system = _file_system(folder)
    if system in IN_MEMORY:
        return Finding("journal", "warning", f"{folder} is in memory ({system}): gone after a restart", KEEP)
    has_login = bool(environ.get(VARIABLES["login"]) or "t4:login" in configured.written)
    if is_pipeline(environ) and not has_login:
        says = (
            f"{folder} is writable; a CI runner may be thrown away after the run, and no login proves users"
        )
        return Finding("journal", "warning", says, KEEP)
    return Finding("journal", "fine", f"{folder} is writable")


def _file_system(folder: Path) -> str:
    """The kind of file system that holds a folder; empty where it is not known."""
    mounts = {
        part.mountpoint: part.fstype
        for part in psutil.disk_partitions(all=True)
        if folder.is_relative_to(part.mountpoint)
    }
    return mounts[max(mounts, key=len)] if mounts else ""
