"""An address comes from one place: all of it from the defaults, or all of it from the entry (case
defaults-across-countries)."""

from pathlib import Path

import pytest

from t4firm.loading.addresses import PARTS
from tests.firm.firms import changed, loaded, said, written

OSLO = "    street: Storgata 1\n    city: Oslo\n    postCode: '0150'\n    country: 'NO'\n"


def with_ann(lines: str) -> str:
    """The firm, with more lines in trader.a's entry."""
    return changed(("    lastname: Ohio\n", f"    lastname: Ohio\n{lines}"))


def missing(path: Path) -> list[str]:
    """The parts of trader.a's address that the file is said to lack."""
    lines = said(path)
    assert all("an address from defaults.user is used only as a whole" in line for line in lines), lines
    return [line.split(": ")[1].removeprefix("users.trader.a.") for line in lines]


def test_nobody_in_oslo_lives_in_ohio(tmp_path: Path) -> None:
    lines = said(written(tmp_path, with_ann(OSLO)))
    assert missing(written(tmp_path, with_ann(OSLO))) == ["county", "state"]
    assert lines[0].endswith("add it, or county: none if the country has none")


def test_none_can_be_written(tmp_path: Path) -> None:
    user = loaded(tmp_path, with_ann(f"{OSLO}    county: none\n    state: none\n")).users["trader.a"]
    assert (user.street, user.city, user.county, user.state) == ("Storgata 1", "Oslo", "", "")


@pytest.mark.parametrize(
    ("lines", "lacks"),
    [
        ("    country: CA\n", ["city", "county", "postCode", "state", "street"]),
        ("    street: 2 Main Street\n", ["city", "county", "postCode", "state"]),
        ("    country: US\n", []),
        ("    phone: 555-1\n", []),
    ],
)
def test_the_parts_are_inherited_together_and_only_in_the_same_country(
    tmp_path: Path, lines: str, lacks: list[str]
) -> None:
    if lacks:
        assert sorted(missing(written(tmp_path, with_ann(lines)))) == lacks
    else:
        user = loaded(tmp_path, with_ann(lines)).users["trader.a"]
        assert (user.street, user.county, user.country) == ("1 Main Street", "Franklin", "US")


def test_the_country_alone_is_inherited(tmp_path: Path) -> None:
    own = "".join(f"    {name}: '1'\n" for name in PARTS)
    assert loaded(tmp_path, with_ann(own)).users["trader.a"].country == "US"


def test_the_fill_user_too(tmp_path: Path) -> None:
    text = changed(("    account: FILL0001\n", "    account: FILL0001\n    country: GB\n"))
    assert len(said(written(tmp_path, text))) == len(PARTS)


def test_what_a_country_may_not_have_is_said_also_without_a_default(tmp_path: Path) -> None:
    text = changed(("    county: Franklin\n    state: OH\n", ""))
    words = said(written(tmp_path, text))
    assert len(words) == 6
    for name, example in (("county", "Franklin"), ("state", "OH")):
        right = f"add it, for example {name}: {example}, or {name}: none if the country has none"
        assert sum(word.endswith(f"{name}: is missing; {right}") for word in words) == 3
