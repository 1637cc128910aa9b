"""The Pulumi program declares resources and never calls: what it imports of the client must not cost it the
HTTP library."""

import subprocess
import sys
from pathlib import Path

import pytest

import providers.t4.api as api

ROOT = Path(__file__).parents[2]


def test_errors_and_models_come_without_the_http_library() -> None:
    code = (
        "import sys; from providers.t4.api import Answer, Conflict, OnboardingRequest;"
        "print(sorted({'httpx', 'cryptography', 'jmespath', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", api.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(api, name)


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Client'"):
        _ = api.Client
