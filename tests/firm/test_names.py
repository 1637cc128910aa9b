"""Names are compared as people read them: without case, and however an accent is encoded."""

from pathlib import Path
from unicodedata import normalize

import pytest

from t4firm.model.names import among, repeated, same, spelled_as, without
from tests.firm.firms import changed, loaded, said, written

COMPOSED = normalize("NFC", "josé.ruiz")
DECOMPOSED = normalize("NFD", "josé.ruiz")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("trader.a", "Trader.A"),
        (COMPOSED, DECOMPOSED),
        (COMPOSED.upper(), DECOMPOSED),
        ("straße", "STRASSE"),
        ("Ά", normalize("NFD", "ά")),
    ],
)
def test_two_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)
    assert among(one, ["somebody", other])
    assert repeated([one, "somebody", other]) == sorted([one, other])
    assert spelled_as([other, "somebody"], [one]) == [one, "somebody"]
    assert without([other, "somebody"], [one]) == ["somebody"]


@pytest.mark.parametrize(("one", "other"), [("jose", "josé"), ("11111", "1111"), ("a/b", "a%2Fb")])
def test_different_names_are_not(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_username_composed_and_decomposed_is_a_duplicate_with_both_lines(tmp_path: Path) -> None:
    text = changed(("  trader.a:", f"  {COMPOSED}:"), ("  trader.b:", f"  {DECOMPOSED}:"))
    assert said(written(tmp_path, text)) == [
        f'27: users.{DECOMPOSED}: "{DECOMPOSED}" is the same username as "{COMPOSED}" on line 22; keep one, '
        "or give one of them another name: capitals, and the way in which accents are "
        "encoded, make no difference"
    ]


def test_a_template_in_another_encoding_is_told_where_to_copy_it_from(tmp_path: Path) -> None:
    here, there = normalize("NFC", "Händler"), normalize("NFD", "Händler")
    text = changed(
        ("    WhenTechTrader:", f"    {here}:"), ("templateUser: WhenTechTrader", f"templateUser: {there}")
    )
    words = said(written(tmp_path, text))
    assert words[0] == (
        f'9: defaults.user.templateUser: there is no template user "{there}"; copy the name {here} from '
        "templates.users: both must be spelled the same"
    )


def test_a_role_in_two_spellings_is_listed_twice(tmp_path: Path) -> None:
    text = changed(("roles: [Trading]", "roles: [Trading, Charting, charting]"))
    assert said(written(tmp_path, text)) == [
        '4: templates.users.WhenTechTrader.roles: "Charting" and "charting" are listed twice; keep one'
    ]


def test_a_name_keeps_the_spelling_that_the_file_gives_it(tmp_path: Path) -> None:
    firm = loaded(tmp_path, changed(("  trader.a:", f"  {DECOMPOSED}:")))
    assert DECOMPOSED in firm.users
