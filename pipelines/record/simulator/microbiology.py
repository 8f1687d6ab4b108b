"""Urine strips and cultures: results in words, organisms, susceptibilities."""

from dataclasses import dataclass

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.journal import Row

# Organism, share among urinary isolates, antibiotic with share of resistant isolates.
# fmt: off
_ORGANISMS = (
    ("Escherichia coli", 0.74, (0.42, 0.06, 0.18, 0.03, 0.24)),
    ("Klebsiella pneumoniae", 0.13, (1.0, 0.08, 0.12, 0.35, 0.15)),
    ("Proteus mirabilis", 0.07, (0.25, 0.03, 0.12, 1.0, 0.2)),
    ("Enterococcus faecalis", 0.06, (0.02, 1.0, 0.3, 0.03, 1.0)),
)
# fmt: on
_ANTIBIOTICS = (
    ("Ampicillin", "18864-9"),
    ("Ceftriaxone", "18895-3"),
    ("Ciprofloxacin", "18906-8"),
    ("Nitrofurantoin", "18955-5"),
    ("Trimethoprim+Sulfamethoxazole", "18998-5"),
)
INTERMEDIATE_SHARE = 0.04
NO_GROWTH_DESPITE_INFECTION = 0.12

# LOINC, name, answer without and with infection.
_STRIP = (
    ("5802-4", "Nitrite, urine strip", "Negative", "Positive"),
    ("5799-2", "Leukocyte esterase, urine strip", "Negative", "2+"),
    ("5804-0", "Protein, urine strip", "Negative", "Trace"),
    ("5794-3", "Hemoglobin, urine strip", "Negative", "1+"),
    ("5792-7", "Glucose, urine strip", "Negative", "Negative"),
)
_SPILLED_GLUCOSE = 180  # mg/dL in blood above which urine has some


@dataclass(frozen=True)
class Isolate:
    """An organism that grew, with S, I or R per antibiotic."""

    organism: str
    answers: tuple[str, ...]


def _shared(case: Case, visit: Visit, collected: int, material: str) -> Row:
    number = f"{case.person.number:06d}-{len(case.journal.rows['lab_results']) + 1}"
    return {
        "encounter_id": visit.encounter_id,
        "order_id": f"OR{number}",
        "specimen_id": f"S{number}M",
        "specimen_name": material,
        "code_system": "LOINC",
        "practitioner_id": visit.practitioner_id,
        "priority_code": "ROUTINE",
        "collected_at": collected,
    }


def urine_strip(case: Case, visit: Visit, *, is_infected: bool) -> None:
    """Write a dipstick's answers."""
    resulted = visit.minute + 25
    if resulted >= case.end:
        return
    shared = _shared(case, visit, visit.minute, "Urine")
    spills = case.latest.get("glucose", 0) > _SPILLED_GLUCOSE
    for loinc, name, well, ill in _STRIP:
        answer = ill if is_infected else well
        if loinc == "5792-7" and spills:
            answer = "2+"
        case.journal.write(
            "lab_results",
            **shared,
            test_code=loinc,
            test_name=name,
            value_text=answer,
            reference_text="Negative",
            status_code="final",
            resulted_at=resulted,
            laboratory_flag=None if answer == "Negative" else "A",
            source_updated_at=resulted,
        )


def draw_isolate(case: Case) -> Isolate:
    """Draw an organism and what kills it; blood and urine share it."""
    shares = [share for _, share, _ in _ORGANISMS]
    organism, _, resistances = _ORGANISMS[case.rng.choice(len(_ORGANISMS), p=shares)]
    answers = []
    for resistant, chance in zip(
        resistances, case.rng.random(len(resistances)), strict=True
    ):
        is_between = resistant <= chance < resistant + INTERMEDIATE_SHARE
        answers.append("I" if is_between else "SR"[int(chance < resistant)])
    return Isolate(organism, tuple(answers))


def urine_culture(case: Case, visit: Visit, isolate: Isolate) -> None:
    """Write a urine culture; some infections do not grow."""
    shared = _shared(case, visit, visit.minute, "Urine")
    shared |= {"test_code": "630-4", "test_name": "Urine culture"}
    grows = case.rng.random() >= NO_GROWTH_DESPITE_INFECTION
    _culture(case, shared, 2, isolate if grows else None)


def blood_culture(case: Case, visit: Visit, isolate: Isolate | None) -> None:
    """Write a blood culture, preliminary after a day and final after five."""
    shared = _shared(case, visit, visit.minute, "Blood")
    shared |= {"test_code": "600-7", "test_name": "Blood culture"}
    _culture(case, shared, 5, isolate)


def _culture(case: Case, shared: Row, days: int, isolate: Isolate | None) -> None:
    """Write the preliminary and the final version of a culture."""
    collected = shared["collected_at"]
    final = collected + days * DAY + int(case.rng.integers(-4, 4)) * HOUR
    first = collected + DAY
    if first >= case.end:
        return
    record_id = case.journal.write(
        "lab_results",
        **shared,
        value_text="No growth to date",
        status_code="preliminary",
        resulted_at=first,
        source_updated_at=first,
    )
    if final >= case.end:
        return
    row = {
        **case.journal.rows["lab_results"][-1],
        "record_id": record_id,
        "status_code": "final",
        "resulted_at": final,
        "source_updated_at": final,
        "value_text": isolate.organism if isolate else "No growth",
        "reference_text": "No growth",
    }
    if isolate:
        row |= {
            "organism_name": isolate.organism,
            "isolate_number": 1,
            "laboratory_flag": "A",
        }
    case.journal.rows["lab_results"].append(row)
    if isolate:
        _susceptibilities(case, row, isolate)


def _susceptibilities(case: Case, culture: Row, isolate: Isolate) -> None:
    """Write one result per antibiotic tested against an isolate."""
    kept = {
        key: culture[key]
        for key in (
            "encounter_id",
            "order_id",
            "specimen_id",
            "specimen_name",
            "code_system",
            "practitioner_id",
            "priority_code",
            "collected_at",
            "resulted_at",
            "source_updated_at",
            "status_code",
            "organism_name",
            "isolate_number",
        )
    }
    for (name, loinc), answer in zip(_ANTIBIOTICS, isolate.answers, strict=True):
        case.journal.write(
            "lab_results",
            **kept,
            test_code=loinc,
            test_name=f"{name} [Susceptibility]",
            antibiotic_name=name,
            value_text=answer,
            laboratory_flag=answer,
        )
