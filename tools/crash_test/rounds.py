"""`python -m tools.crash_test --runs 20`: kill -9 at random moments, until a firm is set up all the same.

Each round makes up a firm and sets it up in a simulator with latency. The run is killed with -9 at a random
moment (the command, the provider's process, or both) and started again, until one ends well. Between the runs
somebody does what a user would: `t4firm unlock`, or `t4firm up`, which unlocks by itself. Then T4, the firm
file and the state must agree, and one more run must change nothing.

A round is repeated with the seed that is printed: `--seed S --only N`. What the machine does at that moment
is not repeated, so it may end otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any, Final

import httpx
import psutil
import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
STACK: Final = "crash"
MOST_KILLS: Final = 5  # in a round; then a run is left alone
PATIENCE: Final = 120.0  # seconds for one run
UP: Final = ("--yes", "--skip-preview", "--continue-on-error", "--non-interactive")


@dataclass(frozen=True)
class Ways:
    """How the rounds are run."""

    skip_checkpoints: bool = False
    delete_journal: bool = False

    def __str__(self) -> str:
        words = ["checkpoints skipped"] * self.skip_checkpoints + ["journal deleted"] * self.delete_journal
        return ", ".join(words) or "checkpoints and journal kept"


@dataclass
class Outcome:
    """What a round came to. `wrong`: sentences; `log`: the last output of each run."""

    number: int
    firm: str = ""
    kills: list[str] = field(default_factory=list)
    runs: int = 0
    doubled: int = 0
    stray: int = 0
    lost: int = 0
    by_hand: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = f"killed {len(self.kills)} ({', '.join(self.kills)})" if self.kills else "never killed"
        verdict = "fine" if not self.wrong else "WRONG: " + "; ".join(self.wrong)
        return (
            f"round {self.number:3}: {self.firm}; {killed}, {self.runs} runs, {self.seconds:.0f} s: {verdict}"
        )


# --- the simulator ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class T4:
    """A running simulator and its keys."""

    endpoint: str
    api_key: str
    login: str
    seed: str

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.endpoint}/simulator/{path}").raise_for_status().json()

    def post(self, path: str, body: object = None) -> None:
        httpx.post(f"{self.endpoint}/simulator/{path}", json=body).raise_for_status()

    def forget_requests(self) -> None:
        httpx.delete(f"{self.endpoint}/simulator/requests").raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.get("requests")["requests"]
        return listed


@contextmanager
def simulator(folder: Path) -> Iterator[T4]:
    """A simulator in this folder, ended afterwards."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "simulator", "--folder", str(folder)]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        until = time.monotonic() + 15
        while not (folder / "run.json").exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the simulator did not start: {(folder / 'output').read_text()}")
            time.sleep(0.05)
        run = json.loads((folder / "run.json").read_text())
        yield T4(run["endpoint"], run["apiKey"], json.dumps(run["login"]), run["passwordSeed"])
    finally:
        process.terminate()
        process.wait()


# --- a firm -----------------------------------------------------------------------------------------------

EULA: Final = {
    "eulaVersion": "2",
    "signatures": dict.fromkeys(("LegalEULA", "LegalPP", "LegalMDSA"), "2025-05-01T10:30:15"),
}
"""Signed by everybody: T4 lets nobody log in without (seed 002), and a login is the proof."""


TRADERS_ROLES: Final = yaml.safe_load((ROOT / "stacks" / "demo.firm.yaml").read_text())["templates"]["users"][
    "WhenTechTrader"
]["roles"]
"""What the simulator's template gives."""


