"""What a scan may join to a row of a mart: at most one row to each.

Joins are SQL. A scan that several checks need the same one for joins it once; what one
check joins under a name, another check of the relation may not join otherwise.
"""

from collections.abc import Iterable

from expectations.marts.contracts import read_marts

PATIENT = """left join marts.dim_patients as patient
    on fact.patient_key = patient.patient_key"""
# Of anybody: that it is the patient's own is for a check to ask.
VISIT = """left join marts.fct_encounters as visit
    on fact.encounter_key = visit.encounter_key"""
SOURCE = """left join staging.stg_source_as_of as source
    on fact.source_system = source.source_system"""
MIX = """left join (
    select distinct source_system, test_code, code_system
    from marts.agg_lab_unit_mixes
    where not is_between_patients
) as mix
    on fact.source_system = mix.source_system
    and fact.test_code = mix.test_code
    and coalesce(fact.code_system, '') = mix.code_system"""
# One row of each test of a source, one with a number if there is any: groups cost a
# fifth of numbering all rows. Grouped by what was found once more: PostgreSQL knows
# then that it is unique, and hashes these few rows instead of all results.
FIRST_OF_TEST = """left join (
    select
        found,
        sum(numbers_count) as numbers_count
    from (
        select
            coalesce(
                min(case when value_number is not null then lab_result_key end),
                min(lab_result_key)
            ) as found,
            count(value_number) as numbers_count
        from marts.fct_lab_results
        group by source_system, code_system, test_code
    ) as test
    group by found
) as first_of_test
    on fact.lab_result_key = first_of_test.found"""
INGREDIENT = """left join (
    select distinct cast(rxcui as varchar(20)) as rxcui
    from terminology.ingredients
) as ingredient
    on fact.ingredient_rxcui = ingredient.rxcui"""
# Several rows have one of these: an accession its numbers, a medicine its ingredients.
SHARED = frozenset({"accession_key", "exposure_key", "taken_key"})


def referred(column: str, relation: str, key: str) -> tuple[str, str]:
    """Return a join to the row whose key a column names, and what is null without it.

    A key that is not ``SHARED`` is unique in its relation.
    """
    name = f"{relation}_of_{column}"
    rows = f"{read_marts()[relation].schema}.{relation}"
    if key in SHARED:
        rows = f"(\n    select distinct {key} from {rows}\n)"  # noqa: S608 - names of the project's own
    join = f"left join {rows} as {name}\n    on fact.{column} = {name}.{key}"
    return join, f"{name}.{key}"


def any_of_patient(relation: str) -> tuple[str, str]:
    """Return a join that finds whether a patient has a row, and what is null if not."""
    name = f"{relation}_of_patient"
    schema = read_marts()[relation].schema
    rows = f"select distinct patient_key from {schema}.{relation}"  # noqa: S608 - names of the project's own
    join = f"left join ({rows}) as {name}\n    on fact.patient_key = {name}.patient_key"
    return join, f"{name}.patient_key"


def said_again(relation: str, key: str, telling: Iterable[str]) -> str:
    """Return a join to ``again``: rows that tell what a row with a lower key tells."""
    schema = read_marts()[relation].schema
    columns = ", ".join(("patient_key", *telling))
    return f"""left join (
    select told.{key}
    from (
        select
            {key},
            row_number() over (partition by {columns} order by {key}) as position
        from {schema}.{relation}
    ) as told
    where told.position > 1
) as again
    on fact.{key} = again.{key}"""  # noqa: S608 - names of the project's own


def one_of(name: str, columns: Iterable[str], rows: Iterable[str], on: str) -> str:
    """Return a join to a list that stands in the statement itself."""
    listed = ",\n        ".join(rows)
    return f"""left join (
    values
        {listed}
) as {name} ({", ".join(columns)})
    on {on}"""
