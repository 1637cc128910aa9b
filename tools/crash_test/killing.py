"""kill -9: when which process of a run dies.

Most kills hit while T4 is in the middle of a call, where they do most harm: the simulator holds that call
before or after its work until the process is dead. The others come some time after a call, wherever the run
then is. None depends on how fast the machine is.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import psutil

from tools.simulated import T4

Whom = Literal["command", "provider", "both"]
Moment = Literal["before", "after", "later"]

PAUSE: Final = 0.05  # seconds between two looks
DYING: Final = 60.0  # seconds in which a killed process is gone


@dataclass(frozen=True)
class Kill:
    """A kill, decided upon before its run begins.

    whom      dies: the command with the engine under it, the provider, or both
    moment    the `call`-th call of the run is held before or after its work; or, later: it has come (or the
              run has begun, where `call` is 0)
    seconds   between that and the kill
    """

    whom: Whom
    moment: Moment
    call: int
    seconds: float

    def __str__(self) -> str:
        place = f"call {self.call}" if self.call else "the start"
        when = f"{self.seconds:.1f} s after" if self.moment == "later" else self.moment
        return f"{self.whom} {when} {place}"


def drawn(chance: random.Random, calls: int, latency: float) -> Kill:
    """A kill of a run that makes at most so many calls. Early calls are more often hit: they change more."""
    whom: Whom = chance.choice(("command", "provider", "both"))
    moment: Moment = chance.choice(("before", "before", "after", "after", "later"))
    call = int(calls * chance.random() ** 2)
    if moment != "later":
        return Kill(whom, moment, call + 1, chance.uniform(0, latency))
    return Kill(whom, moment, call, chance.uniform(0, 2.0))


class Killer:
    """Prepared before a run begins, so that it does not miss a call of it."""

    def __init__(self, kill: Kill, t4: T4) -> None:
        self._kill, self._t4 = kill, t4
        self._before = len(t4.requests())
        if kill.moment != "later":
            rule = {"after": kill.call - 1, "when": kill.moment, "do": {"hold": True}}
            t4.post("faults", rule)

    def strike(self, process: subprocess.Popen[Any]) -> bool:
        """Kill when the moment has come; False when the run ends before."""
        try:
            while not self._come():
                if process.poll() is not None:
                    return False
                time.sleep(PAUSE)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._kill.seconds)
                return False
            with _held(process.pid):
                _end(victims(process.pid, self._kill.whom) or victims(process.pid, "command"), process.pid)
            return True
        finally:
            self._t4.delete("faults")  # T4 does its work, whoever has died

    def _come(self) -> bool:
        if self._kill.moment == "later":
            return len(self._t4.requests()) >= self._before + self._kill.call
        return bool(self._t4.get("held")["requests"])


@contextlib.contextmanager
def _held(pid: int) -> Iterator[None]:
    """While it is open, the command starts no engine that would be missing among those that are to die."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).suspend()
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).resume()


def victims(pid: int, whom: Whom) -> list[psutil.Process]:
    """The processes of a run that are to die."""
    try:
        command = psutil.Process(pid)
        family = command.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    engine = [command, *(each for each in family if _is(each, "pulumi"))]
    provider = [each for each in family if _is(each, "pulumi.dynamic")]
    return {"command": engine, "provider": provider, "both": [*engine, *provider]}[whom]


def _end(processes: list[psutil.Process], child: int) -> None:
    for each in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs([each for each in processes if each.pid != child], timeout=DYING)


def _is(process: psutil.Process, program: str) -> bool:
    try:
        return program in (process.name(), *process.cmdline()[1:])
    except psutil.Error:
        return False
