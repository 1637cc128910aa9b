"""What is known of a user in T4, and the steps that make it what the firm file says now.

    known = Known(enabled=False, marketData={"CME": "TOB"}, sent=entry.sent)
    tuple(steps(inputs, known))    # ("enable-user/trader.a", "update-market-data/trader.a/CME", …)

Field by field, T4's own showing counts; where T4 shows nothing, what was sent; where nobody knows that, the
administrator looks (docs/evidence.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from providers.t4.lifecycle.user import sent_marks
from providers.t4.records.users import UserInputs
from providers.t4.session.journal import Marks
from providers.t4.session.lookups import DETAILS, Eula
from t4firm.evidence import same_but_for_form
from t4firm.tasks.ids import task_id

VERIFIED = ("enabled", "roles", "applications")
"""What is to be seen of a user who was adopted, beside the details."""


@dataclass(frozen=True)
class Known:
    """What is known of a user. `details`: those that T4 shows. `marketData`: clearingExchange ->
    marketDataType, "" where T4 shows that it is not subscribed; one that T4 does not name is not in it.
    `enabled` and `eula` are None where T4 does not show them. `sent`: the marks of the request that
    made the user, empty where nobody knows them. `password`: whether T4 has the one that the file's version
    derives, None where nobody knows. `unseen`: something of `verified` is not shown, and no answer to a
    request of this stack ever showed it."""

    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    enabled: bool | None = None
    marketData: Mapping[str, str] = field(default_factory=dict)
    eula: Eula | None = None
    sent: Marks = field(default_factory=dict)
    password: bool | None = None
    unseen: bool = False


def verified(inputs: UserInputs) -> tuple[str, ...]:
    """What is to be seen of a user whom nobody's answer showed: of the fill user its roles, which say whether
    it only reads; its application is a step of its own."""
    return ("roles",) if inputs.is_fill_user else VERIFIED


def steps(inputs: UserInputs, known: Known) -> Iterator[str]:
    """The ids of the steps for what differs, and for what nobody knows. Who departs needs none of them but
    the end of market data."""
    username = inputs.username
    if not inputs.departed:
        yield from (task_id("update-user", username, name) for name in _different_details(inputs, known))
        if known.enabled is False:
            yield task_id("enable-user", username)
        if known.unseen or _is_doubtful(inputs, known):
            yield task_id("verify-user", username)
        yield from (task_id("update-market-data", username, name) for name in _not_subscribed(inputs, known))
        if inputs.eula and not _is_signed(inputs, known):
            yield task_id("sign-eula", username)
    yield from (task_id("end-market-data", username, name) for name in sorted(_too_much(inputs, known)))


def account_steps(inputs: UserInputs, known: Known) -> Iterator[str]:
    """The same of the account that was made with the user."""
    number = inputs.account.account
    for name in sent_marks.ACCOUNT_NAMES:
        if sent_marks.differs(known.sent, name, inputs):
            yield task_id("update-account", number, name)
    if sent_marks.differs(known.sent, "templateAccount", inputs):
        yield task_id("apply-template", number)


def _wanted(inputs: UserInputs) -> dict[str, str]:
    said = inputs.details
    return {name: said[name] for name in DETAILS if said.get(name) is not None}


def _different_details(inputs: UserInputs, known: Known) -> Iterator[str]:
    for name, value in _wanted(inputs).items():
        shown = known.details.get(name)
        if shown is not None:
            is_other: bool | None = shown != value and not same_but_for_form(value, shown)
        else:
            is_other = sent_marks.differs(known.sent, name, inputs)
        if is_other:
            yield name
    if known.password is False:
        yield "password"


def _is_doubtful(inputs: UserInputs, known: Known) -> bool:
    """Whether nobody knows some of the details; or the user came from another template, whose other settings
    nobody has seen. A fill user is judged by what T4 shows, whatever it came from."""
    if inputs.is_fill_user:
        return False
    if not known.sent:
        return any(name not in known.details for name in _wanted(inputs))
    return bool(sent_marks.differs(known.sent, "templateUser", inputs))


def _not_subscribed(inputs: UserInputs, known: Known) -> Iterator[str]:
    for name, kind in inputs.marketData.items():
        shown = known.marketData.get(name)
        sent = f"{sent_marks.MARKET_DATA}{name}"
        if shown != kind if shown is not None else sent_marks.differs(known.sent, sent, inputs) is not False:
            yield name


def _too_much(inputs: UserInputs, known: Known) -> set[str]:
    """Market data that T4 bills, and the file does not have."""
    shown = {name for name, kind in known.marketData.items() if kind}
    asked_for = sent_marks.subscribed(known.sent).difference(known.marketData)
    return (shown | asked_for).difference(inputs.marketData)


def _is_signed(inputs: UserInputs, known: Known) -> bool:
    if known.eula is not None:
        return known.eula.covers(inputs.eula.eulaVersion, inputs.eula.signatures)
    return sent_marks.differs(known.sent, "eula", inputs) is False
