"""Where things are: the project's folder, its stacks, and the settings file of each (design: Fixed names)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from t4firm.yaml_files.mistakes import Mistake, shown

FIRM_FILE = ".firm.yaml"
SETTINGS = "Pulumi.*.yaml"


class ProjectError(Exception):
    """The command was called for a stack or in a folder that is not there; a sentence."""


class UnreadableSettings(ProjectError):
    """A settings file, or Pulumi.yaml, is none. `mistake`: what is wrong with it."""

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        super().__init__(str(mistake))


@dataclass(frozen=True)
class Project:
    """The folder of Pulumi.yaml, with `stacks/` in it and `.t4/` for what is local to this machine."""

    folder: Path

    @property
    def local(self) -> Path:
        """The folder of what never leaves this machine; not in version control."""
        return self.folder / ".t4"

    @property
    def simulator(self) -> Path:
        """The embedded simulator's folder."""
        return self.local / "simulator"

    def stacks(self) -> list[str]:
        """The stacks that have a firm file, sorted: one of their own name, or one that their settings name;
        and those whose settings nobody can read.

        A firm file that only other stacks' settings name, one for each environment, makes no stack itself.
        """
        folder = self.folder / "stacks"
        settings = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob(SETTINGS)}
        named, unreadable = {}, set()
        for stack in settings:
            try:
                if file := self.settings(stack).get("t4:firmFile"):
                    named[stack] = file
            except UnreadableSettings:
                unreadable.add(stack)
        files = {(self.folder / str(file)).resolve() for file in named.values()}
        own = {
            path.name.removesuffix(FIRM_FILE)
            for path in folder.glob(f"*{FIRM_FILE}")
            if path.resolve() not in files or path.name.removesuffix(FIRM_FILE) in settings
        }
        return sorted(own | named.keys() | unreadable)

    def stack(self, name: str | None) -> str:
        """The stack that is meant: the one named, else PULUMI_STACK, else the only one that has a firm
        file."""
        chosen = name or os.environ.get("PULUMI_STACK")
        if chosen:
            if wrong := wrong_name(chosen):
                raise ProjectError(wrong)
            return chosen
        stacks = self.stacks()
        if len(stacks) == 1:
            return stacks[0]
        raise ProjectError(
            f"which stack? Say `--stack NAME`; there are firm files for: {', '.join(stacks) or 'none'}"
        )

    def settings(self, stack: str) -> dict[str, Any]:
        """The plain configuration values of a stack, from its settings file and Pulumi.yaml; secret ones are
        left out."""
        return plain(self.written(stack))

    def secrets(self, stack: str) -> list[str]:
        """The secret settings that stand in a stack's settings file, encrypted or not: `t4:passwordSeed` …"""
        from providers.t4.configuration.settings import SECRETS

        return [name for key in SECRETS if (name := f"t4:{key}") in self.written(stack)]

    def written(self, stack: str) -> dict[str, Any]:
        """The configuration values of a stack as the engine hands them to a run: those of its settings file
        over those of Pulumi.yaml. A secret one is a group with `secure` in it. Raises UnreadableSettings."""
        return configuration_in(*self.settings_files(stack))

    def settings_files(self, stack: str) -> tuple[Path, Path]:
        """Pulumi.yaml and the stack's own settings file, whether they are there or not."""
        return self.folder / "Pulumi.yaml", self.folder / "stacks" / f"Pulumi.{stack}.yaml"

    def settings_file(self, stack: str) -> dict[str, Any]:
        """All that stands in a stack's settings file: `config`, `encryptionsalt`, `secretsprovider` …; empty
        where there is no file. Raises UnreadableSettings."""
        return content_of(self.settings_files(stack)[1])


def wrong_name(stack: str) -> str:
    """What is wrong with the name of a stack, which is a part of file names and the engine's name too; "" for
    one that may be."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", stack):
        return ""
    told = shown(stack)
    return (
        f"no stack can be called {told!r}: a name has letters, digits, - _ and . in it, begins with a letter "
        "or a digit, and has at most 100 of them"
    )


def content_of(file: Path) -> dict[str, Any]:
    """All that stands in a `Pulumi.yaml` or a stack's settings file; empty where there is no file. Raises
    UnreadableSettings."""
    if not file.exists():
        return {}
    name = f"stacks/{file.name}" if file.parent.name == "stacks" else file.name
    if not file.is_file():
        raise UnreadableSettings(Mistake(name, 0, "", "this is not an ordinary file", "write settings in it"))
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        line, why = _why(error)
        raise UnreadableSettings(
            Mistake(name, line, "", f"the settings file cannot be read: {why}", "")
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("config") or {}, dict):
        right = "it must say `config:` and, below it, a line `t4:name: value` for each setting"
        raise UnreadableSettings(Mistake(name, 0, "", "this is no settings file", right))
    return content


def configuration_in(project_file: Path, stack_file: Path) -> dict[str, Any]:
    """The configuration values of a stack, from a `Pulumi.yaml` and its own settings file."""
    return {**of_every_stack(content_of(project_file)), **(content_of(stack_file).get("config") or {})}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Configuration values without the secret ones."""
    return {name: value for name, value in values.items() if not isinstance(value, dict)}


def of_every_stack(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a `Pulumi.yaml` says for every stack that does not say otherwise: a value, or a group with `value`
    or `default`. A name without a namespace has the project's."""
    values = {}
    for name, entry in (content.get("config") or {}).items():
        value = entry.get("value", entry.get("default")) if isinstance(entry, dict) else entry
        if value is not None:
            values[name if ":" in str(name) else f"{content.get('name')}:{name}"] = value
    return values


def _why(error: Exception) -> tuple[int, str]:
    """In which line of a file something is wrong, and what; nothing of what stands there."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return error.problem_mark.line + 1, str(error.problem)
    return 0, str(error.strerror) if isinstance(error, OSError) else "it is not YAML"


def find_project(start: Path | None = None) -> Project:
    """The project around a folder: the nearest one with Pulumi.yaml and stacks/."""
    try:
        start = (start or Path.cwd()).resolve()
    except FileNotFoundError:
        raise ProjectError("the folder in which t4firm was called is no longer there") from None
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").exists() and (folder / "stacks").is_dir():
            return Project(folder)
    raise ProjectError(
        f"there is no Pulumi.yaml with a stacks/ folder in {start} or above it: call t4firm inside the "
        "project"
    )
