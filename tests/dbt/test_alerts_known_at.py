"""Alerts as known at every instant, through deliveries and builds, as an oracle says.

Orders, their stays, what replaces them and dispenses come late and out of order, in
nine deliveries; after every third the marts are built for the patients touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipelines.build_books import Scope
from pipelines.building import building, run_dbt
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.mart_state import State, state_of
from tests.dbt.medicine_histories import (
    BEGIN,
    DAY,
    PATIENTS,
    RECEIPTS,
    SOURCE,
    Alert,
    Said,
    alerts_known,
    histories,
)
from tests.dbt.raw_rows import insert_fact, touch

INSTANT = timedelta(microseconds=1)
FIRST_RECEIPT = datetime(2026, 6, 1, tzinfo=UTC)
RECEIPTS_BUILT = (2, 5, 8)
FEWEST_ALERTS = 20
MARTS = ("fct_medications_taken", "fct_medication_alerts")
KNOWN = """
    select
        patient_key,
        first_ingredient_name,
        second_ingredient_name,
        severity_code,
        first_exposure_key,
        second_exposure_key,
        began_at,
        ended_at
    from marts.fct_medication_alerts
    where
        alert_kind_code in ('interaction', 'qt')
        and known_from <= %(known_at)s
        and (known_until is null or known_until > %(known_at)s)
