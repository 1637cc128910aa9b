"""A user as T4 shows it, held against what the file says; each difference is a step to be taken, again or for
the first time."""

from collections.abc import Iterable, Mapping
from typing import Any

from providers.t4.api import same_id
from providers.t4.lifecycle import current_files, fill_login
from providers.t4.lifecycle.base import differing
from providers.t4.lifecycle.log import LOG, not_shown_words
from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.lifecycle.template_check import found, judged, unmended, unsaid_whentech, violations
from providers.t4.lifecycle.user_differences import VERIFIED
from providers.t4.lifecycle.user_update import IN_T4, mending_kinds, revoked
from providers.t4.session import lookups
from providers.t4.session.lookups import Row
from providers.t4.session.session import now, session
from t4firm.evidence import Gone, NotSeen, Seen, same_but_for_form
from t4firm.model.names import without
from t4firm.model.users import WHENTECH
from t4firm.rules.ownership import unmanaged
from t4firm.tasks.ids import task_id

Props = Mapping[str, Any]


def held(props: Props, steps: Steps) -> dict[str, Any]:
    """The outputs that a read replaces; `steps` gets what T4 shows of each step. What no operation shows
    stays as it was recorded."""
    shown = fill_login.settle(props, steps)
    match lookups.user_of_any_firm(props["userID"], props["username"]):
        case Gone(evidence):
            _gone(props, steps, evidence)
            return {}
        case Seen(user, evidence):
            firm = _firm(props, steps, user, evidence)
            with_firm = {**props, **firm}
            if firm.get("otherFirm"):  # what T4 shows of another firm's user is evidence of nothing else
                return firm | judged(with_firm, props.get("roles"), props.get("applications"), steps)
            shown |= firm | _shown(with_firm, steps, user, evidence)
        case NotSeen(why) if why:
            LOG.warning("%s", not_shown_words(props, why))
    _market_data(props, steps)
    _eula(props, steps)
    return shown


def _gone(props: Props, steps: Steps, evidence: str) -> None:
    """T4 does not have the user any more; with a user its market data ends (t4.md section 5)."""
    username = props["username"]
    if props["departed"]:
        steps.hold(task_id("disable-user", username), True, evidence)
        for exchange in steps.details_of("end-market-data"):
            steps.hold(task_id("end-market-data", username, exchange), True, evidence)
    else:
        steps.hold(
            task_id("enable-user", username), False, evidence, f"T4 no longer shows the user {username}"
        )


def _shown(props: Props, steps: Steps, user: Row, evidence: str) -> dict[str, Any]:
    if user["enabled"] is not None:
        kind = "disable-user" if props["departed"] else "enable-user"
        steps.hold(task_id(kind, props["username"]), user["enabled"] is not props["departed"], evidence)
    details = {} if props["departed"] else _details(props, steps, user, evidence)
    unmanaged = _accounts(props, steps, user["accounts"], evidence)
    return {**details, **unmanaged, **_given(props, steps, user, evidence)}


def _firm(props: Props, steps: Steps, user: Row, evidence: str) -> dict[str, str]:
    """The firm that T4 shows for the user: another one than the stack's is a violation."""
    shown, username = user.get("firmID"), str(props["username"])
    if not shown:
        return {}
    firm = session().firm.see(str(shown), str(props.get("firmID") or ""), username, evidence, now())
    is_other = not same_id(str(shown), firm)
    if is_other or props.get("otherFirm"):
        steps.hold(task_id("verify-firm", username), not is_other, evidence)
    return {"firmID": firm, "otherFirm": str(shown) if is_other else ""}


