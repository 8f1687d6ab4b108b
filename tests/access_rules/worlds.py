"""Generated worlds: who treats whom, who is restricted, which labels need the team.

Times are microseconds from the moment that the world is looked at, so that the edge of
every period is met exactly. Everything is planted in a transaction and rolled back.
"""

from dataclasses import dataclass
from random import Random

import psycopg

PATIENTS = tuple(range(1, 9))
# Numbers of patients that were found to be one with another.
MERGED = {11: 2, 12: 5}
HOUR = 3_600_000_000
STARTS = (-2 * HOUR, -1, 0, 1, HOUR)
ENDS = (None, None, -1, 0, 1, HOUR)
ROLES = {
    "doctor.one": "doctor", "doctor.two": "doctor", "doctor.left": "doctor",
    "nurse.one": "nurse", "nurse.two": "nurse", "patient": "patient",
    "lab": "lab_technician", "registrar": "registrar", "billing": "billing",
    "compliance": "compliance", "support": "support", "quality": "quality",
}  # fmt: skip
PRACTITIONERS = {
    "doctor.one": ("hospital", "D1"),
    "doctor.left": ("hospital", "D3"),
    "nurse.one": ("hospital", "N1"),
}
OWN_PATIENT = 1
LABELS = {"substance_use": 1, "mental_health": 2, "hiv": 4}

Period = tuple[int, int | None]


@dataclass(frozen=True)
class World:
    """One state of all rules; each entry ends with its period."""

    active: frozenset[str]
    assignments: list[tuple[str, int, Period]]
    care_team: list[tuple[str, str, int, Period]]
    restrictions: list[tuple[int, str, Period]]
    consents: list[tuple[int, str, str, Period]]
    glasses: list[tuple[str, int, Period]]
    label_rules: set[tuple[str, str]]
    ward_members: list[tuple[str, str, Period]]
    ward_stays: list[tuple[int, str, Period]]


def generated(seed: int) -> World:
    """Return the world of a seed."""
    random = Random(seed)  # noqa: S311 - a world, no secret

    def period(longest: int | None = None) -> Period:
        start = random.choice(STARTS)
        ends = [end for end in ENDS if end is None or end >= start]
        end = random.choice(ends)
        if longest is not None:
            end = start + longest if end is None else min(end, start + longest)
        return start, end

    def some(most: int) -> range:
        return range(random.randint(0, most))

    def patient() -> int:
        return random.choice((*PATIENTS, *MERGED))

    def ward() -> str:
        return random.choice(("Ward 1", "Ward 2"))

    staff = ("doctor.one", "doctor.two", "doctor.left", "nurse.one", "nurse.two")
    members = (*PRACTITIONERS.values(), ("elsewhere", "D1"), ("elsewhere", "N1"))
    anybody = (*staff, "lab", "patient")
    scopes = ("treating_team_only", "treating_team_only", "research")
    decisions = ("permit", "deny")
    labels = ("patient_wish", "staff", "vip")
    ruled = ("doctor", "lab_technician", "billing", "nurse")
    away = {"doctor.left", *random.sample(staff, random.choice((0, 0, 1)))}
    return World(
        frozenset(ROLES) - away,
        [(random.choice(anybody), patient(), period()) for _ in some(6)],
        [(*random.choice(members), patient(), period()) for _ in some(6)],
        [(patient(), random.choice(labels), period()) for _ in some(4)],
        [
            (patient(), random.choice(scopes), random.choice(decisions), period())
            for _ in some(5)
        ],
        [(random.choice(staff), patient(), period(HOUR)) for _ in some(4)],
        {(random.choice(ruled), random.choice(list(LABELS))) for _ in some(4)},
        [(random.choice(staff), ward(), period()) for _ in some(3)],
        [(patient(), ward(), period()) for _ in some(4)],
    )


TIMES = """
    now() + %s * interval '1 microsecond', now() + %s * interval '1 microsecond'
"""
PLANT = {
    "assignment": "(user_id, patient_key, reason, valid_from, valid_to) "
    f"values (%s, %s, 'x', {TIMES})",
    "care_team": f"values (%s, %s, %s, {TIMES})",
    "restriction": "(patient_key, label_code, set_by, reason, valid_from, valid_to) "
    f"values (%s, %s, 'x', 'x', {TIMES})",
    "consent": "(patient_key, scope_code, decision_code, recorded_by, valid_from, "
    f"valid_to) values (%s, %s, %s, 'x', {TIMES})",
    "break_glass": "(user_id, patient_key, reason_code, reason_text, opened_at, "
    f"ends_at) values (%s, %s, 'other', 'a reason of a test', {TIMES})",
    "ward_member": "(user_id, source_system, ward_name, valid_from, valid_to) "
    f"values (%s, 'hospital', %s, {TIMES}) on conflict do nothing",
    "ward_stay": "(patient_key, source_system, ward_name, started_at, ended_at) "
    f"values (%s, 'hospital', %s, {TIMES})",
}


def plant(connection: psycopg.Connection, world: World) -> None:
    """Enter a world, as the administrator, in the transaction that is open."""
    connection.execute(
        "update access.person set is_active = user_id = any(%s)", (list(world.active),)
    )
    connection.execute("delete from access.label_rule")
    entries = {
        "assignment": world.assignments,
        "care_team": world.care_team,
        "restriction": world.restrictions,
        "consent": world.consents,
        "break_glass": world.glasses,
        "ward_member": world.ward_members,
        "ward_stay": world.ward_stays,
    }
    with connection.cursor() as cursor:
        for table, rows in entries.items():
            flat = [(*row, *period) for *row, period in rows]
            cursor.executemany(f"insert into access.{table} {PLANT[table]}", flat)
        cursor.executemany(
            "insert into access.label_rule values (%s, %s)", sorted(world.label_rules)
        )
