"""The firm that a file asks for, and the firm that T4 has, in one shape: equal when everything is done.

`users`: username -> its person's fields and `apptype`, `enabled`, `roles`, `applications`, `accounts`,
`marketData`, `signed` (the names of EULA documents). `accounts`: number -> its names and `enabled`. Lists are
sorted. Read from the file as it is written, without the product's own reading of it.
"""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

DETAILS = ("firstname", "lastname", "phone", "email", "street", "city", "county", "state", "postCode")


def as_filed(file: Json) -> Json:
    """What the file asks for. `defaults.user` may give `templateUser` and `apptype`."""
    users = {name: _filed(file, user, user["accounts"]) for name, user in file["users"].items()}
    numbers = {number for user in file["users"].values() for number in user["accounts"]}
    if service := file.get("fillService"):
        captured = {
            number
            for user in file["users"].values()
            if "WhenTech" in user["applications"] and not user.get("departed")
            for number in user["accounts"]
        }
        own = service["user"]["account"]
        given = {"applications": ["WhenTechFills"], "apptype": file["defaults"]["user"]["apptype"]}
        users[service["user"]["username"]] = _filed(file, {**service["user"], **given}, {own, *captured})
        numbers.add(own)
    entries = {number: file.get("accounts", {}).get(number, {}) for number in numbers}
    return {
        "users": users,
        "accounts": {
            number: {
                "accountName": entry.get("accountName", number),
                "displayName": entry.get("displayName", ""),
                "enabled": "Enabled" if entry.get("enabled") else "Disabled",
            }
            for number, entry in entries.items()
        },
    }


def _filed(file: Json, user: Json, accounts: Any) -> Json:
    user = {**file["defaults"]["user"], **user}
    departed = user.get("departed", False)
    return {
        **{name: user[name] for name in (*DETAILS, "apptype")},
        "enabled": not departed,
        "roles": sorted(file["templates"]["users"][user["templateUser"]]["roles"]),
        "applications": sorted(user["applications"]),
        "accounts": sorted(accounts),
        "marketData": {} if departed else user.get("marketData", {}),
        "signed": sorted(user.get("eula", {}).get("signatures", ())),
    }


def as_in_t4(state: Json) -> Json:
    """What T4 has, from the simulator's state."""
    return {
        "users": {
            name: {
                **{field: user[field] for field in (*DETAILS, "apptype", "enabled")},
                **{field: sorted(user[field]) for field in ("roles", "applications", "accounts")},
                "marketData": {at: kind for at, kind in user["marketData"].items() if kind != "None"},
                "signed": sorted(each["documentName"] for each in (user["eula"] or {}).get("signatures", ())),
            }
            for name, user in state["users"].items()
        },
        "accounts": {
            number: {field: account[field] for field in ("accountName", "displayName", "enabled")}
            for number, account in state["accounts"].items()
        },
    }
