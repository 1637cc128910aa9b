"""The JSON schema that editors use: it takes the files that load, and refuses what the models refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from t4firm.loading.firm_file import load_firm
from t4firm.model.firm import Firm
from t4firm.rules.table import RULES
from t4firm.schema import ID, json_schema
from t4firm.schemas import SCHEMAS, as_text, comment_for, file_of
from t4firm.yaml_files.document import read
from tests.firm.firms import FIRM, changed, written

ROOT = Path(__file__).parents[2]
STACKS = ROOT / "stacks"


def after_lastname(line: str) -> tuple[str, str]:
    return "    lastname: Ohio", f"    lastname: Ohio\n    {line}"


def refused(path: Path) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return sorted(".".join(map(str, error.absolute_path)) for error in validator.iter_errors(read(path).data))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_demo_fits_and_names_the_schema_beside_it() -> None:
    assert refused(STACKS / "demo.firm.yaml") == []
    first = (STACKS / "demo.firm.yaml").read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={ID}"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schemas_lie_beside_the_files(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind]())
    assert (STACKS / file_of(kind)).read_text() == as_text(kind), "renew it: make examples"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_example_fits_its_schema_and_names_it(kind: str) -> None:
    """Of the stacks, of the documents, and what is built in."""
    files = [file for part in ("stacks", "docs") for file in (ROOT / part).rglob(f"*.{kind}.yaml")]
    files += [*(ROOT / "t4firm" / "builtin").glob("walk*.yaml")] if kind == "operations" else []
    validator = jsonschema.Draft202012Validator(SCHEMAS[kind]())
    for file in files:
        data = read(file, list_as="attested" if kind == "attested" else None).data
        assert [error.message for error in validator.iter_errors(data)] == [], file
        if file.parent.name == "stacks":  # a firm copies them to its own `stacks`
            assert file.read_text().splitlines()[0] == comment_for(kind)
    assert files or kind in ("attested", "stack", "users")


def test_an_included_file_has_users_and_accounts_as_a_firm_file_has_them_and_nothing_else() -> None:
    whole, part = json_schema(), SCHEMAS["users"]()
    validator = jsonschema.Draft202012Validator(part)
    assert {name: whole["properties"][name] for name in ("users", "accounts")} == part["properties"]
    demo = read(STACKS / "demo.firm.yaml").data
    desk = {name: demo[name] for name in ("users", "accounts")}
    assert [*validator.iter_errors(desk)] == []
    assert [*validator.iter_errors({"users": desk["users"]})] == []
    wrongs: tuple[dict[str, Any], ...] = (
        {**desk, "firm": "x"},
        {"users": {"trader.a": {"frstname": "Ann"}}},
        {"accounts": {"a b": {}}},
    )
    for wrong in wrongs:
        assert [*validator.iter_errors(wrong)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("attested", [{"task": "sign-eula/trader.a", "by": "Ann", "on": "today"}]),
        ("attested", [{"task": "sign-eula/trader.a", "on": "2026-11-28"}]),
        ("attested", {"signed": []}),
        ("stack", {"without": ["fills"]}),
        ("stack", {"templates": {"user": {}}}),
        ("operations", {"readUsr": {"method": "GET", "path": "/x", "answer": "@"}}),
        ("operations", {"readUser": {"method": "POST", "path": "/x", "answer": "@"}}),
        ("operations", {"readUser": {"method": "GET", "path": "/x"}}),
        ("operations", {"disableUser": {"method": "GET", "path": "/x"}}),
        ("operations", {"disableUser": {"method": "PUT"}}),
    ],
)
def test_an_editor_shows_what_is_wrong(kind: str, data: object) -> None:
    assert not jsonschema.Draft202012Validator(
        SCHEMAS[kind](), format_checker=jsonschema.FormatChecker()
    ).is_valid(data)


def test_an_attested_file_is_a_list_or_has_one() -> None:
    line = {"task": "sign-eula/trader.a", "by": "Ann", "on": "2026-11-28", "note": "ticket 4711"}
    validator = jsonschema.Draft202012Validator(SCHEMAS["attested"]())
    assert all(map(validator.is_valid, ([], [line], {"attested": [line]})))


@pytest.mark.parametrize(
    "text",
    [
        FIRM,
        changed(("    lastname: Ohio", "    lastname: Ohio\n    templateUser: null")),
        changed(("fillService:", 'accounts:\n  "22222": {enabled: true, owner: trader.a}\nfillService:')),
        changed(("users:\n  trader.a", 'limits: {newUsers: "10%", departures: 3}\nusers:\n  trader.a')),
        changed(("templates:\n", "whentech: {requestedOn: 2026-11-02, enabledOn: 2026-11-02}\ntemplates:\n")),
        FIRM + '  accounts: ["11111", "22222", "33333"]\n  exclude: {"44444": paper}\n',
    ],
)
def test_what_loads_fits(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    load_firm(path)
    assert refused(path) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_are_beyond_the_schema(rule: Any) -> None:
    found = refused(Path(__file__).parent / "rules" / f"{rule.id}.yaml")
    assert found == (["fillService.user"] if rule.id == "fill-template-named" else [])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (('"43004"', "43004"), "defaults.user.postCode"),
        (("country: US", "contry: US"), "defaults.user"),
        (("country: US", "country: us"), "defaults.user.country"),
        (("state: OH", 'state: " OH"'), "defaults.user.state"),
        (("state: OH", "state:"), "defaults.user.state"),
        (("apptype: Professional", "apptype: Pro"), "defaults.user.apptype"),
        (("email: someone@", "email: someone"), "defaults.user.email"),
        (('["33333", "44444"]', '["33333", "33333"]'), "users.trader.b.accounts"),
        (('"44444"', '"444-44"'), "users.trader.b.accounts.1"),
        (('    accounts: ["33333", "44444"]\n', ""), "users.trader.b"),
        (after_lastname("username: x"), "users.trader.a"),
        (after_lastname("adopt: yes"), "users.trader.a.adopt"),
        (after_lastname("passwordVersion: 0"), "users.trader.a.passwordVersion"),
        (after_lastname('eula: {eulaVersion: "2", signatures: {}}'), "users.trader.a.eula"),
        (("  trader.a:", "  abc:"), "users"),
        (("  trader.a:", "  trader a:"), "users"),
        (("fillService:", "accounts:\n  11-11: {}\nfillService:"), "accounts"),
        (("fillService:", 'accounts:\n  "22222": {account: x}\nfillService:'), "accounts.22222"),
        (("    account: FILL0001", "    account: FILL0001\n  capture: all"), "fillService.capture"),
        (("    account: FILL0001", "    account: FILL0001\n  accounts: all"), "fillService.accounts"),
        (("    account: FILL0001", '    account: FILL0001\n  exclude: {"2-2": x}'), "fillService.exclude"),
        (("    account: FILL0001", ""), "fillService.user"),
        (("users:\n  trader.a", 'limits: {newUsers: "101%"}\nusers:\n  trader.a'), "limits.newUsers"),
        (("users:\n  trader.a", "limits: {newUsers: -1}\nusers:\n  trader.a"), "limits.newUsers"),
        (("firm: Example Trading LLC\n", ""), ""),
    ],
)  # fmt: skip
def test_what_the_models_refuse_does_not_fit(change: tuple[str, str], where: str, tmp_path: Path) -> None:
    found = refused(written(tmp_path, changed(change)))
    assert found
    assert all(place.startswith(where) for place in found)


def descriptions(schema: Any) -> list[tuple[str, Any]]:
    """Every field of the schema, with what describes it."""
    groups = [schema, *schema["$defs"].values()]
    return [(name, field) for group in groups for name, field in group.get("properties", {}).items()]


def test_every_field_is_described() -> None:
    schema = json_schema()
    for name, field in descriptions(schema):
        target = schema["$defs"][field["$ref"].rsplit("/", 1)[-1]] if "$ref" in field else field
        choices = [
            schema["$defs"].get(each.get("$ref", "").rsplit("/", 1)[-1], {})
            for each in field.get("anyOf", [])
        ]
        described = target.get("description") or next((each["description"] for each in choices if each), None)
        assert described, name
        assert "\n" not in described


def test_fields_have_the_names_of_the_models() -> None:
    assert set(json_schema()["properties"]) == set(Firm.model_fields)
