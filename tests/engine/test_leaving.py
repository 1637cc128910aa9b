"""Nothing in T4 is deleted: people leave in two reviewed steps, and a run does not do more than its limits
allow."""

import json

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine


def test_removing_somebody_who_has_not_departed_is_refused_before_any_call(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    firm = project.demo()
    del firm["users"]["trader.b"]
    firm["users"]["trader.a"]["phone"] = "555-999-0000"
    project.write(firm)
    simulator.forget_requests()
    for done in (project.preview(), project.up()):
        assert done.code != 0
        assert "trader.b was removed from the firm file, but has not departed" in done
        assert "`departed: true`" in done
    assert simulator.requests() == []
    assert "User trader.b" in project.resources()


def test_leaving_in_two_steps(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["users"]["trader.b"]["departed"] = True
    project.write(firm)
    done = project.up()
    assert done.code == 0, done.text
    users = simulator.users()
    assert users["trader.b"]["enabled"] is False
    assert set(users["WhenTechFillUser"]["accounts"]) == {"FILL0001", "11111", "22222"}
    assert project.tasks()["end-market-data/trader.b/CME"] == "open"

    gone = project.demo()
    del gone["users"]["trader.b"]
    project.write(gone)
    simulator.forget_requests()
    for refused in (project.preview(), project.up()):
        assert refused.code != 0
        assert "Put it back, do the tasks or sign them off, and run `up`" in refused
        assert "When all are closed, remove it" in refused
        assert "end-market-data/trader.b/CME" in refused
    assert simulator.requests() == []
    listed = project.t4firm("tasks", "--stack", "test")
    assert listed.code == 2
    assert "[open] end-market-data/trader.b/CME" in listed
    assert {
        "User trader.b",
        "Account 33333",
        "Account 44444",
        "ApplicationAssignment trader.b/WhenTech",
    } <= set(project.resources())

    project.write(firm)
    project.attest("end-market-data/trader.b/CME", on=project.today())
    assert project.up().code == 0
    project.attest()
    project.write(gone)
    done = project.up()
    assert done.code == 0, done.text
    assert not [name for name in project.resources() if "trader.b" in name or "33333" in name]
    assert simulator.users()["trader.b"]["enabled"] is False


def test_an_account_that_vanishes_from_the_file_is_refused_before_any_call(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["accounts"] = ["11111"]
    del firm["accounts"]
    project.write(firm)
    simulator.forget_requests()
    for done in (project.preview(), project.up()):
        assert done.code != 0
        assert "account 22222 was removed from trader.a, but T4 still has it" in done
        assert 'write `revoke: {accounts: ["22222"]}` under users.trader.a' in done
        assert "Nothing was changed" in done
    assert simulator.requests() == []
    assert {"Account 22222", "AccountAssignment WhenTechFillUser/22222"} <= set(project.resources())


def test_an_account_moves_and_its_fills_stay_captured(project: Project, simulator: Simulator) -> None:
    """The first account of trader.a goes to trader.b, in three reviewed steps."""
    assert project.up().code == 0
    fill = simulator.users()["WhenTechFillUser"]["userID"]
    simulator.forget_requests()

    firm = project.demo()
    firm["users"]["trader.b"]["accounts"] = ["33333", "44444", "11111"]
    firm["accounts"]["11111"] = {"owner": "trader.a"}
    project.write(firm)
    assert project.planned() == {"create": ["AccountAssignment trader.b/11111"]}
    assert project.up().code == 0
    assert simulator.accounts()["11111"]["users"] == ["trader.a", "trader.b", "WhenTechFillUser"]

    del firm["accounts"]["11111"]
    firm["users"]["trader.a"] |= {"accounts": ["22222"], "revoke": {"accounts": ["11111"]}}
    project.write(firm)
    assert project.planned() == {
        "create": ["AccountAssignment trader.a/11111"],
        "update": ["Account 11111", "User trader.a"],
    }
    assert project.up().code == 0
    assert simulator.accounts()["11111"]["users"] == ["trader.b", "WhenTechFillUser"]
    assert project.planned() == {}

    del firm["users"]["trader.a"]["revoke"]
    project.write(firm)
    assert project.planned() == {
        "delete": ["AccountAssignment trader.a/11111"],
        "update": ["Account 11111", "User trader.a"],
    }
    assert project.up().code == 0
    assert project.planned() == {}
    assert simulator.accounts()["11111"]["users"] == ["trader.b", "WhenTechFillUser"]
    assert simulator.onboarded() == []
    assert simulator.requests("DELETE", f"/admin/v1/users/{fill}") == []


def test_an_excluded_account_is_revoked_from_the_fill_user(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["fillService"]["exclude"] = {"22222": "paper trading, agreed 2026-11-03"}
    project.write(firm)
    assert project.planned() == {"update": ["AccountAssignment WhenTechFillUser/22222"]}
    assert project.up().code == 0
    assert "22222" not in simulator.users()["WhenTechFillUser"]["accounts"]
    del firm["fillService"]["exclude"]
    project.write(firm)
    assert project.up().code == 0
    assert "22222" in simulator.users()["WhenTechFillUser"]["accounts"]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"newUsers": 2}, "this run would onboard 3 new users, but limits.newUsers allows 2"),
        (
            {"marketData": 1},
            "this run would add 2 market data subscriptions (these are billed), but limits.marketData "
            "allows 1",
        ),
    ],
)
def test_a_run_over_a_limit_stops_before_its_first_call(
    project: Project, simulator: Simulator, limits: dict[str, int], words: str
) -> None:
    firm = project.demo()
    firm["limits"] = limits
    project.write(firm)
    for done in (project.preview(), project.up()):
        assert done.code != 0
        assert words in done
    assert simulator.requests() == []


