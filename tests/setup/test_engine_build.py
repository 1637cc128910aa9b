"""The build from Go modules: which Go, what is asked of it, and what is said when it can't go on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from t4firm_setup import report, watched
from t4firm_setup.engine_build import build, recipe, require_go
from t4firm_setup.engine_cache import PIECES
from t4firm_setup.errors import SetupError
from tests.setup.pretended import ROOT, environment_for, pretended_go, program, quiet


def test_the_recipe_is_read_from_the_module_files() -> None:
    what = recipe(ROOT / "t4firm_setup" / "go")
    assert what.version == "3.259.0"
    assert what.go == (1, 25, 11)
    assert what.fingerprint == recipe(ROOT / "t4firm_setup" / "go").fingerprint


def test_another_module_file_is_another_recipe(tmp_path: Path) -> None:
    for module in ("engine", "host"):
        (tmp_path / module).mkdir()
        for file in ("go.mod", "go.sum"):
            (tmp_path / module / file).write_bytes(
                (ROOT / "t4firm_setup" / "go" / module / file).read_bytes()
            )
    before = recipe(tmp_path)
    (tmp_path / "host" / "go.sum").write_text("")
    assert recipe(tmp_path).fingerprint != before.fingerprint
    (tmp_path / "engine" / "go.mod").write_text("module emptied\n")
    with pytest.raises(SetupError, match="does not say which engine and which Go: restore the file"):
        recipe(tmp_path)


def test_no_go(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refused:
        require_go((1, 25, 11), environment_for(tmp_path))
    assert str(refused.value) == (
        "The engine has to be built, and there is no go on PATH.\n"
        "Either install Go 1.25.11 or newer (https://go.dev/doc/install; macOS: brew install go)\n"
        "or Pulumi itself (https://www.pulumi.com/docs/install; macOS: brew install pulumi); have it on PATH."
    )


@pytest.mark.parametrize("version", ["1.25.10", "1.24", "1.9.7"])
def test_an_old_go(tmp_path: Path, version: str) -> None:
    environment = environment_for(tmp_path, pretended_go(tmp_path)) | {"PRETENDED_GO": version}
    with pytest.raises(SetupError) as refused:
        require_go((1, 25, 11), environment)
    assert str(refused.value).splitlines()[0] == (
        f"The engine has to be built with Go 1.25.11 or newer, and {tmp_path}/bin/go is {version}."
    )


@pytest.mark.parametrize("version", ["1.25.11", "1.26", "1.26.8", "2.0.1", "1.27rc1"])
def test_a_go_that_will_do(tmp_path: Path, version: str) -> None:
    environment = environment_for(tmp_path, pretended_go(tmp_path)) | {"PRETENDED_GO": version}
    assert require_go((1, 25, 11), environment) == tmp_path / "bin" / "go"


def test_a_go_that_does_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    program(folder, "go", "echo go: no such tool >&2; exit 1")
    with pytest.raises(SetupError, match=r"and .*/bin/go does not run: go: no such tool\n"):
        require_go((1, 25, 11), environment_for(tmp_path, folder))


def test_what_is_built(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    environment = environment_for(tmp_path, pretended_go(tmp_path)) | {
        "GOFLAGS": "-mod=vendor",
        "GOWORK": "/x/go.work",
    }
    build(recipe(ROOT / "t4firm_setup" / "go"), into, tmp_path / "own-cache", environment, quiet())
    assert sorted(file.name for file in into.iterdir()) == sorted(PIECES)
    asked = (tmp_path / "built").read_text().splitlines()
    assert [line.split()[-1] for line in asked] == [
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    ]
    used = dict(line.split("=", 1) for line in (tmp_path / "go.environment").read_text().splitlines())
    assert used["GOFLAGS"] == "", "a user's own flags would change what is built"
    assert used["GOWORK"] == "off"
    assert used["CGO_ENABLED"] == "0"
    assert used["GOTOOLCHAIN"] == "local"
    assert "GOCACHE" not in used, "Go's own caches can be written here: they are used"


def test_how_long_a_build_takes_is_said_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And which of the two programs is being built: Go tells no total."""
    into, log = tmp_path / "into", io.StringIO()
    into.mkdir()
    (tmp_path / "slow").write_text("0.3")
    monkeypatch.setattr(watched, "_TICK_SECONDS", 0.05)
    monkeypatch.setattr(report, "SECONDS_BETWEEN_LINES", 0)
    environment = environment_for(tmp_path, pretended_go(tmp_path))
    build(recipe(ROOT / "t4firm_setup" / "go"), into, tmp_path, environment, report.Report(log))
    said = log.getvalue()
    assert (
        "Engine: building version 3.259.0 with Go takes about 4 minutes on two cores, once for each user\n"
        in said
    )
    for words in ("pulumi, 1 of 2: 0.", "pulumi-language-python, 2 of 2: 0."):
        assert f"Engine: building {words}" in said


def test_go_gets_folders_that_can_be_written(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    folder = pretended_go(tmp_path)
    # as with an unset HOME: `go env GOCACHE` has no answer
    (folder / "go").write_text(
        (folder / "go").read_text().replace('echo "$PRETENDED/go-caches/$2"', "exit 1")
    )
    build(
        recipe(ROOT / "t4firm_setup" / "go"),
        into,
        tmp_path / "own-cache",
        environment_for(tmp_path, folder),
        quiet(),
    )
    used = dict(line.split("=", 1) for line in (tmp_path / "go.environment").read_text().splitlines())
    assert used["GOCACHE"] == str(tmp_path / "own-cache" / "go-build")
    assert used["GOMODCACHE"] == str(tmp_path / "own-cache" / "go-mod")


def test_a_build_that_fails_shows_what_go_said(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (tmp_path / "broken").write_text("go: example.com/module@v1.0.0: dial tcp: connection refused\n")
    with pytest.raises(SetupError) as refused:
        build(
            recipe(ROOT / "t4firm_setup" / "go"),
            into,
            tmp_path,
            environment_for(tmp_path, pretended_go(tmp_path)),
            quiet(),
        )
    assert str(refused.value) == (
        "Building pulumi failed; Go's last lines:\n"
        "    go: example.com/module@v1.0.0: dial tcp: connection refused\n"
        "Set GOPROXY to a module proxy that you can reach and run it again; or install Pulumi itself "
        "(https://www.pulumi.com/docs/install)."
    )


def test_what_helps_against_a_network_is_not_said_of_another_trouble(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (tmp_path / "broken").write_text("write /tmp/go-build: no space left on device\n")
    with pytest.raises(SetupError, match="no space left on device") as refused:
        build(
            recipe(ROOT / "t4firm_setup" / "go"),
            into,
            tmp_path,
            environment_for(tmp_path, pretended_go(tmp_path)),
            quiet(),
        )
    assert "GOPROXY" not in str(refused.value)
