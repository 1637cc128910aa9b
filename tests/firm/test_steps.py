"""Commands change the firm file as a person would, and nothing else of it."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from t4firm.edits import steps
from t4firm.edits.firm_files import FirmFiles, NotInTheFile
from t4firm.yaml_files.atomic_files import NotWritten
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.edited_files import Seen, change, write_over
from t4firm.yaml_files.edits import values_of
from t4firm_cli.firm_files import questions
from tests.firm.firms import FIRM, written

A, B = 'accounts: ["11111", "22222"]', 'accounts: ["33333", "44444"]'


def after(folder: Path, change: Callable[[FirmFiles], object], text: str = FIRM) -> str:
    files = FirmFiles(written(folder, text))
    change(files)
    files.checked()
    files.write()
    return files.firm_file.read_text()


def test_somebody_departs(tmp_path: Path) -> None:
    text = after(tmp_path, lambda files: steps.depart(files, "trader.b"))
    assert text == FIRM.replace("[WhenTech]\nfillService", "[WhenTech]\n    departed: true\nfillService")


def test_an_account_moves_in_three_steps(tmp_path: Path) -> None:
    def move(files: FirmFiles) -> str:
        return steps.move_account(files, "22222", "trader.b")

    both = after(tmp_path, move)
    owned = '    applications: [WhenTech]\naccounts:\n  "22222": {owner: trader.a}\nfillService'
    assert both == FIRM.replace(B, 'accounts: ["33333", "44444", "22222"]').replace(
        "    applications: [WhenTech]\nfillService", owned
    )
    moved = after(tmp_path, move, both)
    assert 'accounts: ["11111"]\n' in moved
    assert '    revoke: {accounts: ["22222"]}\n' in moved
    assert "owner" not in moved
    done = after(tmp_path, move, moved)
    assert "revoke" not in done
    assert 'accounts: ["33333", "44444", "22222"]' in done
    with pytest.raises(NotInTheFile, match="already has it"):
        after(tmp_path, move, done)


def test_an_only_account_moves_from_somebody_who_leaves(tmp_path: Path) -> None:
    """A user keeps one account: who gives away the only one leaves, or gets another."""
    said: list[str] = []

    def move(files: FirmFiles) -> None:
        said.append(steps.move_account(files, "11111", "trader.b"))

    only = FIRM.replace(A, 'accounts: ["11111"]')
    both = after(tmp_path, move, only)
    assert "The account is the only one of trader.a. A user keeps at least one account." in said[0]
    for take in (move, lambda files: steps.revoke(files, "trader.a", ["11111"], [])):
        with pytest.raises(NotInTheFile, match=r"is the only one of trader\.a\. .*`t4firm depart trader\.a`"):
            after(tmp_path, take, both)
    departed = after(tmp_path, lambda files: steps.depart(files, "trader.a"), both)
    with pytest.raises(NotInTheFile, match=r"remove the entry of trader\.a, and the line `owner`"):
        after(tmp_path, move, departed)


def test_a_move_under_way_keeps_what_a_third_person_loses(tmp_path: Path) -> None:
    def move(files: FirmFiles) -> str:
        return steps.move_account(files, "22222", "trader.b")

    revoked = after(tmp_path, lambda files: steps.revoke(files, "trader.a", ["22222"], []))
    owned = revoked.replace(B, 'accounts: ["33333", "44444", "22222"]')
    third = owned
    values = after(tmp_path, lambda files: _with_a_third(files), third)
    moved = after(tmp_path, move, values)
    assert 'revoke: {accounts: ["22222"]}' in moved


def _with_a_third(files: FirmFiles) -> str:
    """The account is with trader.b and a third person, and trader.a's loss of it is still open."""
    third = {**files.user("trader.b"), "email": "third@example.com", "accounts": ["55555", "22222"]}
    files.section("users", "trader.c")["trader.c"] = third
    files.account("22222")["owner"] = "trader.c"
    return ""


def test_what_somebody_saved_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    files = FirmFiles(written(tmp_path, FIRM))
    steps.depart(files, "trader.b")
    assert files.difference()
    files.firm_file.write_text(f"{FIRM}# my own change\n")
    with pytest.raises(NotWritten, match=r"it\.firm\.yaml was changed by somebody else meanwhile"):
        files.write()
    files.firm_file.unlink()
    with pytest.raises(NotWritten, match="somebody else"):
        files.write()
    assert [*tmp_path.iterdir()] == []


