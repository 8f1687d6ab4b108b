"""What a scan may join to a row of a mart, by name: at most one row to each.

``referred:<column>:<relation>:<key>`` joins the relation that a column names a row of,
as ``<relation>_of_<column>``, where ``found`` is null if there is no such row.
"""

from expectations.marts.contracts import read_marts

NAMED = {
    "patient": "left join marts.dim_patients as patient\n"
    "    on fact.patient_key = patient.patient_key",
    "visit": "left join marts.fct_encounters as visit\n"
    "    on fact.encounter_key = visit.encounter_key\n"
    "    and fact.patient_key = visit.patient_key",
    "visit_of_anybody": "left join marts.fct_encounters as visit_of_anybody\n"
    "    on fact.encounter_key = visit_of_anybody.encounter_key",
    "mix": "left join (\n"
    "    select distinct source_system, test_code, code_system\n"
    "    from marts.agg_lab_unit_mixes\n"
    "    where not is_between_patients\n"
    ") as mix\n    on fact.source_system = mix.source_system\n"
    "    and fact.test_code = mix.test_code\n"
    "    and coalesce(fact.code_system, '') = mix.code_system",
    # One row of each test of a source: groups cost a fifth of numbering all rows.
    "first_of_test": "left join (\n"
    "    select min(lab_result_key) as found\n"
    "    from marts.fct_lab_results\n"
    "    group by source_system, code_system, test_code\n"
    ") as first_of_test\n    on fact.lab_result_key = first_of_test.found",
    "first_number_of_test": "left join (\n"
    "    select min(lab_result_key) as found\n"
    "    from marts.fct_lab_results\n"
    "    where value_number is not null\n"
    "    group by source_system, code_system, test_code\n"
    ") as first_number_of_test\n"
    "    on fact.lab_result_key = first_number_of_test.found",
    "source": "left join staging.stg_source_as_of as source\n"
    "    on fact.source_system = source.source_system",
    "ingredient": "left join (\n"
    "    select distinct cast(rxcui as varchar(20)) as rxcui\n"
    "    from terminology.ingredients\n"
    ") as ingredient\n    on fact.ingredient_rxcui = ingredient.rxcui",
}


def referred(column: str, relation: str, key: str) -> str:
    """Return the name of the join to the rows that a column names."""
    return f"referred:{column}:{relation}:{key}"


def join_of(name: str) -> str:
    """Return the SQL of a join."""
    if name in NAMED:
        return NAMED[name]
    _, column, relation, key = name.split(":")
    schema = read_marts()[relation].schema
    other = f"{relation}_of_{column}"
    rows = f"select distinct {key} as found from {schema}.{relation}"  # noqa: S608 - names of the project's own
    return (
        f"left join (\n    {rows}\n) as {other}\n    on fact.{column} = {other}.found"
    )
