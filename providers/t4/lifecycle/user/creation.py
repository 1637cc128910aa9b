"""Creating a user exactly once: the journal, the onboarding call, and after a 409 the proof of whose user it
is.

T4 cannot delete a user, and a 409 does not say whose user it is. So, in this order (docs/reliability.md):
the journal's answer; one login with the password that only this stack can derive; an error that says what is
known. `adopt: true` in the firm file makes no call that changes anything: it records what is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from providers.t4.api import Answer, Conflict, OnboardingData, T4Error, same_id
from providers.t4.lifecycle.errors import Blocked, NotShown, TakenAlready
from providers.t4.lifecycle.user import onboarding, sent_marks
from providers.t4.lifecycle.user.differences import Known, account_steps, steps, verified
from providers.t4.lifecycle.user.login_proof import proof_of
from providers.t4.records.passwords import UNKNOWN, PasswordInT4, derived
from providers.t4.records.users import UserInputs
from providers.t4.session import lookups
from providers.t4.session.firm_rows import account_state
from providers.t4.session.journal import Entry, Marks
from providers.t4.session.lookups import DETAILS, Eula, OfAnotherFirm
from providers.t4.session.session import now, session
from t4firm.evidence import Gone, NotSeen, Seen
from t4firm.model.names import among, folded

OLDER = ("open",)
"""What a journal's answer had in an older version, and what is found anew now."""


@dataclass(frozen=True)
class Shown:
    """What T4 showed of a user, as the journal keeps it.

    `roles`, `applications`, `enabled` and `eula` (version, documents) are None where nothing shows them;
    `userID` is "" and `firstAccount` empty until something does. `marketData` as in `Known`; `fees`:
    clearingExchange -> what its market data costs.
    """

    userID: str
    roles: list[str] | None
    applications: list[str] | None
    firstAccount: Mapping[str, Any]
    trialExpires: str
    evidence: str
    fees: Mapping[str, str] = field(default_factory=dict)
    firmID: str = ""
    apptype: str = ""
    enabled: bool | None = None
    marketData: Mapping[str, str] = field(default_factory=dict)
    eula: Mapping[str, Any] | None = None

    @classmethod
    def can_be(cls, answer: Mapping[str, object]) -> bool:
        """Whether a journal's answer is one of these with its `account`, also where an older version wrote
        it."""
        needed = {part.name for part in fields(cls) if MISSING is part.default is part.default_factory}
        known = {part.name for part in fields(cls)} | {"account", *OLDER}
        return needed | {"account"} <= answer.keys() <= known


@dataclass(frozen=True)
class Creation:
    """A user that T4 has now, with the steps that make it and its first account what the file says.
    `password`: which password T4 has. `firm`: the stack's firm in T4,
    "" where no answer has named it."""

    shown: Shown
    steps: tuple[str, ...]
    account_steps: tuple[str, ...]
    password: PasswordInT4
    firm: str

    @property
    def other_firm(self) -> str:
        """The firm that T4 shows for the user, where it is not the stack's."""
        shown = self.shown.firmID
        return shown if shown and not same_id(shown, self.firm) else ""


def journal_key(username: str) -> str:
    """The journal's key of a user's onboarding call."""
    return f"onboard/{folded(username)}"


def make_user(inputs: UserInputs) -> Creation:
    """The user of these inputs: created now, created by a run that died, or adopted.

    Raises TakenAlready with the line to write, NotShown for one to be adopted that T4 does not show,
    JournalUnusable and AnotherFirm before any call, and the errors of the API.
    """
    before = session().journal.find(journal_key(inputs.username))
    if before and before.answered:
        if "proved" in before.answer:
            return _proved(inputs, before)
        if Shown.can_be(before.answer):
            return _answered_before(inputs, before)
    return _adopted(inputs) if inputs.adopt else _onboarded(inputs)


