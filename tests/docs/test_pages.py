"""Pages that tell what the code knows say the same as the code."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from providers.t4.configuration.settings import VARIABLES
from t4firm.firm_file_page import PARTS, page
from t4firm.reports.drift import Difference, Drift, Unseen, Unverified, sentence
from t4firm.tasks.kinds import KINDS
from t4firm_cli.drift import lines
from t4firm_cli.own_repository import init
from t4firm_setup.engine_download import downloadable

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def in_git() -> set[str]:
    """What is in git, or will be."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if (ROOT / name).is_file()}


def in_the_wheel() -> set[str]:
    """The pages, and what else comes with them for whoever has the wheel alone."""
    files = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    there = {
        (str(Path(folder, path.name).relative_to("share/doc/t4-firm")), str(path.relative_to(ROOT)))
        for folder, globs in files.items()
        for glob in globs
        for path in ROOT.glob(glob)
    }
    assert all(name == source for name, source in there), "a page keeps its place, so that links lead to it"
    return {name for name, _ in there}


def test_whoever_has_the_wheel_alone_has_every_page_and_what_its_links_lead_to() -> None:
    shipped, listed = in_the_wheel(), in_git()
    assert {name for name in listed if name.startswith("docs/")} <= shipped
    assert shipped <= listed, "nothing of this machine"
    lost = [
        f"{source.relative_to(ROOT)}: {link}"
        for source in PAGES
        for link in re.findall(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)", source.read_text())
        if not any(
            name == there or name.startswith(f"{there}/")
            for there in [str((source.parent / link).resolve().relative_to(ROOT))]
            for name in shipped
        )
    ]
    assert lost == []


def test_a_link_into_a_page_leads_to_a_heading_of_it() -> None:
    lost = []
    for source in PAGES:
        for link, part in re.findall(r"\]\(([^)\s#:]*)#([^)]*)\)", source.read_text()):
            headings = re.findall(r"^#+ (.*)$", (source.parent / link if link else source).read_text(), re.M)
            anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            if part not in anchors:
                lost.append(f"{source.relative_to(ROOT)}: {link}#{part}")
    assert lost == []


def test_the_index_names_every_page_once() -> None:
    rows = re.findall(r"^\| \[([\w-]+)\]\(([\w/.-]+)\) \| \S", (DOCS / "README.md").read_text(), re.M)
    assert all(target in (f"{name}.md", f"{name}/README.md") for name, target in rows)
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"} | {"examples/README.md"}
    assert sorted(target for _, target in rows) == sorted(pages)


def test_the_page_of_the_pipeline_names_the_workflows_that_are_written() -> None:
    text = (DOCS / "pipeline.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", text, re.M)
    told = {file for name, files in rows for file in re.findall(r"`([\w-]+\.yml)`", files)}
    written = {*init.WORKFLOWS, *(name for name in init.TEMPLATES if name.endswith(".yml"))}
    assert told == written
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven")
    assert f"`t4firm init` writes {numbers[len(written)]} workflow files" in text
    ours = {path.name for path in (ROOT / ".github" / "workflows").iterdir()}
    more = re.search(r"^A clone of the product has these \w+ and (\w+) more\. (.*?)\n\n", text, re.M | re.S)
    assert more
    assert {*re.findall(r"`([\w-]+\.yml)`", more[2])} == ours - written
    assert more[1] == numbers[len(ours - written)]


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


def test_every_setting_is_on_its_page() -> None:
    told = (DOCS / "settings.md").read_text()
    for key, variable in VARIABLES.items():
        assert f"`t4:{key}`" in told
        assert f"`{variable}`" in told


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


def test_output_is_shown_only_where_a_test_compares_it() -> None:
    showing = {str(page.relative_to(ROOT)) for page in PAGES if "```text\n" in page.read_text()}
    assert showing == {"README.md", "docs/first-firm.md", "docs/drift.md"}, (
        "test_command_blocks.py, and below"
    )


def test_the_page_of_drift_shows_what_is_printed() -> None:
    def differences(*tasks: str) -> tuple[Difference, ...]:
        return tuple(Difference(task, sentence(task, captures=True)) for task in tasks)

    unread = Unverified(
        "market data of users",
        "no operation in use reads market data; no login over T4's WebSocket shows it",
        "add readMarketData to t4:operations",
        (Unseen("trader.a", "POST …", "2026-01-01"), Unseen("trader.b", "POST …", "2026-01-02")),
    )
    drift = Drift(
        violations=differences("remove-role/WhenTechFillUser/Trading"),
        api=differences("assign-account/WhenTechFillUser/33333", "update-user/trader.a/phone"),
        administrator=differences("enable-user/trader.b"),
        unverified=(unread,),
        still_open=("a", "b", "c"),
    )
    [shown] = re.findall(r"```text\n(.*?)```", (DOCS / "drift.md").read_text(), re.S)
    printed = "".join(f"{text}\n" for text, _ in lines(drift))
    assert re.sub(r"\d+ days", "20 days", printed) == shown
