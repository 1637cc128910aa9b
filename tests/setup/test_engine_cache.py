"""Engines appear in the cache whole or not at all, whoever else is at work there."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from t4firm_setup.engine_cache import MANIFEST, PIECES, EngineCache, EngineName, cache_folder
from t4firm_setup.errors import SetupError
from tests.setup.pretended import engine_programs, quiet

NAME = EngineName("3.259.0", "build", "recipe 1")


def make(into: Path) -> None:
    engine_programs(into)


def must_not_be_made(_into: Path) -> None:
    raise AssertionError("it was there")


def left_over(cache: Path) -> list[str]:
    return [entry.name for entry in cache.iterdir() if entry.name.startswith((".making-", ".writable-"))]


def test_an_engine_is_made_once(tmp_path: Path) -> None:
    cache = EngineCache(tmp_path)
    assert cache.find(NAME) is None
    folder = cache.obtain(NAME, make, quiet())
    assert folder.parent == tmp_path
    assert folder.name.startswith("3.259.0-")
    assert all(os.access(folder / piece, os.X_OK) for piece in PIECES)
    assert cache.obtain(NAME, must_not_be_made, quiet()) == folder
    assert cache.find(NAME) == folder
    assert left_over(tmp_path) == []


def test_another_recipe_replaces_it(tmp_path: Path) -> None:
    cache = EngineCache(tmp_path)
    cache.obtain(NAME, make, quiet())
    changed = EngineName("3.259.0", "build", "recipe 2")
    assert cache.find(changed) is None

    def make_changed(into: Path) -> None:
        engine_programs(into, "changed")

    folder = cache.obtain(changed, make_changed, quiet())
    assert "changed" in (folder / "pulumi").read_text()
    assert cache.find(NAME) is None


@pytest.mark.parametrize(
    "damage", ["a shorter file", "a lost file", "no manifest", "a broken manifest", "not executable"]
)
def test_a_damaged_engine_is_not_used(tmp_path: Path, damage: str) -> None:
    cache = EngineCache(tmp_path)
    folder = cache.obtain(NAME, make, quiet())
    match damage:
        case "a shorter file":
            (folder / "pulumi").write_text("")
        case "a lost file":
            (folder / "pulumi-language-python-exec").unlink()
        case "no manifest":
            (folder / MANIFEST).unlink()
        case "a broken manifest":
            (folder / MANIFEST).write_text(json.dumps({"fingerprint": NAME.fingerprint}))
        case "not executable":
            (folder / "pulumi").chmod(0o644)
    assert cache.find(NAME) is None
    assert cache.find(EngineName("9.9.9", "build", "")) is None
    cache.obtain(NAME, make, quiet())
    assert cache.find(NAME) == folder


def test_nothing_is_kept_of_what_failed(tmp_path: Path) -> None:
    def fail(into: Path) -> None:
        (into / "pulumi").write_text("half")
        raise SetupError("no more disk")

    cache = EngineCache(tmp_path)
    with pytest.raises(SetupError, match="no more disk"):
        cache.obtain(NAME, fail, quiet())
    assert cache.find(NAME) is None
    assert left_over(tmp_path) == []


def test_an_incomplete_engine_is_refused(tmp_path: Path) -> None:
    def make_two(into: Path) -> None:
        engine_programs(into, without=PIECES[2:])

    cache = EngineCache(tmp_path)
    with pytest.raises(SetupError) as refused:
        cache.obtain(NAME, make_two, quiet())
    assert str(refused.value) == (
        "The engine 3.259.0 (build) came without pulumi-language-python-exec, pulumi-resource-pulumi-python."
    )
    assert cache.find(NAME) is None


def test_what_a_killed_set_up_left_is_cleared(tmp_path: Path) -> None:
    cache = EngineCache(tmp_path)
    folder = cache.obtain(NAME, make, quiet())
    (folder / MANIFEST).unlink()
    stale = tmp_path / f".making-{NAME.folder}-abc"
    engine_programs(stale)
    other = tmp_path / ".making-3.270.0-linux-amd64-abc"
    other.mkdir()
    cache.obtain(NAME, make, quiet())
    assert left_over(tmp_path) == [other.name], "another version's may be at work under its own lock"


def test_two_set_ups_at_once_make_one_engine(tmp_path: Path) -> None:
    made = []

    def make_slowly(into: Path) -> None:
        made.append(into)
        time.sleep(0.6)
        make(into)

    results: list[Path] = []
    # a lock belongs to the open file, so threads exclude each other as processes do
    threads = [
        threading.Thread(
            target=lambda: results.append(EngineCache(tmp_path).obtain(NAME, make_slowly, quiet()))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(results) == 3
    assert len(set(results)) == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "t4-firm"
    in_the_way.write_text("a file where the folder should be")
    with pytest.raises(SetupError) as refused:
        EngineCache(in_the_way / "engine").obtain(NAME, must_not_be_made, quiet())
    assert str(refused.value) == (
        f"The folder for engines, {in_the_way}/engine, can't be written: Not a directory.\n"
        "Name a folder that can: XDG_CACHE_HOME=/path/to/a/folder make setup"
    )


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/ann"}, "/home/ann/.cache/t4-firm"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": "/caches"}, "/caches/t4-firm"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": ""}, "/home/ann/.cache/t4-firm"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": "relative"}, "/home/ann/.cache/t4-firm"),
    ],
)
def test_where_the_cache_is(environment: dict[str, str], folder: str) -> None:
    assert cache_folder(environment) == Path(folder)