def made_up_firm(chance: random.Random) -> dict[str, Any]:
    """3 to 8 traders with 1 to 3 accounts each, in half of the cases with a fill service."""
    number = iter(chance.sample(range(10_000, 100_000), 30))
    users = {}
    for index in range(chance.randint(3, 8)):
        name = f"trader.{chance.randrange(1000):03}{'abcdefgh'[index]}"
        accounts = [str(next(number)) for _ in range(chance.randint(1, 3))]
        data = {"marketData": {"CME": "Depth"}} if chance.random() < 0.5 else {}
        users[name] = {**_person(name), "accounts": accounts, "applications": ["WhenTech"], **data}
    firm: dict[str, Any] = {
        "firm": "Crash Trading LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {
                "WhenTechTrader": {"applications": ["WhenTech"], "roles": TRADERS_ROLES},
                "FillService": {"applications": ["WhenTechFills"], "roles": []},
            },
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {
            "user": {"templateUser": "WhenTechTrader", "apptype": "Professional", "country": "US"},
            "account": {"templateAccount": "DefaultTemplate"},
        },
        "users": users,
        "accounts": {
            account: {"enabled": True}
            for user in users.values()
            for account in user["accounts"]
            if chance.random() < 0.3
        },
    }
    if chance.random() < 0.5:
        fill_user = {
            "username": "CrashFillUser",
            "templateUser": "FillService",
            **_person("fill"),
            "account": "FILL0001",
        }
        firm["fillService"] = {"user": fill_user, "capture": "accounts", "accounts": "whentech"}
    return firm


def _person(name: str) -> dict[str, Any]:
    return {
        "firstname": "Somebody",
        "lastname": name,
        "phone": "555-123-4567",
        "email": f"{name}@example.com",
        "street": "1 Main Street",
        "city": "Columbus",
        "county": "Franklin",
        "state": "OH",
        "postCode": "43004",
        "eula": EULA,
    }


def wanted(firm: dict[str, Any]) -> dict[str, set[str]]:
    """Username -> the accounts that T4 must show for it."""
    people = {name: set(user["accounts"]) for name, user in firm["users"].items()}
    if service := firm.get("fillService"):
        everything = set().union(*people.values())
        people[service["user"]["username"]] = {service["user"]["account"], *everything}
    return people


# --- a round ----------------------------------------------------------------------------------------------


