"""`t4firm doctor`: each fault is caused, against real servers, and found with its remedy."""

import json
import os
import re
import socket
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from providers.t4.engine import run_owner
from t4firm_cli.doctor import configuration, examination, machine, state
from t4firm_cli.doctor.finding import Finding
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project
from t4simulator.service import process
from t4simulator.service.process import Run
from tests.api.scripted import Raw, Reply, ScriptedT4
from tests.cli.conftest import Folder
from tests.programs import killed_on_failure

SEED = "only-for-tests-Xc4mW7nB2vK9pLs6RtHyJq8DfGz3"
NO_PROXY = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), "")


@pytest.fixture
def run(folder: Folder) -> Run:
    return process.start(folder.path / ".t4" / "simulator")


@pytest.fixture
def elsewhere(folder: Folder) -> Folder:
    """The demo stack of a T4 that is not the simulator; its state is beside it, and not made yet."""
    (folder.path / "state").mkdir()
    (folder.path / "stacks" / "Pulumi.demo.yaml").unlink()
    folder.environ = {
        "PULUMI_BACKEND_URL": f"file://{folder.path / 'state'}?metadata=skip",
        "PULUMI_HOME": str(folder.path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "T4_API_KEY": "the-key-of-these-tests",
        "T4_PASSWORD_SEED": SEED,
        **NO_PROXY,
    }
    return folder


def examined(folder: Folder, code: int, **environ: str) -> dict[str, Finding]:
    """What the doctor finds, by what it is about, with the exit code that goes with it."""
    said = folder.t4firm("doctor", "--json", **environ)
    assert said.code == code, said.out + said.err
    return {each["about"]: Finding(**each) for each in json.loads(said.out)["findings"]}


def test_what_was_found_is_counted_in_words() -> None:
    assert examination.in_words(Counter({"warning": 1})) == "0 problems, 1 warning, 0 unknown"
    assert examination.in_words(Counter({"problem": 1, "warning": 2})) == "1 problem, 2 warnings, 0 unknown"


def partition(mounted: Path, system: str) -> SimpleNamespace:
    """A line of the machine's table of file systems."""
    return SimpleNamespace(mountpoint=str(mounted), fstype=system)


class TestHealthy:
    def test_a_stack_on_the_simulator_lacks_nothing(self, folder: Folder, run: Run) -> None:
        found = examined(folder, 0)
        assert {finding.status for finding in found.values()} == {"fine"}
        assert found["endpoint"].says == f"{run.endpoint} answers (HTTP status 401)"
        assert found["API key"].says == "T4 takes it (listAccounts)"
        assert found["t4:endpoint"].says == f"{run.endpoint} (from the simulator)"
        assert found["t4:operations"].says == ("stacks/demo.operations.yaml (from stacks/Pulumi.demo.yaml)")
        assert found["t4:repeatFor"].says == "90 (the default)"
        assert found["files"].says == "3 users, 5 accounts, 0 tasks signed off"
        assert found["libraries"].says.endswith(", as pinned")
        assert "pulumi v3." in found["engine"].says

    def test_for_a_person(self, folder: Folder, run: Run) -> None:
        said = folder.t4firm("doctor")
        assert said.code == 0
        says = re.escape(f"runs at {run.endpoint} (process {run.pid})")
        assert re.search(rf"^fine     simulator +{says}$", said.out, re.MULTILINE)
        assert said.out.endswith("0 problems, 0 warnings, 0 unknown\n")

    def test_a_login_is_tried_once(self, folder: Folder, run: Run) -> None:
        assert examined(folder, 0, T4_LOGIN=json.dumps(run.login))["login"].status == "fine"

    def test_no_secret_is_shown(self, folder: Folder, run: Run) -> None:
        login = {**run.login, "password": "Wr0ng-Password!"}
        for words in (["doctor"], ["doctor", "--json"]):
            said = folder.t4firm(*words, T4_LOGIN=json.dumps(login), PULUMI_CONFIG_PASSPHRASE="a-phrase")
            for secret in (
                run.api_key,
                run.password_seed,
                "Wr0ng-Password!",
                login["appLicense"],
                "a-phrase",
            ):
                assert secret not in said.out + said.err


class TestMachine:
    def test_no_engine_and_no_language_host(self, tmp_path: Path) -> None:
        found = {each.about: each for each in machine.engine({"PATH": str(tmp_path)}, None)}
        assert {each.status for each in found.values()} == {"problem"}
        assert found["engine"].remedy == "`t4firm setup` brings it"

    @pytest.mark.parametrize("says", ["echo v3.100.0", "echo v4.0.0", "echo nothing", "exit 3"])
    def test_an_engine_that_will_not_do(self, elsewhere: Folder, tmp_path: Path, says: str) -> None:
        fake = tmp_path / "bin" / "pulumi"
        fake.parent.mkdir()
        fake.write_text(f"#!/bin/sh\n{says}\n")
        fake.chmod(0o755)
        pulumi = Pulumi(Project(elsewhere.path), "demo")
        pulumi.environ["PATH"] = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
        engine = next(iter(machine.engine(pulumi.environ, pulumi)))
        assert (engine.about, engine.status, engine.remedy) == ("engine", "problem", machine.SET_UP)

    def test_the_oldest_engine_is_that_of_the_set_up(self) -> None:
        from t4firm_setup.engine_on_path import MINIMUM

        assert machine.OLDEST_ENGINE == MINIMUM

    def test_libraries_that_are_not_the_tested_ones(self) -> None:
        found = machine.libraries("# pins\nhttpx==0.1.0\nnot-installed-here==1.0\n")
        assert found.status == "warning"
        assert found.says.startswith("1 not as pinned: httpx 0.2")
        assert "t4firm setup" in found.remedy

    def test_the_libraries_of_an_installed_product_are_compared_too(self, folder: Folder) -> None:
        """With what it was built with: constraints.txt is in a clone alone."""
        assert examined(folder, 1)["libraries"].status == "fine"

    def test_a_simulator_that_does_not_run(self, folder: Folder) -> None:
        found = examined(folder, 1)
        assert found["simulator"].status == "problem"
        assert found["simulator"].remedy == "`t4firm simulator start`"


class TestConfiguration:
    def test_what_is_missing_is_said_with_its_remedy(self, elsewhere: Folder) -> None:
        said = elsewhere.t4firm("doctor", T4_API_KEY="", T4_PASSWORD_SEED="")
        assert said.code == 1
        for remedy in (
            "https://api-sim.t4login.com for simulation",
            "pulumi config set --secret t4:apiKey",
            "t4firm password --new-seed",
        ):
            assert remedy in said.out
        assert not re.search(r"^fine +t4:(endpoint|apiKey|login|passwordSeed)", said.out, re.MULTILINE)
        assert re.search(r"^fine +t4:journal", said.out, re.MULTILINE)
        asked = r"^unknown +endpoint +not asked: first the configuration must be complete$"
        assert re.search(asked, said.out, re.MULTILINE)

    def test_a_secret_in_plain_text(self, elsewhere: Folder) -> None:
        elsewhere.write("stacks/Pulumi.demo.yaml", "config:\n  t4:apiKey: in-plain-sight\n")
        found = examined(elsewhere, 1, T4_API_KEY="")
        assert found["t4:apiKey"].status == "problem"
        assert "stacks/Pulumi.demo.yaml holds it in plain text" in found["t4:apiKey"].says
        assert "in-plain-sight" not in str(found)

    def test_in_a_pipeline_an_encrypted_one_in_the_file_is_as_good_as_shown(self, elsewhere: Folder) -> None:
        secret = "{secure: v1:abc:def}"
        elsewhere.write(
            "stacks/Pulumi.demo.yaml", f"config:\n  t4:login: {secret}\n  t4:passwordSeed: {secret}\n"
        )
        assert "secrets" not in examined(elsewhere, 1)
        found = examined(elsewhere, 1, CI="true", T4_PASSWORD_SEED=SEED)["secrets"]
        assert found.status == "problem"
        assert (
            "Pulumi.demo.yaml holds t4:login and t4:passwordSeed: anybody who gets the stack's passphrase"
            in found.says
        )
        assert "`pulumi config rm --stack demo t4:passwordSeed`" in found.remedy
        assert "replace them" in found.remedy

    def test_mistakes_in_the_firm_file(self, elsewhere: Folder) -> None:
        elsewhere.replace('postCode: "43004"', "postCode: 43004")
        found = examined(elsewhere, 1)["files"]
        assert "users.trader.a.postCode" in found.says
        assert found.remedy == "`t4firm validate --stack demo` shows every mistake"

    def test_a_setting_that_says_no_place(self, elsewhere: Folder) -> None:
        elsewhere.write("stacks/Pulumi.demo.yaml", "config:\n  t4:journal: true\n")
        found = examined(elsewhere, 1)
        assert found["configuration"].says == "t4:journal is not a text."
        for about in ("files", "journal"):
            assert (found[about].status, found[about].says) == (
                "unknown",
                "not looked at: the settings do not say where",
            )

    def test_a_journal_that_cannot_be_written(self, elsewhere: Folder) -> None:
        elsewhere.write("taken", "a file is here already")
        found = examined(elsewhere, 1, T4_JOURNAL="taken")["journal"]
        assert found.status == "problem"
        assert "an update would stop before its first call" in found.says

    @pytest.mark.parametrize(
        ("system", "status"), [("tmpfs", "warning"), ("ramfs", "warning"), ("ext4", "fine")]
    )
    def test_a_journal_in_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, status: str
    ) -> None:
        there = [partition(Path("/"), "ext4"), partition(tmp_path, system)]
        monkeypatch.setattr("psutil.disk_partitions", lambda **_: there)
        configured = configuration.Configuration(Project(tmp_path), "demo", {}, {}, {})
        found = configuration.journal(configured, environ={})
        assert found.status == status
        assert ("gone after a restart" in found.says) is (status == "warning")

    def test_a_runner_that_is_thrown_away_needs_its_journal_kept_or_a_login(
        self, folder: Folder, run: Run
    ) -> None:
        found = examined(folder, 2, CI="true")["journal"]
        assert found.status == "warning"
        assert "t4:login" in found.remedy
        assert examined(folder, 0, CI="true", T4_LOGIN=json.dumps(run.login))["journal"].status == "fine"


