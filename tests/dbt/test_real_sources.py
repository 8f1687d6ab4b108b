"""The marts of real records, MIMIC-IV and 59 of Synthea: at once and in pieces."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import REAL_SOURCES, installation_with_marts
from tests.dbt.conftest import Built
from tests.dbt.mart_state import state_of
from tests.landing.pieces import write_pieces

pytestmark = pytest.mark.shared_data

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people made for this test


# Hold when each version was received, which is another time in each installation. The
# current versions of results are those of fct_lab_results.
OF_RECEIPT = {
    "fct_lab_result_versions",
    "fct_medication_alerts",
    "fct_medications_taken",
}
# What is known now of the others is the same, under keys that number the times.
KNOWN_NOW = ("fct_medication_alerts", "fct_medications_taken")
NOW = """
    select
        to_jsonb(mart) - 'taken_key' - 'alert_key' - 'first_taken_key'
        - 'second_taken_key' - 'known_from' - 'delivery_id' - 'file_id'
        - 'line_number'
    from marts.{} as mart
    where known_until is null
"""


@pytest.fixture(scope="module")
def in_pieces(
    at_once: Built, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """Load both in pieces, in random order, with repeats; build twice.

    Both installations have the same keys, or no patient key would be the same.
    """
    home = tmp_path_factory.mktemp("in_pieces")
    shutil.copytree(at_once.settings.keys_folder, home / "keys")
    for settings in installation_with_marts(home):
        deliveries = [
            (format_name, piece)
            for format_name, folder in REAL_SOURCES.items()
            for piece in write_pieces(
                shared_data / folder,
                tmp_path_factory.mktemp(f"pieces-{format_name}"),
                seed=20,
            )
        ]
        # Alternately from both sources: neither is complete at the first build.
        deliveries = deliveries[0::2] + deliveries[1::2]
        for number, (format_name, piece) in enumerate(deliveries, start=1):
            load(settings, piece, format_name=format_name)
            if number == len(deliveries) // 2:
                build_marts(settings)
        build_marts(settings)
        yield Built(settings, state_of(settings))


def test_pieces_in_any_order_with_repeats_give_the_same_marts(
    at_once: Built, in_pieces: Built
) -> None:
    differing = [
        mart
        for mart, content in at_once.state.content.items()
        if mart not in OF_RECEIPT and in_pieces.state.content[mart] != content
    ]

    assert differing == []


@pytest.mark.parametrize("mart", KNOWN_NOW)
def test_what_is_known_now_is_the_same_after_pieces(
    at_once: Built, in_pieces: Built, mart: str
) -> None:
    whole = known_now(at_once.settings, mart)

    assert whole
    assert known_now(in_pieces.settings, mart) == whole


def known_now(settings: Settings, mart: str) -> list[str]:
    """Return the rows of a mart that are known now, each as text, in order."""
    with connect(settings, Role.BUILDER) as connection:
        found = connection.execute(sql.SQL(NOW).format(sql.Identifier(mart)))
        return sorted(str(row) for (row,) in found)


def test_a_full_build_of_the_pieces_changes_no_mart(in_pieces: Built) -> None:
    build_marts(in_pieces.settings, is_full=True)

    assert state_of(in_pieces.settings).content == in_pieces.state.content


# Findings about draws and comparisons: no alarm of care.
FOR_THE_LABORATORY = {"fct_delta_checks", "fct_spurious_draws"}
# Functions judge by them what a person may be told; no login reads them.
READ_BY_FUNCTIONS = {"fct_labelled_facts", "fct_protected_texts"}
# What people write in the record, or other sources deliver, and what follows from it.
NOT_IN_THESE_FILES = {
    "dim_contacts",
    "dim_coverages",
    "fct_acknowledgements",
    "fct_administrations",
    "fct_appointments",
    "fct_claims",
    "fct_consents",
    "fct_correction_requests",
    "fct_family_history",
    "fct_imaging_report_versions",
    "fct_imaging_reports",
    "fct_lab_orders",
    "fct_medication_adherence",
    "fct_medication_covered_intervals",
    "fct_medication_requests",
    "fct_notes",
    "fct_open_orders",
    "fct_open_specimens",
    "fct_payments",
    "fct_referrals",
    "fct_rejected_specimens",
    "fct_refills",
    "fct_specimens",
    "own_appointments",
    "own_consents",
    "own_contacts",
    "own_coverages",
    "own_notes",
    "own_reports",
    "own_requests",
}


def test_every_mart_of_what_the_sources_hold_has_rows(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        empty = [
            mart
            for mart in at_once.state.content
            if connection.execute(f"select 1 from marts.{mart} limit 1").fetchone()  # noqa: S608 - names from the project's files
            is None
        ]

    assert set(empty) == NOT_IN_THESE_FILES


JUDGED = """
    select
        count(*),
        count(*) filter (
            where replace(mart.flag, 'CRITICAL_', '') = case
                when raw.value_number < raw.reference_low then 'LOW'
                when raw.value_number > raw.reference_high then 'HIGH'
                else 'NORMAL'
            end
        ),
        count(*) filter (
            where mart.laboratory_flag is not distinct from raw.laboratory_flag
        )
    from raw.lab_results as raw
    inner join marts.fct_lab_results as mart
        on raw.file_id = mart.file_id and raw.line_number = mart.line_number
    where
        raw.source_system = 'mimic'
        and raw.value_number is not null
        and (raw.reference_low is not null or raw.reference_high is not null)
