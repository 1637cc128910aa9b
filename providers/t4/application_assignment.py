"""An application on a user: WhenTech on a trader, WhenTechFills on the fill user (seed 000); or one that was
revoked."""

from dataclasses import replace

import pulumi

from providers.t4.engine.declared import declared
from providers.t4.engine.registration import Registered
from providers.t4.lifecycle.assignment import AssignmentProvider
from providers.t4.records.assignments import ApplicationInputs, ApplicationRecord
from providers.t4.user import User
from t4firm.model.names import among
from t4firm.plan.goals import ApplicationGoal


class ApplicationAssignmentProvider(AssignmentProvider[ApplicationInputs, ApplicationRecord]):
    """Done where T4's answer lists the application (a template gave it)."""

    inputs, record = ApplicationInputs, ApplicationRecord
    withheld = "is not set up with {}"

    def _comes_otherwise(self, news: ApplicationInputs, *, listed: bool) -> bool:
        return listed or news.given or news.subject != "new"

    def _as_shown(self, record: ApplicationRecord, *, has: bool) -> ApplicationRecord:
        return replace(
            record, assigned=has, inputs=replace(record.inputs, given=has and record.inputs.present)
        )


class ApplicationAssignment(Registered, module="t4", name="ApplicationAssignment"):
    """An application on a user."""

    OUTPUTS = ("assigned", "tasks", "planned")

    def __init__(self, goal: ApplicationGoal, user: User, opts: pulumi.ResourceOptions) -> None:
        inputs = goal_inputs(goal)
        props = declared(
            inputs,
            userID=user.told("userID"),
            ofFirm=user.told("firmID"),
            given=user.told("applications", lambda names: among(goal.application, names or ())),
            violations=user.told("violations"),
            **user.leaving,
        )
        of_user = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[user]))
        super().__init__(ApplicationAssignmentProvider(pulumi.get_stack()), inputs.name, props, of_user)


def goal_inputs(goal: ApplicationGoal) -> ApplicationInputs:
    """What the file says of an application on a user."""
    inputs = ApplicationInputs(
        username=goal.username, application=goal.application, present=goal.present, **goal.routes
    )
    return replace(inputs, waits={inputs.task: ", ".join(goal.after)}) if goal.after else inputs
