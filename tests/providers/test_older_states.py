"""A state that an older version wrote refreshes, updates and deletes.

`states/*.json` are exports of real runs of older versions, without anything that belongs to one machine: the
demo of that day (`states/*.firm.yaml`), with an account that the portal gave to trader.a, and with an account
and WhenTech being revoked from trader.b.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from providers.t4.records.kinds import RECORDS
from providers.t4.records.passwords import UNRECORDED
from providers.t4.records.prior_state import recorded_of
from providers.t4.records.upgrade import RENAMED, RENAMED_KINDS, current_id, upgraded
from tests.engine.project import Simulator
from tests.providers.portal import Portal
from tests.providers.stack import FULL, PROVIDERS, Recorded, Stack, crossed, today

STATES = sorted((Path(__file__).parent / "states").glob("*.json"))


def demo() -> dict[str, Any]:
    firm: dict[str, Any] = yaml.safe_load((STATES[0].with_suffix(".firm.yaml")).read_text())
    for day in ("requestedOn", "enabledOn"):
        firm["whentech"][day] = firm["whentech"][day].isoformat()
    signatures = firm["users"]["trader.a"]["eula"]["signatures"]
    signatures.update({name: when.isoformat() for name, when in signatures.items()})
    return firm


def revoking() -> dict[str, Any]:
    firm = demo()
    firm["users"]["trader.b"] |= {
        "accounts": ["33333"],
        "applications": [],
        "revoke": {"accounts": ["44444"], "applications": ["WhenTech"]},
    }
    return firm


def stored(file: Path, simulator: Simulator) -> dict[str, Recorded]:
    """What an older version recorded, with the ids of the users and accounts that this T4 has."""
    resources = json.loads(file.read_text())["resources"]
    ids = {}
    for each in resources:
        outputs = each["outputs"]
        if each["kind"] == "User":
            ids[outputs["userID"]] = simulator.users()[each["name"]]["userID"]
        if each["kind"] == "Account":
            ids[outputs["accountID"]] = simulator.accounts()[each["name"]]["accountID"]
    text = json.dumps(resources)
    for before, now in ids.items():
        text = text.replace(before, now)
    return {
        f"{each['kind']} {each['name']}": Recorded(each["id"], each["inputs"], each["outputs"])
        for each in json.loads(text)
    }


@pytest.fixture(params=STATES, ids=lambda file: file.stem)
def older(request: pytest.FixtureRequest, stack: Stack) -> Stack:
    """A stack that an older version set up, on the operations that it had: none."""
    stack.settled(demo())
    Portal(stack.simulator).make_account("trader.a", "99999")
    stack.state = stored(request.param, stack.simulator)
    stack.operations = "onboarding"
    return stack


def older_names(value: Any) -> Iterator[str]:
    """Every older name in a state."""
    if isinstance(value, dict):
        yield from (name for name in value if name in RENAMED or name.partition("/")[0] in RENAMED_KINDS)
        for inner in value.values():
            yield from older_names(inner)


def all_of(stack: Stack) -> list[dict[str, Any]]:
    return [props for each in stack.state.values() for props in (each.inputs, each.outputs)]


def test_the_states_hold_what_has_changed(older: Stack) -> None:
    found = {name for props in all_of(older) for name in older_names(props)}
    assert {"takenAway", "takenFrom", "unfiled", "file-account/trader.a/99999"} <= found


def test_it_updates(older: Stack) -> None:
    assert older.preview(revoking()).tasks["declare-account/trader.a/99999"] == "open"
    done = older.up(revoking())
    assert not done.failed
    assert done.tasks == {
        "declare-account/trader.a/99999": "open",
        "unassign-account/WhenTechFillUser/33333": "open",
        "unassign-account/WhenTechFillUser/44444": "open",
        "unassign-account/trader.b/44444": "open",
        "unassign-application/trader.b/WhenTech": "open",
    }
    assert done.outputs["summary"]["fillAccounts"]["unmanaged"] == 1
    assert older.preview(revoking()).changed == []
    assert [name for props in all_of(older) for name in older_names(props)] == []


def test_it_refreshes(older: Stack) -> None:
    older.operations = FULL
    assert "User trader.a" in older.refresh()
    outputs = [each.outputs for each in older.state.values()]
    assert [name for props in outputs for name in older_names(props)] == []
    assert older.record("User trader.a")["unmanaged"] == ["99999"]
    assert older.record("User trader.b")["revoke"] == {"accounts": ["44444"], "applications": ["WhenTech"]}


def test_t4firm_tasks_and_drift_read_it_before_any_run(older: Stack) -> None:
    found = {
        (f"pulumi-python:dynamic/t4:{kind}", name): upgraded(each.outputs)
        for key, each in older.state.items()
        for kind, name in [key.split(" ", 1)]
    }
    assert recorded_of(found).accounts["44444"].revoked_from == ("trader.b",)
    assert "declare-account/trader.a/99999" in found["pulumi-python:dynamic/t4:User", "trader.a"]["tasks"]


def test_it_is_finished_and_its_people_depart(older: Stack) -> None:
    older.operations = FULL
    firm = revoking()
    firm["users"]["trader.a"]["accounts"].append("99999")
    firm["accounts"]["99999"] = {"adopt": True}
    done = older.settled(firm)
    assert set(done.tasks.values()) == {"done"}
    firm["users"]["trader.b"]["departed"] = True
    older.settled(firm)
    older.attest("end-market-data/trader.b/CME", on=today())
    older.settled(firm)
    (older.folder / "test.attested.yaml").unlink()
    del firm["users"]["trader.b"]
    gone = older.settled(firm)
    assert {"User trader.b", "Account 33333", "AccountAssignment trader.b/44444"} <= set(gone.deleted)


def test_an_id_with_a_slash_or_a_percent_sign_is_written_as_now() -> None:
    assert current_id("remove-role/trader.a/Order/Desk 50%") == "remove-role/trader.a/Order%2FDesk 50%25"
    assert current_id("file-account/trader.a/99999") == "declare-account/trader.a/99999"
    assert current_id("request-whentech") == "request-whentech"
    assert current_id("a-kind-to-come/trader.a") == "a-kind-to-come/trader.a"


def test_a_record_of_today_is_left_as_it_is(older: Stack) -> None:
    older.up(revoking())
    assert all(upgraded(props) == props for props in all_of(older))


def unsaid(kind: type[Any], *path: str) -> Iterator[tuple[str, ...]]:
    """Every field of a record, and of what is in it, that tells "not known" from "nothing"."""
    of_what = get_type_hints(kind)
    for each in fields(kind):
        here = path if each.name == "inputs" else (*path, each.name)
        if each.default is None or each.default is UNRECORDED:
            yield here
        elif is_dataclass(of_what[each.name]):
            yield from unsaid(of_what[each.name], *here)


UNSAID = [(kind.rpartition(":")[2], path) for kind, record in RECORDS.items() for path in unsaid(record)]


def value_at(props: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        props = (props or {}).get(name)
    return props


@pytest.mark.parametrize(("kind", "path"), UNSAID, ids=lambda part: "/".join(part))
def test_what_it_does_not_say_stays_unsaid(older: Stack, kind: str, path: tuple[str, ...]) -> None:
    """A refresh and an update that learn nothing of it record nothing of it."""
    key = next(key for key in older.state if key.startswith(f"{kind} "))
    state = older.state[key]
    for props in (state.inputs, state.outputs):
        (value_at(props, path[:-1]) or {}).pop(path[-1], None)
    older.refresh()
    assert value_at(older.record(key), path) is None
    with older.session():
        updated = PROVIDERS[kind].update(state.id, crossed(state.outputs), crossed(state.inputs))
    assert value_at(updated.outs, path) is None


def test_every_such_field_is_tried() -> None:
    assert {
        ("Firm", ("idle",)),
        ("User", ("passwordInT4",)),
        ("User", ("firstAccount", "preTradeDisabled")),
    } <= {*UNSAID}


def test_sign_offs_of_a_state_that_did_not_record_idle_lines_are_history(older: Stack) -> None:
    """Also where a refresh comes before the first run."""
    older.attest("disable-user/trader.z", on="2026-11-01")
    older.refresh()
    assert not [words for words in older.up(revoking()).warnings if "trader.z" in words]
    assert not [words for words in older.up(revoking()).warnings if "trader.z" in words]
