"""`t4firm unlock`: after a run that was killed, free the stack, but only when the run is certainly gone.

The engine's lock stays when its process is killed, and the provider's process lives on and finishes its
call (engine.md). Both are looked at here: a lock is cleared when its owner was on this machine and is dead;
a provider left behind is asked to end, which it does when its calls are answered and written to the
journal.
"""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.terminal import complain

ENGINE = "pulumi"
"""The name of the engine's process; those of its plugins are longer."""

PROVIDER = "pulumi.dynamic"
"""The module that a dynamic provider's process runs: `python -u -m pulumi.dynamic`."""

LANGUAGE_HOST = "pulumi-language-python"
"""The process that ran the Pulumi program. It makes no calls."""

PATIENCE = 150.0
"""Seconds to wait for the calls of a provider left behind: longer than the client waits for any answer."""

LAST_PATIENCE = 10.0
"""Seconds to wait for a provider that was told to end at once."""


CLOCKS_DIFFER = 10.0
"""Seconds by which the system may misjudge when a process began."""


@dataclass(frozen=True)
class Lock:
    """A lock of the engine's file backend: who holds it, since when."""

    file: Path
    pid: int
    user: str
    host: str
    since: datetime

    @property
    def owner(self) -> str:
        """Its owner, as a sentence has it."""
        since = self.since.isoformat(timespec="seconds")
        return f"process {self.pid} of {self.user} on {self.host}, since {since}"

    @property
    def is_dead(self) -> bool:
        """Whether the owner was on this machine and is certainly gone: no process has its number, or only one
        that is no `pulumi` or began after the lock was made. Numbers are given again, soon on a busy machine.
        """
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            younger = process.create_time() > self.since.timestamp() + CLOCKS_DIFFER
            return younger or process.name() != ENGINE or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


def free(pulumi: Pulumi) -> list[str]:
    """Free a stack whose run was killed; returns what was done, a sentence each.

    Raises ProjectError when the lock's owner lives, or may live, on another machine.
    """
    done = mend(pulumi)
    found = list(locks(pulumi))
    here = socket.gethostname()
    for lock in found:
        if lock.host == here and not lock.is_dead:
            raise ProjectError(
                f"stack {pulumi.stack} is locked by {lock.owner}: that run goes on, on this "
                "machine. Wait for it to end"
            )
        if not lock.is_dead:
            raise ProjectError(
                f"stack {pulumi.stack} is locked by {lock.owner}: another machine, which cannot be "
                f"looked at from here. If you know that it is gone, `pulumi cancel --stack {pulumi.stack}`"
            )
    for process in _left_behind(pulumi.project.folder, LANGUAGE_HOST):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for process in _left_behind(pulumi.project.folder, PROVIDER):
        complain(f"Process {process.pid} of a killed run is still there: waiting for it to end.")
        if not _end(process):
            raise ProjectError(
                f"process {process.pid} of a killed run is still in a call to T4 after {PATIENCE:g} "
                f"seconds: look at it, end it with `kill -INT {process.pid}`, and try again"
            )
        done.append(f"Ended the provider that the killed run had left behind (process {process.pid}).")
    if found:
        pulumi.read("cancel", "--yes", "--stack", pulumi.stack)
        done += [f"Removed the lock of a run that is gone: {lock.owner}." for lock in found]
    done += _settle(pulumi)
    return done


def mend(pulumi: Pulumi) -> list[str]:
    """Remove what an engine left half written when it was killed; returns what was done, a sentence each.

    The file backend writes a file whole or not at all, but not the attributes that it keeps beside it: where
    these are cut off, `pulumi` says "failed to load checkpoint: EOF". Nobody needs them.
    """
    root = file_backend(pulumi)
    done = []
    for file in sorted((root / "stacks").rglob("*.attrs")) if root else ():
        try:
            json.loads(file.read_bytes())
        except ValueError:
            file.unlink(missing_ok=True)
            done.append(f"Removed {file.name}, which a killed run had left half written.")
        except FileNotFoundError:
            continue
    return done


def _settle(pulumi: Pulumi) -> list[str]:
    """Clear the operations that a killed run had begun. The next run finds out from the journal and from T4
    what became of each; the engine would warn of them in every run from now on."""
    root = file_backend(pulumi)
    states = (root / "stacks").rglob(f"{pulumi.stack}.json") if root else ()
    if not any("pending_operations" in state.read_text() for state in states):
        return []
    exported = pulumi.exported()
    pending = exported["deployment"].pop("pending_operations", None) or []
    if pending:
        stdin = json.dumps(exported)
        pulumi.read("stack", "import", "--stack", pulumi.stack, "--non-interactive", stdin=stdin)
    return [f"Cleared from the state what the killed run had begun: {_names(pending)}."] if pending else []


def _names(pending: list[dict[str, Any]]) -> str:
    names = sorted(operation["resource"]["urn"].rpartition("::")[2] for operation in pending)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def file_backend(pulumi: Pulumi) -> Path | None:
    """The folder of the engine's state, None where it is kept elsewhere."""
    backend = urlsplit(pulumi.backend)
    if backend.scheme != "file":
        return None
    return Path(os.path.expanduser(unquote(backend.netloc + backend.path))) / ".pulumi"


def locks(pulumi: Pulumi) -> Iterator[Lock]:
    """The stack's locks. Only the file backend's can be read: elsewhere the engine itself says, when a run
    begins, that another one holds the stack."""
    root = file_backend(pulumi)
    if root is None:
        return
    for file in sorted((root / "locks").glob(f"*/*/{pulumi.stack}/*.json")):
        try:
            content = json.loads(file.read_text())
            yield Lock(
                file,
                int(content["pid"]),
                content["username"],
                content["hostname"],
                datetime.fromisoformat(content["timestamp"]),
            )
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ProjectError(
                f"the lock {file} cannot be read ({error}): if no run is under way, `pulumi cancel --stack "
                f"{pulumi.stack}`"
            ) from None


def _left_behind(folder: Path, program: str) -> Iterator[psutil.Process]:
    """Processes of this program and this project without a `pulumi` above them."""
    for process in psutil.process_iter():
        try:
            words = [Path(word).name for word in process.cmdline()]
            if program not in words or Path(process.cwd()) != folder:
                continue
            if not any(parent.name() == ENGINE for parent in process.parents()):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue


def _end(process: psutil.Process) -> bool:
    """Ask a provider to end, and wait for the calls that it is in.

    One that was started with SIGINT ignored, as a shell starts what it puts into the background, hears only
    SIGTERM, which ends it at once: so that comes when no call can be under way any more.
    """
    return _asked(process, signal.SIGINT, PATIENCE) or _asked(process, signal.SIGTERM, LAST_PATIENCE)


def _asked(process: psutil.Process, number: signal.Signals, seconds: float) -> bool:
    """Whether the process ends within some seconds of a signal. A zombie has ended: not every container has
    an init that takes it away."""
    until = time.monotonic() + seconds
    try:
        process.send_signal(number)
        while time.monotonic() < until:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return True
    return False
