"""GitHub as the workflows see it: a repository, pull requests, caches, artifacts; and `act`."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from t4simulator.service import process
from tests.clock import PATIENCE
from tests.engine.project import ROOT, SEED, Done, Simulator, plain
from tests.github.conftest import EMPTY, install_gh

ACTIONS = Path(__file__).with_name("actions")
STACKS = ("simulation", "live")
REVIEW_KEY = "only-for-reviews-7Qm2Lx9Tz4"
ALL = {"PULUMI_CONFIG_PASSPHRASE": "tests", "T4_PASSWORD_SEED": SEED, "T4_REVIEW_KEY": REVIEW_KEY}
MAKEFILE = "setup setup-tests:\n\tln -sfn $(TEST_VENV) .venv\nlint quick:\n"
"""The set-up has tests of its own."""


def pinned_actions() -> Iterator[tuple[str, Path]]:
    """Each action of the workflows, as they name it, and what stands in for it here."""
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            for step in job.get("steps", ()):
                if name := step.get("uses"):
                    path, _, commit = name.partition("@")
                    owner, repository, *_ = path.split("/")
                    yield f"{owner}/{repository}@{commit}", ACTIONS / repository


@dataclass
class Host:
    """One repository on GitHub. `folder`: where all of it is; `simulators`: the T4 of each stack; `pipeline`:
    its variable T4_PIPELINE."""

    folder: Path
    act: Path
    simulators: Mapping[str, Simulator]
    pipeline: str = "on"
    runs: int = 0
    gh: Path = field(init=False)

    def __post_init__(self) -> None:
        for name in ("caches", "artifacts", "config/act", "state"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "config" / "act" / "actrc").write_text("-P ubuntu-24.04=-self-hosted\n")
        self.gh = install_gh(self.folder)
        sudo = self.gh / "sudo"  # the settings of this machine stay as they are
        sudo.write_text("#!/bin/sh\n")
        sudo.chmod(0o755)
        self.file.write_text(json.dumps({"me": "github-actions[bot]", **EMPTY}))
        self.command("git", "init", "--quiet", "--bare", "--initial-branch=main", "firm.git", at=self.folder)
        self.command("git", "config", "uploadpack.allowAnySHA1InWant", "true", at=self.folder / "firm.git")
        self.command("git", "clone", "--quiet", str(self.folder / "firm.git"), "firm", at=self.folder)
        self._first_commit()

    @property
    def clone(self) -> Path:
        """Somebody's clone."""
        return self.folder / "firm"

    @property
    def file(self) -> Path:
        """What the API shows; the stand-in for `gh` reads and writes it."""
        return self.folder / "github.json"

    def now(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self.file.read_text())
        return kept

    def add(self, **parts: Any) -> None:
        self.file.write_text(json.dumps(self.now() | parts))

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Tests", "-c", "user.email=tests@example.com")
        return self.command("git", *who, *arguments, at=self.clone)

    def command(self, *command: str, at: Path) -> str:
        done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def firm(self, stack: str) -> Path:
        return self.clone / "stacks" / f"{stack}.firm.yaml"

    def change(self, branch: str, old: str, new: str) -> str:
        """A branch of main that replaces a text in both firm files; its commit."""
        self.git("switch", "--quiet", "--create", branch, "main")
        for stack in STACKS:
            text = self.firm(stack).read_text()
            assert old in text
            self.firm(stack).write_text(text.replace(old, new))
        self.git("commit", "--quiet", "--all", f"--message={branch}")
        self.git("push", "--quiet", "origin", branch)
        return self.git("rev-parse", "HEAD")

    def merged(self, branch: str, number: int, *, squash: bool = False) -> str:
        """Merge a pull request; the commit that main has then."""
        head = self.git("rev-parse", branch)
        self.git("switch", "--quiet", "main")
        if squash:
            self.git("merge", "--quiet", "--squash", branch)
            self.git("commit", "--quiet", f"--message={branch} (#{number})")
        else:
            self.git("merge", "--quiet", "--no-ff", f"--message=Merge #{number}", branch)
        self.git("push", "--quiet", "origin", "main")
        commit = self.git("rev-parse", "HEAD")
        pull = {
            "number": number,
            "merge_commit_sha": commit,
            "merged_at": "2026-11-28T10:00:00Z",
            "base": {"ref": "main"},
            "head": {"sha": head},
        }
        self.add(tip=commit, pulls={**self.now()["pulls"], commit: [pull]})
        return commit

    def pull_request(self, workflow: str, branch: str, number: int, **secrets: str) -> Done:
        """Run a workflow for a pull request: for what its merge would make."""
        head = self.git("rev-parse", branch)
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", f"--message=Merge {branch}", branch)
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        repository = {"full_name": "firm/firm"}
        event = {
            "number": number,
            "pull_request": {
                "number": number,
                "head": {"sha": head, "ref": branch, "repo": repository},
                "base": {"ref": "main", "sha": self.git("rev-parse", "main")},
            },
            "repository": repository,
        }
        done = self.run(workflow, "pull_request", event, secrets)
        if done.code == 0 and workflow == "preview":
            artifacts = {**self.now()["artifacts"], str(self.runs): self._uploaded()}
            self.add(artifacts=artifacts, runs={**self.now()["runs"], head: [{"id": self.runs}]})
        return done

    def push(self, **secrets: str) -> Done:
        """Run `up` for the newest commit of main."""
        self.git("switch", "--quiet", "main")
        event = {"ref": "refs/heads/main", "repository": {"full_name": "firm/firm"}}
        return self.run("up", "push", event, ALL | secrets)

    def by_hand(self, workflow: str, **secrets: str) -> Done:
        self.git("switch", "--quiet", "main")
        event = {"ref": "refs/heads/main", "repository": {"full_name": "firm/firm"}}
        return self.run(workflow, "workflow_dispatch", event, ALL | secrets)

    def run(self, workflow: str, event: str, payload: object, secrets: Mapping[str, str]) -> Done:
        """Run a workflow at the commit that the clone is on."""
        self.runs += 1
        done = subprocess.run(
            self.call(workflow, event, payload, secrets),
            cwd=self.clone,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.returncode, plain(done.stdout))

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "act"),
        }

    def call(self, workflow: str, event: str, payload: object, secrets: Mapping[str, str]) -> list[str]:
        """The command line of `act`."""
        file = self.folder / "event.json"
        file.write_text(json.dumps(payload))
        given = {
            "TEST_REPOSITORY": f"file://{self.folder / 'firm.git'}",
            "TEST_VENV": str(ROOT / ".venv"),
            "TEST_CACHES": str(self.folder / "caches"),
            "TEST_ARTIFACTS": str(self.folder / "artifacts"),
            "GH_REPOSITORY": str(self.file),
            "GITHUB_REPOSITORY": "firm/firm",
            "GITHUB_RUN_ID": str(self.runs),
            "PATH": f"{self.gh}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "T4_OPERATIONS": "stacks/demo.operations.yaml",
        }
        words = [str(self.act), event, "-W", f".github/workflows/{workflow}.yml", "-e", str(file)]
        words += ["--no-skip-checkout", "--no-cache-server", "--var", f"T4_PIPELINE={self.pipeline}"]
        words += ["--var", f"PULUMI_BACKEND_URL=file://{self.folder / 'state'}", "-s", "GITHUB_TOKEN=token"]
        for action, instead in dict(pinned_actions()).items():
            words += ["--local-repository", f"{action}={instead}"]
        for name, value in given.items():
            words += ["--env", f"{name}={value}"]
        for name, value in secrets.items():
            words += ["-s", f"{name}={value}"]
        return words

    def _uploaded(self) -> dict[str, dict[str, str]]:
        """What the newest run uploaded, as the stand-in for `gh` knows it."""
        return {
            artifact.name: {file.name: file.read_text() for file in artifact.iterdir()}
            for artifact in (self.folder / "artifacts" / str(self.runs)).iterdir()
        }

    def _first_commit(self) -> None:
        stacks = self.clone / "stacks"
        stacks.mkdir()
        shutil.copytree(ROOT / ".github" / "workflows", self.clone / ".github" / "workflows")
        for name in ("Pulumi.yaml", "__main__.py", ".gitignore"):
            shutil.copy(ROOT / name, self.clone)
        shutil.copy(ROOT / "stacks" / "demo.operations.yaml", stacks)
        (self.clone / "Makefile").write_text(MAKEFILE)
        for stack, simulator in self.simulators.items():
            shutil.copy(ROOT / "stacks" / "demo.firm.yaml", self.firm(stack))
            settings = {"config": {"t4:endpoint": simulator.endpoint}}
            (stacks / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(settings))
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message=The firm")
        self.git("push", "--quiet", "origin", "main")
        self.add(tip=self.git("rev-parse", "HEAD"))


@contextmanager
def t4_of_each_stack(folder: Path) -> Iterator[Mapping[str, Simulator]]:
    """A simulator for each stack, both with one API key: the local runner has the same secrets everywhere."""
    first, *others = STACKS
    running = {first: process.start(folder / first)}
    for stack in others:
        (folder / stack).mkdir(mode=0o700)
        shutil.copy(folder / first / "identity.json", folder / stack)
        running[stack] = process.start(folder / stack)
    yield {stack: Simulator(run.endpoint, run.api_key, run.login) for stack, run in running.items()}
    for stack in STACKS:
        process.stop(folder / stack)
