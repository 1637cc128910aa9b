"""What a review knows of a stack's settings: values that may be shown, of others that they changed."""

from pathlib import Path

import pytest

from providers.t4.configuration.settings import VARIABLES
from t4firm.review.model import Setting
from t4firm_cli.project.layout import ProjectError
from t4firm_cli.project.settings_file import SHOWN, digest_of_settings, settings_in
from tests.goals.firms import firm_of
from tests.review.changes import reviewed, told

ONE = firm_of(trader_a={"accounts": ["11111"]})
LIVE = """
encryptionsalt: v1:abc
config:
  t4:endpoint: https://api.t4login.com
  t4:maxInFlight: 4
  t4:apiKey: {secure: v1:first}
  t4:passwordSeed: {secure: v1:second}
"""
PROJECT = """
name: t4
config:
  t4:onboardPath: {type: string, default: /admin/v1/onboarding}
  operations: {value: walkthrough}
  pulumi:tags: {description: nothing}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    project, stack = tmp_path / "Pulumi.yaml", tmp_path / "Pulumi.live.yaml"
    project.write_text(PROJECT)
    stack.write_text(LIVE)
    return project, stack


def test_every_setting_is_shown_or_secret() -> None:
    assert {f"t4:{key}" for key in VARIABLES} - SHOWN == {
        "t4:apiKey",
        "t4:login",
        "t4:passwordSeed",
        "t4:reader",
        "t4:fillReader",
    }


def test_a_stacks_settings_stand_over_the_projects(files: tuple[Path, Path]) -> None:
    settings = settings_in(*files)
    assert {name: setting.text for name, setting in settings.items() if not setting.hidden} == {
        "t4:endpoint": "https://api.t4login.com",
        "t4:maxInFlight": "4",
        "t4:onboardPath": "/admin/v1/onboarding",
        "t4:operations": "walkthrough",
    }
    assert {name for name, setting in settings.items() if setting.hidden} == {"t4:apiKey", "t4:passwordSeed"}
    files[1].write_text(LIVE + "  t4:onboardPath: /admin/v1/onboard\n")
    assert settings_in(*files)["t4:onboardPath"] == Setting("/admin/v1/onboard")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "api.t4login.com",
            "api.t4login.com.evil.example",
            "setting t4:endpoint: https://api.t4login.com → https://api.t4login.com.evil.example "
            "(every call goes there, with the credentials)",
        ),
        ("https://api.t4login.com", "https://me:open@api.t4login.com", "setting t4:endpoint: replaced"),
        ("  t4:maxInFlight: 4\n", "", "setting t4:maxInFlight: 4 → not set"),
        ("4\n", "4\n  t4:journal: /tmp/x\n", "setting t4:journal: not set → /tmp/x"),
        ("v1:first", "v1:second", "setting t4:apiKey: replaced"),
        (
            "v1:second",
            "v1:first",
            "setting t4:passwordSeed: replaced (every user's password follows from it)",
        ),
        ("{secure: v1:first}", "written-in-plain", "setting t4:apiKey: replaced"),
        ("4\n", "4\n  t4:login: {password: open}\n", "setting t4:login: newly set"),
        ("4\n", "4\n  t4:other: open\n", "setting t4:other: newly set"),
        ("  t4:apiKey: {secure: v1:first}\n", "", "setting t4:apiKey: removed"),
        ("v1:abc", "v1:abc\nsecretsprovider: awskms://x", "setting secretsprovider: newly set"),
        ("v1:abc", "v1:abc\nenvironment: [t4-live]", "setting environment: newly set"),
    ],
)
def test_a_change_of_a_setting_is_told_and_counts(
    files: tuple[Path, Path], tmp_path: Path, old: str, new: str, words: str
) -> None:
    before = settings_in(*files)
    assert old in LIVE
    files[1].write_text(LIVE.replace(old, new, 1))
    after = settings_in(*files)
    assert digest_of_settings(before) != digest_of_settings(after)
    review = reviewed(tmp_path, ONE, ONE, settings=(before, after))
    assert review.changes_something
    assert review.headline == "no user or account changes, but see the warnings"
    [warning] = review.warnings
    assert warning.startswith(words)
    for secret in ("open", "v1:", "written-in-plain", "sha256"):
        assert secret not in told(review)


def test_what_the_engine_adds_to_the_file_by_itself_does_not_count(files: tuple[Path, Path]) -> None:
    before = settings_in(*files)
    files[1].write_text(LIVE.replace("v1:abc", "v1:xyz\nencryptedkey: abc"))
    assert digest_of_settings(settings_in(*files)) == digest_of_settings(before)


@pytest.mark.parametrize("text", ["", "[]", "config:"])
def test_a_file_without_settings(files: tuple[Path, Path], text: str) -> None:
    for file in files:
        file.write_text(text)
    assert settings_in(*files) == settings_in(files[0].with_name("none"), files[1].with_name("none")) == {}


@pytest.mark.parametrize("text", ["config: [a]", "config: 3", "a: text\nconfig: b"])
def test_a_file_whose_settings_are_none_is_a_sentence(files: tuple[Path, Path], text: str) -> None:
    files[1].write_text(text)
    with pytest.raises(ProjectError, match="is no settings file; it must say `config:`"):
        settings_in(*files)


def test_what_is_not_yaml_is_a_sentence(files: tuple[Path, Path]) -> None:
    files[0].write_text("config: [")
    with pytest.raises(ProjectError, match=r"Pulumi\.yaml:1: the settings file cannot be read"):
        settings_in(*files)
