"""Calling the real `pulumi`: its environment, and the stack that is to be there.

A stack on the embedded simulator brings everything itself (state in `.t4/`, a passphrase, the simulator's
credentials). For every other stack the environment stays as it is: where its state lives is the firm's
decision, never a default of ours.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from providers.t4.configuration import passphrase
from providers.t4.configuration.setting_values import SIMULATOR
from providers.t4.engine import run_owner
from t4firm_cli.engine import child
from t4firm_cli.engine.remedies import EngineError
from t4firm_cli.project.layout import Project, ProjectError
from t4simulator.service import process

QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
}


EXPERIMENTAL = {"PULUMI_EXPERIMENTAL": "true"}
"""What the engine asks for before it takes plans, or skips checkpoints."""

SKIP = "PULUMI_SKIP_CHECKPOINTS"
QUICK = {**EXPERIMENTAL, SKIP: "true"}
"""The state is written once, at the end. What a killed run did is in its journal."""


def endpoint_of(project: Project, stack: str, environ: Mapping[str, str]) -> object:
    """Where the environment or the stack's settings say that T4 is; None where they say nothing, or only
    the engine can read it."""
    return environ.get("T4_ENDPOINT") or project.settings(stack).get("t4:endpoint")


def on_simulator(project: Project, stack: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a stack's endpoint is the embedded simulator."""
    return endpoint_of(project, stack, environ) == SIMULATOR


def own_path() -> str:
    """PATH with the folder of this Python first: `make setup` puts the engine there."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


def environment(project: Project, stack: str) -> dict[str, str]:
    """The variables to add to the environment of `pulumi` for one stack. What the caller has set wins."""
    ours = {**QUIET, "PATH": own_path()}
    if on_simulator(project, stack):
        ours |= _simulators(project, stack)
    return {
        name: value
        for name, value in ours.items()
        if name == "PATH" or os.environ.get(name) in (None, "", SIMULATOR)
    }


def _simulators(project: Project, stack: str) -> dict[str, str]:
    run = process.status(project.simulator)
    if run is None:
        raise ProjectError(
            f"stack {stack} is on the embedded simulator, which is not running: `t4firm simulator start`"
        )
    state = project.local / "state"
    state.mkdir(parents=True, exist_ok=True)
    ours = {
        # Without files of metadata, which are written in place: a killed run leaves half of one.
        "PULUMI_BACKEND_URL": f"file://{state}?metadata=skip",
        "PULUMI_HOME": str(project.local / "pulumi"),
        "T4_ENDPOINT": run.endpoint,
        "T4_API_KEY": run.api_key,
        "T4_PASSWORD_SEED": run.password_seed,
        "T4_SOCKET": run.socket,
        "T4_SOCKET_QUIET": "1",  # the simulator's accounts come at once
        "T4_READER": json.dumps(run.reader),
        "T4_FILL_READER": json.dumps({name: run.reader[name] for name in ("firm", "appName", "appLicense")}),
    }
    if not os.environ.get(passphrase.PASSPHRASE):
        ours[passphrase.PASSPHRASE_FILE] = str(_passphrase(project))
    return ours


def _passphrase(project: Project) -> Path:
    path = project.local / "passphrase"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return path


class Pulumi:
    """The `pulumi` command for one stack."""

    def __init__(self, project: Project, stack: str) -> None:
        self.project, self.stack = project, stack
        self.environ = {**passphrase.without_empty(os.environ), **environment(project, stack)}
        if shutil.which("pulumi", path=self.environ["PATH"]) is None:
            raise ProjectError("there is no `pulumi` here: `t4firm setup` brings it")

    @property
    def endpoint(self) -> object:
        """Where its runs find T4 (`endpoint_of`): of the simulator, where it listens now."""
        return endpoint_of(self.project, self.stack, self.environ)

    def run(
        self,
        *arguments: str,
        stdout: int | IO[str] | None = None,
        stderr: IO[str] | None = None,
        meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
        stopping: Callable[[], None] = lambda: None,
    ) -> int:
        """Run a command on this terminal, or with its output elsewhere; returns its exit code. `meanwhile` is
        called once it runs, `stopping`, in a signal's handler, when it is asked to stop.

        Asked to stop (Ctrl-C, SIGTERM), the engine finishes the calls in flight, records them and ends;
        this waits for it.
        """
        owner: Path | None = None

        def begun(running: "subprocess.Popen[bytes]") -> None:
            nonlocal owner
            owner = run_owner.note(run_owner.folder_of(self.project.folder, self.stack), running.pid)
            meanwhile(running)

        code = child.run(
            self._command(*arguments),
            folder=self.project.folder,
            environ=self.environ,
            stdout=stdout,
            stderr=stderr,
            meanwhile=begun,
            stopping=stopping,
        )
        if owner and code >= 0:  # ended by a signal, it may have left its lock
            owner.unlink(missing_ok=True)
        return code

    def read(self, *arguments: str, stdin: str = "") -> str:
        """Run a command and return what it prints; EngineError with its own words when it fails."""
        done = self.ask(*arguments, stdin=stdin)
        if done.returncode:
            raise EngineError(
                f"pulumi {' '.join(arguments)} failed: {done.stderr.strip() or done.stdout.strip()}"
            )
        return done.stdout

    def ask(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever comes of it."""
        return subprocess.run(
            self._command(*arguments),
            cwd=self.project.folder,
            env=self.environ,
            check=False,
            input=stdin,
            capture_output=True,
            text=True,
        )

    @cached_property
    def backend(self) -> str:
        """The address of the state: `file://…`, `s3://…`, `https://app.pulumi.com/…`."""
        return str(json.loads(self.read("whoami", "--json", "--non-interactive"))["url"])

    @property
    def without_passphrase(self) -> str | None:
        """Why a run has no passphrase for its secrets, as a sentence; None where it has, or needs none."""
        settings = self.project.settings_file(self.stack)
        return passphrase.problem(os.environ | self.environ, settings, self._in_service)

    def _in_service(self) -> bool:
        """Whether Pulumi's service, or one like it, keeps the state."""
        return self.backend.startswith(("https://", "http://"))

    def exists(self) -> bool:
        """Whether the stack has been made in the backend."""
        return any(entry["name"] == self.stack for entry in json.loads(self.read("stack", "ls", "--json")))

    def make(self) -> None:
        """Make the stack if it is not there yet. Raises ProjectError where its secrets would have no
        passphrase."""
        if wrong := self.without_passphrase:
            raise ProjectError(f"{wrong}. Nothing was done. {passphrase.SET_IT}.")
        if not self.exists():
            self.read("stack", "init", self.stack, "--non-interactive")

    def exported(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The recorded resources, as `pulumi stack export` prints them; secrets stay encrypted, unless they
        are to be shown."""
        words = ("--show-secrets",) if show_secrets else ()
        exported: dict[str, Any] = json.loads(self.read("stack", "export", "--stack", self.stack, *words))
        return exported

    def configuration(self) -> dict[str, str]:
        """The stack's configuration, secret values too: for use in this process alone."""
        words = ("config", "--json", "--show-secrets", "--stack", self.stack)
        settings: dict[str, dict[str, Any]] = json.loads(self.read(*words))
        return {name: entry["value"] for name, entry in settings.items() if "value" in entry}

    def _command(self, *arguments: str) -> list[str]:
        return ["pulumi", *arguments]