def _details(props: Props, steps: Steps, user: Row, evidence: str) -> dict[str, Any]:
    """What T4 has in a field that differs is kept with the person, until an update has seen it."""
    person = {name: value for name, value in props["person"].items() if name != IN_T4}
    wanted = {**person, "country": props["country"], "apptype": props["apptype"]}
    shown = {name: user.get(name) for name in wanted}
    different = {
        name
        for name in differing(shown, wanted)
        if not same_but_for_form(str(wanted[name]), str(shown[name]))
    }
    in_t4 = {}
    for name, value in shown.items():
        task = task_id("update-user", props["username"], name)
        if value is not None:
            steps.hold(task, name not in different, evidence)
        if task in steps.found or (steps.is_open(task) and task in (props.get("drift") or {})):
            in_t4[name] = value
    return {"person": {**person, **({IN_T4: in_t4} if in_t4 else {})}}


def _accounts(
    props: Props, steps: Steps, listed: Iterable[str] | None, evidence: str
) -> dict[str, list[str]]:
    """Accounts that T4 lists for the user and that are not managed. A Risk Manager sees all of them."""
    said, recorded = current_files.accounts(props["username"]), props.get("accounts")
    if listed is None or (said is None and recorded is None) or props["departed"] or sees_all(props):
        return {}
    # what was the fill user's by the file, and is no longer, is given up by a resource of its own
    more = unmanaged(listed, said or (), recorded or ())
    for number in {*more, *steps.details_of("declare-account")}:
        steps.hold(task_id("declare-account", props["username"], number), number not in more, evidence)
    return {"unmanaged": more} if more or props.get("unmanaged") else {}


def sees_all(props: Props) -> bool:
    """Whether it is a fill user that sees every account through its role."""
    return bool(props["expected"]["exactly"] and props["expected"]["roles"])


def _given(props: Props, steps: Steps, user: Row, evidence: str) -> dict[str, Any]:
    """Roles and applications, judged as those of the onboarding answer are."""
    roles, applications = (
        props.get(name) if user[name] is None else sorted(user[name]) for name in ("roles", "applications")
    )
    if applications is not None:  # a resource of their own tracks those that were revoked
        lost = revoked(props).get("applications", ())
        applications = without(applications, lost)
    unsaid = unsaid_whentech(props, applications)
    since = unsaid if WHENTECH not in (props.get("applications") or ()) else set()
    for task in {*violations(found(props, roles, applications)), *since}:
        steps.hold(task, False, evidence)
    verdict = judged(props, roles, applications, steps)
    mended = steps.open_of(*mending_kinds(props)) - unmended(props, verdict)
    for task in mended | (steps.open_of("declare-application") - unsaid):
        steps.seen(task, evidence)
    verify = task_id("verify-user", props["username"])
    if not props["expected"]["exactly"] and all(user[name] is not None for name in VERIFIED):
        steps.seen(verify, evidence)
    return verdict


def _market_data(props: Props, steps: Steps) -> None:
    """What is subscribed is billed: also what nobody asked for, and what somebody who left still has."""
    username = props["username"]
    read = lookups.market_data(props["userID"], username)
    if read is None:
        return
    wanted = {} if props["departed"] else props.get("marketData") or {}
    for exchange in wanted.keys() & read.value.keys():
        task, kind = task_id("update-market-data", username, exchange), read.value[exchange]
        has = f"is {kind} in T4" if kind else "has ended in T4"
        words = f"market data of {username} for {exchange} {has}"
        steps.hold(task, kind == wanted[exchange], read.evidence, words)
        steps.note(task, was=kind)
    ending = steps.details_of("end-market-data")
    for exchange in read.value.keys() - wanted.keys():
        task, kind = task_id("end-market-data", username, exchange), read.value[exchange]
        if kind or exchange in ending:
            steps.hold(task, not kind, read.evidence)
            steps.note(task, was=kind)


def _eula(props: Props, steps: Steps) -> None:
    """A signature is never withdrawn, so only one that is waited for is looked for."""
    task = task_id("sign-eula", props["username"])
    if props.get("eula") and steps.is_open(task):
        signed = lookups.signed_eula(props["userID"], props["username"])
        if signed and signed.value.covers(props["eula"]):
            steps.seen(task, signed.evidence)
