"""Numbers of vital signs and of some analytes are those of a living body.

Limits are of one measure in one unit, as a number means nothing without it. They are
records of what was survived, or beyond them, so that an emergency never breaks one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from expectations.expectation import Kahn
from expectations.marts.joins import FIRST_OF_TEST, MIX, one_of
from expectations.marts.mart_check import ONE_PERCENT, MartCheck, Words


class Possible(NamedTuple):
    """What is possible of one measure in one unit, both limits included."""

    name: str
    unit: str
    lowest: float
    highest: float
    reason: str


VITAL_SIGNS = (
    Possible("Body temperature", "Cel", 11, 47, "11.8 and 46.5 °C were survived."),
    Possible("Heart rate", "/min", 0, 500, "No atrium conducts more beats."),
    Possible("Respiratory rate", "/min", 0, 150, "No newborn breathes faster."),
    Possible("Systolic blood pressure", "mm[Hg]", 0, 480, "480 was under weights."),
    Possible("Diastolic blood pressure", "mm[Hg]", 0, 360, "360 was under weights."),
    Possible("Mean blood pressure", "mm[Hg]", 0, 400, "It lies between the two."),
    Possible("Oxygen saturation", "%", 10, 100, "It is a share."),
    Possible("Inhaled oxygen concentration", "%", 15, 100, "Air has 21 %."),
    Possible("Inhaled oxygen flow rate", "L/min", 0, 100, "No device gives more."),
    Possible("Pain severity", "{score}", 0, 10, "The scale ends at 10."),
    Possible("Body weight", "kg", 0.2, 650, "0.2 kg and 635 kg were weighed."),
    Possible("Body height", "cm", 20, 275, "Nobody was taller than 272 cm."),
    Possible("Body mass index", "kg/m2", 5, 250, "The heaviest had 204."),
    Possible("Body mass index percentile", "%", 0, 100, "It is a share."),
    Possible("Weight-for-length percentile", "%", 0, 100, "It is a share."),
    Possible("Head circumference", "cm", 15, 100, "Hydrocephalus reached 96 cm."),
    Possible("Head circumference percentile", "%", 0, 100, "It is a share."),
)
# As in readmission_analytes, which leaves a number outside these out of the model.
ANALYTES = (
    Possible("718-7", "g/dL", 2, 25, "Haemoglobin beyond it is another unit."),
    Possible("2951-2", "mmol/L", 90, 200, "Sodium beyond it is contamination."),
    Possible("2160-0", "mg/dL", 0.1, 30, "Creatinine beyond it is another unit."),
)


def number_checks() -> Iterable[MartCheck]:
    """Return a check of either limit of every measure."""
    yield from _limits(
        VITAL_SIGNS, "fct_vital_signs", "vital_sign_name", "standard_number",
        "standard_unit",
    )  # fmt: skip
    yield from _limits(
        ANALYTES, "fct_lab_results", "loinc_code", "value_number", "comparable_unit"
    )
    yield from _limits(
        ANALYTES, "fct_lab_results", "loinc_code", "converted_value_number",
        "converted_unit",
    )  # fmt: skip
    yield _pressures_are_in_order()
    yield _one_test_has_one_size()


def _limits(
    measures: Sequence[Possible], relation: str, code: str, column: str, unit: str
) -> Iterable[MartCheck]:
    of = "converted to" if column.startswith("converted") else "in"
    joined = f"{column}_possible"
    join = one_of(
        joined,
        ("name", "unit", "lowest", "highest"),
        (f"('{m.name}', '{m.unit}', {m.lowest:g}, {m.highest:g})" for m in measures),
        f"fact.{code} = {joined}.name and fact.{unit} = {joined}.unit",
    )
    sides = (
        ("low", "<", "lowest", "below", "plausibleValueLow"),
        ("high", ">", "highest", "above", "plausibleValueHigh"),
    )
    for possible in measures:
        measure = f"{possible.name} {of} {possible.unit}"
        for side, operator, limit, word, dashboard_type in sides:
            yield MartCheck(
                relation,
                f"{column}:{side}:{possible.name}:{possible.unit}",
                Words(
                    f"{measure} is not {word} {getattr(possible, limit):g}.",
                    possible.reason,
                ),
                Kahn.ATEMPORAL_PLAUSIBILITY,
                applies=f"fact.{column} is not null and {joined}.name is not null",
                breaks=f"fact.{column} {operator} {joined}.{limit}",
                limit=ONE_PERCENT,
                joins=(join,),
                dashboard_types=(dashboard_type,),
                among=(code, possible.name),
            )


def _pressures_are_in_order() -> MartCheck:
    return MartCheck(
        "fct_vital_signs",
        "standard_number:pressures_in_order",
        Words(
            "A diastolic pressure is not above the systolic one of the same time.",
            "The two columns are swapped, and every score and trend with them.",
        ),
        Kahn.ATEMPORAL_PLAUSIBILITY,
        applies="fact.vital_sign_name = 'Diastolic blood pressure' "
        "and fact.standard_number is not null and fact.systolic_beside is not null",
        breaks="fact.standard_number > fact.systolic_beside",
        limit=ONE_PERCENT,
        windows={
            "systolic_beside": "max(case when vital_sign_name = "
            "'Systolic blood pressure' then standard_number end) over (partition by "
            "patient_key, encounter_key, position_name, measured_at)"
        },
    )


def _one_test_has_one_size() -> MartCheck:
    return MartCheck(
        "fct_lab_results",
        "test_code:one_size",
        Words(
            "No test has numbers of two sizes, a known factor apart, under one unit.",
            "Some were told in another unit than the one beside them: judged by a "
            "range, they are wrong by that factor.",
        ),
        Kahn.ATEMPORAL_PLAUSIBILITY,
        applies="first_of_test.numbers_count > 0",
        breaks="mix.test_code is not null",
        joins=(FIRST_OF_TEST, MIX),
    )
