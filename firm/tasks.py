"""Administrator tasks: what T4's API cannot do, in words that can be followed in T4's portal.

A task is known by its id, `<kind>/<subject>[/<detail>]`, for example
`assign-account/WhenTechFillUser/11111`: one id, one fact in T4, so that evidence for one never closes
another. `KINDS` says for each kind where in the portal it is done, what to do there, why (with the source),
and which operation would do it instead. Portal pages and fields: t4.md section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from firm.model import Firm
from firm.operations import Operations

Status = Literal["planned", "open", "done", "attested"]

RELOGIN = "It takes effect when the user logs off and on again{session}"
WHENTECHS_SESSION = ", here WhenTech's own session: tell WhenTech"


@dataclass(frozen=True)
class Kind:
    """One kind of step. `parts` names what follows the kind in a task's id; `what` and `why` may use these
    names and the details that `describe` adds. `operation` is the API operation that does it, or None where
    T4 documents no way."""

    parts: tuple[str, ...]
    page: str
    what: str
    why: str
    operation: str | None = None


@dataclass(frozen=True)
class Task:
    """One step for the firm's T4 administrator: `page` in the portal, `what` to do there and `why`."""

    id: str
    page: str
    what: str
    why: str


KINDS: Mapping[str, Kind] = {
    "request-whentech": Kind(
        (),
        "CTS support",
        "The firm's T4 administrator or an officer asks CTS support, informally, to add the applications "
        "WhenTech and "
        "WhenTechFills to {firm}'s Live environment; then write the day as `whentech.requestedOn` in the "
        "firm file",
        "nobody can be assigned an application that the firm does not have (WhenTech Fill Service page)",
    ),
    "enable-whentech": Kind(
        (),
        "CTS support",
        "Wait for CTS support's word that WhenTech and WhenTechFills are among {firm}'s applications; then "
        "write the day "
        "as `whentech.enabledOn` in the firm file",
        "nobody can be assigned an application that the firm does not have (WhenTech Fill Service page)",
    ),
    "create-account": Kind(
        ("account",),
        "Accounts",
        'Accounts > New Account: account {account}, firm {firm}, "Copy from Account" {templateAccount}, '
        "name and display name as in the firm file, save. "
        "Then Users > {owner} > setup > Accounts: assign {account}",
        "the firm file gives {owner} the account {account}, and the API in use has no operation that makes "
        "it",
        "createAccount",
    ),
    "enable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: set Enabled, and see that pre-trade is not disabled",
        "the firm file says `enabled: true`; T4 makes every account disabled (T4 Onboarding API page)",
        "enableAccount",
    ),
    "disable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: clear Enabled",
        "the firm file says `enabled: false`",
    ),
    "update-account": Kind(
        ("account", "field"),
        "Accounts",
        "Accounts > {account}: set {field} to what the firm file says",
        "{field} of account {account} was changed in the firm file after the account was made",
        "updateAccount",
    ),
    "assign-application": Kind(
        ("username", "application"),
        "Users",
        f"Users > {{username}} > setup > Applications: add {{application}}. {RELOGIN}",
        "the firm file gives {username} the application {application}, and T4's answer did not list it "
        "(WhenTech Fill Service page)",
        "assignApplication",
    ),
    "unassign-application": Kind(
        ("username", "application"),
        "Users",
        f"Users > {{username}} > setup > Applications: remove {{application}}. {RELOGIN}",
        "{username} must not have {application} (WhenTech Fill Service page: WhenTechFills is "
        "for the fill service and for nobody else; what a firm file does not give, nobody has)",
        "unassignApplication",
    ),
    "assign-account": Kind(
        ("username", "account"),
        "Users",
        f"Users > {{username}} > setup > Accounts: assign {{account}}. {RELOGIN}",
        "{reason}",
        "assignAccount",
    ),
    "unassign-account": Kind(
        ("username", "account"),
        "Users",
        f"Users > {{username}} > setup > Accounts: take {{account}} off the list. {RELOGIN}",
        "the firm file no longer gives {username} the account {account}{excluded}",
        "unassignAccount",
    ),
    "assign-role": Kind(
        ("username", "role"),
        "Users",
        f"Users > {{username}} > setup > Roles: add {{role}}, and add it to the template user {{template}}. "
        f"{RELOGIN}",
        "the firm file says that the template {template} gives {role}, and T4's answer did not list it",
    ),
    "remove-role": Kind(
        ("username", "role"),
        "Users",
        f"Users > {{username}} > setup > Roles: remove {{role}}, and remove it from the template user "
        f"{{template}}. {RELOGIN}",
        "the fill service only reads: no role is assigned to its user, specifically not Trading (WhenTech "
        "Fill Service page), and none but Risk Manager where the firm chose that",
        "removeRole",
    ),
    "verify-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup > Roles and Applications: see that they are exactly what the firm file "
        "says "
        "(template {template})",
        "{username} existed before and was taken over, and the API in use cannot show its roles",
    ),
    "update-user": Kind(
        ("username", "field"),
        "Users",
        "Users > {username} > setup: set {field} to {value}",
        "T4 has another {field} of {username} than the firm file, which was changed after the user was made, "
        "or by which a user who existed was taken over",
        "updateUser",
    ),
    "update-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: subscribe {exchange} as in the firm file (this is billed)",
        "the subscription was changed in the firm file after the user was made",
        "updateMarketData",
    ),
    "end-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: end the subscription of {exchange}",
        "the firm file no longer has it; T4 documents no call that ends one, and bills it until it ends "
        "(docs/t4.md, section 5)",
    ),
    "sign-eula": Kind(
        ("username",),
        "the user",
        "{username} signs the agreements when T4 asks at the next login",
        "new EULA evidence stands in the firm file, and the API in use cannot record it",
        "acceptEula",
    ),
    "disable-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: clear Enable User",
        "the firm file says that {username} has departed; T4 cannot delete a user by its API",
        "disableUser",
    ),
    "enable-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: set Enable User",
        "{username} is disabled in T4, and the firm file does not say that {username} has departed; "
        "T4 documents no call that enables a user",
    ),
}


