"""The checks of the rules about people, their accounts and their templates. See t4firm/rules/table.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from t4firm.model.names import among, folded, same
from t4firm.model.users import TRADING, WHENTECH, WHENTECH_FILLS
from t4firm.rules.context import Facts, Finding, Loc, quoted
from t4firm.yaml_files.mistakes import listed, shown
from t4firm.yaml_files.model_errors import nearest_name

SAME = "capitals, and the way in which accents are encoded, make no difference"


def _declared(kind: str, name: str, known: list[str]) -> str:
    if alike := [each for each in known if same(each, name)]:
        return f"copy the name {alike[0]} from templates.{kind}: both must be spelled the same"
    nearest = nearest_name(name, tuple(known))
    if nearest:
        return f'did you mean "{nearest}"? Or declare it under templates.{kind}'
    there = f" (there: {', '.join(shown(each) for each in known)})" if known else ""
    return f"declare it under templates.{kind}, or name one that is declared{there}"


def _twice(facts: Facts, names: Iterable[tuple[str, Loc]], what: str) -> Iterator[tuple[str, Loc, str]]:
    """Each name that is one of those before it: that one, its place, and what is wrong."""
    seen: dict[str, tuple[str, Loc]] = {}
    for name, loc in names:
        other, first = seen.setdefault(folded(name), (name, loc))
        if first != loc:
            where = facts.where(first, loc)
            yield other, loc, f'"{shown(name)}" is the same {what} as "{shown(other)}" {where}'


def username_is_unique(facts: Facts) -> Iterator[Finding]:
    names: list[tuple[str, Loc]] = [(username, ("users", username)) for username in facts.firm.users]
    if facts.fill:
        names.append((facts.fill.user.username, ("fillService", "user", "username")))
    for other, loc, wrong in _twice(facts, names, "username"):
        if loc[0] == "fillService" and other in facts.firm.users:
            yield Finding(loc, wrong, "give the fill service a user of its own")
        else:
            yield Finding(loc, wrong, f"keep one, or give one of them another name: {SAME}")


def account_is_unique(facts: Facts) -> Iterator[Finding]:
    names: list[tuple[str, Loc]] = [(number, ("accounts", number)) for number in facts.firm.accounts]
    for _, loc, wrong in _twice(facts, names, "account"):
        yield Finding(loc, wrong, "write the account number the same way everywhere")


def template_is_unique(facts: Facts) -> Iterator[Finding]:
    names: list[tuple[str, Loc]] = [
        (name, ("templates", "users", name)) for name in facts.firm.templates.users
    ]
    for _, loc, wrong in _twice(facts, names, "template"):
        yield Finding(loc, wrong, f"keep one: {SAME}")


def account_belongs_to_somebody(facts: Facts) -> Iterator[Finding]:
    own = facts.fill.user.account if facts.fill else None
    known = {own, *facts.listed_by, *facts.revoked_from}
    orphans = [number for number in facts.firm.accounts if number not in known]
    meant = facts.meant(orphans)
    for number in orphans:
        hint = f'did you mean "{meant[number]}"? Or add' if number in meant else "add"
        yield Finding(
            ("accounts", number),
            f'no user has the account "{number}"',
            f"{hint} it to the accounts of a user, or remove it here",
        )


NO_OWNER: Final = "the file does not say who is its owner"


def shared_account_names_its_owner(facts: Facts) -> Iterator[Finding]:
    for number, users in facts.listed_by.items():
        if len(users) > 1 and not facts.says("accounts", number, "owner"):
            names = [username for username, _ in users]
            owner = facts.made_with(number)
            yield Finding(
                ("users", users[1][0], "accounts", users[1][1]),
                f'the account "{number}" is listed by {quoted(names)}, but {NO_OWNER}',
                f'remove it from all but one, or, if they share it, add under accounts: "{number}": '
                f"{{owner: {owner}}}",
            )


def owner_has_the_account(facts: Facts) -> Iterator[Finding]:
    own = facts.fill.user.account if facts.fill else None
    for number, account in facts.firm.accounts.items():
        if not facts.says("accounts", number, "owner"):
            continue
        users = [username for username, _ in facts.listed_by.get(number, ())]
        users = users or list(facts.revoked_from.get(number, ()))
        if not users and number != own:
            continue
        if number == own and facts.fill and not users:
            users = [facts.fill.user.username]
        if account.owner not in users:
            yield Finding(
                ("accounts", number, "owner"),
                f'"{shown(account.owner)}" does not list the account "{number}"',
                f"write {listed(users, 'or')}",
                (account.owner, *users, *(("fillService",) if number == own else ())),
            )


def first_account_is_its_own(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        number = user.accounts[0] if user.accounts else ""
        others = {name for name, _ in facts.listed_by.get(number, ())} - {username}
        owner = facts.made_with(number) if others else None
        if owner in others:
            yield Finding(
                ("users", username, "accounts", 0),
                f'"{number}" is created with {owner}, and T4 creates an account with every user',
                f"list first an account that is created with {username}",
                (number,),
            )


def revoked_is_not_listed(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        for field in ("accounts", "applications"):
            listed_names: tuple[str, ...] = getattr(user, field)
            for index, name in enumerate(getattr(user.revoke, field)):
                if among(name, listed_names):
                    yield Finding(
                        ("users", username, "revoke", field, index),
                        f'"{name}" is also listed under {field}: {username} cannot both have it and lose it',
                        "keep one of the two lines",
                    )


def user_has_an_account(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        if not user.accounts and not user.is_whentech:
            yield Finding(
                ("users", username, "accounts"),
                "the list is empty, and T4 creates no user without an account",
                'write at least one account number, for example ["11111"]',
            )


def whentech_user_has_an_account(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        if user.is_whentech and not user.accounts:
            yield Finding(
                ("users", username, "accounts"),
                f"the list is empty, and a {WHENTECH} user needs at least one trading account",
                'write at least one account number, for example ["11111"]',
            )


def user_template_is_declared(facts: Facts) -> Iterator[Finding]:
    known = list(facts.firm.templates.users)
    named: list[tuple[str | None, Loc]] = [
        (facts.firm.defaults.user.templateUser, ("defaults", "user", "templateUser")),
        *((user.templateUser, ("users", name, "templateUser")) for name, user in facts.firm.users.items()),
    ]
    if facts.fill:
        named.append((facts.fill.user.templateUser, ("fillService", "user", "templateUser")))
    for name, loc in named:
        if name is not None and name not in known:
            yield Finding(loc, f'there is no template user "{shown(name)}"', _declared("users", name, known))


def account_template_is_declared(facts: Facts) -> Iterator[Finding]:
    known = list(facts.firm.templates.accounts)
    named: list[tuple[str | None, Loc]] = [
        (facts.firm.defaults.account.templateAccount, ("defaults", "account", "templateAccount")),
        *(
            (account.templateAccount, ("accounts", number, "templateAccount"))
            for number, account in facts.firm.accounts.items()
        ),
    ]
    for name, loc in named:
        if name is not None and name not in known:
            yield Finding(
                loc, f'there is no template account "{shown(name)}"', _declared("accounts", name, known)
            )


def known_names_are_spelled_as_in_t4(facts: Facts) -> Iterator[Finding]:
    lists: list[tuple[Loc, tuple[str, ...]]] = [
        (("defaults", "user", "applications"), facts.firm.defaults.user.applications or ()),
        *((("users", name, "applications"), user.applications) for name, user in facts.firm.users.items()),
        *(
            (("users", name, "revoke", "applications"), user.revoke.applications)
            for name, user in facts.firm.users.items()
        ),
    ]
    for name, template in facts.firm.templates.users.items():
        lists.append((("templates", "users", name, "applications"), template.applications))
        lists.append((("templates", "users", name, "roles"), template.roles))
    spelled = {folded(name): name for name in (WHENTECH, WHENTECH_FILLS, TRADING)}
    for loc, names in lists:
        for index, name in enumerate(names):
            right = spelled.get(folded(name), name)
            if name != right:
                yield Finding((*loc, index), f'"{name}" is not spelled as in T4', f"write {right}")


def no_end_user_has_the_fill_application(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        if WHENTECH_FILLS in user.applications:
            yield Finding(
                ("users", username, "applications"),
                f"{WHENTECH_FILLS} is only for the fill service",
                f"remove {WHENTECH_FILLS}; for order execution, give the user {WHENTECH}",
            )
        if WHENTECH_FILLS in user.revoke.applications:
            yield Finding(
                ("users", username, "revoke", "applications"),
                f"{WHENTECH_FILLS} is only for the fill service, and this file never gave it to a user",
                f"remove {WHENTECH_FILLS}; if T4 gave it to the user, a run finds it and lists the task",
            )


def no_end_user_template_gives_the_fill_application(facts: Facts) -> Iterator[Finding]:
    for username, user in facts.firm.users.items():
        template = facts.firm.templates.users.get(user.templateUser or "")
        if template and WHENTECH_FILLS in template.applications:
            yield Finding(
                ("users", username, "templateUser"),
                f'the template "{shown(user.templateUser or "")}" gives {WHENTECH_FILLS}, which no end '
                "user may have",
                f"name a template that does not give {WHENTECH_FILLS}",
            )


def whentech_was_requested_before_it_was_enabled(facts: Facts) -> Iterator[Finding]:
    requested, enabled = facts.firm.whentech.requestedOn, facts.firm.whentech.enabledOn
    if enabled and not requested:
        yield Finding(
            ("whentech", "requestedOn"),
            "is missing, although enabledOn is there",
            "add the day on which CTS support was asked",
        )
    elif enabled and requested and enabled < requested:
        yield Finding(
            ("whentech", "enabledOn"),
            f"{enabled} is before the request of {requested}",
            "check both dates",
        )
