"""`t4firm unlock`: after a run that was killed, free the stack, but only when the run is certainly gone.

The engine's lock stays when its process is killed, and the provider's process lives on and finishes its
call (engine.md). Both are looked at here: a lock is cleared when its owner was noted (`run_owner`) and is
gone; a provider left behind is asked to end, which it does when its calls are answered and written to the
journal. With `forced`, a lock is cleared of whose owner nothing is known.
"""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import psutil

from providers.t4.configuration.settings import patience_of
from providers.t4.engine import run_owner
from providers.t4.engine.run_owner import ENGINE, Owner
from t4firm.yaml_files.mistakes import some
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.terminal import complain

PROVIDER = "pulumi.dynamic"
"""The module that a dynamic provider's process runs: `python -u -m pulumi.dynamic`."""

LANGUAGE_HOST = "pulumi-language-python"
"""The process that ran the Pulumi program. It makes no calls."""

LAST_PATIENCE = 10.0
"""Seconds to wait for a provider that was told to end at once, and beyond the longest call."""

CLOCKS_DIFFER = 10.0
"""Seconds by which the engine's time and the system's may differ."""

SAME_TIME = 3600.0
"""A run of another machine or container with the number of the lock's owner, which began in these seconds
before it, may be the owner."""

PACKED = (".gz", ".zst")
"""How the file of a state ends that the engine compressed."""
TO_SETTLE = re.compile(r'"pending_operations"|"delete":\s*true')
"""What a state has that is to be settled, as its file may tell."""

RISK = (
    "If the run that holds the lock is still going on, removing the lock lets a second run change T4 at the "
    "same time, and the state loses what one of them did."
)


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

    def judged(self, runs: list[Owner]) -> Literal["alive", "gone", "unknown"]:
        """Whether its owner is still there; `runs`: those that were noted. Host and number are not enough:
        two containers may have both in common."""
        since = self.since.timestamp()
        maybe = [run for run in runs if run.pid == self.pid and run.started <= since + CLOCKS_DIFFER]
        others = any(not run.is_of_here and run.started >= since - SAME_TIME for run in maybe)
        ours = [run for run in maybe if run.is_of_here]
        if self.host != socket.gethostname() or others or not ours:
            return "unknown"
        try:
            return "alive" if any(run.is_alive for run in ours) else "gone"
        except psutil.AccessDenied:
            return "unknown"


def free(pulumi: Pulumi, *, forced: bool = False) -> list[str]:
    """Free a stack whose run was killed; returns what was done, a sentence each. `forced`: also where nobody
    can know whether the lock's owner is gone.

    Raises ProjectError when the lock's owner lives, or may live and this is not forced.
    """
    done = mend(pulumi)
    found = judged_locks(pulumi)
    for lock, verdict in found:
        if verdict == "alive":
            raise ProjectError(
                f"stack {pulumi.stack} is locked by {lock.owner}: that run goes on, on this machine. Wait "
                f"for "
                "it to end"
            )
        if verdict == "unknown" and not forced:
            raise ProjectError(
                f"stack {pulumi.stack} is locked by {lock.owner}. It cannot be known from here whether that "
                f"run is over: it was on another machine or in another container, or it noted nothing here. "
                f"If you know that it is over, `t4firm unlock --stack {pulumi.stack} --force` removes the "
                f"lock"
            )
    for process in _left_behind(pulumi.project.folder, LANGUAGE_HOST):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    patience = longest_call(pulumi) + LAST_PATIENCE
    for process in _left_behind(pulumi.project.folder, PROVIDER):
        complain(
            f"Process {process.pid} of a killed run is still there: waiting up to {patience:.0f} seconds, as "
            "long as a call may last."
        )
        if not _end(process, patience):
            raise ProjectError(
                f"process {process.pid} of a killed run is still in a call to T4 after {patience:.0f} "
                f"seconds: look at it, end it with `kill -INT {process.pid}`, and try again"
            )
        done.append(f"Ended the provider that the killed run had left behind (process {process.pid}).")
    if found or forced:
        pulumi.read("cancel", "--yes", "--stack", pulumi.stack)
        done += [f"Removed the lock of {_whose(verdict)}: {lock.owner}." for lock, verdict in found]
    if forced and not can_see_locks(pulumi):
        done.append(f"Removed every lock that stack {pulumi.stack} had.")
    if forced or can_see_locks(pulumi):
        done += _settle(pulumi)
    return done


