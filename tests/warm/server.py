"""`python -m tests.warm.server SOCKET`: starts `t4firm` without the time that its imports take.

Most tests of a command ask what it prints, and importing the product takes longer than that. This process has
imported all of it, has done nothing else, and forks for each command: one that has a process, a folder, an
environment, an exit code and standard streams of its own, as if it had just been started. `command.py` beside
it asks for that and stands in for the command. The server ends when its standard input is closed, and kills
what it started.

What differs from a start of its own: what Python itself reads when it starts (`PYTHONPATH`, the encoding), a
terminal, and signals. Tests of these start `t4firm` itself.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import t4firm_cli

T4FIRM = Path(sys.executable).parent / "t4firm"
LATER = (
    *("cryptography.hazmat.primitives.hashes", "cryptography.hazmat.primitives.kdf.hkdf"),
    *("cryptography.hazmat.primitives.kdf.scrypt", "deepdiff", "importlib.metadata", "jmespath"),
    *("rich.console", "rich.table", "rich.text", "websockets.sync.client"),
)
"""What the product imports where it needs it."""


def import_the_product() -> None:
    for module in pkgutil.walk_packages(t4firm_cli.__path__, "t4firm_cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in LATER:
        importlib.import_module(name)
    gc.freeze()  # the children share the memory of what was imported


def serve(listener: socket.socket) -> bool:
    """Forks for each that asks. True in a child, which is to be the command; False when there are no more."""
    running: dict[int, socket.socket] = {}
    ended, ends = socket.socketpair()
    ends.setblocking(False)
    signal.set_wakeup_fd(ends.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with selectors.DefaultSelector() as ready:
        for each in (0, listener, ended):
            ready.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj == 0:
                    for pid in running:
                        os.kill(pid, signal.SIGKILL)
                    return False
                if key.fileobj is ended:
                    ended.recv(4096)
                    _tell_who_ended(running)
                    continue
                asking, _ = listener.accept()
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _become(asking)
                    for other in (*running.values(), asking, listener, ended, ends):
                        other.close()
                    return True
                running[pid] = asking


def _tell_who_ended(running: dict[int, socket.socket]) -> None:
    for pid in list(running):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            with running.pop(pid) as asking, suppress(BrokenPipeError):
                asking.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asking: socket.socket) -> None:
    """Takes over the streams, the folder, the environment and the arguments of who asks."""
    _, streams, _, _ = socket.recv_fds(asking, 1, 3)
    with asking.makefile("rb") as file:
        wanted = json.load(file)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    sys.argv = [str(T4FIRM), *wanted["arguments"]]


def _end(end: SystemExit) -> None:
    """Ends as Python does, except that it takes nothing apart of all that was imported: that costs more than
    the command."""
    if not isinstance(end.code, int | None):
        raise end
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code or 0)


def main() -> None:
    import_the_product()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("ready", flush=True)
        is_command = serve(listener)
    if is_command:
        try:
            runpy.run_path(str(T4FIRM), run_name="__main__")
        except SystemExit as end:
            _end(end)


if __name__ == "__main__":
    main()
