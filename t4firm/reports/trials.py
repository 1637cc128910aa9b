"""Trials: the day that T4's onboarding answer shows as a user's `trialExpires` (seed 002, response sample).

In both published samples it is 14 days after the user was made; no document says what happens on that day,
nor whether it applies to live users (t4-details.md section 1.3). So each is a task to confirm, and a warning.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some

WARNED_FROM = timedelta(days=14)
"""How long before the day a run begins to warn."""


def last_day(trial_expires: str | None) -> date | None:
    """The day in T4's `trialExpires`; None where it shows none: nothing, no date, or .NET's empty date
    (0001-01-01)."""
    try:
        day = date.fromisoformat((trial_expires or "")[:10])
    except ValueError:
        return None
    return day if day.year > 1 else None


def is_over(day: date | None, today: date) -> bool:
    """Whether a trial that ends on this day has ended."""
    return day is not None and day < today


def ended(unconfirmed: Mapping[str, date], today: date) -> list[str]:
    """A sentence for each day on which trials ended that nobody has confirmed not to apply."""
    over = {username: day for username, day in unconfirmed.items() if is_over(day, today)}
    return [
        f"TRIAL OVER: the trial of {whose} ended on {day}, and it is not confirmed that it does not apply. "
        f"They may be locked out of T4. Do now: {tasks}"
        for day, whose, tasks in _by_day(over)
    ]


def ending(unconfirmed: Mapping[str, date], today: date) -> list[str]:
    """A sentence for each day on which trials are about to end. It names no number of days, so that a run on
    the next day says the same."""
    soon = {username: day for username, day in unconfirmed.items() if today <= day <= today + WARNED_FROM}
    return [
        f"the trial of {whose} ends on {day} (trialExpires in T4's answer). Before that day, do: {tasks}"
        for day, whose, tasks in _by_day(soon)
    ]


def _by_day(ends: Mapping[str, date]) -> Iterator[tuple[date, str, str]]:
    for day in sorted(set(ends.values())):
        users = sorted(username for username, end in ends.items() if end == day)
        yield day, some(users), some([task_id("confirm-trial", username) for username in users], 1)
