"""Codes are mapped, and units are those of the analyte.

An analyte counts as one check, as each has units of its own: a thousand potassium in
the right unit say nothing of one thyroid hormone in the wrong one.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from expectations.expectation import Kahn
from expectations.marts.joins import FIRST_OF_TEST, INGREDIENT, any_of_patient
from expectations.marts.mart_check import (
    FIVE_PERCENT,
    LEAST_ROWS_OF_A_SHARE,
    NONE_MAY,
    Limit,
    MartCheck,
    Words,
)
from expectations.thresholds import Origin

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "terminology"
UNREADABLE = (
    "('unit_missing', 'unit_unknown', 'dimensions_differ', 'no_conversion_known')"
)


class Mapped(NamedTuple):
    """A column that holds what a code was mapped to, and the least share that is."""

    relation: str
    column: str
    least_percent: int
    reason: str
    applies: str = "true"


# The least shares are half of the least that any source seen has.
MAPPED = (
    Mapped(
        "fct_lab_results",
        "loinc_code",
        40,
        "A test without LOINC has no default range, no panel and no trend with others.",
    ),
    Mapped(
        "fct_vital_signs",
        "vital_sign_name",
        45,
        "An unmapped sign is in no score and no chart.",
    ),
    Mapped(
        "fct_prescription_ingredients",
        "ingredient_name",
        45,
        "A medicine without ingredients raises no alert.",
    ),
    Mapped(
        "fct_medication_exposures",
        "atc_code",
        45,
        "A medicine without a class is in no duplication.",
    ),
    Mapped(
        "fct_conditions",
        "condition_name",
        45,
        "A diagnosis without a title is a code on the chart.",
    ),
    Mapped(
        "fct_lab_results",
        "unit_ucum",
        40,
        "A unit that nobody knows is never converted.",
        "fact.unit is not null",
    ),
    Mapped(
        "fct_vital_signs",
        "unit_ucum",
        45,
        "A unit that nobody knows is never converted.",
        "fact.unit is not null",
    ),
    Mapped(
        "fct_lab_results",
        "interpretation_code",
        45,
        "A flag that nobody can read may mean critical.",
        "fact.laboratory_flag is not null",
    ),
)


def concept_checks() -> Iterable[MartCheck]:
    """Return the checks of mapped codes, of classes of concepts, and of units."""
    yield from map(_mapped, MAPPED)
    yield _codes_of_the_source_are_mapped()
    yield _source_concept_is_known()
    yield _class_is_known()
    yield _class_is_in_list()
    yield _diagnosis_is_in_list("ICD-9-CM", NONE_MAY)
    # Codes retire each October: 1.1 % of a third of MIMIC-IV's demonstration have.
    yield _diagnosis_is_in_list("ICD-10-CM", FIVE_PERCENT)
    yield _ingredient_is_one()
    yield _exposed_have_eras()
    for code, name in sorted(_analytes().items()):
        yield _unit_fits(code, name)


def _mapped(each: Mapped) -> MartCheck:
    return MartCheck(
        each.relation,
        f"{each.column}:mapped",
        Words(
            f"{each.column} of {each.relation} is mapped in at least "
            f"{each.least_percent} % of rows.",
            each.reason,
        ),
        Kahn.COMPLETENESS,
        applies=each.applies,
        breaks=f"fact.{each.column} is null",
        limit=Limit(
            (100 - each.least_percent) / 100,
            Origin.OBSERVED,
            least_rows=LEAST_ROWS_OF_A_SHARE,
        ),
        dashboard_types=("standardConceptRecordCompleteness",),
    )


def _codes_of_the_source_are_mapped() -> MartCheck:
    return MartCheck(
        "fct_lab_results",
        "test_code:each_mapped",
        Words(
            "At least half of the codes of tests that a source uses are mapped.",
            "Rare tests are lost unseen where shares of rows are counted alone.",
        ),
        Kahn.COMPLETENESS,
        applies="first_of_test.found is not null",
        breaks="fact.loinc_code is null",
        limit=Limit(0.5, Origin.OBSERVED, least_rows=LEAST_ROWS_OF_A_SHARE),
        joins=(FIRST_OF_TEST,),
        dashboard_types=("sourceValueCompleteness",),
    )


def _source_concept_is_known() -> MartCheck:
    return MartCheck(
        "fct_medication_history",
        "code_system:of_code",
        Words(
            "A medicine that has a code says of which list it is.",
            "A number may be an RxNorm, an NDC or a house's own code.",
        ),
        Kahn.COMPLETENESS,
        applies="fact.drug_code is not null",
        breaks="fact.code_system is null",
        limit=Limit(0.1, Origin.STANDARD),
        dashboard_types=("sourceConceptRecordCompleteness",),
    )


def _class_is_known() -> MartCheck:
    return MartCheck(
        "fct_encounters",
        "encounter_class_code:known",
        Words(
            "The setting of at most 5 % of the visits is unknown.",
            "A visit of unknown setting is no stay and no emergency.",
        ),
        Kahn.COMPLETENESS,
        applies="fact.encounter_class_code is not null",
        breaks="fact.encounter_class_code = 'unknown'",
        limit=FIVE_PERCENT,
        dashboard_types=("standardConceptRecordCompleteness",),
    )


def _class_is_in_list() -> MartCheck:
    return MartCheck(
        "fct_encounters",
        "delivered_class_code:in_list",
        Words(
            "The setting that a source tells of a visit is a word that is known.",
            "Of a new word the setting is guessed from the kind of visit, or unknown: "
            "stays and emergencies are miscounted.",
        ),
        Kahn.VALUE_CONFORMANCE,
        applies="fact.delivered_class_code is not null",
        breaks="fact.class_basis <> 'class'",
        limit=FIVE_PERCENT,
        dashboard_types=("fkDomain",),
    )


def _diagnosis_is_in_list(system: str, limit: Limit) -> MartCheck:
    """Judge codes of a whole list; ICD-9-CM has not changed since 2013."""
    return MartCheck(
        "fct_conditions",
        f"condition_code:{system}:in_list",
        Words(
            f"A diagnosis of {system} has a code that the list has.",
            "Leading zeros were lost, or the code is of another list: it has the right "
            "shape and no meaning.",
        ),
        Kahn.VALUE_CONFORMANCE,
        applies=f"fact.code_system = '{system}'",
        breaks="fact.condition_name is null",
        limit=limit,
        dashboard_types=("isStandardValidConcept",),
    )


def _ingredient_is_one() -> MartCheck:
    return MartCheck(
        "fct_medication_eras",
        "ingredient_rxcui:is_ingredient",
        Words(
            "What an era is of is an ingredient, and not a product.",
            "Two products of one ingredient would be two treatments.",
        ),
        Kahn.COMPUTATIONAL_CONFORMANCE,
        applies="fact.ingredient_rxcui is not null",
        breaks="ingredient.rxcui is null",
        joins=(INGREDIENT,),
        dashboard_types=("fkClass",),
    )


def _exposed_have_eras() -> MartCheck:
    join, found = any_of_patient("fct_medication_eras")
    return MartCheck(
        "fct_medication_exposures",
        "patient_key:has_era",
        Words(
            "Whoever is counted as exposed to a medicine has an era of one.",
            "A treatment would be missing from the course of the illness.",
        ),
        Kahn.COMPLETENESS,
        applies="fact.is_counted",
        breaks=f"{found} is null",
        joins=(join,),
        dashboard_types=("measureConditionEraCompleteness",),
    )


def _unit_fits(code: str, name: str) -> MartCheck:
    return MartCheck(
        "fct_lab_results",
        f"unit:{code}",
        Words(
            f"{name} ({code}) comes in a unit that it can be measured in.",
            "A number in another unit is judged by no range, and leaves its trend.",
        ),
        Kahn.ATEMPORAL_PLAUSIBILITY,
        applies="fact.value_number is not null "
        "and fact.conversion_code <> 'no_reference_unit'",
        breaks=f"fact.conversion_code in {UNREADABLE}",
        limit=FIVE_PERCENT,
        dashboard_types=("plausibleUnitConceptIds",),
        among=("loinc_code", code),
    )


def _analytes() -> dict[str, str]:
    """Return the names of the analytes that have a reference unit, by LOINC code."""
    names = {
        row["loinc_from"]: row["analyte_name"] for row in _seed("lab_unit_conversions")
    } | {
        row["loinc_code"]: row["analyte_name"]
        for row in _seed("reference_ranges_adult")
    }
    signs = {row["loinc_code"] for row in _seed("vital_sign_codes")}
    return {code: name for code, name in names.items() if code and code not in signs}


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
