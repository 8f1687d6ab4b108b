"""From a saved action to the marts: a demonstration with every service running.

Doctors and a nurse save something every few seconds; sensor, extract and a build of
what was touched bring each into the marts, where the role that saved it looks for it.
"""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import quantiles
from uuid import UUID

from benchmarks.installation import remove
from benchmarks.loading import BenchmarkError
from benchmarks.measures import Announce, Measure, at_most
from pipelines.access.people import Person, PersonRole, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.diagnosing import record_diagnosis
from pipelines.record.actions.measuring import Measured, record_vital_signs
from pipelines.record.actions.noting import write_note
from pipelines.record.actions.ordering import order_tests
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Mode, Settings
from pipelines.supervision.programs import settings_environment
from pipelines.supervision.services import stop_services

PART = "saving"
STEPS = 2
PATIENTS = 2_000
SAVES = 60
# Between two saves, in seconds: a build goes on during most of them.
PAUSES = (2, 14)
GOAL_SECONDS = 60
MOST_SECONDS = 300
LOOK_EVERY_SECONDS = 0.5
SODIUM, PULSE = "2951-2", "8867-4"
PATIENTS_SEEN = """
    select patient_key from marts.dim_patients
    where not is_deceased and source_system = 'operational'
    order by patient_key
"""
IN_NAME_OF = "select set_config('ehr.user_id', %s, true)"
EHR = (sys.executable, "-c", "from pipelines.cli import main; main()")


@dataclass(frozen=True)
class Kind:
    """One kind of action: who does it, how, and where it is to be seen."""

    role: PersonRole
    feed: str
    statement: str
    save: Callable[[Settings, Person, int], list[UUID]]


def _note(settings: Settings, person: Person, patient_key: int) -> list[UUID]:
    return write_note(
        settings, person, patient_key, note_type="progress", text="Slept well."
    )


def _diagnosis(settings: Settings, person: Person, patient_key: int) -> list[UUID]:
    return record_diagnosis(
        settings,
        person,
        patient_key,
        code="R05",
        code_system="ICD-10-CM",
        name="Cough",
        started_at=datetime.now(UTC) - timedelta(hours=2),
    )


def _order(settings: Settings, person: Person, patient_key: int) -> list[UUID]:
    return order_tests(
        settings,
        person,
        patient_key,
        category="laboratory",
        test_codes=[SODIUM],
        priority="routine",
    )


def _vital_signs(settings: Settings, person: Person, patient_key: int) -> list[UUID]:
    at = datetime.now(UTC) - timedelta(minutes=5)
    measured = Measured(patient_key, {PULSE: Decimal(72)}, at)
    return record_vital_signs(settings, person, [measured])


SEEN = "select 1 from marts.{mart} where {key} = %s"
KINDS = {
    "note": Kind(
        PersonRole.DOCTOR,
        "notes",
        SEEN.format(mart="fct_notes", key="note_key"),
        _note,
    ),
    "diagnosis": Kind(
        PersonRole.DOCTOR,
        "conditions",
        SEEN.format(mart="fct_conditions", key="condition_key"),
        _diagnosis,
    ),
    "order": Kind(
        PersonRole.DOCTOR,
        "lab_orders",
        SEEN.format(mart="fct_lab_orders", key="lab_order_key"),
        _order,
    ),
    "vital signs": Kind(
        PersonRole.NURSE,
        "vital_signs",
        SEEN.format(mart="fct_vital_signs", key="vital_sign_key"),
        _vital_signs,
    ),
}


@dataclass
class Waiting:
    """Something that was saved and is looked for."""

    kind: Kind
    key: str
    saved_at: float
    seconds: float | None = None


def measure_saving(folder: Path, announce: Announce) -> list[Measure]:
    """Return the seconds from saving to the marts: median, 95th percentile, longest."""
    announce(f"filling a demonstration of {PATIENTS:,} patients")
    with _demonstration(folder) as settings:
        announce(f"saving {SAVES} actions and waiting for each in the marts")
        seconds = sorted(_saved(settings))
    cuts = quantiles(seconds, n=100, method="inclusive")
    subject = f"from saved to marts, {PATIENTS:,} patients"
    note = f"{len(seconds)} saves, {PAUSES[0]} to {PAUSES[1]} s apart"
    return [
        Measure(PART, subject, cuts[49], "s, median", note=note),
        Measure(PART, subject, cuts[94], "s, 95th percentile", at_most(GOAL_SECONDS)),
        Measure(PART, subject, seconds[-1], "s, longest"),
    ]


