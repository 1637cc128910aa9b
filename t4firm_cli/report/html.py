"""The firm on one page, or the changes of a period, as one HTML file: nothing is loaded, and nothing runs but
its own script.

Texts of the firm file and of T4 are other people's words: Jinja2 escapes each, and what nobody can see in
them is written as <U+202E> (`terminal.clean`). The content security policy names style and script by their
digests.
"""

import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from t4firm.history.audit import Audit
from t4firm.reports.one_page import OnePage, UserRow
from t4firm.reports.proofs import counted, counts, unproved
from t4firm.tasks.ids import kind_of
from t4firm_cli.terminal import clean

CODE = re.compile("`([^`]+)`")

SHOWN = 4
"""Items of an answer that are shown at once; the others unfold."""


def as_html(page: OnePage, made: datetime) -> str:
    """The firm on one page."""
    anchors = {each.task: f"task-{number}" for number, each in enumerate(page.to_do, start=1)}
    return _rendered(
        "page.html",
        made,
        script="page.js",
        page=page,
        shown=SHOWN,
        anchor=lambda task: anchors.get(task, "tasks"),
        kind_of=kind_of,
        searched=_searched,
        needs_attention=_needs_attention,
        rests_on=counted(counts(page.proofs)),
        unproved=[proof.words for proof in unproved(page.proofs)],
    )


def audit_as_html(audit: Audit, made: datetime) -> str:
    """The changes of a period."""
    return _rendered("audit.html", made, audit=audit)


def _rendered(template: str, made: datetime, *, script: str = "", **values: Any) -> str:
    """The whole file, with style and script in it, and the policy that lets nothing else in."""
    style, code = _part("page.css"), _part(script) if script else ""
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(code)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _templates()
        .get_template(template)
        .render(
            made=made.strftime("%Y-%m-%d %H:%M UTC"),
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(code),  # noqa: S704 - our own file
            **values,
        )
    )


def _templates() -> Environment:
    made = Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["coded"] = _coded
    return made


def _coded(text: str) -> Markup:
    """A sentence with what it quotes as code: `t4firm up` as it is typed."""
    parts = CODE.split(clean(text))
    code = Markup("<code>{}</code>")  # escapes what is put in
    return Markup("").join(code.format(each) if at % 2 else each for at, each in enumerate(parts))


def _visible(value: Any) -> Any:
    return clean(value) if type(value) is str else value


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _searched(user: UserRow) -> str:
    """All that a search finds a user by."""
    words = [user.username, *(row.account for row in user.accounts)]
    words += [text for _, each in user.facts for text in (each.text, each.by, *each.tasks)]
    return " ".join(dict.fromkeys(words)).casefold()


def _needs_attention(user: UserRow) -> bool:
    return any(each.tone in ("open", "bad", "unknown") for _, each in user.facts)
