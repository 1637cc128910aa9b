"""Derived passwords: the published rules (t4.md section 5), always the same, different for everything that
differs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.t4.session.password import LENGTH, password_for
from t4firm.model.names import same

SEED = "only-for-tests-Vn3kqZr8TyPw5LcHx2mJd9Gf7bQs4u"
SEEDS = [SEED, "only-for-tests-Jd5wQ8rXn3LkV7tYbZ2mCf9GsHp6"]
USERNAMES = st.text(min_size=1, max_size=60) | st.emails() | st.text("aBc1!", min_size=1, max_size=200)


@given(USERNAMES, st.integers(1, 10_000))
def test_a_password_meets_the_published_rules(username: str, version: int) -> None:
    password = password_for(SEED, username, version)
    assert len(password) == LENGTH >= 8
    for group in ("[A-Z]", "[a-z]", "[0-9]", r"[^A-Za-z0-9\s_]"):
        assert re.search(group, password)
    lower, name = password.lower(), username.lower()
    assert not [name[at : at + 3] for at in range(len(name) - 2) if name[at : at + 3] in lower]


@given(USERNAMES)
def test_a_password_can_be_typed_and_pasted_anywhere(username: str) -> None:
    password = password_for(SEED, username, 1)
    assert password[0].isalpha()
    assert not set(password) & set("IlO01 \"'\\<>&,;=-")
    assert password.isascii()


@given(
    USERNAMES,
    USERNAMES,
    st.integers(1, 50),
    st.integers(1, 50),
    st.sampled_from(SEEDS),
    st.sampled_from(SEEDS),
)
def test_it_is_the_same_for_the_same_and_another_for_another(
    one: str, other: str, version: int, later: int, seed: str, reseeded: str
) -> None:
    password = password_for(seed, one, version)
    assert password == password_for(seed, one, version)
    if not same(one, other):
        assert password != password_for(seed, other, version)
    if version != later:
        assert password != password_for(seed, one, later)
    if seed != reseeded:
        assert password != password_for(reseeded, one, version)


def test_the_case_of_a_username_does_not_matter() -> None:
    assert password_for(SEED, "Trader.A", 1) == password_for(SEED, "trader.a", 1)


@pytest.mark.parametrize(
    ("username", "version", "password"),
    [
        ("trader.a", 1, "YgS@Ar*8bfize%BJDTw9+d2B"),
        ("trader.a", 2, "mbsiL2Y7%9WY3ecS4CTvs4M5"),
        ("WhenTechFillUser", 1, "cKHq@TH#HSxR7fyq2*zCB837"),
        ("jörg@x.example", 1, "vWwJ@H5S%b$H8mQ4iGNbq4J2"),
    ],
)
def test_the_derivation_never_changes(username: str, version: int, password: str) -> None:
    """Another result would lock every user out of what the product can prove and hand over."""
    assert password_for(SEED, username, version) == password


@pytest.mark.parametrize(
    ("seed", "username", "version"), [("", "trader.a", 1), (SEED, "", 1), (SEED, "trader.a", 0)]
)
def test_nothing_is_derived_from_nothing(seed: str, username: str, version: int) -> None:
    with pytest.raises(ValueError, match="a password needs a seed, a username and a version of 1 or more"):
        password_for(seed, username, version)


def test_a_username_that_leaves_no_password() -> None:
    alphabet = "abcdefghijkmnopqrstuvwxyzl23456789!#$%*+?@"
    everything = "".join(a + b + c for a in alphabet for b in alphabet for c in alphabet)
    with pytest.raises(ValueError, match="no password can avoid every run of 3 characters"):
        password_for(SEED, everything, 1)
