"""What belongs to a stack stays the stack's: its passwords, its journal and its proof, under one name."""

import json
from pathlib import Path
from typing import Any

import pytest

from providers.t4.configuration.password_seed import bound
from providers.t4.configuration.settings import SettingsError, file_settings
from providers.t4.session.journal import Journal
from providers.t4.session.password import password_for
from providers.t4.session.place import folder_for, normal
from t4firm.loading.firm_file import firm_name, load_firm
from tests.engine.project import SEED, Simulator
from tests.goals.firms import firm_of
from tests.providers.stack import Stack

OURS = "test/Example Trading LLC"
EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}


def firm() -> dict[str, Any]:
    return firm_of(trader_a={"accounts": ["11111"], "eula": EULA})


def another(stack: Stack, name: str, patch: pytest.MonkeyPatch) -> Stack:
    """A stack of another repository, with the same seed, at the same T4."""
    folder = stack.folder / name
    folder.mkdir()
    return Stack(folder, stack.simulator, patch, name)


def test_two_stacks_with_one_seed_derive_different_passwords() -> None:
    bindings = (OURS, "live/Example Trading LLC", "test/Another LLC")
    assert len({password_for(bound(SEED, each), "trader.a", 1) for each in bindings}) == 3


def test_a_stack_does_not_log_in_as_another_ones_user_with_the_same_seed(
    stack: Stack, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.settled(firm())
    other = another(stack, "other", monkeypatch)
    other.settings["t4:login"] = json.dumps(simulator.login)
    theirs = firm()
    theirs["users"]["trader.a"] |= {"firstname": "Somebody", "lastname": "Else"}
    del theirs["fillService"]
    assert "T4 already has a user trader.a" in other.up(theirs).failed["User trader.a"]
    assert simulator.can_log_in("trader.a", password_for(bound(SEED, OURS), "trader.a", 1))
    assert simulator.users()["trader.a"]["firstname"] == "Ann"


def test_one_journal_folder_for_two_stacks_keeps_their_answers_apart(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = another(stack, "other", monkeypatch)
    other.settings["t4:journal"] = stack.settings["t4:journal"]
    stack.settled(firm())
    with stack.session() as session:
        assert session.journal.find("onboard/trader.a")
    with other.session() as session:
        assert session.journal.find("onboard/trader.a") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.t4login.com", "HTTPS://API.t4login.com:443/"),
        ("https://api.t4login.com", "https://api.t4login.com."),
        ("http://127.0.0.1:80", "http://127.0.0.1/"),
        ("https://api.t4login.com/sim", "https://api.t4login.com/sim/"),
    ],
)
def test_one_t4_in_two_spellings(one: str, other: str, tmp_path: Path) -> None:
    assert normal(one) == normal(other)
    Journal(tmp_path, one).intend("onboard/trader.a", "2026-11-21", {})
    assert Journal(tmp_path, other).find("onboard/trader.a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.t4login.com", "https://api-sim.t4login.com"),
        ("https://api.t4login.com", "https://api.t4login.com/sim"),
        ("https://t4.example.com/a", "https://t4.example.com-a"),
        ("https://t4.example.com/a/b", "https://t4.example.com/a-b"),
        ("https://t4.example.com", "https://t4.example.com:8443"),
        ("http://localhost:1", "https://localhost:1"),
    ],
)
def test_two_t4s_have_two_folders(one: str, other: str) -> None:
    assert folder_for(one) != folder_for(other)
    assert "/" not in folder_for(one) + folder_for(other)


def test_a_renamed_stack_is_told_what_to_do_before_any_call_and_keeps_what_it_has(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = firm()
    changed["users"]["trader.b"] = {**changed["users"]["trader.a"], "accounts": ["22222"]}
    stack.settled(firm())
    renamed = Stack(stack.folder, stack.simulator, monkeypatch, "renamed")
    renamed.state, renamed.settings["t4:journal"] = stack.state, stack.settings["t4:journal"]
    for run in (renamed.preview, renamed.up):
        assert f'`pulumi config set t4:identity "{OURS}"`' in run(changed).failed["Firm firm"]
    assert "trader.b" not in stack.simulator.users()
    monkeypatch.setenv("T4_IDENTITY", OURS)
    renamed.settled(changed)
    assert stack.simulator.can_log_in("trader.b", password_for(bound(SEED, OURS), "trader.b", 1))
    with renamed.session() as session:
        assert session.journal.find("onboard/trader.a"), "what the old name was answered"


def test_a_renamed_firm_too(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.settled(firm())
    renamed = firm() | {"firm": "Example Trading Group LLC"}
    assert OURS in stack.preview(renamed).failed["Firm firm"]
    monkeypatch.setenv("T4_IDENTITY", OURS)
    stack.settled(renamed)


def test_a_state_that_recorded_no_name_goes_on(stack: Stack) -> None:
    stack.settled(firm())
    del stack.state["Firm firm"].inputs["identity"]
    assert stack.preview(firm()).changed == []
    stack.settled(firm())


@pytest.mark.parametrize("identity", ["test", "/Example", "te st/Example", "test/"])
def test_an_identity_names_stack_and_firm(identity: str) -> None:
    with pytest.raises(SettingsError, match="t4:identity must be the stack and the firm"):
        file_settings({"t4:identity": identity}.get, {}, "test")


@pytest.mark.parametrize(
    "written",
    [
        "Example LLC",
        '"Example: LLC # 1"',
        "'It''s Example'",
        "Yes",
        "Example   # a comment",
        "Example\n  and Sons",
    ],
)
def test_the_firms_name_is_found_without_reading_the_rest(stack: Stack, written: str) -> None:
    path = stack._write(firm())
    text = path.read_text().replace("firm: Example Trading LLC", f"firm: {written}")
    path.write_text(text)
    assert firm_name(path) == load_firm(path).firm
