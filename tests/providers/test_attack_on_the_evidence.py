"""An attack on the evidence (docs/evidence.md): for each kind of task, each false showing closes nothing.

Every kind of the table is attacked, so that a new one cannot be forgotten. What is absent from T4's reads is
attacked in test_absence.py.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.t4.api import T4Error
from providers.t4.lifecycle.task_ledger import Steps, called
from providers.t4.session import session as sessions
from t4firm.loading.attested_file import load_attested
from t4firm.tasks.ids import task_id
from t4firm.tasks.kinds import CHANGEABLE, KINDS
from t4firm.yaml_files.document import FileError
from tests.api.scripted import Reply, ScriptedT4
from tests.engine.project import SEED
from tests.providers.stack import FULL, today

OLD = "2026-11-01T15:00:00.000+00:00"
LINE = f"{today()}, by A. Administrator"
PARTS = {"username": "trader.a", "account": "11111", "application": "WhenTech", "role": "Trading"}

BY_FIELD = sorted(kind for kind, each in KINDS.items() if each.field)
SIGNED = sorted(KINDS.keys() - {*BY_FIELD})
CALLED = {kind: each.operation for kind, each in sorted(KINDS.items()) if each.operation}


def task_of(kind: str) -> str:
    field = {"field": CHANGEABLE[kind][0]} if kind in CHANGEABLE else {}
    known = {**PARTS, "exchange": "CME", **field}
    return task_id(kind, *(known[name] for name in KINDS[kind].parts))


@pytest.fixture(autouse=True)
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Sets the session up for a T4 and one operation of the full set."""

    def using(endpoint: str, operation: str) -> None:
        full = yaml.safe_load(Path(FULL).read_text())
        operations = tmp_path / "one.operations.yaml"
        operations.write_text(yaml.safe_dump({operation: full[operation]} if operation else {}))
        settings = {
            "t4:endpoint": endpoint,
            "t4:apiKey": "a-key",
            "t4:passwordSeed": SEED,
            "t4:journal": str(tmp_path / "journal"),
            "t4:repeatFor": "0",
            "t4:operations": str(operations) if operation else "onboarding",
        }
        made.append(sessions.Session(settings.get, "test"))
        monkeypatch.setattr(sessions, "_session", made[-1])

    made: list[sessions.Session] = []
    using("https://t4.example.com", "")
    yield using
    for each in made:
        if each._client:
            each._client.close()


Record = Mapping[str, Any]

INPUTS: dict[str, Any] = {
    "how": {},
    **{"person": {"firstname": "Ann"}, "passwordVersion": 1, "marketData": {"CME": "Depth"}, "eula": None},
    **{"expected": {"roles": [], "applications": []}, "names": {"accountName": "x"}, "owner": "trader.a"},
    "templateAccount": "DefaultTemplate",
}
"""What a resource's inputs say that a task may be about."""


def steps(task: str, line: str, record: Record | None = None, value: str = "", **more: Any) -> Steps:
    """The step in the next run: by hand, with this line in the attested file."""
    olds = {**INPUTS, "tasks": {task: dict(record)} if record else {}, **more.pop("olds", {})}
    made = Steps.of_props({**INPUTS, **({"attested": {task: line}} if line else {}), **more}, olds)
    if value:
        made.wants = lambda _: value
    return made


def open_task(task: str, value: str = "") -> Record:
    """As a run of today left it, without a line."""
    asked = steps(task, "", value=value)
    asked.take(task)
    return asked.tasks[task]


def an_old_line(task: str) -> Steps:
    return steps(task, "2026-01-01, by A. Administrator", open_task(task))


def a_line_from_before_it_was_opened_again(task: str) -> Steps:
    again = steps(task, LINE, {"status": "attested", "since": OLD, "closed": LINE})
    again.take(task, again=True)
    return steps(task, LINE, again.tasks[task])


def a_line_that_closed_it_before(task: str) -> Steps:
    withdrawn = steps(task, "", {"status": "attested", "since": OLD, "closed": LINE})
    withdrawn.take(task)
    return steps(task, LINE, withdrawn.tasks[task])


