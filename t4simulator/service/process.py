"""A simulator in the background: start, stop, status, reset; one for each folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from t4simulator.service.folder import LOG, RUN, AlreadyRunning, holder, lock

STARTING = "start.lock"
PAUSE = 0.02  # seconds between two looks
PATIENCE = 10.0  # seconds for an answer


class SimulatorError(RuntimeError):
    """The simulator could not be started, stopped or reset; the message says why and where its log is."""


class NoAnswer(SimulatorError):
    """It was asked to change something, and its answer did not come: it may be done, or be done later."""


@dataclass(frozen=True)
class Run:
    """A running simulator: where it listens and what a client needs. Secrets are not shown by repr().

    `login` and `reader` hold firm, userName, password, appName, appLicense; `socket`: the address of the
    WebSocket; `authority`: the PEM file to trust (TLS).
    """

    folder: Path
    pid: int
    endpoint: str
    api_key: str = field(repr=False)
    login: dict[str, str] = field(repr=False)
    password_seed: str = field(repr=False)
    socket: str
    reader: dict[str, str] = field(repr=False)
    authority: Path | None = None

    @property
    def portal(self) -> str:
        """Where the administrator's pages are."""
        return f"{self.endpoint}/portal"


def start(folder: Path, port: int = 0, tls: str | None = None, wait: float = 60.0) -> Run:
    """Starts a simulator for `folder` and returns when it answers; or returns the one that runs already.

    It outlives this process, and its environment holds nothing of ours but PATH, home, language and scratch
    folder: no key or passphrase lives on in it. `port` 0: the last one used for this folder where it is free,
    else any. `tls`: a kind of certificate (`certificates.KINDS`). Raises SimulatorError when it
    does not answer within `wait` seconds.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_at_a_time(folder):
        running = status(folder)
        if running is not None:
            return running
        child = _spawn(folder, port, tls)
        until = time.monotonic() + wait
        while time.monotonic() < until:
            running = status(folder)
            if running is not None:
                child.returncode = 0  # it outlives us on purpose: Popen need not warn that it still runs
                return running
            if child.poll() is not None:
                raise SimulatorError(
                    f"The simulator did not start: {_last_words(folder)} (log: {folder / LOG})"
                )
            time.sleep(PAUSE)
        child.kill()
        child.wait()
        raise SimulatorError(
            f"The simulator was started, and did not answer within {wait:g} seconds. It is stopped again; "
            f"nothing in it has changed. On a busy machine, try once more (log: {folder / LOG})."
        )


def status(folder: Path) -> Run | None:
    """The simulator that serves `folder` and answers, or None."""
    folder = folder.absolute()
    run = _run(folder) if holder(folder) else None
    return run if run is not None and _healthy(run) else None


def stop(folder: Path, wait: float = 10.0) -> bool:
    """Stops the simulator of `folder`; whether there was one. Calls in flight have 2 seconds to finish.

    Only the process that holds the folder's lock is signalled. Raises SimulatorError when it does not end.
    """
    folder = folder.absolute()
    serving = holder(folder)
    if not serving:
        (folder / RUN).unlink(missing_ok=True)
        return False
    for number, patience in ((signal.SIGTERM, wait), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(serving, number)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if holder(folder) != serving:
                with contextlib.suppress(ChildProcessError):  # when it is our own child, nothing stays of it
                    os.waitpid(serving, os.WNOHANG)
                (folder / RUN).unlink(missing_ok=True)
                return True
            time.sleep(PAUSE)
    raise SimulatorError(f"The simulator (process {serving}) does not end (log: {folder / LOG}).")


def reset(folder: Path) -> None:
    """Empties the firm back to the first templates; the keys stay. It may be running or not.

    One that is not running takes another port next time: what others remember of this one is no longer so.
    Raises SimulatorError when it runs and does not answer.
    """
    folder = folder.absolute()
    running = status(folder)
    if running is not None:
        _call(running, "POST", "/simulator/reset")
        return
    from t4simulator.firm.store import Store
    from t4simulator.service.server import PORT

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with lock(folder):
            store = Store(folder)
            store.reset()
            store.close()
            (folder / PORT).unlink(missing_ok=True)
    except AlreadyRunning:
        raise SimulatorError(
            "The simulator is running but does not answer: stop it, then reset it."
        ) from None


def state(run: Run) -> dict[str, Any]:
    """All users, accounts, templates and exchanges of the firm: `Control.state`. Raises SimulatorError."""
    return _call(run, "GET", "/simulator/state")


def act(run: Run, name: str, values: Mapping[str, str]) -> str:
    """Does one of the portal's forms (`t4simulator.portal.acts`); returns a sentence about what is so now.
    Raises SimulatorError, with what is wrong, where it is refused."""
    return str(_call(run, "POST", f"/simulator/administrator/{name}", values)["done"])


def is_so(run: Run, name: str, values: Mapping[str, str]) -> bool:
    """Whether what a form asks for is so already (`t4simulator.portal.so_already`). Changes nothing. Raises
    SimulatorError as `act` does."""
    return bool(_call(run, "POST", f"/simulator/administrator/{name}/so", values, reads=True)["so"])


def add_user_template(run: Run, name: str, applications: Iterable[str], roles: Iterable[str]) -> None:
    """Adds a template user, with what it gives, or replaces it. Raises SimulatorError."""
    given = {"applications": [*applications], "roles": [*roles]}
    _call(run, "PUT", f"/simulator/templates/users/{quote(name, safe='')}", given)


def add_account_template(run: Run, name: str) -> None:
    """Adds a template account, or replaces it: its accounts come out disabled. Raises SimulatorError."""
    _call(run, "PUT", f"/simulator/templates/accounts/{quote(name, safe='')}", {})


def _spawn(folder: Path, port: int, tls: str | None) -> subprocess.Popen[bytes]:
    ours = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    environment = {name: os.environ[name] for name in ours if name in os.environ}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "t4simulator", "--folder", str(folder), "--port", str(port)]
    command += ["--tls", tls] if tls else []
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    finally:
        os.close(log)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two starts at once: the second waits and finds what the first one started."""
    with (folder / STARTING).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(folder: Path) -> Run | None:
    try:
        kept: dict[str, Any] = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return Run(
            folder=folder,
            pid=kept["pid"],
            endpoint=kept["endpoint"],
            api_key=kept["apiKey"],
            login=kept["login"],
            password_seed=kept["passwordSeed"],
            socket=kept["socket"],
            reader=kept["reader"],
            authority=Path(kept["authority"]) if kept["authority"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _healthy(run: Run) -> bool:
    try:
        return bool(_call(run, "GET", "/simulator/health").get("pid") == run.pid)
    except SimulatorError:
        return False


def _call(
    run: Run, method: str, path: str, body: Mapping[str, object] | None = None, *, reads: bool = False
) -> dict[str, Any]:
    """Asks our own process on loopback, past any proxy; its certificate may be wrong on purpose. `reads`:
    changes nothing, although it is no GET."""
    if not _is_here(run.endpoint):
        raise SimulatorError(f"The simulator's endpoint is not on loopback: {run.endpoint}")
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if run.endpoint.startswith("https"):
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        handlers.append(urllib.request.HTTPSHandler(context=trusting))
    opener = urllib.request.build_opener(*handlers)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(run.endpoint + path, data, method=method)  # noqa: S310  # checked above
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            read: dict[str, Any] = json.load(answer)
            return read
    except urllib.error.HTTPError as refused:
        with refused:
            raise SimulatorError(_words(refused)) from None
    except (OSError, ValueError, HTTPException) as error:
        if reads or method == "GET" or _is_unsent(error):
            raise SimulatorError(f"The simulator at {run.endpoint} does not answer: {error}") from None
        raise NoAnswer(
            f"The simulator at {run.endpoint} got this, and its answer did not come ({error}). It may have "
            "done it, or still do it."
        ) from None


def _is_unsent(error: Exception) -> bool:
    """Whether nobody got the request."""
    return isinstance(error, urllib.error.URLError) and isinstance(error.reason, ConnectionRefusedError)


def _is_here(endpoint: str) -> bool:
    """Whether it is on the one address that a simulator listens on (`service.server`)."""
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and parts.hostname == "127.0.0.1" and bool(parts.port)
    except ValueError:
        return False


def _words(refused: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(refused)["message"])
    except (ValueError, KeyError, TypeError):
        return f"The simulator answered {refused.code}."


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it said nothing"
