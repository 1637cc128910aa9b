"""The kinds of administrator tasks, as a table: where in T4's portal each is done, what to do there, why (and
by which source), what closes it and when it takes effect. Portal pages and fields: t4.md section 3.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from t4firm.model.users import NAMES, PERSONAL
from t4firm.yaml_files.mistakes import listed

RELOGIN = "when {username} logs off and on again{session}"
NEXT_LOGIN = "at the next login. No document says that an open session ends"
WHENTECHS_SESSION = ", which is WhenTech's own session: tell WhenTech"

AROUND_THE_FILL_SERVICE = ("hand-over-credentials", "password-never-expires")
"""Kinds of tasks that come with the fill user, whatever the API can do."""

STANDING = (*AROUND_THE_FILL_SERVICE, "confirm-trial")
"""Kinds of tasks that come with a user, whatever the API can do and whatever changes."""

OF_STRANGERS = frozenset({"declare-account", "unassign-account"})
"""Kinds whose account may be one that the firm file does not have: T4 shows it."""

OF_WHO_HAS_IT = frozenset({"assign-account", "unassign-account", "assign-application"})
"""Kinds whose account or application is one that the user has by the firm file, or loses by it."""

CHANGEABLE = {
    "update-user": (*PERSONAL, "country", "apptype", "password"),
    "update-account": NAMES,
}
"""The fields that tasks of these kinds can be about."""


def around_the_fill_service(*, signed: bool) -> tuple[str, ...]:
    """The kinds of tasks that come with a fill user. `signed`: the firm file has its EULA evidence; else
    somebody must log in as this user and sign, because no document says that the fill service does."""
    return AROUND_THE_FILL_SERVICE if signed else ("sign-eula", *AROUND_THE_FILL_SERVICE)


LISTED = {"readUser": "listUsers", "readAccount": "listAccounts"}
"""The read of one user or account -> the list that shows the same."""


@dataclass(frozen=True)
class Kind:
    """One kind of step. `parts` names what follows the kind in a task's id; `what`, `why` and `effective` may
    use these names and the details that `describe` adds.

    `operation` is the API operation that does it, or None where T4 documents no way; `reads` those that can
    show that it is done, each of one user or account: where one is not known, a list serves. `field`: the
    field of the firm file that alone closes it. `effective`: when it takes effect, where that is not at
    once."""

    parts: tuple[str, ...]
    page: str
    what: str
    why: str
    operation: str | None = None
    reads: tuple[str, ...] = ()
    field: str = ""
    effective: str = ""

    def closed_by(self, known: Container[str]) -> str:
        """What will close a task of this kind, where these operations are known."""
        if self.field:
            return f"{self.field} in the firm file"
        reads = (name if name in known else LISTED.get(name, "") for name in self.reads)
        answers = listed((name for name in (self.operation, *reads) if name and name in known), "or")
        shown_by_t4 = f"T4's answer to {answers}, or " if answers else ""
        return f"{shown_by_t4}a line in the attested file"


KINDS: Mapping[str, Kind] = {
    "request-whentech": Kind(
        (),
        "CTS support",
        "Ask CTS support, as the firm's T4 administrator or an officer, to add the applications WhenTech and "
        "WhenTechFills to {firm}'s Live environment (`t4firm request` prints the mail). Then write the day "
        "into the firm file as `whentech.requestedOn`",
        "the firm must have an application before a user can get it (WhenTech Fill Service page)",
        field="whentech.requestedOn",
    ),
    "enable-whentech": Kind(
        (),
        "CTS support",
        "Wait until CTS support says that {firm} has the applications WhenTech and WhenTechFills. Then write "
        "the day into the firm file as `whentech.enabledOn`",
        "the firm must have an application before a user can get it (WhenTech Fill Service page)",
        field="whentech.enabledOn",
    ),
    "create-account": Kind(
        ("account",),
        "Accounts",
        'Accounts > New Account: account {account}, firm {firm}, "Copy from Account" {templateAccount}, '
        "name and display name as in the firm file, save. "
        "Then Users > {owner} > setup > Accounts: assign {account}",
        "the firm file gives {owner} the account {account}, and the API in use has no operation that creates "
        "it",
        "createAccount",
        reads=("readUser", "readAccount"),
        effective="when {owner} logs off and on again",
    ),
    "verify-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: check that it is there, and that its names are as in the firm file. Then "
        "Users > {owner} > setup > Accounts: check that {account} is on the list. If it is somebody "
        "else's, do not sign off and do not assign it: the firm file needs another number",
        "{account} already existed, and T4 has not shown that it is {owner}'s",
        reads=("readAccount",),
    ),
    "apply-template": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: give it the settings of {templateAccount} (risk limits, margins, routing)",
        "a run created {account} from another template account and could not record it; the firm file was "
        "corrected later. T4 documents no call that changes an account's settings",
    ),
    "restore-account": Kind(
        ("account",),
        "Accounts",
        "Accounts: find {account} of {owner}. If it is there, sign off. If not, ask T4.APISupport whether "
        "they can bring it back: no document says so",
        "T4 no longer shows the account {account}, but the firm file has it",
        reads=("readAccount",),
    ),
    "declare-account": Kind(
        ("username", "account"),
        "Users",
        "{declare}. Or, if nobody wants it: Users > {username} > setup > Accounts: remove it from the list",
        "T4 lists the account under {username}, but neither the firm file nor this stack gave it to "
        "{username}. {undeclared}",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "declare-application": Kind(
        ("username", "application"),
        "Users",
        "If {username} should have {application}, list it under `applications` in the firm file: then the "
        "fills of its accounts are captured. If not, Users > {username} > setup > Applications: remove "
        "{application}",
        "T4 shows that {username} has the application {application}, but neither the firm file nor this "
        "stack gave it to {username}. Nobody captures the fills (WhenTech Fill Service page)",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "enable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: set Enabled, and check that pre-trade is not disabled{captured_first}",
        "the firm file says `enabled: true`. T4 creates every account disabled (T4 Onboarding API page)",
        "enableAccount",
        reads=("readAccount",),
    ),
    "disable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: clear Enabled",
        "the firm file says `enabled: false`, or it is the fill user's own account, which nobody trades",
        reads=("readAccount",),
    ),
    "update-account": Kind(
        ("account", "field"),
        "Accounts",
        "Accounts > {account}: set {field} to {value}",
        "the firm file changed {field} of account {account} after the account was created",
        "updateAccount",
        reads=("readAccount",),
    ),
    "assign-application": Kind(
        ("username", "application"),
        "Users",
        "Users > {username} > setup > Applications: add {application}",
        "the firm file gives {username} the application {application}, but T4's answer did not list it "
        "(WhenTech Fill Service page)",
        "assignApplication",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "unassign-application": Kind(
        ("username", "application"),
        "Users",
        "Users > {username} > setup > Applications: remove {application}",
        "{username} must not have {application}: the firm file does not give it. WhenTechFills is only for "
        "the fill service (WhenTech Fill Service page)",
        "unassignApplication",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "assign-account": Kind(
        ("username", "account"),
        "Users",
        "Users > {username} > setup > Accounts: assign {account}",
        "{reason}",
        "assignAccount",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "unassign-account": Kind(
        ("username", "account"),
        "Users",
        "Users > {username} > setup > Accounts: remove {account} from the list",
        "the firm file does not give {username} the account {account}{excluded}",
        "unassignAccount",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "assign-role": Kind(
        ("username", "role"),
        "Users",
        "Users > {username} > setup > Roles: add {role}, and add it to the template user {template}",
        "the firm file says that the template {template} gives {role}, but T4's answer did not list it",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "remove-role": Kind(
        ("username", "role"),
        "Users",
        "Users > {username} > setup > Roles: remove {role}, and remove it from the template user {template}",
        "the fill service only reads. Its user must have no role, above all not Trading (WhenTech Fill "
        "Service page); only Risk Manager, if the firm chose that",
        "removeRole",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "verify-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: check that the user is enabled, and that details, Roles and "
        "Applications are exactly as in the firm file (template {template}). Correct what differs before you "
        "sign off",
        "{username} already existed and was adopted, or was created for an entry that was corrected later. "
        "T4 has not shown what the user has now",
        reads=("readUser",),
    ),
    "verify-firm": Kind(
        ("username",),
        "CTS support",
        "Ask T4.APISupport which firm {username} belongs to. If it is not {firm}, ask them to move the user "
        "to {firm} or to disable it. Check which firm the credentials in t4:apiKey or t4:login belong to",
        "T4 says that {username} belongs to another firm than the users that this stack created before. T4 "
        "cannot delete a user",
        reads=("readUser",),
    ),
    "update-user": Kind(
        ("username", "field"),
        "Users",
        "Users > {username} > setup: set {field} to {value}",
        "T4 and the firm file have a different {field} for {username}: the firm file was changed after the "
        "user was created, or the user already existed and was adopted",
        "updateUser",
        reads=("readUser",),
    ),
    "update-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: {subscription} (this is billed)",
        "T4 and the firm file differ: the firm file was changed after the user was created, or T4's answer "
        "was not what was asked for, or the user already existed and was adopted",
        "updateMarketData",
        reads=("readMarketData",),
        effective=RELOGIN,
    ),
    "end-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: end the subscription of {exchange}{was}",
        "the firm file no longer has it. T4 documents no call that ends a subscription, and bills it until "
        "it ends (docs/t4.md, section 5)",
        reads=("readMarketData",),
        effective=RELOGIN,
    ),
    "sign-eula": Kind(
        ("username",),
        "the user",
        "{signing}",
        "nobody can log in to T4 before the agreements are signed (Onboarding API page, User Login "
        "Requirements), and {unsigned}",
        "acceptEula",
        reads=("readEula",),
    ),
    "disable-user": Kind(
        ("username",),
        "Users",
        "Cancel the working orders of {username}, and make sure that {username} is logged off. Then Users > "
        "{username} > setup: clear Enable User",
        "the firm file says that {username} has departed. T4's API cannot delete a user",
        "disableUser",
        reads=("readUser",),
        effective=NEXT_LOGIN,
    ),
    "enable-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: set Enable User. If the user is not there, ask T4.APISupport whether "
        "they can bring it back: no document says so",
        "{username} is disabled or missing in T4, but the firm file does not say that {username} has "
        "departed. T4 documents no call that enables a user",
        reads=("readUser",),
    ),
    "hand-over-credentials": Kind(
        ("username",),
        "WhenTech",
        "Give WhenTech the name of the user {username} of {firm} and its password, in a way that nobody else "
        "can read. `t4firm password {username} --stack NAME` prints the password",
        "WhenTech's fill service logs in with this user (WhenTech Fill Service page)",
        effective="when the fill service logs in with it",
    ),
    "password-never-expires": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: set Password Never Expires, and check that Change Password Required is "
        "not set",
        "the fill service runs 24x6 on WhenTech's servers (WhenTech Fill Service page). If its password "
        "expires, it captures no more fills",
    ),
    "confirm-trial": Kind(
        ("username",),
        "CTS support",
        "Ask CTS support whether {username} loses access when the trial{trial} is over. If so, ask them to "
        "make {username} a user without a trial. Sign off when they confirm that {username} keeps access",
        "T4's answer to the onboarding shows a trial (trialExpires, T4 Onboarding API page). No document "
        "says whether a live user loses access when it ends",
    ),
}
