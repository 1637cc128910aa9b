"""`make release VERSION=0.2.0`: a release, ready in dist/; nothing is published.

Sets the version in pyproject.toml and in the changelog (which must have something to say), builds the source
archive and the wheel, checks both (`twine check`, and what is in them), and writes a bill of materials
(CycloneDX) of the wheel with the pinned libraries. What it needs is pinned in constraints-release.txt.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("t4firm", "t4firm_cli", "t4firm_setup", "providers", "t4simulator")
"""What the wheel holds, and nothing else beside its own description and the pages (`*.data`)."""
NEEDED = (
    "t4firm/builtin/walkthrough.yaml",
    "t4firm_cli/own_repository/libraries.txt",
    "t4firm_cli/own_repository/templates/firm.yaml.j2",
    "t4firm_cli/own_repository/templates/workflows/preview.yml",
    "t4simulator/portal/templates/portal.css",
    "t4simulator/portal/templates/user.html",
    "t4firm_setup/go/engine/go.sum",
    "t4firm_setup/go/engine/download.json",
)
"""Data that a wheel is easily built without."""
SECRET = re.compile(r"(^|/)(\.env|\.t4|.*\.pem|.*\.key|Pulumi\.[^/]*\.yaml|.*\.attested\.yaml)(/|$)")
EXAMPLES = "/docs/examples/"
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make release", description=__doc__)
    arguments.add_argument("version")
    version = arguments.parse_args().version
    if not VERSION.fullmatch(version):
        sys.exit(f"{version} is no version: write one like 0.2.0")
    pyproject, changelog = ROOT / "pyproject.toml", ROOT / "CHANGELOG.md"
    texts = with_version(pyproject.read_text(), version), dated(changelog.read_text(), version, date.today())
    for file, text in zip((pyproject, changelog), texts, strict=True):
        file.write_text(text)
    print(f"Version {version}: pyproject.toml, CHANGELOG.md")
    wheel, archive = built(ROOT / "dist")
    if wrong := [*wrong_in(names_in(wheel), PACKAGES, NEEDED), *secrets_in(names_in(archive))]:
        sys.exit("\n".join(wrong))
    print(f"Contents: {wheel.name}, {archive.name}: fine")
    materials = ROOT / "dist" / f"t4_firm-{version}.cdx.json"
    of_the_pins = ("cyclonedx_py", "requirements", "constraints.txt", "--pyproject", "pyproject.toml")
    run("-m", *of_the_pins, "--mc-type", "application", "--output-reproducible", "-o", str(materials))
    print(f"Bill of materials: {materials.name}")
    print(f"Nothing was published. Next: commit, `git tag -s v{version}`, and hand over dist/.")


def with_version(pyproject: str, version: str) -> str:
    """pyproject.toml with another version of the project."""
    text, count = re.subn(r'^version = "[^"]*"$', f'version = "{version}"', pyproject, flags=re.MULTILINE)
    if count != 1:
        sys.exit("pyproject.toml does not say its version once")
    return text


def dated(changelog: str, version: str, day: date) -> str:
    """The changelog with its unreleased part under this version and day."""
    found = re.search(r"^## (\S+), unreleased\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[2].strip():
        sys.exit('CHANGELOG.md has no part "## VERSION, unreleased" that says what changed')
    heading = f"## {version}, {day.isoformat()}\n"
    return changelog[: found.start()] + heading + found[2] + changelog[found.end() :]


def built(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source archive, built anew, with descriptions that an index would take."""
    shutil.rmtree(folder, ignore_errors=True)
    run("-m", "build", "--no-isolation", "--outdir", str(folder))
    [wheel], [archive] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    run("-m", "twine", "check", "--strict", str(wheel), str(archive))
    return wheel, archive


def names_in(file: Path) -> list[str]:
    """The files in a wheel, or in a source archive."""
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as wheel:
            return wheel.namelist()
    with tarfile.open(file) as archive:
        return archive.getnames()


def wrong_in(names: Iterable[str], packages: Iterable[str], needed: Iterable[str]) -> list[str]:
    """What a wheel has too much, and what it lacks."""
    there = set(names)
    tops = {name.split("/")[0] for name in there}
    strange = sorted(top for top in tops - {*packages} if not top.endswith((".dist-info", ".data")))
    return [
        *(f"the wheel holds {top}, which is none of the product's packages" for top in strange),
        *(f"the wheel lacks {name}" for name in sorted({*needed} - there)),
        *secrets_in(there),
    ]


def secrets_in(names: Iterable[str]) -> list[str]:
    """Files that belong to a firm or a machine; the pages have examples of them."""
    found = [name for name in sorted(names) if SECRET.search(name) and EXAMPLES not in name]
    return [f"{name} does not belong into a release" for name in found]


def run(*arguments: str) -> None:
    """One of the tools; what it prints is shown where it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\n{' '.join(arguments[:3])} failed")


if __name__ == "__main__":
    main()
