"""`t4firm password` derives a password; whether T4 has it, the record of the user says."""

from typing import Any

from providers.t4.records.passwords import UNKNOWN, UNRECORDED, derived
from providers.t4.records.users import UserInputs, UserRecord
from t4firm_cli.password import doubt

MARK = "5a1f"


def user(**record: Any) -> UserRecord:
    said = {"passwordInT4": derived(MARK), **record}
    return UserRecord(inputs=UserInputs(username="trader.a"), **said)


def test_the_password_that_t4_has_is_not_doubted() -> None:
    assert doubt("trader.a", user(), MARK) == ""


def test_a_user_whom_no_run_has_recorded() -> None:
    assert "No run has recorded trader.a yet" in doubt("trader.a", None, MARK)


def test_a_password_that_is_still_to_be_given_to_t4() -> None:
    tasks = {"update-user/trader.a/password": {"status": "open", "since": "2026-11-28"}}
    said = doubt("trader.a", user(tasks=tasks, passwordInT4=UNKNOWN), MARK)
    assert "T4 does not have this password of trader.a yet: update-user/trader.a/password is open" in said


def test_one_who_was_adopted_or_has_one_of_another_seed() -> None:
    for record in (
        user(passwordInT4=UNKNOWN),
        user(passwordInT4=derived("09be")),
        user(passwordInT4=UNRECORDED),
    ):
        said = doubt("trader.a", record, MARK)
        assert "Nothing shows that T4 has this password of trader.a" in said
        assert "Raise `passwordVersion`" in said
