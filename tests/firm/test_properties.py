"""Whatever stands in a file: it loads, or FileError says why, in words that are safe to print and private."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from t4firm.loading.firm_file import load_firm
from t4firm.yaml_files import parser
from t4firm.yaml_files.document import FileError, read
from tests.firm.firms import FIRM

LEAKS = re.compile(
    r"Traceback|pydantic|Input should|input_value|ValidationError|validator|None\b|\bdict\b|\bstr\b"
)
# What a person's details are in these tests: nowhere else in the file, so that they can be searched for.
PRIVATE = {
    "firstname": "Xenophilia",
    "lastname": "Quackenbush",
    "phone": "555-8172-9931",
    "email": "xq@qqxx.example.com",
    "street": "77 Zymurgy Lane",
    "city": "Wxyzville",
    "county": "Jqkcounty",
    "postCode": "Q9Z8X7",
}


def told(content: bytes) -> str | None:
    """What loading says; None if it loads. Nothing but FileError may come."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "it.firm.yaml"
        path.write_bytes(content)
        try:
            load_firm(path)
        except FileError as error:
            mistakes, words = error.mistakes, str(error).replace(folder, "")
        else:
            return None
    assert mistakes
    assert all(mistake.wrong for mistake in mistakes)
    assert not set(words) - {"\n"} & UNPRINTABLE
    return words


UNPRINTABLE = {chr(code) for code in (*range(32), *range(127, 160), 0x2028, 0x2029, 0x202E, 0xFEFF, 0xD800)}


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    assert told(content) is not None


@given(st.text(max_size=300))
def test_any_text(content: str) -> None:
    assert told(content.encode("utf-8", "surrogatepass")) is not None


# What YAML has a meaning for, one character or word each.
TOKENS = st.sampled_from(
    ["a", "b: ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", ": ", "'", '"', "&a ", "*a",
     "!x ", "? ", "| ", "> ", "# ", "---\n", "...\n", "%", "@", "`", "\\", "<<: ", "~", "1", "true", "\t",
     "é", "\x85", "\u2028"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(TOKENS, max_size=40))
def test_anything_that_looks_like_yaml(tokens: list[str]) -> None:
    assert told("".join(tokens).encode()) is not None


@given(st.lists(TOKENS, max_size=25))
def test_both_parsers_read_the_same(tokens: list[str]) -> None:
    text, found = "".join(tokens), []
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
            patch.setattr(parser, "PARSER", loader)
            path = Path(folder) / "it.yaml"
            path.write_bytes(text.encode())
            try:
                found.append(read(path).data)
            except FileError:
                found.append({})
    if all(found):
        assert found[0] == found[1]


@st.composite
def altered(draw: st.DrawFn) -> str:
    """The firm's file after a slip: lines lost, doubled, moved in or out, or a few characters typed over."""
    text = FIRM
    for field, value in PRIVATE.items():
        text = re.sub(rf"(?m)^(    {field}: ).*$", rf"\g<1>{value}", text)
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["lose", "double", "in", "out", "type", "value"])):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "in":
                lines[at] = "  " + lines[at]
            case "out":
                lines[at] = lines[at].removeprefix("  ")
            case "type":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = (
                    lines[at][:place]
                    + draw(st.text(":-[]{}\"'#&*!|>%@ ,.x1\t", max_size=3))
                    + lines[at][place:]
                )
            case "value":
                name, colon, _ = lines[at].partition(": ")
                lines[at] = (
                    name
                    + colon
                    + draw(st.sampled_from(["", "~", "1", "[x]", "{a: b}", '""', '" "', "yes", "|", "x"]))
                )
        if not lines:
            break
    return "\n".join(lines)


@settings(max_examples=400)
@given(altered())
def test_slips_are_told_without_jargon_and_without_personal_details(text: str) -> None:
    words = told(text.encode())
    if words is not None:
        assert not LEAKS.search(words), words
        for value in PRIVATE.values():
            assert value not in words, words


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["user", "users", "accounts", "11111", "roles", "exclude", "eula", "x"]),
            inside,
            max_size=3,
        )
    ),
    max_leaves=8,
)
PATHS = [
    "firm", "whentech", "whentech/requestedOn", "templates", "templates/users",
    "templates/users/FillService", "templates/users/FillService/roles", "templates/accounts", "defaults",
    "defaults/user", "defaults/user/templateUser", "defaults/account", "users", "users/trader.a",
    "users/trader.a/accounts", "users/trader.a/applications", "users/trader.a/marketData",
    "users/trader.a/eula", "users/trader.a/departed", "accounts", "accounts/22222", "accounts/22222/owner",
    "fillService", "fillService/user", "fillService/user/account", "fillService/user/username",
    "fillService/capture", "fillService/accounts", "fillService/exclude", "limits", "limits/newUsers",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=1, max_size=3))
def test_any_value_anywhere(changes: list[tuple[str, Any]]) -> None:
    data: dict[str, Any] = yaml.safe_load(FIRM)
    for path, value in changes:
        group, parts = data, path.split("/")
        for part in parts[:-1]:
            if not isinstance(group.get(part), dict):
                group[part] = {}
            group = group[part]
        group[parts[-1]] = value
    words = told(yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode())
    assert words is None or "is not of the expected form" not in words
