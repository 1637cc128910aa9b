"""GitHub through its own command `gh`, which knows the repository (from the git remote, or GH_REPO) and the
token (GH_TOKEN); also on a GitHub Enterprise Server, in its workflows."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from t4firm_cli.project.layout import ProjectError

HERE: Final = "repos/{owner}/{repo}"
"""`gh api` puts the repository in."""

WHO: Final = "query { viewer { login } }"
"""Every kind of token may ask this: a person's, a workflow's own, an App's. /user takes only a person's."""


class Gh:
    """The repository of this folder on GitHub. Every method raises ProjectError with gh's own words."""

    def listed(self, path: str) -> list[dict[str, Any]]:
        """Every entry of a list, over all of its pages."""
        mark = "&" if "?" in path else "?"
        said = self._said("api", "--method", "GET", "--paginate", f"{HERE}/{path}{mark}per_page=100")
        return [entry for page in _pages(said) for entry in page]

    def read(self, path: str) -> Any:
        return json.loads(self._said("api", "--method", "GET", f"{HERE}/{path}"))

    def send(self, method: str, path: str, body: Mapping[str, str]) -> Any:
        """`body` goes by standard input: no text of a firm file ever stands in a command line."""
        return json.loads(
            self._said("api", "--method", method, f"{HERE}/{path}", "--input", "-", stdin=json.dumps(body))
        )

    def download(self, run: int, artifact: str, into: Path) -> None:
        """The files of an artifact that a workflow's run left."""
        self._said("run", "download", str(run), "--name", artifact, "--dir", str(into))

    @cached_property
    def login(self) -> str:
        """Who the token is: `ann`, `github-actions[bot]`, `our-app[bot]`."""
        return str(json.loads(self._said("api", "graphql", "-f", f"query={WHO}"))["data"]["viewer"]["login"])

    def _said(self, *arguments: str, stdin: str = "") -> str:
        try:
            done = subprocess.run(
                ["gh", *arguments],
                env=_environ(),
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise ProjectError("there is no `gh` here: GitHub's command, https://cli.github.com") from None
        if done.returncode:
            raise ProjectError(f"gh {' '.join(arguments[:6])} failed: {done.stderr.strip()}")
        return done.stdout


def _environ() -> dict[str, str]:
    """`gh` looks for a server of the firm's own, and for the token there, under other names."""
    host = urlsplit(os.environ.get("GITHUB_SERVER_URL", "")).hostname
    token = os.environ.get("GH_TOKEN")
    if not host or host == "github.com" or not token:
        return {**os.environ}
    return {"GH_HOST": host, "GH_ENTERPRISE_TOKEN": token, **os.environ}


def _pages(text: str) -> Iterator[list[dict[str, Any]]]:
    """gh prints the pages of a list one after the other: `[…][…]`."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        page, at = decoder.raw_decode(text, at)
        yield page
        at += len(text[at:]) - len(text[at:].lstrip())
