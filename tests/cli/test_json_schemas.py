"""Every command's JSON has a schema in docs/json, and fits it. `Folder.t4firm` checks each call of any test
too."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

from t4firm_cli.administrator import attest
from t4firm_cli.app import app
from t4firm_cli.commands import repository, tasks, upkeep
from t4firm_cli.engine import state_copy
from t4firm_cli.json_schemas import COMMANDS, as_text, file_of, schema_of
from tests.cli.conftest import ROOT, Folder
from tests.outputs import SCHEMAS, check, command_of, fits, published


def with_json(group: Any, before: str = "") -> Iterator[str]:
    """The commands that have --json."""
    for name, command in group.commands.items():
        path = f"{before}{name}"
        if hasattr(command, "commands"):
            yield from with_json(command, f"{path} ")
        elif any("--json" in option.opts for option in command.params):
            yield path


def test_every_command_that_prints_json_has_a_schema_and_no_other() -> None:
    assert {*with_json(typer.main.get_command(app))} == {*COMMANDS}
    assert {path.name for path in SCHEMAS.iterdir()} == {*map(file_of, COMMANDS)}
    page = (ROOT / "docs" / "json.md").read_text()
    for command in COMMANDS:
        assert f"(json/{file_of(command)})" in page


@pytest.mark.parametrize("command", COMMANDS)
def test_the_schemas_in_the_docs_are_those_of_the_code(command: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(command))
    assert (SCHEMAS / file_of(command)).read_text() == as_text(command), "renew it: make examples"


def test_a_name_too_many_or_too_few_does_not_fit() -> None:
    good = {"version": 1, "mail": "x", "next": "y"}
    fits("request", good)
    for wrong in (
        {**good, "more": 1},
        {"version": 1, "mail": "x"},
        {**good, "version": 2},
        {**good, "next": None},
    ):
        with pytest.raises(jsonschema.ValidationError):
            fits("request", wrong)


def test_a_consumer_accepts_the_names_of_a_later_version() -> None:
    """A new name may come at any time (docs/json.md), in each object."""
    mistake = {"file": "f", "line": 1, "field": "users", "wrong": "w", "right": "r"}
    file = {"file": "f", "fine": False, "warnings": [], "mistakes": [mistake]}
    now = {"version": 1, "files": [file], "mistakes": 1}
    fits("validate", now)
    later = {**now, "new": 1, "files": [{**file, "new": 1, "mistakes": [{**mistake, "new": 1}]}]}
    jsonschema.Draft202012Validator(published("validate")).validate(later)
    for command in COMMANDS:
        assert '"additionalProperties": false' not in as_text(command)
    for wrong in ({**now, "new": 1}, {**now, "files": later["files"]}):
        with pytest.raises(jsonschema.ValidationError):
            fits("validate", wrong)


def test_what_is_printed_is_one_object_and_nothing_else() -> None:
    good = json.dumps({"version": 1, "mail": "x", "next": "y"})
    request = ("request", "--json")
    check(request, 0, good)
    check(request, 1, "")
    check(("request",), 0, "words")
    for more in (f"words\n{good}", f"{good}\n{good}", f"{good} words", "words", " "):
        with pytest.raises(json.JSONDecodeError):
            check(request, 0, more)
    with pytest.raises(AssertionError, match="request --json printed nothing"):
        check(request, 0, "")
    line = json.dumps(
        {"version": 1, "at": "x", "account": "1", "what": "changed", "known": True, "words": "y"}
    )
    check(("watch", "--json"), 0, f"{line}\n{line}\n")
    check(("watch", "--json"), 0, "")
    for wrong in (f"{line}\n{good}\n", f"{good}\n"):
        with pytest.raises(jsonschema.ValidationError):
            check(("watch", "--json"), 0, wrong)


CALLS = (
    "validate",
    "request --name Ann",
    "fleet list",
    "fleet tasks",
    "fleet preview --stacks demo",
    "review --base HEAD",
    "tasks",
    "report",
    "report --audit",
    "drift",
    "history --check",
    "unlock",
    "doctor",
    "password --new-seed",
    "import t4 --dry-run",
    "depart trader.b --dry-run",
    "revoke trader.a --application WhenTech --dry-run",
    "new account 55555 --user trader.a --dry-run",
    "simulator status",
    "simulator reset",
    "simulator stop",
)


def test_each_command_prints_what_its_schema_says(folder: Folder) -> None:
    """Each call is checked by the folder; here none of them prints nothing."""
    folder.t4firm("simulator", "start", "--json")
    author = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=The firm")):
        subprocess.run(["git", *author, *words], cwd=folder.path, check=True)
    for call in CALLS:
        said = folder.t4firm(*call.split(), "--json")
        assert said.out.startswith("{"), (call, said.err)
        assert json.loads(said.out)["version"] == 1


def test_what_needs_an_engine_or_a_wheel_prints_what_its_schema_says(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(folder.path)
    monkeypatch.setenv("T4_ENDPOINT", "https://t4.example.com")
    monkeypatch.setattr(attest, "run", lambda *_: ["sign-eula/trader.a"])
    monkeypatch.setattr(state_copy, "leave", lambda *_: None)
    monkeypatch.setattr("t4firm_setup.phases.set_up", lambda *_, **__: None)
    tasks.sign_off("Ann", ["sign-eula/trader.a"], as_json=True)
    fits("attest", json.loads(capsys.readouterr().out))
    upkeep.copy_state(tmp_path / "copy.json", as_json=True)
    fits("copy-state", json.loads(capsys.readouterr().out))
    repository.setup(as_json=True)
    fits("setup", json.loads(capsys.readouterr().out))
    wheel = tmp_path / "t4_firm-9.8.7-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    with pytest.raises(typer.Exit):
        repository.init("acme", "Acme", wheel, as_json=True)
    fits("init", json.loads(capsys.readouterr().out))


def test_the_command_of_a_call_is_known() -> None:
    assert command_of(("fleet", "list", "--json")) == "fleet list"
    assert command_of(("drift", "--json")) == "drift"
