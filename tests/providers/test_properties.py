"""What must hold for every firm and every order of events: nothing is done twice, and a second run does
nothing."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from providers.t4.session import session as sessions
from providers.t4.steps.journaled_calls import Outcome
from tests.engine.project import Simulator
from tests.goals.firms import firm_of
from tests.providers.stack import FULL, Stack, crossed, steps_of

TASK = "assign-account/WhenTechFillUser/11111"
DAYS = ("2000-01-01", "2999-01-01")
"""A day before, and a day after everything that happens here."""

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(QUICK, max_examples=5, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


runs = st.lists(
    st.tuples(
        st.sampled_from(["api", "administrator"]),
        st.sampled_from([None, *DAYS]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@QUICK
@given(runs)
@example([("api", None, False, True), ("administrator", None, False, False), ("api", None, False, False)])
def test_a_step_is_never_called_twice_for_one_wish_and_a_settled_one_has_nothing_to_do(
    tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch, runs: list[Any]
) -> None:
    """Each run: who takes the step, a signature or none, whether the file's wish is a new one, and whether
    the run is killed after its call, before the engine records anything."""
    config = {
        "t4:endpoint": "https://t4.example.com",
        "t4:apiKey": "a-key",
        "t4:passwordSeed": "only-for-tests-Xc4mW7nB2vK9pLs6RtHyJq8DfGz3",
        "t4:journal": str(tmp_path_factory.mktemp("journal")),
    }
    patch.setattr(sessions, "_session", sessions.Session(config.get, "test"))
    moments = count()  # runs are seconds apart, not microseconds
    begun = datetime(2026, 11, 21, 10, tzinfo=UTC)
    patch.setattr(
        "providers.t4.steps.task_ledger.now",
        lambda: (begun + timedelta(seconds=next(moments))).isoformat(),
    )
    t4, recorded, has = Once(), dict[str, Any](), False
    for how, day, new_wish, killed in runs:
        news = {"how": {"assign-account": how}, "attested": {TASK: f"{day}, by A"} if day else {}}
        steps = steps_of(news, recorded)
        t4.told_of_a_new_wish = new_wish or steps.withdrawn(TASK)
        if t4.told_of_a_new_wish:
            t4.called = False
        if has and not t4.told_of_a_new_wish:
            continue  # as a resource that has what it stands for
        done = steps.take(TASK, t4.call, again=new_wish)
        assert done or how == "administrator", "what the API can do is done"
        if killed and not new_wish:
            continue
        recorded, has = crossed({"tasks": steps.tasks, "attested": news["attested"]}), done
        after = steps_of(news, recorded)
        assert done is not bool(after.open_of("assign-account"))
        assert not after.outstanding(), "diff is False right after a run with the same inputs"


class Once:
    """T4, which must not be asked twice for one wish of the file, however often its caller dies."""

    def __init__(self) -> None:
        self.told_of_a_new_wish = False
        self.called = False

    def call(self) -> Outcome:
        assert not self.called, "called twice"
        self.called = True
        return Outcome("POST: 200")


person = st.fixed_dictionaries(
    {
        "applications": st.sampled_from([[], ["WhenTech"]]),
        "marketData": st.dictionaries(st.sampled_from(["CME", "ICE"]), st.sampled_from(["Depth", "TOB"])),
        "departed": st.booleans(),
        "passwordVersion": st.integers(1, 3),
        "phone": st.sampled_from(["555-1", "555-2"]),
        "eula": st.sampled_from(
            [None, {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}]
        ),
    }
)
state = st.sampled_from([None, True, False])
firms = st.tuples(person, person, state, state, st.booleans(), st.booleans())


def firm(drawn: Any) -> dict[str, Any]:
    """A firm of two traders, one with two accounts; the second may be excluded, WhenTech not be there yet."""
    first, second, enabled, other, exclude, waits = copy.deepcopy(drawn)
    for entry in (first, second):
        if entry["eula"] is None:
            del entry["eula"]
        if not entry["applications"]:
            entry["templateUser"] = "Trader"
    made = firm_of(
        trader_a={**first, "accounts": ["11111", "22222"]}, trader_b={**second, "accounts": ["33333"]}
    )
    made["accounts"] = {
        number: {"enabled": wanted}
        for number, wanted in (("11111", enabled), ("22222", other))
        if wanted is not None
    }
    if exclude and first["applications"]:
        made["fillService"]["exclude"] = {"22222": "paper trading"}
    if waits:
        made["whentech"] = {}
    return made


@FEW
@given(
    drawn=st.lists(firms, min_size=1, max_size=3),
    operations=st.lists(st.sampled_from([FULL, "onboarding", "walkthrough"]), min_size=3, max_size=3),
)
def test_every_firm_settles_in_one_run_whatever_it_was_before(
    running: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
    patch: pytest.MonkeyPatch,
    drawn: list[Any],
    operations: list[str],
) -> None:
    """One onboarding call a user for ever; after each run nothing is left to do, in T4 and in the next
    preview; what T4 has otherwise than the file says is an open task."""
    running.reset()
    running.template("Trader", [], ["Trading"])
    stack = Stack(tmp_path_factory.mktemp("stack"), running, patch)
    for number, (one, known) in enumerate(zip(drawn, operations, strict=False)):
        stack.operations = known
        wanted = firm(one)
        if not number:  # nobody has left before coming
            for entry in wanted["users"].values():
                entry["departed"] = False
        else:  # applications cannot leave the file while their user stays
            before = firm(drawn[number - 1])["users"]
            for name, entry in wanted["users"].items():
                assume(set(before[name]["applications"]) <= set(entry["applications"]))
        done = stack.up(wanted)
        assert not done.failed, done.failed
        assert stack.preview(wanted).changed == []
        again = stack.up(wanted)
        assert again.changed == []
        tasks = stack.tasks(wanted)
        assert again.tasks == done.tasks == tasks
        agrees(running, wanted, tasks)
    assert running.onboarded() == ["WhenTechFillUser", "trader.a", "trader.b"]
    assert {user["onboardings"] for user in running.users().values()} == {1}
    refused = [call for call in running.requests() if call["status"] != 200]
    assert refused == []


def agrees(simulator: Simulator, wanted: dict[str, Any], tasks: dict[str, str]) -> None:
    """T4 is what the file says, or a task says what is missing."""
    users, accounts = simulator.users(), simulator.accounts()
    is_open = {task for task, status in tasks.items() if status == "open"}
    for name, entry in wanted["users"].items():
        user = users[name]
        if user["phone"] != entry["phone"] and not entry["departed"]:
            assert f"update-user/{name}/phone" in is_open
        if not user["enabled"]:
            assert entry["departed"] or f"enable-user/{name}" in is_open
        elif entry["departed"]:
            assert f"disable-user/{name}" in is_open
        if not entry["departed"]:
            for exchange, kind in entry["marketData"].items():
                if user["marketData"].get(exchange) != kind:
                    assert f"update-market-data/{name}/{exchange}" in is_open
        for exchange in user["marketData"].keys() - entry["marketData"].keys():
            assert f"end-market-data/{name}/{exchange}" in is_open
    staying = [entry for entry in wanted["users"].values() if not entry["departed"]]
    in_use = {number for entry in staying for number in entry["accounts"]}
    for number, entry in wanted["accounts"].items():
        state = accounts[number]["enabled"] if number in accounts else "Disabled"
        if entry["enabled"] and state != "Enabled" and number in in_use:
            assert f"enable-account/{number}" in is_open
        if not entry["enabled"] and state == "Enabled":
            assert f"disable-account/{number}" in is_open
    captured = set(users["WhenTechFillUser"]["accounts"])
    for entry in wanted["users"].values():
        for number in entry["accounts"]:
            excluded = number in wanted["fillService"].get("exclude", {})
            should = "WhenTech" in entry["applications"] and not entry["departed"] and not excluded
            if should and number not in captured:
                assert f"assign-account/WhenTechFillUser/{number}" in is_open
            if not should and number in captured:
                assert f"unassign-account/WhenTechFillUser/{number}" in is_open
