"""The fill user's login over the WebSocket: with which password, and which steps its result settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from providers.t4.api.socket.results import MARKET_DATA_NOT_SETUP, USER_NOT_ALLOWED
from providers.t4.records.task_records import UNDONE, status_of
from providers.t4.records.users import UserInputs, UserRecord
from providers.t4.session import rehearsal
from providers.t4.session.session import session
from providers.t4.session.socket_reads import FillUser
from providers.t4.steps.journaled_calls import called
from providers.t4.steps.task_ledger import Steps
from t4firm.model.names import among
from t4firm.tasks.ids import task_id


def recorded(record: UserRecord) -> FillUser:
    """Who logs in, by what the state records: with the password of the file's version, where T4 has it."""
    inputs = record.inputs
    username = inputs.username
    task = inputs.task("update-user", "password")
    status = status_of(record.tasks, task)
    roles = (*inputs.expected.roles, *inputs.retiring)
    version = inputs.passwordVersion
    known = FillUser(username, record.userID, version, roles=roles)
    if inputs.departed:
        return replace(known, version=None)
    if status in UNDONE:
        why = f"{username} was not asked what it sees: its password is being changed. Close {task} first"
        return replace(known, version=None, why=why)
    if why := _another_password(record, version):
        return replace(known, version=None, why=f"{username} was not asked what it sees: {why}")
    return known


def _another_password(record: UserRecord, version: int) -> str:
    """Why T4 may have another password than the one that this run derives: a sentence; "" where it has that
    one, as far as is known."""
    in_t4 = record.passwordInT4
    if in_t4.known == "unrecorded":
        return ""
    if in_t4.known == "unknown":
        return (
            "its password in T4 is not known, for example because it was adopted. Raise its "
            "`passwordVersion`: then T4 is given one of this stack"
        )
    if in_t4.mark == session().mark_of_password(record.inputs.username, version):
        return ""
    return (
        "its password in T4 was derived from another password seed than the one of this run. Give this run "
        "the stack's own seed (t4:passwordSeed), or leave out t4:fillReader here"
    )


def proof(inputs: UserInputs) -> str | None:
    """The evidence that the fill user, which T4 says is there, is this stack's: T4 takes the password that
    only this stack can derive. One that is to be adopted has another."""
    socket = session().socket
    if socket is None or rehearsal.current() or inputs.adopt or not inputs.is_fill_user:
        return None
    socket.introduce(FillUser(inputs.username, version=inputs.passwordVersion))
    shown = socket.fill()
    return shown.evidence if shown else None


def take_application(
    inputs: UserInputs, user_id: str, applications: Iterable[str] | None, steps: Steps
) -> None:
    """The firm's own application, which the fill user needs beside WhenTechFills to be read: given by its
    template, by an operation, or a task. One that is adopted is left as it is: nobody can log in as it, until
    T4 is given a password of this stack; `settle` then sees that the application is missing."""
    socket = session().socket
    if socket is None or not socket.own_application or not inputs.is_fill_user or inputs.adopt:
        return
    name = socket.own_application
    if inputs.departed or applications is None or among(name, applications):
        return
    who = {"userID": user_id} if user_id else {}
    values = {**who, "username": inputs.username, "application": name}
    task = task_id("assign-application", inputs.username, name)
    if session().review.reviewed is not None:
        steps.leave_open(task)  # its reviewer may not have known the application, which is a secret setting
        return
    steps.take(task, lambda: called("assignApplication", values))


def settle(record: UserRecord, steps: Steps) -> UserRecord:
    """Read what the fill user's own login shows, and settle what only a login can: the application that it
    needs, the EULA. Returns the record, with the user's id where the state has none."""
    socket, inputs = session().socket, record.inputs
    if socket is None or not inputs.is_fill_user or inputs.departed:
        return record
    username = inputs.username
    socket.introduce(recorded(record))
    shown = socket.fill()
    needed, eula = (
        task_id("assign-application", username, socket.own_application),
        task_id("sign-eula", username),
    )
    if shown:
        steps.seen(needed, shown.evidence)
        steps.seen(eula, shown.evidence)
        return record if record.userID else replace(record, userID=shown.user_id)
    refused = socket.fill_refused()
    if refused and refused.result == USER_NOT_ALLOWED:
        words = f"{username} does not have {socket.own_application}, with which t4-firm reads what it sees"
        steps.hold(needed, False, refused.told, words)
    if refused and refused.result == MARKET_DATA_NOT_SETUP:
        words = f"T4 does not let {username} log in: the EULA is not signed, or market data is not set up"
        steps.hold(eula, False, refused.told, words)
    return record
