"""A T4 user: a person, or the fill service's user, made by exactly one effective onboarding call (seed
002)."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    DiffResult,
    ReadResult,
    Resource,
)

from providers.t4.lifecycle import fill_login, login_proof, onboarding, user_refresh
from providers.t4.lifecycle.base import T4Provider, differences, known
from providers.t4.lifecycle.errors import Blocked, refuse_while_owed
from providers.t4.lifecycle.standing_tasks import EVIDENCE, standing, take_standing
from providers.t4.lifecycle.task_ledger import Steps, forget, with_planned
from providers.t4.lifecycle.task_records import open_tasks
from providers.t4.lifecycle.template_check import judged
from providers.t4.lifecycle.unrecorded import unrecorded
from providers.t4.lifecycle.user_creation import Creation, journal_key, make_user
from providers.t4.lifecycle.user_update import (
    POINTLESS_FOR_LEAVERS,
    UserChanges,
    brought,
    revoked,
    with_number,
)
from providers.t4.plain_values import secret
from providers.t4.session.session import session
from t4firm.model.users import PERSONAL
from t4firm.model.users import User as EndUser
from t4firm.plan.goals import UserGoal
from t4firm.tasks.ids import detail_of, kind_of, task_id

RECORDED = ("person", "country", "apptype", "passwordVersion", "marketData", "eula", "expected", "departed")
"""What an update can change. Not `templateUser`, `adopt` and the first account: they serve only while a
user is made. Nor new `accounts`: each has a resource of its own."""


class UserProvider(T4Provider):
    """Onboards a user, holds what T4 gave against what the file expects, and keeps the user as the file
    says."""

    results = (
        *("userID", "roles", "applications", "violations", "warnings", "notices", "unmanaged", "was"),
        *("fees", "firstAccount", "trialExpires", "evidence", "unlisted"),
        *("firmID", "otherFirm", "passwordInT4"),
    )

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """The account made with a user never changes, because the user was onboarded with it: where that
        one was revoked, the record keeps it. What else changes says which tasks it brings."""
        olds = known(olds)
        if not olds:
            return CheckResult(news, [])
        before, after = olds["account"]["account"], news["account"]["account"]
        if before != after:
            if before not in revoked(news).get("accounts", ()) and not olds.get("firstTaken"):
                reason = (
                    f"{news['username']} was onboarded with account {before}, which cannot become {after}: "
                    f"keep {before} as the first of the user's accounts and list {after} after it; if "
                    f"{before} is taken from {news['username']}, write it under `revoke`"
                )
                return CheckResult(news, [CheckFailure("", reason)])
            news = {**news, "account": olds["account"], "firstTaken": True}
        return CheckResult(with_planned(news, brought(olds, news)), [])

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """A difference is what the file says now and did not before, or an open step that this run can
        close."""
        lacking = [
            "accountID",
            *([] if olds["userID"] else ["userID"]),
            *([] if news["eula"] else [EVIDENCE]),
        ]
        findable = not olds["userID"] and news["findable"] and not olds.get("unlisted")
        steps = Steps.of_props(news, olds)
        unknown = set(standing(news, olds.get("trialExpires"))) - steps.tasks.keys()
        changed = differences(olds, news, RECORDED) or findable or unknown or steps.outstanding(lacking)
        changed = bool(changed or unrecorded(str(olds.get("recorded") or ""), news["username"]))
        loses = revoked(olds) != revoked(news)
        retires = any(
            task_id("remove-role", news["username"], role) not in steps.tasks
            for role in news.get("retiring") or ()
        )
        unmanaged = {
            *(olds.get("unmanaged") or ()),
            *(detail_of(task) for task in steps.open_of("declare-account")),
        }
        files = bool(unmanaged & news["accounts"].keys())
        records = _must_record_accounts(olds.get("accounts") or {}, news)
        pointless = news["departed"] and steps.open_of(*POINTLESS_FOR_LEAVERS)
        return DiffResult(changes=bool(changed or loses or retires or files or records or pointless))

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        """Onboard. A user whose roles break the rules is recorded with the violations; what depends on it
        refuses."""
        _refuse_who_left_before_coming(props)
        made, steps = make_user(props), Steps.of_props(props)
        steps.ids["userID"] = made.shown.userID
        for task in made.steps:
            if kind_of(task) == "verify-user":
                steps.take(task)  # T4 shows nothing of it, so a sign-off may be older than this run
            else:
                steps.leave_open(task)
        for task in standing(props, made.shown.trialExpires):
            take_standing(steps, task)
        if props["departed"]:
            ending = [task_id("end-market-data", props["username"], name) for name in props["marketData"]]
            for task in (task_id("disable-user", props["username"]), *ending):
                steps.leave_open(task)
        fill_login.take_application(props, made.shown.userID, made.shown.applications, steps)
        return _recorded(props, made, steps)

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        """Bring T4 to what the file says now, step by step; what the API cannot do stays open."""
        changes = UserChanges(olds, news)
        changes.make()
        return changes.outputs()

    def _read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """What T4 shows now, as far as the operations can read it; the rest stays as it was recorded."""
        steps = Steps.of_props(props, props)
        return self.as_read(id_, props, steps, user_refresh.held(props, steps))

    def _delete(self, props: dict[str, Any]) -> None:
        """Nothing in T4 is deleted: an entry may go when its user has departed and the steps of leaving are
        closed."""
        username = props["username"]
        refuse_while_owed(
            f"the user {username}",
            username,
            open_tasks(props.get("tasks") or {}),
            departed=bool(props["departed"]),
        )
        forget(journal_key(username), login_proof.journal_key(username))

    def _name(self, props: Mapping[str, Any]) -> str:
        return str(props["username"])

    def _words(self, props: Mapping[str, Any]) -> str:
        return f"the user {props['username']}"


class User(Resource, module="t4", name="User"):
    """A user of the firm. Outputs: `userID`, `roles`, `applications`, `violations` (task -> sentence),
    `warnings`, `notices`, `firstAccount` (account, accountID, enabled, preTradeDisabled), `trialExpires`,
    `fees` (exchange -> what its market data costs), `unmanaged` (accounts in T4 that the file does not have),
    `firmID` (the stack's firm in T4), `otherFirm` (the one that T4 shows for the user, where it is another),
    `passwordInT4` (the mark of the password that T4 has, "" where nobody knows), `tasks`; and secret, `was`
    (what T4 had in fields whose change is still open)."""

    userID: pulumi.Output[str]
    roles: pulumi.Output[list[str] | None]
    applications: pulumi.Output[list[str] | None]
    violations: pulumi.Output[dict[str, str]]
    warnings: pulumi.Output[list[str]]
    notices: pulumi.Output[list[str]]
    firstAccount: pulumi.Output[dict[str, Any]]
    trialExpires: pulumi.Output[str]
    fees: pulumi.Output[dict[str, str]]
    unmanaged: pulumi.Output[list[str] | None]
    tasks: pulumi.Output[dict[str, Any]]
    planned: pulumi.Output[dict[str, str] | None]

    def __init__(self, goal: UserGoal, opts: pulumi.ResourceOptions) -> None:
        given = ("userID", "roles", "applications", "violations", "warnings", "notices", "firstAccount")
        beside = ("trialExpires", "fees", "unmanaged", "tasks", "planned")
        props = {**_inputs(goal), **dict.fromkeys((*given, *beside))}
        hidden = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["was"]))
        super().__init__(UserProvider(pulumi.get_stack()), goal.user.username, props, hidden)
        self.departed = goal.departed

    @property
    def leaving(self) -> dict[str, Any]:
        """What the resources of a user need to know to be removed with it: `departed`, and the tasks still
        `owed`."""
        owed: Any = self.tasks.apply(lambda tasks: open_tasks(tasks or {})) if self.departed else []
        return {"departed": self.departed, "owed": owed}


def _inputs(goal: UserGoal) -> dict[str, Any]:
    inputs = goal_inputs(goal)
    account = onboarding.with_secret_names(inputs["account"])
    return {**inputs, "person": secret(inputs["person"]), "account": account}


def goal_inputs(goal: UserGoal) -> dict[str, Any]:
    """What the file says of a user, as the resource's inputs before any of them is made secret."""
    user = goal.user
    expected = goal.expected
    return {
        "username": user.username,
        "person": {name: getattr(user, name) for name in PERSONAL},
        "country": user.country,
        "apptype": user.apptype,
        "templateUser": user.templateUser or "",
        "account": onboarding.account_inputs(goal.account),
        "accounts": dict(goal.accounts),
        "marketData": dict(user.marketData),
        "eula": onboarding.eula_inputs(user.eula),
        "expected": {
            "roles": sorted(expected.roles),
            "applications": sorted(expected.applications),
            "exactly": expected.exactly,
        },
        "passwordVersion": user.passwordVersion,
        "adopt": user.adopt,
        "departed": goal.departed,
        "findable": goal.findable,
        **({"ends": True} if goal.ends else {}),
        **({"ofFirm": goal.firm_id} if goal.firm_id else {}),
        **({"firmDoubts": list(goal.firm_doubts)} if goal.firm_doubts else {}),
        **_losses(goal),
        **goal.routes,
    }


def _recorded(props: dict[str, Any], made: Creation, steps: Steps) -> dict[str, Any]:
    """The outputs of a user that T4 has since this run, or that was adopted."""
    shown = made.shown
    first = with_number(shown.firstAccount, props)
    if first and made.account_steps:
        first["open"] = list(made.account_steps)
    known = {"firmID": made.firm, "otherFirm": made.other_firm}
    return {
        **props,
        **known,
        "userID": shown.userID,
        "firstAccount": first,
        "trialExpires": shown.trialExpires,
        "evidence": shown.evidence,
        "fees": dict(shown.fees),
        "passwordInT4": made.password,
        **judged({**props, **known}, shown.roles, shown.applications, steps),
    }


def _losses(goal: UserGoal) -> dict[str, Any]:
    """What the user loses: written where there is something to lose, so that other users' inputs stay
    small."""
    losses: dict[str, Any] = {}
    if isinstance(goal.user, EndUser):
        taken = {name: list(names) for name, names in goal.user.revoke if names}
        losses |= {"revoke": taken} if taken else {}
    if goal.retiring:
        tasks = {
            task_id("remove-role", goal.user.username, role): wait for role, wait in goal.retiring.items()
        }
        losses |= {"retiring": list(goal.retiring), "waits": tasks}
    return losses


def _must_record_accounts(before: Mapping[str, str], news: Mapping[str, Any]) -> bool:
    """Whether a refresh, which knows the accounts of the file and those recorded, would be wrong: where one
    that the user no longer has comes back, or where the file no longer has those that are given up."""
    after = news["accounts"]
    return bool(before.keys() - after.keys() or (news.get("ends") and after.keys() - before.keys()))


def _refuse_who_left_before_coming(props: Mapping[str, Any]) -> None:
    """A user who departs is not made only to be disabled; one whom a killed run may have made is looked
    for."""
    username = props["username"]
    if props["departed"] and not props["adopt"] and session().journal.find(journal_key(username)) is None:
        raise Blocked(
            f"{username} has departed, and this stack never made the user: remove the entry. If T4 has the "
            "user, and this stack is to disable it, write `adopt: true`"
        )
