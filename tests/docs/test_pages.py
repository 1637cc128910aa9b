"""Pages that tell what the code knows say the same as the code."""

import re
from pathlib import Path

import pytest

from providers.t4.configuration.settings import VARIABLES
from t4firm.firm_file_page import PARTS, page
from t4firm.tasks.kinds import KINDS
from t4firm_setup.engine_download import downloadable

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_every_field_of_the_firm_file_is_told() -> None:
    assert (DOCS / "firm-file.md").read_text() == page(), "renew it: make examples"


def test_every_part_of_the_firm_file_has_its_place() -> None:
    from t4firm.schema import json_schema

    assert json_schema()["$defs"].keys() - {"Defaults"} == PARTS.keys()


def test_every_kind_of_task_stands_at_its_page() -> None:
    table = re.findall(
        r"^\| ([\w ]+) \| (`\w+-.*) \|$", (DOCS / "administrators.md").read_text(), re.MULTILINE
    )
    told = {kind: place for place, kinds in table for kind in re.findall(r"`([a-z-]+)(?:/…)?`", kinds)}
    assert told == {kind: each.page for kind, each in KINDS.items()}


def test_the_page_of_evidence_says_what_closes_each_kind_of_task() -> None:
    rows = re.findall(
        r"^\| (`[a-z-]+`) \| (.+) \| (.+) \| (.+) \|$", (DOCS / "evidence.md").read_text(), re.M
    )
    assert rows == [
        (
            f"`{kind}`",
            f"`{each.operation}`" if each.operation else "no",
            " or ".join(f"`{name}`" for name in each.reads) or "no",
            f"no: only `{each.field}` in the firm file" if each.field else "yes",
        )
        for kind, each in KINDS.items()
    ]


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for key, variable in VARIABLES.items():
        assert f"`t4:{key}`" in readme
        assert f"`{variable}`" in readme


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_the_files_that_a_page_for_contributors_names_are_there(name: str) -> None:
    named = re.findall(
        r"`((?:t4firm|providers|t4firm_cli|t4simulator|tests|tools)/[\w./]*)`", (ROOT / name).read_text()
    )
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_of_every_download_it_is_told_how_its_digest_was_verified() -> None:
    download = downloadable(ROOT / "t4firm_setup" / "go")
    told = re.findall(
        r"^\| the download for `([\w-]+)` \(([\d.]+)\) \| ", (DOCS / "engine.md").read_text(), re.M
    )
    assert told == [(machine, download.version) for machine in download.digests]
