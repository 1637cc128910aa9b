"""An attack on the evidence (docs/evidence.md): for each kind of task, each false showing closes nothing.

The cells are made from the table of kinds (t4firm/tasks/kinds.py), so that a new kind cannot be forgotten:
each kind by each false line; each that an operation takes by each false answer, and by each false read after
a good one; and all that T4 can show, open in one state, by each false read of a refresh.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.t4.api import T4Error
from providers.t4.records import record as records
from providers.t4.records.accounts import AccountInputs, AccountRecord
from providers.t4.records.users import UserInputs, UserRecord
from providers.t4.session import session as sessions
from providers.t4.steps.journaled_calls import called
from providers.t4.steps.task_ledger import Steps
from t4firm.loading.attested_file import load_attested
from t4firm.operations import READS
from t4firm.plan.desired import ACCOUNT_STEPS, USER_STEPS
from t4firm.tasks.ids import kind_of, task_id
from t4firm.tasks.kinds import CHANGEABLE, KINDS
from t4firm.yaml_files.document import FileError
from tests.api.scripted import Reply, ScriptedT4
from tests.engine.project import SEED
from tests.goals.firms import firm_of
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Recorded, Stack, today

FILL = "WhenTechFillUser"

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
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets the session up for a T4 and these operations of the full set."""

    def using(endpoint: str, *names: str) -> None:
        full = yaml.safe_load(Path(FULL).read_text())
        operations = tmp_path / "some.operations.yaml"
        operations.write_text(yaml.safe_dump({name: full[name] for name in names}))
        settings = {
            "t4:endpoint": endpoint,
            "t4:apiKey": "a-key",
            "t4:passwordSeed": SEED,
            "t4:journal": str(tmp_path / "journal"),
            "t4:repeatFor": "0",
            "t4:operations": str(operations) if names else "onboarding",
        }
        made.append(sessions.Session(settings.get, "test"))
        monkeypatch.setattr(sessions, "_session", made[-1])

    made: list[sessions.Session] = []
    using("https://t4.example.com")
    yield using
    for each in made:
        if each._client:
            each._client.close()


@pytest.fixture(scope="module")
def one_t4() -> Iterator[ScriptedT4]:
    with ScriptedT4() as made:
        yield made


@pytest.fixture
def t4(one_t4: ScriptedT4) -> ScriptedT4:
    one_t4.heard.clear()
    return one_t4


Record = Mapping[str, Any]

A_USER: dict[str, Any] = {
    **{"username": "trader.a", "person": {"firstname": "Ann"}, "marketData": {"CME": "Depth"}},
}
ACCOUNT: dict[str, Any] = {
    **{"account": "22222", "owner": "trader.a", "names": {"accountName": "x"}},
    "templateAccount": "DefaultTemplate",
}
"""What a resource's inputs say that a task may be about."""


RESOURCES: dict[str, tuple[type[records.Inputs], type[records.Recorded], dict[str, Any]]] = {
    **dict.fromkeys(("create-account", "update-account"), (AccountInputs, AccountRecord, ACCOUNT)),
    **dict.fromkeys(
        ("update-user", "update-market-data", "sign-eula", "verify-user", "hand-over-credentials"),
        (UserInputs, UserRecord, A_USER),
    ),
}
"""Kind of step -> the resource whose inputs say the value that it is about."""


def steps_about(task: str, news: dict[str, Any], olds: dict[str, Any] | None) -> Steps:
    """The steps of the resource that a task is about."""
    inputs, record, said = RESOURCES.get(kind_of(task), (records.Inputs, records.Recorded, {}))
    before = record.from_props({**said, **olds}) if olds is not None else None
    return Steps.of(inputs.from_props({**said, **news}), before)


def steps(task: str, line: str, record: Record | None = None, value: str = "", **more: Any) -> Steps:
    """The step in the next run: by hand, with this line in the attested file."""
    olds = {"tasks": {task: dict(record)} if record else {}, **more.pop("olds", {})}
    made = steps_about(task, {**({"attested": {task: line}} if line else {}), **more}, olds)
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
    return steps_about(task, {"attested": {task: LINE}, "subject": "new"}, None)


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
    with pytest.raises(FileError, match="cannot be signed off here"):
        load_attested(tmp_path / "test.firm.yaml")


