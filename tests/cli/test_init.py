"""`t4firm init`: a firm's own repository, whole, and never over something that is there."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from t4firm_cli.own_repository import hand_over, init
from t4firm_cli.own_repository.init import Asked
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.validate import load
from tests.cli.conftest import ROOT, Folder

WHEEL = "t4_firm-9.8.7-py3-none-any.whl"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    asked = Asked(tmp_path / "acme", "acme", "O'Hara & Söhne: Trading", wheel)
    assert init.run(asked) == 0
    return tmp_path / "acme"


def test_the_repository_is_whole_and_its_firm_file_valid(made: Path) -> None:
    firm = load(Project(made), "acme").firm
    assert firm.firm == "O'Hara & Söhne: Trading"
    assert (made / "__main__.py").read_text().count("\n") == 3
    workflows = {path.name: path.read_text() for path in (made / ".github" / "workflows").iterdir()}
    assert yaml.safe_load(workflows["up.yml"])["jobs"]["acme"]["with"] == {"stack": "acme"}
    for name in ("preview.yml", "drift.yml"):
        [job] = yaml.safe_load(workflows[name])["jobs"].values()
        assert job["strategy"]["matrix"] == {"stack": ["acme"]}
    for name in init.WORKFLOWS:
        assert "requirements.txt && .venv/bin/t4firm setup" in workflows[name]
        assert not {"make setup", "constraints", "simulation"} & set(workflows[name].split())
    assert {path.name for path in made.iterdir()} == {
        *(".github", ".gitignore", "Pulumi.yaml", "README.md", "__main__.py"),
        *("requirements.txt", "stacks", "wheels"),
    }


def test_the_workflows_are_the_products_own() -> None:
    kept = Path(init.__file__).parent / "templates" / "workflows"
    for name in init.WORKFLOWS:
        assert (kept / name).read_text() == (ROOT / ".github" / "workflows" / name).read_text(), (
            f"copy .github/workflows/{name} there"
        )
        for of_the_product in init.OF_A_FIRM:
            known = of_the_product in (kept / name).read_text()
            assert known or of_the_product.startswith("stack: ["), (name, of_the_product)


def test_everything_that_is_installed_is_pinned_by_its_hash(made: Path) -> None:
    digest = hashlib.sha256(b"a wheel").hexdigest()
    lines = (made / "requirements.txt").read_text().splitlines()
    assert f"./wheels/{WHEEL} --hash=sha256:{digest}" in lines
    assert (made / "wheels" / WHEEL).read_bytes() == b"a wheel"
    assert sum(line.startswith("pulumi==") for line in lines) == 1
    rest = [line for line in lines if not line.startswith(("#", "./", "    --hash=sha256:"))]
    assert all("==" in line for line in rest)


def test_nothing_is_overwritten(made: Path, tmp_path: Path) -> None:
    (made / "README.md").write_text("ours")
    with pytest.raises(ProjectError, match="nothing was written"):
        init.run(Asked(made, "acme", "Acme", tmp_path / WHEEL))
    assert (made / "README.md").read_text() == "ours"


def test_what_was_installed_from_a_folder_cannot_be_pinned(folder: Folder) -> None:
    said = folder.t4firm("init", "acme")
    assert said.code == 1
    assert "no version of it can be pinned" in said.err
    assert not (folder.path / "acme").exists()


def test_the_repositorys_own_version_does_the_work(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made / "stacks")
    assert hand_over.pinned_command() is None  # before `t4firm setup`
    command = made / ".venv" / "bin" / "t4firm"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\necho pinned $*\n")
    command.chmod(0o755)
    assert hand_over.pinned_command() == command
    ours = Path(sys.executable).parent / "t4firm"
    done = subprocess.run([ours, "tasks", "--short"], capture_output=True, text=True, check=True)
    assert done.stdout == "pinned tasks --short\n"
