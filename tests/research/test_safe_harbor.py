"""The golden vectors of Safe Harbor, through landing, dbt and PostgreSQL."""

from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.keys import patient_key_of
from pipelines.settings import Settings
from tests.research.conftest import ZIP_TODAY, cases_of, source_of

pytestmark = pytest.mark.shared_data

SHOWN = """
    select
        patient.zip3,
        coalesce(
            patient.age_years::text, case when patient.is_90_or_older then '90+' end
        ),
        coalesce(patient.birth_year::text, '')
    from research.patients as patient
    inner join identity.research_patient as key
        on patient.research_patient_id = key.research_patient_id
    where key.patient_key = %s
"""


def shown(settings: Settings, today: str, patient_id: str) -> tuple[str, str, str]:
    """Return what research shows of a patient of the vectors."""
    digest = load_keyring(settings.keys_folder).patient_digest(
        source_of(today), patient_id
    )
    with connect(settings, Role.BUILDER) as connection:
        return connection.execute(SHOWN, (patient_key_of(digest),)).fetchone()


def test_postal_codes_show_three_digits_where_enough_people_live(
    released_real: Settings, shared_clinical: Path
) -> None:
    cases = cases_of(shared_clinical / "vectors" / "zip3_safe_harbor.csv")
    expected = {
        case["id"]: case["expected_2020_census_and_unknown_is_000"] for case in cases
    }

    assert len(expected) >= 20
    assert expected == {
        patient_id: shown(released_real, ZIP_TODAY, patient_id)[0]
        for patient_id in expected
    }


def test_ages_over_89_are_one_group_without_a_year_of_birth(
    released_real: Settings, shared_clinical: Path
) -> None:
    cases = cases_of(shared_clinical / "vectors" / "age_date_safe_harbor.csv")
    expected = {
        case["id"]: (case["expected_age_output"], case["expected_birth_year_output"])
        for case in cases
    }

    assert len(expected) >= 5
    assert expected == {
        case["id"]: shown(released_real, case["as_of"], case["id"])[1:]
        for case in cases
    }
