"""Which column is which field: guessed from the headers, kept in a file beside the table, corrected there.

columns:
  Login: username
  E-mail (work): email
  Market data CME: marketData.CME
  Notes: ignore
values:
  templateUser: {Trader: WhenTechTrader}     # what a cell says, and what the firm file says for it
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from t4firm.model.fields import Entry
from t4firm.model.values import Text
from t4firm.spreadsheets.sheet import Sheet
from t4firm.yaml_files.document import FileError, Mistake, read, validated
from t4firm.yaml_files.mistakes import listed, shown
from t4firm.yaml_files.model_errors import nearest_name
from t4firm.yaml_files.writing import block

IGNORE: Final = "ignore"
ENDING: Final = ".columns.yaml"

FULL_NAME: Final = "fullname"
ADOPT_ACCOUNT: Final = "account.adopt"
SIGNATURES: Final = "eula.signatures"

# Each field with the headers that mean it, without accents, spaces, signs, and what is in brackets.
_HEADERS: Final[Mapping[str, str]] = {
    "username": "username user userid login loginname loginid t4user t4username t4login "
    "benutzername benutzer",
    "firstname": "firstname first givenname forename vorname",
    "lastname": "lastname last surname familyname nachname",
    FULL_NAME: "name fullname trader tradername",
    "phone": "phone phonenumber telephone telephonenumber tel mobile cell telefon",
    "email": "email emailaddress mail",
    "street": "street streetaddress address address1 addressline1 strasse",
    "city": "city town ort stadt",
    "county": "county landkreis kreis",
    "state": "state province stateprovince bundesland",
    "postCode": "postcode postalcode zip zipcode plz",
    "country": "country countrycode land",
    "apptype": "apptype usertype professional professionalstatus subscribertype",
    "templateUser": "templateuser usertemplate template",
    "accounts": "accounts account accountnumber accountnumbers accountno acct acctno tradingaccount "
    "tradingaccounts t4account t4accounts konto kontonummer",
    "applications": "applications application apps",
    "applications.WhenTech": "whentech",
    "marketData": "marketdata",
    "adopt": "adopt existsint4",
    "accountName": "accountname",
    "displayName": "displayname accountdisplayname",
    "templateAccount": "templateaccount accounttemplate",
    "enabled": "enabled accountenabled",
    "owner": "owner accountowner",
    ADOPT_ACCOUNT: "adoptaccount accountexistsint4",
    "eula.eulaVersion": "eulaversion",
}
FIELDS: Final = tuple(_HEADERS)
OF_ACCOUNTS: Final = ("accountName", "displayName", "templateAccount", "enabled", "owner", ADOPT_ACCOUNT)
SEVERAL: Final = ("accounts", "applications")
"""Fields that more than one column may have: Account 1, Account 2."""

_MEANING: Final = {header: name for name, headers in _HEADERS.items() for header in headers.split()}
_MARKET_DATA = re.compile(r"market ?data[ :.-]+([A-Za-z0-9_]+)", re.IGNORECASE)


class ColumnsFile(Entry):
    """The file as it is written."""

    columns: Annotated[dict[Text, Text], Field(description="The header of a column: the field.")]
    values: Annotated[
        dict[Text, dict[Text, Text]],
        Field(description="For a field: what a cell says, and what the firm file says for it."),
    ] = Field(default_factory=dict)


@dataclass(frozen=True)
class Columns:
    """The field of each column of a sheet, "" where it is none; and other words for what cells say."""

    fields: tuple[str, ...]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, name: str) -> list[int]:
        """The columns of a field."""
        return [index for index, each in enumerate(self.fields) if each == name]


def is_known(header: str) -> bool:
    """Whether a header is one of a field."""
    return bool(_meant(header))


def guessed(sheet: Sheet) -> Columns:
    """What the headers mean; of two columns for one field the first has it."""
    fields: list[str] = []
    for header in sheet.headers:
        meant = _meant(header)
        fields.append("" if meant in fields and meant not in SEVERAL else meant)
    return Columns(tuple(fields))


def load_columns(path: Path, sheet: Sheet) -> Columns:
    """What a file says of the columns of a sheet; a column that it does not have is guessed. Raises
    FileError."""
    document = read(path)
    said = validated(document, ColumnsFile)
    mistakes: list[Mistake] = []
    for label, name in said.columns.items():
        loc = ("columns", label)
        if label not in sheet.labels:
            wrong = f"{sheet.file} has no such column"
            mistakes.append(
                document.mistake(loc, wrong, f"its columns are {listed(map(shown, sheet.labels))}")
            )
        elif name != IGNORE and not _is_field(name):
            near = nearest_name(name, FIELDS)
            right = f'did you mean "{near}"?' if near else f"write {IGNORE}, or one of: {', '.join(FIELDS)}"
            mistakes.append(document.mistake(loc, f'"{shown(name)}" is no field', right))
    for name in said.values:
        if not _is_field(name):
            mistakes.append(document.mistake(("values", name), "is no field", "name a field of the columns"))
    guess = dict(zip(sheet.labels, guessed(sheet).fields, strict=True))
    fields = tuple(said.columns.get(label, guess[label]) for label in sheet.labels)
    for name in sorted({each for each in fields if fields.count(each) > 1} - {"", IGNORE, *SEVERAL}):
        both = listed(
            f'"{shown(label)}"' for label, each in zip(sheet.labels, fields, strict=True) if each == name
        )
        mistakes.append(
            document.mistake(("columns",), f"the columns {both} are both {name}", "keep one of them")
        )
    if mistakes:
        raise FileError(mistakes)
    return Columns(tuple("" if name == IGNORE else name for name in fields), said.values)


def text_of(columns: Columns, sheet: Sheet, today: str) -> str:
    """The file that keeps what was guessed, to be corrected."""
    fields = {
        label: name or IGNORE for label, name in zip(sheet.labels, columns.fields, strict=True) if label
    }
    lines = [
        f"# Which column of {shown(sheet.file)} is which field: guessed by `t4firm import` on {today}.",
        "# Correct it and import again. `ignore`: the column is not read. Fields: docs/import.md.",
        "columns:",
        *block(fields, "  "),
        "# values:      # what a cell says, and what the firm file says for it",
        "#   templateUser: {Trader: WhenTechTrader}",
    ]
    return "\n".join(lines) + "\n"


def shown_columns(columns: Columns, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Each column with its field, for people to check."""
    for label, name in zip(sheet.labels, columns.fields, strict=True):
        if label:
            yield shown(label), name or "not read"


def _is_field(name: str) -> bool:
    group, _, rest = name.partition(".")
    dotted = group in ("applications", "marketData") or name.startswith(f"{SIGNATURES}.")
    return name in FIELDS or bool(dotted and rest)


def _meant(header: str) -> str:
    if found := _MARKET_DATA.fullmatch(header.strip()):
        return f"marketData.{found[1]}"
    folded = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", header).casefold())
    word = re.sub(r"[^a-z0-9]", "", folded)
    return _MEANING.get(word) or _numbered(word)


def _numbered(word: str) -> str:
    """Account 1, Account 2 …"""
    meant = _MEANING.get(word.rstrip("0123456789"), "")
    return meant if meant == "accounts" else ""


def password_columns(sheet: Sheet) -> list[Any]:
    """Columns that hold passwords: nothing reads them, and people are told."""
    return [label for label in sheet.labels if re.search("pass ?wor[dt]|kennwort|pwd", label, re.IGNORECASE)]
