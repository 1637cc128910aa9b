"""One simulator in the foreground: the socket on loopback, the lock, run.json, uvicorn."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn

from t4simulator.api.app import application
from t4simulator.service.certificates import Certificate, certificate_in
from t4simulator.service.connection import T4Protocol
from t4simulator.service.folder import RUN, lock, write_private
from t4simulator.service.identity import identity_in

HOST = "127.0.0.1"  # never anything else: the keys lie in a file, and the control routes need none
PORT = "port.json"  # the last port, so that a restart keeps the address where it can
# Seconds: longer than a client waits between two calls, so that no idle connection ends under it.
KEEP_ALIVE = 75


def _listening(port: int, folder: Path) -> socket.socket:
    """A listening socket on loopback: the port asked for, else the last one, else any."""
    last = folder / PORT
    wanted = [port]
    if port == 0 and last.exists():
        wanted = [int(json.loads(last.read_text(encoding="utf-8"))), 0]
    for candidate in wanted:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen(2048)
        except OSError:
            listener.close()
            if candidate == wanted[-1]:
                raise
            continue
        write_private(last, listener.getsockname()[1])
        return listener
    raise AssertionError("unreachable: the last candidate returns or raises")


def serve(folder: Path, port: int = 0, tls: str | None = None) -> None:
    """Serves until SIGTERM or SIGINT. Raises AlreadyRunning, or OSError when the port is taken.

    `tls`: None for plain HTTP, else a kind of `t4simulator.service.certificates.KINDS`.
    """
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    with lock(folder):
        identity = identity_in(folder)
        listener = _listening(port, folder)
        certificate = certificate_in(folder, tls) if tls else None
        endpoint = f"{'https' if tls else 'http'}://{HOST}:{listener.getsockname()[1]}"
        run: dict[str, Any] = {
            "pid": os.getpid(),
            "endpoint": endpoint,
            "apiKey": identity.apiKey,
            "login": asdict(identity.login),
            "passwordSeed": identity.passwordSeed,
            "socket": f"{endpoint.replace('http', 'ws', 1)}/v1",
            "reader": asdict(identity.reader),
            "authority": str(certificate.authority) if certificate else None,
        }
        app = application(
            folder,
            identity,
            {"status": "healthy", "pid": os.getpid(), "folder": str(folder)},
            started=lambda: write_private(folder / RUN, run),
            stopped=lambda: (folder / RUN).unlink(missing_ok=True),
        )
        print(f"T4 simulator at {endpoint}, kept in {folder}", flush=True)
        uvicorn.Server(_config(app, certificate)).run(sockets=[listener])


def _config(app: Any, certificate: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=T4Protocol,
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
