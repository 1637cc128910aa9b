"""An account as T4 shows it, held against what the file says; each difference is a step to be taken, again or
for the first time."""

from collections.abc import Mapping
from typing import Any

from providers.t4.lifecycle.log import LOG
from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.session import lookups
from providers.t4.session.lookups import Found, Row
from t4firm.evidence import Gone, NotSeen, Seen, same_but_for_form
from t4firm.model.names import among, folded
from t4firm.tasks.ids import task_id

ENABLED, DISABLED = "Enabled", "Disabled"
"""`enabled` in T4's answers (seed 002, response sample; t4-details.md section 4)."""
STATES = {"enable-account": ENABLED, "disable-account": DISABLED}

Props = Mapping[str, Any]


def held(props: Props, steps: Steps) -> dict[str, Any]:
    """The outputs that a read replaces; `steps` gets what T4 shows of each step. What no operation shows
    stays as it was recorded."""
    number = props["account"]
    if (listed := _signed_and_not_there(props, steps)) is not None:
        steps.hold(task_id("create-account", number), False, listed)
        return {"made": False}
    linked = _linked(props, steps)
    account = lookups.account(props["accountID"], number)
    if not props["made"]:
        if linked:
            return _made_by_hand(props, steps, account)
        return {} if linked is False else _made_in_the_firm(props, steps)
    if isinstance(account, NotSeen):
        if account.why:
            LOG.warning("T4 did not show account %s, so nothing is concluded. %s", number, account.why)
        return {}
    steps.hold(task_id("restore-account", number), isinstance(account, Seen), account.evidence)
    if isinstance(account, Gone):
        return {}
    if linked:
        steps.seen(task_id("verify-account", number), account.evidence)
    return _shown(props, steps, account.value, account.evidence)


def _signed_and_not_there(props: Props, steps: Steps) -> str | None:
    """The call that lists all of the firm's accounts and not this one, of which only a signature says that it
    was made. To ask again on the word of a complete list is safe; to close something is not."""
    signed = steps.tasks.get(task_id("create-account", props["account"]), {}).get("status") == "attested"
    if not (props["made"] and signed) or props["accountID"] or props["departed"]:
        return None
    listed = lookups.accounts()
    lacks = listed and listed.complete and folded(props["account"]) not in listed.rows
    return listed.evidence if listed and lacks else None


def _shown(props: Props, steps: Steps, account: Row, evidence: str) -> dict[str, Any]:
    hold_names(props, steps, account, evidence)
    state = account["enabled"]
    for kind, wanted in STATES.items():
        if state and props["enabled"] == wanted:
            steps.hold(task_id(kind, props["account"]), state == wanted, evidence)
    if not state or state == props["state"]:
        return {}
    return {"state": state, "evidence": evidence}


def hold_names(props: Props, steps: Steps, account: Row, evidence: str) -> None:
    """`displayName` may come back empty although it was set, and a back-office import overwrites
    `accountName` (t4.md sections 1 and 5): neither is a difference."""
    for name, wanted in props["names"].items():
        task, shown = task_id("update-account", props["account"], name), account[name]
        if shown == wanted:
            steps.seen(task, evidence)
        elif name == "displayName" and shown and wanted and not same_but_for_form(shown, wanted):
            steps.hold(task, False, evidence)


def _linked(props: Props, steps: Steps) -> bool | None:
    """Whether T4 shows the account under its owner; None where it does not show the owner's accounts. Where
    an account was made, that it is not is a difference."""
    owner, number = props["owner"], props["account"]
    user = lookups.user(props.get("userID"), owner)
    if not isinstance(user, Seen) or user.value["accounts"] is None:
        return None
    linked = among(number, user.value["accounts"])
    if props["made"] and not props["departed"] and not props.get("assigned"):
        steps.hold(task_id("assign-account", owner, number), linked, user.evidence)
    elif linked:
        steps.seen(task_id("create-account", number), user.evidence)
    return linked


def _made_by_hand(props: Props, steps: Steps, account: Found) -> dict[str, Any]:
    """The administrator made the account: with the names and the state that T4 shows."""
    if not isinstance(account, Seen):
        return {"made": True}
    known = {"accountID": str(account.value["accountID"]), "state": account.value["enabled"] or ""}
    return {"made": True, **known, **_shown(props, steps, account.value, account.evidence)}


def _made_in_the_firm(props: Props, steps: Steps) -> dict[str, Any]:
    """The administrator made the account, and the reader's login sees it in the firm. Nobody but its owner's
    own login shows whose it is."""
    seen = lookups.account_shown_to_reader(props["account"])
    task = task_id("create-account", props["account"])
    if seen is None or not steps.is_open(task):
        return {}
    steps.seen(task, seen.evidence)
    return _made_by_hand(props, steps, seen)
