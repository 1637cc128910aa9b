"""Administrator tasks: what T4's API cannot do, in words that can be followed in T4's portal.

A task is known by its id, `<kind>/<subject>[/<detail>]`, for example
`assign-account/WhenTechFillUser/11111`: one id, one fact in T4, so that evidence for one never closes
another. What is said of each kind is the table in `t4firm.tasks.kinds`.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import unquote

from t4firm.model.firm import Firm
from t4firm.model.users import DEPENDS_ON_APPTYPE, WHENTECH, WHENTECH_FILLS, Person
from t4firm.operations import Operations
from t4firm.tasks.kinds import CHANGEABLE, KINDS, OF_STRANGERS, OF_WHO_HAS_IT, WHENTECHS_SESSION


@dataclass(frozen=True)
class Task:
    """One step for the firm's T4 administrator: `page` in the portal, `what` to do there and `why`; what
    `closes` it, when it is `effective`, what it `waits` for ("" where there is nothing to say)."""

    id: str
    page: str
    what: str
    why: str
    closes: str
    effective: str
    waits: str


def task_id(kind: str, *parts: str) -> str:
    """The id of a task, from its kind and the text of each part: `task_id("remove-role", "x", "Order/Desk")`
    is `remove-role/x/Order%2FDesk`. `parts_of` takes it apart again. Raises ValueError where the kind has
    other parts.

    Names of roles, applications and templates are T4's, and may be any text: what cannot stand in an id on
    one line is percent-encoded. No other code makes ids.
    """
    if len(parts) != len(KINDS[kind].parts):
        raise ValueError(f"a {kind} task is written {_form(kind)}, and has {len(parts)} parts")
    return beginning(kind, *parts)


def beginning(kind: str, *parts: str) -> str:
    """How ids of a kind begin, with the first of its parts: `disable-user`, `assign-account/x`."""
    return "/".join((kind, *map(_escaped, parts)))


def beginnings(task: str) -> Iterator[str]:
    """Each beginning of an id: `assign-account`, `assign-account/x`, `assign-account/x/1`."""
    return accumulate(task.split("/"), "{}/{}".format)


def kind_of(task: str) -> str:
    """The kind of a task id: `assign-account/x/1` -> `assign-account`."""
    return task.partition("/")[0]


def about(task: str) -> str:
    """The user, or else the account, that a task is about; "" for one of the firm."""
    parts = parts_of(task)
    return parts.get("username") or parts.get("account", "")


def detail_of(task: str) -> str:
    """The text of the last part of an id: `end-market-data/x/CME` -> `CME`."""
    return _unescaped(task.rpartition("/")[2])


def parts_of(task: str) -> dict[str, str]:
    """The named parts of a task id; a ValueError says what is wrong with one that no task can have."""
    kind, _, rest = task.partition("/")
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of task; known: {', '.join(sorted(KINDS))}")
    names = KINDS[kind].parts
    written = rest.split("/") if rest else []
    if len(written) != len(names) or not all(written):
        raise ValueError(f"a {kind} task is written {_form(kind)}")
    values = [_unescaped(part) for part in written]
    if (right := task_id(kind, *values)) != task:
        raise ValueError(f"write it as {right!r}")
    return dict(zip(names, values, strict=True))


def _form(kind: str) -> str:
    return "/".join((kind, *(f"<{name}>" for name in KINDS[kind].parts)))


EMPTY = "%"
"""A part without any text, as it stands in an id."""


def _escaped(text: str) -> str:
    if text.isprintable() and "%" not in text and "/" not in text and text.strip() == text and text:
        return text
    edge = len(text) - len(text.lstrip()), len(text.rstrip())
    return (
        "".join(
            char if char.isprintable() and char not in "%/" and edge[0] <= at < edge[1] else _percent(char)
            for at, char in enumerate(text)
        )
        or EMPTY
    )


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="surrogatepass"))


def _unescaped(part: str) -> str:
    return "" if part == EMPTY else unquote(part, errors="surrogatepass")


def captures(firm: Firm, username: str) -> bool:
    """Whether this is the fill service's user."""
    return firm.fillService is not None and firm.fillService.user.username == username


def about_nothing(task: str, firm: Firm, elsewhere: Container[str] | None = None) -> str:
    """What a well-formed id is about that the firm file does not have; "" where it has everything.

    `elsewhere`: the accounts of other stacks that the fill user captures too; None where they are not known.
    """
    parts = parts_of(task)
    username = parts.get("username", "")
    if username and firm.person(username) is None:
        return f"the user {username}"
    number = parts.get("account")
    if number and number not in firm.accounts and not _is_strangers(task, firm, elsewhere):
        return f"the account {number}"
    if kind_of(task) in OF_WHO_HAS_IT and (nothing := _not_the_users(parts, firm)):
        return nothing
    return unknown_field(task)


def unknown_field(task: str) -> str:
    """The field that a well-formed id is about, where tasks of its kind know none of that name; else ""."""
    fields, field = CHANGEABLE.get(kind_of(task)), parts_of(task).get("field", "")
    return f"the field {field} (known: {', '.join(fields)})" if fields and field not in fields else ""


def _not_the_users(parts: Mapping[str, str], firm: Firm) -> str:
    """What the user of this step neither has by the firm file nor loses by it; "" where that is nothing.
    What the fill user captures is not asked here."""
    username = parts["username"]
    user = firm.users.get(username)
    number, application = parts.get("account"), parts.get("application")
    if number and user and number not in (*user.accounts, *user.revoke.accounts):
        return f"the account {number} of {username}"
    applications = (*user.applications, *user.revoke.applications) if user else (WHENTECH_FILLS,)
    if application and application not in applications:
        return f"the application {application} of {username}"
    return ""