"""
LATE_DISCHARGE, LATE_REPLACEMENT, LATE_CORRECTION = 1001, 1002, 1003
WARFARIN = {"drug_name": "warfarin", "started_at": BEGIN, "ended_at": BEGIN + 60 * DAY}
ASPIRIN = {"drug_name": "aspirin", "started_at": BEGIN}


def by_hand() -> Iterator[Said]:
    """Yield three patients of whom something comes late, in the eighth delivery."""
    for patient in (LATE_DISCHARGE, LATE_REPLACEMENT, LATE_CORRECTION):
        yield _said(0, patient, "prescriptions", "warfarin", WARFARIN)
    patient = LATE_DISCHARGE
    in_hospital = ASPIRIN | {"encounter_id": f"stay-{patient}"}
    stay = {"encounter_class_code": "inpatient", "started_at": BEGIN}
    yield _said(0, patient, "prescriptions", "aspirin", in_hospital)
    yield _said(0, patient, "encounters", "stay", stay)
    discharged = stay | {"ended_at": BEGIN + 5 * DAY}
    yield _said(7, patient, "encounters", "stay", discharged)
    patient = LATE_REPLACEMENT
    changed = {
        "drug_name": "acetaminophen",
        "started_at": BEGIN + 6 * DAY,
        "replaces_prescription_id": f"aspirin-{patient}",
    }
    yield _said(0, patient, "prescriptions", "aspirin", ASPIRIN)
    yield _said(7, patient, "prescriptions", "changed", changed)
    patient = LATE_CORRECTION
    fill = {"drug_name": "aspirin", "dispensed_at": BEGIN, "days_supply": 30}
    corrected = {"dispensed_at": BEGIN + DAY, "days_supply": 3}
    yield _said(0, patient, "dispenses", "fill", fill)
    yield _said(7, patient, "dispenses", "fill", fill | corrected)


def _said(receipt: int, patient: int, feed: str, name: str, content: dict) -> Said:
    at = BEGIN + receipt * DAY
    return Said(receipt, at, feed, patient, f"{name}-{patient}", content)


@dataclass(frozen=True)
class Built:
    """An installation after every delivery was landed and built, then built in full."""

    settings: Settings
    said: list[Said]
    as_built: list[list[Alert]]  # known now, after each build by patients touched
    touched: State
    full: State


def received_at(receipt: int) -> datetime:
    return FIRST_RECEIPT + receipt * DAY


def insert(connection: psycopg.Connection, said: Said) -> None:
    row = {
        "record_id": said.record,
        "patient_key": said.patient,
        "version_at": said.said_at,
        "known_from": received_at(said.receipt),
        "delivery_id": said.receipt + 1,
        "is_closed": said.is_closed,
    }
    insert_fact(connection, said.feed, said.content | row)


def build(settings: Settings, scope: Scope) -> None:
    with building(settings, scope) as begun:
        assert begun.scope is scope
        whole = ("--full-refresh",) if scope is Scope.FULL else ()
        selected = ("--select", "+fct_medication_alerts")
        assert run_dbt(settings, "run", *whole, *selected) == {}
        begun.succeed()


def alerts_at(settings: Settings, known_at: datetime) -> list[Alert]:
    with connect(settings, Role.BUILDER) as connection:
        found = connection.execute(KNOWN, {"known_at": known_at}).fetchall()
    return sorted(found)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    said = histories(seed=6)
    everything = [*said, *by_hand()]
    for settings in installation_with_marts(tmp_path_factory.mktemp("known")):
        with connect(settings, Role.OWNER) as connection:
            connection.execute(
                "insert into raw.source values (%s, 'csv', false, '2026-07-01Z')",
                (SOURCE,),
            )
        as_built = []
        landed = -1
        for receipt in RECEIPTS_BUILT:
            coming = [each for each in everything if landed < each.receipt <= receipt]
            with connect(settings, Role.OWNER) as connection:
                for each in coming:
                    insert(connection, each)
                touch(connection, {each.patient for each in coming})
            build(settings, Scope.USUAL)
            as_built.append(alerts_at(settings, received_at(receipt)))
            landed = receipt
        touched = state_of(settings)
        build(settings, Scope.FULL)
        yield Built(settings, said, as_built, touched, state_of(settings))


def of_histories(alerts: list[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert[0] in PATIENTS]


def expected(built: Built, receipt: int, *, now: int) -> list[Alert]:
    return sorted(alerts_known(built.said, receipt, now=now))


def test_just_before_at_and_just_after_every_receipt_the_oracle_agrees(
    built: Built,
) -> None:
    last = RECEIPTS - 1
    for receipt in range(RECEIPTS):
        before = expected(built, receipt - 1, now=last)
        after = expected(built, receipt, now=last)
        at = received_at(receipt)
        assert before != after
        assert len(after) > FEWEST_ALERTS
        assert of_histories(alerts_at(built.settings, at - INSTANT)) == before
        assert of_histories(alerts_at(built.settings, at)) == after
        assert of_histories(alerts_at(built.settings, at + INSTANT)) == after


def test_after_every_build_what_is_known_now_is_what_the_oracle_says(
    built: Built,
) -> None:
    for receipt, found in zip(RECEIPTS_BUILT, built.as_built, strict=True):
        assert of_histories(found) == expected(built, receipt, now=receipt)


def test_builds_by_patients_touched_leave_what_a_full_build_does(built: Built) -> None:
    for mart in MARTS:
        assert built.touched.content[mart] == built.full.content[mart]


@pytest.mark.parametrize(
    ("patient", "until_then", "from_then_on"),
    [
        # Open orders count ninety days, and warfarin ends after sixty.
        (LATE_DISCHARGE, (0, 60), (0, 5)),
        (LATE_REPLACEMENT, (0, 60), (0, 6)),
        # Thirty days of supply, then three from the next day on; the grace is fifteen.
        (LATE_CORRECTION, (0, 45), (1, 19)),
    ],
)
def test_what_is_received_late_moves_the_alert_from_then_on(
    built: Built,
    patient: int,
    until_then: tuple[int, int],
    from_then_on: tuple[int, int],
) -> None:
    at = received_at(7)
    for known_at, days in [
        (received_at(0), until_then),
        (at - INSTANT, until_then),
        (at, from_then_on),
    ]:
        (alert,) = [
            alert
            for alert in alerts_at(built.settings, known_at)
            if alert[0] == patient
        ]
        assert alert[1:4] == ("aspirin", "warfarin", "major")
        assert tuple(when - BEGIN for when in alert[-2:]) == tuple(
            day * DAY for day in days
        )
