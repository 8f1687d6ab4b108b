"""Marts of the 59-patient Synthea set against what was read in its files by hand.

The expected values were worked out with ``zgrep`` on the CSV files before any mart was
looked at; how, stands beside them. Today of this set is its last event, 2022-02-27.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.conftest import installation_with_marts

pytestmark = pytest.mark.shared_data

EHR = Path(sys.executable).with_name("ehr")
BUILD_SECONDS = 600

# One encounter of each patient leads to the patient's key: the first line that
# ``zgrep PATIENT encounters.csv.gz`` prints.
CHILD = "033e32cc032e"
MAN_BORN_1949 = "e55904500459"
WOMAN_WHO_DIED = "3ad02f0bb2bc"


@pytest.fixture(scope="module")
def marts(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection]:
    """Yield a connection to marts built from a real load of the 59 patients."""
    folder = shared_data / "synthea_csv" / "synthea_2022_59_patients"
    home = tmp_path_factory.mktemp("by-hand")
    for settings in installation_with_marts(home):
        run_ehr(home, "load", str(folder), "--format", "synthea")
        run_ehr(home, "run")
        with connect(settings, Role.BUILDER) as connection:
            yield connection


def run_ehr(home: Path, *arguments: str) -> None:
    """Run a command of the product; its output explains a failure."""
    environment = os.environ | {"EHR_HOME": str(home), "EHR_MODE": "test"}
    done = subprocess.run(
        [EHR, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def patient_of(marts: psycopg.Connection, encounter: str) -> int:
    """Return the key of the patient who had an encounter, named by its last digits."""
    query = "select patient_key from marts.fct_encounters where encounter_key like %s"
    return marts.execute(query, (f"synthea:%{encounter}",)).fetchone()[0]


def rows(
    marts: psycopg.Connection, mart: str, columns: str, encounter: str, where: str = ""
) -> list[tuple]:
    """Return columns of one patient's rows of a mart, sorted."""
    query = f"select {columns} from marts.{mart} where patient_key = %s {where}"  # noqa: S608 - names from this file
    return sorted(marts.execute(query, (patient_of(marts, encounter),)).fetchall())


def count(marts: psycopg.Connection, mart: str, encounter: str, where: str = "") -> int:
    """Return the number of one patient's rows of a mart."""
    return len(rows(marts, mart, "patient_key", encounter, where))


def visits_by_class(marts: psycopg.Connection, encounter: str) -> dict[str, int]:
    """Return how many encounters of each class a patient had."""
    classes = [
        name
        for (name,) in rows(marts, "fct_encounters", "encounter_class_code", encounter)
    ]
    return {name: classes.count(name) for name in classes}


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("mart", "expected"),
    [
        ("dim_patients", 59),
        ("dim_organizations", 173),
        ("dim_practitioners", 173),
        ("fct_encounters", 2590),
        # 94 inpatient encounters; two of them are one stay: a transfer to intensive
        # care at the very second of discharge.
        ("fct_inpatient_stays", 93),
        ("fct_conditions", 1534),
        ("fct_allergies", 25),
        # 4,637 lines, of which 627 repeat another in every column.
        ("fct_procedures", 4010),
        ("fct_immunizations", 891),
        ("fct_care_plans", 179),
        ("fct_medication_history", 1772),
        ("fct_imaging_studies", 22),
        ("fct_devices", 47),
    ],
)
def test_a_mart_holds_every_line_of_its_file_once(marts, mart, expected):
    query = f"select count(*) from marts.{mart} where source_system = 'synthea'"  # noqa: S608 - names from this file
    assert marts.execute(query).fetchone()[0] == expected


def test_what_has_no_stop_in_the_files_is_active_or_accounted_for(marts):
    # 401 conditions and 122 prescriptions have no STOP; 33 of these prescriptions are
    # of patients with a DEATHDATE.
    active = """
        select count(*) from marts.fct_conditions
        where is_active and source_system = 'synthea'
    """
    assert marts.execute(active).fetchone()[0] == 401
    judged = """
        select count(*), count(*) filter (where activity_basis = 'deceased')
        from intermediate.int_medications_judged_at_as_of
        where ended_at is null and source_system = 'synthea'
    """
    assert marts.execute(judged).fetchone() == (122, 33)


