"""This machine: the Python, the libraries, the engine with its language host, the simulator."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Final

from t4firm_cli.doctor.finding import Finding
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project, ProjectError
from t4simulator.service import process

OLDEST_ENGINE: Final = (3, 250)
LANGUAGE_HOST: Final = "pulumi-language-python"
SET_UP: Final = "`t4firm setup` brings it"


def python() -> Finding:
    """The Python that runs this command, and the program."""
    return Finding("python", "fine", f"{platform.python_version()} ({sys.executable})")


def libraries(pinned: str) -> Finding:
    """The installed libraries against those with which this version was tested (constraints.txt)."""
    pins = _pins(pinned)
    installed = {
        re.sub(r"[-_.]+", "-", found.name).lower(): found.version for found in metadata.distributions()
    }
    others = [
        f"{name} {installed[name]} instead of {pin}"
        for name, pin in sorted(pins.items())
        if installed.get(name, pin) != pin
    ]
    if others:
        says = f"{len(others)} not as pinned: {', '.join(others)}"
        return Finding("libraries", "warning", says, "`t4firm setup` installs the tested versions")
    return Finding("libraries", "fine", f"{len(pins.keys() & installed.keys())}, as pinned")


def _pins(constraints: str) -> Mapping[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9-]*)==([^\s;\\]+)", constraints, re.MULTILINE))


def engine(environ: Mapping[str, str], pulumi: Pulumi | None) -> Iterator[Finding]:
    """`pulumi` and its Python language host, as they are found on PATH."""
    path = environ["PATH"]
    command = shutil.which("pulumi", path=path)
    if command is None:
        yield Finding("engine", "problem", "there is no `pulumi` on PATH", SET_UP)
        return
    if pulumi is not None:
        yield _version(pulumi, command)
    host = shutil.which(LANGUAGE_HOST, path=path)
    if host is None:
        yield Finding("language host", "problem", f"there is no `{LANGUAGE_HOST}` on PATH", SET_UP)
    else:
        yield Finding("language host", "fine", host)


def _version(pulumi: Pulumi, command: str) -> Finding:
    try:
        said = pulumi.read("version").strip()
    except (ProjectError, OSError) as error:
        return Finding("engine", "problem", f"{command} does not run: {error}", SET_UP)
    numbers = re.match(r"v?(\d+)\.(\d+)", said)
    if numbers is None or not OLDEST_ENGINE <= (int(numbers[1]), int(numbers[2])) < (OLDEST_ENGINE[0] + 1,):
        wanted = ".".join(map(str, OLDEST_ENGINE))
        says = f"{command} is version {said}, and {wanted} or newer (below {OLDEST_ENGINE[0] + 1}) is needed"
        return Finding("engine", "problem", says, SET_UP)
    return Finding("engine", "fine", f"pulumi {said} ({command})")


def simulator(project: Project, needed: bool) -> Finding:
    """Whether the embedded simulator runs, and whether this stack needs it."""
    run = process.status(project.simulator)
    if run is not None:
        return Finding("simulator", "fine", f"runs at {run.endpoint} (process {run.pid})")
    if needed:
        return Finding(
            "simulator", "problem", "this stack is on it, and it does not run", "`t4firm simulator start`"
        )
    return Finding("simulator", "fine", "does not run; this stack does not use it")
