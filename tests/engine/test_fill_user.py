"""The fill user only reads: what its template gives is checked in T4's answer, before it is assigned
anything."""

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine


def test_a_template_that_gives_the_fill_user_trading_stops_its_assignments(
    project: Project, simulator: Simulator
) -> None:
    simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    seeds = {"T4_OPERATIONS": "onboarding"}
    done = project.up(**seeds)
    assert done.code != 0
    assert "the fill user WhenTechFillUser has the role Trading, and the firm file allows it no role" in done
    assert "The role came with template FillService, or was given in the portal since" in done
    assert "remove-role/WhenTechFillUser/Trading" in done
    assert "Traceback" not in done
    users = simulator.users()
    assert users["WhenTechFillUser"]["accounts"] == ["FILL0001"]
    assert users["trader.b"]["accounts"] == ["33333"]
    assert project.tasks()["remove-role/WhenTechFillUser/Trading"] == "open"

    simulator.forget_requests()
    again = project.up(**seeds)
    assert again.code != 0
    assert simulator.onboarded() == []
    assert "AccountAssignment WhenTechFillUser/11111" not in project.resources()


def test_with_an_operation_the_role_is_revoked_in_the_next_run(
    project: Project, simulator: Simulator
) -> None:
    simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    assert project.up().code != 0
    assert simulator.users()["WhenTechFillUser"]["accounts"] == ["FILL0001"]
    done = project.up()
    assert done.code == 0, done.text
    fill = simulator.users()["WhenTechFillUser"]
    assert fill["roles"] == []
    assert set(fill["accounts"]) == {"FILL0001", "11111", "22222", "33333", "44444"}
    assert project.tasks() == {"remove-role/WhenTechFillUser/Trading": "done"}
    assert len(simulator.onboarded()) == 3


def test_a_signature_of_today_closes_the_violation(project: Project, simulator: Simulator) -> None:
    seeds = {"T4_OPERATIONS": "onboarding"}
    simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    project.attest("remove-role/WhenTechFillUser/Trading", on="2026-11-01")
    assert project.up(**seeds).code != 0
    assert project.up(**seeds).code != 0, "a signature from before the user was made closes nothing"
    project.attest("remove-role/WhenTechFillUser/Trading", on=project.today())
    done = project.up(**seeds)
    assert done.code == 0, done.text
    assert project.tasks()["remove-role/WhenTechFillUser/Trading"] == "attested"
    assert project.tasks()["assign-account/WhenTechFillUser/11111"] == "open"


def test_with_the_risk_manager_role_no_account_is_assigned_and_a_warning_says_what_whentech_sees(
    project: Project, simulator: Simulator
) -> None:
    firm = project.demo()
    firm["templates"]["users"]["FillServiceRiskManager"] = {
        "applications": ["WhenTechFills"],
        "roles": ["RiskManager"],
    }
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    project.write(firm)
    shown = project.preview()
    assert "WhenTech receives the fills of ALL accounts" in shown
    done = project.up()
    assert done.code == 0, done.text
    assert "WhenTech receives the fills of ALL accounts" in done
    fill = simulator.users()["WhenTechFillUser"]
    assert (fill["roles"], fill["accounts"]) == (["RiskManager"], ["FILL0001"])
    assert not [name for name in project.resources() if name.startswith("AccountAssignment")]


def test_a_risk_manager_template_that_also_gives_trading_is_a_violation(
    project: Project, simulator: Simulator
) -> None:
    simulator.template("FillServiceRiskManager", ["WhenTechFills"], ["RiskManager", "Trading"])
    firm = project.demo()
    firm["templates"]["users"]["FillServiceRiskManager"] = {
        "applications": ["WhenTechFills"],
        "roles": ["RiskManager"],
    }
    firm["fillService"] |= {"capture": "riskManager"}
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    project.write(firm)
    done = project.up()
    assert done.code != 0
    assert "has the role Trading" in done


def test_an_end_user_that_is_given_the_fill_application_is_a_violation(
    project: Project, simulator: Simulator
) -> None:
    roles = project.demo()["templates"]["users"]["WhenTechTrader"]["roles"]
    simulator.template("WhenTechTrader", ["WhenTech", "WhenTechFills"], roles)
    done = project.up()
    assert done.code != 0
    assert "trader.a has the application WhenTechFills" in done
    assert project.up().code == 0
    assert simulator.users()["trader.a"]["applications"] == ["WhenTech"]


def test_trading_found_later_in_t4_is_seen_by_a_refresh_and_revoked(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    user = simulator.users()["WhenTechFillUser"]["userID"]
    simulator.admin("POST", f"/admin/v1/users/{user}/roles", {"role": "Trading"})
    assert project.planned() == {}
    assert project.pulumi("refresh", "--yes", "--stack", "test").code == 0
    assert project.planned() == {"update": ["User WhenTechFillUser"]}
    done = project.up()
    assert done.code == 0, done.text
    assert simulator.users()["WhenTechFillUser"]["roles"] == []
