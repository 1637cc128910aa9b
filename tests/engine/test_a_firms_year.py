"""A firm's year on the real engine: whatever T4's API can do, the same file comes to the same firm in T4. The
difference is only who does which step."""

from typing import Any

import pytest

from t4firm.tasks.ids import about
from tests.engine.project import Project, Simulator
from tests.engine.year import BY_API, FILL, FULL, Year, among_others, named
from tests.goals.firms import fill_accounts

pytestmark = pytest.mark.engine

ROLES = ["Trading", "ModifyOrders"]

HIRES: dict[str, dict[str, Any]] = {
    "trader.b": {
        "firstname": "Bob",
        "apptype": "NonProfessional",
        "accounts": ["22222"],
        "marketData": {"CME": "TOB"},
    },
    "trader.c": {"firstname": "Carol", "accounts": ["33333"]},
    "trader.d": {"firstname": "Dan", "accounts": ["44444"], "marketData": {"CME": "Depth"}},
}

DANS_DATA = "end-market-data/trader.d/CME"


@pytest.fixture
def year(project: Project, simulator: Simulator, known: str) -> Year:
    """A firm that has not been set up yet: Ann with two accounts, and no fill service. Its template gives
    nobody WhenTech."""
    simulator.template("Desk", [], ROLES)
    demo = project.demo()
    demo["templates"]["users"]["Desk"] = {"applications": [], "roles": ROLES}
    demo["defaults"]["user"]["templateUser"] = "Desk"
    ann = {**demo["users"]["trader.a"], "accounts": ["11111", "12121"]}
    kept = {name: demo[name] for name in ("firm", "templates", "defaults", "limits")}
    return Year(project, simulator, known, {**kept, "users": {"trader.a": ann}})


@pytest.mark.parametrize("known", BY_API)
def test_a_firms_year(year: Year) -> None:
    whentech_is_asked_for(year)
    whentech_is_enabled(year)
    three_are_hired(year)
    bob_becomes_a_professional(year)
    carol_gets_a_second_account(year)
    anns_second_account_becomes_bobs(year)
    dan_leaves_and_a_signature_is_untrue(year)
    t4_says_otherwise(year)
    the_portal_is_used_without_the_file(year)
    what_was_found_is_filed_and_dan_is_forgotten(year)
    nothing_is_left_to_do(year)
    the_history_answers_for_everybody(year)


def whentech_is_asked_for(year: Year) -> None:
    """Nobody can be given it before the firm has it."""
    year.foresees(
        {
            "create": [
                *("Account 11111", "Account 12121", "Firm firm", "User trader.a"),
                "ApplicationAssignment trader.a/WhenTech",
            ]
        },
        *("request-whentech", "enable-whentech", "assign-application/trader.a/WhenTech"),
        "create-account/12121",
    )
    year.firm["whentech"] = {"requestedOn": "2026-01-12"}
    year.up()
    year.asks("enable-whentech", "create-account/12121", later=["assign-application/trader.a/WhenTech"])
    year.administrator_works()
    assert year.simulator.users()["trader.a"]["applications"] == []


def whentech_is_enabled(year: Year) -> None:
    """Ann gets it, and WhenTech's service captures her fills. She has signed for its user."""
    year.firm["whentech"]["enabledOn"] = "2026-02-02"
    year.firm["fillService"] = year.project.demo()["fillService"]
    year.firm["fillService"]["user"]["eula"] = year.users["trader.a"]["eula"]
    year.brings(
        "assign-application/trader.a/WhenTech",
        *(f"assign-account/{FILL}/{number}" for number in ("11111", "12121")),
    )


def three_are_hired(year: Year) -> None:
    somebody = {**year.project.demo()["users"]["trader.b"], "marketData": {}}
    year.users.update({name: {**somebody, **hire} for name, hire in HIRES.items()})
    year.brings(
        *(f"assign-application/{name}/WhenTech" for name in HIRES),
        *(f"assign-account/{FILL}/{number}" for number in ("22222", "33333", "44444")),
    )


def bob_becomes_a_professional(year: Year) -> None:
    """With more and dearer data."""
    year.users["trader.b"] |= {"apptype": "Professional", "marketData": {"CME": "Depth", "CBOT": "TOB"}}
    steps = [
        "update-user/trader.b/apptype",
        *(f"update-market-data/trader.b/{exchange}" for exchange in ("CBOT", "CME")),
    ]
    year.foresees({"update": ["User trader.b"]}, *steps)
    year.brings(*steps)


def carol_gets_a_second_account(year: Year) -> None:
    """To be traded at once. What was signed for the other accounts does not close the steps of this one."""
    year.users["trader.c"]["accounts"] = ["33333", "55555"]
    year.firm["accounts"] = {"55555": {"displayName": "Carol's second", "enabled": True}}
    steps = ["create-account/55555", "enable-account/55555", f"assign-account/{FILL}/55555"]
    created = {"create": ["Account 55555", f"AccountAssignment {FILL}/55555"]}
    year.foresees(created, *steps)
    year.brings(*steps)


