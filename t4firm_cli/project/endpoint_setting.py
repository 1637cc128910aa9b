"""The setting that puts a stack on the simulator, and takes it off again: `t4:endpoint` in
`stacks/Pulumi.<stack>.yaml`. Each function returns a sentence about what it wrote, "" if it wrote nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from providers.t4.configuration.setting_values import LIVE, SIMULATOR
from t4firm.yaml_files.edited_files import Seen, change, write_over
from t4firm.yaml_files.edits import edited, values_of
from t4firm_cli.project.git import is_ignored
from t4firm_cli.project.layout import Project, ProjectError

ENDPOINT: Final = "t4:endpoint"

ON_LIVE: Final = f"https://{LIVE}"

SALT: Final = "encryptionsalt"
"""The line by which the engine knows the passphrase of a stack."""


def put_on_simulator(project: Project, stack: str) -> str:
    """Put a stack that has no settings yet on the simulator, with the operations file beside its firm file if
    there is one. Raises ProjectError for one that has settings."""
    if project.settings(stack).get(ENDPOINT) == SIMULATOR:
        return ""
    path = _file(project, stack)
    if path.exists():
        raise ProjectError(
            f"{path.name} has settings of its own, for another T4. To try something in the simulator, use a "
            f"stack of another name: copy {stack}.firm.yaml to try.firm.yaml in the same folder, empty the "
            "simulator with `t4firm simulator reset --stacks`, and say `--stack try --simulator`"
        )
    lines = ["config:", f"  {ENDPOINT}: {SIMULATOR}"]
    operations = Path("stacks") / f"{stack}.operations.yaml"
    if (project.folder / operations).exists():
        lines.append(f"  t4:operations: {operations}")
    write_over({Seen(path, None): ("\n".join(lines) + "\n").encode()})
    return (
        f"stacks/{path.name} now says `{ENDPOINT}: {SIMULATOR}`: stack {stack} stays on the simulator until "
        f"you "
        "change that line, or say --live."
    )


def take_off_simulator(project: Project, stack: str) -> str:
    """Let a stack that is on the simulator call the live T4. Raises ProjectError for one that is
    elsewhere."""
    path, now = _file(project, stack), project.settings(stack).get(ENDPOINT)
    if now in (None, ON_LIVE):
        return ""
    if now != SIMULATOR:
        raise ProjectError(
            f"stacks/{path.name} says `{ENDPOINT}: {now}`, and --live only takes a stack off the simulator: "
            "change that line"
        )
    local = any((project.local / "state" / ".pulumi" / "stacks").glob(f"*/{stack}.json*"))
    change(path, lambda before: _on_live(before, local=local))
    return (
        f"stacks/{path.name} now says `{ENDPOINT}: {ON_LIVE}`: stack {stack} is no longer on the "
        f"simulator. From now on each `up` changes the LIVE T4.{_into_git(project, path)}"
    )


def _into_git(project: Project, path: Path) -> str:
    """What to do with settings that were one machine's, and now are the firm's."""
    if not is_ignored(project.folder, path):
        return ""
    return (
        " That file belongs into git now, so that a change of it is reviewed. Git ignores it: remove its "
        "line from .gitignore."
    )


def _on_live(before: bytes | None, *, local: bool) -> bytes:
    """`local`: the simulator kept the state, so the salt is of its passphrase, and the live stack gets one of
    its own; but where the file has secrets, only this salt reads them."""
    text = (before or b"").decode()
    if not (content := values_of(text)):
        return f"{text}config:\n  {ENDPOINT}: {ON_LIVE}\n".encode()  # nothing but comments
    content["config"] = content.get("config") or {}
    content["config"][ENDPOINT] = ON_LIVE
    if local and not _has_secret(content["config"]):
        content.pop(SALT, None)
    return edited(text, content).encode()


def _has_secret(value: object) -> bool:
    """Also below: `pulumi config set --path --secret`."""
    if isinstance(value, Mapping):
        return "secure" in value or any(map(_has_secret, value.values()))
    return isinstance(value, list) and any(map(_has_secret, value))


def _file(project: Project, stack: str) -> Path:
    return project.folder / "stacks" / f"Pulumi.{stack}.yaml"
