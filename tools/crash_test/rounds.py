"""One round: a firm, from nothing to its end; and many rounds, some at once."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import Queue
from typing import Final

import yaml

from tools.crash_test.checks import compared, recorded_in
from tools.crash_test.firms import described, made_up_firm, wanted, with_adoption
from tools.crash_test.killing import Killer, drawn
from tools.crash_test.outcome import Outcome
from tools.crash_test.ways import Ways
from tools.simulated import T4, project, simulator

STACK: Final = "crash"
PATIENCE: Final = 600.0  # seconds for one command: only what hangs takes as long
UP: Final = ("--yes", "--skip-preview", "--continue-on-error", "--non-interactive")
ASKED: Final = re.compile(r"`adopt:\s+true`\s+(?:under|for)\s+([\w.-]*\w)")
"""How an error asks for the line that lets a run take over what it cannot prove to be its own."""

UNKNOWN: Final = re.compile(r"cannot\s+be\s+known.*--force", re.DOTALL)
"""How a command says that it cannot know whether the run is over that holds the lock."""


class Round:
    """One firm, from nothing to its end."""

    def __init__(self, number: int, seed: str, ways: Ways, t4: T4, folder: Path) -> None:
        self._chance = random.Random(f"{seed}/{number}")  # noqa: S311  (no cryptography)
        self._t4, self._ways, self._folder = t4, ways, folder
        self._firm = made_up_firm(self._chance, ways.size)
        self._latency = self._chance.uniform(0.02, ways.size.latency)
        self._calls = sum(map(len, wanted(self._firm).values()))
        self._environ = project(folder, t4)
        if not ways.no_login:
            self._environ["T4_LOGIN"] = t4.login
        metadata = self._chance.random() < 0.5
        if not metadata:
            self._environ["PULUMI_BACKEND_URL"] += "?metadata=skip"  # as `t4firm up` sets it on the simulator
        if ways.skip_checkpoints:
            self._environ |= {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
        self._write()
        kept = "with" if metadata else "without"
        self._outcome = Outcome(
            number, f"{described(self._firm)}, latency {self._latency:.2f} s, {kept} metadata"
        )

    def play(self) -> Outcome:
        """Run, kill and repair until the firm is set up; then compare."""
        outcome, begun = self._outcome, time.monotonic()
        self._t4.empty()
        self._t4.post("latency", {"seconds": self._latency})
        self._command("pulumi", "stack", "init", STACK, "--non-interactive")
        while not self._up() and not outcome.wrong:
            pass
        if not outcome.wrong:
            self._t4.post("latency", {"seconds": 0})
            if self._command("pulumi", "up", *UP, "--expect-no-changes", "--stack", STACK):
                outcome.wrong.append("the final run changes something or fails")
        found = compared(
            self._firm,
            self._t4.get("state"),
            self._t4.requests(),
            recorded_in(self._folder / "state" / ".pulumi" / "stacks" / "t4" / f"{STACK}.json"),
        )
        outcome.wrong += found.sentences()
        outcome.doubled, outcome.stray, outcome.lost = map(len, (found.doubled, found.stray, found.lost))
        outcome.seconds = time.monotonic() - begun
        return outcome

    def _up(self) -> bool:
        """One run, killed or not; whether it ended well."""
        words = self._prepared()
        self._outcome.runs += 1
        alone = len(self._outcome.kills) >= self._ways.size.kills
        kill = None if alone else drawn(self._chance, self._calls, self._latency)
        killer = Killer(kill, self._t4) if kill else None
        with self._started(words) as process:
            killed = killer is not None and killer.strike(process)
        if killed:
            self._outcome.kills.append(str(kill))
        elif process.returncode:
            self._failed()
        return process.returncode == 0

    def _prepared(self) -> list[str]:
        """What somebody does before the next run, and the command of that run."""
        again, plain = self._outcome.runs > 0, self._chance.random() < 0.5
        if again and (plain or self._ways.delete_journal):
            self._unlock()
        if again and self._ways.delete_journal:
            shutil.rmtree(self._folder / ".t4", ignore_errors=True)
        return (
            ["pulumi", "up", *UP, "--stack", STACK] if plain else ["t4firm", "up", "--yes", "--stack", STACK]
        )

    def _unlock(self) -> None:
        """What somebody does who sees that a run was killed: with `--force` only where the command says that
        it cannot know whether the run is over."""
        words = ("t4firm", "unlock", "--yes", "--stack", STACK)
        if self._command(*words, may_fail=True) and not self._forced():
            self._outcome.by_hand += 1
            self._outcome.wrong.append("the stack could not be unlocked")

    def _forced(self) -> bool:
        """Whether the last command asked for `--force`, and that removed the lock."""
        if not UNKNOWN.search(self._outcome.log[-1]):
            return False
        self._outcome.forced += 1
        return self._command("t4firm", "unlock", "--force", "--yes", "--stack", STACK) == 0

    def _failed(self) -> None:
        """Nobody killed the run, and yet it failed. The lock of a plain `pulumi up` that was killed before it
        could note itself needs `--force`; without a login a run may ask for a line in the firm file; anything
        else would be work by hand that nobody was promised."""
        if self._forced():
            return
        asked = set(ASKED.findall(self._outcome.log[-1])) if self._ways.no_login else set()
        fresh = sorted(name for name in asked if with_adoption(self._firm, name))
        if fresh:
            self._outcome.adopted += fresh
            self._write()
        else:
            self._outcome.by_hand += 1
            self._outcome.wrong.append("a run that nobody killed failed")

    def _write(self) -> None:
        file = self._folder / "stacks" / f"{STACK}.firm.yaml"
        file.write_text(yaml.safe_dump(self._firm, sort_keys=False))

    @contextlib.contextmanager
    def _started(self, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """A running command; at the end it is waited for and logged."""
        with (self._folder / "output").open("w+b") as output:
            process = subprocess.Popen(
                words,
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield process
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._outcome.wrong.append(f"a command did not end in {PATIENCE:g} s")
            finally:
                process.kill()
                process.wait()
                output.seek(0)
                text = output.read().decode(errors="replace")
                self._outcome.log.append(f"$ {' '.join(words)}\n{text}\n[{process.returncode}]")

    def _command(self, *words: str, may_fail: bool = False) -> int:
        """A command that nobody kills; its exit code."""
        with self._started(words) as process:
            pass
        if words[0] == "t4firm" and process.returncode and not may_fail:
            self._outcome.by_hand += 1
            self._outcome.wrong.append("the stack could not be unlocked")
        return process.returncode


def crash(numbers: Sequence[int], seed: str, ways: Ways, folder: Path, at_once: int = 2) -> Iterator[Outcome]:
    """Play these rounds, `at_once` at a time; yields each when it is over. The folder of one that went wrong
    stays."""
    with contextlib.ExitStack() as simulators, ThreadPoolExecutor(at_once) as pool:
        free: Queue[T4] = Queue()
        for place in range(at_once):
            free.put(simulators.enter_context(simulator(folder / f"simulator{place}")))

        def one(number: int) -> Outcome:
            t4 = free.get()
            try:
                return Round(number, seed, ways, t4, folder / f"round{number}").play()
            finally:
                free.put(t4)

        rounds = [pool.submit(one, number) for number in numbers]
        try:
            for ended in as_completed(rounds):
                outcome = ended.result()
                if not outcome.wrong:
                    shutil.rmtree(folder / f"round{outcome.number}", ignore_errors=True)
                yield outcome
        finally:  # who stops in the middle does not wait for rounds that have not begun
            for each in rounds:
                each.cancel()