@pytest.mark.engine
class TestState:
    @pytest.fixture
    def made(self, elsewhere: Folder) -> Folder:
        pulumi = Pulumi(Project(elsewhere.path), "demo")
        pulumi.environ |= elsewhere.environ
        pulumi.read("stack", "init", "demo", "--non-interactive")
        pulumi.read("config", "set", "--secret", "t4:apiKey", "kept-under-the-phrase", "--stack", "demo")
        return elsewhere

    def test_a_state_that_is_not_there(self, elsewhere: Folder) -> None:
        found = examined(elsewhere, 1, PULUMI_BACKEND_URL="file:///nowhere/at/all")["state"]
        assert found.status == "problem"
        assert "PULUMI_BACKEND_URL" in found.remedy

    def test_secrets_that_can_be_read(self, made: Folder) -> None:
        found = examined(made, 1, T4_API_KEY="")  # there is no endpoint yet
        assert found["passphrase"].status == "fine"
        assert found["t4:apiKey"].says == "set (from stacks/Pulumi.demo.yaml)"
        assert "kept-under-the-phrase" not in str(found)

    @pytest.mark.parametrize(
        ("phrase", "says"), [("wrong", "incorrect passphrase"), ("", "is empty, which counts as not set")]
    )
    def test_a_passphrase_that_is_wrong_or_missing(self, made: Folder, phrase: str, says: str) -> None:
        found = examined(made, 1, PULUMI_CONFIG_PASSPHRASE=phrase)["passphrase"]
        assert (found.status, says in found.says) == ("problem", True)
        assert "PULUMI_CONFIG_PASSPHRASE" in found.remedy

    def test_a_passphrase_file(self, made: Folder) -> None:
        """It counts beside an empty PULUMI_CONFIG_PASSPHRASE; an empty file does not."""
        for written, status in (("tests\n", "fine"), ("\n", "problem"), ("wrong", "problem")):
            file = made.write("phrase", written)
            environ = {"PULUMI_CONFIG_PASSPHRASE": "", "PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
            assert examined(made, 1, **environ)["passphrase"].status == status, written

    def test_nobody_is_asked_twice_what_the_engine_could_not_read(self, elsewhere: Folder) -> None:
        found = examined(elsewhere, 1, PULUMI_BACKEND_URL="file:///nowhere/at/all")
        assert "passphrase" not in found
        assert "no such file or directory" in found["state"].says

    @pytest.mark.parametrize(
        ("noted", "says", "remedy"),
        [
            (True, "left behind by a killed run: process", "`t4firm unlock --stack demo`"),
            (False, "held by process", "wait for it to end; if you know that it is over, `t4firm unlock"),
        ],
    )
    def test_a_lock(self, made: Folder, noted: bool, says: str, remedy: str) -> None:
        """Of a process that has ended: somebody noted where its number means something, or nobody did."""
        since = datetime.now(UTC)
        with killed_on_failure(subprocess.Popen(["sleep", "600"])) as ended:
            if noted:
                run_owner.note(run_owner.folder_of(made.path, "demo"), ended.pid)
            ended.kill()
        lock = {
            "pid": ended.pid,
            "username": "ci",
            "hostname": socket.gethostname(),
            "timestamp": since.isoformat(),
        }
        folder = made.path / "state" / ".pulumi" / "locks" / "organization" / "t4" / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "one.json").write_text(json.dumps(lock))
        found = examined(made, 1)["lock"]
        assert (found.status, found.says.startswith(says), found.remedy.startswith(remedy)) == (
            "warning",
            True,
            True,
        )


