"""A firm's project in a folder of its own, driven by the real engine against a real simulator."""

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml

from providers.t4.configuration.password_seed import bound
from t4firm.yaml_files.document import read
from tests import outputs
from tests.clock import PATIENCE
from tests.goals.firms import comes_with_a_user

ROOT = Path(__file__).parents[2]
SEED = "only-for-tests-Vn3kqZr8TyPw5LcHx2mJd9Gf7bQs4u"
BOUND_SEED = bound(SEED, "test/Example Trading LLC")
"""What passwords are derived from: the stack is `test`, its firm that of most tests."""
PERSONAL = (
    "Ann",
    "Ohio",
    "555-123-4567",
    "trader.a@example.com",
    "1 Main Street",
    "Columbus",
    "Franklin",
    "43004",
)
"""What the demo tells about trader.a: no error, log or record may repeat it."""


KEYS = {"PULUMI_CONFIG_PASSPHRASE": "tests", "T4_PASSWORD_SEED": SEED}


@dataclass
class Done:
    """A finished command: its exit code and everything that it printed, without colours. With --json `text`
    is the standard output alone, and `err` the standard error."""

    code: int
    text: str
    err: str = ""

    def __contains__(self, words: str) -> bool:
        return words in " ".join(self.all.split())

    @property
    def all(self) -> str:
        return self.text + self.err


def plain(text: str) -> str:
    """What was printed, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def without_progress(text: str) -> str:
    """What was printed, without the lines that tell every ten seconds how far it is: how many there are
    depends on how busy the machine is."""
    return re.sub(r"^[\d,]+ of [\d,]+ resources\b.*\n", "", text, flags=re.MULTILINE)


@dataclass
class Project:
    """A folder with the product's program, one firm file and one stack. `environ` is what a user would have
    set, `command` what to start as `t4firm`."""

    folder: Path
    endpoint: str
    api_key: str
    stack: str = "test"
    environ: dict[str, str] = field(default_factory=dict)
    command: Sequence[str] = ("t4firm",)

    def __post_init__(self) -> None:
        (self.folder / "stacks").mkdir(parents=True)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, self.folder)
        (self.folder / ".venv").symlink_to(ROOT / ".venv")
        shutil.copy(ROOT / "stacks" / "demo.operations.yaml", self.folder / "stacks" / "full.operations.yaml")
        (self.folder / "state").mkdir()
        # not measured: coverage costs the many processes of each run more than they add to it
        unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        self.environ = {
            **unmeasured,
            **KEYS,
            "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "NO_COLOR": "1",
            "T4_ENDPOINT": self.endpoint,
            "T4_API_KEY": self.api_key,
            "T4_OPERATIONS": "stacks/full.operations.yaml",
            **self.environ,
        }

    def elsewhere(self, folder: Path) -> "Project":
        """The same stack, as another clone of its repository has it."""
        other = copy.copy(self)
        other.folder = folder
        return other

    @property
    def firm_file(self) -> Path:
        return self.folder / "stacks" / f"{self.stack}.firm.yaml"

    def demo(self) -> dict[str, Any]:
        """The seeds' example, to be changed by a test. Whether accounts may be traded is for the test to say:
        each decision is a step of its own."""
        firm: dict[str, Any] = dict(read(ROOT / "stacks" / "demo.firm.yaml").data)
        del firm["defaults"]["account"]["enabled"]
        return firm

    def write(self, firm: dict[str, Any]) -> None:
        """Write the firm file."""
        self.firm_file.write_text(yaml.safe_dump(firm, sort_keys=False))

    def attest(self, *tasks: str, on: str = "", notes: Mapping[str, str] | None = None) -> None:
        """Sign tasks off in the attested file, today if no other day is given, replacing what was there."""
        line = {"by": "A. Administrator", "on": on or self.today()}
        more = {task: {"note": note} for task, note in (notes or {}).items()}
        lines = [{"task": task, **line, **more.get(task, {})} for task in tasks]
        self.firm_file.with_name(f"{self.stack}.attested.yaml").write_text(yaml.safe_dump(lines))

    def pulumi(self, *arguments: str, **environ: str) -> Done:
        """Run `pulumi` as a user would, without a terminal."""
        return self.run("pulumi", *arguments, "--non-interactive", **environ)

    def t4firm(self, *arguments: str, **environ: str) -> Done:
        done = self.run(*self.command, *arguments, **environ)
        outputs.check(arguments, done.code, done.text)
        return done

    def run(self, *command: str, **environ: str) -> Done:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if "--json" in command else subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if "--json" in command:
            return Done(done.returncode, done.stdout, without_progress(plain(done.stderr)))
        return Done(done.returncode, without_progress(plain(done.stdout)))

    @cached_property
    def made(self) -> None:
        """The stack, made once."""
        done = self.pulumi("stack", "init", self.stack)
        assert done.code == 0, done.text

    def up(self, *arguments: str, **environ: str) -> Done:
        return self.run(*self.up_command, *arguments, **environ)

    @property
    def up_command(self) -> list[str]:
        """An update as a user would run it in a pipeline; the stack is there for it."""
        self.made  # noqa: B018  (makes the stack at the first use)
        going_on = ("--yes", "--skip-preview", "--continue-on-error", "--non-interactive")
        return ["pulumi", "up", *going_on, "--stack", self.stack]

    def preview(self, *arguments: str, **environ: str) -> Done:
        self.made  # noqa: B018
        return self.pulumi("preview", "--stack", self.stack, *arguments, **environ)

    def planned(self, **environ: str) -> dict[str, list[str]]:
        """What a preview would do: operation -> `Type name`, sorted, without what stays the same."""
        self.made  # noqa: B018
        done = self.preview("--json", **environ)
        assert done.code == 0, done.all
        steps: dict[str, list[str]] = {}
        for step in json.loads(done.text)["steps"]:
            kind, name = step["urn"].split("::", 3)[2:]
            if step["op"] != "same" and ":t4:" in kind.replace("/", ":"):
                steps.setdefault(step["op"], []).append(f"{kind.rpartition(':')[2]} {name}")
        return {op: sorted(names) for op, names in steps.items()}

    def output(self, name: str) -> Any:
        """One stack output of the last update."""
        done = self.pulumi("stack", "output", name, "--json", "--stack", self.stack)
        assert done.code == 0, done.all
        return json.loads(done.text)

    def today(self) -> str:
        return datetime.now(UTC).date().isoformat()

    def tasks(self) -> dict[str, str]:
        """The administrator's tasks of the last update that a change brings: id -> status. Without those that
        come with every user."""
        return {task: status for task, status in self.every_task().items() if not comes_with_a_user(task)}

    def every_task(self) -> dict[str, str]:
        """The administrator's tasks of the last update: id -> status."""
        return {task["id"]: task["status"] for task in self.output("administratorTasks")}

    def resources(self) -> dict[str, dict[str, Any]]:
        """The recorded resources by `Type name`."""
        deployment = json.loads(self.pulumi("stack", "export", "--stack", self.stack).text)["deployment"]
        found = {}
        for resource in deployment.get("resources") or []:
            kind, name = resource["urn"].split("::", 3)[2:]
            if "dynamic" in kind:
                found[f"{kind.rpartition(':')[2]} {name}"] = resource
        return found


