"""Each rule across entries has a file in rules/ that breaks it and nothing else, with the words expected
(`#>`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from t4firm.loading.firm_file import load_firm
from t4firm.model.firm import Firm
from t4firm.rules.context import Facts
from t4firm.rules.table import RULES, Rule, broken
from t4firm.yaml_files.document import FileError, read
from t4firm.yaml_files.model_errors import names_at
from tests.firm.firms import FIRM, changed, loaded, said, written

FOLDER = Path(__file__).parent / "rules"


def failing(rule: Rule) -> Path:
    path = FOLDER / f"{rule.id}.yaml"
    assert path.is_file(), f"the rule {rule.id} has no file that breaks it: write {path}"
    return path


def expected(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [line.removeprefix("#> ") for line in lines if line.startswith("#> ")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_file_that_breaks_the_rule_says_exactly_this(rule: Rule) -> None:
    path = failing(rule)
    words = expected(path)
    assert len(words) == 1
    assert said(path) == words


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_rule_is_the_one_that_speaks(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(other for other in RULES if other.id != rule.id)
    monkeypatch.setattr("t4firm.rules.table.RULES", others)
    assert said(failing(rule)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_mistake_elsewhere_does_not_silence_the_rule(rule: Rule, tmp_path: Path) -> None:
    text = failing(rule).read_text().replace("phone: 555-123-4567", "phone: 5551234567")
    words = said(written(tmp_path, text))
    assert set(expected(failing(rule))) < set(words)
    assert any(line.endswith('5551234567 is a number; write "5551234567"') for line in words)


def test_every_file_belongs_to_a_rule() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(rule.id for rule in RULES)


def test_every_rule_says_what_it_is_and_where_it_comes_from() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.says.endswith("."), rule.id
        assert "seed" in rule.source or "t4.md" in rule.source, rule.id


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_fields_that_a_rule_reads_exist(rule: Rule) -> None:
    for field in rule.reads | rule.searches:
        parts = field.split(".")
        if parts[0] in ("users", "accounts"):
            parts.insert(1, "any")
        known: tuple[str, ...] = names_at(Firm, ())
        for depth, part in enumerate(parts):
            assert part == "any" or part in known, (field, part)
            known = names_at(Firm, tuple(parts[: depth + 1]))


def test_a_rule_waits_for_the_fields_that_it_reads(tmp_path: Path) -> None:
    # with trader.b's accounts unreadable nobody can say whether 33333 belongs to somebody
    text = changed(
        ('accounts: ["33333", "44444"]', "accounts: 33333"),
        ("fillService:", 'accounts:\n  "33333": {displayName: Main}\nfillService:'),
    )
    assert said(written(tmp_path, text)) == [
        '30: users.trader.b.accounts: 33333 is not a list; write ["33333"]'
    ]


def test_a_misspelled_field_does_not_bring_up_the_rule_that_misses_it(tmp_path: Path) -> None:
    text = changed(("templateUser: FillService", "templatUser: FillService"))
    (only,) = said(written(tmp_path, text))
    assert only.startswith(
        '35: fillService.user.templatUser: there is no such field; did you mean "templateUser"? known here: '
    )


def test_unquoted_account_numbers_do_not_bring_up_rules(tmp_path: Path) -> None:
    text = changed(('["33333", "44444"]', "[33333, 44444]"), ('"22222"]', '"22222", "33333"]'))
    assert said(written(tmp_path, text)) == [
        '30: users.trader.b.accounts (1st): 33333 is a number; write "33333"',
        '30: users.trader.b.accounts (1st): the account "33333" is listed by "trader.a" and "trader.b", '
        "but the file does not say who is its owner; remove it from all but one, or, if they share it, "
        'add under accounts: "33333": {owner: trader.b}',
        '30: users.trader.b.accounts (2nd): 44444 is a number; write "44444"',
    ]


def test_a_rule_on_a_default_speaks_once_and_at_the_default(tmp_path: Path) -> None:
    text = changed(("templateUser: WhenTechTrader", "templateUser: FillService"))
    assert said(written(tmp_path, text)) == [
        '9: defaults.user.templateUser: the template "FillService" gives WhenTechFills, which no end user '
        "may "
        "have; name a template that does not give WhenTechFills"
    ]


def test_trading_is_said_with_capture_risk_manager_too(tmp_path: Path) -> None:
    text = changed(("roles: []", "roles: [RiskManager, trading]")) + "  capture: riskManager\n"
    assert [line.split(":")[1] for line in said(written(tmp_path, text))] == [
        " templates.users.FillService.roles",
        " templates.users.FillService.roles (2nd)",
    ]
    assert "must NEVER have Trading" in said(written(tmp_path, text))[0]


@pytest.mark.parametrize(
    ("roles", "end"),
    [
        ("[]", "it is not listed"),
        ("[RiskManager, Charting]", 'not "Charting"'),
        ("[Administrator]", 'not "Administrator"'),
        ("[ModifyOrders, PitTrades]", 'not "ModifyOrders" and "PitTrades"'),
        ("[riskmanager]", 'not "riskmanager"'),
    ],
)
def test_risk_manager_is_exactly_one_role(tmp_path: Path, roles: str, end: str) -> None:
    text = changed(("roles: []", f"roles: {roles}")) + "  capture: riskManager\n"
    (only,) = said(written(tmp_path, text))
    assert f'the fill user must have only the role "RiskManager": {end}; write roles: [RiskManager]' in only


def test_how_t4_spells_the_risk_managers_role_is_a_setting(tmp_path: Path) -> None:
    text = changed(("roles: []", "roles: [Risk Manager]")) + "  capture: riskManager\n"
    assert "set t4:riskManagerRole" in said(written(tmp_path, text))[0]
    assert load_firm(written(tmp_path, text), "Risk Manager").to_capture == ()
    usual = changed(("roles: []", "roles: [RiskManager]")) + "  capture: riskManager\n"
    with pytest.raises(FileError, match='only the role "Risk Manager": not "RiskManager"'):
        load_firm(written(tmp_path, usual), "Risk Manager")


def test_a_fill_user_with_the_risk_manager_role_alone_is_fine(tmp_path: Path) -> None:
    text = changed(("roles: []", "roles: [RiskManager]")) + "  capture: riskManager\n"
    assert loaded(tmp_path, text).to_capture == ()


def test_a_list_and_exclusions_with_risk_manager_are_both_said(tmp_path: Path) -> None:
    text = changed(("roles: []", "roles: [RiskManager]")) + (
        '  capture: riskManager\n  accounts: ["11111"]\n  exclude: {"22222": paper trading}\n'
    )
    assert [line.split(":")[1] for line in said(written(tmp_path, text))] == [
        " fillService.accounts",
        " fillService.exclude",
    ]


def test_an_excluded_account_may_belong_to_somebody_who_has_departed(tmp_path: Path) -> None:
    text = changed(("  trader.b:\n", "  trader.b:\n    departed: true\n")) + '  exclude: {"44444": paper}\n'
    firm = loaded(tmp_path, text)
    assert (firm.to_capture, firm.excluded) == (("11111", "22222"), ("44444",))


def test_the_fill_user_is_never_an_end_user_by_another_spelling(tmp_path: Path) -> None:
    text = changed(("username: WhenTechFillUser", "username: Trader.A"))
    assert said(written(tmp_path, text)) == [
        '34: fillService.user.username: "Trader.A" is the same username as "trader.a" on line 22; give the '
        "fill service a user of its own"
    ]


def test_whentech_enabled_without_a_request(tmp_path: Path) -> None:
    text = changed(("templates:\n", "whentech: {enabledOn: 2026-11-04}\ntemplates:\n"))
    assert said(written(tmp_path, text)) == [
        "2: whentech.requestedOn: is missing, although enabledOn is there; add the day on which CTS "
        "support was asked"
    ]


def test_an_account_may_be_shared_when_its_owner_is_named(tmp_path: Path) -> None:
    text = changed(
        ('["33333", "44444"]', '["33333", "44444", "22222"]'),
        ("fillService:", 'accounts:\n  "22222": {owner: trader.a}\nfillService:'),
    )
    assert loaded(tmp_path, text).accounts["22222"].owner == "trader.a"


def test_the_fill_account_may_have_an_entry_that_names_its_owner(tmp_path: Path) -> None:
    text = changed(("fillService:", "accounts:\n  FILL0001: {owner: WhenTechFillUser}\nfillService:"))
    assert loaded(tmp_path, text).accounts["FILL0001"].owner == "WhenTechFillUser"
    wrong = changed(("WhenTechFillUser}", "trader.a}"), text=text)
    assert said(written(tmp_path, wrong)) == [
        '33: accounts.FILL0001.owner: "trader.a" does not list the account "FILL0001"; write WhenTechFillUser'
    ]


def test_a_similar_account_number_is_proposed_in_a_list(tmp_path: Path) -> None:
    text = FIRM + '  accounts: ["11111", "22222", "33333", "44441"]\n  exclude: {"44444": paper}\n'
    assert said(written(tmp_path, text)) == [
        '39: fillService.accounts (4th): no user has the account "44441"; did you mean "44444"?'
    ]


def test_many_unknown_accounts_are_all_said(tmp_path: Path) -> None:
    entries = "".join(f'  "9{number:04}": {{}}\n' for number in range(200))
    words = said(written(tmp_path, changed(("fillService:", f"accounts:\n{entries}fillService:"))))
    assert len(words) == 200


def test_rules_hold_for_a_firm_without_a_fill_service(tmp_path: Path) -> None:
    path = written(tmp_path, FIRM[: FIRM.index("fillService:")])
    facts = Facts(load_firm(path), read(path).data, read(path).where)
    assert list(broken(facts)) == []
    assert facts.firm.to_capture == facts.firm.excluded == ()


def test_all_mistakes_come_at_once_and_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path, changed(("state: OH", "state: 1"), ("roles: []", "roles: [Trading]"), ("Bob", '""'))
    )
    with pytest.raises(FileError) as raised:
        load_firm(path)
    assert [mistake.line for mistake in raised.value.mistakes] == [5, 16, 28]
