"""The rules across the entries of a firm file, as a table: what each says, its source, and its check.

A check yields the field to change, what is wrong and what would be right. What it reads is said beside it, so
that one mistake does not bring up others that are none, and hides none (`unread`): `reads` are fields of the
entries that a finding is about, `searches` fields that it looks through in the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from t4firm.rules import accepted as accepted
from t4firm.rules import fill_service as fill_service
from t4firm.rules import people as people
from t4firm.rules.context import Facts, Finding
from t4firm.rules.unread import ALL_READ, Unread


@dataclass(frozen=True)
class Rule:
    """One rule: a name for it, what it says, where that comes from, the fields that it reads and those that
    it searches, and the check. The field that a finding names is among them without being listed."""

    id: str
    says: str
    source: str
    check: Callable[[Facts], Iterator[Finding]]
    reads: frozenset[str]
    searches: frozenset[str]


def _rule(
    rule_id: str,
    says: str,
    source: str,
    check: Callable[[Facts], Iterator[Finding]],
    *,
    reads: str = "",
    searches: str = "",
) -> Rule:
    return Rule(rule_id, says, source, check, frozenset(reads.split()), frozenset(searches.split()))


_OWN_ACCOUNT = "fillService.user.account"
_CAPTURE = "fillService.capture"

RULES: tuple[Rule, ...] = (
    _rule(
        "username-unique",
        "A username is unique, without regard to capitals and encoding; the fill user's is no end user's.",
        "t4.md section 3; seed 002, User Object; seed 001 (an additional user, dedicated to the fill "
        "service)",
        people.username_is_unique,
    ),
    _rule(
        "account-unique",
        "An account number is unique, without regard to capitals.",
        "seed 002, Account Object; t4.md section 3",
        people.account_is_unique,
    ),
    _rule(
        "account-belongs",
        "Every entry under accounts is an account that a user lists, or the fill user's own.",
        "seed 002: an account is made with a user, or linked to one",
        people.account_belongs_to_somebody,
        searches=f"users.accounts users.revoke {_OWN_ACCOUNT}",
    ),
    _rule(
        "account-owner",
        "An account that several users list names its owner, for whom it is made.",
        "t4.md section 3: one account may have many users",
        people.shared_account_names_its_owner,
    ),
    _rule(
        "owner-lists-account",
        "The owner of an account is one of the users who list it.",
        "t4.md section 3; seed 002: the account is made with a user",
        people.owner_has_the_account,
        reads=f"users.accounts users.revoke accounts.owner {_OWN_ACCOUNT} fillService.user.username",
    ),
    _rule(
        "first-account-own",
        "The first account of a user is the user's own: the onboarding call makes it.",
        "seed 002: the Account object is required, its number unique",
        people.first_account_is_its_own,
        reads="users.accounts accounts.owner",
    ),
    _rule(
        "taken-away-listed",
        "What is revoked from a user is no longer listed.",
        "t4.md section 3: a user has an account or an application, or has it not",
        people.revoked_is_not_listed,
    ),
    _rule(
        "user-account",
        "Every user has an account.",
        "seed 002: the Account object is required; to log in, a user needs one",
        people.user_has_an_account,
        reads="users.applications",
    ),
    _rule(
        "whentech-account",
        "Every WhenTech user has an account, one who has departed too.",
        "seed 000: the WhenTech application and at least one T4 trading account",
        people.whentech_user_has_an_account,
    ),
    _rule(
        "template-unique",
        "A template user is declared once, without regard to capitals and encoding.",
        "t4.md section 3: a template user is a user, and its name is unique",
        people.template_is_unique,
    ),
    _rule(
        "user-template-declared",
        "Every template user that is named is declared under templates.",
        "seed 002, Template Based Provisioning",
        people.user_template_is_declared,
        searches="templates.users",
    ),
    _rule(
        "account-template-declared",
        "Every template account that is named is declared under templates.",
        "seed 002, Template Based Provisioning",
        people.account_template_is_declared,
        searches="templates.accounts",
    ),
    _rule(
        "known-spelling",
        "WhenTech, WhenTechFills and Trading are spelled as T4 spells them: other rules look for them.",
        "seeds 000 and 002",
        people.known_names_are_spelled_as_in_t4,
    ),
    _rule(
        "end-user-fills",
        "No end user has WhenTechFills.",
        "seed 000: dedicated to the fill service",
        people.no_end_user_has_the_fill_application,
    ),
    _rule(
        "end-user-template-fills",
        "No end user's template gives WhenTechFills.",
        "seed 000: dedicated to the fill service",
        people.no_end_user_template_gives_the_fill_application,
    ),
    _rule(
        "fill-template-named",
        "The fill user names its template: the firm's default one gives Trading in T4's own sample.",
        "seed 002, response sample; seed 000",
        fill_service.fill_user_names_its_template,
    ),
    _rule(
        "fill-template-trading",
        "The fill user's template never gives Trading.",
        "seed 000: specifically do not assign the Trading",
        fill_service.fill_template_never_gives_trading,
    ),
    _rule(
        "fill-template-roles",
        "With capture: accounts the fill user's template gives no role at all.",
        "seed 000: NO ROLES to be assigned",
        fill_service.fill_template_gives_no_role,
        searches=_CAPTURE,
    ),
    _rule(
        "fill-template-risk-manager",
        "With capture: riskManager the fill user's template gives the Risk Manager's role and no other.",
        "seed 000, b; t4.md section 5: its spelling is not documented",
        fill_service.fill_template_gives_risk_manager,
        searches=_CAPTURE,
    ),
    _rule(
        "fill-template-application",
        "The fill user's template gives WhenTechFills.",
        "inferred from seeds 000 and 001: the application of the fill service",
        fill_service.fill_template_gives_the_fill_application,
    ),
    _rule(
        "fill-account-own",
        "The fill user's own account is nobody else's.",
        "inferred (t4.md section 4): it must never be traded",
        fill_service.fill_account_is_nobody_elses,
        searches=_OWN_ACCOUNT,
    ),
    _rule(
        "fill-account-enabled",
        "The fill user's own account is never enabled.",
        "inferred (t4.md section 4): it must never be traded",
        fill_service.fill_account_is_never_enabled,
        searches=_OWN_ACCOUNT,
    ),
    _rule(
        "fill-account-captured",
        "The fill user's own account is never captured.",
        "inferred (t4.md section 4): it must never be traded",
        fill_service.fill_account_is_never_captured,
        searches=_OWN_ACCOUNT,
    ),
    _rule(
        "captured-exists",
        "An account whose fills are captured is one that a user has.",
        "seed 000: the accounts of WhenTech users",
        fill_service.captured_account_exists,
        searches=f"users.accounts {_OWN_ACCOUNT}",
    ),
    _rule(
        "whentech-captured",
        "Every WhenTech account is captured, or excluded with a reason.",
        "seed 001: each account being used by a WhenTech customer",
        fill_service.whentech_account_is_captured_or_excluded,
        reads="users.departed",
        searches=f"{_CAPTURE} fillService.accounts fillService.exclude",
    ),
    _rule(
        "excluded-captured",
        "An excluded account is one that would be captured.",
        "seed 001: each account being used by a WhenTech customer",
        fill_service.excluded_account_would_be_captured,
        searches=f"users.accounts users.applications {_CAPTURE} fillService.accounts fillService.stacks",
    ),
    _rule(
        "fill-revoke",
        "An account that is revoked from the fill user is not one that is captured.",
        "t4.md section 3: a user has an account, or has it not",
        fill_service.account_revoked_from_the_fill_user_is_not_captured,
        searches=f"{_CAPTURE} fillService.accounts fillService.exclude {_OWN_ACCOUNT}",
    ),
    _rule(
        "risk-manager-all",
        "With capture: riskManager no account or stack is chosen or excluded.",
        "seed 000, b: fills for all accounts will be captured",
        fill_service.risk_manager_sees_all,
        searches=_CAPTURE,
    ),
    _rule(
        "list-one-stack",
        "Where a fill user captures for several stacks, the accounts are not chosen by a list.",
        "seed 001: each account being used by a WhenTech customer",
        fill_service.list_of_accounts_is_of_one_stack,
    ),
    _rule(
        "fill-user-departs",
        "The fill user departs when it captures nothing any more.",
        "seed 000: the accounts whose fills are captured are assigned to it",
        fill_service.fill_user_departs_after_capturing,
        searches=_CAPTURE,
    ),
    _rule(
        "whentech-dates",
        "WhenTech was requested, and enabled afterwards.",
        "seed 000: upon receiving the request CTS support will add the applications",
        people.whentech_was_requested_before_it_was_enabled,
        reads="whentech.requestedOn whentech.enabledOn",
    ),
    _rule(
        "accepted-task",
        "What is accepted is the id of a task.",
        "t4.md section 5: what T4 shows is compared fact by fact",
        accepted.accepted_task_is_one,
    ),
    _rule(
        "accepted-kind",
        "Only what breaks no rule can be accepted: never a role or an application against the rules.",
        "seed 000: NO ROLES to be assigned; dedicated to the fill service",
        accepted.accepted_task_may_be_left_alone,
    ),
    _rule(
        "accepted-subject",
        "What is accepted is about a user or an account of the file.",
        "t4.md section 5: what T4 shows is compared fact by fact",
        accepted.accepted_task_is_about_somebody,
        searches=f"users users.accounts accounts fillService.user.username {_OWN_ACCOUNT}",
    ),
    _rule(
        "accepted-fill-user",
        "Nothing about what the fill user captures, and may do, is accepted.",
        "seed 000: the fill service captures the accounts that its user is assigned",
        accepted.nothing_of_the_fill_user_is_accepted,
        searches=f"fillService.user.username {_OWN_ACCOUNT}",
    ),
)


def broken(facts: Facts, unread: Unread = ALL_READ) -> Iterator[Finding]:
    """What breaks the rules, but for what may follow from a field that could not be read."""
    for rule in RULES:
        if not unread.is_among(rule.searches):
            for finding in rule.check(facts):
                if not unread.leaves_open(finding, rule.reads):
                    yield finding
