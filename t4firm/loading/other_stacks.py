"""One fill user for several stacks: the firm files of `fillService.stacks`, whose WhenTech accounts it
captures too.

Each stack sets up its own people; the stack with the fill service only reads the others' files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from t4firm.loading.firm_file import load_firm
from t4firm.loading.included import read_firm
from t4firm.loading.stack_file import in_environment
from t4firm.model.firm import Firm
from t4firm.model.names import among
from t4firm.model.users import WHENTECH
from t4firm.rules.context import quoted
from t4firm.rules.ownership import owned, owned_twice
from t4firm.yaml_files.document import Document, FileError, Mistake
from t4firm.yaml_files.mistakes import shown

Loc = tuple[str | int, ...]

THIS = "this stack"


def load_others(firm_file: Path, firm: Firm) -> dict[str, Firm]:
    """Stack -> firm as it is in that stack's environment, for each of `fillService.stacks`. Raises FileError
    with every mistake, each under the name of its own file."""
    if firm.fillService is None or not firm.fillService.stacks:
        return {}
    document, _ = read_firm(firm_file)
    others: dict[str, Firm] = {}
    files = {THIS: Read(document, firm)}
    mistakes: list[Mistake] = []
    for index, stack in enumerate(firm.fillService.stacks):
        path = firm_file.parent / f"{stack}.firm.yaml"
        if path.parent != firm_file.parent or path == firm_file:
            wrong = f'"{shown(stack)}" is not another stack of this repository'
            right = "name a stack whose firm file is in the same folder"
            mistakes.append(document.mistake(("fillService", "stacks", index), wrong, right))
            continue
        try:
            others[stack] = in_environment(load_firm(path), path.with_name(f"{stack}.stack.yaml"))
            files[stack] = Read(read_firm(path)[0], others[stack])
        except FileError as error:
            mistakes += error.mistakes
            continue
        if others[stack].fillService:
            wrong = f"{document.file} captures this stack's accounts too, with its own fill user"
            right = "keep one of the two: remove it here or there"
            mistakes.append(files[stack].document.mistake(("fillService",), wrong, right))
    if not mistakes:
        mistakes += claimed_twice(files)
        mistakes += [document.mistake(*found) for found in _excluded_nowhere(firm, others)]
    if mistakes:
        raise FileError(mistakes)
    return others


@dataclass(frozen=True)
class Read:
    """A firm file as it was written, and the firm that it describes."""

    document: Document
    firm: Firm


def claimed_twice(files: Mapping[str, Read]) -> Iterator[Mistake]:
    """A user or an account that two stacks at one T4 set up, at the later one's line; `files` by stack."""
    told = set()
    for stack, claim, first, before in owned_twice({stack: each.firm for stack, each in files.items()}):
        document, other = files[stack].document, files[first].document
        if document.file != other.file:
            name = first if first == THIS else f"stack {first}"
            place = f"{name} ({other.file_of(before.loc)}, line {other.line(before.loc)})"
            yield document.mistake(
                claim.loc,
                f'the {claim.kind} "{shown(claim.name)}" is also set up by {place}, at the same T4',
                f"remove it from one of the two files: one stack sets up {_a(claim.kind)}",
            )
        elif (stack, first) not in told:
            told.add((stack, first))
            yield document.mistake(
                (),
                f"the stacks {first} and {stack} both set up what this file says, at the same T4",
                "remove one of the two stacks, or give it the endpoint of another T4",
            )


def _a(kind: str) -> str:
    return "an account" if kind == "account" else "a user"


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


def stacks_with(firm_file: Path, username: str) -> Iterator[str]:
    """The other stacks of the repository whose firm file has a user of this name, or cannot be read."""
    for path in sorted(firm_file.parent.glob("*.firm.yaml")):
        if path.name == firm_file.name:
            continue
        try:
            firm = load_firm(path)
        except FileError:
            yield path.name.removesuffix(".firm.yaml")
            continue
        if among(username, (claim.name for claim in owned(firm) if claim.kind == "user")):
            yield path.name.removesuffix(".firm.yaml")


def _excluded_nowhere(firm: Firm, others: Mapping[str, Firm]) -> Iterator[tuple[Loc, str, str]]:
    """Accounts that are excluded and that no stack would capture."""
    fill = firm.fillService
    if fill and fill.capture == "accounts":
        here = {number for user in firm.whentech_users for number in user.accounts}
        if unknown := sorted(fill.exclude.keys() - here - captured_of(others).keys()):
            yield (
                ("fillService", "exclude", unknown[0]),
                f"{quoted(unknown)} would not be captured anyway: no {WHENTECH} user of these stacks has it",
                "remove it, or correct the number",
            )
