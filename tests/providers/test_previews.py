"""What a preview cannot know yet is no difference, and stops nothing: it shows what `up` will do."""

from tests.goals.firms import firm_of
from tests.providers.stack import Stack

TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333"]}}


def test_a_first_preview_shows_everything_and_calls_nothing(stack: Stack) -> None:
    shown = stack.preview(firm_of(**TWO))
    assert len(shown.created) == len(stack.up(firm_of(**TWO)).created) == 14
    assert shown.updated == shown.deleted == []
    assert not shown.failed


def test_a_preview_calls_nothing(stack: Stack) -> None:
    stack.preview(firm_of(**TWO))
    assert stack.simulator.requests() == []
    assert stack.state == {}


def test_a_changed_phone_number_shows_its_user_alone_although_the_users_id_is_unknown_in_the_preview(
    stack: Stack,
) -> None:
    """The engine does not know the outputs of a user that will be updated: its id, and what T4 gave."""
    stack.operations = "onboarding"
    stack.simulator.template("WhenTechTrader", [], ["Trading"])
    firm = firm_of(**TWO)
    firm["templates"]["users"]["WhenTechTrader"]["applications"] = []
    stack.settled(firm)
    assert stack.tasks(firm)["assign-application/trader.a/WhenTech"] == "open"
    firm["users"]["trader.a"]["phone"] = "555-999-0000"
    assert stack.preview(firm).changed == ["User trader.a"]
    assert stack.up(firm).changed == ["User trader.a"]


def test_a_departed_users_accounts_are_not_shown_again_when_its_phone_number_changes(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    stack.settled(firm)
    firm["users"]["trader.b"]["departed"] = True
    stack.settled(firm)
    firm["users"]["trader.b"]["phone"] = "555-999-0000"
    assert stack.preview(firm).changed == ["User trader.b"]
    assert stack.up(firm).changed == ["User trader.b"]


def test_an_account_that_waits_for_its_onboarding_is_not_shown_while_the_answer_is_unknown(
    stack: Stack,
) -> None:
    """A user taken over unseen: whether its first account exists, only a later run can tell."""
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.a", "77777")
    firm = firm_of(trader_a={"accounts": ["11111"], "adopt": True})
    stack.settled(firm)
    assert stack.tasks(firm)["verify-account/11111"] == "open"
    firm["users"]["trader.a"]["city"] = "Dayton"
    assert stack.preview(firm).changed == ["User trader.a"]


def test_a_newcomer_changes_nobody_else_and_is_no_surprise_to_a_later_refresh(stack: Stack) -> None:
    """The fill user's record does not name the accounts that it captures: the file does."""
    stack.settled(firm_of(**TWO))
    grown = firm_of(**TWO, trader_c={"accounts": ["55555", "66666"]})
    for shown in (stack.preview(grown), stack.up(grown)):
        assert len(shown.created) == 6
        assert shown.updated == shown.deleted == []
    assert stack.refresh() == []
