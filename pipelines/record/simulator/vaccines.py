"""Vaccinations by age and season: CVX codes of the CDC's schedules."""

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import date_of

INFLUENZA = ("140", "Influenza, seasonal, injectable, preservative free")
FLU_MONTHS = {9, 10, 11, 12, 1}
INFLUENZA_FROM_AGE = 0.5
FLU_DAYS = 200  # two vaccinations within one season would be a mistake
ACCEPTED_SHARE = 0.6

# Code, name, from which age, after how many years again (None: once).
_ADULT = (
    ("113", "Td (adult), preservative free", 18, 10),
    ("187", "Zoster recombinant", 50, None),
    ("216", "Pneumococcal conjugate PCV20", 65, None),
)
# Age in months of each well-child visit, and what is given in it.
# fmt: off
CHILD_SCHEDULE = {
    2: (("20", "DTaP"), ("10", "IPV"), ("49", "Hib (PRP-OMP)"), ("119", "Rotavirus"),
        ("133", "Pneumococcal conjugate PCV 13")),
    4: (("20", "DTaP"), ("10", "IPV"), ("49", "Hib (PRP-OMP)"), ("119", "Rotavirus"),
        ("133", "Pneumococcal conjugate PCV 13")),
    6: (("20", "DTaP"), ("08", "Hep B, adolescent or pediatric")),
    12: (("03", "MMR"), ("21", "Varicella"), ("83", "Hep A, ped/adol, 2 dose")),
    18: (("20", "DTaP"), ("83", "Hep A, ped/adol, 2 dose")),
    48: (("20", "DTaP"), ("10", "IPV"), ("03", "MMR"), ("21", "Varicella")),
    132: (("115", "Tdap"), ("114", "Meningococcal MCV4P"), ("62", "HPV, quadrivalent")),
    192: (("114", "Meningococcal MCV4P"),),
}
# fmt: on


def vaccinate_adult(case: Case, visit: Visit) -> None:
    """Give what is due and accepted."""
    vaccinate_against_influenza(case, visit)
    age = case.person.age_at(visit.minute)
    for code, name, lowest, again in _ADULT:
        is_covered = code in case.changed and (
            again is None or not case.is_settled(code, visit.minute, again * 365)
        )
        if age < lowest or is_covered:
            continue
        # Most people had their last dose before this record begins.
        is_due = case.rng.random() < (0.1 if again else 0.3)
        if is_due:
            inject(case, visit, code, name)


def vaccinate_against_influenza(case: Case, visit: Visit) -> None:
    """Vaccinate once a season."""
    in_season = date_of(visit.minute).month in FLU_MONTHS
    is_of_age = case.person.age_at(visit.minute) >= INFLUENZA_FROM_AGE
    if (
        in_season
        and is_of_age
        and case.is_settled(INFLUENZA[0], visit.minute, FLU_DAYS)
        and (case.rng.random() < ACCEPTED_SHARE)
    ):
        inject(case, visit, *INFLUENZA)


def inject(case: Case, visit: Visit, code: str, name: str) -> None:
    """Write one vaccination."""
    case.changed[code] = visit.minute
    case.journal.write(
        "immunizations",
        encounter_id=visit.encounter_id,
        vaccine_code=code,
        code_system="CVX",
        vaccine_name=name,
        status_code="completed",
        administered_at=visit.minute + 10,
    )


def child_vaccines_due(months: int) -> tuple[tuple[str, str], ...]:
    """Return what belongs to the well-child visit of an age."""
    return CHILD_SCHEDULE.get(months, ())
