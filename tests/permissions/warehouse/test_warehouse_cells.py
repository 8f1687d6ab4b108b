"""Every role, every object of the warehouse, every verb: tried, and as it is written.

What should be allowed comes from data that a person reviews: the readers of the
models, ``permissions.csv``, and ``other_grants.csv`` for everything else. All the rest
is denied.
"""

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import Role
from tests.permissions.warehouse import feeds_of_marts
from tests.permissions.warehouse.catalog import (
    BEYOND_THE_SYSTEM,
    HANDED_ON,
    VIEWS_OF_THEIR_OWNERS,
)
from tests.permissions.warehouse.catalog_cells import compare_catalog
from tests.permissions.warehouse.cells import (
    Cells,
    try_functions,
    try_relation,
    try_schemas,
)
from tests.permissions.warehouse.patients_seen import (
    EVERYBODY,
    leaks,
    look,
    look_as_nobody,
    names_patients,
    statement_of,
)
from tests.permissions.warehouse.patients_seen import SEEN as PATIENTS_SEEN
from tests.permissions.warehouse.planted_rows import LEFT_ALONE, MARK
from tests.permissions.warehouse.readers_of_models import manifest_of, readers_of
from tests.permissions.warehouse.server_wide import (
    WAYS,
    WAYS_OF_THE_LET_IN,
    become_others,
    others_of,
    read_statistics,
    read_toasts,
    toasts_of,
    try_server,
    watch_others,
)
from tests.permissions.warehouse.site_of_rights import KEPT_OUT, OUTSIDER, Site

FEWEST_TRIED, FEWEST_OF_CATALOG = 100_000, 400_000
LOCKERS = {"ehr_loader", "ehr_builder", "ehr_owner"}
EVERY_ROLE = [*map(str, Role), "ehr_sql_researcher", OUTSIDER]


@pytest.fixture(scope="module")
def content(warehouse_site: Site) -> dict[str, frozenset[int]]:
    """Return of which patients each relation has rows, as one who sees everything."""
    with warehouse_site.administrator() as admin:
        return {
            each.full_name: frozenset(
                key for (key,) in admin.execute(statement_of(PATIENTS_SEEN, each))
            )
            for each in warehouse_site.relations
            if {"patient_key", "patient_keys"} & set(each.columns)
        }


@pytest.fixture(scope="module")
def counted() -> Cells:
    """Return the count over all roles, which the last test reads."""
    return Cells()


def test_the_lists_name_nothing_that_is_not_there(warehouse_site: Site) -> None:
    assert warehouse_site.rights.stale == []
    assert warehouse_site.roles == EVERY_ROLE


def test_no_mart_shows_a_role_a_feed_that_the_permission_table_denies(
    warehouse_site: Site,
) -> None:
    manifest = manifest_of(warehouse_site.settings)
    readers = readers_of(manifest)

    assert list(feeds_of_marts.disagreements(manifest, readers)) == []
    of_research = {name for name in readers if name.startswith("research.")}
    for name, reading in readers.items():
        is_of_research = bool(reading.roles & {"ehr_researcher", "ehr_research_sql"})
        assert is_of_research == (name in of_research), name


def test_no_role_reads_texts_of_a_feed_that_the_permission_table_denies(
    warehouse_site: Site,
) -> None:
    with warehouse_site.administrator() as admin:
        read = admin.execute("select feed, role from access.protected_text_reader")
        assert feeds_of_marts.texts_denied(read.fetchall()) == []


