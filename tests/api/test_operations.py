"""Operations files: the built-in sets, the demo's, and every mistake with its line and words."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t4firm.operations import BUILT_IN, PLACEHOLDERS, READS, load_operations
from t4firm.yaml_files.document import FileError

ROOT = Path(__file__).parents[2]


def test_what_the_seeds_document_has_no_operation_beside_onboarding() -> None:
    known = load_operations("onboarding", Path("/nowhere"))
    assert (known.name, list(known), len(known), "readUser" in known) == ("onboarding", [], 0, False)


def test_the_walkthrough_has_the_calls_whose_bodies_are_documented() -> None:
    known = load_operations("walkthrough", Path("/nowhere"))
    assert {name: (known[name].method, known[name].path) for name in known} == {
        "readMarketData": ("GET", "/admin/v1/users/{userID}/marketdata"),
        "updateMarketData": ("PATCH", "/admin/v1/users/{userID}/marketdata"),
        "readEula": ("GET", "/admin/v1/users/{userID}/eula"),
        "acceptEula": ("POST", "/admin/v1/users/{userID}/eula"),
    }
    assert known["updateMarketData"].placeholders == {"userID", "updates"}
    assert "createAccount" not in known


def test_the_simulators_file_has_them_all() -> None:
    known = load_operations("stacks/demo.operations.yaml", ROOT)
    assert set(known) == set(PLACEHOLDERS)
    assert known.name.endswith("demo.operations.yaml")


def test_reads_are_the_operations_that_change_nothing() -> None:
    reads = {"listUsers", "readUser", "listAccounts", "readAccount", "readMarketData", "readEula"}
    assert reads == READS


def mistakes(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "x.operations.yaml"
    file.write_text(text)
    with pytest.raises(FileError) as caught:
        load_operations(file.name, tmp_path)
    return [str(mistake).removeprefix(f"{file}:") for mistake in caught.value.mistakes]


GET = "{method: GET, path: /u, answer: '@'}"
ALL = ", ".join(PLACEHOLDERS)
PATH_WRONG = (
    "is not a path; begin with /, and use letters, digits and {placeholders}, "
    "for example /admin/v1/users/{userID}"
)

MISTAKES = [
    (
        "listUser: {method: GET, path: /u, answer: '@'}\n",
        [f'1: listUser: there is no such operation; did you mean "listUsers"? known: {ALL}'],
    ),
    ("zap: 1\n", [f"1: zap: there is no such operation; known: {ALL}"]),
    (
        "disableUser: [1]\n",
        ["1: disableUser: is not a group of fields; write method, path, body and answer below it"],
    ),
    (
        "listUsers: {path: /u, answer: '@'}\n",
        ["1: listUsers.method: is missing; add it, for example method: PATCH"],
    ),
    (
        "disableUser: {method: POST}\n",
        [
            "1: disableUser.path: is missing; add it, "
            'for example path: "/admin/v1/users/{userID}/marketdata"',
        ],
    ),
    (
        "disableUser:\n  metod: POST\n  method: POST\n  path: /u\n",
        [
            '2: disableUser.metod: there is no such field; did you mean "method"? '
            "known here: method, path, body, answer, success, pages, total, complete",
        ],
    ),
    (
        "disableUser:\n  method: post\n  path: /u\n",
        ['2: disableUser.method: "post" is not known here; write GET, POST, PUT, PATCH or DELETE'],
    ),
    ("disableUser:\n  method: POST\n  path: 5\n", ['3: disableUser.path: 5 is a number; write "5"']),
    ("disableUser:\n  method: POST\n  path: u\n", [f"3: disableUser.path: {PATH_WRONG}"]),
    (
        "disableUser:\n  method: POST\n  path: https://evil.example/u\n",
        [f"3: disableUser.path: {PATH_WRONG}"],
    ),
    ("disableUser:\n  method: POST\n  path: //evil.example/u\n", [f"3: disableUser.path: {PATH_WRONG}"]),
    ("disableUser:\n  method: POST\n  path: /../u\n", [f"3: disableUser.path: {PATH_WRONG}"]),
    ("disableUser:\n  method: POST\n  path: /u/%2e\n", [f"3: disableUser.path: {PATH_WRONG}"]),
    ("disableUser:\n  method: POST\n  path: '/u#x'\n", [f"3: disableUser.path: {PATH_WRONG}"]),
    (
        "disableUser:\n  method: POST\n  path: /u/{account}/{userid}\n",
        [
            "3: disableUser.path: there is no placeholder {account} here; this operation may use {userID} "
            "and {username}",
            "3: disableUser.path: there is no placeholder {userid} here; this operation may use {userID} "
            "and {username}",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u/{userID}\n  answer: '@'\n",
        ["3: listUsers.path: there is no placeholder {userID} here; this operation has none"],
    ),
    (
        "updateUser:\n  method: PATCH\n  path: /u/{userID}\n  body:\n    a: ['{changes}', '{role}']\n    b: "
        "{c: 'x{'}\n",
        [
            "5: updateUser.body.a (2nd): there is no placeholder {role} here; this operation may use "
            "{userID}, {username} "
            "and {changes}",
            "6: updateUser.body.b.c: has a brace that belongs to no placeholder; this operation may use "
            "{userID}, {username} "
            "and {changes}",
        ],
    ),
    (
        "updateUser:\n  method: PATCH\n  path: /u\n  body: {'{userID}': 1}\n",
        [
            "4: updateUser.body.{userID}: a field's name has a brace; placeholders are for values, not "
            "for names",
        ],
    ),
    (
        "disableUser:\n  method: GET\n  path: /u\n",
        [
            "2: disableUser.method: GET changes nothing, and this operation does; write POST, PUT, PATCH or "
            "DELETE"
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  body: {}\n  answer: '@'\n",
        ["4: listUsers.body: a GET has no body; remove it"],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n",
        [
            "1: listUsers.answer: is missing: without it nothing can be read; say where the "
            "values are; @ means all of the "
            "answer's data",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: 'users[].{'\n",
        [
            "4: listUsers.answer: is not a JMESPath expression; correct it (jmespath.org shows how), for "
            "example "
            "data.users[].{userID: id}",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: ''\n",
        [
            "4: listUsers.answer: is not a JMESPath expression; correct it (jmespath.org shows how), for "
            "example "
            "data.users[].{userID: id}",
        ],
    ),
    (
        "readUser:\n  method: DELETE\n  path: /u/{userID}/roles/Trading\n  answer: '@'\n",
        [
            "2: readUser.method: DELETE may change T4, and this operation only reads; write GET; T4's API "
            "must have a GET for it, or leave the operation out"
        ],
    ),
    (
        "listUsers:\n  method: POST\n  path: /u/search\n  body: {}\n  answer: '@'\n",
        [
            "2: listUsers.method: POST may change T4, and this operation only reads; write GET; T4's API "
            "must have a GET for it, or leave the operation out"
        ],
    ),
    (
        "readUser:\n  method: GET\n  path: /u\n  answer: '@'\n  total: n\n  complete: 'm == `1`'\n  pages: "
        "{by: number, parameter: page}\n",
        [
            "5: readUser.total: only an operation that lists has it; remove it",
            "6: readUser.complete: only an operation that lists has it; remove it",
            "7: readUser.pages: only an operation that lists has it; remove it",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: '@'\n  complete: metadata.nextCursor == `null`\n",
        [
            "5: listUsers.complete: is also true for an empty answer; name a value that the last page "
            "has, for example metadata.hasMore == `false`"
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: '@'\n  total: '['\n  success: '!'\n  pages:\n"
        "    by: cursor\n    next: 'a b'\n    parameter: 'a b'\n    first: 0\n",
        [
            "5: listUsers.total: is not a JMESPath expression; correct it (jmespath.org shows how), for "
            "example metadata.totalCount",
            "6: listUsers.success: is not a JMESPath expression; correct it (jmespath.org shows how), for "
            "example status == 'done'",
            "9: listUsers.pages.next: is not a JMESPath expression; correct it (jmespath.org shows how), "
            "for example metadata.nextCursor",
            "10: listUsers.pages.parameter: is not the name of a query parameter; use letters and digits, "
            "for example cursor",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: '@'\n  pages: {by: number, next: x}\n",
        [
            "5: listUsers.pages.next: pages by number do not have it; remove it",
            "5: listUsers.pages.parameter: is missing; add it, for example parameter: cursor",
        ],
    ),
    (
        "listUsers:\n  method: GET\n  path: /u\n  answer: '@'\n  pages: {by: offset}\n",
        ['5: listUsers.pages.by: "offset" is not known here; write cursor, link or number'],
    ),
    (
        f"zap: 1\nlistUsers: {GET}\ndisableUser:\n  method: GET\n  path: u\n",
        [
            f"1: zap: there is no such operation; known: {ALL}",
            "4: disableUser.method: GET changes nothing, and this operation does; write POST, PUT, PATCH or "
            "DELETE",
            f"5: disableUser.path: {PATH_WRONG}",
        ],
    ),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_said_with_its_line(tmp_path: Path, text: str, said: list[str]) -> None:
    assert mistakes(tmp_path, text) == said


def test_a_file_that_is_not_there_says_what_the_setting_may_be(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        load_operations("walkthru", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'walkthru'}: there is no such file; t4:operations is onboarding or walkthrough, or "
        "the name of a file "
        "with operations"
    )


def test_a_path_with_a_query_and_a_body_of_any_kind(tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(
        "listUsers: {method: GET, path: '/users?all=true', answer: users}\n"
        "updateUser: {method: PUT, path: '/users/{userID}', body: ['{changes}', 1, null, true]}\n"
    )
    known = load_operations("o.yaml", tmp_path)
    assert known["listUsers"].placeholders == frozenset()
    assert known["updateUser"].body == ["{changes}", 1, None, True]


@given(
    st.dictionaries(
        st.sampled_from(sorted(PLACEHOLDERS)), st.text("metodpahnsw:{}[]/'@ \nGET", max_size=60), max_size=3
    )
)
def test_any_text_is_operations_or_a_file_error(
    tmp_path_factory: pytest.TempPathFactory, parts: dict[str, str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text("\n".join(f"{name}: {text}" for name, text in parts.items()))
    with contextlib.suppress(FileError):
        load_operations(file.name, file.parent)


def test_the_built_in_names() -> None:
    assert BUILT_IN == ("onboarding", "walkthrough")
