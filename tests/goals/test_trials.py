"""The day of a trial, as T4's onboarding answer has it."""

from datetime import date

import pytest

from t4firm.reports.trials import last_day


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("2025-05-29T00:00:00", date(2025, 5, 29)),  # seed 002, response sample
        ("2025-05-29T00:00:00.0000000Z", date(2025, 5, 29)),
        ("2025-05-29", date(2025, 5, 29)),
        ("0001-01-01T00:00:00", None),
        ("29/05/2025", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_revoked_from_what_t4_shows_or_none(shown: str | None, day: date | None) -> None:
    assert last_day(shown) == day
