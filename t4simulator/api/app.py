"""Which path goes where: /simulator to the control routes, /portal to the portal, everything else to T4's
gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.websockets import WebSocket

from t4simulator.api.admin import Admin
from t4simulator.api.auth import Auth
from t4simulator.api.control import Control
from t4simulator.api.gate import Gate, Weather
from t4simulator.api.record import Record
from t4simulator.faults.held import Held
from t4simulator.faults.rules import FaultBook
from t4simulator.firm.store import Store
from t4simulator.firm.users import Firm
from t4simulator.portal.acts import Administrator
from t4simulator.portal.pages import Portal
from t4simulator.service.identity import Identity
from t4simulator.socket.control import SocketControl
from t4simulator.socket.endpoint import Endpoint, Pace
from t4simulator.socket.faults import SocketFaults
from t4simulator.socket.logins import Logins
from t4simulator.socket.sessions import Sessions


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
    logins, sessions, pace = Logins(store, identity), Sessions(), Pace()
    socket_control = SocketControl(store, logins.options, sessions, SocketFaults(), pace)
    socket = Endpoint(logins, sessions, socket_control.faults, record, pace)
    store.committed = sessions.tell_all
    administrator = Administrator(firm, logins.options)
    control = Control(
        store, firm, auth, record, faults, held, weather, identity, health, socket_control, administrator
    )
    gate = Gate(Admin(firm, auth, identity.firmID), store, record, faults, held, weather)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        started()
        yield
        stopped()
        store.close()

    routes: list[BaseRoute] = [
        *control.routes(),
        *Portal(administrator, identity).routes(),
        *(WebSocketRoute(path, socket.converse) for path in ("/v1", "/v2")),
        WebSocketRoute("/{path:path}", _no_socket),
        Mount("/", gate),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False
    return app


async def _no_socket(socket: WebSocket) -> None:
    """No WebSocket at this address: the handshake is answered with 403."""
    await socket.close()
