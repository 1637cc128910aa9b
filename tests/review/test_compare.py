"""What a reviewer is told of a change: who, with what, who must act, what it costs, what is at risk."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from t4firm.model.firm import Account
from t4firm.model.users import FillUser, User
from t4firm.operations import PLACEHOLDERS
from t4firm.review.comment import comment_of
from t4firm.review.compare import review_of
from t4firm.review.entries import NO_FIELDS, SHOWN
from t4firm.review.model import Details
from t4firm.tasks.kinds import AROUND_THE_FILL_SERVICE
from t4firm_cli.project.sides import sides_of
from tests.goals.firms import FULL, firm_of
from tests.review.changes import detail, reviewed, stack_of, told

TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333"]}}
CAROL = {"accounts": ["55555", "66666"], "marketData": {"CME": "Depth"}}


def firm(**changes: dict[str, Any]) -> dict[str, Any]:
    return firm_of(**{**TWO, **changes})


def test_nothing_changes(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm())
    assert review.headline == "nothing changes"
    assert not review.changes_something
    assert (review.people, review.tasks, review.warnings) == ((), (), ())


@pytest.mark.parametrize("operations", ["onboarding", FULL])
def test_nothing_changes_about_an_adopted_user_who_is_set_up(tmp_path: Path, operations: str) -> None:
    """Its first run looks at more than those that follow; that is no change of the files."""
    adopting = firm(trader_a={**TWO["trader_a"], "adopt": True})
    review = reviewed(tmp_path, adopting, adopting, operations=operations)
    assert (review.headline, review.changes_something) == ("nothing changes", False)
    assert (review.tasks, review.warnings) == ((), ())


def test_a_hire_with_two_accounts(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm(trader_c=CAROL))
    assert review.headline == (
        "1 new user, 2 new accounts, 2 fill assignments; 3 tasks for the administrator; "
        "market data +1 subscription"
    )
    assert [(person.username, person.happens) for person in review.people] == [("trader.c", "new")]
    assert detail(review, "trader.c")["accounts"] == ((), ("55555", "66666"))
    assert [task.id for task in review.tasks] == [
        "assign-account/WhenTechFillUser/55555",
        "assign-account/WhenTechFillUser/66666",
        "create-account/66666",
    ]
    assert review.coverage is not None
    assert (review.coverage.before, review.coverage.after) == (3, 5)
    assert [(each.account, each.users) for each in review.coverage.gained] == [
        ("55555", ("trader.c",)),
        ("66666", ("trader.c",)),
    ]


def test_only_accounts_that_a_change_brings_undecided_are_its_warning(tmp_path: Path) -> None:
    [warning] = reviewed(tmp_path, firm(), firm(trader_c=CAROL)).warnings
    assert warning.startswith("the firm file does not say whether 2 accounts may be traded (55555, 66666)")
    [all_of_them] = reviewed(tmp_path, None, firm()).warnings
    assert all_of_them.startswith("the firm file does not say whether 3 accounts may be traded")


def test_a_difference_that_is_newly_accepted_is_a_warning(tmp_path: Path) -> None:
    task = "update-user/trader.a/phone"
    accepting = firm()
    accepting["accepted"] = {task: {"reason": "new phone on its way", "until": "2999-12-31"}}
    warning = f"{task} is accepted until 2999-12-31, although T4 differs: new phone on its way"
    assert warning in reviewed(tmp_path, firm(), accepting).warnings
    assert reviewed(tmp_path, accepting, accepting).warnings == ()


def test_where_the_api_does_everything_nobody_has_a_task(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm(trader_c=CAROL), operations=FULL)
    assert review.tasks == ()
    assert "task" not in review.headline


def test_the_first_file_of_a_firm_is_all_new(tmp_path: Path) -> None:
    review = reviewed(tmp_path, None, firm())
    assert review.headline.startswith("3 new users, 4 new accounts, 3 fill assignments; ")
    assert {person.happens for person in review.people} == {"new"}
    assert [person.username for person in review.people if person.is_fill_user] == ["WhenTechFillUser"]
    assert not any(words.startswith("limits.") for words in review.warnings)


def test_a_departure_ends_capture_and_billing_and_says_so_once(tmp_path: Path) -> None:
    before = firm(trader_b={"accounts": ["33333"], "marketData": {"CME": "Depth"}})
    after = copy.deepcopy(before)
    after["users"]["trader.b"]["departed"] = True
    review = reviewed(tmp_path, before, after)
    assert review.headline == (
        "1 departure, 1 account no longer captured; 3 tasks for the administrator; "
        "market data -1 subscription"
    )
    assert [task.id for task in review.tasks] == [
        "disable-user/trader.b",
        "end-market-data/trader.b/CME",
        "unassign-account/WhenTechFillUser/33333",
    ]
    [warning] = review.warnings
    assert warning.startswith("trader.b departs: ")
    assert detail(review, "trader.b") == {"market data CME": (("Depth",), ())}


def test_somebody_comes_back(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(trader_b={"accounts": ["33333"], "departed": True}), firm())
    assert review.headline.startswith("1 user comes back, 1 fill assignment; ")
    assert "enable-user/trader.b" in [task.id for task in review.tasks]


@pytest.mark.parametrize("adopt", [True, False])
def test_somebody_who_comes_in_as_departed_is_not_told_as_a_hire(tmp_path: Path, adopt: bool) -> None:
    after = firm(trader_c={"accounts": ["55555"], "departed": True, "adopt": adopt})
    review = reviewed(tmp_path, firm(), after)
    assert review.headline.startswith("1 departed user added, 1 new account")
    assert "| `trader.c` | new, departed already |" in told(review)
    assert any("trader.c is new in the file, but has departed. " in words for words in review.warnings)


def test_the_second_step_of_leaving(tmp_path: Path) -> None:
    after = firm()
    del after["users"]["trader.b"]
    review = reviewed(tmp_path, firm(trader_b={"accounts": ["33333"], "departed": True}), after)
    assert review.headline == "1 user leaves the file"
    assert review.refusals == review.warnings == ()


def test_somebody_removed_without_departing_would_be_refused(tmp_path: Path) -> None:
    after = firm()
    del after["users"]["trader.b"]
    review = reviewed(tmp_path, firm(), after)
    assert review.headline.startswith("WOULD BE REFUSED: 1 user leaves the file")
    [reason] = review.refusals
    assert "trader.b was removed from the firm file, but has not departed" in reason


def test_a_run_over_a_limit_would_be_refused_with_the_numbers(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm(trader_c=CAROL) | {"limits": {"newUsers": 0}})
    [reason] = review.refusals
    assert "onboard 1 new users, but limits.newUsers allows 0" in reason
    assert "new users: 1 of 0 — **over the limit**" in told(review)
    assert "limits.newUsers changes from 25 to 0 in one run" in review.warnings


def test_personal_details_are_named_and_not_told(tmp_path: Path) -> None:
    after = firm(trader_a={**TWO["trader_a"], "phone": "555-999-0000", "apptype": "NonProfessional"})
    review = reviewed(tmp_path, firm(), after)
    assert detail(review, "trader.a") == {
        "type": (("Professional",), ("NonProfessional",)),
        "phone": ((), ()),
    }
    assert "phone: changed" in told(review)
    assert "555-999-0000" not in told(review)
    assert "555-123-4567" not in told(review)


@pytest.mark.parametrize(
    ("details", "words", "silent"),
    [
        ("none", "personal details: changed", "phone: changed"),
        ("changed", "phone: changed", "555-999-0000"),
        ("all", "phone: `555-123-4567` → `555-999-0000`", "phone: changed"),
    ],
)
def test_how_much_of_personal_details_is_told(
    tmp_path: Path, details: Details, words: str, silent: str
) -> None:
    after = firm(trader_a={**TWO["trader_a"], "phone": "555-999-0000", "city": "Dayton"})
    said = told(reviewed(tmp_path, firm(), after, details=details))
    assert words in said
    assert silent not in said


def test_of_somebody_new_personal_details_are_told_only_when_all_are_asked_for(tmp_path: Path) -> None:
    after = firm(trader_c={**CAROL, "lastname": "Quackenbush"})
    assert "Quackenbush" not in told(reviewed(tmp_path, firm(), after))
    assert "last name" not in told(reviewed(tmp_path, firm(), after))
    assert "last name: `Quackenbush`" in told(reviewed(tmp_path, firm(), after, details="all"))


def test_names_of_accounts_are_personal_too(tmp_path: Path) -> None:
    after = firm() | {"accounts": {"22222": {"displayName": "Ann's second"}}}
    review = reviewed(tmp_path, firm(), after)
    assert "account 22222, display name: changed" in told(review)
    assert "Ann" not in told(review)
    assert [task.id for task in review.tasks] == ["update-account/22222/displayName"]


def test_every_field_of_an_entry_is_shown_or_personal() -> None:
    """A field that somebody adds must be decided about: here, and in SHOWN if its values may be shown."""
    personal = {"firstname", "lastname", "phone", "email", "street", "city", "county", "state", "postCode"}
    personal |= {"accountName", "displayName"}
    fields = {*User.model_fields, *FillUser.model_fields, *Account.model_fields} - NO_FIELDS - {"account"}
    assert fields - SHOWN == personal


def test_an_account_is_to_be_enabled(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm() | {"accounts": {"11111": {"enabled": True}}})
    assert detail(review, "trader.a") == {"account 11111, enabled": ((), ("yes",))}
    assert [task.id for task in review.tasks] == ["enable-account/11111"]
    closed = firm() | {"accounts": {"11111": {"enabled": False}}}
    assert detail(reviewed(tmp_path, firm(), closed), "trader.a") == {"account 11111, enabled": ((), ("no",))}


def test_market_data_is_counted_because_it_is_billed(tmp_path: Path) -> None:
    before = firm(trader_a={**TWO["trader_a"], "marketData": {"CME": "TOB", "ICE": "TOB"}})
    after = firm(trader_a={**TWO["trader_a"], "marketData": {"CME": "Depth", "CBOT": "Depth"}})
    review = reviewed(tmp_path, before, after)
    assert review.headline.endswith("market data +1/-1 subscriptions, 1 subscription changed")
    assert detail(review, "trader.a") == {
        "market data CBOT": ((), ("Depth",)),
        "market data CME": (("TOB",), ("Depth",)),
        "market data ICE": (("TOB",), ()),
    }


def test_an_exclusion_tells_the_reason(tmp_path: Path) -> None:
    after = firm()
    after["fillService"]["exclude"] = {"22222": "paper trading, agreed 2026-11-03"}
    review = reviewed(tmp_path, firm(), after)
    assert review.headline == "1 account no longer captured; 1 task for the administrator"
    assert review.warnings == (
        "the fills of account 22222 will no longer be captured (excluded: paper trading, agreed 2026-11-03)",
    )
    assert reviewed(tmp_path, firm(), after, operations=FULL).changes_something
    later = copy.deepcopy(after)
    later["fillService"]["exclude"]["22222"] = "paper trading for good"
    said = told(reviewed(tmp_path, after, later))
    assert "excluded: `22222` (`trader.a`): paper trading for good" in said
    reason = "fillService.exclude.22222: `paper trading, agreed 2026-11-03` → `paper trading for good`"
    assert reason in said
    assert "fillService.exclude" not in told(review)


def test_the_risk_manager_role_is_the_loudest_word(tmp_path: Path) -> None:
    after = firm()
    after["fillService"] |= {"capture": "riskManager"}
    after["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    review = reviewed(tmp_path, firm(), after)
    assert "ALL accounts to be captured by a role" in review.headline
    assert "assign-role/WhenTechFillUser/RiskManager" in [task.id for task in review.tasks]
    assert any("WhenTech receives the fills of ALL accounts" in words for words in review.warnings)
    assert any("above all not Trading" in words for words in review.warnings)
    assert "all accounts of the firm, by the Risk Manager role" in told(review)
    back = reviewed(tmp_path, after, firm())
    assert "accounts to be captured one by one" in back.headline


def test_a_template_whose_known_roles_change_concerns_everybody_made_from_it(tmp_path: Path) -> None:
    before, after = firm(), firm()
    before["templates"]["users"]["WhenTechTrader"]["roles"] = ["Charting"]
    after["templates"]["users"]["WhenTechTrader"]["roles"] = ["Trading"]
    review = reviewed(tmp_path, before, after)
    assert any("can trade: the file now says that it gives Trading" in words for words in review.warnings)
    changed = "the file now says that template WhenTechTrader gives also Trading, no longer Charting. For"
    assert any(words.startswith(changed) for words in review.warnings)
    assert any("For trader.a and trader.b" in words for words in review.warnings)
    assert [task.id for task in review.tasks] == [
        "assign-role/trader.a/Trading",
        "assign-role/trader.b/Trading",
    ]


def test_another_template_changes_nothing_about_a_user_that_is_made(tmp_path: Path) -> None:
    after = firm(trader_a={**TWO["trader_a"], "templateUser": "Other"})
    after["templates"]["users"]["Other"] = {"applications": ["WhenTech"], "roles": ["Trading"]}
    review = reviewed(tmp_path, firm(), after)
    assert any("nothing changes for this user in T4" in words for words in review.warnings)


def test_somebody_is_adopted(tmp_path: Path) -> None:
    after = firm(trader_c={**CAROL, "adopt": True})
    review = reviewed(tmp_path, firm(), after)
    assert review.headline.startswith("1 user adopted, ")
    said = "This change adopts the user trader.c (`adopt: true`) and creates nothing: no operation lists it"
    assert any(words.startswith(said) for words in review.warnings)
    assert not any("adopts" in words for words in reviewed(tmp_path, after, after).warnings)


def test_an_account_that_vanishes_while_its_user_stays_would_be_refused(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm(trader_a={"accounts": ["11111"]}))
    [reason] = review.refusals
    assert reason.startswith("account 22222 was removed from trader.a, but T4 still has it.")
    assert detail(review, "trader.a")["accounts"] == (("11111", "22222"), ("11111",))
    assert "accounts: - `22222`" in told(review)


def test_what_is_revoked_is_told_with_its_steps(tmp_path: Path) -> None:
    after = firm(trader_a={"accounts": ["11111"], "revoke": {"accounts": ["22222"]}})
    review = reviewed(tmp_path, firm(), after)
    assert review.refusals == ()
    assert detail(review, "trader.a")["revoked: accounts"] == ((), ("22222",))
    assert {"unassign-account/trader.a/22222", "unassign-account/WhenTechFillUser/22222"} == {
        task.id for task in review.tasks
    }
    assert "no longer captured: `22222` (`trader.a`)" in told(review)


def test_an_account_goes_on_when_the_entry_of_its_owner_goes_who_departed(tmp_path: Path) -> None:
    before = firm(trader_b={"accounts": ["33333"], "departed": True})
    assert (
        reviewed(tmp_path, before, firm_of(trader_a={"accounts": ["11111", "22222", "33333"]})).refusals == ()
    )
    stays = firm_of(trader_a={"accounts": ["11111", "33333"]}, trader_b={"accounts": ["22222"]})
    assert len(reviewed(tmp_path, firm(), stays).refusals) > 0


def test_the_fill_service_ends(tmp_path: Path) -> None:
    after = firm()
    after["fillService"]["capture"] = "none"
    review = reviewed(tmp_path, firm(), after)
    assert "3 accounts no longer captured" in review.headline
    assert "the service ends (capture: none)" in told(review)
    assert [task.id for task in review.tasks] == [
        f"unassign-account/WhenTechFillUser/{number}" for number in ("11111", "22222", "33333")
    ]
    leaving = copy.deepcopy(after)
    leaving["fillService"]["user"]["departed"] = True
    assert "1 departure" in reviewed(tmp_path, after, leaving).headline
    assert any("cannot depart yet" in words for words in reviewed(tmp_path, firm(), leaving).refusals)


def test_accounts_of_another_stack_are_told_with_it(tmp_path: Path) -> None:
    (tmp_path / "retail.firm.yaml").write_text(
        yaml.safe_dump({**firm_of(trader_r={"accounts": ["77777"]}), "fillService": None})
    )
    after = firm()
    after["fillService"]["stacks"] = ["retail"]
    review = reviewed(tmp_path, firm(), after)
    task = "assign-account/WhenTechFillUser/77777"
    assert f"`77777` (`stack retail`) will be captured once `{task}` is closed" in told(review)


def test_an_account_that_the_run_assigns_will_be_captured_after_it(tmp_path: Path) -> None:
    review = reviewed(tmp_path, firm(), firm(trader_c=CAROL), operations=FULL)
    assert "`55555` (`trader.c`) will be captured once the run has assigned it" in told(review)
    assert "captures the fills of 5 accounts; before this change 3 accounts" in told(review)


def test_what_stands_against_the_fill_service_is_said_with_its_accounts(tmp_path: Path) -> None:
    before, after = firm(), firm()
    del before["fillService"], after["fillService"]["user"]["eula"]
    review = reviewed(tmp_path, before, after)
    waits = [f"`{kind}/WhenTechFillUser`" for kind in ("sign-eula", *AROUND_THE_FILL_SERVICE)]
    assert f"nothing is captured until these are closed: {', '.join(waits)}" in told(review)
    after["fillService"]["capture"] = "none"
    assert "nothing is captured until" not in told(reviewed(tmp_path, before, after))


def test_a_signature_closes_its_task_and_is_shown(tmp_path: Path) -> None:
    task = "create-account/22222"
    review = reviewed(tmp_path, firm(), firm(), signed=([], [task]))
    assert review.headline == "1 task signed off"
    assert [(each.task, each.by, each.on) for each in review.signatures] == [
        (task, "A. Administrator", "2026-11-20")
    ]
    withdrawn = reviewed(tmp_path, firm(), firm(), signed=([task], []))
    assert withdrawn.withdrawn == (task,)
    assert "`create-account/22222`: the sign-off is withdrawn" in told(withdrawn)


def test_an_earlier_signature_does_not_close_what_a_change_brings_again(tmp_path: Path) -> None:
    task = "update-user/trader.a/phone"
    after = firm(trader_a={**TWO["trader_a"], "phone": "555-999-0000"})
    assert [each.id for each in reviewed(tmp_path, firm(), after, signed=([task], [task])).tasks] == [task]
    assert reviewed(tmp_path, firm(), after, signed=([], [task])).tasks == ()


def test_what_changes_about_the_firm_itself_is_told_path_by_path(tmp_path: Path) -> None:
    before = firm() | {"whentech": {"requestedOn": "2026-11-02"}}
    review = reviewed(tmp_path, before, firm())
    assert [(field.name, field.before, field.after) for field in review.others] == [
        ("whentech.enabledOn", (), ("2026-11-04",))
    ]
    assert review.headline == "only settings of the firm itself change"


def test_when_the_api_comes_to_do_more_that_is_said(tmp_path: Path) -> None:
    base = stack_of(tmp_path, "before", firm(), "onboarding", [])
    head = stack_of(tmp_path, "after", firm(), FULL, [])
    words, *operations = review_of("live", *sides_of(base, head)).warnings
    assert words.startswith("from now on T4's API does these steps: ")
    assert "create-account" in words
    assert len(operations) == len(PLACEHOLDERS)
    known = 'operation disableUser is new: PATCH /admin/v1/users/{userID} {"enabled": false}'
    assert known in operations
    assert "operation disableUser is removed" in review_of("live", *sides_of(head, base)).warnings


def test_a_long_call_is_told_before_and_after(tmp_path: Path) -> None:
    base = stack_of(tmp_path, "before", firm(), FULL, [])
    new = base.operations["disableUser"].model_copy(update={"body": {"x": "y" * 2_000}})
    operations = replace(base.operations, known={**base.operations.known, "disableUser": new})
    said = told(review_of("live", *sides_of(base, replace(base, operations=operations))))
    assert 'operation disableUser: {"enabled": false} → {"x": "yyy' in said
    back = told(review_of("live", *sides_of(replace(base, operations=operations), base)))
    assert '… → {"enabled": false}' in back


def test_an_unchanged_change_gives_the_same_bytes(tmp_path: Path) -> None:
    after = firm(trader_c=CAROL)
    comments = {comment_of(reviewed(tmp_path, firm(), after), "sha256:x") for _ in range(3)}
    assert len(comments) == 1
    shuffled = firm(trader_c=CAROL)
    shuffled["users"] = dict(reversed(shuffled["users"].items()))
    assert comment_of(reviewed(tmp_path, firm(), shuffled), "sha256:x") in comments