def _onboarded(inputs: UserInputs) -> Creation:
    journal, key, at = session().journal, journal_key(inputs.username), now()
    if doubts := inputs.firmDoubts:
        raise Blocked(
            f"{inputs.username} was not created, because T4 shows a user of another firm: the credentials "
            f"may belong to that firm. First close {', '.join(doubts)}"
        )
    request = onboarding.request(inputs, onboarding.password(inputs))
    sent = sent_marks.marks_of(inputs)
    with session().firm.first_alone():
        before = journal.intend(key, at, sent)
        try:
            shown = _shown(session().client.onboard(request), inputs.marketData)
        except Conflict as conflict:
            if not conflict.doubtful:
                journal.nothing_happened(key, at)
            return _whose(inputs, conflict, before)
        except T4Error as error:
            if error.happened == "no":
                journal.nothing_happened(key, at)
            raise
        journal.answered(key, now(), {"account": inputs.account.account, **asdict(shown)}, sent)
        return _created(inputs, shown, sent)


def _answered_before(inputs: UserInputs, entry: Entry) -> Creation:
    """What a run was answered that could not record it. The file may have changed since: its account is
    refused, everything else becomes a step."""
    username, number = inputs.username, inputs.account.account
    answer = {name: value for name, value in entry.answer.items() if name not in OLDER}
    if (made := answer.pop("account")) != number:
        raise TakenAlready(
            f"a run created {username} with account {made} at {entry.answered}, but could not record it. "
            f"List {made} as the first of {username}'s accounts, and {number} after it"
        )
    return _created(inputs, Shown(**answer), entry.sent)


def _created(inputs: UserInputs, shown: Shown, sent: Marks) -> Creation:
    """A user that this stack's request created, as it is to be recorded for the file of today."""
    readable = sent_marks.readable(sent)
    differs = sent_marks.differs(readable, "password", inputs) if readable or not sent else True
    known = Known(
        {"apptype": shown.apptype} if shown.apptype else {},
        shown.enabled,
        shown.marketData,
        Eula(shown.eula["version"], frozenset(shown.eula["documents"])) if shown.eula else None,
        readable,
        password=None if differs is None else not differs,
    )
    return _creation(inputs, shown, known)


def _creation(inputs: UserInputs, shown: Shown, known: Known) -> Creation:
    firm = session().firm.see(shown.firmID, inputs.username, shown.evidence, now())
    of_account = tuple(account_steps(inputs, known)) if shown.firstAccount else ()
    password = derived(_mark_of_password(inputs)) if known.password else UNKNOWN
    return Creation(shown, tuple(steps(inputs, known)), of_account, password, firm)


def _shown(answer: Answer[OnboardingData], asked: Iterable[str]) -> Shown:
    """What the answer to a request shows, which asked for the market data of these exchanges. It names market
    data and signatures (seed 002): what it leaves out, T4 has not done."""
    data = answer.data
    user, account, signed = data.user, data.account, data.eulaSignature or {}
    first = _first(account.accountID, account.enabled, account.preTradeDisabled) if account else {}
    return Shown(
        user.userID,
        _sorted(user.roles),
        _sorted(user.applications),
        first,
        user.trialExpires or "",
        str(answer.evidence),
        fees=dict(data.fees),
        firmID=user.firmID or "",
        apptype=user.apptype or "",
        enabled=user.enabled,
        marketData=dict.fromkeys(asked, "") | lookups.subscribed(data.marketData or {}),
        eula={
            "version": data.eulaVersion or "",
            "documents": sorted(name for name in signed if signed[name]),
        },
    )


def _whose(inputs: UserInputs, conflict: Conflict, before: Entry) -> Creation:
    """Whose user T4 already has: ours by proof, or not to be touched."""
    username, account = inputs.username, inputs.account.account
    journal, key = session().journal, journal_key(username)
    proof = proof_of(inputs)
    if proof.evidence:
        entry = journal.find(key) or before
        sent = sent_marks.common(sent_marks.readable(attempt.sent) for attempt in entry.attempts)
        words = f"{proof.evidence}, after {conflict.evidence}"
        proved = {"account": account, "proved": words, "password": _mark_of_password(inputs)}
        journal.answered(key, now(), proved, sent)
        return _existing(inputs, words, sent, password=True)
    known = " ".join([_known([*before.begun, *([conflict.at] if conflict.doubtful else [])]), proof.why])
    if conflict.about == "account":
        raise TakenAlready(
            f"{username} was not created, because T4 already has the account {account}. {known.strip()} If "
            f"{account} already belongs to {username}, ask the administrator to create the user in the "
            f"portal and to assign it {account}. Then write `adopt: true` under {username} in the firm "
            f"file. If not, give {username} another first account. {conflict}"
        ) from None
    raise TakenAlready(
        f"T4 already has a user {username}. {known.strip()} If it is the same person, write `adopt: true` "
        f"under {username} in the firm file. If not, choose another username. {conflict}"
    ) from None


