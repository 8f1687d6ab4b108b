"""Diseases of the organs of one sex are those of patients of that sex.

Groups of codes, with all that is below them, as a code list names them. Up to 2 % may
be of others: sex on record is not always that of the organs.
"""

from collections.abc import Iterable
from typing import NamedTuple

from expectations.expectation import Kahn
from expectations.marts.joins import PATIENT
from expectations.marts.mart_check import Limit, MartCheck, Words
from expectations.thresholds import Origin

TWO_PERCENT = Limit(0.02, Origin.STANDARD)


class OfOneSex(NamedTuple):
    """A group of codes of one list, from the first to the last category."""

    name: str
    system: str
    first: str
    last: str
    sex: str


# Categories of three characters of ICD-10-CM and ICD-9-CM, by their chapters.
GROUPS = (
    OfOneSex("Pregnancy and childbirth", "ICD-10-CM", "O00", "O9A", "female"),
    OfOneSex("Cancer of female organs", "ICD-10-CM", "C51", "C58", "female"),
    OfOneSex("Disease of female organs", "ICD-10-CM", "N70", "N98", "female"),
    OfOneSex("Supervision of pregnancy", "ICD-10-CM", "Z33", "Z3A", "female"),
    OfOneSex("Cancer of male organs", "ICD-10-CM", "C60", "C63", "male"),
    OfOneSex("Disease of male organs", "ICD-10-CM", "N40", "N53", "male"),
    OfOneSex("Pregnancy and childbirth", "ICD-9-CM", "630", "679", "female"),
    OfOneSex("Cancer of female organs", "ICD-9-CM", "179", "184", "female"),
    OfOneSex("Disease of female organs", "ICD-9-CM", "614", "629", "female"),
    OfOneSex("Cancer of male organs", "ICD-9-CM", "185", "187", "male"),
    OfOneSex("Disease of male organs", "ICD-9-CM", "600", "608", "male"),
)
# Single concepts of SNOMED CT; which are below others no list at hand tells.
CONCEPTS = {
    "72892002": ("Normal pregnancy", "female"),
    "398254007": ("Pre-eclampsia", "female"),
    "19169002": ("Miscarriage in first trimester", "female"),
    "35999006": ("Blighted ovum", "female"),
    "156073000": ("Fetus with unknown complication", "female"),
    "79586000": ("Tubal pregnancy", "female"),
    "126906006": ("Neoplasm of prostate", "male"),
    "92691004": ("Carcinoma in situ of prostate", "male"),
}
REASON = "Another person's fact stands on the chart, or the sex is wrong."


def sex_checks() -> Iterable[MartCheck]:
    """Return a check per group of codes and per single concept."""
    for group in GROUPS:
        where = (
            f"fact.code_system = '{group.system}' "
            f"and substring(fact.normalised_code, 1, 3) between '{group.first}' "
            f"and '{group.last}'"
        )
        name = f"{group.system}:{group.first}-{group.last}"
        told = f"{group.name} ({group.system} {group.first} to {group.last})"
        yield _of_sex(name, told, where, group.sex, "plausibleGenderUseDescendants")
    for code, (title, sex) in CONCEPTS.items():
        where = f"fact.code_system = 'SNOMED-CT' and fact.condition_code = '{code}'"
        told = f"{title} (SNOMED CT {code})"
        yield _of_sex(f"SNOMED-CT:{code}", told, where, sex, "plausibleGender")


def _of_sex(
    name: str, told: str, where: str, sex: str, dashboard_type: str
) -> MartCheck:
    return MartCheck(
        "fct_conditions",
        f"sex:{name}",
        Words(f"{told} is found in {sex} patients.", REASON),
        Kahn.ATEMPORAL_PLAUSIBILITY,
        applies=f"{where} and patient.sex_code in ('female', 'male')",
        breaks=f"patient.sex_code <> '{sex}'",
        limit=TWO_PERCENT,
        joins=(PATIENT,),
        dashboard_types=(dashboard_type,),
    )