def test_the_child_is_a_boy_born_in_2015_and_alive(marts):
    columns = "sex_code, birth_date, is_deceased, race_code, state"
    assert rows(marts, "dim_patients", columns, CHILD) == [
        ("male", date(2015, 1, 10), False, "black", "California")
    ]


def test_the_child_had_27_visits_and_no_hospital_stay(marts):
    # 16 wellness, 7 ambulatory, 2 outpatient; 2 emergency.
    assert visits_by_class(marts, CHILD) == {"ambulatory": 25, "emergency": 2}
    assert count(marts, "fct_inpatient_stays", CHILD) == 0


def test_the_child_has_nine_conditions_of_which_two_have_no_stop(marts):
    assert count(marts, "fct_conditions", CHILD) == 9
    active = rows(
        marts,
        "fct_conditions",
        "condition_name, concept_kind_code",
        CHILD,
        "and is_active",
    )
    assert active == [
        ("Cardiac Arrest", None),
        ("History of cardiac arrest (situation)", "situation"),
    ]


def test_the_child_is_allergic_to_penicillin_and_shellfish(marts):
    columns = "substance_name, category_code, coalesce(reaction_1_severity_code, '')"
    assert rows(marts, "fct_allergies", columns, CHILD, "and is_active") == [
        ("Penicillin V", "drug", ""),
        ("Shellfish (substance)", "food", "moderate"),
    ]


def test_the_child_takes_two_medicines_of_nine(marts):
    # Both began 2015-12-23 and were filled 75 times: a month each lasts to 2022-03-23,
    # after the set's today. The other seven have a STOP, 2019-02-02 at the latest.
    assert count(marts, "fct_medication_history", CHILD) == 9
    assert count(marts, "fct_medication_history", CHILD, "and is_stop_stated") == 7
    columns = "drug_name, active_basis, started_at, supply_ends_at"
    began, supplied = at("2015-12-23T20:48:23"), at("2022-03-23T20:48:23")
    epinephrine = "NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector"
    cetirizine = "cetirizine hydrochloride 5 MG Oral Tablet"
    assert rows(marts, "fct_active_medications", columns, CHILD) == [
        (epinephrine, "fills_last", began, supplied),
        (cetirizine, "fills_last", began, supplied),
    ]


def test_the_child_had_one_x_ray_of_the_pelvis(marts):
    columns = "modality_code, body_site_name, series_count, instances_count, started_at"
    assert rows(marts, "fct_imaging_studies", columns, CHILD) == [
        ("DX", "Pelvis", 1, 1, at("2018-10-17T22:09:39"))
    ]


def test_the_childs_timeline_holds_every_event(marts):
    # 27 visits, 9 conditions, 2 allergies, 34 vaccinations, 12 procedures, 9 starts and
    # 7 stops of medicines, 1 study, 2 plans, 1 device: the lines of each file.
    events = [
        kind
        for (kind,) in rows(
            marts,
            "fct_patient_timeline",
            "event_type_code",
            CHILD,
            "and event_type_code <> 'abnormal_finding'",
        )
    ]
    assert {kind: events.count(kind) for kind in set(events)} == {
        "encounter": 27,
        "condition": 9,
        "allergy": 2,
        "immunization": 34,
        "procedure": 12,
        "medication_started": 9,
        "medication_stopped": 7,
        "imaging": 1,
        "care_plan": 2,
        "device": 1,
    }


def test_the_mans_appendicitis_of_1980_is_one_stay_of_two_days(marts):
    # The emergency visit began in the same second and is no part of the stay:
    # 1980-12-22T23:26:37Z to 1980-12-24T19:15:29Z.
    columns = "length_of_stay_days, encounters_count, is_died_in_hospital, reason_name"
    assert rows(marts, "fct_inpatient_stays", columns, MAN_BORN_1949) == [
        (2, 1, False, "Appendicitis")
    ]
    # 22 wellness, 5 ambulatory, 2 outpatient.
    expected = {"ambulatory": 29, "emergency": 2, "inpatient": 1}
    assert visits_by_class(marts, MAN_BORN_1949) == expected


