"""What the API cannot do is the administrator's, listed and closed by evidence: an answer of the API, or a
signature."""

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine

SEEDS = {"T4_OPERATIONS": "onboarding"}
LEFT = {
    "assign-account/WhenTechFillUser/11111": "open",
    "assign-account/WhenTechFillUser/22222": "open",
    "assign-account/WhenTechFillUser/33333": "open",
    "assign-account/WhenTechFillUser/44444": "open",
    "create-account/22222": "open",
    "create-account/44444": "open",
}


def test_with_what_the_seeds_document_one_call_a_user_and_the_rest_is_listed(
    project: Project, simulator: Simulator
) -> None:
    done = project.up(**SEEDS)
    assert done.code == 0, done.text
    assert simulator.onboarded() == ["WhenTechFillUser", "trader.a", "trader.b"]
    assert len(simulator.requests()) == 3
    assert project.tasks() == LEFT
    listed = project.t4firm("tasks", "--stack", "test", **SEEDS)
    assert listed.code == 2
    for words in (
        "Users > WhenTechFillUser > setup > Accounts: assign 11111",
        "Accounts > New Account: account 22222",
    ):
        assert words in listed
    again = project.up("--expect-no-changes", **SEEDS)
    assert again.code == 0, again.text
    assert len(simulator.requests()) == 3


def test_with_the_full_operations_open_tasks_become_calls(project: Project, simulator: Simulator) -> None:
    assert project.up(**SEEDS).code == 0
    done = project.up()
    assert done.code == 0, done.text
    assert project.tasks() == dict.fromkeys(LEFT, "done")
    users = simulator.users()
    assert users["trader.a"]["accounts"] == ["11111", "22222"]
    assert set(users["WhenTechFillUser"]["accounts"]) >= {"11111", "22222", "33333", "44444"}
    assert len(simulator.onboarded()) == 3
    left = project.t4firm("tasks", "--stack", "test")
    assert left.code == 2, left.text
    project.attest(*(task for task, status in project.every_task().items() if status == "open"))
    assert project.up().code == 0
    listed = project.t4firm("tasks", "--stack", "test", "--all")
    assert listed.code == 0, listed.text
    assert "Evidence: POST /admin/v1/users/" in listed
    assert f"Evidence: {project.today()}, by A. Administrator." in listed
    assert "Fills: 4 of 4 accounts captured, 0 open." in listed
    simulator.forget_requests()
    assert project.up("--expect-no-changes").code == 0
    assert simulator.requests() == []


def test_a_signed_off_task_is_closed_stays_closed_and_closes_no_other(
    project: Project, simulator: Simulator
) -> None:
    assert project.up(**SEEDS).code == 0
    project.attest("assign-account/WhenTechFillUser/11111", "create-account/22222")
    done = project.up(**SEEDS)
    assert done.code == 0, done.text
    assert project.tasks() == LEFT | {
        "assign-account/WhenTechFillUser/11111": "attested",
        "create-account/22222": "attested",
    }
    simulator.forget_requests()
    assert project.up("--expect-no-changes", **SEEDS).code == 0
    project.attest("create-account/22222")
    assert project.planned(**SEEDS) == {"update": ["AccountAssignment WhenTechFillUser/11111"]}
    assert project.up(**SEEDS).code == 0
    assert project.tasks()["assign-account/WhenTechFillUser/11111"] == "open"
    assert simulator.requests() == []


def test_a_changed_detail_is_a_task_or_a_call(project: Project, simulator: Simulator) -> None:
    assert project.up(**SEEDS).code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["phone"] = "555-999-0000"
    project.write(firm)
    assert project.planned(**SEEDS) == {"update": ["User trader.a"]}
    shown = project.preview("--diff", **SEEDS)
    assert '+ id : "update-user/trader.a/phone"' in shown
    assert '+ status: "planned"' in shown
    assert "- id" not in shown, "what is open stays in the list"
    assert "trader.a : [unknown]" not in shown, "an id does not become unknown by a changed phone"
    assert project.up(**SEEDS).code == 0
    assert project.tasks()["update-user/trader.a/phone"] == "open"
    assert project.up("--expect-no-changes", **SEEDS).code == 0
    assert project.up().code == 0
    assert project.tasks()["update-user/trader.a/phone"] == "done"
    assert simulator.users()["trader.a"]["phone"] == "555-999-0000"


def test_market_data_is_subscribed_by_the_walkthrough_and_ended_by_the_administrator(
    project: Project, simulator: Simulator
) -> None:
    walkthrough = {"T4_OPERATIONS": "walkthrough"}
    assert project.up(**walkthrough).code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["marketData"] = {"CBOT": "TOB"}
    project.write(firm)
    done = project.up(**walkthrough)
    assert done.code == 0, done.text
    assert simulator.users()["trader.a"]["marketData"] == {"CME": "Depth", "CBOT": "TOB"}
    assert project.tasks()["end-market-data/trader.a/CME"] == "open"


def test_an_account_to_be_enabled_is_enabled_by_call_or_by_task(
    project: Project, simulator: Simulator
) -> None:
    firm = project.demo()
    firm["accounts"] |= {"11111": {"enabled": True}}
    project.write(firm)
    assert project.up(**SEEDS).code == 0
    assert project.tasks()["enable-account/11111"] == "open"
    assert simulator.accounts()["11111"]["enabled"] == "Disabled"
    assert project.up().code == 0
    assert simulator.accounts()["11111"]["enabled"] == "Enabled"
    assert simulator.accounts()["22222"]["enabled"] == "Disabled"
