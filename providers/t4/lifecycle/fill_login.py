"""The fill user's login over the WebSocket: with which password, and which steps its result settles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from providers.t4.api.socket.results import MARKET_DATA_NOT_SETUP, USER_NOT_ALLOWED
from providers.t4.lifecycle.task_ledger import Steps, called
from providers.t4.lifecycle.task_records import UNDONE
from providers.t4.session import rehearsal
from providers.t4.session.session import session
from providers.t4.session.socket_reads import FillUser
from t4firm.model.names import among
from t4firm.tasks.ids import task_id

Props = Mapping[str, Any]


def recorded(props: Props) -> FillUser:
    """Who logs in, by what the state records. T4 has the derived password where this stack made the user, or
    once the task that sets it is closed."""
    username = props["username"]
    task = task_id("update-user", username, "password")
    status = ((props.get("tasks") or {}).get(task) or {}).get("status")
    roles = (*props["expected"]["roles"], *(props.get("retiring") or ()))
    version = int(props["passwordVersion"])
    firm_id = str(props.get("firmID") or "")
    known = FillUser(username, str(props.get("userID") or ""), version, roles=roles, firm_id=firm_id)
    if props["departed"]:
        return replace(known, version=None)
    if status in UNDONE:
        why = f"{username} was not asked what it sees: its password is being changed ({task} is open)"
        return replace(known, version=None, why=why)
    if props["adopt"] and status is None:
        why = (
            f"{username} was not asked what it sees: it was adopted, so T4 has another password than this "
            "stack's. Raise its `passwordVersion` to change that"
        )
        return replace(known, version=None, why=why)
    if why := _another_password(props, version):
        return replace(known, version=None, why=f"{username} was not asked what it sees: {why}")
    return known


def _another_password(props: Props, version: int) -> str:
    """Why T4 has another password than the one that this run derives, as the mark of the one in T4 says: a
    sentence; "" where it is the same, or where an older version recorded no mark."""
    in_t4 = props.get("passwordInT4")
    if in_t4 is None or in_t4 == session().mark_of_password(props["username"], version):
        return ""
    if not in_t4:
        return "nobody knows its password in T4. Raise its `passwordVersion` to change that"
    return (
        "its password in T4 was derived from another password seed than the one of this run. Give this run "
        "the stack's own seed (t4:passwordSeed), or leave out t4:fillReader here"
    )


def proof(props: Props) -> str | None:
    """The evidence that the fill user, which T4 says is there, is this stack's: T4 takes the password that
    only this stack can derive. One that is to be adopted has another."""
    socket = session().socket
    if socket is None or rehearsal.current() or props["adopt"] or not props["expected"]["exactly"]:
        return None
    socket.introduce(FillUser(props["username"], version=int(props["passwordVersion"])))
    shown = socket.fill()
    return shown.evidence if shown else None


def take_application(props: Props, user_id: str, applications: Iterable[str] | None, steps: Steps) -> None:
    """The firm's own application, which the fill user needs beside WhenTechFills to be read: given by its
    template, by an operation, or a task."""
    socket = session().socket
    if socket is None or not socket.own_application or not props["expected"]["exactly"]:
        return
    name = socket.own_application
    if props["departed"] or applications is None or among(name, applications):
        return
    who = {"userID": user_id} if user_id else {}
    values = {**who, "username": props["username"], "application": name}
    task = task_id("assign-application", props["username"], name)
    if session().review.reviewed is not None:
        steps.leave_open(task)  # its reviewer may not have known the application, which is a secret setting
        return
    steps.take(task, lambda: called("assignApplication", values))


def settle(props: Props, steps: Steps) -> dict[str, Any]:
    """Read what the fill user's own login shows, and settle what only a login can: the application that it
    needs, the EULA. Returns the user's id where the state has none."""
    socket = session().socket
    if socket is None or not props["expected"]["exactly"] or props["departed"]:
        return {}
    username = props["username"]
    socket.introduce(recorded(props))
    shown = socket.fill()
    needed, eula = (
        task_id("assign-application", username, socket.own_application),
        task_id("sign-eula", username),
    )
    if shown:
        steps.seen(needed, shown.evidence)
        steps.seen(eula, shown.evidence)
        return {} if props["userID"] else {"userID": shown.user_id}
    refused = socket.fill_refused()
    if refused and refused.result == USER_NOT_ALLOWED:
        words = f"{username} does not have {socket.own_application}, with which t4-firm reads what it sees"
        steps.hold(needed, False, refused.told, words)
    if refused and refused.result == MARKET_DATA_NOT_SETUP:
        words = f"T4 does not let {username} log in: the EULA is not signed, or market data is not set up"
        steps.hold(eula, False, refused.told, words)
    return {}
