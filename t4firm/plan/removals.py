"""What left a firm file in a way that would leave something behind in T4, each with the words to write
instead (docs/leaving.md).

A program that no longer declares something has it deleted from the state, and nothing tracks it any more. So
what goes, goes by words of the file that stay until there is evidence: `departed: true`, `revoke`,
`exclude`, `capture: none`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from t4firm.model.firm import Firm
from t4firm.model.names import folded
from t4firm.model.users import User
from t4firm.plan.prior_state import IDENTITY, Recorded, RecordedUser
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import listed, some


def revoked_words(username: str, field: str, name: str) -> str:
    """What to write where a user stays and loses an account or an application."""
    quoted = f'"{name}"' if field == "accounts" else name
    return (
        f"If {username} stays and loses it, write `revoke: {{{field}: [{quoted}]}}` under "
        f"users.{username} instead, run `up`, and remove that line when its task is closed. If {username} "
        "leaves, put it back and write `departed: true`"
    )


def moving_words(number: str, before: str, after: str) -> str:
    """What to write where an account is to become another user's."""
    return (
        f"account {number} belongs to {before} and cannot become {after}'s in one step. To move it: "
        f"1. let both list it, with `owner: {before}` under accounts.{number}, and run `up`. 2. When {after} "
        f'has it in T4, write `revoke: {{accounts: ["{number}"]}}` under users.{before} instead, with '
        f"{after} as the owner, and run `up`. 3. When its task is closed, remove that line. "
        f"`t4firm move-account {number} --to {after}` writes these steps"
    )