"""


def test_our_flag_is_value_against_delivered_range_in_every_result(
    at_once: Built,
) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        results, agreeing, with_laboratory_flag = connection.execute(JUDGED).fetchone()

    # The lines of labevents that have a number and a limit, counted in the file.
    assert (results, agreeing, with_laboratory_flag) == (87_905, 87_905, 87_905)


FALSE_NORMALS = """
    select count(*) from marts.fct_lab_results
    where
        (
            flag = 'NORMAL'
            and (
                coalesce(value_number, comparator_number) is null
                or coalesce(reference_low, reference_high) is null
            )
        )
        or (
            default_range_flag = 'NORMAL'
            and (
                coalesce(value_number, comparator_number) is null
                or coalesce(default_low, default_high) is null
                or default_range_name is null
            )
        )
"""
UNJUDGED = """
    select count(*) filter (where flag <> 'INDETERMINATE'), count(*)
    from marts.fct_lab_results
    where reference_low is null and reference_high is null
"""


def test_no_result_is_normal_without_a_number_and_a_range(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        assert connection.execute(FALSE_NORMALS).fetchone() == (0,)


def test_a_result_without_delivered_range_is_indeterminate_by_it(
    at_once: Built,
) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        judged, without_range = connection.execute(UNJUDGED).fetchone()

    assert judged == 0
    assert without_range > 0


CONVERSIONS = """
    select conversion_code, count(*) from marts.fct_lab_results
    where source_system = 'mimic' and conversion_code is not null
    group by conversion_code
"""
LOOKED_INTO = """
    select pattern_code, found_count from marts.agg_spurious_draws
    where source_system = 'mimic'
"""
WITHOUT_RANGE = """
    select source_system, sum(numbers_without_range_count)
    from marts.agg_lab_judgements group by source_system
"""


def test_real_numbers_are_in_their_reference_unit_or_refused_with_a_reason(
    at_once: Built,
) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        conversions = dict(connection.execute(CONVERSIONS).fetchall())

    # MCHC in percent, and transferrin in mg/dL where its range is in ug/dL.
    assert conversions == {
        "not_needed": 64_703,
        "no_reference_unit": 29_297,
        "dimensions_differ": 1_205,
        "no_conversion_known": 53,
    }


def test_numbers_without_any_range_are_as_few_as_they_were(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        without = dict(connection.execute(WITHOUT_RANGE).fetchall())

    assert without == {"mimic": 7_345, "synthea": 532}


def test_draws_of_real_records_are_looked_into(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        found = dict(connection.execute(LOOKED_INTO).fetchall())

    # Of 5,317 draws. Of the diluted ones one is past doubt: calcium 2.7 after 8.5.
    assert found == {"dilution": 4, "haemolysis": 1, "haemolysis_told": 128}


@pytest.fixture(scope="module")
def two_patients(at_once: Built) -> list[int]:
    """Give a nurse the two MIMIC patients with most results; one has an account."""
    with connect(at_once.settings, Role.OWNER) as owner:
        with connect(at_once.settings, Role.BUILDER) as builder:
            rows = builder.execute(
                "select patient_key from marts.fct_lab_results "
                "where source_system = 'mimic' "
                "group by patient_key order by count(*) desc limit 2"
            ).fetchall()
        keys = [key for (key,) in rows]
        create_person(owner, Person("nurse", "Nurse", "nurse"), PASSWORD)
        for key in keys:
            assign_patient(owner, "nurse", key, "covers the ward")
        patient = Person("patient", "Patient", "patient", patient_key=keys[0])
        create_person(owner, patient, PASSWORD)
    return keys


def keys_seen(settings: Settings, role: Role, user_id: str, mart: str) -> set[int]:
    with connect(settings, role) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        rows = connection.execute(
            f"select distinct patient_key from marts.{mart}"  # noqa: S608 - names from the project's files
        )
        return {key for (key,) in rows}


def marts_of(settings: Settings, patient_keys: list[int]) -> list[str]:
    """Return the marts in which every one of the patients has rows."""
    with connect(settings, Role.BUILDER) as connection:
        return [
            name
            for name, _, has_patient in state_of(settings).relations
            if has_patient
            and connection.execute(
                f"select count(distinct patient_key) from marts.{name} "  # noqa: S608 - names from the project's files
                "where patient_key = any(%s)",
                (patient_keys,),
            ).fetchone()
            == (len(patient_keys),)
        ]


def may_read(settings: Settings, role: Role, mart: str) -> bool:
    with connect(settings, role) as connection:
        return connection.execute(
            "select has_table_privilege(%s, 'select')", (f"marts.{mart}",)
        ).fetchone()[0]


@pytest.mark.parametrize("build", ["first", "touched", "full"])
def test_a_nurse_with_two_patients_sees_exactly_these_after_every_build(
    at_once: Built, two_patients: list[int], build: str
) -> None:
    if build != "first":
        build_marts(at_once.settings, is_full=build == "full")

    settings = at_once.settings
    marts = marts_of(settings, two_patients)
    nurses = [mart for mart in marts if may_read(settings, Role.NURSE, mart)]
    own = [mart for mart in marts if may_read(settings, Role.PATIENT, mart)]

    assert len(nurses) >= 8
    read_by_others = READ_BY_FUNCTIONS | FOR_THE_LABORATORY
    assert set(nurses) | set(own) == set(marts) - read_by_others
    assert {"own_results", "own_medicines", "own_visits"} <= set(own)
    for mart in nurses:
        assert keys_seen(settings, Role.NURSE, "nurse", mart) == set(two_patients)
        assert keys_seen(settings, Role.NURSE, "", mart) == set()
    for mart in own:
        assert keys_seen(settings, Role.PATIENT, "patient", mart) == {two_patients[0]}
