"""`make release`: what it writes, and what it refuses to hand over."""

from datetime import date

import pytest

from tests.setup.pretended import ROOT
from tools.release import NEEDED, PACKAGES, dated, secrets_in, with_version, wrong_in

WHEEL = [*NEEDED, "t4firm/__init__.py", "providers/t4/__init__.py", "t4_firm-0.2.0.dist-info/METADATA"]


def test_the_version_is_set_once() -> None:
    text = with_version((ROOT / "pyproject.toml").read_text(), "9.8.7")
    assert text.count('version = "9.8.7"') == 1
    with pytest.raises(SystemExit, match="does not say its version once"):
        with_version('version = "1"\nversion = "2"\n', "3.0.0")


def test_what_is_unreleased_gets_its_version_and_day() -> None:
    text = dated(
        "# Changelog\n\n## 0.1.0, unreleased\n\n- New.\n\n## 0.0.9, 2026-01-01\n", "0.1.0", date(2026, 11, 28)
    )
    assert text == "# Changelog\n\n## 0.1.0, 2026-11-28\n\n- New.\n\n## 0.0.9, 2026-01-01\n"


@pytest.mark.parametrize("changelog", ["## 0.1.0, unreleased\n\n", "## 0.1.0, 2026-01-01\n\n- Old.\n"])
def test_a_release_has_something_to_say(changelog: str) -> None:
    with pytest.raises(SystemExit, match="what changed"):
        dated(changelog, "0.2.0", date(2026, 11, 28))


def test_what_lacks_in_a_wheel_and_what_is_too_much() -> None:
    assert wrong_in(WHEEL, PACKAGES, NEEDED) == []
    assert wrong_in([*WHEEL[1:], "tests/conftest.py"], PACKAGES, NEEDED) == [
        "the wheel holds tests, which is none of the product's packages",
        f"the wheel lacks {NEEDED[0]}",
    ]


def test_what_is_needed_is_in_the_repository() -> None:
    assert [name for name in NEEDED if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    "name", ["t4-firm-1/stacks/Pulumi.live.yaml", "t4-firm-1/.t4/x", "a/live.attested.yaml", "a/server.pem"]
)
def test_nothing_of_a_firm_or_a_machine_is_handed_over(name: str) -> None:
    assert secrets_in([name, "t4-firm-1/Pulumi.yaml"]) == [f"{name} does not belong into a release"]
