"""Firms that nobody has, made up by chance."""

from __future__ import annotations

import random
from typing import Any, Final

import yaml

from tools.crash_test.ways import Size
from tools.simulated import ROOT

EULA: Final = {
    "eulaVersion": "2",
    "signatures": dict.fromkeys(("LegalEULA", "LegalPP", "LegalMDSA"), "2025-05-01T10:30:15"),
}
"""Signed by everybody: T4 lets nobody log in without (seed 002), and a login is the proof."""

TRADERS_ROLES: Final = yaml.safe_load((ROOT / "stacks" / "demo.firm.yaml").read_text())["templates"]["users"][
    "WhenTechTrader"
]["roles"]
"""What the simulator's template gives."""


def made_up_firm(chance: random.Random, size: Size) -> dict[str, Any]:
    """A firm file: some traders with some accounts each, in half of the cases with a fill service."""
    number = iter(chance.sample(range(10_000, 100_000), size.traders * size.accounts))
    users = {}
    for index in range(chance.randint((size.traders + 1) // 2, size.traders)):
        name = f"trader.{chance.randrange(1000):03}{'abcdefgh'[index]}"
        accounts = [str(next(number)) for _ in range(chance.randint(1, size.accounts))]
        data = {"marketData": {"CME": "Depth"}} if chance.random() < 0.5 else {}
        users[name] = {**_person(name), "accounts": accounts, "applications": ["WhenTech"], **data}
    firm: dict[str, Any] = {
        "firm": "Crash Trading LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {
                "WhenTechTrader": {"applications": ["WhenTech"], "roles": TRADERS_ROLES},
                "FillService": {"applications": ["WhenTechFills"], "roles": []},
            },
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {
            "user": {"templateUser": "WhenTechTrader", "apptype": "Professional", "country": "US"},
            "account": {"templateAccount": "DefaultTemplate"},
        },
        "users": users,
        "accounts": {
            account: {"enabled": True}
            for user in users.values()
            for account in user["accounts"]
            if chance.random() < 0.3
        },
    }
    if chance.random() < 0.5:
        fill_user = {
            "username": "CrashFillUser",
            "templateUser": "FillService",
            **_person("fill"),
            "account": "FILL0001",
        }
        firm["fillService"] = {"user": fill_user, "capture": "accounts", "accounts": "whentech"}
    return firm


def _person(name: str) -> dict[str, Any]:
    return {
        "firstname": "Somebody",
        "lastname": name,
        "phone": "555-123-4567",
        "email": f"{name}@example.com",
        "street": "1 Main Street",
        "city": "Columbus",
        "county": "Franklin",
        "state": "OH",
        "postCode": "43004",
        "eula": EULA,
    }


def wanted(firm: dict[str, Any]) -> dict[str, set[str]]:
    """Username -> the accounts that T4 must show for it."""
    people = {name: set(user["accounts"]) for name, user in firm["users"].items()}
    if service := firm.get("fillService"):
        everything = set().union(*people.values())
        people[service["user"]["username"]] = {service["user"]["account"], *everything}
    return people


def with_adoption(firm: dict[str, Any], name: str) -> bool:
    """Write `adopt: true` under a user or an account; False when that stands there already."""
    service = firm.get("fillService", {}).get("user", {})
    if name == service.get("username"):
        entry = service
    elif name in firm["users"]:
        entry = firm["users"][name]
    else:
        entry = firm["accounts"].setdefault(name, {})
    fresh = not entry.get("adopt")
    entry["adopt"] = True
    return fresh


def described(firm: dict[str, Any]) -> str:
    """A firm in a few words."""
    accounts = sum(len(user["accounts"]) for user in firm["users"].values())
    service = "with" if "fillService" in firm else "without"
    return f"{len(wanted(firm))} users, {accounts} accounts, {service} fill service"