def _is_strangers(task: str, firm: Firm, elsewhere: Container[str] | None) -> bool:
    """Whether the account may be one that the firm file does not have: T4 shows it, or another stack has
    it."""
    if kind_of(task) in OF_STRANGERS:
        return True
    parts, fill = parts_of(task), firm.fillService
    shared = fill is not None and bool(fill.stacks) and captures(firm, parts.get("username", ""))
    return shared and (elsewhere is None or parts["account"] in elsewhere)


def ways(kinds: tuple[str, ...], operations: Operations) -> dict[str, str]:
    """How each kind of step will be done with these operations: `api` or `administrator`.

    Kinds that no operation could do are left out: those are always the administrator's.
    """
    possible = {kind: operation for kind in kinds if (operation := KINDS[kind].operation)}
    return {
        kind: "api" if operation in operations else "administrator" for kind, operation in possible.items()
    }


def describe(
    task: str, firm: Firm, details: Mapping[str, str] | None = None, operations: Container[str] = ()
) -> Task:
    """The words of one task, from its id and the firm file.

    `details` is what the records know beside: `was` (what the market data was before), `trial` (its day),
    `mending` (the tasks that mend what the user must not have), `after` (the tasks that it waits for).
    `operations`: those that the stack knows; T4's answer to another one cannot close anything.
    """
    details = details or {}
    parts = parts_of(task)
    kind = KINDS[kind_of(task)]
    username, number = parts.get("username", ""), parts.get("account", "")
    user, account, fill = firm.person(username), firm.accounts.get(number), firm.fillService
    excluded = fill.exclude.get(number) if fill else None
    words = {
        "firm": firm.firm,
        **parts,
        "owner": account.owner if account else "its user",
        "templateAccount": account.templateAccount if account else "the firm's template account",
        "template": (user and user.templateUser) or "that the user was made from",
        "value": _value(username, parts.get("field", ""), user),
        "subscription": _subscription(parts.get("exchange", ""), user, details.get("was")),
        "was": f" ({details['was']})" if details.get("was") else "",
        "trial": f", which ends on {details['trial']}," if details.get("trial") else "",
        "captured_first": (
            f". Not before {task_id('assign-account', fill.user.username, number)} is closed, or its "
            "fills are missed"
            if fill and number in firm.to_capture
            else ""
        ),
        "excluded": f", which it excludes: {excluded}" if excluded else "",
        "signing": (
            f"Log in to T4 once as {username} and sign the agreements that T4 shows. Or, if somebody signed "
            "them, write the evidence into the firm file as `eula` under fillService.user"
            if captures(firm, username)
            else f"{username} signs the agreements when T4 asks at the next login"
        ),
        "unsigned": (
            "T4 has not shown that it has the signatures of the firm file, for the version in the file"
            if user and user.eula
            else f"the firm file has no evidence that anybody signed for {username}"
        ),
        "declare": (
            f"Find out who assigned {number} to {username}. If its fills should be captured, list it under "
            "the user who trades it, or name its stack under fillService.stacks. If not, list it under "
            "fillService.user.revoke.accounts"
            if captures(firm, username)
            else f"Put {number} under {username} in the firm file"
        ),
        "undeclared": (
            "WhenTech receives its fills, and the firm file does not say so (WhenTech Fill Service page)"
            if captures(firm, username)
            else "Its fills are captured only if the file has it (WhenTech Fill Service page)"
        ),
        "session": WHENTECHS_SESSION if captures(firm, username) else "",
        "reason": (
            "WhenTech captures only the fills of accounts that the fill user is assigned "
            "(WhenTech Fill Service page)"
            if captures(firm, username)
            else f"the firm file says that the account is {username}'s, and T4 does not show it"
            if account and account.owner == username
            else f"the firm file gives {username} the account, which another user owns"
        ),
    }
    return Task(
        id=task,
        page=kind.page,
        what=kind.what.format(**words),
        why=kind.why.format(**words),
        closes=kind.closed_by(operations),
        effective=kind.effective.format(**words),
        waits=_waits(firm, task, parts, details),
    )


def _value(username: str, field: str, user: Person | None) -> str:
    """What a field is to be set to, in words that tell nothing about a person."""
    if field == "password":
        return f"what `t4firm password {username}` prints"
    if user and field == "apptype":
        return f"{user.apptype} ({DEPENDS_ON_APPTYPE})"
    if user and field == "country":
        return user.country
    return "what the firm file says"


def _subscription(exchange: str, user: Person | None, was: str | None) -> str:
    """The change of a subscription: what it becomes, and what it was where the records know it."""
    wanted = user.marketData.get(exchange) if user else None
    if wanted is None:
        return f"subscribe {exchange} as in the firm file"
    if was:
        return f"change {exchange} from {was} to {wanted}"
    return f"subscribe {exchange} {wanted}" if was is not None else f"set {exchange} to {wanted}"


def _waits(firm: Firm, task: str, parts: Mapping[str, str], details: Mapping[str, str]) -> str:
    """What must come first: what the record waits for; the firm has WhenTech's applications before anybody
    is assigned them (WhenTech Fill Service page); nobody is handed a fill user that can do more than read."""
    kind, application = kind_of(task), parts.get("application")
    of_whentech = kind == "assign-application" and application in (WHENTECH, WHENTECH_FILLS)
    if of_whentech and not firm.whentech.enabledOn:
        before = "enable-whentech" if firm.whentech.requestedOn else "request-whentech, then enable-whentech"
        return f"until CTS support has added {application} to the firm's applications: {before}"
    if "after" in details:
        return f"until closed: {details['after']}"
    if kind == "hand-over-credentials" and "mending" in details:
        return f"until {parts['username']} can only read. Do this first: {details['mending']}"
    return ""
