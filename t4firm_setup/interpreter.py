"""Finds a Python that is new enough. Any Python 3.6 can read this file: that may be what `python3` is."""

import os
import subprocess
import sys

MINIMUM = (3, 11)
# Those that the libraries have wheels for, newest first; a newer one than these is only found as `python3`.
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3")
_TEST = f"import sys; sys.exit(0 if sys.version_info >= {MINIMUM} else 1)"


def suitable_python(search_path):  # type: (str) -> str | None
    """Path of the first candidate on `search_path` that runs and is new enough (a pyenv shim may not run)."""
    for name in CANDIDATES:
        for folder in search_path.split(os.pathsep):
            candidate = os.path.join(folder or ".", name)
            if os.access(candidate, os.X_OK) and not os.path.isdir(candidate) and _runs(candidate):
                return candidate
    return None


def _runs(python):  # type: (str) -> bool
    try:
        return subprocess.call([python, "-c", _TEST], stderr=subprocess.DEVNULL, timeout=20) == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def require_suitable_python():  # type: () -> None
    """Goes on in this process if its Python is new enough, else begins again in one that is, or exits."""
    if sys.version_info >= MINIMUM:
        return
    python = suitable_python(os.environ.get("PATH", ""))
    if python is None:
        sys.exit(
            f"Set-up stopped. Python {MINIMUM[0]}.{MINIMUM[1]} or newer is needed, "
            f"and {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}.\n"
            "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python)\n"
            "or name one: make setup PYTHON=/path/to/python3.12"
        )
    os.execv(python, [python, "-m", "t4firm_setup", *sys.argv[1:]])  # noqa: S606 (no shell is wanted)
