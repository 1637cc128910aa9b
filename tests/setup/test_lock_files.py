"""What pins libraries pins them by their hashes, and names no place from which they come."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = [
    name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if name.endswith(("-lock.json", ".lock", "constraints.txt", "go.sum", "go.mod"))
]


@pytest.mark.parametrize("name", PINS)
def test_it_records_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_every_library_of_the_editors_server_has_its_hash() -> None:
    locked = json.loads((ROOT / "tools" / "yaml_language_server" / "package-lock.json").read_text())
    libraries = {name: each for name, each in locked["packages"].items() if name}
    assert libraries
    assert [name for name, each in libraries.items() if not each["integrity"].startswith("sha512-")] == []
