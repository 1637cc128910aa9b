"""A password seed: made by a machine, refused where it can be guessed, dear to try."""

import base64
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from providers.t4.configuration import password_seed
from providers.t4.configuration.password_seed import bits, new_seed, problem, stretched

WEAK = [
    "passwordpassword-password1",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabcabcabcabc",
    "0123456789abcdef0123456789abcdef",
    "qwertyuiopasdfghjklzxcvbnm",
    "9876543210zyxwvutsrqponmlkj",
    "correct horse battery staple 2026",
    "a seed that only the tests of this project use",
    "Summer2026!Chicago!Trading!Firm",
    "ExampleTradingLLC-live-seed-2026",
    "My-dog-Rex-was-born-in-Ohio-1999!",
    "Tr0ub4dor&3Tr0ub4dor&3",
    "2026-11-02 2026-11-03 2026-11-04",
]


@pytest.mark.parametrize("seed", WEAK)
def test_what_a_person_thinks_of_is_refused_without_repeating_it(seed: str) -> None:
    words = problem(seed)
    assert words.startswith("t4:passwordSeed can be guessed: ")
    assert "`t4firm password --new-seed`" in words
    assert seed not in words


@pytest.mark.parametrize("seed", ["", "x", "Kp7vT2xqW9mZ4rLcN8sYb"])
def test_what_is_short_is_refused(seed: str) -> None:
    assert "too short" in problem(seed) or "is not set" in problem(seed)


def made(by: str, numbers: random.Random) -> str:
    if by == "hex":  # openssl rand -hex 16
        return numbers.randbytes(16).hex()
    if by == "base64":  # openssl rand -base64 32
        return base64.b64encode(numbers.randbytes(32)).decode()
    return base64.urlsafe_b64encode(numbers.randbytes(32)).decode().rstrip("=")


@pytest.mark.parametrize("by", ["hex", "base64", "t4firm"])
def test_what_a_machine_made_is_taken(by: str) -> None:
    numbers = random.Random(f"{by} 1")
    assert [seed for seed in (made(by, numbers) for _ in range(2000)) if problem(seed)] == []


def test_a_new_seed_is_good_and_never_the_same() -> None:
    seeds = {new_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert all(len(seed) == 43 and not problem(seed) and bits(seed) > 90 for seed in seeds)


def test_a_long_seed_is_judged_at_once() -> None:
    assert problem("ab" * 50_000)


def test_a_seed_is_stretched_once_in_a_process() -> None:
    """At a cost that a guesser pays for each guess: 32 MiB of memory."""
    assert password_seed._COST * password_seed._BLOCKS * 128 == 32 * 2**20
    seed, before = new_seed(), password_seed._stretched.cache_info().misses
    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(stretched, [seed] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert password_seed._stretched.cache_info().misses == before + 1


def test_the_stretching_never_changes() -> None:
    """Another key would lock every user out of what the product can prove and hand over."""
    assert (
        stretched("only-for-tests").hex()
        == "4a5fc403edbad8a7086711fabfa83fca6857113976d50c231b5a43502292785f"
    )