VALUES: dict[str, Any] = {
    **PARTS,
    **{"userID": "U1", "accountID": "A1", "changes": {}, "updates": [], "templateAccount": "T"},
    **{"accountName": "x", "displayName": "x", "eulaVersion": "2", "signatures": [], "collectedBy": ""},
}
WISH: dict[str, Any] = {
    "update-market-data": "Depth",
    "sign-eula": {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}},
    "update-user": "Ann",
    "update-account": "x",
}
"""What the file wants of a task, where the task does not say it."""


def called_step(kind: str) -> tuple[Steps, bool]:
    """The step, taken through the API; and whether it counts as taken."""
    task, operation = task_of(kind), CALLED[kind]
    attacked = Steps({kind: "api"}, {}, {task: {"status": "open", "since": OLD}})
    attacked.ids = {"userID": "U1", "accountID": "A1"}
    taken = False
    with suppress(T4Error):
        taken = attacked.take(task, lambda: called(operation, VALUES), wish=WISH.get(kind))
    return attacked, taken


PROBLEM = Reply(200, {"success": False, "errors": ["It has working orders."], "data": None})
QUEUED = Reply(202, {"jobId": "J1", "state": "queued"})
FALSE_ANSWERS: dict[str, Reply] = {
    "404": Reply(404, {"message": "no such path"}),
    "403": Reply(403, {}),
    "409": Reply(409, {"message": "exists"}),
    "200 with errors": PROBLEM,
    "202": QUEUED,
    "500": Reply(500, {}),
    "no JSON": Reply(200, b"<html>please log in</html>"),
    "another user or account": Reply(200, {"data": {"userID": "U9", "accountID": "A9", "account": "99999"}}),
}


@pytest.mark.parametrize("kind", CALLED)
@pytest.mark.parametrize("answer", FALSE_ANSWERS)
def test_a_false_answer_closes_nothing(
    session: Callable[..., None], t4: ScriptedT4, kind: str, answer: str
) -> None:
    """No operation reads: there is nothing but the answer."""
    t4.script = [FALSE_ANSWERS[answer]]
    session(t4.endpoint, CALLED[kind])
    attacked, taken = called_step(kind)
    assert not taken
    assert attacked.tasks[task_of(kind)]["status"] == "open"
    assert t4.heard, "the operation was called"


USER: dict[str, Any] = {"userID": "U1", "userName": "trader.a", "firmID": "F1", "enabled": True, "roles": []}
USER |= {"accounts": [], "applications": [], "firstname": "Ann"}
ACCOUNT = {"accountID": "A1", "account": "11111", "enabled": "Enabled", "accountName": "x"}
ITS: dict[str, Any] = {
    "disable-user": USER | {"enabled": False},
    "remove-role": USER,
    "assign-application": USER | {"applications": [{"name": "WhenTech"}]},
    "unassign-application": USER,
    "assign-account": USER | {"accounts": [{"account": "11111"}]},
    "unassign-account": USER,
    "update-user": USER,
    "create-account": ACCOUNT,
    "enable-account": ACCOUNT,
    "update-account": ACCOUNT,
    "update-market-data": {"exchangeMarketData": [{"clearingExchange": "CME", "marketDataType": "Depth"}]},
    "sign-eula": {
        "signatureTemplate": {
            **{"collectedBy": "", "eulaVersion": "2"},
            "signatures": [{"documentName": "LegalEULA", "signed": "2025-05-01T10:30:15"}],
        }
    },
}
"""Kind -> what T4 answers a read of one user or account where the step is taken."""
LISTS = {"readUser": ("listUsers", "users"), "readAccount": ("listAccounts", "accounts")}


def test_every_kind_that_is_called_and_read_is_attacked() -> None:
    assert {kind for kind in CALLED if KINDS[kind].reads} == ITS.keys()


def reader_of(kind: str) -> str:
    """The operation that shows what a call changed: of a new account, a read of the account."""
    return KINDS[kind].reads[-1]