def anns_second_account_becomes_bobs(year: Year) -> None:
    """Both have it, then Bob alone; its fills are captured all the time."""
    year.users["trader.b"]["accounts"] = ["22222", "12121"]
    year.firm["accounts"]["12121"] = {"owner": "trader.a"}
    year.foresees({"create": ["AccountAssignment trader.b/12121"]}, "assign-account/trader.b/12121")
    year.brings("assign-account/trader.b/12121")
    del year.firm["accounts"]["12121"]
    year.users["trader.a"] |= {"accounts": ["11111"], "revoke": {"accounts": ["12121"]}}
    year.brings("unassign-account/trader.a/12121")


def dan_leaves_and_a_signature_is_untrue(year: Year) -> None:
    """He is disabled first, and then his fills are captured no more. The administrator signs that his market
    data is ended, and has forgotten it. What was taken from Ann is now known to be gone, so its line goes,
    and the signature with it."""
    year.users["trader.d"]["departed"] = True
    captured_no_more = f"unassign-account/{FILL}/44444"
    year.up()
    year.asks("disable-user/trader.d", DANS_DATA, later=year.by_hand(captured_no_more))
    year.administrator_works(only_signs=[DANS_DATA])
    del year.users["trader.a"]["revoke"]
    year.signed.pop("unassign-account/trader.a/12121", None)
    year.up()
    assert among_others(year.open_tasks()) == year.by_hand(captured_no_more)
    year.administrator_works()


def t4_says_otherwise(year: Year) -> None:
    """Where T4 can be asked. Elsewhere the bill tells: the signature is taken back."""
    drift = year.drift()
    if year.known == "onboarding":
        assert "market data of users" in [fact["what"] for fact in drift["unverified"]]
        del year.signed[DANS_DATA]
        year.up()
    else:
        assert named(drift["contradicted"]) == [DANS_DATA]
        assert f"CONTRADICTED: {DANS_DATA} was signed off" in year.up("--refresh")
    assert among_others(year.open_tasks()) == {DANS_DATA}
    year.administrator_works()
    assert not year.drift()["differs"]
    year.t4_is_as_filed()


def the_portal_is_used_without_the_file(year: Year) -> None:
    """Somebody gives Carol an account, and the fill user a role with which it could trade."""
    year.portal.make_account("trader.c", "77777")
    year.portal.give_role(FILL, "Trading")
    drift = year.drift()
    if year.known == FULL:
        assert named(drift["violations"]) == [f"remove-role/{FILL}/Trading"]
        assert named(drift["administrator"]) == ["declare-account/trader.c/77777"]
        year.up("--refresh")
        year.asks("declare-account/trader.c/77777")
        assert year.told["fills"]["unmanaged"] == 1
    else:
        assert not drift["differs"]
        assert {"roles of the fill user", "further accounts of users"} <= {
            fact["what"] for fact in drift["unverified"]
        }
        year.portal.take_role(FILL, "Trading")  # whoever looks at the portal itself
        year.up("--refresh")
        year.asks()


def what_was_found_is_filed_and_dan_is_forgotten(year: Year) -> None:
    year.users["trader.c"]["accounts"].append("77777")
    del year.users["trader.d"]
    year.signed = {
        task: note for task, note in year.signed.items() if about(task) != "trader.d" and "44444" not in task
    }
    steps = ["create-account/77777", f"assign-account/{FILL}/77777"]
    year.foresees(
        {
            "create": ["Account 77777", f"AccountAssignment {FILL}/77777"],
            "delete": [
                *("Account 44444", f"AccountAssignment {FILL}/44444", "User trader.d"),
                "ApplicationAssignment trader.d/WhenTech",
            ],
            "update": [f"User {FILL}", *(["User trader.c"] if year.known == FULL else [])],
        },
        *steps,
    )
    year.brings(*steps)


def nothing_is_left_to_do(year: Year) -> None:
    """Every task is closed, by T4's answer or by a signature; T4 is as the file says."""
    year.up()
    year.asks()
    assert {task["status"] for task in year.told["tasks"].values()} <= {"done", "attested"}
    assert year.told["fills"] == fill_accounts(6, 6, captured=6)
    quiet = year.project.preview("--refresh", "--expect-no-changes")
    assert quiet.code == 0, quiet.text
    year.t4_is_as_filed()


def the_history_answers_for_everybody(year: Year) -> None:
    """Who asked for each user and account of the year, when, and which run applied it, also for who left; and
    since when each task was open."""
    events = year.history()
    for name in year.every_name:
        asked = [event for event in events if name in event["about"] and event["kind"] == "asked"]
        assert asked, name
        for event in asked:
            assert (event["who"], bool(event["applied"])) == ("Ann Asker", True), event
    for task in year.every_task:
        known = {event["kind"] for event in events if task in event["about"]}
        assert "opened" in known, task
        assert "signed off" in known or task not in year.signed, task
