"""The firm that is measured: each trader has one account, WhenTech, and an assignment to the fill user: four
resources."""

from __future__ import annotations

from typing import Any

PERSON = {
    "firstname": "Ann",
    "lastname": "Ohio",
    "phone": "555-123-4567",
    "email": "ann@example.com",
    "street": "1 Main Street",
    "city": "Columbus",
    "county": "Franklin",
    "state": "OH",
    "postCode": "43004",
    "country": "US",
    "apptype": "Professional",
}


def firm_of(users: int, desk: str = "") -> dict[str, Any]:
    """A firm file with this many traders and a fill service. `desk`: what its users and accounts have in
    their names, so that several files are of one firm."""
    names = [f"trader.{desk}{number:05}" for number in range(users)]
    return {
        "firm": "Benchmark LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {"FillService": {"applications": ["WhenTechFills"]}},
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {"account": {"templateAccount": "DefaultTemplate"}},
        "users": {
            name: {**PERSON, "accounts": [f"A{desk}{number:05}"], "applications": ["WhenTech"]}
            for number, name in enumerate(names)
        },
        "fillService": {
            "user": {
                **PERSON,
                "username": f"WhenTechFillUser{desk}",
                "templateUser": "FillService",
                "account": f"FILL{desk}0001",
            }
        },
        "limits": {"newUsers": users + 1},
    }