IDENTITY = ("userID", "userName", "accountID", "account")
NOTHING_ELSE: dict[str, Any] = {"exchangeMarketData": [], "signatureTemplate": None}
FALSE_READS: dict[str, Callable[[Any], Reply]] = {
    "404": lambda its: Reply(404, {}),
    "500": lambda its: Reply(500, {}),
    "200 with errors": lambda its: PROBLEM,
    "202": lambda its: QUEUED,
    "no JSON": lambda its: Reply(200, b"<html>please log in</html>"),
    "empty": lambda its: Reply(200, {"exchangeMarketData": [], "signatureTemplate": None}),
    "another user or account": lambda its: Reply(
        200, its | {"userID": "U9", "accountID": "A9", "exchangeMarketData": [], "signatureTemplate": None}
    ),
    "another name": lambda its: Reply(200, its | {"userName": "trader.z", "account": "99999"} | NOTHING_ELSE),
    "no identity": lambda its: Reply(200, {**its, **dict.fromkeys(IDENTITY)} | NOTHING_ELSE),
    "a list of several": lambda its: Reply(200, [its | NOTHING_ELSE, its | NOTHING_ELSE]),
    "a text in the place of the data": lambda its: Reply(200, {"data": "done"}),
    "only what was asked": lambda its: Reply(200, {"enabled": False} | NOTHING_ELSE),
    "another firm": lambda its: Reply(
        200, its | {"firmID": "F9", "exchangeMarketData": [], "signatureTemplate": None}
    ),
}
"""What T4 answers to the read after the call, made from what would be true. Market data and signatures name
no user and no firm: there another one is one without them."""


@pytest.mark.parametrize("kind", ITS)
@pytest.mark.parametrize("false", FALSE_READS)
def test_a_false_read_after_a_good_answer_closes_nothing(
    session: Callable[..., None], t4: ScriptedT4, kind: str, false: str
) -> None:
    reader = reader_of(kind)
    session(t4.endpoint, CALLED[kind], reader)
    sessions.session().firm.see("F1", "trader.a", "an answer", "2026-11-01T15:00:00.000+00:00")
    t4.script = [ok(kind), FALSE_READS[false](ITS[kind])]
    attacked, taken = called_step(kind)
    assert not taken
    record = attacked.tasks[task_of(kind)]
    assert record["status"] == "open"
    assert record["unread"], "the next run reads again"
    calls = [call for call in t4.heard if call.method != "GET"]
    session(t4.endpoint, CALLED[kind], reader)
    t4.script = [Reply(200, ITS[kind])]
    assert attacked.take(task_of(kind), lambda: pytest.fail("it is called again"), wish=WISH.get(kind))
    assert [call for call in t4.heard if call.method != "GET"] == calls


def ok(kind: str) -> Reply:
    """A good answer to the call."""
    return Reply(200, ACCOUNT if kind == "create-account" else {})


@pytest.mark.parametrize("kind", [kind for kind in ITS if reader_of(kind) in LISTS])
@pytest.mark.parametrize("complete", [True, False])
def test_a_list_that_lacks_it_closes_nothing_and_one_that_has_it_does(
    session: Callable[..., None], t4: ScriptedT4, kind: str, complete: bool
) -> None:
    lister, key = LISTS[reader_of(kind)]
    session(t4.endpoint, CALLED[kind], lister)
    page = {key: [], **({"totalCount": 0} if complete else {})}
    t4.script = [ok(kind), Reply(200, {"data": page})]
    attacked, taken = called_step(kind)
    assert not taken
    session(t4.endpoint, CALLED[kind], lister)
    t4.script = [Reply(200, {"data": {key: [ITS[kind]]}})]
    assert attacked.take(task_of(kind), wish=WISH.get(kind))


def test_no_false_read_of_a_refresh_closes_anything(stack: Stack) -> None:
    """Each kind that T4 can show has an open task, in one state; each false showing is read into it."""
    honest = everything_open(stack)
    stack.refresh()
    assert open_kinds(stack) == {kind for kind in SIGNED if not KINDS[kind].reads}, (
        "T4 shows that all is done"
    )
    false: dict[str, Callable[[], None]] = {
        "404": lambda: answering(stack, 404),
        "403": lambda: answering(stack, 403),
        "500": lambda: answering(stack, 500),
        "202": lambda: answering(stack, 202, QUEUED.body),
        "200 with errors": lambda: answering(stack, 200, PROBLEM.body),
        "an empty answer": lambda: answering(stack, 200, {"data": {"users": [], "accounts": []}}),
        "wrong paths": lambda: operating(stack, path="/admin/v2/nobody"),
        "one page of a longer list": lambda: operating(stack, page=True),
        "wrong paths of single reads": lambda: operating(stack, path="/admin/v2/nobody", lists=False),
        "wrong paths of lists": lambda: operating(stack, path="/admin/v2/nobody", page=True),
        "another person": lambda: answering(
            stack, 200, {"data": {**USER, **ACCOUNT, "userName": "trader.x", "account": "99999"}}
        ),
        "another firm": lambda: of_another_firm(stack),
    }
    for showing, attack in false.items():
        stack.state = copy.deepcopy(honest)
        stack.operations = FULL
        attack()
        read_each(stack)
        stack.simulator.calm()
        closed = set(SIGNED) - open_kinds(stack)
        assert not closed, f"{showing} closed {closed}"


