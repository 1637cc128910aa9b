"""An account as T4 shows it, held against what the file says; each difference is a step to be taken, again or
for the first time."""

from dataclasses import replace

from providers.t4.records.accounts import DISABLED, ENABLED, AccountInputs, AccountRecord
from providers.t4.records.task_records import status_of, was_missing
from providers.t4.session import lookups
from providers.t4.session.firm_rows import PRE_TRADE_DISABLED
from providers.t4.session.lookups import Found, Row
from providers.t4.steps.log import LOG
from providers.t4.steps.task_ledger import Steps
from t4firm.evidence import Gone, NotSeen, Seen, same_but_for_form
from t4firm.model.names import among, folded
from t4firm.tasks.ids import task_id

STATES = {"enable-account": ENABLED, "disable-account": DISABLED}


def held(record: AccountRecord, steps: Steps) -> AccountRecord:
    """The record with what a read replaces; `steps` gets what T4 shows of each step. What no operation shows
    stays as it was recorded."""
    number = record.inputs.account
    if (listed := _signed_and_not_there(record, steps)) is not None:
        steps.hold(task_id("create-account", number), False, listed)
        return replace(record, made=False)
    linked = _linked(record, steps)
    account = lookups.account(record.accountID, number)
    if not record.made:
        if linked:
            return _made_by_hand(record, steps, account)
        return record if linked is False else _made_in_the_firm(record, steps)
    if isinstance(account, NotSeen):
        if account.why:
            LOG.warning(
                "T4 did not show account %s. That proves nothing, so nothing is changed. %s",
                number,
                account.why,
            )
        return record
    steps.hold(task_id("restore-account", number), isinstance(account, Seen), account.evidence)
    if isinstance(account, Gone):
        return record
    if linked:
        steps.seen(task_id("verify-account", number), account.evidence)
    return _shown(record, steps, account.value, account.evidence)


def _signed_and_not_there(record: AccountRecord, steps: Steps) -> str | None:
    """The call that lists all of the firm's accounts and not this one, of which only a sign-off says that it
    was made. To ask again on the word of a complete list is safe; to close something is not."""
    number = record.inputs.account
    signed = status_of(steps.tasks, task_id("create-account", number)) == "attested"
    if not (record.made and signed) or record.accountID or record.inputs.departed:
        return None
    listed = lookups.accounts()
    lacks = listed and listed.complete and folded(number) not in listed.rows
    return listed.evidence if listed and lacks else None


def _shown(record: AccountRecord, steps: Steps, account: Row, evidence: str) -> AccountRecord:
    hold_names(record.inputs, steps, account, evidence)
    state = account["enabled"]
    for kind, wanted in STATES.items():
        if state and record.inputs.enabled == wanted:
            words = state_words(record.inputs.account, state)
            steps.hold(task_id(kind, record.inputs.account), state == wanted, evidence, words)
    if not state or state == record.state:
        return record
    return replace(record, state=state, evidence=evidence)


def state_words(number: str, state: str) -> str:
    """The difference where T4 has an account neither enabled nor disabled: its word, or the number of one
    that no document names. "" where the task's kind says it."""
    if state in STATES.values():
        return ""
    if state == PRE_TRADE_DISABLED:
        return f"account {number} is enabled in T4, but pre-trade is disabled: it cannot trade"
    named = state if state.isalpha() else f"{state} (which no document names)"
    return f"account {number} is neither enabled nor disabled in T4: its state there is {named}"


def hold_names(inputs: AccountInputs, steps: Steps, account: Row, evidence: str) -> None:
    """`displayName` may come back empty although it was set, and a back-office import overwrites
    `accountName` (t4.md sections 1 and 5): neither is a difference."""
    for name, wanted in inputs.names.items():
        task, shown = task_id("update-account", inputs.account, name), account[name]
        if shown == wanted:
            steps.seen(task, evidence)
        elif name == "displayName" and shown and wanted and not same_but_for_form(shown, wanted):
            steps.hold(task, False, evidence)


def _linked(record: AccountRecord, steps: Steps) -> bool | None:
    """Whether T4 shows the account under its owner; None where it does not show the owner's accounts. Where
    an account was made, that it is not is a difference."""
    inputs = record.inputs
    owner, number = inputs.owner, inputs.account
    user = lookups.user(inputs.userID, owner)
    if not isinstance(user, Seen) or user.value["accounts"] is None:
        return None
    linked = among(number, user.value["accounts"])
    if record.made and not inputs.departed and not inputs.assigned:
        steps.hold(task_id("assign-account", owner, number), linked, user.evidence)
    elif linked:
        steps.seen(task_id("create-account", number), user.evidence)
    return linked


def _made_by_hand(record: AccountRecord, steps: Steps, account: Found) -> AccountRecord:
    """The administrator made the account: with the names and the state that T4 shows."""
    made = replace(record, made=True)
    if not isinstance(account, Seen):
        return made
    identified = replace(made, accountID=str(account.value["accountID"]))
    return _shown(identified, steps, account.value, account.evidence)


def was_awaited(inputs: AccountInputs, steps: Steps) -> bool:
    """Whether an account that T4 shows, and nothing shows whose it is, counts as the one that the
    administrator was asked for: T4 showed before that there was none of this number. Not where the API would
    act on it: then somebody has to look first."""
    return was_missing(steps.tasks, task_id("create-account", inputs.account)) and (
        "api" not in inputs.how.values()
    )


def _made_in_the_firm(record: AccountRecord, steps: Steps) -> AccountRecord:
    """The administrator made the account, and the reader's login sees it in the firm. Nobody but its owner's
    own login shows whose it is (`was_awaited`)."""
    seen = lookups.account_shown_to_reader(record.inputs.account)
    task = task_id("create-account", record.inputs.account)
    if seen is None or not steps.is_open(task):
        return record
    awaited = was_awaited(record.inputs, steps)
    steps.seen(task, seen.evidence)
    if not awaited:
        steps.take(task_id("verify-account", record.inputs.account))
    return _made_by_hand(record, steps, seen)
