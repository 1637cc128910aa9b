"""Commands change the firm file as a person would, and nothing else of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from t4firm.edits import steps
from t4firm.edits.firm_files import FirmFiles, NotInTheFile
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.edits import values_of
from t4firm_cli import questions
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
    with pytest.raises(NotInTheFile, match="it is there already"):
        after(tmp_path, move, done)


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
