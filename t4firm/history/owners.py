"""Whose an account is, or was: what happens to it is a part of its users' history. The capture of its fills,
for example, is about the fill user and the account, and so about who trades it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from t4firm.history.events import Event
from t4firm.history.file_changes import FileChange
from t4firm.model.firm import Firm


def users_of_accounts(firm: Firm, changes: Iterable[FileChange]) -> Mapping[str, Collection[str]]:
    """Account -> the users who have it by the firm file, or had it by a version of it (`changes`). Not who
    captures its fills."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, account in firm.accounts.items():
        found[number].add(account.owner)
    for user in firm.users.values():
        for number in user.accounts:
            found[number].add(user.username)
    for change in changes:
        if change.entry[:1] == ("users",):
            for number in change.about[1:]:
                found[number].add(change.entry[1])
    return found


def with_users(event: Event, users: Mapping[str, Collection[str]]) -> Event:
    """The event, also about the users of the accounts that it is about."""
    also = {user for name in event.about for user in users.get(name, ())} - {*event.about}
    return replace(event, about=(*event.about, *sorted(also))) if also else event
