"""The seeds' example: set up once, unchanged the second time, and a third trader added to it."""

import pytest

from tests.engine.project import Project, Simulator
from tests.goals.firms import fill_accounts

pytestmark = pytest.mark.engine

DEMO = {
    "Firm firm",
    "User WhenTechFillUser",
    "User trader.a",
    "User trader.b",
    "Account 11111",
    "Account 22222",
    "Account 33333",
    "Account 44444",
    "Account FILL0001",
    "ApplicationAssignment WhenTechFillUser/WhenTechFills",
    "ApplicationAssignment trader.a/WhenTech",
    "ApplicationAssignment trader.b/WhenTech",
    "AccountAssignment WhenTechFillUser/11111",
    "AccountAssignment WhenTechFillUser/22222",
    "AccountAssignment WhenTechFillUser/33333",
    "AccountAssignment WhenTechFillUser/44444",
}

CAROL = {
    "firstname": "Carol",
    "lastname": "Utah",
    "phone": "555-222-3333",
    "email": "trader.c@example.com",
    "street": "3 Lake Street",
    "city": "Provo",
    "county": "Utah",
    "state": "UT",
    "postCode": "84601",
    "accounts": ["55555", "66666"],
    "applications": ["WhenTech"],
}


def test_the_seeds_example_is_set_up_and_a_second_run_calls_nothing(
    project: Project, simulator: Simulator
) -> None:
    assert set(project.planned()["create"]) == DEMO
    done = project.up()
    assert done.code == 0, done.text
    users = simulator.users()
    assert users["trader.a"]["accounts"] == ["11111", "22222"]
    assert users["trader.b"]["accounts"] == ["33333", "44444"]
    assert set(users["WhenTechFillUser"]["accounts"]) == {"FILL0001", "11111", "22222", "33333", "44444"}
    assert users["WhenTechFillUser"]["roles"] == []
    assert users["WhenTechFillUser"]["applications"] == ["WhenTechFills"]
    assert users["trader.a"]["applications"] == ["WhenTech"]
    assert users["trader.a"]["marketData"] == {"CME": "Depth"}
    assert simulator.onboarded() == ["WhenTechFillUser", "trader.a", "trader.b"]
    assert project.output("users") == {name: users[name]["userID"] for name in users}
    assert project.every_task() == {
        "confirm-trial/WhenTechFillUser": "open",
        "confirm-trial/trader.a": "open",
        "confirm-trial/trader.b": "open",
        "hand-over-credentials/WhenTechFillUser": "open",
        "sign-eula/WhenTechFillUser": "open",
        "password-never-expires/WhenTechFillUser": "open",
    }
    assert project.output("summary")["fillAccounts"] == fill_accounts(4, 4)

    simulator.forget_requests()
    again = project.up("--expect-no-changes")
    assert again.code == 0, again.text
    assert simulator.requests() == []


def test_a_third_trader_is_six_resources_and_nothing_else_changes(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["users"]["trader.c"] = CAROL
    project.write(firm)
    simulator.forget_requests()
    expected = [
        "Account 55555",
        "Account 66666",
        "AccountAssignment WhenTechFillUser/55555",
        "AccountAssignment WhenTechFillUser/66666",
        "ApplicationAssignment trader.c/WhenTech",
        "User trader.c",
    ]
    assert project.planned() == {"create": expected}
    assert simulator.requests() == []
    done = project.up()
    assert done.code == 0, done.text
    assert "6 created" in done
    assert "17 unchanged" in done
    assert simulator.onboarded() == ["trader.c"]
    assert [call["method"] for call in simulator.requests()].count(
        "POST"
    ) == 4  # onboarding, an account, two assignments
    assert set(simulator.users()["WhenTechFillUser"]["accounts"]) >= {"55555", "66666"}


def test_the_preview_names_the_tasks_that_a_new_trader_will_bring(project: Project) -> None:
    seeds = {"T4_OPERATIONS": "onboarding"}
    assert project.up(**seeds).code == 0
    firm = project.demo()
    firm["users"]["trader.c"] = CAROL
    project.write(firm)
    shown = project.preview("--diff", **seeds)
    assert shown.code == 0, shown.text
    for task in (
        "create-account/66666",
        "assign-account/WhenTechFillUser/55555",
        "assign-account/WhenTechFillUser/66666",
    ):
        assert task in shown
    assert '"planned"' in shown


def test_refreshing_an_unchanged_firm_finds_nothing(project: Project) -> None:
    assert project.up().code == 0
    done = project.pulumi("refresh", "--yes", "--expect-no-changes", "--stack", project.stack)
    assert done.code == 0, done.text
    again = project.preview("--refresh", "--expect-no-changes")
    assert again.code == 0, again.text
