"""One patient's trend under row-level security, against the builder's login without."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import quantiles
from time import perf_counter

import psycopg

from benchmarks.loading import BenchmarkError
from benchmarks.measures import Announce, Measure
from dashboards.chart.statements import RESULTS
from pipelines.access.assignments import assign_patient
from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

PART = "reading"
STEPS = 2
RUNS = 500
WARM_UPS = 20
NURSES_PATIENTS = 15
NURSE, DOCTOR = "benchmark-nurse", "benchmark-doctor"
READERS = {
    "without": (Role.BUILDER, ""),
    "as doctor": (Role.DOCTOR, DOCTOR),
    "as nurse": (Role.NURSE, NURSE),
}
# What the page draws of one analyte; the page itself fetches all of them at once.
TREND = """
    select collected_at, value_number, comparable_unit, reference_low, reference_high,
        displayed_flag
    from marts.fct_lab_results
    where patient_key = %(patient_key)s and analyte_code = %(analyte_code)s
    order by collected_at, lab_result_key
"""
STATEMENTS = {"one analyte's trend": TREND, "all results of the page": RESULTS}
# Spread over the whole table by the key, which is a hash.
PATIENTS = """
    select patient_key
    from marts.fct_lab_results
    where analyte_code is not null
    group by patient_key
    order by patient_key
    limit %s
"""
ANALYTES = """
    select patient_key, analyte_code
    from marts.fct_lab_results
    where patient_key = any(%s) and analyte_code is not null
    group by patient_key, analyte_code
    order by patient_key, analyte_code
"""


def measure_reading(settings: Settings, announce: Announce) -> list[Measure]:
    """Time both statements for the nurse's patients, each reader in turn."""
    asked = _choose(settings)
    measures = []
    for name, statement in STATEMENTS.items():
        announce(f"reading {name}, {RUNS} times for each of {len(READERS)} readers")
        times, row_counts = _time(settings, statement, asked)
        rows = _agreed(row_counts)
        for reader, milliseconds in times.items():
            cuts = quantiles(milliseconds, n=100)
            subject = f"{name}, {reader}"
            note = f"{rows / RUNS:.0f} rows on average"
            measures += [
                Measure(PART, subject, cuts[49], "ms, median", note=note),
                Measure(PART, subject, cuts[94], "ms, 95th percentile"),
            ]
    return measures


def _choose(settings: Settings) -> list[dict[str, int | str]]:
    """Make nurse and doctor; return what to ask for, in an order without pattern."""
    with connect(settings, Role.BUILDER) as builder:
        found = builder.execute(PATIENTS, (NURSES_PATIENTS,)).fetchall()
        patients = [key for (key,) in found]
        pairs = builder.execute(ANALYTES, (patients,)).fetchall()
    with connect(settings, Role.OWNER) as owner:
        create_person(
            owner, Person(DOCTOR, "Doctor", PersonRole.DOCTOR), new_password()
        )
        create_person(owner, Person(NURSE, "Nurse", PersonRole.NURSE), new_password())
        for key in patients:
            assign_patient(owner, NURSE, key, "benchmark")
    chance = random.Random(1)  # noqa: S311 - chooses what is read, guards nothing
    chosen = chance.choices(pairs, k=WARM_UPS + RUNS)
    return [{"patient_key": key, "analyte_code": code} for key, code in chosen]


def _agreed(row_counts: dict[str, int]) -> int:
    """Return how many rows every reader read.

    Raises:
        BenchmarkError: they differ: a policy hid rows, and its time means nothing.
    """
    if len(set(row_counts.values())) > 1:
        msg = f"the readers read different numbers of rows: {row_counts}"
        raise BenchmarkError(msg)
    return row_counts["without"]


def _time(
    settings: Settings, statement: str, asked: list[dict[str, int | str]]
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Return each reader's milliseconds, and how many rows each read.

    Readers take turns at every question, so that a busy moment hits all alike.
    """
    times: dict[str, list[float]] = {name: [] for name in READERS}
    rows = dict.fromkeys(READERS, 0)
    with ExitStack() as stack:
        connections = {
            name: stack.enter_context(connect(settings, role, autocommit=True))
            for name, (role, _) in READERS.items()
        }
        for number, parameters in enumerate(asked):
            for name, (_, user_id) in READERS.items():
                started = perf_counter()
                with _reading(connections[name], user_id) as connection:
                    found = connection.execute(statement, parameters, prepare=True)
                    count = len(found.fetchall())
                if number >= WARM_UPS:
                    times[name].append((perf_counter() - started) * 1000)
                    rows[name] += count
    return times, rows


@contextmanager
def _reading(
    connection: psycopg.Connection, user_id: str
) -> Iterator[psycopg.Connection]:
    """Yield the connection in a transaction that knows the person, as a page does."""
    with connection.transaction():
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        yield connection