def test_too_many_departures_at_once(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["limits"] = {"departures": 1}
    for name in ("trader.a", "trader.b"):
        firm["users"][name]["departed"] = True
    project.write(firm)
    simulator.forget_requests()
    done = project.up()
    assert done.code != 0
    assert "this run would let 2 users depart, but limits.departures allows 1" in done
    assert simulator.requests() == []


def test_destroy_is_refused_in_our_words_and_loses_nothing(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    for more in ((), ("--skip-preview", "--continue-on-error")):
        done = project.pulumi("destroy", "--yes", "--stack", "test", *more)
        assert done.code != 0
        assert "users of its firm file have not departed: WhenTechFillUser, trader.a, trader.b" in done
        assert "`pulumi destroy` works when everybody has departed, the fill user last" in done
        assert len(project.resources()) == 16
    assert len(simulator.users()) == 3


def test_a_replacement_is_refused_and_wedges_nothing(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    simulator.forget_requests()
    user = project.resources()["User trader.a"]["urn"]
    for more in ((), ("--skip-preview",)):
        done = project.pulumi("up", "--yes", "--stack", "test", "--replace", user, *more)
        assert done.code != 0
        assert "the user trader.a is set up already, and T4 can replace nothing" in done
        assert "Traceback" not in done.text
    assert simulator.requests() == []
    assert len(project.resources()) == 16
    assert project.up().code == 0
    assert project.planned() == {}


def test_a_stack_that_an_older_version_wedged_by_a_replacement_is_freed(
    project: Project, simulator: Simulator
) -> None:
    """Case replace-wedge: that version created the user again, and then could not delete the old record."""
    assert project.up().code == 0
    state = json.loads(project.pulumi("stack", "export", "--stack", "test").text)
    resources = state["deployment"]["resources"]
    old = next(each for each in resources if each["urn"].endswith("::trader.a"))
    resources.append({**old, "delete": True})
    file = project.folder / "wedged.json"
    file.write_text(json.dumps(state))
    assert project.pulumi("stack", "import", "--stack", "test", "--file", str(file)).code == 0
    simulator.forget_requests()
    done = project.up()
    assert done.code != 0
    assert "`t4firm unlock` clears it" in done
    freed = project.t4firm("unlock", "--stack", "test")
    assert "Cleared from the state the old copy of what was replaced: trader.a." in freed
    assert simulator.changes() == []
    assert project.up().code == 0
    assert project.planned() == {}
    assert len(project.resources()) == 16


def test_a_firm_is_wound_up(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    firm = project.demo()
    for name in ("trader.a", "trader.b"):
        firm["users"][name]["departed"] = True
    firm["fillService"]["capture"] = "none"
    project.write(firm)
    assert project.up().code == 0
    assert simulator.users()["WhenTechFillUser"]["accounts"] == ["FILL0001"]
    firm["fillService"]["user"]["departed"] = True
    project.write(firm)
    project.attest(*(f"end-market-data/{name}/CME" for name in ("trader.a", "trader.b")), on=project.today())
    assert project.up().code == 0
    done = project.pulumi("destroy", "--yes", "--stack", "test")
    assert done.code == 0, done.text
    assert project.resources() == {}
    assert {user["enabled"] for user in simulator.users().values()} == {False}


def test_a_first_account_never_changes(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["accounts"] = ["12345", "11111", "22222"]
    project.write(firm)
    done = project.preview()
    assert done.code != 0
    assert "trader.a was created with account 11111, and T4 cannot change it to 12345" in done
