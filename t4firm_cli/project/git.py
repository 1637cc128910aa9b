"""git, called in a project's folder: it answers in the same words and forms whatever its user has set."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from t4firm_cli.project.layout import ProjectError

SETTINGS: Final = ("log.showSignature=false", "i18n.logOutputEncoding=UTF-8", "core.quotePath=false")
"""What a user may have set otherwise, and what then would stand between the parts of an answer."""

WORDS: Final = {"LC_ALL": "C", "TZ": "UTC"}
"""Its words are looked at, and its days are UTC's."""


def git(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """What git prints, and how it ended. Raises ProjectError where there is no git."""
    settings = (word for each in SETTINGS for word in ("-c", each))
    try:
        return subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env={**os.environ, **(environ or {}), **WORDS},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise ProjectError("there is no `git` here, which knows who changed what") from None


def is_ignored(folder: Path, file: Path) -> bool:
    """Whether `git add` leaves a file out; not where there is no git, or no repository."""
    try:
        return git(folder, "check-ignore", "--quiet", str(file)).returncode == 0
    except ProjectError:
        return False


def text_of(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What git printed; characters that are not UTF-8 are replaced."""
    return done.stdout.decode(errors="replace")


def words_of(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What git said of it."""
    return done.stderr.decode(errors="replace").strip()
