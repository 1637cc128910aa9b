"""What the WebSocket's reader shows beyond the recorded resources: accounts that the firm file lacks, and
accounts that T4 has and this login does not see."""

from collections.abc import Iterable, Iterator

from providers.t4.api import same_id
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.records.accounts import AccountRecord
from providers.t4.session.session import session
from providers.t4.session.socket_reads import Firm
from t4firm.loading.other_stacks import captured_of
from t4firm.model.names import folded
from t4firm.yaml_files.mistakes import some


def not_in_the_file(stack: FirmStack) -> tuple[str, ...]:
    """A sentence for each account of the firm that neither this firm file has nor one of the stacks whose
    accounts it captures. An account template is an account too, and is named in the file as one."""
    socket, firm = session().socket, _shown()
    if socket is None or firm is None:
        return ()
    known = said_accounts(stack)
    return tuple(
        f"account {details.number} ({details.enabled}) is in T4, but the firm file does not have it"
        for number, details in sorted(firm.by_number.items())
        if number not in known and not socket.is_ignored(details.number)
    )


def said_accounts(stack: FirmStack) -> frozenset[str]:
    """The accounts of which the files say anything, without case."""
    said = {*stack.firm.accounts, *stack.firm.templates.accounts, *captured_of(stack.others)}
    return frozenset(folded(number) for number in said)


def not_seen_by_the_reader(accounts: Iterable[AccountRecord]) -> Iterator[str]:
    """That the reader does not see accounts which T4 has: a fault of its set-up, and no difference.
    `accounts`: the recorded ones."""
    firm = _shown()
    if firm is None or firm.accounts.incomplete:
        return
    unseen: list[str] = []
    refused: list[str] = []
    for record in accounts:
        if record.made and record.accountID and not firm.has(record.accountID, record.inputs.account):
            is_refused = record.accountID.casefold() in firm.accounts.refused
            (refused if is_refused else unseen).append(record.inputs.account)
    if refused:
        yield (
            f"T4 did not let {firm.login.who} subscribe to {some(sorted(refused))}, so nothing is known of "
            "it now. Run it again; if it stays, ask T4.APISupport."
        )
    if unseen:
        ours = session().socket
        known = ours.firm_id if ours else ""
        is_other = known and firm.login.firm_id and not same_id(known, firm.login.firm_id)
        asks = (
            f"It is of firm {firm.login.firm_id}, and this stack's firm is {known}. Is it the right login"
            if is_other
            else "Does this login have All Accounts, and not Hide -IMP accounts"
        )
        yield (
            f"{firm.login.who} does not see {some(sorted(unseen))}, which T4 made. {asks} "
            "(docs/reading-t4.md)?"
        )


def _shown() -> Firm | None:
    socket = session().socket
    return socket.firm() if socket else None
