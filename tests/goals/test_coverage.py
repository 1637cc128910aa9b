"""Whose fills reach WhenTech: each account is captured, open, left out with a reason, or uncovered."""

from pathlib import Path
from typing import Any

from t4firm.reports.coverage import Coverage, Known, counts, coverage, missing
from tests.goals.firms import fill_accounts, firm_of, goals, load

FILL = "WhenTechFillUser"
TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333"]}}


def covered(folder: Path, known: Known, firm: dict[str, Any] | None = None) -> tuple[Coverage, ...]:
    firm = firm or firm_of(**TWO)
    return coverage(goals(folder, firm), load(folder, firm), known)


def test_an_account_is_captured_by_evidence_and_open_with_its_task(tmp_path: Path) -> None:
    found = covered(tmp_path, Known({"11111": "2026-11-20, by A. Admin", "33333": "POST …: 200"}))
    assert found == (
        Coverage("11111", "captured", "2026-11-20, by A. Admin"),
        Coverage("22222", "open", f"assign-account/{FILL}/22222"),
        Coverage("33333", "captured", "POST …: 200"),
    )
    assert counts(found) == fill_accounts(3, 2, 2)


def test_an_excluded_account_has_its_reason_even_while_it_is_still_assigned(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["fillService"]["exclude"] = {"22222": "paper trading"}
    found = covered(tmp_path, Known({"22222": "POST …: 200"}), firm)
    assert Coverage("22222", "excluded", "paper trading") in found
    assert counts(found) == fill_accounts(2, 0, 0, excluded=1)


def test_an_account_that_the_file_does_not_have_is_uncovered(tmp_path: Path) -> None:
    found = covered(tmp_path, Known(unmanaged={"77777": "trader.a", "33333": "trader.a"}))
    assert [each for each in found if each.state == "unmanaged"] == [
        Coverage(
            "77777", "unmanaged", "trader.a has it in T4, but the firm file does not list it", listed=False
        )
    ], "33333 is another trader's in the file, and open there"
    assert counts(found)["unmanaged"] == 1


def test_the_role_stands_for_every_account_and_is_the_evidence(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    seen = covered(tmp_path, Known(role="T4 showed it", unmanaged={"77777": "trader.a"}), firm)
    assert [(each.account, each.state) for each in seen] == [
        (number, "captured") for number in ("11111", "22222", "33333")
    ]
    assert {each.because for each in seen} == {"T4 showed it"}
    unseen = covered(tmp_path, Known(unmanaged={"77777": "trader.a"}), firm)
    assert counts(unseen) == fill_accounts(3, 0, 0, unmanaged=1)


NOT_YET = (f"sign-eula/{FILL}", f"hand-over-credentials/{FILL}")


def test_while_the_fill_service_does_not_run_an_account_is_assigned_and_not_captured(tmp_path: Path) -> None:
    found = covered(tmp_path, Known({"11111": "POST …: 200", "22222": "POST …: 200"}, missing=NOT_YET))
    assert found == (
        Coverage("11111", "assigned", ", ".join(NOT_YET)),
        Coverage("22222", "assigned", ", ".join(NOT_YET)),
        Coverage("33333", "open", f"assign-account/{FILL}/33333"),
    )
    assert counts(found) == fill_accounts(3, 2, 0)


def test_the_role_does_not_capture_either_while_the_fill_service_does_not_run(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    by_role = Known(role="T4 showed it", unmanaged={"77777": "trader.a"}, missing=NOT_YET)
    assert counts(covered(tmp_path, by_role, firm)) == fill_accounts(3, 3, 0), "77777 is seen by the role too"


def test_what_stands_against_the_fill_service_comes_in_the_order_in_which_it_is_done(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(**TWO))
    every = [
        f"assign-application/{FILL}/WhenTechFills",
        f"verify-user/{FILL}",
        f"enable-user/{FILL}",
        f"sign-eula/{FILL}",
        f"update-user/{FILL}/password",
        f"hand-over-credentials/{FILL}",
        f"password-never-expires/{FILL}",
        f"confirm-trial/{FILL}",
    ]
    still_open = {*every, f"update-user/{FILL}/phone", "sign-eula/trader.a", "confirm-trial/trader.a"}
    assert missing(firm, still_open) == tuple(every[:-1]), "a trial that is not over stands against nothing"
    assert missing(firm, still_open, trial_over=True) == tuple(every)
    assert missing(firm, {f"remove-role/{FILL}/Trading"}) == ()


def test_without_the_word_of_cts_support_the_fill_service_does_not_run(tmp_path: Path) -> None:
    firm = firm_of(**TWO) | {"whentech": {"requestedOn": "2026-11-02"}}
    assert missing(load(tmp_path, firm), set()) == ("enable-whentech",)


def test_an_account_of_the_file_is_uncovered_where_only_t4_says_whentech(tmp_path: Path) -> None:
    plain = {"applications": [], "templateUser": "Trader"}
    firm = firm_of(**TWO, trader_c={"accounts": ["55555"], **plain})
    found = covered(tmp_path, Known(unsaid={"55555": "trader.c"}), firm)
    assert Coverage("55555", "unmanaged", "trader.c has WhenTech in T4, but not in the firm file") in found


def test_who_departs_and_who_has_no_whentech_is_not_captured(tmp_path: Path) -> None:
    plain = {"applications": [], "templateUser": "Trader"}
    firm = firm_of(**TWO, trader_c={"accounts": ["55555"], **plain})
    firm["users"]["trader.a"]["departed"] = True
    assert [each.account for each in covered(tmp_path, Known(), firm)] == ["33333"]


def test_without_a_fill_service_nothing_is_captured(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    del firm["fillService"]
    assert covered(tmp_path, Known(unmanaged={"77777": "trader.a"}), firm) == ()
