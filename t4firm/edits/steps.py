"""What happens in a firm, as changes of its file: somebody leaves, an account comes or moves, something is
revoked (docs/leaving.md). Each function changes the values of the files, and returns what to know about it.

Whether the firm may be so is not decided here: `FirmFiles.checked` does, by the model and its rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from t4firm.edits.entries import put_account, put_user
from t4firm.edits.firm_files import Entry, FirmFiles, NotInTheFile
from t4firm.yaml_files.mistakes import listed, shown

NEXT: Final = "Next: a pull request, or `t4firm up`."

ONLY: Final = (
    "A user keeps at least one account. If {0} leaves: `t4firm depart {0}`. If {0} stays: `t4firm new "
    "account NUMBER --user {0}` first"
)
"""What to do about an only account."""


def new_user(files: FirmFiles, username: str, fields: Mapping[str, Any], into: Path | None) -> None:
    """Somebody comes. Raises NotInTheFile where the file has somebody of this name."""
    if files.has_user(username):
        raise NotInTheFile(f'the firm file already has a user "{shown(username)}"')
    put_user(files, username, fields, into)


def new_account(files: FirmFiles, number: str, username: str, fields: Mapping[str, Any]) -> None:
    """Somebody gets an account more; if others have it, `owner` is the one that it was made for."""
    entry = files.user(username)
    if number in entry.get("accounts", ()):
        raise NotInTheFile(f'{shown(username)} already has the account "{shown(number)}"')
    before = files.users_with(number)
    entry["accounts"] = [*entry.get("accounts", ()), number]
    if len(before) == 1:
        fields = {"owner": before[0], **fields}
    put_account(files, number, fields)


def depart(files: FirmFiles, username: str) -> str:
    """Somebody leaves: the first of two steps."""
    entry = files.user(username)
    if entry.get("departed"):
        return f"{username} has already departed. When all tasks are closed, remove the entry."
    entry["departed"] = True
    return (
        f"{NEXT} Then do the tasks that it lists: disable the user, end the market data, "
        f"unassign the accounts. When all are closed, remove the entry of {username}."
    )


def revoke(files: FirmFiles, username: str, accounts: Sequence[str], applications: Sequence[str]) -> str:
    """Somebody who stays loses accounts or applications."""
    entry = files.user(username)
    for name, values in (("accounts", accounts), ("applications", applications)):
        for value in values:
            _take(files, username, entry, name, value)
            _put_under_revoke(entry, name, value)
    return f"{NEXT} When its tasks are closed, remove the line `revoke` of {username}."


def move_account(files: FirmFiles, number: str, to: str) -> str:
    """The step of a move that is due: the new user gets the account; the old one loses it; the line goes."""
    target = files.user(to)
    users = files.users_with(number)
    leaving = [name for name in files.firm.users if number in _revoked(files.user(name))]
    if users == [to] and leaving:
        for name in leaving:
            _forget(files.user(name), number)
        return f'The account "{number}" has moved: the file no longer says that {listed(leaving)} had it.'
    if to not in users:
        if len(users) != 1:
            have = f"{listed(users)} have it" if users else "nobody has it"
            raise NotInTheFile(f'the account "{shown(number)}" cannot move: {have} in the firm file')
        target["accounts"] = [*target.get("accounts", ()), number]
        files.account(number)["owner"] = users[0]
        if list(files.user(users[0])["accounts"]) == [number]:
            who = users[0]
            return f"Step 1 of 3. {NEXT} The account is the only one of {who}. {ONLY.format(who)}."
        return (
            f"Step 1 of 3. {NEXT} When {to} has the account in T4, call this again: then {users[0]} loses it."
        )
    [old] = [name for name in users if name != to] if len(users) == 2 else [""]
    if not old:
        raise NotInTheFile(
            f'the account "{shown(number)}" does not move to {shown(to)}: {shown(to)} already has it'
        )
    entry = files.user(old)
    if entry.get("departed"):
        raise NotInTheFile(
            f"{shown(old)} leaves. When all tasks are closed, remove the entry of {shown(old)}, and the line "
            f"`owner` of the account. Then {shown(to)} is its owner"
        )
    _take(files, old, entry, "accounts", number)
    _put_under_revoke(entry, "accounts", number)
    account = files.account(number)
    account.pop("owner", None)
    if not account:
        del files.section("accounts", number)[number]
    return (
        f"Step 2 of 3. {NEXT} When its tasks are closed, call this again: then it removes the line `revoke`."
    )


def _take(files: FirmFiles, username: str, entry: Entry, name: str, value: str) -> None:
    held = entry.get(name)
    if held is None and name == "applications":
        held = list(files.firm.defaults.user.applications or ())
    if value not in (held or ()):
        kind = name.removesuffix("s")
        raise NotInTheFile(f'{shown(username)} has no {kind} "{shown(value)}" in the firm file')
    if name == "accounts" and list(held or ()) == [value]:
        who = shown(username)
        raise NotInTheFile(f'the account "{shown(value)}" is the only one of {who}. {ONLY.format(who)}')
    entry[name] = [each for each in held or () if each != value]


def _put_under_revoke(entry: Entry, name: str, value: str) -> None:
    group = entry["revoke"] = entry.get("revoke") or {}
    group[name] = [*group.get(name, ()), value]


def _revoked(entry: Entry) -> Sequence[str]:
    found: Sequence[str] = (entry.get("revoke") or {}).get("accounts") or ()
    return found


def _forget(entry: Entry, number: str) -> None:
    """Takes a number out of `revoke`, and what is then empty."""
    group = entry["revoke"]
    group["accounts"] = [each for each in group["accounts"] if each != number]
    if not group["accounts"]:
        del group["accounts"]
    if not group:
        del entry["revoke"]
