"""The desired state that follows from a firm file: one goal for each fact that T4 itself has.

A pure function of firm file, operations and attestations, so that a preview knows everything that an `up`
will do: which steps the API takes (`how`), and which remain for the administrator (`planned`).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from t4firm.loading.attested_file import Attestation
from t4firm.loading.other_stacks import captured_of
from t4firm.model.firm import Account, Firm
from t4firm.model.users import WHENTECH, WHENTECH_FILLS, FillUser, User
from t4firm.operations import Operations
from t4firm.plan.adoptions import adoptions
from t4firm.plan.capture import Captures, until_enabled
from t4firm.plan.expectations import Expected
from t4firm.plan.file_warnings import warnings_of
from t4firm.plan.goals import (
    AccessGoal,
    AccountGoal,
    ApplicationGoal,
    Desired,
    FirmGoal,
    UserGoal,
)
from t4firm.plan.idle_lines import with_idle_lines
from t4firm.plan.limits import limit_uses
from t4firm.plan.prior_state import NOTHING, Recorded
from t4firm.plan.subjects import Subjects, first_account
from t4firm.tasks.ids import about, beginning, beginnings, kind_of, task_id, ways
from t4firm.tasks.kinds import STANDING, around_the_fill_service

USER_STEPS = (
    "assign-role",
    "remove-role",
    "unassign-application",
    "verify-user",
    "verify-firm",
    "update-user",
    "update-market-data",
    "end-market-data",
    "sign-eula",
    "disable-user",
    "enable-user",
    "declare-account",
    "declare-application",
    *STANDING,
)
FILL_USER_STEPS = (*USER_STEPS, "assign-application")
FIRM_STEPS = ("request-whentech", "enable-whentech")
ACCOUNT_STEPS = (
    "create-account",
    "verify-account",
    "apply-template",
    "enable-account",
    "disable-account",
    "update-account",
    "restore-account",
)
APPLICATION_STEPS = ("assign-application", "unassign-application")
ACCESS_STEPS = ("assign-account", "unassign-account")


def desired(
    firm: Firm,
    operations: Operations,
    attested: Mapping[str, Attestation],
    recorded: Recorded = NOTHING,
    others: Mapping[str, Firm] | None = None,
    today: date | None = None,
) -> Desired:
    """The goals of one firm file with what the API can do and what the administrator has signed off.

    `recorded`: what the last run left; it decides the way, never the end. `others`: the firms of
    `fillService.stacks`, whose accounts this firm's fill user captures too. `today` (UTC) decides what the
    file still accepts.
    """
    today = today or datetime.now(UTC).date()
    plan = _Plan(firm, operations, attested, recorded, others or {}, today)
    goals = Desired(
        firm=plan.firm_goal(),
        users=tuple(plan.user(user) for user in firm.people),
        accounts=tuple(plan.account(firm.accounts[number]) for number in sorted(firm.accounts)),
        applications=tuple(sorted(plan.applications(), key=lambda goal: (goal.username, goal.application))),
        access=tuple(
            sorted(
                (*plan.shared(), *plan.revoked(), *plan.captured()),
                key=lambda goal: (goal.username, goal.account),
            )
        ),
        warnings=tuple(warnings_of(firm, today)),
        operations=tuple(sorted(operations)),
        adoptions=adoptions(firm, operations, recorded),
    )
    return with_idle_lines(goals, plan.lines, recorded, firm, plan.elsewhere)


def _by_beginning(tasks: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Tasks by each beginning of their ids: `assign-account`, `assign-account/x`, `assign-account/x/1`."""
    grouped: dict[str, dict[str, str]] = {}
    for task, words in tasks.items():
        for each in beginnings(task):
            grouped.setdefault(each, {})[task] = words
    return grouped


