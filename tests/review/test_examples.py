"""The comments in docs/examples are what the tool writes for the firm files beside them, byte for byte."""

from pathlib import Path

import pytest

from t4firm.review.parts import LIMIT
from t4firm_cli.firm_files import review
from t4firm_cli.project.layout import Project
from tests.review.rendered import rendered

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CHANGES = sorted(
    path.name.removesuffix(".firm.yaml") for path in EXAMPLES.glob("*.firm.yaml") if "before" not in path.name
)


def test_there_are_six_typical_changes() -> None:
    expected = ["departure", "exclusion", "hire", "promotion", "risk-manager", "second-account"]
    assert expected == CHANGES
    listed = (EXAMPLES / "README.md").read_text()
    assert all(f"[{name}.md]({name}.md)" in listed for name in CHANGES)


@pytest.mark.parametrize("change", CHANGES)
def test_the_tool_writes_this_comment(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make examples` writes them anew."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("T4_FIRM_FILE", f"docs/examples/{change}.firm.yaml")
    monkeypatch.delenv("T4_OPERATIONS", raising=False)
    written = tmp_path / "comment.md"
    asked = review.Asked("docs/examples/before.firm.yaml", limit=LIMIT, output=written)
    assert review.run(Project(ROOT), "live", asked) == 2
    assert written.read_bytes() == (EXAMPLES / f"{change}.md").read_bytes()


@pytest.mark.parametrize("change", CHANGES)
def test_it_speaks_of_the_firm_and_not_of_the_engine(change: str) -> None:
    said = rendered((EXAMPLES / f"{change}.md").read_text()).text.lower()
    for word in ("pulumi", "urn", "stack ", "resource", "provider", "yaml"):
        assert word not in said
