"""MIMIC-IV, Synthea and FHIR in one site: at least 1,200 checks find rows to judge.

The site does what sites do: each source delivers more than once, and an officer signs
the limits that were learned from its results.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from pipelines.access.limits import Proposal, sign_limit
from pipelines.access.people import Person, create_person
from pipelines.building import build_marts
from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.limits import judging
from pipelines.limits.cells import Cell
from pipelines.limits.judging import LAST_BUILD
from pipelines.limits.learning import learn_limits
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.landing.pieces import write_parts
from tests.limits.results import SOURCE, Result, build, check_of, enter, patient

pytestmark = pytest.mark.shared_data

SOURCES = {
    "mimic": ("mimic", "mimic_iv_demo"),
    "fhir": ("fhir", "fhir_r4_615_patients"),
    "synthea_2017": ("synthea", "synthea_csv/synthea_2017_285_patients"),
    "synthea_2022": ("synthea", "synthea_csv/synthea_2022_59_patients"),
    "synthea_2024": ("synthea", "synthea_csv/synthea_2024_11_patients_all_tables"),
}
DELIVERIES = 12  # a chart judges from the eleventh load on
AT_LEAST = 1_200
OFFICER = Person("officer", "Quality One", "quality")
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a person in a test
REASON = "As our own patients have them"
PROPOSED = """
    select proposal_id, analyte_code, unit, age_band, sex_code, low, high
    from quality.limit_proposal where state = 'proposed'
"""
FAILED = """
    select check_id from quality.mart_check_result
    where build_id = %s and source_system = %s and state = 'failed'
"""
# Somebody whom a limit is about and none of a narrower band or sex is.
PEOPLE = {
    ("all", "all"): (9_001, "unknown", None),
    ("adult", "all"): (9_002, "unknown", "1970-01-01"),
    ("adult", "female"): (9_003, "female", "1970-01-01"),
    ("adult", "male"): (9_004, "male", "1970-01-01"),
}


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> Iterator[Settings]:
    """Yield an installation of the three, built, with every proposed limit signed."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("site")):
        cut = tmp_path_factory.mktemp("parts")
        for source, (format_name, folder) in SOURCES.items():
            parts = write_parts(shared_data / folder, cut / source, count=DELIVERIES)
            for part in parts:
                load(settings, part, format_name=format_name, source_system=source)
        build_marts(settings)
        learn_limits(settings)
        with connect(settings, Role.OWNER) as owner:
            create_person(owner, OFFICER, PASSWORD)
        sign_what_is_proposed(settings)
        build_marts(settings)
        yield settings


def proposals(settings: Settings) -> list[tuple[int, Cell, Decimal, Decimal]]:
    """Return what is proposed: number, of whom, both ends."""
    with connect(settings, Role.OWNER) as owner:
        rows = owner.execute(PROPOSED).fetchall()
    return [(row[0], Cell(*row[1:5]), *row[5:]) for row in rows]


def sign_what_is_proposed(settings: Settings) -> None:
    """Sign all limits; the next build judges them together, not each when signed."""
    with mock.patch.object(judging, "judge_limits_of"):
        for number, cell, low, high in proposals(settings):
            proposal = Proposal(number, cell.analyte_code, cell.unit, 0)
            sign_limit(settings, OFFICER, proposal, low, high, REASON)


def test_at_least_1200_checks_find_rows_to_judge(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_HOME", str(site.root))
    told = CliRunner().invoke(app, ["status", "--json"])

    assert json.loads(told.stdout)["quality"]["checks"] >= AT_LEAST


def test_each_signed_limit_fails_for_a_value_beyond_it(site: Settings) -> None:
    signed = proposals(site)
    for key, sex, born in PEOPLE.values():
        patient(site, key, sex, born)
    enter(
        site,
        [
            Result(
                end + end / 1_000,
                patient=PEOPLE[cell.age_band, cell.sex_code][0],
                analyte=cell.analyte_code,
                unit=cell.unit,
            )
            for _, cell, _, end in signed
        ],
    )
    with connect(site, Role.OWNER) as owner:
        (last,) = owner.execute(LAST_BUILD).fetchone()
    build(site, last + 1)
    with connect(site, Role.OWNER) as owner:
        failed = {row[0] for row in owner.execute(FAILED, (last + 1, SOURCE))}

    assert signed
    assert failed == {check_of(cell) for _, cell, _, _ in signed}