class _Plan:
    """Builds the goals of one firm; holds what every goal needs to know."""

    def __init__(
        self,
        firm: Firm,
        operations: Operations,
        attested: Mapping[str, Attestation],
        recorded: Recorded,
        others: Mapping[str, Firm],
        today: date,
    ) -> None:
        self.firm = firm
        self.operations = operations
        self.lines = {task: str(entry) for task, entry in attested.items()}
        self.attested = _by_beginning(self.lines)
        self.left_alone = {
            task: entry.until.isoformat() for task, entry in firm.accepted.items() if entry.until >= today
        }
        self.accepted = _by_beginning(self.left_alone)
        self.recorded = recorded
        self.subjects = Subjects(firm, recorded, operations)
        self.in_use = {
            number for user in firm.users.values() if not user.departed for number in user.accounts
        }
        self.losers: dict[str, list[str]] = {}
        for user in firm.users.values():
            for number in user.accounts if user.departed else user.revoke.accounts:
                self.losers.setdefault(number, []).append(user.username)
        self.elsewhere = captured_of(others)
        fill = firm.fillService
        self.captures = Captures(firm, fill, recorded, self.elsewhere) if fill else None

    def firm_goal(self) -> FirmGoal:
        firm = self.firm
        roster = {user.username: "departed" if user.departed else "active" for user in firm.people}
        asks = bool(firm.fillService or firm.whentech_users)
        gone = tuple(sorted(self.recorded.users.keys() - roster.keys()))
        return FirmGoal(
            **self._steps(FIRM_STEPS),
            planned=until_enabled(firm) if asks else (),
            firm=firm.firm,
            roster=roster,
            gone=gone,
            firm_id=self.recorded.firm_id,
            history={name: signed for name in gone if (signed := self._signed_off(name))},
            limits=tuple(limit_uses(firm, self.recorded, self.operations, self.left_alone)),
        )

    def _signed_off(self, username: str) -> tuple[str, ...]:
        return tuple(sorted(task for task in self.lines if about(task) == username))

    def user(self, user: User | FillUser) -> UserGoal:
        template = self.firm.templates.users.get(user.templateUser or "")
        is_fill_user = isinstance(user, FillUser)
        own = () if isinstance(user, FillUser) else user.applications
        retiring = self.captures.retiring() if self.captures and is_fill_user else {}
        reads_on = is_fill_user and self.captures and self.captures.service.capture != "none"
        expected = Expected(
            user.username,
            user.templateUser,
            template.roles if template and (reads_on or not is_fill_user) else (),
            tuple(sorted({*(template.applications if template else ()), *own})),
            exactly=is_fill_user,
            retiring=tuple(retiring),
            departed=user.departed,
        )
        steps = self._steps(FILL_USER_STEPS if is_fill_user else USER_STEPS, username=user.username)
        leaving = (
            [task_id("disable-user", user.username)]
            if steps["how"]["disable-user"] == "administrator"
            else []
        )
        leaving += [task_id("end-market-data", user.username, exchange) for exchange in user.marketData]
        coming = around_the_fill_service(signed=user.eula is not None) if is_fill_user else ()
        is_new = user.username not in self.recorded.users
        if is_new and user.adopt and "listUsers" not in self.operations:
            coming = (*coming, "verify-user")
        return UserGoal(
            user=user,
            account=first_account(self.firm, user),
            accounts=self._accounts_of(user),
            departed=user.departed,
            expected=expected,
            findable="listUsers" in self.operations,
            subject=self.subjects.user(user),
            retiring=retiring,
            ends=is_fill_user and not reads_on,
            firm_id=self.recorded.firm_id if is_new else "",
            firm_doubts=self.recorded.firm_doubts if is_new else (),
            **steps,
            planned=tuple(
                sorted(leaving if user.departed else (task_id(kind, user.username) for kind in coming))
            ),
        )

    def _accounts_of(self, user: User | FillUser) -> dict[str, str]:
        if isinstance(user, User):
            numbers = {*user.accounts, *user.revoke.accounts}
        else:
            numbers = {user.account}
            if self.captures:
                numbers |= self.captures.wanted() | self.captures.given_up()
        here = self.firm.accounts
        return {
            number: here[number].owner if number in here else self.elsewhere.get(number, "")
            for number in sorted(numbers)
        }

    def account(self, account: Account) -> AccountGoal:
        owner = self._user(account.owner)
        first = self.subjects.onboarded_with(owner) == account.account
        steps = self._steps(ACCOUNT_STEPS, account=account.account)
        linked = self._steps(("assign-account",), username=owner.username, account=account.account)
        steps = {name: {**steps[name], **linked[name]} for name in steps}
        wanted = [] if first or account.adopt else [task_id("create-account", account.account)]
        with_adopted = owner.adopt and first_account(self.firm, owner).account == account.account
        if (account.adopt and "listAccounts" not in self.operations) or (
            with_adopted and "listUsers" not in self.operations
        ):
            wanted.append(task_id("verify-account", account.account))
        enabled = account.enabled
        if enabled and account.account not in self.in_use:
            enabled = None  # nobody has it who stays: disabled, it may stay so
        wanted += [task_id("enable-account", account.account)] if enabled else []
        return AccountGoal(
            account=account,
            enabled=False if isinstance(owner, FillUser) else enabled,
            first=first,
            findable="listAccounts" in self.operations,
            subject=self.subjects.account(account.account),
            revoked_from=tuple(sorted(self.losers.get(account.account, ()))),
            given_up=isinstance(owner, User) and account.account in owner.revoke.accounts,
            assigned=(owner.username, account.account) in self.recorded.access,
            with_adopted=with_adopted,
            **steps,
            planned=tuple(task for task in wanted if steps["how"].get(kind_of(task)) != "api"),
        )

    def applications(self) -> Iterable[ApplicationGoal]:
        for user in self.firm.users.values():
            for application in user.applications:
                yield self._application(user, application, present=True)
            for application in user.revoke.applications:
                yield self._application(user, application, present=False)
        if self.firm.fillService:
            yield self._application(self.firm.fillService.user, WHENTECH_FILLS, present=True)

    def _application(self, user: User | FillUser, application: str, *, present: bool) -> ApplicationGoal:
        template = self.firm.templates.users.get(user.templateUser or "")
        steps = self._steps(APPLICATION_STEPS, username=user.username, application=application)
        given = template is not None and application in template.applications
        kind = "assign-application" if present else "unassign-application"
        by_hand = steps["how"][kind] == "administrator" and not (present and given)
        of_whentech = application in (WHENTECH, WHENTECH_FILLS)
        return ApplicationGoal(
            username=user.username,
            application=application,
            present=present,
            subject=self.subjects.user(user),
            after=until_enabled(self.firm) if present and of_whentech else (),
            **steps,
            planned=(task_id(kind, user.username, application),) if by_hand else (),
        )

    def shared(self) -> Iterable[AccessGoal]:
        """Accounts that a user lists beside the owner; and of the owner, where it was assigned before it
        became the owner's."""
        for user in self.firm.users.values():
            for number in user.accounts:
                if self.firm.accounts[number].owner != user.username:
                    yield self._access(user.username, number, present=not user.departed)
                elif (user.username, number) in self.recorded.access:
                    yield self._access(user.username, number, present=True, own=True)

    def revoked(self) -> Iterable[AccessGoal]:
        """Accounts that a user loses; after those who keep them have them, so that nobody's are nobody's."""
        for user in self.firm.users.values():
            for number in user.revoke.accounts:
                after = [
                    task_id("assign-account", other.username, number)
                    for other in self.firm.users.values()
                    if number in other.accounts
                    and not other.departed
                    and (
                        self.firm.accounts[number].owner != other.username
                        or (other.username, number) in self.recorded.access
                    )
                ]
                yield self._access(user.username, number, present=False, held=True, after=tuple(after))

    def captured(self) -> Iterable[AccessGoal]:
        """What the fill user is assigned; and what it no longer is to be assigned, until that is so."""
        if self.captures:
            fill = self.captures.username
            for number in self.captures.wanted():
                yield self._access(fill, number, present=True, stack=self.captures.stack_of(number))
            for number in self.captures.given_up():
                after, stack = self.captures.before_letting_go(number), self.captures.stack_of(number)
                held = number in self.captures.service.user.revoke.accounts
                yield self._access(fill, number, present=False, held=held, after=after, stack=stack)

    def _access(
        self,
        username: str,
        account: str,
        *,
        present: bool,
        held: bool = False,
        own: bool = False,
        after: tuple[str, ...] = (),
        stack: str = "",
    ) -> AccessGoal:
        steps = self._steps(ACCESS_STEPS, username=username, account=account)
        kind = "assign-account" if present else "unassign-account"
        by_hand = (present or held) and steps["how"][kind] == "administrator"
        return AccessGoal(
            username=username,
            account=account,
            present=present,
            captures=username not in self.firm.users,
            findable="listAccounts" in self.operations,
            subject=self.subjects.access(self._user(username), account),
            held=held,
            own=own,
            after=after,
            stack=stack,
            adopted=self._user(username).adopt,
            **steps,
            planned=(task_id(kind, username, account),) if by_hand else (),
        )

    def _user(self, username: str) -> User | FillUser:
        fill = self.firm.fillService
        return fill.user if fill and fill.user.username == username else self.firm.users[username]

    def _steps(self, kinds: tuple[str, ...], **about: str) -> dict[str, Any]:
        """What a goal says of its steps: who takes them, which are signed off, and which left alone. `about`:
        how the ids of its tasks begin after the kind."""

        def here(tasks: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
            starts = (beginning(kind, *about.values()) for kind in (kinds if tasks else ()))
            return dict(sorted(pair for each in starts for pair in tasks.get(each, {}).items()))

        signed, before = here(self.attested), self.recorded.idle or {}
        return {
            "how": ways(kinds, self.operations),
            "attested": signed,
            "earlier": {task: line for task, line in signed.items() if before.get(task) == line},
            "accepted": here(self.accepted),
        }
