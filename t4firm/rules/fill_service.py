"""The checks of the rules about the fill service: its user, its account, captures. See `table`."""

from __future__ import annotations

from collections.abc import Iterator

from t4firm.model.names import same
from t4firm.model.users import TRADING, WHENTECH, WHENTECH_FILLS
from t4firm.rules.context import Facts, Finding, quoted
from t4firm.yaml_files.mistakes import listed, shown


def fill_user_names_its_template(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.user.templateUser is None:
        yield Finding(
            ("fillService", "user", "templateUser"),
            f"is missing: T4 would use the firm's default user template, which may give {TRADING}",
            f"name a template that gives {WHENTECH_FILLS} and never {TRADING}",
        )


def _is_trading(role: str) -> bool:
    return same(role, TRADING)


def fill_template_never_gives_trading(facts: Facts) -> Iterator[Finding]:
    if facts.fill_template and any(_is_trading(role) for role in facts.fill_template[1].roles):
        name, _ = facts.fill_template
        yield Finding(
            ("templates", "users", name, "roles"),
            f"the fill user is created from this template and could trade: it must NEVER have {TRADING}",
            f"remove {TRADING} from the template in T4 and then here, or give the fill user another template",
        )


def fill_template_gives_no_role(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.capture == "accounts" and facts.fill_template:
        name, template = facts.fill_template
        roles = [role for role in template.roles if not _is_trading(role)]
        if roles:
            yield Finding(
                ("templates", "users", name, "roles"),
                f"the fill user is created from this template and must have no role, so not {quoted(roles)}",
                "name a template with roles: []; if it is the Risk Manager role and you want that, write "
                "capture: riskManager",
            )


def fill_template_gives_risk_manager(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.capture == "riskManager" and facts.fill_template:
        name, template = facts.fill_template
        others = [role for role in template.roles if not _is_trading(role) and role != facts.risk_manager]
        if facts.risk_manager not in template.roles or others:
            yield Finding(
                ("templates", "users", name, "roles"),
                "with capture: riskManager the fill user must have only the role "
                f'"{shown(facts.risk_manager)}": '
                f"{f'not {quoted(others)}' if others else 'it is not listed'}",
                f"write roles: [{shown(facts.risk_manager)}]; if T4 spells the Risk Manager role "
                "differently, set t4:riskManagerRole",
            )


def fill_template_gives_the_fill_application(facts: Facts) -> Iterator[Finding]:
    if facts.fill_template:
        name, template = facts.fill_template
        if WHENTECH_FILLS not in template.applications:
            yield Finding(
                ("templates", "users", name, "applications"),
                f"the fill user is created from this template, which does not give {WHENTECH_FILLS}",
                f"add {WHENTECH_FILLS} to the template in T4 and then here, or give the fill user another "
                "template",
            )


def fill_account_is_nobody_elses(facts: Facts) -> Iterator[Finding]:
    for username, index in facts.listed_by.get(facts.fill.user.account, ()) if facts.fill else ():
        yield Finding(
            ("users", username, "accounts", index),
            "this is the fill user's own account, which nobody trades",
            "remove it, or give the fill user another account",
        )


def fill_account_is_never_enabled(facts: Facts) -> Iterator[Finding]:
    account = facts.firm.accounts.get(facts.fill.user.account) if facts.fill else None
    if facts.fill and account and account.enabled:
        yield Finding(
            ("accounts", facts.fill.user.account, "enabled"),
            "this is the fill user's own account, which nobody trades",
            "remove the line",
        )


def fill_account_is_never_captured(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.accounts != "whentech" and facts.fill.user.account in facts.fill.accounts:
        yield Finding(
            ("fillService", "accounts", facts.fill.accounts.index(facts.fill.user.account)),
            "this is the fill user's own account, which nobody trades and which has no fills",
            "remove it from the list",
        )


def account_revoked_from_the_fill_user_is_not_captured(facts: Facts) -> Iterator[Finding]:
    for index, number in enumerate(facts.fill.user.revoke.accounts if facts.fill else ()):
        loc = ("fillService", "user", "revoke", "accounts", index)
        if facts.fill and same(number, facts.fill.user.account):
            yield Finding(loc, "this is the fill user's own account", "remove it from the list")
        elif number in (*facts.accounts_ever_with_whentech, *facts.firm.to_capture):
            yield Finding(
                loc,
                f'"{number}" is captured: the fill user cannot both have it and lose it',
                "remove it here, and list it under fillService.exclude with the reason",
            )


def captured_account_exists(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.accounts != "whentech":
        known = {*facts.listed_by, facts.fill.user.account}
        unknown = [number for number in facts.fill.accounts if number not in known]
        meant = facts.meant(unknown)
        for number in unknown:
            yield Finding(
                ("fillService", "accounts", facts.fill.accounts.index(number)),
                f'no user has the account "{number}"',
                f'did you mean "{meant[number]}"?'
                if number in meant
                else "remove it, or add it to the accounts of a user",
            )


def whentech_account_is_captured_or_excluded(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.capture == "accounts" and facts.fill.accounts != "whentech":
        for number in sorted(set(facts.firm.whentech_accounts) - {*facts.fill.accounts, *facts.fill.exclude}):
            names = [name for name, _ in facts.listed_by[number] if facts.firm.users[name].is_whentech]
            yield Finding(
                ("fillService", "accounts"),
                f'the fills of the account "{number}" of {listed(names)} are not captured',
                "add it to the list, or to exclude with the reason",
                tuple(names),
            )


def excluded_account_would_be_captured(facts: Facts) -> Iterator[Finding]:
    # with other stacks' accounts to capture, t4firm/loading/other_stacks.py knows which there are
    if facts.fill and facts.fill.capture == "accounts" and not facts.fill.stacks:
        chosen = facts.fill.accounts if facts.fill.accounts != "whentech" else ()
        for number in sorted(set(facts.fill.exclude) - facts.accounts_ever_with_whentech - set(chosen)):
            yield Finding(
                ("fillService", "exclude", number),
                f'"{number}" would not be captured anyway: it is no {WHENTECH} user\'s account',
                "remove it, or correct the number",
            )


def risk_manager_sees_all(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.capture == "riskManager":
        chosen = {
            "accounts": facts.fill.accounts != "whentech",
            "exclude": facts.fill.exclude,
            "stacks": facts.fill.stacks,
        }
        for field, value in chosen.items():
            if value:
                yield Finding(
                    ("fillService", field),
                    "has no effect: with capture: riskManager the fills of all the firm's accounts are "
                    "captured",
                    "remove it, or write capture: accounts",
                )


def list_of_accounts_is_of_one_stack(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.stacks and facts.fill.accounts != "whentech":
        yield Finding(
            ("fillService", "accounts"),
            "a list has only accounts of this stack, but stacks adds accounts of others",
            "write accounts: whentech, and list under exclude the accounts that are not captured",
        )


def fill_user_departs_after_capturing(facts: Facts) -> Iterator[Finding]:
    if facts.fill and facts.fill.user.departed and facts.fill.capture != "none":
        yield Finding(
            ("fillService", "user", "departed"),
            f"{facts.fill.user.username} still captures fills (capture: {facts.fill.capture})",
            "write capture: none first, run `up`, close the tasks that it lists, and then write "
            "departed: true",
        )
