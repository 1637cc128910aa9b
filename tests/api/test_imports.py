"""The Pulumi program declares resources and never calls: what it imports of the client must not cost it the
HTTP library."""

import subprocess
import sys
from pathlib import Path

import pytest

import providers.t4.api as api
from tests.clock import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "imported",
    [
        "from providers.t4.api import Answer, Conflict, OnboardingRequest",
        "import providers.t4.program",
    ],
)
def test_what_only_calls_need_is_not_loaded(imported: str) -> None:
    slow = "{'httpx', 'cryptography', 'deepdiff', 'jmespath', 'tenacity'}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {imported}; print(sorted({slow} & set(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", api.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(api, name)


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Client'"):
        _ = api.Client