@dataclass
class Simulator:
    """The simulator that a test talks to behind the product's back."""

    endpoint: str
    api_key: str
    login: dict[str, str]
    socket: str = ""
    reader: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _http(self) -> httpx.Client:
        """One client: each new one would read the authorities' certificates. It keeps no connection open, for
        the simulator may be restarted."""
        return httpx.Client(
            base_url=self.endpoint, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._get("/simulator/state")
        return state

    def users(self) -> dict[str, dict[str, Any]]:
        """The users in T4 by username, each with its roles, applications, accounts, market data."""
        users: dict[str, dict[str, Any]] = self.state()["users"]
        return users

    def accounts(self) -> dict[str, dict[str, Any]]:
        """The accounts in T4 by number."""
        accounts: dict[str, dict[str, Any]] = self.state()["accounts"]
        return accounts

    def onboard(self, username: str, account: str, **user: str) -> None:
        """Somebody else's onboarding call, for a user that this stack did not make."""
        person = {
            name: "Somebody"
            for name in ("firstname", "lastname", "street", "city", "county", "state", "postCode")
        }
        person |= {
            "phone": "555-000-0000",
            "email": "somebody@example.com",
            "country": "US",
            "apptype": "Professional",
        }
        body = {
            "User": {"username": username, "password": "Zq7-Wx9!Vk2", **person, **user},
            "Account": {"account": account, "accountName": account, "templateAccount": "DefaultTemplate"},
        }
        self.admin("POST", "/admin/v1/onboarding", body)

    def can_log_in(self, username: str, password: str) -> bool:
        """Whether T4 takes this password for this user."""
        body = {**self.login, "userName": username, "password": password}
        return self._http.post("/login", json=body).status_code == 200

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What was called, in order: of this method, below this path."""
        listed: list[dict[str, Any]] = self._get("/simulator/requests")["requests"]
        return [
            call for call in listed if call["method"].startswith(method) and call["path"].startswith(path)
        ]

    def changes(self) -> list[dict[str, Any]]:
        """What was called, in order, that may change something: without reads."""
        return [call for call in self.requests() if call["method"] != "GET"]

    def onboarded(self) -> list[str]:
        """The usernames of the onboarding calls, in order of name."""
        return sorted(
            call["body"]["User"]["username"] for call in self.requests("POST", "/admin/v1/onboarding")
        )

    def forget_requests(self) -> None:
        self._http.delete("/simulator/requests").raise_for_status()

    def template(self, name: str, applications: list[str], roles: list[str]) -> None:
        """Change what a user template gives."""
        body = {"applications": applications, "roles": roles}
        self._http.put(f"/simulator/templates/users/{name}", json=body).raise_for_status()

    def fault(self, *rules: Mapping[str, Any]) -> None:
        self._http.post("/simulator/faults", json=list(rules)).raise_for_status()

    def held(self) -> list[dict[str, Any]]:
        """The calls that a fault with `hold` holds now."""
        held: list[dict[str, Any]] = self._get("/simulator/held")["requests"]
        return held

    def let_go(self) -> None:
        """What is held goes on."""
        self._http.delete("/simulator/held").raise_for_status()

    def calm(self) -> None:
        """No fault any more; what was held goes on."""
        self._http.delete("/simulator/faults").raise_for_status()

    def revoke_tokens(self) -> None:
        """Every token that a login gave is refused from now on."""
        self._http.delete("/simulator/tokens").raise_for_status()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API as somebody in the portal would change things."""
        key = {"Authorization": f"APIKey {self.api_key}"}
        answer = self._http.request(method, path, json=body, headers=key)
        answer.raise_for_status()
        return answer.json()

    def reset(self) -> None:
        self._http.post("/simulator/reset").raise_for_status()
        self.forget_requests()

    def _get(self, path: str) -> Any:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.json()
