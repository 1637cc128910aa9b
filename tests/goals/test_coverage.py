"""Whose fills reach WhenTech: each account is captured, open, left out with a reason, or uncovered."""

from pathlib import Path
from typing import Any

from t4firm.reports.coverage import Coverage, Known, counts, coverage
from tests.goals.firms import firm_of, load

FILL = "WhenTechFillUser"
TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333"]}}


def covered(folder: Path, known: Known, firm: dict[str, Any] | None = None) -> tuple[Coverage, ...]:
    return coverage(load(folder, firm or firm_of(**TWO)), known)


def test_an_account_is_captured_by_evidence_and_open_with_its_task(tmp_path: Path) -> None:
    found = covered(tmp_path, Known({"11111": "2026-11-20, by A. Admin", "33333": "POST …: 200"}))
    assert found == (
        Coverage("11111", "captured", "2026-11-20, by A. Admin"),
        Coverage("22222", "open", f"assign-account/{FILL}/22222"),
        Coverage("33333", "captured", "POST …: 200"),
    )
    assert counts(found) == {"wanted": 3, "assigned": 2, "open": 1, "excluded": 0, "unmanaged": 0}


def test_an_excluded_account_has_its_reason_even_while_it_is_still_assigned(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["fillService"]["exclude"] = {"22222": "paper trading"}
    found = covered(tmp_path, Known({"22222": "POST …: 200"}), firm)
    assert Coverage("22222", "excluded", "paper trading") in found
    assert counts(found) == {"wanted": 2, "assigned": 0, "open": 2, "excluded": 1, "unmanaged": 0}


def test_an_account_that_the_file_does_not_have_is_uncovered(tmp_path: Path) -> None:
    found = covered(tmp_path, Known(unmanaged={"77777": "trader.a", "33333": "trader.a"}))
    assert [each for each in found if each.state == "unmanaged"] == [
        Coverage("77777", "unmanaged", "trader.a has it in T4, and the firm file does not")
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
    assert counts(unseen) == {"wanted": 3, "assigned": 0, "open": 3, "excluded": 0, "unmanaged": 1}


def test_while_the_fill_user_is_stopped_no_account_is_captured(tmp_path: Path) -> None:
    stopped = (f"enable-user/{FILL}",)
    assigned = dict.fromkeys(("11111", "22222", "33333"), "POST …: 200")
    found = covered(tmp_path, Known(assigned, stopped=stopped))
    assert {(each.state, each.because) for each in found} == {("open", stopped[0])}
    firm = firm_of(**TWO)
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    by_role = Known(role="T4 showed it", unmanaged={"77777": "trader.a"}, stopped=stopped)
    assert counts(covered(tmp_path, by_role, firm)) == {
        "wanted": 3,
        "assigned": 0,
        "open": 3,
        "excluded": 0,
        "unmanaged": 1,
    }


def test_who_departs_and_who_has_no_whentech_is_not_captured(tmp_path: Path) -> None:
    plain = {"applications": [], "templateUser": "Trader"}
    firm = firm_of(**TWO, trader_c={"accounts": ["55555"], **plain})
    firm["users"]["trader.a"]["departed"] = True
    assert [each.account for each in covered(tmp_path, Known(), firm)] == ["33333"]


def test_without_a_fill_service_nothing_is_captured(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    del firm["fillService"]
    assert covered(tmp_path, Known(unmanaged={"77777": "trader.a"}), firm) == ()
