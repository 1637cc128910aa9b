"""What T4 gave, held against the file: each rule of the table by a case that breaks it and one that does
not."""

from dataclasses import replace

import pytest

from t4firm.plan.expectations import Expected, Given, findings

TRADER = Expected("trader.a", "WhenTechTrader", ("Trading",), ("WhenTech",), exactly=False)
PLAIN = Expected("trader.b", "Trader", ("Trading",), (), exactly=False)
NAMELESS = Expected("trader.c", None, (), (), exactly=False)
FILL = Expected("WhenTechFillUser", "FillService", (), ("WhenTechFills",), exactly=True)
RISK = Expected(
    "WhenTechFillUser", "FillServiceRiskManager", ("RiskManager",), ("WhenTechFills",), exactly=True
)


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (TRADER, Given(("Trading",), ("WhenTech",))),
        (TRADER, Given(None, None)),
        (TRADER, Given(("Trading",), ())),  # the application is its own resource
        (FILL, Given((), ("WhenTechFills",))),
        (FILL, Given((), ())),
        (RISK, Given(("RiskManager",), ("WhenTechFills",))),
    ],
)
def test_nothing_is_found_where_t4_gave_what_the_file_expects(expected: Expected, given: Given) -> None:
    assert findings(expected, given) == ()


@pytest.mark.parametrize(
    ("expected", "given", "task", "words"),
    [
        (
            FILL,
            Given(("Trading",), ()),
            "remove-role/WhenTechFillUser/Trading",
            "The role came with template FillService, or was given in the portal since",
        ),
        (FILL, Given(("Charting",), ()), "remove-role/WhenTechFillUser/Charting", "no role"),
        (
            RISK,
            Given(("RiskManager", "Trading"), ()),
            "remove-role/WhenTechFillUser/Trading",
            "only RiskManager",
        ),
        (
            RISK,
            Given((), ()),
            "assign-role/WhenTechFillUser/RiskManager",
            "does not have the role RiskManager",
        ),
        (TRADER, Given((), ()), "assign-role/trader.a/Trading", "template WhenTechTrader gives it"),
        (
            FILL,
            Given((), ("WhenTech",)),
            "unassign-application/WhenTechFillUser/WhenTech",
            "only for the fill service",
        ),
        (
            TRADER,
            Given(("Trading",), ("WhenTechFills",)),
            "unassign-application/trader.a/WhenTechFills",
            "only for the fill service",
        ),
        (
            FILL,
            Given(None, None),
            "verify-user/WhenTechFillUser",
            "it may have Trading, which it must not have",
        ),
    ],
)
def test_a_violation_names_the_template_and_the_task_that_mends_it(
    expected: Expected, given: Given, task: str, words: str
) -> None:
    (finding,) = findings(expected, given)
    assert (finding.severity, finding.task) == ("violation", task)
    assert words in finding.words


def test_more_than_a_template_is_said_to_give_an_end_user_is_a_notice() -> None:
    roles, applications = findings(
        TRADER, Given(("Charting", "PitTrades", "Trading"), ("AppName1", "WhenTech"))
    )
    assert (roles.severity, roles.task) == ("notice", None)
    assert "If that is right, add them to templates.users.WhenTechTrader.roles" in roles.words
    assert "If that is right, add it to templates.users.WhenTechTrader.applications" in applications.words
    assert "template WhenTechTrader also gives the roles Charting, PitTrades, which" in roles.words
    assert "the application AppName1" in applications.words


@pytest.mark.parametrize("expected", [PLAIN, NAMELESS])
def test_whentech_that_nothing_explains_is_a_warning_of_its_own(expected: Expected) -> None:
    [found] = findings(expected, Given(expected.roles, ("WhenTech",)))
    assert (found.severity, found.task) == ("warning", None)
    assert found.words.startswith(f"{expected.username} has the application WhenTech, but the firm file")
    leaver = replace(expected, departed=True)
    assert findings(leaver, Given(expected.roles, ("WhenTech",))) == ()


def test_of_a_template_that_the_file_does_not_name_nothing_is_expected() -> None:
    assert findings(NAMELESS, Given(("Trading", "Charting"), ("AppName1",))) == ()
