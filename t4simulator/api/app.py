"""Which path goes where: /simulator to the control routes, everything else to T4's gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from t4simulator.api.admin import Admin
from t4simulator.api.auth import Auth
from t4simulator.api.control import Control
from t4simulator.api.gate import Gate, Weather
from t4simulator.api.record import Record
from t4simulator.faults.held import Held
from t4simulator.faults.rules import FaultBook
from t4simulator.firm.store import Store
from t4simulator.firm.users import Firm
from t4simulator.service.identity import Identity


def application(
    folder: Path,
    identity: Identity,
    health: dict[str, Any],
    *,
    started: Callable[[], None] = lambda: None,
    stopped: Callable[[], None] = lambda: None,
) -> Starlette:
    """The simulator as an ASGI application on the database in `folder`.

    `health` is what GET /simulator/health answers; `started` and `stopped` are called when it begins to serve
    and when it ends.
    """
    store = Store(folder)
    firm, auth = Firm(store), Auth(store, identity)
    record, weather = Record(store, identity.secrets()), Weather()
    faults, held = FaultBook(), Held()
    control = Control(store, firm, auth, record, faults, held, weather, identity, health)
    gate = Gate(Admin(firm, auth, identity.firmID), store, record, faults, held, weather)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        started()
        yield
        stopped()
        store.close()

    routes: list[Route | Mount] = [*control.routes(), Mount("/", gate)]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False
    return app
