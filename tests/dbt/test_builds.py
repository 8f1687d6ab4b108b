"""What a build by patients touched leaves behind is what a full build would."""

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.conftest import ThreeBuilds


@pytest.fixture
def builder(three_builds: ThreeBuilds) -> psycopg.Connection:
    return connect(three_builds.settings, Role.BUILDER)


def test_a_build_by_patients_touched_equals_a_full_build(
    three_builds: ThreeBuilds,
) -> None:
    assert three_builds.touched.content == three_builds.full.content


def test_the_change_reached_the_marts_that_it_concerns(
    three_builds: ThreeBuilds,
) -> None:
    changed = {
        mart
        for mart, content in three_builds.first.content.items()
        if content != three_builds.touched.content[mart]
    }
    assert {"fct_vital_signs", "fct_lab_results", "fct_result_trends"} <= changed
    assert "fct_conditions" not in changed


def test_a_withdrawn_last_fact_leaves_the_mart(builder: psycopg.Connection) -> None:
    with builder:
        rows = builder.execute(
            "select patient_key from marts.fct_vital_signs order by patient_key"
        ).fetchall()
    assert rows == [(12,), (13,), (14,)]


def test_a_result_moved_to_another_patient_is_only_there(
    builder: psycopg.Connection,
) -> None:
    with builder:
        rows = builder.execute(
            "select patient_key from marts.fct_lab_results "
            "where lab_result_key = 'hospital:posted-to-the-wrong-one'"
        ).fetchall()
    assert rows == [(12,)]


def test_a_corrected_result_replaces_the_wrong_one(
    builder: psycopg.Connection,
) -> None:
    with builder:
        rows = builder.execute(
            "select value_number, flag from marts.fct_lab_results "
            "where lab_result_key = 'hospital:corrected'"
        ).fetchall()
    assert [(float(number), flag) for number, flag in rows] == [(4.4, "NORMAL")]


def test_a_critical_potassium_is_an_abnormal_finding(
    builder: psycopg.Connection,
) -> None:
    with builder:
        rows = builder.execute(
            "select finding_flag, is_critical, range_name "
            "from marts.fct_abnormal_findings "
            "where lab_result_key = 'hospital:critical-13'"
        ).fetchall()
    assert rows == [("CRITICAL_HIGH", True, "delivered with the result")]


def test_every_mart_of_the_project_is_there(three_builds: ThreeBuilds) -> None:
    made = {name for name, _, _ in three_builds.full.relations}
    assert made == three_builds.full.content.keys()


def test_building_needs_no_table_of_its_own_afterwards(
    three_builds: ThreeBuilds,
) -> None:
    with connect(three_builds.settings, Role.OWNER) as connection:
        left = connection.execute(
            "select count(*) from pg_class where relkind in ('r', 'v') "
            "and (relname like '%dbt_tmp%' or relname like '%dbt_backup%')"
        ).fetchone()
    assert left == (0,)
