"""requirements.txt of a firm's repository: the product and its libraries, each file with its hash.

Where the product was installed from a wheel on this machine, the wheel is kept in the repository (wheels/):
nobody then needs to reach the place that it came from.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from t4firm_cli.project.layout import ProjectError

DISTRIBUTION = "t4-firm"
WHEELS = "wheels"


@dataclass(frozen=True)
class Product:
    """How requirements.txt names the product; `wheel`: the file to keep in the repository, if it is one."""

    version: str
    requirement: str
    wheel: Path | None = None


def product(wheel: Path | None) -> Product:
    """This product: from `wheel`, else as it was installed. Raises ProjectError where nothing of it can be
    pinned."""
    if wheel is not None:
        return _of_wheel(wheel)
    version = metadata.version(DISTRIBUTION)
    origin = _origin()
    url = str(origin.get("url", ""))
    if "archive_info" in origin and url.startswith("file:"):
        return _of_wheel(Path(unquote(urlsplit(url).path)))
    if "archive_info" in origin:
        hashes = origin["archive_info"].get("hashes") or {}
        if digest := hashes.get("sha256"):
            return Product(version, f"{DISTRIBUTION} @ {url} --hash=sha256:{digest}")
    if "dir_info" in origin:
        raise ProjectError(
            "t4firm was installed from a folder, so no version of it can be pinned. Build a wheel of it and "
            "name that: `t4firm init NAME --wheel dist/t4_firm-….whl`"
        )
    return Product(version, f"{DISTRIBUTION}=={version} --hash=sha256:{_downloaded(version)}")


def libraries() -> str:
    """The pinned libraries of this version, with their hashes (constraints.txt)."""
    return resources.files("t4firm_cli.own_repository").joinpath("libraries.txt").read_text(encoding="utf-8")


def _of_wheel(wheel: Path) -> Product:
    found = re.fullmatch(r"t4_firm-([\w.+!]+)-[\w.+-]+\.whl", wheel.name)
    if not found or not wheel.is_file():
        raise ProjectError(f"{wheel} is no wheel of {DISTRIBUTION}: name it with --wheel FILE")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Product(found[1], f"./{WHEELS}/{wheel.name} --hash=sha256:{digest}", wheel)


def _origin() -> dict[str, Any]:
    """Where the product was installed from (PEP 610); empty where it came from an index. What a build of a
    wheel leaves beside the sources (`t4_firm.egg-info`) tells nothing of it, and may be found first."""
    found = (each.read_text("direct_url.json") for each in metadata.distributions(name=DISTRIBUTION))
    origin: dict[str, Any] = json.loads(next(filter(None, found), None) or "{}")
    return origin


def _downloaded(version: str) -> str:
    """The hash of the wheel that the index has."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
        done = subprocess.run(
            [*command, "--dest", folder, f"{DISTRIBUTION}=={version}"],
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = [*Path(folder).glob("*.whl")]
        if done.returncode or not wheels:
            raise ProjectError(
                f"{DISTRIBUTION} {version} could not be fetched to take its hash "
                f"({done.stderr.strip().splitlines()[-1:] or 'pip failed'}): name a wheel with --wheel FILE"
            )
        return hashlib.sha256(wheels[0].read_bytes()).hexdigest()


def keep(found: Product, folder: Path) -> None:
    """Puts the wheel into the repository, where there is one."""
    if found.wheel is not None:
        (folder / WHEELS).mkdir(exist_ok=True)
        shutil.copy2(found.wheel, folder / WHEELS / found.wheel.name)