def _whose(verdict: str) -> str:
    return "a run that is gone" if verdict == "gone" else "a run that you said is over"


def longest_call(pulumi: Pulumi) -> float:
    """Seconds after which every call of a run has ended, by the stack's settings."""
    return patience_of(pulumi.project.settings(pulumi.stack).get, pulumi.environ).longest_call


def can_see_locks(pulumi: Pulumi) -> bool:
    """Whether a lock can be looked at: only where the state is in files. Elsewhere the engine alone knows it,
    and says so when a run begins."""
    return file_backend(pulumi) is not None


def unseen(pulumi: Pulumi) -> str:
    """What is to be said where locks cannot be seen."""
    kind = urlsplit(pulumi.backend).scheme
    return (
        f"The state is in {kind}://…, where a lock cannot be seen from here: whether stack {pulumi.stack} is "
        "locked, the next run says. If it is, and you know that the run that holds the lock is over, "
        f"`t4firm unlock --stack {pulumi.stack} --force` removes the lock and settles what that run had "
        f"begun "
        f"(`pulumi cancel --stack {pulumi.stack}` removes the lock alone)."
    )


def judged_locks(pulumi: Pulumi) -> list[tuple[Lock, Literal["alive", "gone", "unknown"]]]:
    """The stack's locks that can be seen, each with whether its owner is still there."""
    runs = list(run_owner.noted(run_owner.folder_of(pulumi.project.folder, pulumi.stack)))
    return [(lock, lock.judged(runs)) for lock in locks(pulumi)]


def mend(pulumi: Pulumi) -> list[str]:
    """Remove what an engine left half written when it was killed; returns what was done, a sentence each.

    The file backend writes a file whole or not at all, but not the attributes that it keeps beside it: where
    these are cut off, `pulumi` says "failed to load checkpoint: EOF". Nobody needs them.
    """
    root = file_backend(pulumi)
    done = []
    kept = [file for part in ("stacks", "history") for file in (root / part).rglob("*.attrs")] if root else []
    for file in sorted(kept):
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
    what became of each; the engine would warn of them in every run from now on. Clear also the old copies
    that an older version left when it replaced a resource: every run would try to delete them."""
    root = file_backend(pulumi)
    if root and _is_settled(root, pulumi.stack):
        return []
    exported = pulumi.exported()
    deployment = exported["deployment"]
    pending = deployment.pop("pending_operations", None) or []
    if copies := _replaced(deployment):
        deployment["resources"] = [each for each in deployment["resources"] if each not in copies]
    if pending or copies:
        stdin = json.dumps(exported)
        pulumi.read("stack", "import", "--stack", pulumi.stack, "--non-interactive", stdin=stdin)
    begun = [operation["resource"] for operation in pending]
    return [
        *([f"Cleared from the state what the killed run had begun: {_names(begun)}."] if begun else []),
        *([f"Cleared from the state the old copy of what was replaced: {_names(copies)}."] if copies else []),
    ]


def _is_settled(root: Path, stack: str) -> bool:
    """Whether the file of the state shows it at once. One that is compressed (`PULUMI_DIY_BACKEND_GZIP`) does
    not."""
    files = (file for file in (root / "stacks").rglob(f"{stack}.json*") if file.suffix in (".json", *PACKED))
    return all(file.suffix not in PACKED and not TO_SETTLE.search(file.read_text()) for file in files)


def _replaced(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    """The copies that are to be deleted and have a successor under the same name."""
    resources = deployment.get("resources") or []
    current = {resource["urn"] for resource in resources if not resource.get("delete")}
    return [resource for resource in resources if resource.get("delete") and resource["urn"] in current]


def _names(resources: list[dict[str, Any]]) -> str:
    return some(sorted(resource["urn"].rpartition("::")[2] for resource in resources))


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


def _end(process: psutil.Process, patience: float) -> bool:
    """Ask a provider to end, and wait for the calls that it is in.

    One that was started with SIGINT ignored, as a shell starts what it puts into the background, hears only
    SIGTERM, which ends it at once: so that comes when no call can be under way any more.
    """
    return _asked(process, signal.SIGINT, patience) or _asked(process, signal.SIGTERM, LAST_PATIENCE)


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
