"""Small firms, written as the files that people write."""

from pathlib import Path
from typing import Any

import yaml

from t4firm.loading.attested_file import load_attested
from t4firm.loading.firm_file import load_firm
from t4firm.model.firm import Firm
from t4firm.operations import load_operations
from t4firm.plan.desired import desired
from t4firm.plan.goals import Desired
from t4firm.tasks.ids import kind_of
from t4firm.tasks.kinds import STANDING

ROOT = Path(__file__).parents[2]
FULL = "stacks/demo.operations.yaml"

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
}


def firm_of(**users: dict[str, Any]) -> dict[str, Any]:
    """A firm with a fill service, for whose user somebody has signed; each user as `name={"accounts": [...],
    ...}`, underscores in names become dots."""
    people = {
        name.replace("_", "."): {**PERSON, "applications": ["WhenTech"], **entry}
        for name, entry in users.items()
    }
    return {
        "firm": "Example Trading LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {
                "WhenTechTrader": {"applications": ["WhenTech"], "roles": ["Trading"]},
                "Trader": {"applications": [], "roles": ["Trading"]},
                "FillService": {"applications": ["WhenTechFills"], "roles": []},
                "FillServiceRiskManager": {"applications": ["WhenTechFills"], "roles": ["RiskManager"]},
            },
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {
            "user": {"templateUser": "WhenTechTrader", "apptype": "Professional", "country": "US"},
            "account": {"templateAccount": "DefaultTemplate"},
        },
        "users": people,
        "fillService": {
            "user": {
                **PERSON,
                "username": "WhenTechFillUser",
                "templateUser": "FillService",
                "account": "FILL0001",
                "eula": {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}},
            }
        },
    }


def comes_with_a_user(task: str) -> bool:
    """Whether a task comes with every user, or with the fill user, whatever the firm file changes."""
    return kind_of(task) in STANDING or task == "sign-eula/WhenTechFillUser"


def fill_accounts(wanted: int, assigned: int, captured: int = 0, **others: int) -> dict[str, int]:
    """`summary.fillAccounts`: with nothing excluded and nothing unmanaged, unless `others` say so."""
    rest = {"open": wanted - assigned, "excluded": 0, "unmanaged": 0}
    return {"wanted": wanted, "assigned": assigned, "captured": captured, **rest, **others}


def load(folder: Path, firm: dict[str, Any]) -> Firm:
    """The firm as the product reads it from a file."""
    file = folder / "test.firm.yaml"
    file.write_text(yaml.safe_dump(firm, sort_keys=False))
    return load_firm(file)


def goals(folder: Path, firm: dict[str, Any], operations: str = "onboarding") -> Desired:
    """What follows from the firm with these operations and the attested file in the folder."""
    loaded = load(folder, firm)
    return desired(loaded, load_operations(operations, ROOT), load_attested(folder / "test.firm.yaml"))


def planned(goals: Desired) -> list[str]:
    """The ids of the planned tasks, sorted, without those that come with every user."""
    return [task for task in every_planned(goals) if not comes_with_a_user(task)]


def every_planned(goals: Desired) -> list[str]:
    """The ids of every planned task, sorted."""
    return sorted(task for goal in goals.goals for task in goal.planned)
