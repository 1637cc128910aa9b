"""Which stacks a repository has, and which of them come after others.

A stack whose fill user captures accounts of other stacks (`fillService.stacks`) comes after them: those
accounts must be there before they can be assigned.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from providers.t4.configuration.settings import SettingsError
from t4firm.yaml_files.document import FileError
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project, ProjectError, UnreadableSettings


@dataclass(frozen=True)
class Member:
    """One stack. `firm`, `users` and `accounts` as its firm file says; `after`: the stacks that run before
    it; `mistakes`: how many its files have, where they cannot be read."""

    stack: str
    firm: str = ""
    users: int = 0
    accounts: int = 0
    after: tuple[str, ...] = ()
    mistakes: int = 0


def members(project: Project, only: Collection[str] = ()) -> list[Member]:
    """Every stack that has a firm file, or those named, sorted. Raises ProjectError for a name that is none,
    and where there is no stack at all."""
    there = project.stacks()
    if unknown := sorted({*only} - {*there}):
        raise ProjectError(
            f"no stack of this repository: {', '.join(unknown)}. There are: {', '.join(there) or 'none'}"
        )
    if not there:
        raise ProjectError("there is no stack: stacks/ has no firm file. `t4firm init` writes the first one")
    return [_member(project, name) for name in there if not only or name in only]


def _member(project: Project, name: str) -> Member:
    try:
        firm = load(project, name).firm
    except FileError as error:
        return Member(name, mistakes=len(error.mistakes))
    except SettingsError as error:
        return Member(name, mistakes=len(error.problems))
    except UnreadableSettings:
        return Member(name, mistakes=1)
    after = tuple(firm.fillService.stacks) if firm.fillService else ()
    return Member(name, firm.firm, len(firm.users), len(firm.accounts), after)


def order(found: Sequence[Member]) -> dict[str, set[str]]:
    """Stack -> those of these stacks that come before it."""
    names = {each.stack for each in found}
    return {each.stack: names & {*each.after} for each in found}
