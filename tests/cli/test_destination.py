"""Where a run goes is its first line; that --simulator is remembered is said, and undone by --live."""

import subprocess
from pathlib import Path

import pytest

from t4firm_cli.destination import named
from t4firm_cli.project.endpoint_setting import ON_LIVE, put_on_simulator, take_off_simulator
from t4firm_cli.project.layout import Project, ProjectError
from tests.cli.conftest import Folder

SETTINGS = "stacks/Pulumi.demo.yaml"


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("https://api.t4login.com", "api.t4login.com (LIVE)"),
        ("https://API.T4login.com/", "api.t4login.com (LIVE)"),
        ("https://api-sim.t4login.com", "api-sim.t4login.com (T4's simulation)"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080 (on this machine)"),
        (
            "https://user:hidden@t4.example.com/live",
            "t4.example.com (not one of T4's own addresses: take it for LIVE)",
        ),
        ("", "no endpoint is set"),
        ("https://[", "t4:endpoint is not an address"),
    ],
)
def test_an_endpoint_by_name(endpoint: str, words: str) -> None:
    assert named(endpoint) == words


def test_the_simulator_is_remembered_and_that_is_said(folder: Folder) -> None:
    (folder.path / SETTINGS).unlink()
    said = put_on_simulator(Project(folder.path), "demo")
    assert said.startswith("stacks/Pulumi.demo.yaml now says `t4:endpoint: simulator`: stack demo stays on")
    assert "--live" in said
    assert put_on_simulator(Project(folder.path), "demo") == ""


def test_live_undoes_it_and_keeps_what_else_is_written(folder: Folder) -> None:
    folder.write(
        SETTINGS, "# ours\nconfig:\n  t4:endpoint: simulator # tried\n  t4:operations: 'walkthrough'\n"
    )
    said = take_off_simulator(Project(folder.path), "demo")
    assert f"`t4:endpoint: {ON_LIVE}`" in said
    assert (folder.path / SETTINGS).read_text() == (
        f"# ours\nconfig:\n  t4:endpoint: {ON_LIVE} # tried\n  t4:operations: 'walkthrough'\n"
    )
    assert take_off_simulator(Project(folder.path), "demo") == ""


def test_settings_that_leave_the_simulator_belong_into_git(folder: Folder) -> None:
    """Those in the simulator were one machine's: `t4firm init` lets git ignore them."""
    subprocess.run(["git", "init", "--quiet", folder.path], check=True)
    for ignored in ("", f"/{SETTINGS}\n"):
        folder.write(".gitignore", ignored)
        folder.write(SETTINGS, "config:\n  t4:endpoint: simulator\n")
        said = take_off_simulator(Project(folder.path), "demo")
        assert said.endswith("remove its line from .gitignore.") == bool(ignored)


SALTED = "config:\n  t4:endpoint: simulator\n{}encryptionsalt: v1:abc=:v1:def:ghi=\n"


@pytest.mark.parametrize(
    ("state", "secret", "kept"),
    [
        ("t4/demo.json", "", False),  # the simulator's passphrase: the live stack's is another
        ("t4/other.json", "", True),
        ("", "", True),  # the firm's own backend
        ("t4/demo.json", "  t4:apiKey:\n    secure: v1:xyz=\n", True),
        ("t4/demo.json", "  my:db:\n    hosts:\n      - password:\n          secure: v1:xyz=\n", True),
    ],
)
def test_live_forgets_the_simulators_passphrase(
    folder: Folder, state: str, secret: str, *, kept: bool
) -> None:
    folder.write(SETTINGS, SALTED.format(secret))
    if state:
        (folder.path / ".t4/state/.pulumi/stacks/t4").mkdir(parents=True)
        folder.write(f".t4/state/.pulumi/stacks/{state}", "{}")
    take_off_simulator(Project(folder.path), "demo")
    assert ("encryptionsalt" in (folder.path / SETTINGS).read_text()) == kept


def test_live_writes_a_file_that_says_nothing_of_its_own(folder: Folder) -> None:
    """The endpoint stands in Pulumi.yaml."""
    (folder.path / "Pulumi.yaml").write_text(
        "name: t4\nruntime: python\nconfig:\n  t4:endpoint: {value: simulator}\n"
    )
    (folder.path / SETTINGS).unlink(missing_ok=True)
    take_off_simulator(Project(folder.path), "demo")
    assert f"t4:endpoint: {ON_LIVE}" in (folder.path / SETTINGS).read_text()


def test_live_changes_no_other_endpoint(folder: Folder) -> None:
    folder.write(SETTINGS, "config:\n  t4:endpoint: https://t4.example.com\n")
    with pytest.raises(ProjectError, match="--live only takes a stack off the simulator"):
        take_off_simulator(Project(folder.path), "demo")
    said = folder.t4firm("preview", "--simulator", "--live")
    assert said.err == "use either --simulator or --live, not both\n"


@pytest.mark.engine
@pytest.mark.parametrize(
    "words", [("preview",), ("drift",), ("review", "--base", "HEAD.yaml", "--run-preview")]
)
def test_the_first_line_says_it(folder: Folder, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder.write("HEAD.yaml", folder.firm_file.read_text())
    folder.environ = {
        "T4_ENDPOINT": ON_LIVE,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    assert folder.t4firm(*words).err.splitlines()[0] == "T4: api.t4login.com (LIVE)"
