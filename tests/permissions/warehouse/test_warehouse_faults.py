"""A fault in the rights of the warehouse turns a cell red: each is put in and found.

Each is made in a transaction of the administrator's, tried as the role that profits by
it, and taken back.
"""

from contextlib import contextmanager

import psycopg
import pytest

from tests.permissions.warehouse import feeds_of_marts
from tests.permissions.warehouse.attempts import Attempts
from tests.permissions.warehouse.catalog import (
    BEYOND_THE_SYSTEM,
    HANDED_ON,
    VIEWS_OF_THEIR_OWNERS,
)
from tests.permissions.warehouse.cells import (
    Cells,
    try_functions,
    try_relation,
    try_schemas,
)
from tests.permissions.warehouse.faults import FAULTS, Fault
from tests.permissions.warehouse.patients_seen import EVERYBODY, leaks, look
from tests.permissions.warehouse.readers_of_models import (
    Readers,
    manifest_of,
    readers_of,
)
from tests.permissions.warehouse.server_wide import (
    WAYS_OF_THE_LET_IN,
    become_others,
    others_of,
    read_statistics,
    try_server,
)
from tests.permissions.warehouse.site_of_rights import Site, become, ending


def found_by_cells(
    site: Site, admin: psycopg.Connection, role: str, objects: tuple[str, ...]
) -> list[object]:
    """Return what the cells of a role say, in the administrator's transaction."""
    relations = [each for each in site.relations if each.full_name in objects]
    functions = [each for each in site.functions if each.signature in objects]
    assert len(relations) + len(functions) == len(objects)
    others = others_of(site, admin)
    content = {
        each.full_name: EVERYBODY for each in relations if "patient_key" in each.columns
    }
    admin.execute(become(role))
    cells, rights = Cells(), site.rights
    user_id = role.removeprefix("ehr_")
    with contextmanager(ending)(Attempts(admin, user_id)) as attempts:
        for relation in relations:
            try_relation(cells, attempts, rights, role, relation)
        try_functions(cells, attempts, rights, role, functions)
        try_schemas(cells, attempts, rights, role, site.schemas)
        try_server(cells, attempts, role)
        become_others(cells, attempts, role, others, WAYS_OF_THE_LET_IN)
        read_statistics(cells, attempts, rights, role, site.relations)
        look(cells, attempts, rights, role, relations, content)
    return [*cells.differing, *leaks(cells)]


def objects_of(site: Site, fault: Fault) -> tuple[tuple[str, ...], str]:
    """Return a fault's objects and statement; the partition is one of this month."""
    partition = next(
        each.full_name
        for each in site.relations
        if each.full_name.startswith("audit.event_2")
    )
    named = tuple(each.format(partition=partition) for each in fault.objects)
    return named, fault.statement.format(partition=partition)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_turns_a_cell_red(warehouse_site: Site, fault: Fault) -> None:
    site = warehouse_site
    objects, statement = objects_of(site, fault)
    with site.administrator() as admin:
        admin.execute("begin")
        assert found_by_cells(site, admin, fault.role, objects) == []

        admin.execute("begin")
        admin.execute(statement)
        handed_on = admin.execute(HANDED_ON).fetchall()

        assert found_by_cells(site, admin, fault.role, objects) + handed_on != []


@pytest.mark.parametrize(
    ("query", "statement"),
    [
        (HANDED_ON, "alter default privileges grant select on tables to public"),
        (HANDED_ON, "grant ehr_builder to ehr_support"),
        (BEYOND_THE_SYSTEM, "grant select on pg_catalog.pg_authid to ehr_support"),
        (VIEWS_OF_THEIR_OWNERS, "alter view persons.notes reset (security_invoker)"),
        (
            VIEWS_OF_THEIR_OWNERS,
            "alter view quality.judged_rule reset (security_invoker)",
        ),
    ],
)
def test_a_fault_of_the_whole_is_told(
    warehouse_site: Site, query: str, statement: str
) -> None:
    site = warehouse_site
    parameters = (site.schemas,) if query is VIEWS_OF_THEIR_OWNERS else None
    with site.administrator() as admin, admin.transaction(force_rollback=True):
        before = admin.execute(query, parameters).fetchall()
        admin.execute(statement)
        assert len(admin.execute(query, parameters).fetchall()) > len(before)


@pytest.mark.parametrize(
    ("mart", "role", "told"),
    [
        ("marts.fct_notes", "ehr_billing", "shows notes to billing"),
        ("marts.fct_lab_results", "ehr_billing", "shows lab_results to billing"),
        ("marts.fct_conditions", "ehr_registrar", "shows conditions to registrar"),
        ("marts.fct_notes", "ehr_patient", "shows notes to patient"),
        (
            "marts.dim_contacts",
            "ehr_lab_technician",
            "shows contacts to lab_technician",
        ),
    ],
)
def test_a_reader_whom_the_permission_table_denies_the_feed_is_told(
    warehouse_site: Site, mart: str, role: str, told: str
) -> None:
    manifest = manifest_of(warehouse_site.settings)
    readers: Readers = readers_of(manifest)
    reading = readers[mart]
    readers[mart] = reading._replace(roles=reading.roles | {role})

    said = list(feeds_of_marts.disagreements(manifest, readers))

    assert any(told in each for each in said)


def test_texts_of_a_feed_that_the_permission_table_denies_are_told() -> None:
    assert feeds_of_marts.texts_denied([("notes", "billing")]) == [("notes", "billing")]
