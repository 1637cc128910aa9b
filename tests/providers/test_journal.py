"""The journal: written before the call and to the disk, trusted only when it is whole and ours, read by the
next run."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.t4.session.journal import Attempt, Entry, Journal, JournalUnusable, _entry
from providers.t4.session.password import password_for
from tests.api.scripted import Heard, Reply, Reset, ScriptedT4, Step
from tests.engine.project import BOUND_SEED, SEED, Simulator
from tests.providers.stack import ROOT, Stack

ENDPOINT = "https://t4.example.com"
ONBOARDING = "/admin/v1/onboarding"
KEY = "onboard/trader.a"
EARLY, LATE = "2026-11-21T09:00:00.000+00:00", "2026-11-21T09:00:01.000+00:00"
ANSWER = {"userID": "90E5", "roles": ["Trading"]}
MARKS = {"email": "5a1f"}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", ENDPOINT)


def begun(*times: str) -> tuple[Attempt, ...]:
    """Attempts to send the request with these marks."""
    return tuple(Attempt(at, MARKS) for at in times)


def files(journal: Journal) -> list[Path]:
    """The entries' files."""
    return sorted(journal.folder.glob("*.json"))


# --- the file ---------------------------------------------------------------------------------------------


def test_an_attempt_and_its_answer_are_found_again(journal: Journal) -> None:
    assert journal.intend(KEY, EARLY, MARKS) == Entry(KEY)
    assert journal.find(KEY) == Entry(KEY, begun(EARLY))
    assert journal.intend(KEY, LATE, MARKS) == Entry(KEY, begun(EARLY)), "what stood there before"
    journal.answered(KEY, LATE, ANSWER, MARKS)
    assert journal.find(KEY) == Entry(KEY, begun(EARLY, LATE), LATE, ANSWER, MARKS)


def test_an_answer_to_an_earlier_request_is_none_once_another_one_is_begun(journal: Journal) -> None:
    """Whatever becomes of the second one, T4 need not have what the first one sent any more."""
    journal.answered(KEY, EARLY, ANSWER, MARKS)
    assert journal.intend(KEY, LATE, {"email": "other"}) == Entry(KEY, (), EARLY, ANSWER, MARKS)
    assert journal.find(KEY) == Entry(KEY, (Attempt(LATE, {"email": "other"}),))


def test_nobody_else_can_read_it(journal: Journal) -> None:
    before = os.umask(0)
    try:
        journal.intend(KEY, EARLY, MARKS)
    finally:
        os.umask(before)
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    kept = list(journal.folder.iterdir())
    assert len(kept) == 2, "the entry and the lock"
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


