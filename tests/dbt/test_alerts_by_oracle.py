"""Interactions in MIMIC-IV against a count of our own, from the orders and the lists.

Every order that has a beginning and a later end, every two of one patient: those that
share a moment and are of a listed pair are alerts, and no other two are.
"""

from collections import defaultdict
from itertools import combinations

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.conftest import Built
from tests.dbt.listed_pairs import listed_pairs

pytestmark = pytest.mark.shared_data

ORDERS = """
    select
        ingredients.patient_key,
        prescriptions.prescription_key,
        ingredients.ingredient_name,
        prescriptions.started_at,
        prescriptions.ended_at
    from staging.stg_prescriptions as prescriptions
    inner join marts.fct_prescription_ingredients as ingredients
        on prescriptions.prescription_key = ingredients.prescription_key
    where
        ingredients.drug_kind_code = 'medicine'
        and prescriptions.source_system = 'mimic'
        and prescriptions.started_at < prescriptions.ended_at
"""
ALERTS = """
    select
        alerts.patient_key,
        alerts.first_exposure_key,
        alerts.second_exposure_key,
        alerts.first_ingredient_name,
        alerts.second_ingredient_name,
        alerts.severity_code
    from marts.fct_medication_alerts as alerts
    inner join staging.stg_prescriptions as first_order
        on alerts.first_exposure_key = first_order.prescription_key
    inner join staging.stg_prescriptions as second_order
        on alerts.second_exposure_key = second_order.prescription_key
    where
        alerts.alert_kind_code in ('interaction', 'qt')
        and alerts.known_until is null
        and first_order.source_system = 'mimic'
        and first_order.started_at < first_order.ended_at
        and second_order.started_at < second_order.ended_at
"""
Alert = tuple[int, str, str, str, str, str]


def alerts_counted(connection: psycopg.Connection) -> set[Alert]:
    """Return the alerts that two orders at one moment should give."""
    pairs = listed_pairs()
    by_patient = defaultdict(list)
    for patient, *order in connection.execute(ORDERS):
        by_patient[patient].append(order)
    return {
        (patient, first[0], second[0], first[1], second[1], pairs[first[1], second[1]])
        for patient, orders in by_patient.items()
        for one, other in combinations(orders, 2)
        for first, second in [sorted((one, other), key=lambda order: order[1])]
        if (first[1], second[1]) in pairs
        and max(first[2], second[2]) < min(first[3], second[3])
    }


def test_alerts_are_those_that_the_orders_and_lists_give(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as connection:
        expected = alerts_counted(connection)
        found = set(connection.execute(ALERTS).fetchall())

    assert len(expected) > 500
    assert found - expected == set()
    assert expected - found == set()
