"""A run of the engine, watched: progress while it works, then changes, problems and outputs.

The engine prints several lines a resource, thousands for a large firm. What it did is taken from its events;
`--engine-output` (or an option that asks for the engine's own view, such as --diff) shows all of it instead.
"""

import io
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, TextIO

from t4firm.plan.step_words import ORDER, StepWords
from t4firm.reports.coverage import counted
from t4firm.reports.to_do import in_words, total
from t4firm.yaml_files.mistakes import some
from t4firm_cli.engine import ending
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.events import Told
from t4firm_cli.engine.progress import READ, Progress
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.terminal import clean, complain, say

ITS_OWN_VIEW: Final = frozenset(
    {"--diff", "--json", "-j", "--help", "-h", "--debug", "-d", "--interactive", "-i"}
)
OF_THE_PLAN: Final = ("Update plan written to ", "Run `pulumi up --plan=")
"""How the engine's lines about a saved plan begin."""

LOOK: Final = 0.1
"""Seconds between two looks at the events."""

TO_COME: Final = {"create": "to create", "update": "to update", "delete": "to delete", "same": "unchanged"}
DONE: Final = {"create": "created", "update": "updated", "delete": "deleted", "same": "unchanged"}
MOST_NAMES: Final = 20
"""Of one kind of change; above, three names stand for all of them."""


def run(pulumi: Pulumi, command: str, *words: str, total: int, engine_output: bool = False) -> int:
    """Run `preview` or `up`; returns its exit code (`ending`). `total`: how many resources the firm has."""
    with tempfile.TemporaryDirectory(prefix="t4firm-") as folder:
        watch = _Watch(Path(folder) / "events", total)
        is_engines_view = engine_output or bool(ITS_OWN_VIEW.intersection(words))
        if is_engines_view:
            code = ending.exit_code(watch.unseen(pulumi, command, *words), watch.told)
        else:
            errors = Path(folder) / "errors"
            with errors.open("w") as stderr:
                ended = watch.over(pulumi, command, *words, stdout=subprocess.DEVNULL, stderr=stderr)
            code = ending.exit_code(ended, watch.told)
            _show(watch.told, pulumi.stack, TO_COME if command == "preview" else DONE, code)
            if words_of_the_engine := _without_advice(errors.read_text()):
                complain(words_of_the_engine, "bad" if code == ending.FAILED else "plain")
    if last := ending.last_words(watch.told, code, pulumi.stack):
        (complain if is_engines_view else say)(last, "bad")  # its output may be JSON
    return code


def _without_advice(printed: str) -> str:
    """What the engine printed beside its events, without what it says of the plan that it saved for us."""
    lines = (line for line in printed.splitlines() if not line.startswith(OF_THE_PLAN))
    return "\n".join(lines).strip()


def previewed(pulumi: Pulumi, *words: str) -> subprocess.CompletedProcess[str]:
    """What `preview` prints for a machine, with progress on standard error. Raises ProjectError where it was
    asked to stop: what has not been seen to its end is no preview."""
    with tempfile.TemporaryDirectory(prefix="t4firm-") as folder:
        watch = _Watch(Path(folder) / "events", resources_of(pulumi))
        printed, errors = Path(folder) / "printed", Path(folder) / "errors"
        with printed.open("w") as stdout, errors.open("w") as stderr:
            code = watch.over(pulumi, "preview", "--json", *words, stdout=stdout, stderr=stderr)
        if watch.stopping:
            raise ProjectError("the preview was stopped: nothing was done")
        return subprocess.CompletedProcess([*words], code, printed.read_text(), errors.read_text())


def resources_of(pulumi: Pulumi) -> int:
    """How many resources the stack's firm has. Raises FileError with every mistake of its files."""
    return len([*load(pulumi.project, pulumi.stack).desired.goals])


