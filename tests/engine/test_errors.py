"""Foreseen errors reach the terminal as sentences, hold up nobody else, and tell nothing about people."""

import socket

import pytest

from tests.engine.project import PERSONAL, Done, Project, Simulator

pytestmark = pytest.mark.engine


def speaks_plainly(done: Done) -> None:
    """No traceback, no name of a module, no personal detail."""
    for foreign in ("Traceback", 'File "', "providers.t4", "builtins", *PERSONAL):
        assert foreign not in done.text, foreign


def test_a_taken_username_says_what_to_write_and_holds_up_nobody_else(
    project: Project, simulator: Simulator
) -> None:
    simulator.onboard("trader.a", "77777")
    done = project.up()
    assert done.code != 0
    assert "T4 already has a user trader.a" in done
    assert "write `adopt: true` under trader.a" in done
    assert "409" in done
    speaks_plainly(done)
    users = simulator.users()
    assert users["trader.b"]["accounts"] == ["33333", "44444"]
    assert {"33333", "44444"} <= set(users["WhenTechFillUser"]["accounts"])
    made = {name: users[name]["userID"] for name in ("trader.b", "WhenTechFillUser")}
    assert project.output("users") == {"trader.a": "", **made}
    assert project.tasks() == {}


def test_the_taken_user_is_taken_over_where_the_file_says_so(project: Project, simulator: Simulator) -> None:
    simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader")
    firm = project.demo()
    firm["users"]["trader.a"]["adopt"] = True
    firm["accounts"]["11111"] = {"adopt": True}
    project.write(firm)
    done = project.up()
    assert done.code == 0, done.text
    users = simulator.users()
    assert users["trader.a"]["accounts"] == ["11111", "22222"]
    assert project.output("users")["trader.a"] == users["trader.a"]["userID"]
    assert simulator.onboarded().count("trader.a") == 1, "adopting makes no call: this one is the test's own"
    assert {"update-user/trader.a/firstname", "update-market-data/trader.a/CME"} <= set(project.tasks())
    assert project.up().code == 0
    after = simulator.users()["trader.a"]
    assert (after["firstname"], after["marketData"]) == ("Ann", {"CME": "Depth"})
    assert set(project.tasks().values()) == {"done"}
    assert project.up("--expect-no-changes").code == 0


def test_a_fill_user_that_is_taken_over_unseen_is_not_trusted(project: Project, simulator: Simulator) -> None:
    simulator.onboard("WhenTechFillUser", "FILL0001", templateUser="FillService")
    firm = project.demo()
    firm["fillService"]["user"]["adopt"] = True
    project.write(firm)
    seeds = {"T4_OPERATIONS": "onboarding"}
    done = project.up(**seeds)
    assert done.code != 0
    assert "it may have Trading, which it must not have" in done
    assert "verify-user/WhenTechFillUser" in done
    project.attest("verify-user/WhenTechFillUser", on=project.today())
    done = project.up(**seeds)
    assert done.code == 0, done.text
    assert project.tasks()["assign-account/WhenTechFillUser/11111"] == "open"


def test_a_taken_account_is_told_apart_from_a_taken_user(project: Project, simulator: Simulator) -> None:
    simulator.onboard("somebody", "11111")
    done = project.up()
    assert done.code != 0
    assert "T4 already has the account 11111" in done
    speaks_plainly(done)
    assert "trader.a" not in simulator.users()


def test_a_taken_second_account_says_what_to_write_and_is_taken_over(
    project: Project, simulator: Simulator
) -> None:
    simulator.onboard("somebody", "22222")
    done = project.up()
    assert done.code != 0
    assert "T4 already has an account 22222" in done
    assert "`adopt: true` for 22222 under `accounts`" in done
    firm = project.demo()
    firm["accounts"]["22222"]["adopt"] = True
    project.write(firm)
    done = project.up()
    assert done.code == 0, done.text
    assert "22222" in simulator.users()["WhenTechFillUser"]["accounts"]


def test_wrong_credentials_are_said_as_such(project: Project, simulator: Simulator) -> None:
    done = project.up(T4_API_KEY="a-key-that-this-T4-does-not-know")
    assert done.code != 0
    assert "401" in done
    assert "a-key-that-this-T4-does-not-know" not in done.text
    speaks_plainly(done)
    assert simulator.users() == {}


def test_a_template_that_t4_does_not_have(project: Project, simulator: Simulator) -> None:
    firm = project.demo()
    firm["templates"]["users"]["Nowhere"] = {"applications": ["WhenTech"], "roles": ["Trading"]}
    firm["users"]["trader.b"]["templateUser"] = "Nowhere"
    project.write(firm)
    done = project.up()
    assert done.code != 0
    assert "404" in done
    assert "Nowhere" in done
    speaks_plainly(done)
    assert set(simulator.users()) == {"WhenTechFillUser", "trader.a"}


def test_nobody_at_the_address(project: Project) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        done = project.up(T4_ENDPOINT=f"http://127.0.0.1:{held.getsockname()[1]}", T4_REPEAT_FOR="1")
    assert done.code != 0
    assert "Nothing was changed by it" in done
    speaks_plainly(done)


def test_a_broken_rule_stops_preview_and_up_before_any_call(project: Project, simulator: Simulator) -> None:
    firm = project.demo()
    firm["templates"]["users"]["FillService"]["roles"] = ["Trading"]
    firm["users"]["trader.a"]["accounts"] = ["11111", "FILL0001"]
    project.write(firm)
    for done in (project.preview(), project.up()):
        assert done.code != 0
        assert "stacks/test.firm.yaml:" in done
        assert "Trading" in done
        assert "users.trader.a.accounts (2nd): this is the fill user's own account" in done
        speaks_plainly(done)
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"T4_ENDPOINT": ""}, "t4:endpoint"),
        ({"T4_API_KEY": ""}, "t4:apiKey"),
        ({"T4_PASSWORD_SEED": ""}, "t4:passwordSeed"),
        ({"T4_ENDPOINT": "http://api.example.com"}, "https"),
    ],
)
def test_a_missing_setting_is_said_before_any_call(
    project: Project, simulator: Simulator, missing: dict[str, str], words: str
) -> None:
    done = project.up(**missing)
    assert done.code != 0
    assert words in done
    speaks_plainly(done)
    assert simulator.requests() == []


def test_a_preview_needs_no_credentials(project: Project) -> None:
    """So that a pull request from a fork can show what it changes."""
    assert project.planned(T4_API_KEY="", T4_PASSWORD_SEED="", T4_ENDPOINT="")["create"]