@contextmanager
def _demonstration(folder: Path) -> Iterator[Settings]:
    """Yield a demonstration as ``make demo`` makes it, every service on a free port."""
    settings = Settings(
        home=folder,
        mode=Mode.DEMO,
        database_url=None,
        dagster_port=_free_port(),
        dashboard_port=_free_port(),
        _env_file=None,
    )
    remove(settings)
    try:
        made = subprocess.run(  # noqa: S603 - the product's own command
            (*EHR, "demo", "--patients", str(PATIENTS)),
            env=settings_environment(settings),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise BenchmarkError(made.stdout[-2000:] + made.stderr[-2000:])
        yield settings
    finally:
        stop_services(settings)
        remove(settings)


def _saved(settings: Settings) -> list[float]:
    """Save again and again; return how long each took to its mart.

    Raises:
        BenchmarkError: something never came.
    """
    chance = random.Random(1)  # noqa: S311 - chooses what is saved, guards nothing
    people = {kind.role: _persona(settings, kind.role) for kind in KINDS.values()}
    patients = {role: _patients_of(settings, role) for role in people}
    waiting: list[Waiting] = []
    for number in range(SAVES):
        kind = [*KINDS.values()][number % len(KINDS)]
        patient_key = chance.choice(patients[kind.role])
        waiting.append(_save(settings, kind, people[kind.role], patient_key))
        pause = time.monotonic() + chance.uniform(*PAUSES)
        _look_until(settings, waiting, partial(_is_over, pause))
    last = time.monotonic() + MOST_SECONDS
    _look_until(
        settings,
        waiting,
        lambda: _is_over(last) or all(each.seconds is not None for each in waiting),
    )
    if missing := sum(each.seconds is None for each in waiting):
        msg = f"{missing} of {SAVES} saves are not in the marts after {MOST_SECONDS} s"
        raise BenchmarkError(msg)
    return [each.seconds for each in waiting if each.seconds is not None]


def _is_over(moment: float) -> bool:
    return time.monotonic() >= moment


def _save(settings: Settings, kind: Kind, person: Person, patient_key: int) -> Waiting:
    """Save one thing; the clock begins when the action has come back."""
    ids = kind.save(settings, person, patient_key)
    saved_at = time.monotonic()
    found = entries(settings, person, kind.feed, [patient_key])
    key = next(each.key for each in found if each.version_id in ids)
    return Waiting(kind, key, saved_at)


def _look_until(
    settings: Settings, waiting: list[Waiting], is_enough: Callable[[], bool]
) -> None:
    """Look for all that has not come yet, each with the login of who saved it."""
    while not is_enough():
        for role in {each.kind.role for each in waiting if each.seconds is None}:
            _look(settings, role, waiting)
        time.sleep(LOOK_EVERY_SECONDS)


def _look(settings: Settings, role: PersonRole, waiting: list[Waiting]) -> None:
    with connect(settings, role.login) as connection:
        connection.execute(IN_NAME_OF, (role,))
        for each in waiting:
            if each.seconds is not None or each.kind.role is not role:
                continue
            if connection.execute(each.kind.statement, (each.key,)).fetchone():
                each.seconds = time.monotonic() - each.saved_at


def _patients_of(settings: Settings, role: PersonRole) -> list[int]:
    """Return whom a role's persona sees."""
    with connect(settings, role.login) as connection:
        connection.execute(IN_NAME_OF, (role,))
        return [key for (key,) in connection.execute(PATIENTS_SEEN)]


def _persona(settings: Settings, role: PersonRole) -> Person:
    with connect(settings, Role.OWNER) as owner:
        found = find_person(owner, role)
    if found is None:
        msg = f"the demonstration has no {role}"
        raise BenchmarkError(msg)
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
