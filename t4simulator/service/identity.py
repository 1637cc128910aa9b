"""Who this simulated firm is: random keys, made at the first start and kept in the folder (mode 0600)."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from t4simulator.service.folder import write_private

IDENTITY = "identity.json"


@dataclass(frozen=True)
class ServiceLogin:
    """The firm's service login: the five fields of `POST /login` (t4.md section 2)."""

    firm: str
    userName: str
    password: str = field(repr=False)
    appName: str
    appLicense: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """The firm's id and secrets. `passwordSeed` is for the product; the simulator only keeps it."""

    firmID: str
    login: ServiceLogin
    apiKey: str = field(repr=False)
    passwordSeed: str = field(repr=False)

    def secrets(self) -> tuple[str, ...]:
        return (self.apiKey, self.login.password, self.login.appLicense, self.passwordSeed)


def identity_in(folder: Path) -> Identity:
    """The identity kept in `folder`, made when there is none."""
    path = folder / IDENTITY
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Identity(**{**kept, "login": ServiceLogin(**kept["login"])})
    made = Identity(
        firmID=str(uuid4()).upper(),
        apiKey=secrets.token_urlsafe(32),
        passwordSeed=secrets.token_urlsafe(32),
        login=ServiceLogin(
            firm="SimFirm",
            userName="t4firm.service",
            password=secrets.token_urlsafe(24),
            appName="T4Firm",
            appLicense=secrets.token_urlsafe(24),
        ),
    )
    write_private(path, asdict(made))
    return made
