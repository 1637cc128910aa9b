"""The table of faults: what goes wrong, what the run says of it, and what T4 has afterwards.

`tests/engine/test_faults.py` plays each row with the real engine against the real simulator. The firm has one
person, `trader.a` with the account 11111, unless the row says otherwise. Whatever the row: in the end T4 has
exactly the firm file's users, each by one effective onboarding call, and the next plain run finishes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Rule = Mapping[str, Any]

ONBOARDING: Final = "/admin/v1/onboarding"
ACCOUNTS: Final = "/admin/v1/accounts"
ELSEWHERE: Final = "{elsewhere}"  # stands for the address of a second server, which must hear nothing

# How long the client waits. Where that is the fault, no answer comes until the time is over; where an answer
# counts, the client waits for it longer than a busy machine takes.
HASTY: Final = {"T4_REPEAT_FOR": "2"}
AT_ONCE: Final = {"T4_READ_TIMEOUT": "1"}  # every answer is to be late
SHORT: Final = {"T4_READ_TIMEOUT": "5"}  # one answer is to be late, and the next is to be in time

OURS_PERHAPS: Final = (
    "T4 already has a user trader.a",
    "This stack tried to create it at",
    "write `adopt: true` under trader.a",
)
"""What is said of a 409 after an own call without an answer, when no login can prove whose user it is."""


def onboarding(when: Literal["before", "after"] = "before", times: int | None = 1, **do: Any) -> Rule:
    """A rule for onboarding calls: `when` the work is done or before it."""
    return {"match": {"path": ONBOARDING}, "when": when, "times": times, "do": do}


def creating(when: Literal["before", "after"] = "before", **do: Any) -> Rule:
    """A rule for the next call that makes an account."""
    return {"match": {"method": "POST", "path": ACCOUNTS}, "when": when, "do": do}


@dataclass(frozen=True)
class Fault:
    """A row.

    rules     of the simulator (`t4simulator/faults/rules.py`)
    held      onboarding calls that the rules hold at the same time; then they are let go
    environ   beside what every run has
    login     T4_LOGIN is configured beside the API key, so that a 409 can be proven
    second    trader.a has a second account, 22222, which takes a call of its own
    fails     the run ends with an error
    says      words of the run, in any order
    made      whether T4 has trader.a after the run
    calls     onboarding calls that reached T4 in the run; None where that is left to chance
    remedy    what the next run needs: nothing, `adopt: true` under the user, or another account in the file
    differs   tasks that the run with the remedy leaves open, for the one after it
    """

    name: str
    rules: tuple[Rule, ...] = ()
    held: int = 0
    environ: Mapping[str, str] = field(default_factory=dict)
    login: bool = False
    second: bool = False
    fails: bool = False
    says: tuple[str, ...] = ()
    made: bool = True
    calls: int | None = None
    remedy: Literal["", "adopt", "another account"] = ""
    differs: tuple[str, ...] = ()


ANSWERS: Final = (
    # T4 is busy
    Fault("503 once", (onboarding(status=503),), calls=2),
    Fault(
        "503 for longer than calls are repeated",
        (onboarding(times=None, status=503),),
        environ=HASTY,
        fails=True,
        says=("Busy", "503 (server busy)", "Run again later"),
        made=False,
    ),
    Fault("503 after the work, proven by login", (onboarding("after", status=503),), login=True, calls=2),
    Fault(
        "503 after the work, nothing proves it",
        (onboarding("after", status=503),),
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
    ),
    Fault("429 once", (onboarding(status=429),), calls=2),
    Fault(
        "503 with Retry-After in seconds",
        (onboarding(status=503, headers={"Retry-After": "2"}),),
        calls=2,
    ),
    Fault(
        "429 with Retry-After as a date",
        (onboarding(status=429, headers={"Retry-After": "in 3 seconds"}),),
        calls=2,
    ),
    Fault(
        "503 with a Retry-After beyond the time for repeating",
        (onboarding(status=503, headers={"Retry-After": "600"}),),
        environ=HASTY,
        fails=True,
        says=("503 (server busy)", "T4 asks to wait 600 seconds"),
        made=False,
        calls=1,
    ),
    # T4 fails
    Fault("500 before the work", (onboarding(status=500),), calls=2),
    Fault("500 after the work, proven by login", (onboarding("after", status=500),), login=True, calls=2),
    Fault(
        "500 after the work, nothing proves it",
        (onboarding("after", status=500),),
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
    ),
    Fault(
        "500 again and again",
        (onboarding(times=None, status=500),),
        fails=True,
        says=("OutcomeUnknown", "500 (server error)", "It is not known whether T4 did what was asked"),
        made=False,
        calls=3,
    ),
    Fault(
        "500 again and again, although the first one did the work",
        (onboarding("after", status=500), onboarding(times=None, status=500)),
        login=True,
        fails=True,
        says=("OutcomeUnknown", "It is not known whether T4 did what was asked"),
        calls=3,
    ),
    Fault(
        "a gateway's 502 page before the work",
        (onboarding(status=502, body="<html><h1>Bad gateway</h1></html>"),),
        calls=2,
    ),
    # The connection breaks
    Fault("reset before the work", (onboarding(drop="reset"),), calls=2),
    Fault("reset after the work", (onboarding("after", drop="reset"),), login=True, calls=2),
    Fault(
        "reset after the work, nothing proves it",
        (onboarding("after", drop="reset"),),
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
    ),
    Fault("orderly close before the work", (onboarding(drop="close"),), calls=2),
    Fault("orderly close after the work", (onboarding("after", drop="close"),), login=True, calls=2),
    Fault(
        "reset of every attempt",
        (onboarding(times=None, drop="reset"),),
        fails=True,
        says=("OutcomeUnknown", "the connection broke before an answer came"),
        made=False,
        calls=3,
    ),
    # The answer is late
    Fault(
        "time-out, and the work is done while it is asked for again",
        (onboarding(times=2, hold=True),),
        held=2,
        environ=SHORT,
        login=True,
        calls=2,
    ),
    Fault("time-out after the work", (onboarding("after", hold=True),), environ=SHORT, login=True, calls=2),
    Fault(
        "time-out of every attempt",
        (onboarding(times=None, hold=True, status=503),),
        environ=AT_ONCE,
        fails=True,
        says=("OutcomeUnknown", "no answer within 1 seconds"),
        made=False,
        calls=3,
    ),
    Fault("slow body", (onboarding(slowBody=8),), environ=SHORT, calls=1),
    Fault("body that does not go on", (onboarding(hold="body"),), environ=SHORT, login=True, calls=2),
    # The answer is garbled
    Fault("truncated JSON", (onboarding("after", garbage="truncated"),), login=True, calls=2),
    Fault(
        "truncated JSON, nothing proves it",
        (onboarding("after", garbage="truncated"),),
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
    ),
    Fault("answer that breaks off", (onboarding("after", garbage="cut"),), login=True, calls=2),
    Fault("HTML with 200 before the work", (onboarding(garbage="html"),), calls=2),
    Fault("HTML with 200 after the work", (onboarding("after", garbage="html"),), login=True, calls=2),
    Fault(
        "HTML with 200 for every call",
        (onboarding(times=None, garbage="html"),),
        fails=True,
        says=("T4 answered 200, but the answer is a web page",),
        made=False,
        calls=3,
    ),
    Fault("empty answer before the work", (onboarding(garbage="empty"),), calls=2),
    Fault("empty answer after the work", (onboarding("after", garbage="empty"),), login=True, calls=2),
    Fault("wrong content type", (onboarding(headers={"content-type": "text/html"}),), calls=1),
    Fault("answer that is no text", (onboarding("after", garbage="binary"),), login=True, calls=2),
    Fault("huge answer", (onboarding("after", garbage="huge"),), login=True, calls=2),
    Fault("deeply nested answer", (onboarding("after", garbage="deep"),), login=True, calls=2),
    # T4 says no
    Fault(
        "redirect to another host",
        (onboarding(redirect=f"{ELSEWHERE}{ONBOARDING}"),),
        fails=True,
        says=("307 (a redirect to another address)", "Check t4:endpoint"),
        made=False,
        calls=1,
    ),
    Fault(
        "redirect of a login",
        (
            {"match": {"path": "/login"}, "do": {"redirect": f"{ELSEWHERE}/login"}},
            onboarding("after", status=500),
        ),
        login=True,
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
    ),
    Fault(
        "404",
        (onboarding(status=404),),
        fails=True,
        says=("404 (not found)", "t4:onboardPath"),
        made=False,
        calls=1,
    ),
    Fault(
        "401 for an API key",
        (onboarding(status=401),),
        fails=True,
        says=("401 (not authenticated)", "check t4:apiKey or t4:login"),
        made=False,
        calls=1,
    ),
    # Onboarding is not atomic: 500 after a part of the work
    Fault(
        "only the user is made",
        (onboarding(partial="user"),),
        login=True,
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
        differs=("update-market-data/trader.a/CME", "sign-eula/trader.a"),
    ),
    Fault(
        "only user and account are made",
        (onboarding(partial="account"),),
        login=True,
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
        differs=("update-market-data/trader.a/CME", "sign-eula/trader.a"),
    ),
    Fault(
        "everything but the EULA is made",
        (onboarding(partial="marketData"),),
        login=True,
        fails=True,
        says=OURS_PERHAPS,
        calls=2,
        remedy="adopt",
        differs=("sign-eula/trader.a",),
    ),
    # The same for an account, which no login proves; T4 lists it as its owner's
    Fault("second account: 503 once", (creating(status=503),), second=True),
    Fault("second account: 500 after the work", (creating("after", status=500),), second=True),
    Fault("second account: reset after the work", (creating("after", drop="reset"),), second=True),
)
"""What T4, or something on the way to it, does with a call."""


@dataclass(frozen=True)
class Surrounding(Fault):
    """A row about what lies around the call: the way to T4, who was there before, the journal's place.

    tls       the simulator serves https with a certificate of this kind (its `service/certificates.py`)
    trusts    SSL_CERT_FILE names its authority
    taken     username and account that somebody else onboarded before, "" for a name of no importance
    revoked   with T4_LOGIN alone: every token is revoked while a call is held
    journal   what is the matter with the journal
    """

    tls: str = ""
    trusts: bool = False
    taken: tuple[str, str] = ("", "")
    revoked: bool = False
    journal: Literal[
        "",
        "full disk",
        "disk that fills up",
        "read-only",
        "a file in its place",
        "damaged",
        "foreign",
        "newer",
    ] = ""


def untrusted(name: str, kind: str, reason: str) -> Surrounding:
    """A certificate that must not be trusted, although its authority is."""
    says = (
        "the server's TLS certificate is not trusted",
        reason,
        "SSL_CERT_FILE",
        "Nothing was changed by it",
    )
    return Surrounding(name, tls=kind, trusts=True, fails=True, says=says, made=False, calls=0)


def unusable(name: str, journal: Any, reason: str) -> Surrounding:
    """A journal that cannot be written: T4 is not called."""
    says = ("JournalUnusable", reason, "nothing was called", "t4:journal")
    return Surrounding(name, journal=journal, fails=True, says=says, made=False, calls=0)


SURROUNDINGS: Final = (
    # The way to T4
    Surrounding(
        "nobody listens",
        environ={"T4_ENDPOINT": "http://127.0.0.1:1", "T4_REPEAT_FOR": "1"},
        fails=True,
        says=("Unreachable", "the connection was refused", "Nothing was changed by it"),
        made=False,
        calls=0,
    ),
    Surrounding(
        "unknown host name",
        environ={"T4_ENDPOINT": "https://t4.invalid", "T4_REPEAT_FOR": "1"},
        fails=True,
        says=("Unreachable", "its host name is not known (DNS)", "Nothing was changed by it"),
        made=False,
        calls=0,
    ),
    Surrounding("trusted certificate", tls="trusted", trusts=True, calls=1),
    Surrounding(
        "certificate of an authority that nobody named",
        tls="trusted",
        fails=True,
        says=("the server's TLS certificate is not trusted", "SSL_CERT_FILE"),
        made=False,
        calls=0,
    ),
    untrusted("expired certificate", "expired", "certificate has expired"),
    untrusted("certificate for another host", "wrongHost", "IP address mismatch"),
    untrusted("self-signed certificate", "selfSigned", "self-signed certificate"),
    Surrounding(
        "https where T4 speaks http",
        environ={"T4_ENDPOINT": "{https}", "T4_REPEAT_FOR": "1"},
        fails=True,
        says=("no TLS connection could be agreed on",),
        made=False,
        calls=0,
    ),
    # Credentials
    Surrounding(
        "token revoked in the middle",
        (onboarding("after", hold=True),),
        held=1,
        login=True,
        second=True,
        revoked=True,
        calls=1,
    ),
    Surrounding(
        "unknown API key",
        environ={"T4_API_KEY": "a-key-that-this-T4-does-not-know"},
        fails=True,
        says=("401 (not authenticated)", "check t4:apiKey or t4:login"),
        made=False,
        calls=1,
    ),
    # Who was there before
    Surrounding(
        "409 for a user that is there",
        taken=("trader.a", "77777"),
        login=True,
        fails=True,
        says=("T4 already has a user trader.a", "This stack has no record of an attempt to create it"),
        calls=1,
        remedy="adopt",
        differs=("update-market-data/trader.a/CME", "sign-eula/trader.a"),
    ),
    Surrounding(
        "409 for an account that is there",
        taken=("somebody.else", "11111"),
        login=True,
        fails=True,
        says=("trader.a was not created, because T4 already has the account 11111", "another first account"),
        made=False,
        calls=1,
        remedy="another account",
    ),
    Surrounding(
        "409 for a second account that is there",
        second=True,
        taken=("somebody.else", "22222"),
        fails=True,
        says=("T4 already has an account 22222", "has not shown that it is trader.a's"),
        calls=1,
        remedy="another account",
    ),
    # The journal
    unusable("journal on a full disk", "full disk", "No space left on device"),
    unusable("journal in a read-only folder", "read-only", "Read-only file system"),
    unusable("a file where the journal should be", "a file in its place", "Not a directory"),
    Surrounding(
        "disk that is full after the call",
        journal="disk that fills up",
        says=("could not be written after a call", "No space left on device"),
        calls=1,
    ),
    Surrounding("damaged journal file", journal="damaged", says=("set aside as",), calls=1),
    Surrounding("journal file of another user", journal="foreign", says=("set aside as",), calls=1),
    Surrounding("journal file of a newer version", journal="newer", says=("set aside as",), calls=1),
)
"""What is the matter around the call."""
