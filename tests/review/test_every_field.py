"""Whatever somebody changes in a stack's files, the review says so: every field of every model, one by one.

A field that a later version adds fails here until it has a value, and until the comment tells its change.
"""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from providers.t4.configuration.stack_files import FirmStack, load_stack
from t4firm.loading.attested_file import Attestation
from t4firm.loading.stack_file import Environment
from t4firm.model.firm import Firm
from t4firm.operations import Operation, Pages
from t4firm.review.compare import review_of
from t4firm.review.entries import LABELS
from t4firm.review.model import Review
from t4firm.yaml_files.model_errors import FilledIn
from t4firm_cli.project.sides import sides_of
from tests.goals.firms import FULL, PERSON, ROOT, firm_of
from tests.review.changes import told

Files = dict[str, Any]

SIGNED = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}


def files() -> Files:
    """A stack's files with something in every group: `firm`, `stack`, `operations` and `attested`."""
    firm = firm_of(
        trader_a={
            "accounts": ["11111", "22222"],
            "marketData": {"CME": "Depth"},
            "eula": SIGNED,
            **{name: firm_of()["defaults"]["user"][name] for name in ("templateUser", "apptype", "country")},
        },
        trader_b={"accounts": ["33333", "22222"]},
    )
    firm["templates"]["users"]["Spare"] = {"applications": [], "roles": []}
    firm["templates"]["accounts"] = ["DefaultTemplate", "SpareAccount"]
    firm["accounts"] = {"22222": {"owner": "trader.a"}}
    firm["fillService"]["exclude"] = {"22222": "paper trading"}
    firm["fillService"]["user"] |= {"marketData": {"CME": "Depth"}, "eula": SIGNED}
    firm["templates"]["users"]["FillServiceOther"] = {"applications": ["WhenTechFills"]}
    firm["accepted"] = {"update-user/trader.a/phone": {"reason": "being moved", "until": "2999-12-31"}}
    operations = yaml.safe_load((ROOT / FULL).read_text())
    attested = [{"task": "create-account/22222", "by": "A. Admin", "on": "2026-11-20", "note": "ticket 1"}]
    return {"firm": firm, "stack": {}, "operations": operations, "attested": attested}