def a_line_from_before_it_was_asked(task: str) -> Steps:
    return steps(task, LINE, olds={"attested": {task: LINE}})


def a_line_for_another_value(task: str) -> Steps:
    return steps(task, LINE, open_task(task, "the first"), "the second")


def a_line_that_is_older_than_what_it_is_about(task: str) -> Steps:
    return Steps.of_props({**INPUTS, "attested": {task: LINE}, "subject": "new"})


def a_line_that_t4_contradicted(task: str) -> Steps:
    read = steps(task, LINE, {"status": "attested", "since": OLD, "closed": LINE})
    read.tasks[task] = read._opened(task, "shown")
    return steps(task, LINE, read.tasks[task])


def a_line_from_the_time_of_an_acceptance(task: str) -> Steps:
    until = {task: "2026-12-31"}
    accepting = steps(task, LINE, open_task(task), accepted=until)
    accepting.take(task)
    return steps(task, LINE, accepting.tasks[task], olds={"accepted": until})


def a_line_for_another_task(task: str) -> Steps:
    return steps(task, "", open_task(task), attested={f"{task}0": LINE})


FALSE_LINES = (
    an_old_line,
    a_line_from_before_it_was_opened_again,
    a_line_that_closed_it_before,
    a_line_from_before_it_was_asked,
    a_line_for_another_value,
    a_line_that_is_older_than_what_it_is_about,
    a_line_that_t4_contradicted,
    a_line_from_the_time_of_an_acceptance,
    a_line_for_another_task,
)


@pytest.mark.parametrize("attack", FALSE_LINES, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("kind", SIGNED)
def test_a_false_line_closes_nothing(kind: str, attack: Callable[[str], Steps]) -> None:
    task = task_of(kind)
    attacked = attack(task)
    assert not attacked.take(task)
    assert attacked.tasks[task]["status"] == "open"


@pytest.mark.parametrize("kind", SIGNED)
def test_a_true_line_closes_it(kind: str) -> None:
    task = task_of(kind)
    signed = steps(task, LINE, open_task(task))
    assert signed.take(task)
    assert signed.tasks[task]["status"] == "attested"


@pytest.mark.parametrize("kind", BY_FIELD)
def test_what_the_firm_file_closes_has_no_line(tmp_path: Path, kind: str) -> None:
    line = {"task": task_of(kind), "by": "A", "on": today()}
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump([line]))
    with pytest.raises(FileError, match="is not signed off here"):
        load_attested(tmp_path / "test.firm.yaml")


FALSE_ANSWERS: dict[str, Reply] = {
    "404": Reply(404, {"message": "no such path"}),
    "403": Reply(403, {}),
    "409": Reply(409, {"message": "exists"}),
    "200 with errors": Reply(200, {"success": False, "errors": ["It has working orders."], "data": None}),
    "202": Reply(202, {"jobId": "J1", "state": "queued"}),
    "500": Reply(500, {}),
    "no JSON": Reply(200, b"<html>please log in</html>"),
}


@pytest.fixture(params=FALSE_ANSWERS)
def t4(request: pytest.FixtureRequest) -> Iterator[ScriptedT4]:
    with ScriptedT4(*[FALSE_ANSWERS[request.param]] * 5) as made:
        yield made


@pytest.mark.parametrize("kind", CALLED)
def test_a_false_answer_closes_nothing(
    session: Callable[[str, str], None], t4: ScriptedT4, kind: str
) -> None:
    operation, task = CALLED[kind], task_of(kind)
    session(t4.endpoint, operation)
    values = {
        **PARTS,
        **{"userID": "U1", "accountID": "A1", "changes": {}, "updates": [], "templateAccount": "T"},
        **{"accountName": "x", "displayName": "x", "eulaVersion": "2", "signatures": [], "collectedBy": ""},
    }
    record = {"status": "open", "since": OLD}
    attacked = Steps({kind: "api"}, {}, {task: record})
    with suppress(T4Error):
        assert not attacked.take(task, lambda: called(operation, values))
    assert attacked.tasks[task]["status"] == "open"
    assert t4.heard, "the operation was called"