def read_each(stack: Stack) -> None:
    """A refresh in which each resource is read by itself, and one that fails holds up no other."""
    whole = stack.state
    for key in sorted(whole):
        stack.state = {key: whole[key]}
        with suppress(T4Error):
            stack.refresh()
    stack.state = whole


def answering(stack: Stack, status: int, body: Any = None) -> None:
    """Every read is answered so."""
    do = {"status": status, "body": json.dumps(body or {})}
    stack.simulator.fault({"match": {"method": "GET", "path": "/admin"}, "do": do, "times": 10_000})


def of_another_firm(stack: Stack) -> None:
    """The stack is of another firm than T4 shows."""
    operating(stack, lists=False)
    stack.settings["t4:journal"] = str(stack.folder / "of another firm")
    for recorded in stack.state.values():
        recorded.outputs |= {name: "F9" for name in ("firmID", "ofFirm") if name in recorded.outputs}


def operating(stack: Stack, *, path: str = "", page: bool = False, lists: bool = True) -> None:
    """Reads at a wrong path; or lists alone, of which one page comes that has nobody; or no lists."""
    full = yaml.safe_load(Path(FULL).read_text())
    for name, fields in full.items():
        if path and name in READS:
            fields["path"] = path
        if page and name.startswith("list"):
            fields |= {"answer": fields["answer"].replace("[]", "[?userID == 'x']", 1), "total": None}
            fields["pages"] = None
    known = {
        name: {field: value for field, value in fields.items() if value is not None}
        for name, fields in full.items()
        if not (page and name.startswith("read")) and (lists or not name.startswith("list"))
    }
    file = stack.folder / "false.operations.yaml"
    file.write_text(yaml.safe_dump(known))
    stack.operations = str(file)


def everything_open(stack: Stack) -> dict[str, Recorded]:
    """The state of a firm in which T4 has all as the file wants it, and a task of each kind is open."""
    stack.settled(whole_firm())
    leaving = whole_firm(departed=True)
    stack.up(leaving)
    Portal(stack.simulator).end_subscription("trader.b", "CME")
    where = {
        **dict.fromkeys(USER_STEPS, "User trader.a"),
        **{"disable-user": "User trader.b", "end-market-data": "User trader.b"},
        **dict.fromkeys(ACCOUNT_STEPS, "Account 11111"),
        **{"create-account": "Account 22222", "disable-account": "Account FILL0001"},
        **{"assign-application": "ApplicationAssignment trader.a/WhenTech"},
        **{"assign-account": f"AccountAssignment {FILL}/11111"},
        **{"unassign-account": f"AccountAssignment {FILL}/22222"},
    }
    for kind in SIGNED:
        recorded = stack.state[where[kind]].outputs
        its = {
            "username": recorded.get("username", FILL),
            "account": recorded["account"] if isinstance(recorded.get("account"), str) else "99999",
            **{"role": "Trading", "exchange": "CME"},
            "application": "WhenTechFills" if kind == "unassign-application" else "WhenTech",
            "field": CHANGEABLE.get(kind, ("",))[0],
        }
        task = task_id(kind, *(its[name] for name in KINDS[kind].parts))
        recorded["tasks"][task] = {"status": "open", "since": OLD}
    stack.state["User trader.a"].outputs["otherFirm"] = "F0"
    stack.state["Account 22222"].outputs |= {"made": False, "accountID": ""}
    return copy.deepcopy(stack.state)


def whole_firm(*, departed: bool = False) -> dict[str, Any]:
    firm = firm_of(
        trader_a={
            **{"accounts": ["11111", "22222"], "marketData": {"CME": "Depth"}},
            "eula": {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}},
        },
        trader_b={"accounts": ["33333"], "marketData": {"CME": "Depth"}, "departed": departed},
    )
    firm["accounts"] = {"11111": {"enabled": True}}
    firm["fillService"]["exclude"] = {"22222": "paper trading"}
    return firm


def open_kinds(stack: Stack) -> set[str]:
    return {
        kind_of(task)
        for recorded in stack.state.values()
        for task, record in (recorded.outputs.get("tasks") or {}).items()
        if record["status"] == "open" and record["since"] == OLD
    }