def test_the_catalog_gives_every_right_that_is_written_and_no_other(
    warehouse_site: Site, counted: Cells
) -> None:
    cells = Cells()
    with warehouse_site.administrator() as admin:
        compare_catalog(cells, admin, warehouse_site)
    counted.catalog += cells.catalog

    assert cells.differing == []


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_every_way_to_use_a_relation_function_or_schema_is_open_where_it_is_written(
    warehouse_site: Site, counted: Cells, role: str
) -> None:
    cells = Cells()
    with warehouse_site.attempts_of(role) as attempts:
        for relation in warehouse_site.relations:
            try_relation(cells, attempts, warehouse_site.rights, role, relation)
        try_functions(
            cells, attempts, warehouse_site.rights, role, warehouse_site.functions
        )
        try_schemas(
            cells, attempts, warehouse_site.rights, role, warehouse_site.schemas
        )
    counted.tried += cells.tried

    assert cells.differing == []
    assert leaks(cells) == []
    assert cells.texts


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_a_role_sees_its_patients_and_no_other_by_no_way(
    warehouse_site: Site, content: dict[str, frozenset[int]], counted: Cells, role: str
) -> None:
    cells = Cells()
    with warehouse_site.attempts_of(role) as attempts:
        look(
            cells,
            attempts,
            warehouse_site.rights,
            role,
            warehouse_site.relations,
            content,
        )
        look_as_nobody(
            cells, attempts, warehouse_site.rights, role, warehouse_site.relations
        )
    counted.tried += cells.tried

    assert cells.differing == []


def test_every_relation_that_people_read_has_rows_of_both_patients(
    warehouse_site: Site, content: dict[str, frozenset[int]]
) -> None:
    read = {name for _, name in warehouse_site.rights.patients}
    empty = {
        each.full_name
        for each in warehouse_site.relations
        if each.full_name in read - LEFT_ALONE
        and names_patients(each)
        and content.get(each.full_name, EVERYBODY) != EVERYBODY
    }

    assert empty == set()
    assert len(warehouse_site.planted) > 100


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_role_becomes_another_or_reads_what_the_server_keeps(
    warehouse_site: Site, counted: Cells, role: str
) -> None:
    cells = Cells()
    with (
        warehouse_site.administrator() as admin,
        warehouse_site.attempts_of(role) as attempts,
    ):
        admin.execute(f"select '{MARK} of somebody else'")
        try_server(cells, attempts, role)
        ways = WAYS_OF_THE_LET_IN if role in KEPT_OUT else WAYS
        become_others(cells, attempts, role, others_of(warehouse_site, admin), ways)
        read_toasts(cells, attempts, role, toasts_of(admin))
        read_statistics(
            cells, attempts, warehouse_site.rights, role, warehouse_site.relations
        )
        watch_others(cells, attempts, role)
    counted.tried += cells.tried

    assert cells.differing == []
    assert leaks(cells) == []


@pytest.mark.parametrize("role", KEPT_OUT)
def test_who_has_no_business_in_the_warehouse_is_not_let_in(
    warehouse_site: Site, role: str
) -> None:
    if role == OUTSIDER:
        with warehouse_site.administrator() as admin:
            admin.execute(f"alter role {OUTSIDER} password 'outside'")
        entrance = {
            **warehouse_site.entrance(str(Role.DOCTOR)),
            "user": OUTSIDER,
            "password": "outside",
        }
        with pytest.raises(
            psycopg.OperationalError, match="permission denied for data"
        ):
            psycopg.connect(**entrance)
    else:
        with pytest.raises(
            psycopg.OperationalError, match="permission denied for data"
        ):
            connect(warehouse_site.settings, Role(role), WAREHOUSE)


def test_no_right_is_handed_on_or_given_to_what_comes(warehouse_site: Site) -> None:
    with warehouse_site.administrator() as admin:
        assert admin.execute(HANDED_ON).fetchall() == []


def test_a_view_that_others_read_shows_what_they_may_read_themselves(
    warehouse_site: Site,
) -> None:
    with warehouse_site.administrator() as admin:
        found = admin.execute(
            VIEWS_OF_THEIR_OWNERS, (warehouse_site.schemas,)
        ).fetchall()

    assert found == []


def test_the_systems_own_objects_are_no_more_open_than_they_came(
    warehouse_site: Site,
) -> None:
    with warehouse_site.administrator() as admin:
        opened = admin.execute(BEYOND_THE_SYSTEM).fetchall()

    assert {grantee for _, grantee, _ in opened} <= LOCKERS
    assert [name for name, *_ in opened if "advisory" not in name] == []


def test_there_are_as_many_cells_as_promised(counted: Cells) -> None:
    # For whoever reads the outcome.
    print(f"cells: {counted.tried} tried, {counted.catalog} read from the catalog")  # noqa: T201
    assert counted.tried >= FEWEST_TRIED
    assert counted.catalog >= FEWEST_OF_CATALOG