class Round:
    """One firm, from nothing to its end."""

    def __init__(self, number: int, seed: str, ways: Ways, t4: T4, folder: Path) -> None:
        self.chance = random.Random(f"{seed}/{number}")  # noqa: S311  (no cryptography)
        self.t4, self.ways, self.folder = t4, ways, folder
        self.outcome = Outcome(number)
        self.firm = made_up_firm(self.chance)
        self.latency = self.chance.uniform(0.02, 0.3)
        people = wanted(self.firm)
        accounts = sum(len(user["accounts"]) for user in self.firm["users"].values())
        self.calls = sum(map(len, people.values()))
        service = "with" if "fillService" in self.firm else "without"
        self.outcome.firm = (
            f"{len(people)} users, {accounts} accounts, {service} fill service, latency {self.latency:.2f} s"
        )
        self._project()

    def _project(self) -> None:
        stacks = self.folder / "stacks"
        stacks.mkdir(parents=True)
        (self.folder / "state").mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, self.folder)
        (self.folder / ".venv").symlink_to(ROOT / ".venv")
        shutil.copy(ROOT / "stacks" / "demo.operations.yaml", stacks / "full.operations.yaml")
        (stacks / f"{STACK}.firm.yaml").write_text(yaml.safe_dump(self.firm, sort_keys=False))
        # Not measured for coverage: it would take longer, and what is killed writes nothing.
        ours = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        self.environ = {
            **ours,
            "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "crash",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "NO_COLOR": "1",
            "T4_ENDPOINT": self.t4.endpoint,
            "T4_API_KEY": self.t4.api_key,
            "T4_LOGIN": self.t4.login,
            "T4_PASSWORD_SEED": self.t4.seed,
            "T4_OPERATIONS": "stacks/full.operations.yaml",
        }
        if self.ways.skip_checkpoints:
            self.environ |= {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}

    def play(self) -> Outcome:
        begun = time.monotonic()
        self.t4.post("reset")
        self.t4.forget_requests()
        self.t4.post("latency", {"seconds": self.latency})
        self.command("pulumi", "stack", "init", STACK, "--non-interactive")
        while not self.up(left_alone=len(self.outcome.kills) >= MOST_KILLS):
            if self.outcome.by_hand:
                break
        else:
            self.t4.post("latency", {"seconds": 0})
            quiet = self.command("pulumi", "up", *UP, "--expect-no-changes", "--stack", STACK)
            if quiet:
                self.outcome.wrong.append("the final run changes something or fails")
        self.compare()
        self.outcome.seconds = time.monotonic() - begun
        return self.outcome

    def up(self, *, left_alone: bool) -> bool:
        """One run, killed or not; whether it ended well. One that failed without being killed needs a
        hand."""
        if self.outcome.runs and self.ways.delete_journal:
            self.command("t4firm", "unlock", "--stack", STACK)
            shutil.rmtree(self.folder / ".t4", ignore_errors=True)
        if self.chance.random() < 0.5:
            words = ["t4firm", "up", "--stack", STACK]
        else:
            if self.outcome.runs:
                self.command("t4firm", "unlock", "--stack", STACK)
            words = ["pulumi", "up", *UP, "--stack", STACK]
        self.outcome.runs += 1
        with (self.folder / "output").open("w+") as output:
            process = subprocess.Popen(
                words,
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            killed = not left_alone and self.kill(process)
            try:
                code = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed, code = False, -1
                self.outcome.wrong.append(f"a run did not end in {PATIENCE:g} s")
            output.seek(0)
            self.outcome.log.append(f"$ {' '.join(words)}\n{output.read()}\n[{code}]")
        if code and not killed:
            self.outcome.by_hand += 1
            self.outcome.wrong.append("a run that nobody killed failed")
        return code == 0

    def kill(self, process: subprocess.Popen[Any]) -> bool:
        """Kill a part of the run at a random moment; False when the run has ended before."""
        whom = self.chance.choice(("command", "provider", "both"))
        begun = time.monotonic()
        if self.chance.random() < 0.8:  # most often while T4 is called
            before = len(self.t4.requests())
            while process.poll() is None and len(self.t4.requests()) == before:
                time.sleep(0.03)
            pause = self.chance.uniform(0, 0.5 + self.calls * self.latency / 3)
        else:
            pause = self.chance.uniform(0, 2.5)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(pause)
            return False
        victims = _victims(process.pid, whom) or _victims(process.pid, "command")
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        psutil.wait_procs([victim for victim in victims if victim.pid != process.pid], timeout=2)
        self.outcome.kills.append(f"{whom} {time.monotonic() - begun:.1f} s")
        return True

    def command(self, *words: str) -> int:
        """A command that nobody kills; its exit code."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )
        self.outcome.log.append(f"$ {' '.join(words)}\n{done.stdout}\n[{done.returncode}]")
        if words[0] == "t4firm" and done.returncode:
            self.outcome.by_hand += 1
            self.outcome.wrong.append("the stack could not be unlocked")
        return done.returncode

    def compare(self) -> None:
        """T4 against the firm file and the state."""
        state = self.t4.get("state")
        users, accounts = state["users"], state["accounts"]
        people = wanted(self.firm)
        numbers = set().union(*people.values())
        recorded = self.recorded()
        onboarded = [
            call["body"]["User"]["username"]
            for call in self.t4.requests()
            if call["path"] == "/admin/v1/onboarding" and call["status"] == 200
        ]
        twice = {name for name in onboarded if onboarded.count(name) > 1}
        twice |= {name for name, user in users.items() if user["onboardings"] != 1}
        stray = {*users} - recorded.get("User", {}).keys() | {*accounts} - recorded.get("Account", {}).keys()
        lost = {*people} - {*users} | numbers - {*accounts}
        lost |= {name for name in people if name in users and {*users[name]["accounts"]} != people[name]}
        lost |= {*people} - recorded.get("User", {}).keys()
        unenabled = [
            number
            for number, account in self.firm["accounts"].items()
            if account.get("enabled") and accounts.get(number, {}).get("enabled") != "Enabled"
        ]
        unfinished = [
            task
            for named in recorded.values()
            for outputs in named.values()
            for task, record in (outputs.get("tasks") or {}).items()
            if record["status"] == "open"
        ]
        for kind, found in (
            ("doubled", twice),
            ("in T4 but not in the state", stray),
            ("lost", lost),
            ("not enabled", unenabled),
            ("open tasks", unfinished),
        ):
            if found:
                self.outcome.wrong.append(f"{kind}: {', '.join(sorted(found))}")
        self.outcome.doubled, self.outcome.stray, self.outcome.lost = len(twice), len(stray), len(lost)

    def recorded(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The engine's record: type -> name -> outputs."""
        file = self.folder / "state" / ".pulumi" / "stacks" / "t4" / f"{STACK}.json"
        latest = json.loads(file.read_text())["checkpoint"].get("latest") or {}
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for resource in latest.get("resources") or []:
            kind, name = resource["urn"].split("::", 3)[2:]
            found.setdefault(kind.rpartition(":")[2], {})[name] = resource.get("outputs") or {}
        return found


def _victims(pid: int, whom: str) -> list[psutil.Process]:
    """The processes of a run that are to die: the command and the engine under it, the provider, or both."""
    try:
        command = psutil.Process(pid)
        family = command.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    engine = [command, *(each for each in family if _is(each, "pulumi"))]
    provider = [each for each in family if _is(each, "pulumi.dynamic")]
    return {"command": engine, "provider": provider, "both": [*engine, *provider]}[whom]


def _is(process: psutil.Process, program: str) -> bool:
    try:
        return program in (process.name(), *process.cmdline()[1:])
    except psutil.Error:
        return False


# --- all rounds -------------------------------------------------------------------------------------------


def crash(numbers: list[int], seed: str, ways: Ways, folder: Path, at_once: int = 2) -> list[Outcome]:
    """Play these rounds, `at_once` at a time, and print a line for each."""
    with contextlib.ExitStack() as simulators, ThreadPoolExecutor(at_once) as pool:
        free: Queue[T4] = Queue()
        for place in range(at_once):
            free.put(simulators.enter_context(simulator(folder / f"simulator{place}")))

        def one(number: int) -> Outcome:
            t4 = free.get()
            try:
                return Round(number, seed, ways, t4, folder / f"round{number}").play()
            finally:
                free.put(t4)

        outcomes = []
        for future in as_completed([pool.submit(one, number) for number in numbers]):
            outcome = future.result()
            outcomes.append(outcome)
            print(outcome, flush=True)
            if outcome.wrong:
                print(
                    "\n".join(f"    {line}" for text in outcome.log for line in text.splitlines()), flush=True
                )
            else:
                shutil.rmtree(folder / f"round{outcome.number}", ignore_errors=True)
        return outcomes


def total(outcomes: list[Outcome], seed: str, ways: Ways, seconds: float) -> str:
    def added(name: str) -> int:
        return sum(getattr(outcome, name) for outcome in outcomes)

    return (
        f"{len(outcomes)} rounds ({ways}), seed {seed}: {sum(len(each.kills) for each in outcomes)} kills in "
        f"{added('runs')} runs; {added('doubled')} doubled, {added('stray')} stray, {added('lost')} lost, "
        f"{added('by_hand')} by hand; {sum(bool(each.wrong) for each in outcomes)} rounds wrong; "
        f"{seconds:.0f} s"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make crash-test")
    parser.add_argument("--runs", type=int, default=20, help="rounds")
    parser.add_argument("--seed", default="", help="of an earlier test; else a new one")
    parser.add_argument("--only", type=int, help="this round alone")
    parser.add_argument(
        "--skip-checkpoints", action="store_true", help="the engine writes its state at the end"
    )
    parser.add_argument("--delete-journal", action="store_true", help="a new runner each time: no journal")
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args()
    seed = asked.seed or secrets.token_hex(4)
    ways = Ways(asked.skip_checkpoints, asked.delete_journal)
    numbers = [asked.only] if asked.only else list(range(1, asked.runs + 1))
    print(f"seed {seed}: {len(numbers)} rounds, {ways}", flush=True)
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="t4-crash-"))
    outcomes = crash(numbers, seed, ways, folder, asked.at_once)
    print(total(outcomes, seed, ways, time.monotonic() - begun))
    wrong = any(outcome.wrong for outcome in outcomes)
    if wrong:
        print(f"The folders of the rounds that went wrong are in {folder}.")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
