"""Ingredients and daily doses of real records: MIMIC-IV and 59 patients of Synthea."""

from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.conftest import Built

pytestmark = pytest.mark.shared_data

BY_PRESCRIPTION = """
    select
        source_system,
        count(distinct prescription_key),
        count(distinct prescription_key) filter (where ingredient_name is not null),
        count(distinct prescription_key) filter (
            where ingredient_name is null and drug_kind_code <> 'unknown'
        )
    from marts.fct_prescription_ingredients group by source_system
"""
MOST_FREQUENT = """
    with names as (
        select lower(drug_name) as name, count(*) as number
        from marts.fct_medication_history
        where source_system = 'mimic'
        group by lower(drug_name)
        order by count(*) desc, lower(drug_name)
        limit 200
    )
    select distinct names.name
    from names
    inner join marts.fct_medication_history as prescriptions
        on lower(prescriptions.drug_name) = names.name
    inner join marts.fct_prescription_ingredients as ingredients
        using (prescription_key)
    where
        prescriptions.source_system = 'mimic' and ingredients.ingredient_name is null
"""
WITHOUT_ROW = """
    select count(*) from marts.fct_medication_history
    where prescription_key not in (
        select prescription_key from marts.fct_prescription_ingredients
    )
"""
METHODS = """
    select distinct mapping_method from marts.fct_prescription_ingredients
    where source_system = 'synthea'
"""
# What docs/medicines.md explains: containers that an infusion is made up in.
EXPLAINED = {"bag", "soln", "vial", "syringe"}


def fetched(built: Built, statement: str) -> list[tuple]:
    with connect(built.settings, Role.BUILDER) as connection:
        return connection.execute(statement).fetchall()


def test_prescriptions_are_mapped_and_containers_classed_apart(at_once: Built) -> None:
    counts = {source: rest for source, *rest in fetched(at_once, BY_PRESCRIPTION)}

    assert counts == {"mimic": [18_087, 17_434, 650], "synthea": [1_772, 1_772, 0]}


def test_no_prescription_is_dropped(at_once: Built) -> None:
    assert fetched(at_once, WITHOUT_ROW) == [(0,)]


def test_the_most_frequent_that_are_not_mapped_are_explained(at_once: Built) -> None:
    explained = (Path(__file__).parents[2] / "docs/medicines.md").read_text().lower()

    assert {name for (name,) in fetched(at_once, MOST_FREQUENT)} == EXPLAINED
    assert [name for name in EXPLAINED if f"| {name} |" not in explained] == []


def test_products_with_an_rxnorm_code_are_mapped_by_it(at_once: Built) -> None:
    assert fetched(at_once, METHODS) == [("code",)]