def _known(attempts: Iterable[str]) -> str:
    if times := ", ".join(attempts):
        return (
            f"This stack tried to create it at {times} and got no answer. It may have created it: nothing "
            f"proves it."
        )
    return "This stack has no record of an attempt to create it."


def _proved(inputs: UserInputs, entry: Entry) -> Creation:
    """A user that a login of an earlier run proved, and that run could not record."""
    has_it = entry.answer.get("password") == _mark_of_password(inputs)
    return _existing(inputs, str(entry.answer["proved"]), sent_marks.readable(entry.sent), password=has_it)


def _adopted(inputs: UserInputs) -> Creation:
    """A user that somebody else created, by the file's word. Where an operation lists users, T4 must show the
    user before anything is recorded."""
    username, words = inputs.username, "adopted as the firm file says"
    match lookups.user("", username):
        case Seen(_, evidence) | OfAnotherFirm(evidence=evidence):
            words += f"; T4 shows the user: {evidence}"
        case Gone(why) | NotSeen(why) if why:
            raise NotShown(
                f"{username} has `adopt: true`, but T4 does not show a user of this name. {why} Nothing was "
                "recorded, and no call changed anything. Correct the name. Or, if T4 should create "
                f"{username}, remove `adopt: true`"
            )
    return _existing(inputs, words, {}, password=None)


def _existing(inputs: UserInputs, evidence: str, sent: Marks, *, password: bool | None) -> Creation:
    """A user that exists, with what the operations can show of it. `password`: whether T4 has the one that
    the file's version derives; None of a user who was adopted."""
    username, number = inputs.username, inputs.account.account
    found = lookups.user("", username)
    user = found.value if isinstance(found, Seen) else None
    row = found.row if isinstance(found, OfAnotherFirm) else user
    user_id = str(row["userID"]) if row else ""
    first = _first_account(number, user["accounts"] if user else None, proved=password is not None)
    subscribed, signed = lookups.market_data(user_id, username), lookups.signed_eula(user_id, username)
    known = Known(
        {name: user[name] for name in DETAILS if user.get(name) is not None} if user else {},
        user["enabled"] if user else None,
        subscribed.value if subscribed else {},
        signed.value if signed else None,
        sent,
        password,
        unseen=not sent and (user is None or any(user[name] is None for name in verified(inputs))),
    )
    shown = Shown(
        user_id,
        _sorted(user["roles"]) if user else None,
        _sorted(user["applications"]) if user else None,
        first,
        "",
        evidence,
        firmID=str(row["firmID"] or "") if row else "",
    )
    return _creation(inputs, shown, known)


def _first_account(number: str, linked: Iterable[str] | None, *, proved: bool) -> dict[str, object]:
    """What is known of the first account; empty where nothing says that the user has it. A login needs an
    account that was made and linked (seed 002, User Login Requirements), so who could log in (`proved`) has
    it, seen or not."""
    is_linked = linked is not None and among(number, linked)
    if not is_linked and not (proved and linked is None):
        return {}
    account = lookups.account_numbered(number)
    if account is None:
        return _first("", None, None)
    return _first(str(account["accountID"]), account["enabled"], account["preTradeDisabled"])


def _first(account_id: str, enabled: str | None, disabled: bool | None) -> dict[str, object]:
    return {
        "accountID": account_id,
        "enabled": account_state(enabled, disabled) or "",
        "preTradeDisabled": disabled,
    }


def _mark_of_password(inputs: UserInputs) -> str:
    return session().mark_of_password(inputs.username, inputs.passwordVersion)


def _sorted(names: Iterable[str] | None) -> list[str] | None:
    return sorted(names) if names is not None else None