def test_an_entry_is_on_the_disk_before_it_has_its_name(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def replaced(source: Any, target: Any) -> None:
        done.append("name")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    journal.intend(KEY, EARLY, MARKS)
    assert done == ["file", "name", "folder"]


def test_each_endpoint_has_its_own(journal: Journal) -> None:
    journal.answered(KEY, LATE, ANSWER, MARKS)
    assert Journal(journal.folder.parent, "https://t4.example.com:8443").find(KEY) is None
    assert Journal(journal.folder.parent, ENDPOINT).find(KEY) is not None


def test_the_case_of_a_key_counts_and_odd_characters_do_no_harm(journal: Journal) -> None:
    odd = "assign-account/../../x/é\n/" + "y" * 300
    journal.answered(odd, LATE, ANSWER, MARKS)
    assert journal.find(odd) == Entry(odd, (), LATE, ANSWER, MARKS)
    assert [file.parent for file in files(journal)] == [journal.folder]


def test_two_processes_at_once_lose_nothing(journal: Journal) -> None:
    program = (
        "import sys; from pathlib import Path; from providers.t4.session.journal import Journal\n"
        f"journal = Journal(Path(sys.argv[1]), {ENDPOINT!r})\n"
        f"for turn in range(40): journal.intend({KEY!r}, sys.argv[2] + str(turn), {{}})\n"
    )
    command = [sys.executable, "-c", program, str(journal.folder.parent)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    found = journal.find(KEY)
    assert found is not None
    assert sorted(found.begun) == sorted(f"{name}{turn}" for name in "ab" for turn in range(40))


def test_what_a_killed_writer_left_is_no_entry(journal: Journal) -> None:
    journal.intend(KEY, EARLY, MARKS)
    (journal.folder / ".x1y2.writing").write_text('{"format": 1, "key": "onb')
    assert journal.find(KEY) == Entry(KEY, begun(EARLY))


def test_taking_an_attempt_back_leaves_the_earlier_ones(journal: Journal) -> None:
    journal.intend(KEY, EARLY, MARKS)
    journal.intend(KEY, LATE, MARKS)
    journal.nothing_happened(KEY, LATE)
    assert journal.find(KEY) == Entry(KEY, begun(EARLY))
    journal.nothing_happened(KEY, EARLY)
    assert journal.find(KEY) is None
    assert files(journal) == []


def test_an_answer_is_not_taken_back(journal: Journal) -> None:
    journal.intend(KEY, EARLY, MARKS)
    journal.answered(KEY, LATE, ANSWER, MARKS)
    journal.nothing_happened(KEY, EARLY)
    assert journal.find(KEY) == Entry(KEY, begun(EARLY), LATE, ANSWER, MARKS)


def test_forgetting(journal: Journal) -> None:
    journal.forget(KEY)
    journal.answered(KEY, LATE, ANSWER, MARKS)
    journal.forget(KEY)
    assert journal.find(KEY) is None


# --- damaged, foreign, unwritable -------------------------------------------------------------------------

GOOD = {
    "format": 2,
    "key": KEY,
    "attempts": [{"at": EARLY, "sent": MARKS}],
    "answered": LATE,
    "answer": ANSWER,
    "sent": MARKS,
}
OLD = {"format": 1, "key": KEY, "begun": [EARLY], "answered": LATE, "answer": ANSWER}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        json.dumps(GOOD).encode()[:-1],
        b"[]",
        b"null",
        json.dumps({**GOOD, "format": 3}).encode(),
        json.dumps({**OLD, "format": 0}).encode(),
        json.dumps({**OLD, "begun": [1]}).encode(),
        json.dumps({**OLD, "begun": None}).encode(),
        json.dumps({**GOOD, "key": "onboard/somebody.else"}).encode(),
        json.dumps({**GOOD, "key": None}).encode(),
        json.dumps({**GOOD, "attempts": [EARLY]}).encode(),
        json.dumps({**GOOD, "attempts": [{"at": 1, "sent": {}}]}).encode(),
        json.dumps({**GOOD, "attempts": [{"at": EARLY, "sent": {"email": 1}}]}).encode(),
        json.dumps({**GOOD, "attempts": [{"at": EARLY, "sent": {}, "more": 1}]}).encode(),
        json.dumps({**GOOD, "attempts": None}).encode(),
        json.dumps({**GOOD, "sent": None}).encode(),
        json.dumps({**GOOD, "answered": True}).encode(),
        json.dumps({**GOOD, "answer": "90E5"}).encode(),
        json.dumps({**GOOD, "more": 1}).encode(),
        json.dumps({name: GOOD[name] for name in GOOD if name != "attempts"}).encode(),
        b"[" * 100_000,
    ],
)
def test_what_this_journal_did_not_write_is_set_aside_and_reported(
    journal: Journal, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    journal.intend(KEY, EARLY, MARKS)
    (file,) = files(journal)
    file.write_bytes(content)
    assert journal.intend(KEY, LATE, MARKS) == Entry(KEY), "it is not believed"
    aside = file.with_suffix(".damaged1")
    assert aside.read_bytes() == content, "it is not deleted"
    said = capfd.readouterr().err
    assert str(file) in said
    assert f"set aside as {aside.name}" in said
    assert journal.find(KEY) == Entry(KEY, begun(LATE))


def test_an_entry_of_an_older_version_knows_what_a_step_was_taken_for_and_no_more(journal: Journal) -> None:
    journal.intend(KEY, EARLY, MARKS)
    (file,) = files(journal)
    file.write_text(json.dumps(OLD))
    assert journal.find(KEY) == Entry(KEY, (Attempt(EARLY),), LATE, ANSWER)
    file.write_text(json.dumps({**OLD, "answer": {**ANSWER, "wish": "5a1f"}}))
    assert journal.find(KEY) == Entry(KEY, (Attempt(EARLY),), LATE, ANSWER, {"wish": "5a1f"})


def test_a_second_damaged_file_does_not_replace_the_first(journal: Journal) -> None:
    for content in (b"one", b"two"):
        journal.intend(KEY, EARLY, MARKS)
        files(journal)[0].write_bytes(content)
        assert journal.find(KEY) is None
    assert sorted(file.read_bytes() for file in journal.folder.glob("*.damaged*")) == [b"one", b"two"]


@given(
    st.binary(max_size=200) | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps)
)
def test_any_content_is_an_entry_or_none(content: bytes | str) -> None:
    assert _entry(content if isinstance(content, bytes) else content.encode()) is None