def refusals(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """Every reason why this file must not follow on what is recorded; one sentence each."""
    fill = [firm.fillService.user.username] if firm.fillService else []
    respelled = [
        *_respelled("username", recorded.users, [*firm.users, *fill]),
        *_respelled("account number", recorded.accounts, firm.accounts),
    ]
    if respelled:  # they would look like removals and newcomers to the other checks
        yield from respelled
        return
    yield from _changed_usernames(firm, recorded)
    yield from _ended_fill_service(firm, recorded)
    yield from _vanished_accounts(firm, recorded)
    yield from _vanished_assignments(firm, recorded)
    yield from _unknown_losses(firm, recorded)


def _respelled(what: str, before: Iterable[str], now: Collection[str]) -> Iterator[str]:
    """Names that are recorded, and that the file has in other capitals or another encoding."""
    spelling = {folded(name): name for name in now}
    for name in sorted(before):
        if name not in now and folded(name) in spelling:
            yield (
                f"the firm file has the {what} {spelling[folded(name)]}, but the last run recorded it as "
                f"{name}. For T4 both are the same. Write {name} again: copy it from here"
            )


def _changed_usernames(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """A removal together with a newcomer who has the same accounts, or is the same person."""
    new = [user for name, user in sorted(firm.users.items()) if name not in recorded.users]
    for before, known in sorted(recorded.users.items()):
        if known.departed or known.fill or before in firm.users:
            continue
        numbers = {number for number, account in recorded.accounts.items() if account.owner == before}
        for user in new:
            same = numbers & set(user.accounts)
            if same or known.person == identity(user):
                what = (
                    f"has {before}'s account {some(sorted(same))}"
                    if same
                    else f"is the same person as {before}"
                )
                yield (
                    f"{user.username} {what}. T4 cannot change a username: this would create a second user "
                    f"and forget the first. Keep {before}. If it must be another user, add {user.username} "
                    f"with its own account, move {before}'s accounts to it (docs/leaving.md), and let "
                    f"{before} depart"
                )


def identity(user: User) -> tuple[str, ...]:
    """What tells that two entries are the same person."""
    return tuple(getattr(user, name) for name in IDENTITY)


def _ended_fill_service(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """The fill user goes when it captures nothing: step by step."""
    now = firm.fillService.user if firm.fillService else None
    for username, known in sorted(recorded.users.items()):
        if not known.fill:
            continue
        if now is None or now.username != username:
            if not known.departed:
                gone = f"the fill user {username} was removed from the firm file, but has not departed"
                renamed = f". T4 cannot change a username (now: {now.username})" if now else ""
                yield (
                    f"{gone}{renamed}. Put fillService back as it was. To end the service: 1. write "
                    f"`capture: none`, run `up` and close its tasks. 2. Write `departed: true` under "
                    f"fillService.user, run `up` and close its tasks. 3. Remove fillService"
                )
        elif now.departed and not known.departed:
            yield from _still_capturing(username, known, recorded)


def _still_capturing(username: str, known: RecordedUser, recorded: Recorded) -> Iterator[str]:
    owed = [
        task_id("unassign-account", username, number)
        for (who, number), assignment in sorted(recorded.access.items())
        if who == username and assignment.matters
    ]
    owed += [task_id("remove-role", username, role) for role in known.roles or () if role in known.allowed]
    if owed:
        yield (
            f"{username} cannot depart yet. First remove `departed: true`, write `capture: none`, run `up`, "
            f"and close {some(owed)}"
        )


def _vanished_accounts(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """Accounts of owners, and of those whose loss was not recorded yet; what is recorded and open, the
    program finds itself."""
    for number, known in sorted(recorded.accounts.items()):
        for username in sorted({known.owner, *known.revoked_from} if known.made or known.asked else ()):
            user = firm.users.get(username)
            is_tracked = username in known.revoked_from and (username, number) in recorded.access
            if user and not is_tracked and number not in (*user.accounts, *user.revoke.accounts):
                yield _account_gone(firm, recorded, user, number)


def _account_gone(firm: Firm, recorded: Recorded, owner: User, number: str) -> str:
    if owner.departed:
        return (
            f"account {number} was removed from {owner.username}, who is leaving. Put it back. Remove the "
            f"whole entry when all its tasks are closed"
        )
    heirs = [user.username for user in firm.users.values() if number in user.accounts]
    if heirs:
        return moving_words(number, owner.username, heirs[0])
    newcomers = [new for new in owner.accounts if new not in recorded.accounts]
    instead = f" T4 cannot change an account number: {listed(newcomers)} would be a new account." * bool(
        newcomers
    )
    words = revoked_words(owner.username, "accounts", number)
    is_there = (
        "T4 still has it"
        if recorded.accounts[number].made
        else "T4 may have it, because the administrator was asked to create it"
    )
    gone = f"account {number} was removed from {owner.username}, but {is_there}"
    return f"{gone}.{instead} Put it back. {words}"


def _vanished_assignments(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """Second users of an account, and applications."""
    for (username, number), known in sorted(recorded.access.items()):
        user = firm.users.get(username)
        is_owners = number in recorded.accounts and recorded.accounts[number].owner == username
        if (
            user
            and known.present
            and known.matters
            and not is_owners
            and number not in (*user.accounts, *user.revoke.accounts)
        ):
            yield _gone_from(user, "accounts", number)
    for (username, application), known in sorted(recorded.applications.items()):
        user = firm.users.get(username)
        listed_names = (*user.applications, *user.revoke.applications) if user else ()
        if user and known.present and known.matters and application not in listed_names:
            yield _gone_from(user, "applications", application)


def _gone_from(user: User, field: str, name: str) -> str:
    what = f"account {name}" if field == "accounts" else name
    return (
        f"{what} was removed from {user.username}, but T4 still has it, or may have it. Put it back. "
        f"{revoked_words(user.username, field, name)}"
    )


def _unknown_losses(firm: Firm, recorded: Recorded) -> Iterator[str]:
    """Revoked is what somebody had, from this stack or, of applications, from T4: anything else is
    misspelled."""
    for username, user in sorted(firm.users.items()):
        for number in user.revoke.accounts:
            if not recorded.had(username, number):
                yield _never_had(user, "accounts", number, list(recorded.accounts))
        if not user.revoke.applications:
            continue
        known = [name for who, name in recorded.applications if who == username]
        known += recorded.users[username].applications if username in recorded.users else ()
        for application in user.revoke.applications:
            if application not in known:
                yield _never_had(user, "applications", application, known)


def _never_had(user: User, field: str, name: str, known: Sequence[str]) -> str:
    meant = get_close_matches(name, known, n=1)
    hint = f"Did you mean {meant[0]}? If not, remove it" if meant else "Remove it"
    return (
        f"users.{user.username}.revoke.{field} has {name}, but this stack never gave {name} to "
        f"{user.username}. {hint}"
    )


def gone_elsewhere(firm: Firm, recorded: Recorded, accounts: Mapping[str, str]) -> dict[str, str]:
    """Account -> stack, for captured accounts of stacks that are still named, whose files no longer have
    them. `accounts`: those that they have."""
    fill = firm.fillService
    return {
        number: known.stack
        for (username, number), known in sorted(recorded.access.items())
        if fill and username == fill.user.username and known.stack in fill.stacks and known.matters
        if fill.capture == "accounts" and number not in accounts
    }
