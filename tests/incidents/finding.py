"""Results of a check, entered as a checked build enters them."""

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

CHECK = "fct_lab_results:flag:normal_within"
OTHER_CHECK = "fct_lab_results:patient_key:exists"
SOURCE = "hospital"
RESULT = """
    insert into quality.mart_check_result
    values (%s, %s, %s, %s, 10000000, %s, %s, %s)
"""
MEASURES = """
    select source_system, check_id, measured_in, run_number, life_code,
        applicable_count, broken_count, patients_count, turned_applicable_count,
        turned_broken_count
    from quality.incident_measure
    order by source_system, check_id, run_number
"""


def found(  # noqa: PLR0913 - one row of results
    settings: Settings,
    build_id: int,
    broken: int,
    of: int = 100_000,
    *,
    check_id: str = CHECK,
    source: str = SOURCE,
    patients: int | None = None,
) -> None:
    """Enter what a build found of one check: failed if any row broke it."""
    state = "failed" if broken else "passed"
    if not of:
        state = "not_applicable"
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(
            "insert into quality.checked_build (build_id) values (%s) "
            "on conflict do nothing",
            (build_id,),
        )
        builder.execute(
            RESULT, (build_id, check_id, source, state, of, broken, patients)
        )
        builder.execute(
            "select quality.keep_incident_measures('build', %s)", (build_id,)
        )


def measures(settings: Settings) -> list[tuple]:
    """Return the life of every incident, without its clock."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(MEASURES).fetchall()


def life(settings: Settings) -> list[str]:
    """Return what became of the only incident, from its first build on."""
    return [row[4] for row in measures(settings)]
