"""A firm file in an editor: a wrong key is underlined, a key is completed, and a word says what it means."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from t4firm.schema import json_schema
from t4firm.schemas import comment_for
from tests.editor.language_server import Json, LanguageServer

STACKS = Path(__file__).parents[2] / "stacks"
HEAD = "firm: Example Trading LLC\n"
ANN = """\
users:
  trader.a:
    firstname: Ann
    lastname: Ohio
    phone: "555"
    email: a@example.com
    street: 1 Main Street
    city: Columbus
    county: Franklin
    state: OH
    postCode: "43004"
    country: US
    apptype: Professional
    accounts: ["11111"]
"""
"""As users stand in a firm file, and in a file that one includes."""


@dataclass
class Edited:
    """The text of a file as somebody edits it. `|` is where the cursor is."""

    server: LanguageServer
    folder: Path
    kind: str
    count: int = 0

    def shows(self, text: str) -> list[Json]:
        """What is wrong with it."""
        return self.server.open(*self._file(text))

    def offers(self, text: str) -> dict[str, str]:
        file, line, column = self._opened(text)
        return self.server.complete(file, line, column)

    def says(self, text: str) -> str:
        return self.server.hover(*self._opened(text))

    def _opened(self, text: str) -> tuple[Path, int, int]:
        file, whole = self._file(text)
        before, _, after = whole.partition("|")
        self.server.open(file, before + after)
        return file, before.count("\n"), len(before.rpartition("\n")[2])

    def _file(self, text: str) -> tuple[Path, str]:
        """Each text is a file of its own, with the first line that names the schema."""
        self.count += 1
        file = self.folder / f"no{self.count}.{self.kind}.yaml"
        return file, f"{comment_for(self.kind)}\n{HEAD if self.kind == 'firm' else ''}{text}"


@pytest.fixture(scope="module", params=["firm", "users"])
def edited(server: LanguageServer, firm_folder: Path, request: pytest.FixtureRequest) -> Edited:
    """A firm file, and one of a desk that it includes."""
    return Edited(server, firm_folder, request.param)


def underlined(text: str, found: list[Json]) -> list[str]:
    """The words that are underlined."""
    lines = text.split("\n")
    marked = []
    for each in found:
        start, end = each["range"]["start"], each["range"]["end"]
        assert start["line"] == end["line"]
        marked.append(lines[start["line"]][start["character"] : end["character"]])
    return marked


def test_nothing_is_underlined_where_nothing_is_wrong(edited: Edited) -> None:
    assert edited.shows(ANN) == []


def test_the_demo_is_right(server: LanguageServer) -> None:
    for kind in ("firm", "operations"):
        file = STACKS / f"demo.{kind}.yaml"
        assert server.open(file, file.read_text(encoding="utf-8")) == []


def test_a_wrong_key_is_underlined(edited: Edited) -> None:
    wrong = ANN.replace("accounts:", "acounts:")
    found = edited.shows(wrong)
    first = comment_for(edited.kind) + "\n" + (HEAD if edited.kind == "firm" else "")
    assert "acounts" in underlined(first + wrong, found)
    assert any("acounts is not allowed" in each["message"] for each in found)


@pytest.mark.parametrize(
    ("right", "wrong", "mark"),
    [
        ("apptype: Professional", "apptype: Professionel", "Professionel"),
        ('postCode: "43004"', "postCode: 43004", "43004"),
        ('["11111"]', '["1 1"]', '"1 1"'),
        ('accounts: ["11111"]', "accounts: 11111", "11111"),
    ],
)
def test_a_wrong_value_is_underlined(edited: Edited, right: str, wrong: str, mark: str) -> None:
    text = ANN.replace(right, wrong)
    first = comment_for(edited.kind) + "\n" + (HEAD if edited.kind == "firm" else "")
    assert underlined(first + text, edited.shows(text)) == [mark]


def test_a_key_is_completed_with_its_meaning(edited: Edited) -> None:
    offered = edited.offers(ANN + "    ma|\n")
    assert "marketData" in offered
    assert "Billed." in offered["marketData"]
    offered = edited.offers(ANN + "    |\n")
    assert {"eula", "departed", "adopt", "revoke", "applications"} <= offered.keys()
    assert "firstname" not in offered, "it is there already"
    assert not [key for key, words in offered.items() if not words], "each key has its meaning"


def test_values_are_completed(edited: Edited) -> None:
    text = ANN.replace("apptype: Professional", "apptype: |")
    assert edited.offers(text).keys() == {"Professional", "NonProfessional"}
    assert {"true", "false"} <= edited.offers(ANN + "    departed: |\n").keys()


@pytest.mark.parametrize("key", ["post|Code", "app|type", "acc|ounts"])
def test_a_word_says_what_it_means(edited: Edited, key: str) -> None:
    """In the words of the model, which docs/firm-file.md has too."""
    name = key.replace("|", "")
    field = json_schema()["$defs"]["User"]["properties"][name]
    said = edited.says(ANN.replace(f"    {name}:", f"    {key}:"))
    assert field["description"].partition(".")[0] in said
    assert "Example:" in said


def test_an_included_file_has_no_firm(server: LanguageServer, firm_folder: Path) -> None:
    desk = Edited(server, firm_folder, "users", 100)
    text = "firm: Example Trading LLC\n" + ANN
    assert underlined(f"{comment_for('users')}\n{text}", desk.shows(text)) == ["firm"]
    assert desk.offers("|\n").keys() == {"users", "accounts"}
