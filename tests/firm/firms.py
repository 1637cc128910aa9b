"""Makes firm files for tests: one whole small firm, and changes to its text."""

from __future__ import annotations

from pathlib import Path

from t4firm.loading.firm_file import load_firm
from t4firm.model.firm import Firm
from t4firm.yaml_files.document import FileError

# Line 1 is `firm:`. Personal details come from the defaults, so that each entry is short.
FIRM = """\
firm: Example Trading LLC
templates:
  users:
    WhenTechTrader: {applications: [WhenTech], roles: [Trading]}
    FillService: {applications: [WhenTechFills], roles: []}
  accounts: [DefaultTemplate]
defaults:
  user:
    templateUser: WhenTechTrader
    apptype: Professional
    phone: 555-123-4567
    email: someone@example.com
    street: 1 Main Street
    city: Columbus
    county: Franklin
    state: OH
    postCode: "43004"
    country: US
  account:
    templateAccount: DefaultTemplate
users:
  trader.a:
    firstname: Ann
    lastname: Ohio
    accounts: ["11111", "22222"]
    applications: [WhenTech]
  trader.b:
    firstname: Bob
    lastname: Idaho
    accounts: ["33333", "44444"]
    applications: [WhenTech]
fillService:
  user:
    username: WhenTechFillUser
    templateUser: FillService
    firstname: WhenTech
    lastname: Fill Service
    account: FILL0001
"""


def changed(*changes: tuple[str, str], text: str = FIRM) -> str:
    """The firm's text with each first text replaced by the second; the first must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def written(folder: Path, content: str | bytes, name: str = "it.firm.yaml") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(folder: Path, content: str) -> Firm:
    """The firm of this text."""
    return load_firm(written(folder, content))


def said(path: Path) -> list[str]:
    """What is wrong with a file, a line each, without its name; nothing if it loads."""
    try:
        load_firm(path)
    except FileError as error:
        return [line.removeprefix(f"{error.mistakes[0].file}:").strip() for line in str(error).split("\n")]
    return []
