"""The whole examination, in the order in which a run needs things, and how it is shown."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from providers.t4.configuration.settings import SettingsError
from providers.t4.session import session as sessions
from providers.t4.steps.log import LOG
from t4firm.operations import load_operations
from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.doctor import configuration, endpoint, machine, reading, state
from t4firm_cli.doctor.configuration import Configuration
from t4firm_cli.doctor.finding import Finding, Status
from t4firm_cli.drift import in_state
from t4firm_cli.engine.command import Pulumi, on_simulator, own_path
from t4firm_cli.own_repository import pinned
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import say, say_json

STYLES: Final[Mapping[Status, str]] = {
    "fine": "good",
    "warning": "warning",
    "problem": "bad",
    "unknown": "aside",
}


def run(project: Project, stack: str, *, as_json: bool) -> int:
    """Print every finding; 1 where a run would fail, 2 where only warnings were found, else 0."""
    found = list(examine(project, stack))
    count = Counter(finding.status for finding in found)
    if as_json:
        say_json({"stack": stack, "findings": found, **_counted(count)})
    else:
        _show(found)
        say(in_words(count))
    return 1 if count["problem"] else 2 if count["warning"] else 0


def examine(project: Project, stack: str) -> Iterator[Finding]:
    """Every finding about one stack."""
    needed = on_simulator(project, stack)
    simulator = machine.simulator(project, needed)
    pulumi = _pulumi(project, stack)
    environ = pulumi.environ if pulumi else {**os.environ, "PATH": own_path()}
    yield machine.python()
    yield machine.libraries(pinned.libraries())
    yield from machine.engine(environ, pulumi)
    yield simulator
    written = project.written(stack)
    values: Mapping[str, Any] = project.settings(stack)
    made = False
    if pulumi:
        kept, made = state.backend(pulumi)
        yield kept
        if kept.status != "problem":
            readable, decrypted = state.secrets(pulumi, made=made)
            values = decrypted or values
            yield readable
    if pulumi and made:
        yield from state.lock(pulumi)
    configured = Configuration(project, stack, values, written, environ)
    yield from configuration.settings(configured)
    yield from configuration.kept_in_file(configured)
    for about, look in (("files", configuration.files), ("journal", configuration.journal)):
        try:
            yield look(configured)
        except SettingsError:  # said above, with the other settings
            yield Finding(about, "unknown", "not looked at: the settings do not say where")
    yield from _t4(configured, pulumi if made else None)


def _pulumi(project: Project, stack: str) -> Pulumi | None:
    """The engine for this stack; None where it is missing, or where the simulator must be started first."""
    try:
        return Pulumi(project, stack)
    except ProjectError:
        return None


def _t4(configured: Configuration, pulumi: Pulumi | None) -> Iterator[Finding]:
    try:
        settings = configured.settings()
        operations = load_operations(settings.operations, configured.project.folder)
    except (SettingsError, FileError):
        yield Finding("endpoint", "unknown", "not asked: first the configuration must be complete")
        return
    found, more = endpoint.reach(settings)
    yield from found
    if more:
        yield from endpoint.credentials(settings, operations, _known_user(pulumi))
    LOG.disabled = True  # what a read says aloud stands among the findings
    folder, environ = configured.project.folder, configured.environ
    sessions.use(sessions.Session(configured.get, configured.stack, environ=environ, folder=folder))
    try:
        recorded = in_state(pulumi.exported(show_secrets=True)) if pulumi else []
    except ProjectError:  # said above, of the state
        recorded = []
    yield from reading.logins(recorded)


def _known_user(pulumi: Pulumi | None) -> Mapping[str, str] | None:
    """`userID` and `username` of a user that the last run recorded."""
    resources = (pulumi.exported()["deployment"].get("resources") or []) if pulumi else []
    for resource in resources:
        outputs = resource.get("outputs") or {}
        if resource["type"].endswith(":User") and isinstance(outputs.get("userID"), str):
            return {"userID": outputs["userID"], "username": resource["urn"].rpartition("::")[2]}
    return None


def _show(found: list[Finding]) -> None:
    width = max(len(finding.about) for finding in found)
    for finding in found:
        say(f"{finding.status:8} {finding.about:{width}}  {finding.says}", STYLES[finding.status])
        if finding.remedy:
            say(f"{'':8} {'':{width}}  {finding.remedy}")


def _counted(count: Counter[Status]) -> dict[str, int]:
    return {"problems": count["problem"], "warnings": count["warning"], "unknown": count["unknown"]}


def in_words(count: Counter[Status]) -> str:
    """`1 problem, 2 warnings, 0 unknown`."""
    found = counted(count["problem"], "problem"), counted(count["warning"], "warning")
    return f"{', '.join(found)}, {count['unknown']} unknown"
