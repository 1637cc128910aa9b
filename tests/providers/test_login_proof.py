"""T4 locks users out after failed logins: one that T4 refused is remembered, and none is tried for a name
that another stack has."""

import json
from typing import Any

import pytest
import yaml

from tests.goals.firms import firm_of
from tests.providers.stack import Stack


def one(**entry: Any) -> dict[str, Any]:
    firm = firm_of(trader_a={"accounts": ["11111"], **entry})
    del firm["fillService"]
    return firm


@pytest.fixture
def taken(stack: Stack) -> Stack:
    """T4 has a trader.a whom this stack did not make, and the stack can log in."""
    stack.settings["t4:login"] = json.dumps(stack.simulator.login)
    stack.simulator.onboard("trader.a", "77777")
    return stack


def logins(stack: Stack) -> dict[str, int]:
    found: dict[str, int] = stack.simulator.users()["trader.a"]["logins"]
    return found


def test_a_refused_login_is_not_tried_again(taken: Stack) -> None:
    for _ in range(3):
        said = taken.up(one()).failed["User trader.a"]
        assert "T4 refused a login as trader.a with this stack's password at 20" in said
        assert "because T4 locks users out" in said
    assert logins(taken) == {"successful": 0, "failed": 1}


def test_a_login_that_t4_did_not_answer_is_tried_again(taken: Stack) -> None:
    taken.simulator.fault({"match": {"path": "/login"}, "do": {"status": 503}})
    assert "did not answer a login" in taken.up(one()).failed["User trader.a"]
    assert logins(taken) == {"successful": 0, "failed": 0}
    assert "refused a login" in taken.up(one()).failed["User trader.a"]
    assert logins(taken) == {"successful": 0, "failed": 1}


@pytest.mark.parametrize("file", ["has it", "has the fill user", "cannot be read"])
def test_no_login_for_a_name_that_another_stack_has(taken: Stack, file: str) -> None:
    other = firm_of(trader_b={"accounts": ["88888"]})
    if file == "has it":
        other["users"]["Trader.A"] = other["users"].pop("trader.b")
    elif file == "has the fill user":
        other["fillService"]["user"]["username"] = "trader.a"
    text = "users: [" if file == "cannot be read" else yaml.safe_dump(other)
    (taken.folder / "other.firm.yaml").write_text(text)
    assert "the stack other has a user of this name too" in taken.up(one()).failed["User trader.a"]
    assert logins(taken) == {"successful": 0, "failed": 0}


SETTINGS = {
    "another T4": ("t4:endpoint: https://api.t4login.com", True),
    "another path": ("t4:endpoint: {endpoint}/sim", True),
    "the same T4": ("t4:endpoint: {endpoint}/", False),
    "the simulator": ("t4:endpoint: simulator", False),
    "nothing": ("t4:maxInFlight: 4", False),
    "no YAML": ("{{", False),
    "a secret": ("t4:endpoint: {{secure: AAAA}}", False),
}
"""What another stack's settings say -> whether a login is tried, although it has the same user."""


@pytest.mark.parametrize("says", SETTINGS)
def test_another_stacks_user_at_another_t4_is_another_user(taken: Stack, says: str) -> None:
    text, is_tried = SETTINGS[says]
    (taken.folder / "live.firm.yaml").write_text(yaml.safe_dump(one()))
    settings = f"config:\n  {text.format(endpoint=taken.simulator.endpoint)}\n"
    (taken.folder / "Pulumi.live.yaml").write_text(settings)
    taken.up(one())
    assert logins(taken)["failed"] == is_tried


def test_a_404_to_a_login_is_no_refusal(taken: Stack) -> None:
    taken.simulator.fault({"match": {"path": "/login"}, "do": {"status": 404}})
    said = taken.up(one()).failed["User trader.a"]
    assert "POST /login: T4 answered 404 to a login" in said
    assert "Check t4:endpoint. Nobody was refused" in said
    assert logins(taken) == {"successful": 0, "failed": 0}
    assert "refused a login" in taken.up(one()).failed["User trader.a"]


def test_a_stack_with_other_people_is_no_reason(taken: Stack) -> None:
    (taken.folder / "other.firm.yaml").write_text(yaml.safe_dump(firm_of(trader_b={"accounts": ["88888"]})))
    taken.up(one())
    assert logins(taken) == {"successful": 0, "failed": 1}


def test_adopting_logs_in_as_nobody(taken: Stack) -> None:
    taken.up(one(adopt=True))
    assert logins(taken) == {"successful": 0, "failed": 0}
