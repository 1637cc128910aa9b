"""`t4firm import t4`: what T4 shows of the firm, by the stack's operations and its reader, drafted into the
firm file. It only reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from providers.t4.api import T4Error
from providers.t4.reports.drift_scan import introduce
from providers.t4.session import lookups
from providers.t4.session import session as sessions
from providers.t4.steps.log import LOG
from t4firm.edits.draft import NEEDED, Shown, ShownAccount, ShownUser, draft
from t4firm.edits.firm_files import FirmFiles, in_words
from t4firm.evidence import Seen
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.destination import say_destination
from t4firm_cli.drift import in_state
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.written_change import Consent, Outcome, files_of, write
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain


def run(project: Project, stack: str, consent: Consent) -> int:
    """Read, draft, show, ask, write. 2: questions are open, or a dry run would write."""
    consent.needs_a_terminal()
    files, pulumi = files_of(project, stack), Pulumi(project, stack)
    say_destination(pulumi)
    shown = _shown(project, stack, pulumi)
    questions = draft(files, shown)
    questions += _unanswered(files)
    for question in questions:
        consent.say(f"? {question}", "warning")
    if questions:
        asked = counted(len(questions), "question")
        consent.say(f"{asked} for the administrator. Write the answers into the firm file.")
    afterwards = "Next: `t4firm validate`, then `t4firm preview`: it must show no call that changes T4."
    code = write(files, consent, Outcome(stack, questions=tuple(questions), next=afterwards))
    return 2 if questions else code


def _unanswered(files: FirmFiles) -> Iterator[str]:
    """What the file cannot have as T4 shows it."""
    try:
        files.checked()
    except FileError as error:
        for words in in_words(error):
            yield f"The draft still has a mistake: {words}"


def _shown(project: Project, stack: str, pulumi: Pulumi) -> Shown:
    settings = pulumi.configuration() if pulumi.exists() else project.settings(stack)
    LOG.disabled = True  # every failure is told below
    session = sessions.Session(settings.get, stack, environ=pulumi.environ, folder=project.folder)
    sessions.use(session)
    introduce(in_state(pulumi.exported(show_secrets=True)) if pulumi.exists() else ())
    try:
        users = lookups.users()
        listed = lookups.accounts()
        people = None if users is None else [*map(_user, users.rows.values())]
        rows = list(listed.rows.values()) if listed else _readers_accounts(session)
    except T4Error as error:
        raise ProjectError(f"T4 could not be read, and nothing was written: {error}") from None
    for each, what in ((users, "users"), (listed, "accounts")):
        if each is not None and not each.complete:
            complain(f"warning: T4 does not say that its list of {what} is complete", "warning")
    return Shown(people, None if rows is None else [*map(_account, rows)])


def _user(row: Mapping[str, Any]) -> ShownUser:
    market = lookups.market_data(row["userID"], row["username"])
    return ShownUser(
        row["username"],
        row["accounts"],
        row["applications"],
        row["roles"],
        {name: kind for name, kind in market.value.items() if kind} if market else None,
        {name: row.get(name) for name in NEEDED},
        row.get("enabled"),
    )


def _account(row: Mapping[str, Any]) -> ShownAccount:
    """`enabled`: T4's two switches together; None where it does not show both."""
    states = {"enabled": True, "disabled": False}
    enabled = states.get(str(row.get("enabled")).lower())
    if enabled and row.get("preTradeDisabled") is not False:
        enabled = None
    return ShownAccount(row["account"], row.get("accountName") or "", row.get("displayName") or "", enabled)


def _readers_accounts(session: sessions.Session) -> list[Mapping[str, Any]] | None:
    """The accounts that the reader's login sees on the WebSocket; None where there is no reader."""
    socket = session.socket
    firm = socket.firm() if socket else None
    if socket is None or firm is None:
        return None
    found = [socket.account("", details.number) for details in firm.by_number.values()]
    return [each.value for each in found if isinstance(each, Seen)]
