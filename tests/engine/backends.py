"""Where a state can be kept beside files: PostgreSQL's server and an S3 server, started for a test.

with running_postgres() as backend:
    project.environ |= backend.environ
"""

import contextlib
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.clock import PATIENCE
from tests.needed import missing

REQUIRED = "T4_EVERY_BACKEND"
"""Set by `.ci/run`, which installs PostgreSQL: there its test fails where the server is missing."""

UNPRIVILEGED = "nobody"
"""Who runs PostgreSQL's server where the tests run as root: it refuses root."""


@dataclass(frozen=True)
class Backend:
    """`url`: as PULUMI_BACKEND_URL names it; `environ`: that, and the credentials that it takes."""

    url: str
    credentials: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        return {"PULUMI_BACKEND_URL": self.url, **self.credentials}


def postgres_programs() -> Path:
    """The folder of PostgreSQL's server. Debian keeps it off PATH, one folder for each version."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        folders.insert(0, Path(found).parent)
    server = next((folder for folder in folders if (folder / "postgres").exists()), None)
    if server is None:
        missing("PostgreSQL's server is not installed: apt-get install postgresql", REQUIRED)
    return server


@contextlib.contextmanager
def running_postgres() -> Iterator[Backend]:
    """A server of its own on a free port of this machine, with its data in a folder of its own."""
    programs = postgres_programs()
    user = UNPRIVILEGED if os.geteuid() == 0 else getpass.getuser()
    password, port = secrets.token_hex(12), free_port()
    # not in pytest's folder, which nobody else may enter
    with tempfile.TemporaryDirectory(prefix="t4-postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
        data = folder / "data"
        init = ("-D", data, "-U", "t4", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "-N")
        subprocess.run([programs / "initdb", *init], user=user, cwd=folder, check=True, capture_output=True)
        serve = ("-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, "-F")
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", *serve], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            _until_it_listens(server, port, folder / "log")
            yield Backend(f"postgres://t4:{password}@127.0.0.1:{port}/postgres?sslmode=disable")
        finally:
            server.terminate()
            server.wait(PATIENCE)


@contextlib.contextmanager
def running_s3() -> Iterator[Backend]:
    """moto's S3, with an empty bucket."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    keys = {
        "AWS_ACCESS_KEY_ID": "for-tests",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(12),
        "AWS_REGION": "us-east-1",
    }
    with tempfile.NamedTemporaryFile(prefix="t4-s3-") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _until_it_listens(server, port, Path(log.name))
            httpx.put(f"http://127.0.0.1:{port}/t4-state", timeout=PATIENCE).raise_for_status()
            place = f"endpoint=http://127.0.0.1:{port}&s3ForcePathStyle=true&region=us-east-1"
            yield Backend(f"s3://t4-state?{place}", keys)
        finally:
            server.terminate()
            server.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _until_it_listens(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
