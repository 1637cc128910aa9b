"""A copy of a stack's state that previews read: so that a preview needs neither the state nor its passphrase.

Who may open a branch has a preview run its code. With the stack's own passphrase and access token that code
could read and rewrite the live state. So a run leaves a copy, encrypted with a key of its own
(T4_REVIEW_KEY), and a preview works on that copy, in a folder that is gone afterwards. The key opens nothing
else.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from providers.t4.configuration.passphrase import PASSPHRASE, PASSPHRASE_FILE
from providers.t4.configuration.settings import VARIABLES
from t4firm.yaml_files.mistakes import listed
from t4firm.yaml_files.output_files import keep
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project, ProjectError, content_of, plain

REVIEW_KEY: Final = "T4_REVIEW_KEY"
SHORTEST: Final = 20
"""Characters: whoever gets hold of a copy may try keys for as long as they like."""

OF_THE_PASSPHRASE: Final = ("encryptionsalt", "encryptedkey", "secretsprovider")
"""Parts of a settings file that belong to the key of the real state."""

NO_COPY: Final = (
    "there is no copy of the state of stack {} in {}: a run on the main branch leaves one. In the pipeline "
    "on GitHub, start the workflow `drift` by hand (or `up`), then run this one again. Copies that no run "
    "renews are removed after some days"
)


def leave(pulumi: Pulumi, file: Path) -> None:
    """Write a copy of the stack's state, as it is now; of a stack that has not been made, a copy of nothing.
    Raises ProjectError, NotWritten."""
    exported = pulumi.exported(show_secrets=True) if pulumi.exists() else {"deployment": {}}
    with _elsewhere(pulumi.project, pulumi.stack) as other:
        # the engine encrypts what it takes in with the key that stands in it
        salt = other.project.settings_file(other.stack)["encryptionsalt"]
        exported["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
        _put(other, exported)
        text = json.dumps(other.exported())
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(f"{file} cannot be written: {error.strerror}") from None
    keep(file, text, private=True)


@contextmanager
def opened(project: Project, stack: str, file: Path) -> Iterator[Pulumi]:
    """The engine on a copy. Raises ProjectError where there is none, or the key does not open it."""
    if not file.is_file():
        raise ProjectError(NO_COPY.format(stack, file))
    _refuse_secret_settings(project, stack)
    try:
        exported = json.loads(file.read_text(encoding="utf-8"))
        exported["deployment"].get("resources")
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        raise ProjectError(f"{file} is no copy that `t4firm copy-state` wrote") from None
    with _elsewhere(project, stack) as pulumi:
        _put(pulumi, exported)
        yield pulumi


def review_key(environ: Mapping[str, str]) -> str:
    """The key of copies. Raises ProjectError where it is missing or short."""
    key = environ.get(REVIEW_KEY, "")
    if len(key) < SHORTEST:
        what = f"has fewer than {SHORTEST} characters" if key else "is not set"
        raise ProjectError(
            f"{REVIEW_KEY} {what}: it encrypts the copy of the state that previews read. `t4firm password "
            "--new-seed` makes one. Give the same to the previews and to the runs of a stack"
        )
    return key


@contextmanager
def _elsewhere(project: Project, stack: str) -> Iterator[Pulumi]:
    """The engine for a stack of this name with a state of its own, in a folder of this user's alone."""
    key = review_key(os.environ)
    with tempfile.TemporaryDirectory(prefix="t4firm-") as name:
        folder = Path(name)
        state = folder / "state"
        state.mkdir()
        pulumi = Pulumi(_project_in(folder / "project", project, stack), stack)
        for variable in ("PULUMI_ACCESS_TOKEN", PASSPHRASE_FILE):
            pulumi.environ.pop(variable, None)
        pulumi.environ |= {"PULUMI_BACKEND_URL": f"file://{state}?metadata=skip", PASSPHRASE: key}
        pulumi.read("stack", "init", stack, "--non-interactive")
        yield pulumi


def _project_in(folder: Path, project: Project, stack: str) -> Project:
    """The project once more, with settings of the stack that know nothing of the real state's key. The engine
    writes into them."""
    folder.mkdir()
    for entry in project.folder.iterdir():
        if entry.name not in ("Pulumi.yaml", "stacks", ".git", project.local.name):
            (folder / entry.name).symlink_to(entry)
    shutil.copy(project.folder / "Pulumi.yaml", folder)
    shutil.copytree(project.folder / "stacks", folder / "stacks", ignore_dangling_symlinks=True)
    other = Project(folder)
    if project.simulator.exists():
        other.local.mkdir()
        other.simulator.symlink_to(project.simulator)
    _, settings = project.settings_files(stack)
    if settings.exists():
        copied = folder / "stacks" / settings.name
        content = content_of(settings)
        kept = {name: value for name, value in content.items() if name not in OF_THE_PASSPHRASE}
        copied.write_text(yaml.safe_dump({**kept, "config": plain(content.get("config") or {})}))
    return other


def _refuse_secret_settings(project: Project, stack: str) -> None:
    """A preview of a copy cannot open them."""
    written = project.written(stack).items()
    secret = {name for name, value in written if isinstance(value, dict) and "secure" in value}
    given = {f"t4:{key}" for key, variable in VARIABLES.items() if os.environ.get(variable)}
    if missing := sorted(secret - given):
        raise ProjectError(
            f"stacks/Pulumi.{stack}.yaml holds {listed(missing)} encrypted with the stack's passphrase, "
            "which a preview of a copy does not have. Write it there in plain text, or give it to the "
            "pipeline as a variable"
        )


def _put(pulumi: Pulumi, exported: Mapping[str, Any]) -> None:
    if (exported.get("deployment") or {}).get("resources"):
        pulumi.read("stack", "import", "--stack", pulumi.stack, stdin=json.dumps(exported))
