"""Of whom a limit is: bands of age and sexes, and how a statement tells them of a row.

The bands end where the reference ranges of children do, at 1, 6, 12 and 18 years; a
newborn of four weeks is apart, as haemoglobin, bilirubin and creatinine are.
"""

from typing import NamedTuple

ALL = "all"
NEWBORN, INFANT, ADULT = "newborn", "infant", "adult"
NEWBORN_DAYS = 28
BANDS = {
    NEWBORN: "newborns of less than 28 days",
    INFANT: "infants of 28 days to 1 year",
    "from_1_to_5": "children of 1 to 5 years",
    "from_6_to_11": "children of 6 to 11 years",
    "from_12_to_17": "young people of 12 to 17 years",
    ADULT: "adults",
}
SEXES = {"female": "women and girls", "male": "men and boys"}

# A patient of whom the year of birth alone is known is of a band if all ages that they
# may have had are.
BAND = f"""case
    when person.age_in_days < 0 or person.age_at_least < 0 then null
    when person.age_in_days < {NEWBORN_DAYS} then '{NEWBORN}'
    when person.age_in_days is not null and person.age_at_most < 1 then '{INFANT}'
    when person.age_at_least >= 1 and person.age_at_most < 6 then 'from_1_to_5'
    when person.age_at_least >= 6 and person.age_at_most < 12 then 'from_6_to_11'
    when person.age_at_least >= 12 and person.age_at_most < 18 then 'from_12_to_17'
    when person.age_at_least >= 18 then '{ADULT}'
end"""
ANALYTE = "coalesce(fact.converted_analyte_code, fact.analyte_code)"
UNIT = "coalesce(fact.converted_unit, fact.comparable_unit)"
NUMBER = "coalesce(fact.converted_value_number, fact.value_number)"
# A number whose unit is missing, unknown or does not convert tells no size; a bound
# such as <5 is no number; what was withdrawn or is not final does not count.
LIMITED_FACTS = f"""
    select
        fact.source_system,
        fact.patient_key,
        fact.delivery_id,
        fact.file_id,
        fact.line_number,
        fact.test_name,
        {ANALYTE} as analyte_code,
        {UNIT} as unit,
        {NUMBER} as number,
        patient.sex_code,
        {BAND} as age_band
    from marts.fct_lab_results as fact
    left join marts.dim_patients as patient
        on fact.patient_key = patient.patient_key
    cross join lateral (
        select cast(fact.collected_at at time zone %(zone)s as date) as collected_on
    ) as moment
    cross join lateral (
        select cast(extract(year from age(moment.collected_on, patient.birth_date))
            as integer) as years
    ) as known
    cross join lateral (
        select
            moment.collected_on - patient.birth_date as age_in_days,
            coalesce(
                known.years,
                extract(year from moment.collected_on) - patient.birth_year - 1
            ) as age_at_least,
            coalesce(
                known.years,
                extract(year from moment.collected_on) - patient.birth_year
            ) as age_at_most
    ) as person
    where fact.value_number is not null
        and fact.is_usable
        and not fact.is_withdrawn
        and fact.conversion_code in ('converted', 'not_needed', 'no_reference_unit')
        and {UNIT} is not null
"""  # noqa: S608 - constants of this module's


class Cell(NamedTuple):
    """An analyte in a unit, of a band of age and a sex; ``all`` is any, or unknown."""

    analyte_code: str
    unit: str
    age_band: str = ALL
    sex_code: str = ALL

    @property
    def whose(self) -> str:
        """Return in words whose results these are."""
        return whose(self.age_band, self.sex_code)


def whose(age_band: str, sex_code: str) -> str:
    """Return in words who is of a band and a sex."""
    band = BANDS.get(age_band, "all ages")
    if sex_code == ALL:
        return band
    sex = {"female": "female", "male": "male"}[sex_code]
    return f"{band}, {sex}"