def loaded(folder: Path, files: Files) -> FirmStack:
    for name, content in files.items():
        (folder / f"live.{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    stack_file = folder / "live.stack.yaml"
    return load_stack(folder / "live.firm.yaml", str(folder / "live.operations.yaml"), ROOT, stack_file)


def review(folder: Path, before: Files, after: Files) -> Review:
    (folder / "retail.firm.yaml").write_text(
        yaml.safe_dump({**firm_of(trader_r={"accounts": ["77777"]}), "fillService": None})
    )
    base, head = loaded(folder, before), loaded(folder, after)
    return review_of("live", *sides_of(base, head))


NAMES = {
    "templates.users": "WhenTechTrader",
    "users": "trader.a",
    "accounts": "22222",
    "accepted": "update-user/trader.a/phone",
}
"""For each group of named entries, the entry whose fields are changed."""

OTHER: Mapping[str, Any] = {
    **dict.fromkeys(PERSON, "Other"),
    "email": "other@example.com",
    "country": "CA",
    "apptype": "NonProfessional",
    "passwordVersion": 2,
    "adopt": True,
    "departed": True,
    "enabled": True,
    "displayName": "Other",
    "accountName": "Other",
    "templateAccount": "SpareAccount",
    "templateUser": "Spare",
    "marketData": {"CME": "TOB"},
    "applications": ["WhenTech", "Charting"],
}
"""For a field of people or accounts, wherever it stands, another value."""

WHERE = {
    "users.trader.a.": "| `trader.a` | changes | {label}",
    "accounts.22222.": "| `trader.a` | changes | account 22222, {label}",
    "fillService.user.": "| `WhenTechFillUser` (the fill service) | changes | {label}",
    "defaults.": "- {path}",
}
"""For a field below this path, where the comment tells it."""

SAYS: Mapping[str, tuple[Any, str]] = {
    "firm": ("Other LLC", "- firm: `Example Trading LLC` → `Other LLC`"),
    "whentech.requestedOn": ("2026-11-01", "- whentech.requestedOn: `2026-11-02` → `2026-11-01`"),
    "whentech.enabledOn": ("2026-11-05", "- whentech.enabledOn: `2026-11-04` → `2026-11-05`"),
    "templates.users": (
        {**files()["firm"]["templates"]["users"], "Other": {}},
        "- template Other is new in the file: the file says that it gives nothing",
    ),
    "templates.users.WhenTechTrader.applications": (
        ["WhenTech", "Charting"],
        "- the file now says that template WhenTechTrader gives also Charting",
    ),
    "templates.users.WhenTechTrader.roles": (
        ["Trading", "Risk Manager"],
        "- the file now says that template WhenTechTrader gives also Risk Manager",
    ),
    "templates.accounts": (
        ["DefaultTemplate", "SpareAccount", "Other"],
        "- template account Other is new in the file",
    ),
    "defaults.user.applications": (["Charting"], "- defaults.user.applications: `Charting`"),
    "users": (
        {**files()["firm"]["users"], "trader.c": {**files()["firm"]["users"]["trader.b"], "accounts": ["5"]}},
        "| `trader.c` | new |",
    ),
    "users.trader.a.accounts": (
        ["11111", "22222", "44444"],
        "| `trader.a` | changes | accounts: + `44444`",
    ),
    "users.trader.a.departed": (True, "| `trader.a` | departs |"),
    **{
        f"{whose}.eula.{field}": (value, f"EULA: {words}")
        for whose in ("users.trader.a", "fillService.user")
        for field, value, words in (
            ("eulaVersion", "3", "- `version 2`, + `version 3`"),
            (
                "signatures",
                {"LegalEULA": "2025-06-01T10:30:15"},
                "- `LegalEULA signed 2025-05-01T10:30:15`, + `LegalEULA signed 2025-06-01T10:30:15`",
            ),
        )
    },
    "users.trader.a.revoke.accounts": (["44444"], "| revoked: accounts: `44444`"),
    "users.trader.a.revoke.applications": (["Charting"], "| revoked: applications: `Charting`"),
    "accounts": (
        {"22222": {"owner": "trader.a"}, "33333": {"enabled": True}},
        "| account 33333, enabled: `yes`",
    ),
    "accounts.22222.owner": ("trader.b", "account 22222, owner: `trader.a` → `trader.b`"),
    "fillService.user.username": ("OtherFillUser", "| `OtherFillUser` (the fill service) | new |"),
    "fillService.user.templateUser": ("FillServiceOther", "| template: `FillService` → `FillServiceOther`"),
    "fillService.user.account": ("FILL0002", "| `WhenTechFillUser` (the fill service) | changes | account: "),
    "fillService.user.revoke.accounts": (
        ["44444"],
        "| `WhenTechFillUser` (the fill service) | changes | revoked: accounts: `44444`",
    ),
    "fillService.user.departed": (True, "| `WhenTechFillUser` (the fill service) | departs |"),
    "fillService.capture": ("none", "- fillService.capture: `accounts` → `none`"),
    "fillService.accounts": (
        ["11111", "33333"],
        "- fillService.accounts: - `whentech`, + `11111`, + `33333`",
    ),
    "fillService.exclude": (
        {"22222": "for another reason"},
        "- fillService.exclude.22222: `paper trading` → `for another reason`",
    ),
    "fillService.stacks": (["retail"], "- fillService.stacks: `retail`"),
    "limits.newUsers": (24, "- limits.newUsers changes from 25 to 24"),
    "limits.departures": (2, "- limits.departures changes from 3 to 2"),
    "limits.marketData": ("10%", "- limits.marketData changes from 50 to 10%"),
    "accepted": ({}, "- accepted.update-user/trader.a/phone.reason: `being moved` → none"),
    "accepted.update-user/trader.a/phone.reason": (
        "lost",
        "- accepted.update-user/trader.a/phone.reason: `being moved` → `lost`",
    ),
    "accepted.update-user/trader.a/phone.until": (
        "2999-12-30",
        "- accepted.update-user/trader.a/phone.until: `2999-12-31` → `2999-12-30`",
    ),
}
"""Field of the firm file -> another value, and the beginning of what the comment says of it."""


def paths(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field that somebody can write; of a group of named entries the group, and the fields of one."""
    for name, field in model.model_fields.items():
        if any(isinstance(each, FilledIn) for each in field.metadata):
            continue
        if name == "include":  # in which file an entry is makes no difference: tests/firm/test_included.py
            continue
        here, inner, group = (*path, name), model_in(field.annotation), get_origin(field.annotation) is dict
        if inner is None or group:
            yield here
        if inner is not None:
            yield from paths(inner, (*here, NAMES[".".join(here)]) if group else here)


def model_in(kind: object) -> type[BaseModel] | None:
    """The model in an annotation such as `dict[str, User]` or `Eula | None`."""
    if isinstance(kind, type) and get_origin(kind) is None:
        return kind if issubclass(kind, BaseModel) else None
    return next(filter(None, map(model_in, get_args(kind))), None)


def changed(files: Files, file: str, path: tuple[str | int, ...], value: Any) -> Files:
    """The files with one field of one of them written otherwise."""
    after = copy.deepcopy(files)
    held = after[file]
    for part in path[:-1]:
        held = held.setdefault(part, {}) if isinstance(held, dict) else held[part]
    held[path[-1]] = value
    return after


def other(path: tuple[str, ...]) -> tuple[Any, str]:
    """Another value for a field of the firm file, and the beginning of what the comment says of it."""
    name, field = ".".join(path), path[-1]
    if name in SAYS:
        return SAYS[name]
    [where] = [words for begin, words in WHERE.items() if name.startswith(begin)]
    label = "market data CME" if field == "marketData" else LABELS.get(field, field)
    told = f"{name}.CME" if field == "marketData" else name
    return OTHER[field], f"{where.format(label=label, path=told)}: "


def is_told(folder: Path, before: Files, after: Files, words: str) -> None:
    assert words not in told(review(folder, before, before))
    seen = review(folder, before, after)
    assert seen.changes_something
    assert "nothing changes" not in seen.headline
    assert words in told(seen)


@pytest.mark.parametrize("path", [*paths(Firm)], ids=".".join)
def test_of_the_firm_file(tmp_path: Path, path: tuple[str, ...]) -> None:
    value, words = other(path)
    before = files()
    if path == ("fillService", "user", "departed"):  # the second step of ending the service
        before["firm"]["fillService"]["capture"] = "none"
    is_told(tmp_path, before, after := changed(before, "firm", path, value), words)
    # and back again
    back = review(tmp_path, after, before)
    assert back.changes_something
    assert "nothing changes" not in back.headline


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("templates", "users"), {"Spare": "SimSpare"}, "- template SimSpare is new in the file"),
        (("templates", "accounts"), {"SpareAccount": "Sim"}, "- template account Sim is new in the file"),
        (("without",), ["whentech"], "| `WhenTechFillUser` (the fill service) | leaves the file |"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_of_the_stack_file(tmp_path: Path, path: tuple[str, ...], value: Any, words: str) -> None:
    assert path in {*paths(Environment)}
    is_told(tmp_path, files(), changed(files(), "stack", path, value), words)


OF_OPERATIONS: tuple[tuple[str, str, Any, str], ...] = (
    ("disableUser", "method", "PUT", "PATCH → PUT"),
    (
        "disableUser",
        "path",
        "/admin/v2/users/{userID}",
        "/admin/v1/users/{userID} → /admin/v2/users/{userID}",
    ),
    (
        "disableUser",
        "body",
        {"enabled": True, "roles": ["Trading"]},
        '{"enabled": false} → {"enabled": true, "roles": &#91;"Trading"&#93;}',
    ),
    ("disableUser", "answer", "user.enabled", "nothing → answer: user.enabled"),
    ("disableUser", "success", "status == 'done'", "nothing → success: status == 'done'"),
    ("listUsers", "total", "metadata.count", "total: data.totalCount → total: metadata.count"),
    ("listUsers", "complete", "metadata.isLast", "nothing → complete: metadata.isLast"),
    (
        "listUsers",
        "pages",
        {"by": "cursor", "next": "data.next", "parameter": "cursor"},
        'pages: {"by": "cursor", "next": "data.nextCursor", "parameter": "cursor", "first": 1} → '
        'pages: {"by": "cursor", "next": "data.next", "parameter": "cursor", "first": 1}',
    ),
    (
        "listUsers",
        "pages",
        {"by": "number", "parameter": "page", "first": 0},
        'pages: {"by": "cursor", "next": "data.nextCursor", "parameter": "cursor", "first": 1} → '
        'pages: {"by": "number", "parameter": "page", "first": 0}',
    ),
)
"""Operation, its field -> another value, and what the comment says of it."""


@pytest.mark.parametrize(("operation", "field", "value", "words"), OF_OPERATIONS)
def test_of_the_operations_file(tmp_path: Path, operation: str, field: str, value: Any, words: str) -> None:
    after = changed(files(), "operations", (operation, field), value)
    is_told(tmp_path, files(), after, f"- operation {operation}: {words}")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("task", "create-account/33333", "- `create-account/22222`: the sign-off is withdrawn"),
        ("by", "B. Admin", "- `create-account/22222` by `B. Admin` on 2026-11-20: ticket 1"),
        ("on", "2026-11-19", "- `create-account/22222` by `A. Admin` on 2026-11-19: ticket 1"),
        ("note", "ticket 2", "- `create-account/22222` by `A. Admin` on 2026-11-20: ticket 2"),
    ],
)
def test_of_the_attested_file(tmp_path: Path, field: str, value: str, words: str) -> None:
    is_told(tmp_path, files(), changed(files(), "attested", (0, field), value), words)


def test_these_are_all_fields_of_the_smaller_files() -> None:
    assert {*paths(Environment)} == {("templates", "users"), ("templates", "accounts"), ("without",)}
    assert {*Operation.model_fields} == {field for _, field, _, _ in OF_OPERATIONS}
    pages = [value for _, field, value, _ in OF_OPERATIONS if field == "pages"]
    assert {*Pages.model_fields} == {name for value in pages for name in value}
    assert {*Attestation.model_fields} == {"task", "by", "on", "note"}
