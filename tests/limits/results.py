"""Laboratory results, entered into the mart as a build leaves them there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from pipelines.access.limits import Proposal, sign_limit
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.cells import Cell
from pipelines.limits.judging import judge_limits
from pipelines.settings import Settings

POTASSIUM, SODIUM, GLUCOSE = "2823-3", "2951-2", "2345-7"
MMOL, MG = "mmol/L", "mg/dL"
OF_ALL = Cell(POTASSIUM, MMOL)
SOURCE, OTHER_SOURCE = "hospital", "clinic"
COLLECTED = "2024-06-15 12:00+00"
REASON = "As survived in our own hospital"
PATIENT = """
    insert into marts.dim_patients (
        patient_key, sex_code, birth_date, birth_year, is_deceased, sensitivity,
        source_system, delivery_id, known_from
    )
    values (%s, %s, %s, %s, false, 0, 'hospital', 1, now())
    on conflict do nothing
"""
RESULT = """
    insert into marts.fct_lab_results (
        lab_result_key, patient_key, test_code, test_name, analyte_code,
        loinc_code,
        converted_analyte_code, value_kind, value_number, comparable_unit,
        converted_value_number, converted_unit, conversion_code, flag,
        default_range_flag, displayed_flag, reading_hash, result_status_code,
        is_usable, is_withdrawn, is_flag_unread, sensitivity, collected_at,
        source_system, delivery_id, file_id, line_number
    )
    values (
        %(key)s, %(patient)s, %(analyte)s, %(name)s, %(analyte)s,
        %(analyte)s, %(converted_analyte)s,
        'numeric', %(number)s, %(unit)s, %(converted_number)s, %(converted_unit)s,
        %(conversion)s, 'INDETERMINATE', 'INDETERMINATE', 'INDETERMINATE', '', 'final',
        %(usable)s, %(withdrawn)s, false, 0, %(collected)s, %(source)s, 1, 1, %(line)s
    )
"""
LIMIT = """
    select found.source_system, found.state, found.applicable_count,
        found.broken_count, found.patients_count
    from quality.mart_check_result as found
    where found.check_id = %s
        and found.build_id = (
            select max(build_id) from quality.checked_build
        )
    order by found.source_system collate "C"
"""
NUMBERS = count(1)


@dataclass(frozen=True)
class Result:
    """One result; what a test does not name is a usable number of potassium."""

    number: float | None
    patient: int = 1
    source: str = SOURCE
    analyte: str = POTASSIUM
    unit: str | None = MMOL
    name: str = "Potassium"
    conversion: str | None = "not_needed"
    converted_analyte: str | None = None
    converted_number: float | None = None
    converted_unit: str | None = None
    usable: bool = True
    withdrawn: bool = False
    collected: str = COLLECTED


def patient(
    settings: Settings,
    key: int,
    sex: str = "female",
    born: str | None = "1970-01-01",
    year: int | None = None,
) -> None:
    """Enter a patient."""
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(PATIENT, (key, sex, born, year or (born and int(born[:4]))))


def enter(settings: Settings, results: Iterable[Result]) -> None:
    """Enter results."""
    rows = []
    for result in results:
        number = next(NUMBERS)
        rows.append(vars(result) | {"key": f"r:{number}", "line": number})
    with connect(settings, Role.BUILDER) as builder, builder.cursor() as cursor:
        cursor.executemany(RESULT, rows)


def build(settings: Settings, build_id: int) -> None:
    """Judge the limits as a build does."""
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(
            "insert into quality.checked_build (build_id) values (%s)", (build_id,)
        )
        judge_limits(builder, build_id, settings.time_zone)
        builder.execute(
            "select quality.keep_incident_measures('build', %s)", (build_id,)
        )


def proposal_of(settings: Settings, cell: Cell, version: int = 0) -> Proposal:
    """Return a proposal for a cell, as the page shows it; it is made if need be."""
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(
            "insert into quality.limit_proposal (learned_at, analyte_code, unit, "
            "age_band, sex_code, analyte_name, rows_count, patients_count, state) "
            "values ('2024-07-01', %s, %s, %s, %s, 'Potassium', 250, 40, 'too_few') "
            "on conflict do nothing",
            cell,
        )
        (number,) = builder.execute(
            "select max(proposal_id) from quality.limit_proposal where analyte_code = "
            "%s and unit = %s and age_band = %s and sex_code = %s",
            cell,
        ).fetchone()
    return Proposal(number, cell.analyte_code, cell.unit, version)


def sign(
    settings: Settings,
    person: Person,
    low: Any,
    high: Any,
    cell: Cell = OF_ALL,
    version: int = 0,
) -> str:
    """Sign a limit; return the id of its check."""
    sign_limit(
        settings, person, proposal_of(settings, cell, version), low, high, REASON
    )
    return check_of(cell)


def check_of(cell: Cell) -> str:
    """Return the id of the check of a cell."""
    return ":".join(("fct_lab_results", "limit", *cell))


def found(settings: Settings, check_id: str) -> list[Sequence[Any]]:
    """Return what the last build found of a check, by source."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(LIMIT, (check_id,)).fetchall()


def lives(settings: Settings, check_id: str) -> list[tuple[Any, ...]]:
    """Return what became of a check's incidents: source, build and life."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(
            "select source_system, run_number, life_code from quality.incident_measure "
            'where check_id = %s order by source_system collate "C", run_number',
            (check_id,),
        ).fetchall()
