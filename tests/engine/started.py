"""A command that runs while the test goes on, with all that it starts; none of it outlives the test."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.clock import PATIENCE
from tests.engine.project import Done, Project, plain

PAUSE = 0.05  # seconds between two looks


class Started:
    """A running command. `family` is what it has started so far, once `look` has been called."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self._process = process
        self._output = output
        self.family: list[psutil.Process] = []

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return plain(self._output.read_text())

    def look(self) -> None:
        """Remember what it has started: once it is dead, nobody could tell."""
        self.family = psutil.Process(self.pid).children(recursive=True)

    @property
    def provider(self) -> psutil.Process:
        """The process that calls T4."""
        return next(each for each in self.family if "pulumi.dynamic" in each.cmdline())

    def until(self, true: Callable[[], object]) -> None:
        """Wait until something is true that this command brings about."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert self._process.poll() is None, f"the command ended before that: {self.text}"
            assert time.monotonic() < end, f"it never came to that: {self.text}"
            time.sleep(PAUSE)

    def says(self, words: str) -> None:
        """Wait until it has printed these words."""
        self.until(lambda: words in self.text)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def send_to_group(self, number: signal.Signals) -> None:
        """As Ctrl-C in a terminal, which reaches everything that was not put into a group of its own."""
        os.killpg(self.pid, number)

    def finished(self) -> Done:
        """Wait for its end."""
        return Done(self._process.wait(PATIENCE), self.text)

    def alive(self) -> list[str]:
        """What of its family still runs. A zombie does not: it only waits for an init that some containers
        lack."""
        found = []
        for each in self.family:
            with suppress(psutil.NoSuchProcess):
                if each.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(each.cmdline()))
        return found

    def ended(self) -> None:
        """Wait until nothing of its family runs."""
        end = time.monotonic() + PATIENCE
        while left := self.alive():
            assert time.monotonic() < end, f"left behind: {left}"
            time.sleep(PAUSE)


@contextmanager
def started(project: Project, command: list[str], **environ: str) -> Iterator[Started]:
    """Start a command in the project's folder, in a process group of its own."""
    output = project.folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=project.folder,
            env={**project.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    begun = Started(process, output)
    try:
        yield begun
    finally:
        with suppress(psutil.NoSuchProcess):
            begun.family += psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for each in begun.family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()
