"""A T4 user: a person, or the fill service's user, made by exactly one effective onboarding call (seed
002)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.dynamic import ReadResult

from providers.t4.engine.declared import declared
from providers.t4.engine.registration import Registered
from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.errors import Blocked, refuse_while_owed
from providers.t4.lifecycle.template_check import judged
from providers.t4.lifecycle.user import fill_login, login_proof, refresh
from providers.t4.lifecycle.user.creation import Creation, journal_key, make_user
from providers.t4.lifecycle.user.update import OF_OUR_FIRM, UserChanges
from providers.t4.records.accounts import NOTHING, FirstAccount
from providers.t4.records.task_records import open_tasks
from providers.t4.records.users import Expectation, MadeWith, Revoked, SignedEula, UserInputs, UserRecord
from providers.t4.session.session import session
from providers.t4.steps.journaled_calls import forget
from providers.t4.steps.standing_tasks import EVIDENCE, standing, take_standing
from providers.t4.steps.task_ledger import Steps
from providers.t4.steps.unrecorded import unrecorded
from t4firm.model.users import PERSONAL, Person
from t4firm.model.users import User as EndUser
from t4firm.plan.changes import POINTLESS_FOR_LEAVERS
from t4firm.plan.goals import UserGoal
from t4firm.tasks.ids import detail_of, kind_of, task_id

RECORDED = (
    "person",
    "country",
    "apptype",
    "passwordVersion",
    "marketData",
    "eula",
    "expected",
    "departed",
    "revoke",
)
"""What an update can change. Not `templateUser`, `adopt` and the first account: they serve only while a
user is made. Nor new `accounts`: each has a resource of its own."""


class UserProvider(T4Provider[UserInputs, UserRecord]):
    """Onboards a user, compares what T4 gave with what the file expects, and keeps the user as the file
    says."""

    inputs, record = UserInputs, UserRecord

    def kept(self, before: UserInputs, news: UserInputs) -> UserInputs:
        """The user was onboarded with its first account: where that one was revoked since, the record keeps
        it."""
        if before.account.account == news.account.account:
            return news
        return replace(news, account=before.account, firstTaken=True)

    def differs(self, record: UserRecord, news: UserInputs) -> bool:
        """A difference is what the file says now and did not before, or an open step that this run can
        close."""
        steps = Steps.of(news, record)
        lacking = [
            "accountID",
            *([] if record.userID else ["userID"]),
            *([] if news.eula else [EVIDENCE]),
            *([OF_OUR_FIRM] if steps.is_open(news.task("verify-firm")) else []),
        ]
        unmanaged = {*record.unmanaged, *map(detail_of, steps.open_of("declare-account"))}
        return any(
            (
                record.inputs.changes(news, *RECORDED),
                not record.userID and news.findable and not record.unlisted,
                {*standing(news, record.trialExpires)} - steps.tasks.keys(),
                steps.outstanding(lacking),
                unrecorded(record.recorded, news.username),
                any(news.task("remove-role", role) not in steps.tasks for role in news.retiring),
                unmanaged & news.managed.keys(),
                _must_record_accounts(record.inputs.managed, news),
                news.departed and steps.open_of(*POINTLESS_FOR_LEAVERS),
            )
        )

    def created(self, news: UserInputs) -> UserRecord:
        """Onboard. A user whose roles break the rules is recorded with the violations; what depends on it
        refuses."""
        _refuse_who_left_before_coming(news)
        made, steps = make_user(news), Steps.of(news)
        steps.ids["userID"] = made.shown.userID
        for task in made.steps:
            if kind_of(task) == "verify-user":
                steps.take(task)  # T4 shows nothing of it, so a sign-off may be older than this run
            else:
                steps.leave_open(task)
        for task in standing(news, made.shown.trialExpires):
            take_standing(steps, task)
        if news.departed:
            ending = [news.task("end-market-data", name) for name in news.marketData]
            for task in (news.task("disable-user"), *ending):
                steps.leave_open(task)
        fill_login.take_application(news, made.shown.userID, made.shown.applications, steps)
        return _recorded(news, made, steps)

    def updated(self, record: UserRecord, news: UserInputs) -> UserRecord:
        """Bring T4 to what the file says now, step by step; what the API cannot do stays open."""
        changes = UserChanges(record, news)
        changes.make()
        return changes.as_recorded()

    def shown(self, id_: str, record: UserRecord) -> ReadResult:
        """What T4 shows now, as far as the operations can read it; the rest stays as it was recorded."""
        steps = Steps.of(record.inputs, record)
        return self.read_with(id_, record, refresh.held(record, steps), steps)

    def forgotten(self, record: UserRecord) -> None:
        """Nothing in T4 is deleted: an entry may go when its user has departed and the steps of leaving are
        closed."""
        inputs, owed = record.inputs, open_tasks(record.tasks)
        refuse_while_owed(inputs.words, inputs.username, owed, departed=inputs.departed)
        forget(journal_key(inputs.username), login_proof.journal_key(inputs.username))


class User(Registered, module="t4", name="User"):
    """A user of the firm, with the outputs of `UserRecord`; `was` is secret."""

    OUTPUTS = (
        *("userID", "firmID", "roles", "applications", "violations", "warnings", "notices", "firstAccount"),
        *("trialExpires", "marketData", "fees", "unmanaged", "tasks", "planned"),
    )

    def __init__(self, goal: UserGoal, firm: Registered, opts: pulumi.ResourceOptions) -> None:
        of_firm = pulumi.ResourceOptions(depends_on=[firm], additional_secret_outputs=["was"])
        super().__init__(
            UserProvider(pulumi.get_stack()),
            goal.user.username,
            declared(goal_inputs(goal)),
            pulumi.ResourceOptions.merge(opts, of_firm),
        )
        self.departed = goal.departed

    def told(self, name: str, made: Callable[[Any], object] = lambda value: value) -> Callable[[], object]:
        """What is `made` of an output, for a resource that comes after this one."""
        return lambda: self.answer.value(name, made)

    @property
    def leaving(self) -> dict[str, object]:
        """What the resources of a user need to know to be removed with it: `departed`, and the tasks still
        `owed`."""
        owed: Any = self.told("tasks", lambda tasks: open_tasks(tasks or {})) if self.departed else []
        return {"departed": self.departed, "owed": owed}


def goal_inputs(goal: UserGoal) -> UserInputs:
    """What the file says of a user."""
    user, expected = goal.user, goal.expected
    eula = (
        SignedEula(eulaVersion=user.eula.eulaVersion, signatures=user.eula.signatures) if user.eula else None
    )
    return UserInputs(
        username=user.username,
        person={name: getattr(user, name) for name in PERSONAL},
        country=user.country,
        apptype=user.apptype,
        templateUser=user.templateUser or "",
        account=MadeWith(
            account=goal.account.account,
            names=goal.account.names,
            templateAccount=goal.account.templateAccount,
        ),
        accounts=goal.accounts,
        marketData=user.marketData,
        eula=eula or SignedEula(),
        expected=Expectation(
            roles=tuple(sorted(expected.roles)),
            applications=tuple(sorted(expected.applications)),
            exactly=expected.exactly,
        ),
        passwordVersion=user.passwordVersion,
        adopt=user.adopt,
        departed=goal.departed,
        findable=goal.findable,
        ends=goal.ends,
        ofFirm=goal.firm_id,
        firmDoubts=goal.firm_doubts,
        revoke=_revoked(user),
        retiring=tuple(goal.retiring),
        waits={task_id("remove-role", user.username, role): wait for role, wait in goal.retiring.items()},
        **goal.routes,
    )


def _revoked(user: Person) -> Revoked:
    if not isinstance(user, EndUser):
        return Revoked()
    return Revoked(applications=tuple(user.revoke.applications), accounts=tuple(user.revoke.accounts))


def _recorded(news: UserInputs, made: Creation, steps: Steps) -> UserRecord:
    """The record of a user that T4 has since this run, or that was adopted."""
    shown = made.shown
    first = {"account": news.account.account, **shown.firstAccount} if shown.firstAccount else {}
    known = UserRecord(
        inputs=news,
        userID=shown.userID,
        firstAccount=FirstAccount(**first, open=made.account_steps) if first else NOTHING,
        trialExpires=shown.trialExpires,
        evidence=shown.evidence,
        fees=shown.fees,
        firmID=made.firm,
        otherFirm=made.other_firm,
        passwordInT4=made.password,
    )
    return judged(known, shown.roles, shown.applications, steps)


def _must_record_accounts(before: Mapping[str, str], news: UserInputs) -> bool:
    """Whether a refresh, which knows the accounts of the file and those recorded, would be wrong: where one
    that the user no longer has comes back, or where the file no longer has those that are given up."""
    after = news.managed
    return bool(before.keys() - after.keys() or (news.ends and after.keys() - before.keys()))


def _refuse_who_left_before_coming(news: UserInputs) -> None:
    """A user who departs is not made only to be disabled; one whom a killed run may have made is looked
    for."""
    username = news.username
    if news.departed and not news.adopt and session().journal.find(journal_key(username)) is None:
        raise Blocked(
            f"{username} has departed, but this stack never created the user. Remove the entry. Or, if T4 "
            f"has the user and this stack should disable it, write `adopt: true`"
        )