def kind_of(task_id: str) -> str:
    """The kind of a task id: `assign-account/x/1` -> `assign-account`."""
    return task_id.partition("/")[0]


def parts_of(task_id: str) -> dict[str, str]:
    """The named parts of a task id; a ValueError says what is wrong with one that no task can have."""
    kind, _, rest = task_id.partition("/")
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of task; known: {', '.join(sorted(KINDS))}")
    names = KINDS[kind].parts
    values = rest.split("/") if rest else []
    if len(values) != len(names) or not all(values):
        raise ValueError(f"a {kind} task is written {'/'.join((kind, *(f'<{name}>' for name in names)))}")
    return dict(zip(names, values, strict=True))


def ways(kinds: tuple[str, ...], operations: Operations) -> dict[str, str]:
    """How each kind of step will be done with these operations: `api` or `administrator`.

    Kinds that no operation could do are left out: those are always the administrator's.
    """
    possible = {kind: operation for kind in kinds if (operation := KINDS[kind].operation)}
    return {
        kind: "api" if operation in operations else "administrator" for kind, operation in possible.items()
    }


def describe(task_id: str, firm: Firm) -> Task:
    """The words of one task, from its id and the firm file alone."""
    parts = parts_of(task_id)
    kind = KINDS[kind_of(task_id)]
    words = {"firm": firm.firm, **parts}
    if account := firm.accounts.get(parts.get("account", "")):
        words |= {"owner": account.owner, "templateAccount": account.templateAccount}
    else:
        words |= {"owner": "its user", "templateAccount": "the firm's template account"}
    words["template"] = _template(firm, parts.get("username", "")) or "that the user was made from"
    username = parts.get("username", "")
    captures = firm.fillService is not None and firm.fillService.user.username == username
    is_password = parts.get("field") == "password"
    words["value"] = f"what `t4firm password {username}` prints" if is_password else "what the firm file says"
    reason = firm.fillService.exclude.get(parts.get("account", "")) if firm.fillService else None
    words["excluded"] = f", which it excludes: {reason}" if reason else ""
    words["session"] = WHENTECHS_SESSION if captures else ""
    words["reason"] = (
        "WhenTech captures the fills of the accounts that the fill user is assigned, and of no others (seed "
        "000)"
        if captures
        else f"the firm file gives {username} the account, which another user owns"
    )
    return Task(task_id, kind.page, kind.what.format(**words), kind.why.format(**words))


def _template(firm: Firm, username: str) -> str | None:
    if firm.fillService and firm.fillService.user.username == username:
        return firm.fillService.user.templateUser
    user = firm.users.get(username)
    return user.templateUser if user else None
