"""`t4firm new`, `depart`, `move-account`, `revoke`: shown, and written when somebody agrees."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.cli.conftest import T4FIRM, Folder
from tests.programs import killed_on_failure

NEW = (
    "new",
    "user",
    "trader.c",
    "--firstname",
    "Cem",
    "--lastname",
    "Utah",
    "--phone",
    "1",
    "--email",
    "c@x",
)
PLACE = (
    "--street",
    "2 Elm St",
    "--city",
    "Reno",
    "--county",
    "Washoe",
    "--state",
    "NV",
    "--post-code",
    "89501",
)


def test_a_new_user_by_options(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    said = folder.t4firm(*NEW, *PLACE, "--account", "55555", "--market-data", "CME=Depth", "--yes")
    assert said.code == 0, said.err
    assert "+  trader.c:" in said.out
    assert "-" not in {line[:1] for line in said.out.splitlines() if not line.startswith("---")}
    after = folder.firm_file.read_text()
    assert after.replace(after[after.index("\n  trader.c:") : after.index("\n# Only what")], "") == before
    assert folder.t4firm("validate").code == 0


def test_what_lacks_is_said_and_nothing_is_written(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    said = folder.t4firm(*NEW, "--account", "55555", "--yes")
    assert said.code == 1
    assert "stacks/demo.firm.yaml: users.trader.c.city: is missing; " in said.err
    assert said.err.endswith("Nothing was written into the firm file.\n")
    assert folder.firm_file.read_text() == before


def test_somebody_departs_and_who_is_not_there_cannot(folder: Folder) -> None:
    assert folder.t4firm("depart", "trader.b", "--dry-run").code == 2
    assert folder.t4firm("depart", "trader.b", "--yes").code == 0
    assert folder.firm_file.read_text().count("departed: true") == 1
    said = folder.t4firm("depart", "nobody", "--yes")
    assert said.code == 1
    assert 'there is no user "nobody" in demo.firm.yaml' in said.err


def answered(folder: Folder, *words: str, code: int = 0) -> dict[str, Any]:
    said = folder.t4firm(*words, "--json")
    assert said.code == code, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_a_program_is_told_what_came_of_a_change(folder: Folder) -> None:
    dry = answered(folder, "depart", "trader.b", "--dry-run", code=2)
    assert (dry["written"], dry["files"], dry["mistakes"]) == (False, ["demo.firm.yaml"], [])
    assert "+    departed: true" in dry["difference"]
    done = answered(folder, "depart", "trader.b", "--yes")
    assert (done["stack"], done["written"], done["next"].partition(":")[0]) == ("demo", True, "Next")
    again = answered(folder, "depart", "trader.b", "--yes")
    assert (again["written"], again["files"], again["difference"]) == (False, [], "")
    assert answered(folder, "revoke", "trader.a", "--application", "WhenTech", "--yes")["written"]
    assert answered(folder, "new", "account", "55555", "--user", "trader.a", "--yes")["written"]
    assert answered(folder, "move-account", "55555", "--to", "trader.b", "--dry-run", code=2)["difference"]
    wrong = answered(folder, *NEW, "--account", "66666", "--yes", code=1)
    assert "users.trader.c.city" in {mistake["field"] for mistake in wrong["mistakes"]}
    assert answered(folder, *NEW, *PLACE, "--account", "66666", "--yes")["written"]


def test_with_json_nobody_is_asked(folder: Folder) -> None:
    said = folder.t4firm("depart", "trader.b", "--json")
    assert (said.code, said.out) == (1, "")
    assert "--json cannot ask: add --yes or --dry-run" in said.err


@contextmanager
def asked(folder: Folder, *words: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The command on a terminal, at its question."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [T4FIRM, *words],
        cwd=folder.path,
        env=folder.environment(TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    with killed_on_failure(run):
        os.close(theirs)
        shown = b""
        while b"Write this? [y/N]" not in shown:
            shown += os.read(ours, 65536)
        yield run, ours
        run.wait(60)
    os.close(ours)


def test_what_a_person_saves_while_the_question_waits_stays(folder: Folder) -> None:
    with asked(folder, "depart", "trader.b") as (run, terminal):
        saved = folder.firm_file.read_text() + "# my own change\n"
        folder.firm_file.write_text(saved)
        os.write(terminal, b"y\n")
        shown = b""
        while b"was changed by somebody else meanwhile" not in shown:
            shown += os.read(terminal, 65536)
    assert run.returncode == 1
    assert folder.firm_file.read_text() == saved


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_question_that_is_broken_off_writes_nothing(folder: Folder, number: signal.Signals) -> None:
    before = {path.name: path.read_bytes() for path in folder.firm_file.parent.iterdir()}
    with asked(folder, "depart", "trader.b") as (run, _):
        while run.poll() is None:  # one just before it begins to read is heard with the next
            run.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                run.wait(1)
    assert run.returncode not in (0, 2)
    assert {path.name: path.read_bytes() for path in folder.firm_file.parent.iterdir()} == before