def test_a_journal_that_cannot_be_written_says_so_before_the_call(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file")
    with pytest.raises(JournalUnusable, match=r"Not a directory.*nothing was called.*t4:journal"):
        Journal(tmp_path / "journal", ENDPOINT).intend(KEY, EARLY, MARKS)


def test_after_the_call_it_says_so_and_goes_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "journal").write_text("a file")
    journal = Journal(tmp_path / "journal", ENDPOINT)
    journal.answered(KEY, LATE, ANSWER, MARKS)
    journal.nothing_happened(KEY, LATE)
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 2
    assert "could not be written after a call (Not a directory)" in said[0]


# --- with T4 ----------------------------------------------------------------------------------------------


def demo() -> dict[str, Any]:
    """One person with two accounts: three calls that change something."""
    return {
        "firm": "Example Trading LLC",
        "templates": {
            "users": {"WhenTechTrader": {"applications": ["WhenTech"], "roles": ["Trading"]}},
            "accounts": ["DefaultTemplate"],
        },
        "users": {
            "trader.a": {
                "firstname": "Annabel",
                "lastname": "Ohioan",
                "phone": "555-123-4567",
                "email": "annabel@example.com",
                "street": "1 Main Street",
                "city": "Columbus",
                "county": "Franklin",
                "state": "OH",
                "postCode": "43004",
                "country": "US",
                "apptype": "Professional",
                "templateUser": "WhenTechTrader",
                "accounts": ["11111", "22222"],
                "applications": ["WhenTech"],
            }
        },
        "accounts": {
            "11111": {"accountName": "Annabel's first", "templateAccount": "DefaultTemplate"},
            "22222": {
                "accountName": "Annabel's second",
                "templateAccount": "DefaultTemplate",
                "enabled": True,
            },
        },
    }


def kept(stack: Stack) -> dict[str, dict[str, Any]]:
    """The stack's journal: key -> entry as it is in the file."""
    found = [json.loads(file.read_text()) for file in (stack.folder / "journal").rglob("*.json")]
    return {entry["key"]: entry for entry in found}


def test_the_entry_is_there_when_the_call_arrives(stack: Stack) -> None:
    seen: list[dict[str, Any]] = []

    def arrived(heard: Heard) -> Step:
        seen.append(kept(stack)[KEY])
        return Reply(400, {"message": "no"})

    with ScriptedT4() as t4:
        t4.by_path[ONBOARDING] = arrived
        stack.settings["t4:endpoint"] = t4.endpoint
        done = stack.up(demo())
    assert "User trader.a" in done.failed
    assert [(len(entry["attempts"]), entry["answered"]) for entry in seen] == [(1, "")]
    assert kept(stack) == {}, "T4 refused: the attempt is taken back"


def test_an_attempt_whose_answer_was_lost_stays(stack: Stack) -> None:
    with ScriptedT4(Reset()) as t4:
        stack.settings["t4:endpoint"] = t4.endpoint
        stack.up(demo())
        stack.up(demo())
    entry = kept(stack)[KEY]
    assert len(entry["attempts"]) == 2
    assert entry["answered"] == ""


def test_an_attempt_that_never_reached_t4_is_taken_back(stack: Stack) -> None:
    stack.settings["t4:endpoint"] = "http://127.0.0.1:1"
    assert "User trader.a" in stack.up(demo()).failed
    assert kept(stack) == {}


def test_the_next_run_uses_the_answers_and_calls_nothing(stack: Stack, simulator: Simulator) -> None:
    first = stack.up(demo())
    assert not first.failed
    assert len(simulator.changes()) == 3
    simulator.forget_requests()
    recorded = dict(stack.state)
    stack.state.clear()  # as after a kill before the engine wrote anything
    again = stack.settled(demo())
    assert simulator.changes() == []
    assert again.outputs["users"] == first.outputs["users"]
    same = {**stack.record("Account 22222"), "recorded": recorded["Account 22222"].outputs["recorded"]}
    assert same == recorded["Account 22222"].outputs


def test_it_holds_no_secret_and_no_personal_detail(stack: Stack, simulator: Simulator) -> None:
    firm = demo()
    assert not stack.up(firm).failed
    assert kept(stack).keys() == {KEY, "firm", "create-account/22222", "enable-account/22222"}
    text = "".join(path.read_text() for path in (stack.folder / "journal").rglob("*") if path.is_file())
    person = [
        value
        for name, value in firm["users"]["trader.a"].items()
        if name not in ("accounts", "applications", "templateUser", "apptype", "country", "state")
    ]
    secrets = [SEED, simulator.api_key, password_for(BOUND_SEED, "trader.a", 1)]
    names = ["Annabel's first", "Annabel's second"]
    assert [value for value in (*person, *secrets, *names) if value in text] == []
    assert simulator.users()["trader.a"]["userID"] in text, "the search would find what is there"
