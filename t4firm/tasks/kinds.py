"""The kinds of administrator tasks, as a table: where in T4's portal each is done, what to do there, why (and
by which source), what closes it and when it takes effect. Portal pages and fields: t4.md section 3.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from t4firm.model.users import NAMES, PERSONAL
from t4firm.yaml_files.mistakes import listed

RELOGIN = "when {username} logs off and on again{session}"
NEXT_LOGIN = "at the next login; no document says that it ends a session that is open"
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
        "The firm's T4 administrator or an officer asks CTS support, informally, to add the applications "
        "WhenTech and WhenTechFills to {firm}'s Live environment (`t4firm request` writes the mail); then "
        "write the day as `whentech.requestedOn` in the firm file",
        "nobody can be assigned an application that the firm does not have (WhenTech Fill Service page)",
        field="whentech.requestedOn",
    ),
    "enable-whentech": Kind(
        (),
        "CTS support",
        "Wait for CTS support's word that WhenTech and WhenTechFills are among {firm}'s applications; then "
        "write the day "
        "as `whentech.enabledOn` in the firm file",
        "nobody can be assigned an application that the firm does not have (WhenTech Fill Service page)",
        field="whentech.enabledOn",
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
        reads=("readUser", "readAccount"),
        effective="when {owner} logs off and on again",
    ),
    "verify-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: see that it is there, and that its names are what the firm file says. Then "
        "Users > {owner} > setup > Accounts: see that {account} is on the list",
        "{account} already existed, and nothing that T4 answered shows that it is {owner}'s",
        reads=("readAccount",),
    ),
    "apply-template": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: give it the settings of {templateAccount} (risk limits, margins, routing)",
        "{account} was made from another template account by a run that could not record it, and the firm "
        "file was corrected since; T4 documents no call that changes an account's settings",
    ),
    "restore-account": Kind(
        ("account",),
        "Accounts",
        "Accounts: find {account} of {owner}. If it is not there, ask T4.APISupport whether it can be "
        "brought back: no document says so",
        "T4 no longer shows the account {account}, and the firm file has it",
        reads=("readAccount",),
    ),
    "declare-account": Kind(
        ("username", "account"),
        "Users",
        "{declare}; or, if nobody wants it, Users > {username} > setup > Accounts: take it off the list",
        "T4 lists the account under {username}, and neither the firm file nor this stack gave it: "
        "{undeclared}",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "declare-application": Kind(
        ("username", "application"),
        "Users",
        "If {username} is to have {application}, list it under `applications` in the firm file, so that the "
        "fills of its accounts are captured; if not, Users > {username} > setup > Applications: remove "
        "{application}",
        "T4 shows the application {application} on {username}, and neither the firm file nor this stack gave "
        "it: nobody captures the fills (WhenTech Fill Service page)",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "enable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: set Enabled, and see that pre-trade is not disabled{captured_first}",
        "the firm file says `enabled: true`; T4 makes every account disabled (T4 Onboarding API page)",
        "enableAccount",
        reads=("readAccount",),
    ),
    "disable-account": Kind(
        ("account",),
        "Accounts",
        "Accounts > {account}: clear Enabled",
        "the firm file says `enabled: false`, or it is the fill user's own, which is never traded",
        reads=("readAccount",),
    ),
    "update-account": Kind(
        ("account", "field"),
        "Accounts",
        "Accounts > {account}: set {field} to {value}",
        "{field} of account {account} was changed in the firm file after the account was made",
        "updateAccount",
        reads=("readAccount",),
    ),
    "assign-application": Kind(
        ("username", "application"),
        "Users",
        "Users > {username} > setup > Applications: add {application}",
        "the firm file gives {username} the application {application}, and T4's answer did not list it "
        "(WhenTech Fill Service page)",
        "assignApplication",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "unassign-application": Kind(
        ("username", "application"),
        "Users",
        "Users > {username} > setup > Applications: remove {application}",
        "{username} must not have {application} (WhenTech Fill Service page: WhenTechFills is "
        "for the fill service and for nobody else; what a firm file does not give, nobody has)",
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
        "Users > {username} > setup > Accounts: take {account} off the list",
        "the firm file does not give {username} the account {account}{excluded}",
        "unassignAccount",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "assign-role": Kind(
        ("username", "role"),
        "Users",
        "Users > {username} > setup > Roles: add {role}, and add it to the template user {template}",
        "the firm file says that the template {template} gives {role}, and T4's answer did not list it",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "remove-role": Kind(
        ("username", "role"),
        "Users",
        "Users > {username} > setup > Roles: remove {role}, and remove it from the template user {template}",
        "the fill service only reads: no role is assigned to its user, specifically not Trading (WhenTech "
        "Fill Service page), and none but Risk Manager where the firm chose that",
        "removeRole",
        reads=("readUser",),
        effective=RELOGIN,
    ),
    "verify-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: see that the user is enabled, and that details, Roles and Applications "
        "are exactly what the firm file says (template {template})",
        "{username} already existed and was adopted, or was made for an entry that was corrected since, and "
        "nothing that T4 answered shows what the user is now",
        reads=("readUser",),
    ),
    "verify-firm": Kind(
        ("username",),
        "CTS support",
        "Ask T4.APISupport of which firm {username} is. If it is not {firm}, have the user moved to {firm}, "
        "or disabled. Check whose credentials t4:apiKey or t4:login are",
        "T4 says that {username} is of another firm than the users that this stack made before, and T4 "
        "cannot delete a user",
        reads=("readUser",),
    ),
    "update-user": Kind(
        ("username", "field"),
        "Users",
        "Users > {username} > setup: set {field} to {value}",
        "T4 has another {field} of {username} than the firm file, which was changed after the user was made, "
        "or by which a user who existed was adopted",
        "updateUser",
        reads=("readUser",),
    ),
    "update-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: {subscription} (this is billed)",
        "the subscription was changed in the firm file after the user was made, or T4 answered otherwise "
        "than it was asked, or the user existed and was adopted",
        "updateMarketData",
        reads=("readMarketData",),
        effective=RELOGIN,
    ),
    "end-market-data": Kind(
        ("username", "exchange"),
        "Users",
        "Users > {username} > setup > market data: end the subscription of {exchange}{was}",
        "the firm file no longer has it; T4 documents no call that ends one, and bills it until it ends "
        "(docs/t4.md, section 5)",
        reads=("readMarketData",),
        effective=RELOGIN,
    ),
    "sign-eula": Kind(
        ("username",),
        "the user",
        "{signing}",
        "T4 lets no user in who has not signed the agreements (Onboarding API page, User Login "
        "Requirements), and {unsigned}",
        "acceptEula",
        reads=("readEula",),
    ),
    "disable-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: clear Enable User",
        "the firm file says that {username} has departed; T4 cannot delete a user by its API",
        "disableUser",
        reads=("readUser",),
        effective=NEXT_LOGIN,
    ),
    "enable-user": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: set Enable User. If the user is not there any more, ask T4.APISupport "
        "whether it can be brought back: no document says so",
        "{username} is disabled in T4 or not there, and the firm file does not say that {username} has "
        "departed; T4 documents no call that enables a user",
        reads=("readUser",),
    ),
    "hand-over-credentials": Kind(
        ("username",),
        "WhenTech",
        "Give WhenTech the user {username} of {firm} and its password, which `t4firm password {username}` "
        "prints, in a way that nobody else can read",
        "WhenTech's fill service logs in with this user (WhenTech Fill Service page), and nothing but that "
        "command shows the password",
        effective="when the fill service logs in with it",
    ),
    "password-never-expires": Kind(
        ("username",),
        "Users",
        "Users > {username} > setup: set Password Never Expires, and see that Change Password Required is "
        "not set",
        "the fill service runs 24x6 on WhenTech's servers (WhenTech Fill Service page): the day on which its "
        "password expires, it captures no more fills",
    ),
    "confirm-trial": Kind(
        ("username",),
        "CTS support",
        "Have CTS support confirm that the trial of {username}{trial} does not apply, or have it lifted",
        "T4's answer to the onboarding shows a trial (trialExpires, T4 Onboarding API page), and no document "
        "says whether it ends the access of a live user",
    ),
}