def test_no_file_is_written_if_one_of_them_changed(tmp_path: Path) -> None:
    """A firm file with an included one is one thing."""
    firm_file = written(tmp_path, f"include: [rates.yaml]\n{FIRM}")
    rates = tmp_path / "rates.yaml"
    rates.write_text("users: {}\naccounts: {}\n")
    files = FirmFiles(firm_file)
    steps.depart(files, "trader.b")
    files.values[rates]["accounts"] = {"22222": {"displayName": "x"}}
    rates.write_text("users: {}\n")
    with pytest.raises(NotWritten, match=r"rates\.yaml was changed"):
        files.write()
    assert "departed" not in firm_file.read_text()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    real = written(tmp_path / "shared", FIRM)
    link = tmp_path / "link.firm.yaml"
    link.symlink_to(real)
    files = FirmFiles(link)
    steps.depart(files, "trader.b")
    files.write()
    assert link.is_symlink()
    assert "departed: true" in real.read_text()


def test_a_file_that_may_only_be_read_is_left_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may be root
    files = FirmFiles(written(tmp_path, FIRM))
    steps.depart(files, "trader.b")
    with pytest.raises(NotWritten, match=r"cannot be written: it may only be read\. Nothing was written"):
        files.write()
    assert files.firm_file.read_text() == FIRM


def test_a_write_that_breaks_off_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    files = FirmFiles(written(tmp_path, FIRM))
    steps.depart(files, "trader.b")
    with pytest.raises(NotWritten, match="No space left on device"):
        files.write()
    assert files.firm_file.read_text() == FIRM
    assert [path.name for path in tmp_path.iterdir()] == ["it.firm.yaml"]


def test_a_file_that_does_not_change_may_have_any_form(tmp_path: Path) -> None:
    firm_file = written(tmp_path, f"include: [rates.yaml]\n{FIRM}")
    (tmp_path / "rates.yaml").write_text("{users: {}}\n")
    files = FirmFiles(firm_file)
    steps.depart(files, "trader.b")
    files.write()
    assert "departed: true" in firm_file.read_text()


def test_comments_of_a_section_stay_when_its_last_entry_goes(tmp_path: Path) -> None:
    section = 'accounts:\n  # who owns what two have: ask the desk\n  "22222": {owner: trader.a}\n'
    owned = FIRM.replace("fillService", f"{section}fillService", 1)
    both = owned.replace(B, 'accounts: ["33333", "44444", "22222"]')
    text = after(tmp_path, lambda files: steps.move_account(files, "22222", "trader.b"), both)
    assert "accounts: {}\n  # who owns what two have: ask the desk\nfillService" in text


def test_what_is_revoked_leaves_the_list(tmp_path: Path) -> None:
    text = after(tmp_path, lambda files: steps.revoke(files, "trader.a", ["22222"], []))
    revoked = '    applications: [WhenTech]\n    revoke: {accounts: ["22222"]}\n  trader.b'
    assert text == FIRM.replace(A, 'accounts: ["11111"]').replace(
        "    applications: [WhenTech]\n  trader.b", revoked
    )
    with pytest.raises(NotInTheFile, match=r'trader\.a has no account "33333"'):
        after(tmp_path, lambda files: steps.revoke(files, "trader.a", ["33333"], []))


def test_an_account_that_somebody_has_is_shared(tmp_path: Path) -> None:
    text = after(tmp_path, lambda files: steps.new_account(files, "44444", "trader.a", {}))
    assert '"44444": {owner: trader.b}' in text
    assert 'accounts: ["11111", "22222", "44444"]' in text


def test_an_account_of_which_the_file_says_nothing_yet_gets_its_fields(tmp_path: Path) -> None:
    empty = FIRM.replace("fillService", 'accounts:\n  "22222":\nfillService', 1)
    text = after(
        tmp_path, lambda files: steps.new_account(files, "22222", "trader.b", {"displayName": "Desk"}), empty
    )
    assert values_of(text)["accounts"] == {"22222": {"owner": "trader.a", "displayName": "Desk"}}


def test_a_new_user_says_nothing_that_the_defaults_say(tmp_path: Path) -> None:
    fields = {"firstname": "Cem", "lastname": "O'Hara", "phone": "1", "city": "Columbus", "country": "US"}
    fields_and_account = {**fields, "accounts": ["55555"]}
    text = after(tmp_path, lambda files: steps.new_user(files, "trader.c", fields_and_account, None))
    entry = (
        '  trader.c:\n    firstname: Cem\n    lastname: O\'Hara\n    phone: "1"\n    accounts: ["55555"]\n'
    )
    assert text == FIRM.replace("fillService:", f"{entry}fillService:")


