"""The informal request to CTS support, as both WhenTech pages ask for it (seeds 000 and 001)."""

from datetime import date

import pytest

from t4firm.model.firm import WhenTech
from t4firm.whentech_request import mail, next_step


def test_it_comes_from_a_person_of_the_firm_and_names_applications_and_environment() -> None:
    said = mail("Example Trading LLC", "Ann Ohio", "Chief Operating Officer", "Live")
    assert said.startswith(
        "To: T4.Support@plus500.com\nSubject: WhenTech and WhenTechFills for Example Trading"
    )
    words = " ".join(said.split())
    assert "add the applications WhenTech and WhenTechFills to the list of available applications" in words
    assert "Example Trading LLC in the Live environment" in words
    assert said.endswith("Ann Ohio\nChief Operating Officer, Example Trading LLC")


@pytest.mark.parametrize(
    ("asked", "enabled", "words"),
    [
        (None, None, "as `whentech.requestedOn`"),
        (date(2026, 11, 2), None, "was asked on 2026-11-02"),
        (date(2026, 11, 2), date(2026, 11, 4), "has had both applications since 2026-11-04"),
    ],
)
def test_what_comes_next_follows_from_the_firm_file(
    asked: date | None, enabled: date | None, words: str
) -> None:
    assert words in next_step(WhenTech(requestedOn=asked, enabledOn=enabled))
