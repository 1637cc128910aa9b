"""Who this simulated firm is: random keys, made at the first start and kept in the folder (mode 0600)."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from t4simulator.firm.catalogue import OWN_APPLICATION
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
    """The firm's id and secrets. `passwordSeed` is for the product; the simulator only keeps it.

    `reader`: who reads the firm over the WebSocket; `fillsLicense`: WhenTech's own, which no firm has."""

    firmID: str
    login: ServiceLogin
    apiKey: str = field(repr=False)
    passwordSeed: str = field(repr=False)
    reader: ServiceLogin
    readerID: str
    fillsLicense: str = field(repr=False)

    def secrets(self) -> tuple[str, ...]:
        passwords = (self.login.password, self.reader.password)
        return (self.apiKey, *passwords, self.login.appLicense, self.fillsLicense, self.passwordSeed)


def identity_in(folder: Path) -> Identity:
    """The identity kept in `folder`, made when there is none."""
    path = folder / IDENTITY
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    login = ServiceLogin(**kept["login"]) if kept else _service("t4firm.service", secrets.token_urlsafe(24))
    # One that an older simulator made has no reader yet.
    reader = (
        ServiceLogin(**kept["reader"]) if "reader" in kept else _service("t4firm.reader", login.appLicense)
    )
    made = Identity(
        firmID=kept.get("firmID") or str(uuid4()).upper(),
        login=login,
        apiKey=kept.get("apiKey") or secrets.token_urlsafe(32),
        passwordSeed=kept.get("passwordSeed") or secrets.token_urlsafe(32),
        reader=reader,
        readerID=kept.get("readerID") or str(uuid4()).upper(),
        fillsLicense=kept.get("fillsLicense") or secrets.token_urlsafe(24),
    )
    if asdict(made) != kept:
        write_private(path, asdict(made))
    return made


def _service(username: str, licence: str) -> ServiceLogin:
    return ServiceLogin(
        firm="SimFirm",
        userName=username,
        password=secrets.token_urlsafe(24),
        appName=OWN_APPLICATION,
        appLicense=licence,
    )
