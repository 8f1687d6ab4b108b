"""Every fault in policies, rights and functions is found by the same checks."""

from collections.abc import Iterator
from itertools import islice

import psycopg

from tests.access_rules import differences as compared
from tests.access_rules.differences import FEW, content_of, readers_of
from tests.access_rules.lints import findings
from tests.access_rules.mutants import Mutant, all_mutants
from tests.access_rules.worlds import generated

FEWEST = 250
WORLDS = 120


def complaints(
    admin: psycopg.Connection,
    content: compared.Rows,
    readers: dict[str, set[str]],
) -> Iterator[str]:
    yield from findings(admin)
    for seed in range(WORLDS):
        yield from compared.differences(admin, generated(seed), content, readers)


def is_found(
    admin: psycopg.Connection,
    mutant: Mutant,
    content: compared.Rows,
    readers: dict[str, set[str]],
) -> bool | None:
    """Return whether a fault is found; None if PostgreSQL does not take it at all."""
    is_made = False
    try:
        with admin.transaction(force_rollback=True):
            admin.execute(mutant.statement)
            is_made = True
            return any(True for _ in complaints(admin, content, readers))
    except psycopg.Error:
        return True if is_made else None


def test_no_fault_stays_unseen(admin: psycopg.Connection) -> None:
    content = content_of(admin, FEW)
    readers = readers_of(admin, content)
    mutants = all_mutants(admin)
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    assert not list(islice(complaints(admin, content, readers), 1))

    found = {
        mutant.name: is_found(admin, mutant, content, readers) for mutant in mutants
    }

    assert [name for name, was_found in found.items() if was_found is False] == []
    assert sum(was_found is True for was_found in found.values()) >= FEWEST
