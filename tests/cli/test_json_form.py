"""--json: one object, its version first, one style of names."""

import json
from dataclasses import dataclass
from datetime import date

from t4firm_cli.json_form import json_form, versioned
from tests.cli.conftest import Folder


@dataclass(frozen=True)
class Inner:
    still_open: tuple[str, ...]
    on: date


def test_names_of_ours_have_one_style_and_names_of_theirs_stay() -> None:
    value = {"trader_a": Inner(("x_y",), date(2026, 11, 28))}
    assert json_form(value) == {"trader_a": {"stillOpen": ["x_y"], "on": "2026-11-28"}}
    assert list(versioned({"b": 1})) == ["version", "b"]


def test_a_command_says_its_version_first_and_the_schema_is_only_a_schema(folder: Folder) -> None:
    said = json.loads(folder.t4firm("validate", "--json").out)
    assert (next(iter(said)), said["version"]) == ("version", 1)
    assert "version" not in json.loads(folder.t4firm("schema").out)
