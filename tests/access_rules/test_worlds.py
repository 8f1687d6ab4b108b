"""Five hundred worlds: who sees which rows is what fifty lines of Python say."""

import psycopg
import pytest

from tests.access_rules import differences as compared
from tests.access_rules.differences import FEW, as_person, content_of, readers_of
from tests.access_rules.worlds import ROLES, generated, plant

WORLDS = 500
ON_ALL_MARTS = 8


def found_differences(
    admin: psycopg.Connection, seeds: range, names: list[str]
) -> dict[int, list[str]]:
    content = content_of(admin, names)
    readers = readers_of(admin, content)
    found = {
        seed: list(compared.differences(admin, generated(seed), content, readers))
        for seed in seeds
    }
    return {seed: each for seed, each in found.items() if each}


def test_people_see_of_500_worlds_what_the_oracle_says(
    admin: psycopg.Connection,
) -> None:
    assert found_differences(admin, range(WORLDS), list(FEW)) == {}


def test_every_mart_follows_the_same_rules(admin: psycopg.Connection) -> None:
    names = compared.relations(admin)
    assert set(FEW) < set(names)
    content = content_of(admin, names)
    assert [name for name, rows in content.items() if not rows] == []

    assert found_differences(admin, range(ON_ALL_MARTS), names) == {}


def test_the_worlds_are_not_all_alike() -> None:
    """A world in which nothing is kept from anybody would prove nothing."""
    hidden, shown_by_team, told = 0, 0, set()
    for seed in range(WORLDS):
        world = generated(seed)
        for user_id in ("doctor.one", "doctor.two"):
            closed = compared.oracle.restricted(world)
            entrusted = compared.oracle.entrusted(world, user_id)
            hidden += bool(closed - entrusted)
            shown_by_team += bool(closed & entrusted)
        told |= world.label_rules
    assert hidden > WORLDS / 2
    assert shown_by_team > WORLDS / 10
    assert {role for role, _ in told} >= {"doctor", "lab_technician", "billing"}


@pytest.mark.parametrize("user_id", ["", "nobody", "nurse.one", "patient"])
def test_a_name_of_nobody_or_of_another_role_sees_nothing(
    admin: psycopg.Connection, user_id: str
) -> None:
    names = compared.relations(admin)
    readers = readers_of(admin, dict.fromkeys(names))
    for role in sorted(set(ROLES.values())):
        if ROLES.get(user_id) == role:
            continue
        plant(admin, generated(1))
        with as_person(admin, role, user_id):
            for name in names:
                if role in readers[name]:
                    rows = admin.execute(f"select 1 from {name}").fetchall()  # noqa: S608
                    assert rows == [], (role, name)
            seen = admin.execute("select access.may_see(array[1, 2, 3])").fetchone()
            assert seen == ([],)
        admin.rollback()
