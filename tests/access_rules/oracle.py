"""What each person sees, said once more in Python: fifty lines that share no SQL."""

from collections.abc import Iterable

from tests.access_rules.worlds import (
    LABELS,
    MERGED,
    OWN_PATIENT,
    PATIENTS,
    PRACTITIONERS,
    ROLES,
    Period,
    World,
)

SEE_EVERYONE = {"lab_technician", "registrar", "billing"}


def person(patient: int) -> int:
    return MERGED.get(patient, patient)


def holds(period: Period) -> bool:
    start, end = period
    return start <= 0 and (end is None or end > 0)


def team(world: World, user: str) -> set[int]:
    assigned = {
        person(p) for who, p, at in world.assignments if who == user and holds(at)
    }
    return assigned | {
        person(p)
        for source, member, p, at in world.care_team
        if PRACTITIONERS.get(user) == (source, member) and holds(at)
    }


def restricted(world: World) -> set[int]:
    found = {person(p) for p, _, at in world.restrictions if holds(at)}
    for patient in PATIENTS:
        wishes = [
            (at[0], decision)
            for p, scope, decision, at in world.consents
            if person(p) == patient and scope == "treating_team_only" and holds(at)
        ]
        latest = max((start for start, _ in wishes), default=None)
        if (latest, "permit") in wishes:
            found.add(patient)
    return found


def entrusted(world: World, user: str) -> set[int]:
    if user not in world.active:
        return set()
    if ROLES[user] == "doctor":
        glass = {person(p) for who, p, at in world.glasses if who == user and holds(at)}
        return team(world, user) | glass
    return team(world, user) if ROLES[user] == "nurse" else set()


def patients_seen(world: World, user: str) -> set[int]:
    if user not in world.active:
        return set()
    if ROLES[user] == "doctor":
        return set(PATIENTS) - (restricted(world) - entrusted(world, user))
    if ROLES[user] in SEE_EVERYONE:
        return set(PATIENTS)
    return {OWN_PATIENT} if ROLES[user] == "patient" else entrusted(world, user)


def withheld(world: World, user: str) -> int:
    return sum(
        LABELS[label] for role, label in world.label_rules if role == ROLES[user]
    )


def is_row_seen(world: World, user: str, patient: int, sensitivity: int) -> bool:
    if patient in entrusted(world, user):
        return True
    # A patient reads all of the own record.
    if ROLES[user] == "patient":
        return patient in patients_seen(world, user)
    is_open = patient in patients_seen(world, user)
    return is_open and not sensitivity & withheld(world, user)


def named(world: World, user: str) -> set[int]:
    """Return whose names the person reads: also of who lies on the own ward."""
    if ROLES[user] == "compliance":
        return set(PATIENTS)
    return patients_seen(world, user) | on_own_ward(world, user)


def found_by_name(world: World, user: str) -> set[int]:
    """Return whom the person finds by name: support is given a number instead."""
    is_everybody = ROLES[user] in SEE_EVERYONE | {"compliance"}
    return set(PATIENTS) if is_everybody else patients_seen(world, user)


def on_own_ward(world: World, user: str) -> set[int]:
    if ROLES[user] != "nurse" or user not in world.active:
        return set()
    first: dict[tuple[str, int], Period] = {}
    for who, ward, at in world.ward_members:  # one entry per ward and start
        if who == user:
            first.setdefault((ward, at[0]), at)
    wards = {ward for (ward, _), at in first.items() if holds(at)}
    return {
        person(p) for p, ward, at in world.ward_stays if ward in wards and holds(at)
    }


def hidden_count(world: World, user: str, rows: Iterable[tuple[int, int]]) -> int:
    """Return how many labelled rows are kept from who sees the patient."""
    return sum(
        patient in patients_seen(world, user)
        and not is_row_seen(world, user, patient, sensitivity)
        for patient, sensitivity in rows
    )
