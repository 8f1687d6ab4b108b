"""The golden stays of the measure, and features as they were known at discharge."""

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.risk.conftest import GOLDEN
from tests.risk.ward import STAY

NOT_AN_INDEX = {
    "died": "died",
    "left against medical advice": "against_advice",
}
# Such rows are no stays of their own in the warehouse.
NO_STAY = {"same stay as 1", "not an acute inpatient stay"}
KNOWN = {
    "age_years": 69,  # 70 on the day after discharge
    "is_female": 1,
    "is_planned": 0,
    "length_of_stay_days": 6,
    "earlier_stays_count": 2,  # a year before, and the one corrected later
    "emergency_visits_count": 1,
    "haemoglobin": 9.1,  # not the correction
    "sodium": 133,  # not the one released later
    "abnormal_results_count": 4,  # sodium, potassium below 2.0, both creatinines
    "critical_results_count": 2,  # that potassium, and the creatinine of 77
    "charlson_score": 3,  # heart failure 1, diabetes with complication 2
    "medicines_count": 2,
    "adherence_share": 0.6,
}


@pytest.fixture(scope="module")
def connection(built: Settings):
    with connect(built, Role.BUILDER) as connection:
        yield connection


@pytest.mark.shared_data
def test_every_golden_stay_has_the_index_and_outcome_expected(
    connection: psycopg.Connection, golden_stays: list[dict[str, str]]
) -> None:
    found = {
        key.removeprefix(f"{GOLDEN}:"): (exclusion, is_readmitted)
        for key, exclusion, is_readmitted in connection.execute(
            "select stay_key, exclusion_code, is_readmitted from ml.readmission_cohort "
            "where source_system = %s",
            (GOLDEN,),
        )
    }
    for stay in golden_stays:
        told = found.pop(f"{stay['patient']}-{stay['stay_no']}", None)
        if stay["why_not_index"] in NO_STAY:
            assert told is None, stay
        elif stay["expected_index"] == "0":
            assert told == (NOT_AN_INDEX[stay["why_not_index"]], None), stay
        else:
            expected = stay["expected_unplanned_readmit_30d"] == "1"
            assert told == ("none", expected), stay
    assert found == {}


def test_features_are_those_known_at_discharge(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "select feature_name, feature_value from ml.readmission_features "
        "where stay_key = %s",
        (STAY,),
    ).fetchall()

    assert dict(found) == pytest.approx(KNOWN)


def test_no_feature_of_any_stay_was_known_later_than_its_prediction(
    connection: psycopg.Connection,
) -> None:
    row = connection.execute(
        "select count(*), count(*) filter (where known_from <= predicted_at) "
        "from ml.readmission_features"
    ).fetchone()

    assert row is not None
    assert row[0] == row[1] >= 100


def test_a_closed_collection_knows_nothing_by_its_receipt(
    connection: psycopg.Connection,
) -> None:
    row = connection.execute(
        "select max(feature.known_from - cohort.predicted_at) "
        "from ml.readmission_features as feature "
        "inner join ml.readmission_cohort as cohort using (stay_key) "
        "where cohort.source_system = %s and feature_name = 'earlier_stays_count'",
        (GOLDEN,),
    ).fetchone()

    assert row is not None
    assert row[0].total_seconds() <= 0
