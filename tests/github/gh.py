#!/usr/bin/env python3
"""Stands in for GitHub's command `gh`: one repository in a file, with the calls that `t4firm github` makes.

The repository ($GH_REPOSITORY, JSON): `me`, `tip` (the newest commit of main), `comments` and `issues` (as
the API shows them), `pulls` (commit -> pull requests), `reviews` and
`written` (pull request -> its reviews, its commits), `runs` (commit -> runs of preview.yml), `artifacts`
(run -> name -> file -> text), `expired` (names of artifacts that are no longer kept), `calls` (what was
written). Lists come in pages of two, one after the other, as `gh api --paginate` prints them.
"""

import fcntl
import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FILE = Path(os.environ["GH_REPOSITORY"])
PAGE = 2
ROOT = "repos/{owner}/{repo}/"


def refused(words: str) -> Any:
    sys.exit(f"gh: {words}")


def api(words: list[str], kept: dict[str, Any]) -> None:
    method, paged, path, body = "GET", False, "", {}
    while words:
        match words.pop(0):
            case "--method":
                method = words.pop(0)
            case "--paginate":
                paged = True
            case "-f":
                assert "viewer { login }" in words.pop(0)
            case "--input":
                assert words.pop(0) == "-"
                body = json.load(sys.stdin)
            case each:
                path = each
    if path == "graphql":
        print(json.dumps({"data": {"viewer": {"login": kept["me"]}}}))
        return
    found = answer(method, path.removeprefix(ROOT), body, kept)
    if paged and len(found) > PAGE:
        print("".join(json.dumps(found[at : at + PAGE]) for at in range(0, len(found), PAGE)))
    else:
        print(json.dumps(found))


def answer(method: str, path: str, body: dict[str, str], kept: dict[str, Any]) -> Any:
    address = urlsplit(path)
    asked = parse_qs(address.query)
    if method != "GET":
        kept["calls"].append([method, address.path])
    match method, address.path.split("/"):
        case "GET", ["issues", number, "comments"]:
            return [each for each in kept["comments"] if each["issue"] == int(number)]
        case "POST", ["issues", number, "comments"]:
            made = {"id": len(kept["comments"]) + 1, "issue": int(number), **new(body, kept, "c")}
            kept["comments"].append(made)
            return made
        case "PATCH", ["issues", "comments", number]:
            return changed(kept["comments"], "id", number, body)
        case "GET", ["issues"]:
            return [each for each in kept["issues"] if each["state"] in asked["state"]]
        case "POST", ["issues"]:
            made = {"number": len(kept["issues"]) + 1, "state": "open", **new(body, kept, "i")}
            kept["issues"].append(made)
            return made
        case "PATCH", ["issues", number]:
            return changed(kept["issues"], "number", number, body)
        case "GET", ["commits", "main"]:
            return {"sha": kept["tip"]}
        case "GET", ["commits", commit, "pulls"]:
            return kept["pulls"].get(commit, [])
        case "GET", ["pulls", number, "reviews"]:
            return kept["reviews"].get(number, [])
        case "GET", ["pulls", number, "commits"]:
            return kept["written"].get(number, [])
        case "GET", ["actions", "workflows", "preview.yml", "runs"]:
            ended = {"status": "completed", "conclusion": "success", "html_url": "https://github.example/r"}
            found = kept["runs"].get(asked["head_sha"][0], [])
            return {"workflow_runs": [{**ended, **each} for each in found]}
        case "GET", ["actions", "runs", run, "artifacts"]:
            expired = {"expires_at": "2026-11-20T10:00:00Z"}
            return {
                "artifacts": [
                    {"name": name, "expired": name in kept["expired"], **expired}
                    for name in kept["artifacts"].get(run, {})
                    if name == asked["name"][0]
                ]
            }
    return refused(f"Not Found (HTTP 404): {method} {path}")


def new(body: dict[str, str], kept: dict[str, Any], letter: str) -> dict[str, Any]:
    if len(body["body"]) > 65_536:
        refused("body is too long (maximum is 65536 characters) (HTTP 422)")
    number = 1 + len(kept["comments" if letter == "c" else "issues"])
    return {**body, "user": {"login": kept["me"]}, "html_url": f"https://github.example/{letter}{number}"}


def changed(entries: list[dict[str, Any]], key: str, number: str, body: dict[str, str]) -> dict[str, Any]:
    (entry,) = [each for each in entries if each[key] == int(number)]
    entry.update(body)
    return entry


def download(words: list[str], kept: dict[str, Any]) -> None:
    run, _, name, _, folder = words
    files = kept["artifacts"].get(run, {}).get(name) or refused(f"no artifact matches {name}")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        assert re.fullmatch(r"[a-z.]+", file)
        (Path(folder) / file).write_text(text)


def main() -> None:
    """One call at a time: the jobs of a workflow run side by side."""
    with FILE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call()


def call() -> None:
    kept = json.loads(FILE.read_text())
    match sys.argv[1:]:
        case ["api", *words]:
            api(words, kept)
        case ["run", "download", *words]:
            download(words, kept)
        case _:
            refused("unknown command")
    FILE.write_text(json.dumps(kept))


main()
