"""A build of the news alone: no more than what reads them, and never less."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.access.people import find_person
from pipelines.build_books import Scope
from pipelines.building import TIMES_FILE, building, run_dbt
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.record.actions.acknowledging import SeenResult, acknowledge
from pipelines.settings import Settings
from pipelines.write_back import land_record
from tests.conftest import fill_with_simulation, installation_with_marts
from tests.dbt.mart_state import state_of

PATIENTS, YEARS = 25, 2
# Counted over all results, and nobody waits for them: the night brings them up to date.
NIGHTLY = {
    "agg_delta_checks",
    "agg_lab_flag_differences",
    "agg_lab_judgements",
    "agg_lab_unit_mixes",
    "agg_spurious_draws",
    "agg_lab_turnarounds",
    "agg_daily_doses",
    "agg_drug_mappings",
    "agg_medication_alerts",
}
# Says how long a critical result has waited: every build says something else.
OF_TODAY = {"agg_critical_clocks"}
OPEN = """
    select patient_key, lab_result_key, reading_hash from marts.fct_abnormal_findings
    where is_on_worklist order by lab_result_key
"""
ACKNOWLEDGED = """
    select is_current_reading from marts.fct_acknowledgements
    where lab_result_key = %s and user_id = 'doctor'
"""
WAITING = """
    select (select count(*) from raw.touched_patients),
        (select count(*) from raw.touched_feeds)
"""
LAB_RESULTS = """\
record_id,source_patient_id,test_code,code_system,value_text,unit,collected_at,is_deleted
NEW-1,P000001,2823-3,LOINC,7.4,mmol/L,2026-02-01T07:40:00Z,
NEW-2,P000002,2823-3,LOINC,4.1,mmol/L,2026-02-01T07:40:00Z,
L000003-1,P000003,2345-7,LOINC,,,2026-02-01T07:40:00Z,true
"""


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield a very small hospital, built in full; tests of this module add to it."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("news")):
        fill_with_simulation(settings, patients=PATIENTS, years=YEARS)
        yield settings


def build(settings: Settings, scope: Scope) -> set[str]:
    """Build and return the names of what was built and tested."""
    with building(settings, scope) as begun:
        assert begun.scope is scope
        assert run_dbt(settings, *begun.dbt_arguments, *begun.selection) == {}
        begun.succeed()
    return set(json.loads((settings.root / "dbt" / TIMES_FILE).read_text()))


def acknowledge_one(settings: Settings) -> SeenResult:
    """Acknowledge the first result that nobody has acknowledged yet."""
    with connect(settings, Role.BUILDER) as connection:
        seen = SeenResult(*connection.execute(OPEN).fetchone())
    with connect(settings, Role.OWNER) as connection:
        doctor = find_person(connection, "doctor")
    acknowledge(settings, doctor, [seen])
    return seen


def waiting(settings: Settings) -> tuple[int, int]:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(WAITING).fetchone()


def acknowledgements(settings: Settings, seen: SeenResult) -> list[tuple]:
    with connect(settings, Role.BUILDER) as connection:
        return connection.execute(ACKNOWLEDGED, (seen.lab_result_key,)).fetchall()


def test_an_acknowledgement_builds_what_reads_it_as_a_full_build_would(
    hospital: Settings,
) -> None:
    seen = acknowledge_one(hospital)
    land_record(hospital)

    built = build(hospital, Scope.NEWS)
    after_news = state_of(hospital).content

    assert {"fct_acknowledgements", "fct_abnormal_findings"} <= built
    assert {
        "fct_medication_history",
        "fct_lab_results",
        "dim_patients",
    } & built == set()
    assert acknowledgements(hospital, seen) == [(True,)]
    assert waiting(hospital) == (0, 0)
    build(hospital, Scope.FULL)
    assert state_of(hospital).content == after_news


def test_an_upload_builds_what_reads_results_as_a_full_build_would(
    hospital: Settings, tmp_path: Path
) -> None:
    (tmp_path / "lab_results.csv").write_text(LAB_RESULTS)
    before = state_of(hospital).content
    load(hospital, tmp_path, format_name="csv", source_system="hospital")

    built = build(hospital, Scope.NEWS)
    after_news = state_of(hospital).content

    assert {"fct_lab_results", "fct_result_trends", "fct_patient_timeline"} <= built
    assert built & {"fct_medication_history", *NIGHTLY} == set()
    assert built >= OF_TODAY
    assert after_news["fct_lab_results"] != before["fct_lab_results"]
    assert waiting(hospital) == (0, 0)
    build(hospital, Scope.FULL)
    after_full = state_of(hospital).content
    differing = {mart for mart in after_full if after_full[mart] != after_news[mart]}
    assert differing <= NIGHTLY | OF_TODAY
    assert differing >= {"agg_lab_judgements"}


def test_news_of_what_has_no_patient_reach_their_marts_too(
    hospital: Settings, tmp_path: Path
) -> None:
    (tmp_path / "practitioners.csv").write_text(
        "record_id,practitioner_name\nD-NEW,Dr. New\n"
    )
    load(hospital, tmp_path, format_name="csv", source_system="hospital")
    assert waiting(hospital) == (0, 1)

    built = build(hospital, Scope.NEWS)

    assert "dim_practitioners" in built
    with connect(hospital, Role.BUILDER) as connection:
        found = connection.execute(
            "select 1 from marts.dim_practitioners "
            "where practitioner_key = 'hospital:D-NEW'"
        ).fetchall()
    assert found == [(1,)]


def test_the_write_back_reports_what_it_made_and_nothing_else(
    hospital: Settings, definitions: dg.Definitions
) -> None:
    seen = acknowledge_one(hospital)

    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def("write_back").execute_in_process(
            instance=instance, resources={"settings": hospital}
        )

    made = {
        event.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
    }
    assert {"raw/acknowledgements", "marts/fct_acknowledgements"} <= made
    assert "marts/fct_medication_history" not in made
    assert "raw/lab_results" not in made
    assert all(check.passed for check in result.get_asset_check_evaluations())
    assert acknowledgements(hospital, seen) == [(True,)]


def test_a_write_back_that_finds_nothing_new_runs_no_dbt(
    hospital: Settings,
    definitions: dg.Definitions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipelines.assets.warehouse.stream_dbt", None)

    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def("write_back").execute_in_process(
            instance=instance, resources={"settings": hospital}
        )

    assert result.success
