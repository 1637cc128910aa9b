"""What `t4firm fleet` prints: progress while it works, then one report of all stacks."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from t4firm.yaml_files.mistakes import counted
from t4firm_cli.fleet import runs
from t4firm_cli.fleet.stacks import Member, members, order
from t4firm_cli.project.layout import Project
from t4firm_cli.terminal import complain, say, say_json

RESULTS: Final = {0: "fine", 2: "something to do", 3: "not all could be read", runs.STOPPED: "not begun"}
"""What an exit code of `t4firm` means; every other one: failed."""

FAILED: Final = "failed"


def show(project: Project, only: Sequence[str], *, as_json: bool) -> int:
    """Print the stacks; 1 where the files of one cannot be read."""
    found = members(project, only)
    if as_json:
        say_json({"stacks": found})
    for each in () if as_json else found:
        say(_line(each), "bad" if each.mistakes else "plain")
    return int(any(each.mistakes for each in found))


def _line(member: Member) -> str:
    if member.mistakes:
        count = counted(member.mistakes, "mistake")
        return f"{member.stack}: {count}; `t4firm validate --stack {member.stack}` says which"
    after = f"; after {', '.join(member.after)}" if member.after else ""
    holds = f"{counted(member.users, 'user')}, {counted(member.accounts, 'account')}"
    return f"{member.stack}: {member.firm}, {holds}{after}"


def run(
    project: Project,
    words: Sequence[str],
    only: Sequence[str],
    *,
    at_once: int,
    ordered: bool = False,
    as_json: bool = False,
    machine: bool = False,
) -> int:
    """Run `t4firm WORDS --stack NAME` for each stack, and print what came of it. `ordered`: a stack that
    captures accounts of others comes after them. `machine`: the command prints JSON itself when asked.

    Returns the code of the stack that needs most attention: 1 where one failed, 2 where there is something to
    do, 3 where something could not be seen.
    """
    found = members(project, only)
    more = ["--json"] if as_json and machine else []
    commands = {each.stack: runs.t4firm(*words, *more, "--stack", each.stack) for each in found}
    ended: list[runs.Ended] = []

    def tell(result: runs.Ended) -> None:
        ended.append(result)
        told = f"[{len(ended)}/{len(commands)}] {result.stack}: {_result(result)} in {result.seconds:.0f} s"
        complain(told, _style(result))

    runs.run(commands, order(found) if ordered else {}, at_once, tell)
    ended.sort(key=lambda each: (_result(each) == FAILED, each.stack))  # what failed is read last
    if as_json:
        say_json({"command": words[0], "stacks": [_json(each, parsed=machine) for each in ended]})
    else:
        _report(ended)
    return exit_code(each.code for each in ended)


def exit_code(codes: Iterable[int]) -> int:
    """One code for those of all stacks: a difference in one is not hidden by what nobody saw of another."""
    found = set(codes)
    return 1 if found - {0, 2, 3} else next(code for code in (2, 3, 0) if code in found | {0})


def _report(ended: Sequence[runs.Ended]) -> None:
    for each in ended:
        say()
        say(f"== {each.stack}: {_result(each)}", "heading")
        for text in (each.messages, each.output):
            if text.strip():
                say(text.rstrip())
    results = Counter(map(_result, ended))
    say()
    say(
        f"{counted(len(ended), 'stack')}: "
        + ", ".join(f"{count} {result}" for result, count in sorted(results.items()))
    )


def _json(each: runs.Ended, *, parsed: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "stack": each.stack,
        "result": _result(each),
        "exitCode": each.code,
        "seconds": round(each.seconds, 1),
        "messages": each.messages,
    }
    if parsed:
        try:
            return {**shown, "report": json.loads(each.output)}
        except ValueError:
            pass  # it failed before it could print one: its words say why
    return {**shown, "output": each.output}


def _result(ended: runs.Ended) -> str:
    return RESULTS.get(ended.code, FAILED)


def _style(ended: runs.Ended) -> str:
    return {0: "good", 2: "warning", 3: "warning"}.get(ended.code, "bad")