def test_a_lock_that_cannot_be_seen(elsewhere: Folder, tmp_path: Path) -> None:
    """The state is in a bucket, say: nothing is said of a lock that nobody looked at."""
    fake = tmp_path / "bin" / "pulumi"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho \'{"url": "s3://bucket"}\'\n')
    fake.chmod(0o755)
    pulumi = Pulumi(Project(elsewhere.path), "demo")
    pulumi.environ["PATH"] = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
    [found] = state.lock(pulumi)
    assert (found.status, "t4firm unlock --stack demo --force" in found.remedy) == ("unknown", True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ALL_PROXY", "socks5://proxy:1080"), ("SSL_CERT_FILE", "/nonexistent.pem"), ("HTTPS_PROXY", "http://")],
)
def test_a_network_setting_that_cannot_be_used(elsewhere: Folder, variable: str, value: str) -> None:
    del elsewhere.environ["https_proxy"], elsewhere.environ["all_proxy"]
    found = examined(elsewhere, 1, T4_ENDPOINT="https://t4.invalid", **{variable: value})
    assert found["network"].says.startswith(f"{variable} ")
    assert found["network"].remedy
    assert "endpoint" not in found


class TestEndpoint:
    def test_a_name_that_nobody_knows(self, elsewhere: Folder) -> None:
        found = examined(elsewhere, 1, T4_ENDPOINT="https://t4.invalid")["endpoint"]
        assert found.says == "T4 was not reached: its host name is not known (DNS)"
        assert "check t4:endpoint" in found.remedy

    def test_nothing_listens(self, elsewhere: Folder) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
            found = examined(elsewhere, 1, T4_ENDPOINT=endpoint)["endpoint"]
        assert "the connection was refused" in found.says

    @pytest.mark.parametrize("kind", ["selfSigned", "expired", "wrongHost"])
    def test_a_certificate_that_cannot_be_trusted(self, elsewhere: Folder, tmp_path: Path, kind: str) -> None:
        other = process.start(tmp_path / "other", tls=kind)
        try:
            trusted = {} if kind == "selfSigned" else {"SSL_CERT_FILE": str(other.authority)}
            found = examined(elsewhere, 1, T4_ENDPOINT=other.endpoint, **trusted)["endpoint"]
        finally:
            process.stop(tmp_path / "other")
        assert "the server's TLS certificate is not trusted" in found.says

    def test_a_server_that_is_out_of_order(self, elsewhere: Folder) -> None:
        with ScriptedT4(Reply(503)) as t4:
            found = examined(elsewhere, 2, T4_ENDPOINT=t4.endpoint)
            assert found["endpoint"].says == f"{t4.endpoint} answers (HTTP status 503)"
            assert "API key" not in found, "it is not asked for more"
            assert len(t4.heard) == 1

    @pytest.mark.parametrize(
        ("off", "status", "says"),
        [
            (timedelta(0), "fine", "as the server's"),
            (timedelta(minutes=10), "warning", "seconds behind the server's"),
            (timedelta(minutes=-10), "warning", "seconds ahead of the server's"),
        ],
    )
    def test_clocks(self, elsewhere: Folder, off: timedelta, status: str, says: str) -> None:
        with ScriptedT4(Raw(_dated(datetime.now(UTC) + off))) as t4:
            found = examined(elsewhere, 2 if status == "warning" else 0, T4_ENDPOINT=t4.endpoint)["clock"]
        assert (found.status, says in found.says) == (status, True)

    def test_a_server_that_does_not_say_the_time(self, elsewhere: Folder) -> None:
        with ScriptedT4(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as t4:
            assert examined(elsewhere, 0, T4_ENDPOINT=t4.endpoint)["clock"].status == "unknown"


def _dated(moment: datetime) -> bytes:
    date = format_datetime(moment, usegmt=True).encode()
    return b"HTTP/1.1 200 OK\r\nDate: " + date + b"\r\nContent-Length: 0\r\n\r\n"


class TestCredentials:
    @pytest.fixture
    def asked(self, elsewhere: Folder) -> Folder:
        run = process.start(elsewhere.path / ".t4" / "simulator")
        elsewhere.environ |= {
            "T4_ENDPOINT": run.endpoint,
            "T4_API_KEY": run.api_key,
            "T4_OPERATIONS": "stacks/demo.operations.yaml",
            "T4_LOGIN": json.dumps(run.login),
        }
        return elsewhere

    def test_a_key_that_t4_does_not_take(self, asked: Folder) -> None:
        found = examined(asked, 1, T4_API_KEY="another-key")["API key"]
        assert found.status == "problem"
        assert "401" in found.says or "credentials" in found.says
        assert "T4.APISupport" in found.remedy

    def test_a_key_that_nothing_can_try(self, asked: Folder) -> None:
        found = examined(asked, 0, T4_OPERATIONS="onboarding")["API key"]
        assert found.status == "unknown"
        assert found.says.startswith("cannot be known without changing something")

    def test_a_login_that_t4_does_not_take(self, asked: Folder) -> None:
        login = json.loads(asked.environ["T4_LOGIN"]) | {"password": "Wr0ng-Password!"}
        found = examined(asked, 1, T4_LOGIN=json.dumps(login))["login"]
        assert found.status == "problem"
        assert "appLicense" in found.remedy
