"""One firm file for two environments: what a stack file makes of a firm; the rules hold afterwards."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t4firm.loading.attested_file import attested_path
from t4firm.loading.firm_file import load_firm
from t4firm.loading.stack_file import Environment, TemplateNames, adapted, in_environment, load_environment
from t4firm.model.firm import Firm
from t4firm.rules.context import Facts
from t4firm.rules.table import broken
from t4firm.yaml_files.document import FileError
from tests.firm.firms import FIRM, changed, loaded, written

ROOT = Path(__file__).parents[2]
SIMULATION = """\
templates:
  users: {WhenTechTrader: SimTrader, FillService: SimFills}
  accounts: {DefaultTemplate: SimAccount}
"""
WITHOUT = Environment(without=("whentech",))


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    dates = "whentech: {requestedOn: 2026-11-02, enabledOn: 2026-11-04}\ntemplates:"
    return loaded(tmp_path, changed(("templates:", dates)))


def test_without_a_stack_file_the_firm_is_as_its_file_says(firm: Firm, tmp_path: Path) -> None:
    assert in_environment(firm, tmp_path / "live.stack.yaml") is firm
    assert in_environment(firm, written(tmp_path, "{}", "live.stack.yaml")) == firm


def test_templates_have_other_names_everywhere(firm: Firm, tmp_path: Path) -> None:
    there = in_environment(firm, written(tmp_path, SIMULATION, "sim.stack.yaml"))
    assert there.templates.users == {
        "SimTrader": firm.templates.users["WhenTechTrader"],
        "SimFills": firm.templates.users["FillService"],
    }
    assert there.templates.accounts == ("SimAccount",)
    assert {user.templateUser for user in there.users.values()} == {"SimTrader"}
    assert there.defaults.user.templateUser == "SimTrader"
    assert there.defaults.account.templateAccount == "SimAccount"
    assert {account.templateAccount for account in there.accounts.values()} == {"SimAccount"}
    assert there.fillService is not None
    assert there.fillService.user.templateUser == "SimFills"
    for mark in ("WhenTechTrader", "DefaultTemplate", "'FillService'"):
        assert mark not in str(there.model_dump())


def test_two_templates_may_swap_their_names(firm: Firm) -> None:
    swapped = TemplateNames(users={"WhenTechTrader": "FillService", "FillService": "WhenTechTrader"})
    there = adapted(firm, Environment(templates=swapped))
    assert there.templates.users["FillService"].applications == ("WhenTech",)
    assert there.users["trader.a"].templateUser == "FillService"


def test_without_whentech_people_and_accounts_stay(firm: Firm) -> None:
    assert firm.to_capture == ("11111", "22222", "33333", "44444"), "worked out before, and not kept"
    there = adapted(firm, WITHOUT)
    assert there.users.keys() == firm.users.keys()
    assert there.accounts.keys() == firm.accounts.keys() - {"FILL0001"}
    assert there.fillService is None
    assert (there.to_capture, there.whentech_users) == ((), ())
    assert there.whentech.enabledOn is None
    assert there.templates.users["WhenTechTrader"].roles == ("Trading",)
    for name in ("'WhenTech'", "'WhenTechFills'"):
        assert name not in str(there.model_dump())


def test_what_was_never_there_is_not_revoked(tmp_path: Path) -> None:
    there = adapted(loaded(tmp_path, FIRMS["WhenTech is revoked"]), WITHOUT)
    assert there.users["trader.a"].revoke.applications == ("Other",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "templates:\n  users:\n    WhenTechTradr: SimTrader\n",
            "sim.stack.yaml:3: templates.users.WhenTechTradr: the firm file declares no such template; "
            'did you mean "WhenTechTrader"?',
        ),
        (
            "templates:\n  accounts: {Zebra: SimAccount}\n",
            "sim.stack.yaml:2: templates.accounts.Zebra: the firm file declares no such template; "
            "the firm file declares DefaultTemplate",
        ),
        (
            "templates:\n  users: {WhenTechTrader: FillService}\n",
            'sim.stack.yaml:2: templates.users.WhenTechTrader: "FillService" would then be the name '
            "of two templates",
        ),
        ("without: [whentec]\n", "sim.stack.yaml:1: without (1st): "),
        ("withot: [whentech]\n", "sim.stack.yaml:1: withot: "),
        ("", "sim.stack.yaml:1: the file is empty"),
    ],
)
def test_mistakes_name_file_and_line(firm: Firm, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        load_environment(written(tmp_path, text, "sim.stack.yaml"), firm)
    (mistake,) = caught.value.mistakes
    assert said in str(mistake)


def test_an_environment_with_a_stack_file_has_signatures_of_its_own(tmp_path: Path) -> None:
    firm_file, stack_file = tmp_path / "acme.firm.yaml", tmp_path / "sim.stack.yaml"
    assert attested_path(firm_file, stack_file).name == "acme.attested.yaml"
    stack_file.write_text("{}")
    assert attested_path(firm_file, stack_file).name == "sim.attested.yaml"


FIRMS = {
    "as it is": FIRM,
    "risk manager": changed(
        ("FillService: {applications: [WhenTechFills], roles: []}", "FillService: {applications: "
         "[WhenTechFills], roles: [RiskManager]}"),
        ("fillService:\n", "fillService:\n  capture: riskManager\n"),
    ),
    "shared account": changed(
        ('["33333", "44444"]', '["33333", "22222"]'),
        ("fillService:\n", 'accounts:\n  "22222": {owner: trader.a}\nfillService:\n'),
    ),
    "chosen accounts": changed(
        ("fillService:\n", 'fillService:\n  accounts: ["11111", "22222", "33333"]\n  exclude: {"44444": x}\n')
    ),
    "somebody leaves": changed(("    lastname: Ohio\n", "    lastname: Ohio\n    departed: true\n")),
    "WhenTech is revoked": changed(
        ("    applications: [WhenTech]\n", "    revoke: {applications: [WhenTech, Other]}\n")
    ),
    "applications by default": changed(
        ("    apptype: Professional\n", "    apptype: Professional\n    applications: [WhenTech]\n")
    ),
}  # fmt: skip
NAMES = st.sampled_from(["WhenTechTrader", "FillService", "SimA", "SimB", "SimC"])


@given(
    name=st.sampled_from(sorted(FIRMS)),
    users=st.dictionaries(st.sampled_from(["WhenTechTrader", "FillService"]), NAMES),
    accounts=st.dictionaries(st.just("DefaultTemplate"), NAMES),
    without=st.sampled_from([(), ("whentech",)]),
)
def test_the_rules_hold_in_every_environment(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    users: dict[str, str],
    accounts: dict[str, str],
    without: tuple[str, ...],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    firm = loaded(folder, FIRMS[name])
    said = Environment.model_validate(
        {"templates": {"users": users, "accounts": accounts}, "without": without}
    )
    file = written(folder, said.model_dump_json(), "it.stack.yaml")
    if len({users.get(each, each) for each in firm.templates.users}) < len(firm.templates.users):
        with pytest.raises(FileError, match="would then be the name of two templates"):
            in_environment(firm, file)
        return
    there = in_environment(firm, file)
    assert list(broken(Facts(there, there.model_dump(), lambda loc, other: ""))) == []
    assert there == adapted(firm, said)


def test_the_example_makes_two_firms_of_one_file() -> None:
    stacks = ROOT / "docs" / "examples" / "environments" / "stacks"
    firm = load_firm(stacks / "acme.firm.yaml")
    assert in_environment(firm, stacks / "live.stack.yaml") == firm
    simulation = in_environment(firm, stacks / "simulation.stack.yaml")
    assert simulation.users["carla.acme"].templateUser == "SimTrader"
    assert simulation.fillService is None