def test_a_change_that_the_file_cannot_have_is_refused_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(FileError) as raised:
        after(tmp_path, lambda files: steps.new_account(files, "5-5", "trader.a", {}))
    assert '"5-5" is not an account number' in str(raised.value)
    assert (tmp_path / "it.firm.yaml").read_text() == FIRM
    with pytest.raises(NotInTheFile, match=r'did you mean "trader\.a"'):
        after(tmp_path, lambda files: steps.depart(files, "trader.aa"))


def test_the_questions_check_each_answer_and_offer_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["Cem", "Ohio", "1", "no mail", "c@example.com", "Germany", "DE"])
    offered = {}

    def prompt(text: str, default: str, **_: object) -> str:
        name = text.split(" ")[0]
        offered[name] = default
        return next(answers, {"accounts": "55555, 55556", "state": "none"}.get(name, default or "x"))

    monkeypatch.setattr("typer.prompt", prompt)
    fields = questions.ask_user(FirmFiles(written(tmp_path, FIRM)).firm, {"county": "none"})
    assert (fields["email"], fields["country"], fields["state"]) == ("c@example.com", "DE", "none")
    assert fields["accounts"] == ["55555", "55556"]
    assert fields["apptype"] == "Professional"
    assert "county" not in offered
    assert offered["city"] == ""  # the default's is in another country
    told = capsys.readouterr().err
    assert "is not an e-mail address" in told
    assert "is not a country code of ISO 3166" in told


class TestSeveralFiles:
    """`write_over` of more than one file, as a move between two desks' files is."""

    def files(self, folder: Path) -> dict[Seen, bytes]:
        for name in "abc":
            (folder / name).write_text(f"{name} before")
        return {Seen.of(folder / name): f"{name} after".encode() for name in "abc"}

    def test_one_that_cannot_be_replaced_puts_the_others_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changes, replace = self.files(tmp_path), Path.replace

        def mounted(new: Path, file: Path) -> Path:
            if file.name == "b":
                raise OSError(errno.EBUSY, "Device or resource busy")
            return replace(new, file)

        monkeypatch.setattr(Path, "replace", mounted)
        with pytest.raises(NotWritten, match=r"/b cannot be written: .* busy\. Nothing was changed"):
            write_over(changes)
        assert [(tmp_path / name).read_text() for name in "abc"] == ["a before", "b before", "c before"]
        assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b", "c"]

    def test_what_cannot_be_put_back_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        changes, replace, done = self.files(tmp_path), Path.replace, list[str]()

        def once(new: Path, file: Path) -> Path:
            if done:
                raise OSError(errno.EIO, "Input/output error")
            done.append(file.name)
            return replace(new, file)

        monkeypatch.setattr(Path, "replace", once)
        with pytest.raises(NotWritten, match="but a could not be put back: look at them"):
            write_over(changes)


def test_a_file_that_would_lose_its_group_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rights of its group would be another group's: who may read it would change."""
    file = tmp_path / "it.yaml"
    file.write_text("before")
    if os.geteuid() != 0:
        pytest.skip("only root can give a file another group")
    os.chown(file, -1, os.getgid() + 1)

    def refused(*_: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    with pytest.raises(NotWritten, match="it would no longer belong to its group"):
        change(file, lambda _: b"after")
    assert file.read_text() == "before"


def test_a_file_with_a_second_name_is_left(tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_text("before")
    (tmp_path / "other").hardlink_to(file)
    with pytest.raises(NotWritten, match="a hard link"):
        change(file, lambda _: b"after")
    assert (tmp_path / "other").read_text() == file.read_text() == "before"


def test_links_that_lead_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(NotWritten, match="a link that leads to no file"):
        change(tmp_path / "a", lambda _: b"after")


@pytest.mark.parametrize("ignored", [".gitignore", "t4firm_cli/own_repository/templates/gitignore.j2"])
def test_what_a_killed_command_leaves_is_not_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignored: str
) -> None:
    shutil.copy(Path(__file__).parents[2] / ignored, tmp_path / ".gitignore")
    file, seen = tmp_path / "stacks" / "acme.attested.yaml", list[str]()
    file.parent.mkdir()

    def killed(new: Path, _: Path) -> Path:
        git = ("git", "-C", str(tmp_path))
        subprocess.run([*git, "init", "--quiet"], check=True)
        listed = subprocess.run(
            [*git, "add", "--all", "--dry-run"], check=True, capture_output=True, text=True
        )
        seen.extend((new.name, listed.stdout))
        raise OSError(errno.EIO, "killed")

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(NotWritten):
        change(file, lambda _: b"[]")
    assert seen[0].startswith(".acme.attested.yaml.")
    assert seen[1] == "add '.gitignore'\n"
