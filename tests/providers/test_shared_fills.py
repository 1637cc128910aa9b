"""One fill user captures for several stacks of a firm: it reads the others' firm files."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.t4.engine import engine_state
from t4firm.loading.other_stacks import load_others
from t4firm.yaml_files.document import FileError
from tests.firm.firms import said
from tests.goals.firms import firm_of, load
from tests.providers.operations import without
from tests.providers.stack import Stack
from tests.providers.test_taking_away import FILL, assigned, sign

ONLY_TRADES: dict[str, Any] = {"applications": [], "templateUser": "Trader"}
TASK = f"assign-account/{FILL}/77777"


def main(**service: Any) -> dict[str, Any]:
    made = firm_of(trader_a={"accounts": ["11111"]})
    made["fillService"] |= {"stacks": ["retail"], **service}
    return made


def retail(**users: Any) -> dict[str, Any]:
    made = firm_of(**(users or {"trader_r": {"accounts": ["77777"]}}))
    del made["fillService"]
    return made


def write(folder: Path, firm: dict[str, Any], stack: str = "retail") -> None:
    (folder / f"{stack}.firm.yaml").write_text(yaml.safe_dump(firm, sort_keys=False))


@pytest.fixture
def other(stack: Stack) -> Stack:
    """The other stack, with a trader of its own."""
    other = stack.beside("retail")
    other.settled(retail())
    return other


def test_accounts_of_another_stack_are_captured_with_one_list_call(stack: Stack, other: Stack) -> None:
    other.settled(retail(trader_r={"accounts": ["77777", "88888"]}))
    stack.simulator.forget_requests()
    done = stack.settled(main())
    assert set(assigned(stack, FILL)) == {"FILL0001", "11111", "77777", "88888"}
    assert len(stack.simulator.requests("GET", "/admin/v1/accounts")) == 1
    counts = done.outputs["summary"]["fillAccounts"]
    assert (counts["wanted"], counts["assigned"]) == (3, 3)
    assert set(done.outputs["users"]) == {FILL, "trader.a"}, "each stack sets up its own people"


def test_without_a_list_of_accounts_the_assignment_is_the_administrators(stack: Stack, other: Stack) -> None:
    stack.operations = without(stack, "listAccounts")
    stack.settled(main())
    assert stack.tasks(main()) == {TASK: "open"}
    assert stack.record(f"AccountAssignment {FILL}/77777")["tasks"][TASK]["lacks"] == "accountID"
    sign(stack, TASK)
    stack.settled(main())
    assert stack.tasks(main()) == {TASK: "attested"}


def test_an_account_that_the_other_stack_has_not_made_yet_is_captured_when_it_has(stack: Stack) -> None:
    other = stack.beside("retail")
    write(stack.folder, retail())
    stack.up(main())
    assert stack.tasks(main()) == {TASK: "open"}
    other.settled(retail())
    stack.settled(main())
    assert "77777" in assigned(stack, FILL)
    assert stack.tasks(main()) == {TASK: "done"}


def test_an_account_of_another_stack_is_excluded_with_a_reason(stack: Stack, other: Stack) -> None:
    stack.settled(main(exclude={"77777": "paper trading"}))
    assert assigned(stack, FILL) == ["FILL0001", "11111"]


def test_who_leaves_elsewhere_stays_captured_until_that_stack_has_finished(
    stack: Stack, other: Stack
) -> None:
    stack.settled(main())
    leaving = retail()
    leaving["users"]["trader.r"]["departed"] = True
    other.settled(leaving)
    stack.settled(main())
    assert "77777" in assigned(stack, FILL)
    gone = retail(trader_s={"accounts": ["99999"]})
    write(stack.folder, gone)
    early = stack.preview(main()).failed["program"]
    assert (
        "the firm file of the stack retail no longer has the captured accounts 77777, but that stack still "
        "has them" in early
    )
    other.settled(gone)
    stack.up(main())
    assert set(assigned(stack, FILL)) == {"FILL0001", "11111", "99999"}
    stack.up(main())
    assert f"AccountAssignment {FILL}/77777" not in stack.state


def test_a_signature_about_another_stacks_account_that_is_gone_is_history(stack: Stack, other: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(main())
    sign(stack, f"assign-account/{FILL}/11111", TASK)
    stack.settled(main())
    assert stack.tasks(main())[TASK] == "attested"
    leaving = retail()
    leaving["users"]["trader.r"]["departed"] = True
    other.settled(leaving)
    stack.settled(main())
    other.settled(retail(trader_s={"accounts": ["99999"]}))
    assert not [words for words in stack.up(main()).warnings if "attested" in words], "it is history"
    gone = f"unassign-account/{FILL}/77777"
    assert stack.tasks(main())[gone] == "open"
    sign(stack, gone)
    stack.up(main())
    stack.up(main())
    assert f"AccountAssignment {FILL}/77777" not in stack.state


def test_who_stays_elsewhere_without_whentech_is_captured_until_that_stack_has_taken_it_away(
    stack: Stack, other: Stack
) -> None:
    stack.settled(main())
    leaves = retail()
    leaves["users"]["trader.r"] |= {"applications": [], "revoke": {"applications": ["WhenTech"]}}
    write(stack.folder, retail(trader_r={"accounts": ["77777"], **ONLY_TRADES}))
    early = stack.preview(main()).failed["program"]
    assert "Run `up` for retail first" in early
    other.settled(leaves)
    stack.settled(main())
    assert "77777" in assigned(stack, FILL), "retail's file still speaks of it"
    other.settled(retail(trader_r={"accounts": ["77777"], **ONLY_TRADES}))
    stack.up(main())
    assert assigned(stack, FILL) == ["FILL0001", "11111"]
    stack.up(main())
    stack.settled(main())


def test_an_account_that_moved_elsewhere_to_somebody_without_whentech_is_captured_no_more(
    stack: Stack, other: Stack
) -> None:
    def of(r: dict[str, Any], s: dict[str, Any], owner: str) -> dict[str, Any]:
        made = retail(trader_r=r, trader_s={**ONLY_TRADES, **s})
        return {**made, "accounts": {"77777": {"owner": owner}}}

    stack.simulator.template("Trader", [], ["Trading"])
    r, s = {"accounts": ["77777", "78787"]}, {"accounts": ["99999", "77777"]}
    other.settled(of(r, s, "trader.r"))
    stack.settled(main())
    keeps = {"accounts": ["78787"]}
    gives = {**keeps, "revoke": {"accounts": ["77777"]}}
    other.settled(of(gives, s, "trader.s"))
    stack.settled(main())
    assert "77777" in assigned(stack, FILL)
    other.settled(of(keeps, s, "trader.s"))
    stack.up(main())
    assert set(assigned(stack, FILL)) == {"FILL0001", "11111", "78787"}


def test_another_stack_is_read_as_it_is_in_its_own_environment(stack: Stack, other: Stack) -> None:
    """A stack without WhenTech has no WhenTech users, whatever its firm file says for other stacks."""
    (stack.folder / "retail.stack.yaml").write_text("without: [whentech]\n")
    stack.settled(main())
    assert assigned(stack, FILL) == ["FILL0001", "11111"]


def test_a_mistake_in_another_stacks_stack_file_is_told_under_its_name(tmp_path: Path) -> None:
    write(tmp_path, retail())
    (tmp_path / "retail.stack.yaml").write_text("without: [whentec]\n")
    firm = load(tmp_path, main())
    with pytest.raises(FileError, match=r"retail\.stack\.yaml:1: without"):
        load_others(tmp_path / "test.firm.yaml", firm)


def test_a_stack_that_is_named_no_more_is_captured_no_more(stack: Stack, other: Stack) -> None:
    stack.settled(main())
    alone = main()
    del alone["fillService"]["stacks"]
    stack.operations = without(stack, "unassignAccount")
    stack.settled(alone)
    task = f"unassign-account/{FILL}/77777"
    assert stack.tasks(alone) == {task: "open"}
    stack.settled(alone)
    sign(stack, task)
    stack.up(alone)
    stack.settled(alone)
    assert f"AccountAssignment {FILL}/77777" not in stack.state


def test_what_another_stack_has_recorded_must_be_readable(
    stack: Stack, other: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_state, "PAUSES", ())
    stack.settled(main())
    other.settled(retail(trader_r={"accounts": ["77777", "88888"]}))
    write(stack.folder, retail(trader_s={"accounts": ["99999"]}))
    del stack.neighbours["retail"]
    early = stack.preview(main()).failed["program"]
    assert "the state of that stack cannot be read from here (" in early
    assert "unknown stack" in early


@pytest.mark.parametrize(
    ("theirs", "service", "words"),
    [
        (
            retail(trader_r={"accounts": ["11111"]}),
            {},
            'users.trader.r.accounts (1st): the account "11111" is also set up by this stack (',
        ),
        (
            retail(trader_a={"accounts": ["77777"]}),
            {},
            "test.firm.yaml, line 35), at the same T4; remove it from one of the two files: one stack sets "
            "up a user",
        ),
        (
            firm_of(trader_r={"accounts": ["77777"]}),
            {},
            "retail.firm.yaml:49: fillService:",
        ),
        (
            retail(trader_r={"accounts": [77777]}),
            {},
            'retail.firm.yaml:48: users.trader.r.accounts (1st): 77777 is a number; write "77777"',
        ),
        (retail(), {"stacks": ["retale"]}, "retale.firm.yaml: there is no such file"),
        (retail(), {"stacks": ["test"]}, '"test" is not another stack of this repository'),
        (retail(), {"stacks": ["../retail"]}, '"../retail" is not another stack of this repository'),
        (
            retail(),
            {"exclude": {"77778": "paper trading"}},
            '"77778" would not be captured anyway: no WhenTech user of these stacks has it',
        ),
    ],
)
def test_mistakes_between_the_files(
    tmp_path: Path, theirs: dict[str, Any], service: dict[str, Any], words: str
) -> None:
    write(tmp_path, theirs)
    firm = load(tmp_path, main(**service))
    with pytest.raises(FileError) as raised:
        load_others(tmp_path / "test.firm.yaml", firm)
    assert words in str(raised.value)


def test_the_other_file_is_fine_on_its_own(tmp_path: Path) -> None:
    write(tmp_path, retail())
    assert said(tmp_path / "retail.firm.yaml") == []
    assert load_others(tmp_path / "test.firm.yaml", load(tmp_path, main())).keys() == {"retail"}
