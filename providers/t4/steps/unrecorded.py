"""Steps of a run that died: the journal has them, and the engine recorded nothing of the run. Where the file
was changed back since, nothing else tells that T4 may have another value."""

from providers.t4.session.session import session
from t4firm.model.names import folded
from t4firm.tasks.ids import about, kind_of

OF_USERS = ("update-user", "update-market-data", "sign-eula", "disable-user")
OF_ACCOUNTS = ("update-account",)
"""The kinds of steps after which T4 has another value, and which no resource of their own stands for."""


def unrecorded(since: str, subject: str) -> frozenset[str]:
    """The tasks of these kinds about this user or account that were begun through the API after `since`, when
    it was recorded. An older version's record does not say when it was made: then nothing is told."""
    begun = session().once("begun steps", _begun).get(folded(subject), {}) if since else {}
    return frozenset(task for task, at in begun.items() if at > since)


def _begun() -> dict[str, dict[str, str]]:
    """When each step was begun last, as the journal has it; by whom or what it is about."""
    steps: dict[str, dict[str, str]] = {}
    for entry in session().journal.entries():
        if kind_of(entry.key) in (*OF_USERS, *OF_ACCOUNTS):
            at = max(entry.answered, *entry.begun) if entry.begun else entry.answered
            steps.setdefault(folded(about(entry.key)), {})[entry.key] = at
    return steps
