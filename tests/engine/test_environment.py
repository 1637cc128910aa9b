"""What the environment lacks, or says wrongly, stops a run before anything is called or noted."""

import json
from pathlib import Path

import pytest

from providers.t4.configuration.passphrase import empty_for_the_engine
from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine


def passphrase_found(project: Project, phrase: str) -> str:
    """What the doctor finds out about a passphrase: fine or problem."""
    said = project.t4firm("doctor", "--json", "--stack", "test", PULUMI_CONFIG_PASSPHRASE=phrase).text
    findings = json.loads(said)["findings"]
    return str(next(each["status"] for each in findings if each["about"] == "passphrase"))


def test_an_empty_passphrase_is_not_one(project: Project, simulator: Simulator) -> None:
    """A CI system hands over an empty text for a secret that does not exist."""
    for command in (("preview",), ("up", "--yes")):
        said = project.t4firm(*command, "--stack", "test", PULUMI_CONFIG_PASSPHRASE="")
        assert said.code == 1
        assert "PULUMI_CONFIG_PASSPHRASE is empty, which counts as not set" in said
    assert simulator.onboarded() == []
    assert not list((project.folder / "state").rglob("test.json"))
    assert passphrase_found(project, "") == "problem"


def test_the_doctor_decrypts_the_state_also_in_a_checkout_without_the_salt(project: Project) -> None:
    assert project.t4firm("up", "--yes", "--stack", "test").code == 0
    settings = project.folder / "stacks" / "Pulumi.test.yaml"
    assert "encryptionsalt" in settings.read_text()
    for _ in ("with the settings file", "and without it"):
        found = {phrase: passphrase_found(project, phrase) for phrase in ("tests", "wrong", "")}
        assert found == {"tests": "fine", "wrong": "problem", "": "problem"}
        settings.unlink(missing_ok=True)


def test_a_wrong_passphrase_of_a_stack_without_resources(project: Project) -> None:
    project.made  # noqa: B018  (makes the stack)
    assert passphrase_found(project, "tests") == "fine"
    assert passphrase_found(project, "wrong") == "problem"


@pytest.mark.parametrize(
    ("variable", "value"), [("ALL_PROXY", "socks5://proxy:1080"), ("SSL_CERT_FILE", "/nonexistent.pem")]
)
def test_a_way_that_cannot_be_gone_is_said_before_anything_is_noted(
    project: Project, variable: str, value: str
) -> None:
    nobody = "https://t4.invalid"
    said = project.up(T4_ENDPOINT=nobody, **{variable: value})
    assert said.code != 0
    assert f"{variable} names" in said
    assert "Error: " not in said
    assert not [file for file in Path(project.folder, ".t4").rglob("*") if file.is_file()]
    assert project.preview(T4_ENDPOINT=nobody, **{variable: value}).code == 0


@pytest.mark.parametrize("command", ["preview", "up"])
def test_plain_pulumi_is_told_that_its_passphrase_is_empty(
    project: Project, simulator: Simulator, command: str
) -> None:
    """The engine takes an empty passphrase; the variable before the file, also an empty one."""
    file = project.folder / "phrase"
    file.write_text("a good one")
    empty = {"PULUMI_CONFIG_PASSPHRASE": "", "PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    assert project.pulumi("stack", "init", "test", **empty).code == 0
    agreed = ("--yes", "--skip-preview") if command == "up" else ()
    said = project.pulumi(command, "--stack", "test", *agreed, **empty)
    assert said.code != 0
    assert "PULUMI_CONFIG_PASSPHRASE is empty, which counts as not set" in said
    assert "check that the secret exists and that this job may read it. Nothing was changed." in said
    assert simulator.onboarded() == []
    assert not (project.folder / ".t4").exists()


def test_a_key_in_a_cloud_needs_no_passphrase() -> None:
    empty, salt = {"PULUMI_CONFIG_PASSPHRASE": ""}, {"encryptionsalt": "v1:…"}
    cloud = {"secretsprovider": "awskms://alias/t4"}
    assert empty_for_the_engine(empty, cloud, lambda: False) is None
    assert empty_for_the_engine(empty, {}, lambda: True) is None, "Pulumi's service has keys of its own"
    assert empty_for_the_engine({}, salt, lambda: False) is None, "it was typed in"
    assert empty_for_the_engine(empty, salt, lambda: True)
    assert empty_for_the_engine(empty, {}, lambda: False)
