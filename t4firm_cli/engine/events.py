"""The engine's events: what it does, resource by resource, one JSON line each (`pulumi up --event-log FILE`;
the option is listed only with PULUMI_DEBUG_COMMANDS=true). Tried with engine 3.259.0."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from providers.t4.lifecycle.errors import UNTIL_MENDED
from providers.t4.lifecycle.violation_words import MENDED_BY
from providers.t4.outputs import key_of
from t4firm.plan.goals import OURS
from t4firm.plan.step_words import StepWords, step_words
from t4firm.reports.to_do import TO_DO
from t4firm.tasks.ids import parts_of

LOOKING: Final = ("refresh", "read")
GOING: Final = ("delete", "discard")
ITS_LAST_WORDS: Final = ("update failed", "preview failed")
"""What the engine says of the whole stack after what went wrong has been said."""

PROGRAM_STOPPED: Final = "an unhandled error occurred: program exited"
"""How the engine says that the program stopped; the program has said why."""

ALARMS: Final = ("VIOLATION: ", "CONTRADICTED: ")
"""How an error begins that is no failure of the run: T4 shows what must not be (`providers.t4.outputs`)."""

ITS_FRAME: Final = re.compile(rf"^{re.escape(OURS)}\w+ resource '.*?' has a problem: ")
"""What the engine writes before the words of a `check` that refuses; the resource is named anyhow."""

FROM_STANDARD_ERROR: Final = "info#err"
"""The severity of what a provider's process writes while it works."""


@dataclass(frozen=True)
class Problem:
    """Something that the engine, the program or a provider had to say. `about`: a resource, or nothing."""

    severity: str
    about: str
    words: str

    @property
    def is_alarm(self) -> bool:
        """Whether it is an error about T4, not about the run. Of what a run will do, it is a warning."""
        return self.is_error and self.words.startswith(ALARMS)

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@dataclass
class Told:
    """All that the events have told so far. Resources are named as people know them: `User trader.a`.

    `read`: how many were compared with T4 before anything else; `done`: how many have been dealt with;
    `leaving`: how many of them the firm no longer has; `counts`: operation -> how many, without the failed;
    `notes`: what a provider said while it worked; `changes`: resource -> what its step means (`steps`);
    `open_tasks`: resource -> the tasks that are open after it; `outputs`: the stack's outputs.
    """

    read: int = 0
    done: int = 0
    leaving: int = 0
    changes: dict[str, StepWords] = field(default_factory=dict)
    open_tasks: dict[str, list[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: int | None = None

    def take(self, line: str) -> None:
        """One more line of the log."""
        if '"severity":"debug"' in line:  # nine of ten, and long
            return
        event = json.loads(line)
        for kind, content in event.items():
            if kind == "diagnosticEvent":
                self._said(content)
            elif kind == "summaryEvent":
                self.seconds = content["durationSeconds"]
            elif kind in ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"):
                self._step(kind, content["metadata"])

    def _said(self, content: Mapping[str, Any]) -> None:
        words = ITS_FRAME.sub("", content["message"].strip())
        severity = content["severity"]
        if severity == FROM_STANDARD_ERROR:
            self.notes += words.splitlines()
        elif severity != "debug" and words and words not in ITS_LAST_WORDS:
            self.problems.append(Problem(severity, _name(content.get("urn", "")), words))

    def grouped(self) -> Iterator[tuple[Problem, list[str]]]:
        """Each problem once, with the resources that it is about: one trouble, one message. What waits for a
        violation is left out where the violation is told, with how much waits; and that the program stopped,
        where it has said why."""
        told = {_first_task(each.words, MENDED_BY) for each in self.problems} - {""}
        others = [
            each
            for each in self.problems
            if not each.words.startswith(PROGRAM_STOPPED)
            and _first_task(each.words, UNTIL_MENDED) not in told
        ]
        is_said = any(each.severity == "error" for each in others)
        found: dict[tuple[str, str], list[Problem]] = {}
        for each in others if is_said else self.problems:
            found.setdefault((each.severity, each.words), []).append(each)
        for same in found.values():
            yield same[0], [each.about for each in same if each.about]

    def _step(self, kind: str, step: Mapping[str, Any]) -> None:
        operation, name = step["op"], _name(step["urn"])
        if step["type"] == "pulumi:pulumi:Stack" and kind == "resOutputsEvent":
            self.outputs = (step.get("new") or {}).get("outputs") or self.outputs
        if not step["type"].startswith(OURS):
            return
        if kind == "resourcePreEvent":
            self.leaving += operation in GOING
        elif operation in LOOKING:
            self.read += 1
        else:
            self.done += 1
            if kind == "resOpFailedEvent":
                self.failed.append(name)
                return
            self.counts[operation] += 1
            if operation != "same":
                self.changes[name] = _words(operation, step)
                self.open_tasks[name] = _open_tasks(step)

    def steps(self, *, done: bool) -> dict[str, StepWords]:
        """Resource -> what its step means; whether people are asked to take it. After a run that is `done`,
        its record says that; a preview has no record, and its outputs name the tasks to come."""
        to_come: dict[str, list[str]] = {}
        for task in self.outputs.get("administratorTasks") or ():
            if task["status"] in TO_DO:
                to_come.setdefault("/".join(parts_of(task["id"]).values()), []).append(task["id"])
        return {
            name: words.left_open(
                self.open_tasks.get(name, ()) if done else to_come.get(name.partition(" ")[2], ())
            )
            for name, words in self.changes.items()
        }


def _first_task(words: str, before: str) -> str:
    """The first of the tasks that a sentence names at its end; "" where it names none."""
    return re.split(r" and \d+ more|\. ", words.partition(before)[2])[0]


def _name(urn: str) -> str:
    """`User trader.a`; nothing for the stack and what is the engine's own."""
    if OURS not in urn:
        return ""
    kind, name = key_of(urn)
    return f"{kind.removeprefix(OURS)} {name}"


def _words(operation: str, step: Mapping[str, Any]) -> StepWords:
    kind, name = key_of(step["urn"])
    old, new = ((step.get(state) or {}).get("inputs") for state in ("old", "new"))
    return step_words(kind.removeprefix(OURS), name, operation, old, new)


def _open_tasks(step: Mapping[str, Any]) -> list[str]:
    """The tasks that a resource's record has open after a step."""
    tasks = ((step.get("new") or {}).get("outputs") or {}).get("tasks") or {}
    return [task for task, record in tasks.items() if record["status"] == "open"]