def test_the_mans_eight_conditions_without_stop_are_active_and_told_by_kind(marts):
    columns = "condition_name, concept_kind_code"
    active = dict(
        rows(marts, "fct_conditions", columns, MAN_BORN_1949, "and is_active")
    )
    assert active == {
        "Chronic sinusitis (disorder)": "disorder",
        "Received higher education (finding)": "finding",
        "Appendicitis": None,
        "History of appendectomy": None,
        "Body mass index 30+ - obesity (finding)": "finding",
        "Osteoarthritis of knee": None,
        "Stress (finding)": "finding",
        "Part-time employment (finding)": "finding",
    }
    assert count(marts, "fct_conditions", MAN_BORN_1949) == 34


def test_the_mans_naproxen_stopped_in_2019_and_nothing_is_active(marts):
    columns = "drug_name, started_at, ended_at, stated_dispenses_count"
    assert rows(marts, "fct_medication_history", columns, MAN_BORN_1949) == [
        (
            "Naproxen sodium 220 MG Oral Tablet",
            at("1990-11-03T01:26:37"),
            at("2019-07-12T02:14:59"),
            349,
        )
    ]
    assert count(marts, "fct_active_medications", MAN_BORN_1949) == 0


def test_of_the_mans_two_plans_the_one_without_stop_runs(marts):
    assert rows(marts, "fct_care_plans", "plan_name, is_active", MAN_BORN_1949) == [
        ("Musculoskeletal care", True),
        ("Wound care", False),
    ]


def test_the_man_never_smoked_when_last_asked(marts):
    where = "and is_latest and category_code = 'tobacco'"
    columns = "value_text, observed_at"
    assert rows(marts, "fct_social_history", columns, MAN_BORN_1949, where) == [
        ("Never smoker", at("2021-03-24T01:26:37"))
    ]


def test_the_womans_ward_and_intensive_care_are_one_stay_in_which_she_died(marts):
    # Isolation ward from 2020-11-30T05:03:19Z, intensive care from the second of its
    # end, 2020-12-06T05:36:36Z, to 2020-12-16T12:08:29Z; DEATHDATE is 2020-12-16.
    columns = (
        "length_of_stay_days, encounters_count, is_died_in_hospital, discharged_at"
    )
    assert rows(marts, "fct_inpatient_stays", columns, WOMAN_WHO_DIED) == [
        (16, 2, True, at("2020-12-16T12:08:29"))
    ]
    # 19 wellness, 10 ambulatory, 2 outpatient.
    expected = {"ambulatory": 31, "home": 9, "urgent_care": 1, "inpatient": 2}
    assert visits_by_class(marts, WOMAN_WHO_DIED) == expected


def test_the_woman_takes_nothing_any_more_though_no_order_was_stopped(marts):
    # Vitamin B12 since 1967 and seven orders of the two hospital encounters, no STOP.
    assert count(marts, "fct_medication_history", WOMAN_WHO_DIED) == 8
    where = "and is_inpatient_order"
    assert count(marts, "fct_medication_history", WOMAN_WHO_DIED, where) == 7
    where = "and is_stop_stated"
    assert count(marts, "fct_medication_history", WOMAN_WHO_DIED, where) == 0
    assert count(marts, "fct_active_medications", WOMAN_WHO_DIED) == 0


def test_the_womans_other_rows_equal_her_lines(marts):
    # 18 of 38 conditions have no STOP; 118 different lines of procedures.
    assert count(marts, "fct_conditions", WOMAN_WHO_DIED) == 38
    assert count(marts, "fct_conditions", WOMAN_WHO_DIED, "and is_active") == 18
    assert count(marts, "fct_procedures", WOMAN_WHO_DIED) == 118
    assert count(marts, "fct_immunizations", WOMAN_WHO_DIED) == 11
    assert count(marts, "fct_allergies", WOMAN_WHO_DIED) == 0
    assert rows(marts, "dim_patients", "deceased_at, zip3", WOMAN_WHO_DIED) == [
        (at("2020-12-16T00:00:00"), "935")
    ]
