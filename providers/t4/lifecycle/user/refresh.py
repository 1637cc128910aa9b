"""A user as T4 shows it, held against what the file says; each difference is a step to be taken, again or for
the first time."""

from collections.abc import Iterable
from dataclasses import replace

from providers.t4.api import same_id
from providers.t4.lifecycle import current_files
from providers.t4.lifecycle.base import differing
from providers.t4.lifecycle.template_check import found, judged, unmended, unsaid_whentech, violations
from providers.t4.lifecycle.user import fill_login
from providers.t4.lifecycle.user.differences import VERIFIED
from providers.t4.lifecycle.user.update import mending_kinds
from providers.t4.records.users import UserInputs, UserRecord
from providers.t4.session import lookups
from providers.t4.session.lookups import OfAnotherFirm, Row
from providers.t4.session.session import now, session
from providers.t4.steps.log import LOG, not_shown_words
from providers.t4.steps.task_ledger import Steps
from t4firm.evidence import Gone, NotSeen, Seen, same_but_for_form
from t4firm.model.names import without
from t4firm.model.users import WHENTECH
from t4firm.rules.ownership import unmanaged


def held(record: UserRecord, steps: Steps) -> UserRecord:
    """The record with what a read replaces; `steps` gets what T4 shows of each step. What no operation shows
    stays as it was recorded."""
    inputs = record.inputs
    shown = fill_login.settle(record, steps)
    match lookups.user(record.userID, inputs.username):
        case Gone(evidence):
            _gone(inputs, steps, evidence)
            return record
        case Seen(user, evidence):
            shown = _shown(_firm(shown, steps, user, evidence), steps, user, evidence)
        case OfAnotherFirm(row=row, evidence=evidence) if row:
            of_firm = _firm(record, steps, row, evidence)
            return judged(of_firm, record.roles, record.applications, steps)
        case NotSeen(why) if why:
            LOG.warning("%s", not_shown_words(inputs, why))
    _market_data(record, steps)
    _eula(record, steps)
    return shown


def _gone(inputs: UserInputs, steps: Steps, evidence: str) -> None:
    """T4 does not have the user any more; with a user its market data ends (t4.md section 5)."""
    if inputs.departed:
        steps.hold(inputs.task("disable-user"), True, evidence)
        for exchange in steps.details_of("end-market-data"):
            steps.hold(inputs.task("end-market-data", exchange), True, evidence)
    else:
        words = f"T4 no longer shows the user {inputs.username}"
        steps.hold(inputs.task("enable-user"), False, evidence, words)


def _shown(record: UserRecord, steps: Steps, user: Row, evidence: str) -> UserRecord:
    inputs = record.inputs
    if user["enabled"] is not None:
        kind = "disable-user" if inputs.departed else "enable-user"
        steps.hold(inputs.task(kind), user["enabled"] is not inputs.departed, evidence)
    if not inputs.departed:
        record = _details(record, steps, user, evidence)
    record = _accounts(record, steps, user["accounts"], evidence)
    return _given(record, steps, user, evidence)


def _firm(record: UserRecord, steps: Steps, user: Row, evidence: str) -> UserRecord:
    """The firm that T4 shows for the user: another one than the stack's is a violation."""
    shown, username = user.get("firmID"), record.inputs.username
    if not shown:
        return record
    firm = session().firm.see(str(shown), username, evidence, now())
    is_other = not same_id(str(shown), firm)
    if is_other or record.otherFirm:
        steps.hold(record.inputs.task("verify-firm"), not is_other, evidence)
    return replace(record, firmID=firm, otherFirm=str(shown) if is_other else "")


def _details(record: UserRecord, steps: Steps, user: Row, evidence: str) -> UserRecord:
    """What T4 has in a field that differs is kept with the person, until an update has seen it."""
    inputs = record.inputs
    wanted = inputs.details
    shown = {name: user.get(name) for name in wanted}
    different = {
        name
        for name in differing(shown, wanted)
        if not same_but_for_form(str(wanted[name]), str(shown[name]))
    }
    in_t4 = {}
    for name, value in shown.items():
        task = inputs.task("update-user", name)
        if value is not None:
            steps.hold(task, name not in different, evidence)
        is_told = task in steps.found or (steps.is_open(task) and task in record.drift)
        if is_told and value is not None:
            in_t4[name] = str(value)
    return replace(record, inputs=replace(inputs, inT4=in_t4))


def _accounts(record: UserRecord, steps: Steps, listed: Iterable[str] | None, evidence: str) -> UserRecord:
    """Accounts that T4 lists for the user and that are not managed. A Risk Manager sees all of them."""
    inputs = record.inputs
    said, recorded = current_files.accounts(inputs.username), inputs.accounts
    if listed is None or (said is None and recorded is None) or inputs.departed or inputs.sees_all:
        return record
    # what was the fill user's by the file, and is no longer, is given up by a resource of its own
    more = unmanaged(listed, said or (), recorded or ())
    for number in {*more, *steps.details_of("declare-account")}:
        steps.hold(inputs.task("declare-account", number), number not in more, evidence)
    return replace(record, unmanaged=tuple(more))


def _given(record: UserRecord, steps: Steps, user: Row, evidence: str) -> UserRecord:
    """Roles and applications, judged as those of the onboarding answer are."""
    inputs = record.inputs
    roles = record.roles if user["roles"] is None else sorted(user["roles"])
    applications = record.applications if user["applications"] is None else sorted(user["applications"])
    if applications is not None:  # a resource of their own tracks those that were revoked
        applications = without(applications, inputs.revoke.applications)
    unsaid = unsaid_whentech(inputs, applications)
    since = unsaid if WHENTECH not in (record.applications or ()) else set()
    for task in {*violations(found(inputs, roles, applications)), *since}:
        steps.hold(task, False, evidence)
    verdict = judged(record, roles, applications, steps)
    mended = steps.open_of(*mending_kinds(inputs)) - unmended(inputs, verdict)
    for task in mended | (steps.open_of("declare-application") - unsaid):
        steps.seen(task, evidence)
    if not inputs.is_fill_user and all(user[name] is not None for name in VERIFIED):
        steps.seen(inputs.task("verify-user"), evidence)
    return verdict


def _market_data(record: UserRecord, steps: Steps) -> None:
    """What is subscribed is billed: also what nobody asked for, and what somebody who left still has."""
    inputs = record.inputs
    read = lookups.market_data(record.userID, inputs.username)
    if read is None:
        return
    wanted = {} if inputs.departed else inputs.marketData
    for exchange in wanted.keys() & read.value.keys():
        task, kind = inputs.task("update-market-data", exchange), read.value[exchange]
        has = f"is {kind} in T4" if kind else "has ended in T4"
        words = f"market data of {inputs.username} for {exchange} {has}"
        steps.hold(task, kind == wanted[exchange], read.evidence, words)
        steps.note(task, was=kind)
    ending = steps.details_of("end-market-data")
    for exchange in read.value.keys() - wanted.keys():
        task, kind = inputs.task("end-market-data", exchange), read.value[exchange]
        if kind or exchange in ending:
            steps.hold(task, not kind, read.evidence)
            steps.note(task, was=kind)


def _eula(record: UserRecord, steps: Steps) -> None:
    """A signature is never withdrawn, so only one that is waited for is looked for."""
    inputs = record.inputs
    task = inputs.task("sign-eula")
    if inputs.eula and steps.is_open(task):
        signed = lookups.signed_eula(record.userID, inputs.username)
        if signed and signed.value.covers(inputs.eula.eulaVersion, inputs.eula.signatures):
            steps.seen(task, signed.evidence)
