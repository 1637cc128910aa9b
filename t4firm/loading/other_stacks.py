"""One fill user for several stacks: the firm files of `fillService.stacks`, whose WhenTech accounts it
captures too.

Each stack sets up its own people; the stack with the fill service only reads the others' files.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from t4firm.loading.firm_file import load_firm
from t4firm.loading.stack_file import in_environment
from t4firm.model.firm import Firm
from t4firm.model.names import folded
from t4firm.model.users import WHENTECH
from t4firm.rules.context import quoted
from t4firm.yaml_files.document import FileError, Mistake, read
from t4firm.yaml_files.mistakes import shown

Loc = tuple[str | int, ...]


def load_others(firm_file: Path, firm: Firm) -> dict[str, Firm]:
    """Stack -> firm as it is in that stack's environment, for each of `fillService.stacks`. Raises FileError
    with every mistake, each under the name of its own file."""
    if firm.fillService is None or not firm.fillService.stacks:
        return {}
    document = read(firm_file)
    others: dict[str, Firm] = {}
    mistakes: list[Mistake] = []
    for index, stack in enumerate(firm.fillService.stacks):
        path = firm_file.parent / f"{stack}.firm.yaml"
        if path.parent != firm_file.parent or path == firm_file:
            wrong = f'"{shown(stack)}" is no other stack of this repository'
            right = "name a stack whose firm file lies beside this one"
            mistakes.append(document.mistake(("fillService", "stacks", index), wrong, right))
            continue
        try:
            others[stack] = in_environment(load_firm(path), path.with_name(f"{stack}.stack.yaml"))
        except FileError as error:
            mistakes += error.mistakes
            continue
        if others[stack].fillService:
            wrong = f"{document.file} captures this stack's accounts with a fill user of its own"
            mistakes.append(
                read(path).mistake(("fillService",), wrong, "keep one of the two: remove it here or there")
            )
    mistakes += [document.mistake(*found) for found in _across(firm, others)] if not mistakes else []
    if mistakes:
        raise FileError(mistakes)
    return others


def captured_of(others: Mapping[str, Firm]) -> dict[str, str]:
    """Account -> stack, for every account whose fills WhenTech should see.

    Also of those who have departed or lose WhenTech or the account: while they stand in their file, their
    stack may not have finished with them yet.
    """
    return {
        number: stack
        for stack, firm in others.items()
        for user in firm.users.values()
        if user.is_whentech or WHENTECH in user.revoke.applications
        for number in (*user.accounts, *user.revoke.accounts)
    }


def _across(firm: Firm, others: Mapping[str, Firm]) -> Iterator[tuple[Loc, str, str]]:
    """What is wrong between the files, at the field of this one."""
    stacks: Loc = ("fillService", "stacks")
    names: dict[str, str] = {}
    numbers: dict[str, str] = {}
    fill = firm.fillService
    mine = {*firm.users, *([fill.user.username] if fill else [])}
    for stack, usernames, accounts in [
        ("this stack", mine, firm.accounts),
        *((stack, set(other.users), other.accounts) for stack, other in sorted(others.items())),
    ]:
        for name in sorted(usernames):
            first = names.setdefault(folded(name), stack)
            if first != stack:
                yield stacks, f'"{name}" is a user of {first} and of {stack}', "keep one of the two entries"
        for number in accounts:
            first = numbers.setdefault(folded(number), stack)
            if first != stack:
                yield (
                    stacks,
                    f'the account "{number}" is in {first} and in {stack}',
                    "one stack makes an account: remove it from the other",
                )
    if fill and fill.capture == "accounts":
        known = {number for user in firm.whentech_users for number in user.accounts} | captured_of(
            others
        ).keys()
        if unknown := sorted(fill.exclude.keys() - known):
            yield (
                ("fillService", "exclude", unknown[0]),
                f"{quoted(unknown)} would not be captured anyway: no {WHENTECH} user of these stacks has it",
                "remove it, or correct the number",
            )