class _Watch:
    """Reads the events while the engine writes them, and shows how far it is."""

    def __init__(self, log: Path, total: int) -> None:
        self._log, self._total = log, total
        self.stopping = False
        self.told = Told()

    def over(self, pulumi: Pulumi, *command: str, stdout: int | IO[str], stderr: IO[str]) -> int:
        """Run a command of the engine to its end; returns its exit code."""
        return pulumi.run(
            *(*command, "--non-interactive", *self._logged(pulumi)),
            stdout=stdout,
            stderr=stderr,
            meanwhile=self._until,
            stopping=self._stop,
        )

    def unseen(self, pulumi: Pulumi, *command: str) -> int:
        """The same on this terminal, where the engine shows all itself."""
        code = pulumi.run(*command, *self._logged(pulumi))
        self._take(io.StringIO(self._log.read_text()), "")
        return code

    def _logged(self, pulumi: Pulumi) -> tuple[str, str]:
        """The option with which the engine writes its events."""
        self._log.touch(mode=0o600)
        pulumi.environ["PULUMI_DEBUG_COMMANDS"] = "true"  # else it does not know the option
        return "--event-log", str(self._log)

    def _stop(self) -> None:
        """The run was asked to stop. Called by a signal, so it only takes note of it."""
        self.stopping = True

    def _until(self, running: "subprocess.Popen[bytes]") -> None:
        """Until the engine has ended."""
        progress = Progress()
        with self._log.open() as events:
            rest, told_so = "", False
            while True:
                over = running.poll() is not None
                rest = self._take(events, rest)
                while self.told.notes:
                    progress.say(clean(self.told.notes.pop(0)))
                if self.stopping and not told_so:
                    progress.say("cancelling: calls that T4 is working on are waited for, and recorded")
                    told_so = True
                if self.told.done:
                    progress.show("resources", self.told.done, self._total + self.told.leaving)
                elif self.told.read:
                    progress.show(READ, self.told.read, self._total)
                if over:
                    break
                time.sleep(LOOK)
        progress.end()

    def _take(self, events: TextIO, rest: str) -> str:
        """Take all whole lines; returns the beginning of one that the engine is still writing."""
        *lines, rest = (rest + events.read()).split("\n")
        for line in lines:
            self.told.take(line)
        return rest


def _show(told: Told, stack: str, words: Mapping[str, str], code: int) -> None:
    steps = told.steps(done=words is DONE)
    for line in _changes(steps, done=words is DONE):
        say(f"  {line}")
    for problem, resources in told.grouped():
        about = f"{some(resources)}: " if resources else ""
        style = "bad" if problem.severity == "error" else "warning"
        say(ending.in_words(problem, about, code), style)
    counts = [
        f"{told.counts[each]:,} {words.get(each, each)}{_asked(steps, each, done=words is DONE)}"
        for each in (*words, *_others(told, words))
        if told.counts[each]
    ]
    if told.failed:
        counts.append(f"{len(told.failed):,} failed")
    took = f" in {told.seconds} s" if told.seconds is not None else ""
    say(f"Resources: {', '.join(counts) or 'none'}{took}", "bad" if told.failed else "heading")
    summary = told.outputs.get("summary") or {}
    if total(to_do := _whole_numbers(summary.get("toDo"))):
        where = f", shown by `t4firm tasks --stack {stack}`" if words is DONE else " after this change"
        say(f"Administrator: {in_words(to_do)}{where}", "heading")
    if fills := _fills(summary):
        say(fills, "heading")


def _asked(steps: Mapping[str, StepWords], operation: str, *, done: bool) -> str:
    """How many resources of one operation the API cannot do; "" for none."""
    asked = sum(step.is_asked for step in steps.values() if step.does == operation)
    if not asked:
        return ""
    many = asked > 1
    waits = f"wait{'' if many else 's'} for the administrator" if done else "by the administrator"
    return f" ({asked:,} of them {waits})"


def _changes(steps: Mapping[str, StepWords], *, done: bool) -> Iterator[str]:
    """A line for each step. Of one kind and sign, what people are asked for comes last; above MOST_NAMES,
    three stand for all of them."""
    groups: dict[tuple[int, str, bool], list[str]] = defaultdict(list)
    for name, step in steps.items():
        kind = ORDER.index(name.partition(" ")[0])
        groups[kind, step.sign, step.is_asked].append(step.done if done else step.to_do)
    for (_, sign, _), lines in sorted(groups.items()):
        shown = sorted(lines) if len(lines) <= MOST_NAMES else sorted(lines)[:3]
        yield from (f"{sign} {line}" for line in shown)
        if len(lines) > len(shown):
            yield f"{sign} and {len(lines) - len(shown):,} more like these"


def _fills(summary: Mapping[str, Any]) -> str:
    """Whose fills are captured, and what is missing until the others are; "" where none are to be."""
    found = _whole_numbers(summary.get("fillAccounts"))
    if not found.get("wanted"):
        return ""
    said = f"Fills: {counted(found)}"
    waiting = summary.get("untilCaptured") or ()
    return said + (f". Captured once these are closed: {', '.join(waiting)}" if waiting else "")


def _whole_numbers(counts: Mapping[str, float] | None) -> dict[str, int]:
    """Counts of the stack's outputs: the engine has no whole numbers."""
    return {name: int(count) for name, count in (counts or {}).items()}


def _others(told: Told, words: Mapping[str, str]) -> list[str]:
    return sorted(told.counts.keys() - words.keys())
