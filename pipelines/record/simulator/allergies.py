"""Allergies and intolerances: who has which, and how they are recorded."""

import numpy as np

from pipelines.record.simulator.clock import YEAR
from pipelines.record.simulator.journal import Journal
from pipelines.record.simulator.person import Person

# Key: substance, code, code system, category, type, reactions with severity, share,
# groups of the formulary that must then not be prescribed.
# fmt: off
_ALLERGIES = {
    "penicillin": ("Penicillin G", "7980", "RxNorm", "drug", "allergy",
                   (("Hives", "moderate"), ("Facial swelling", "severe")), 0.08),
    "sulfonamide": ("Sulfamethoxazole / Trimethoprim", "10831", "RxNorm", "drug",
                    "allergy", (("Rash", "mild"),), 0.03),
    "aspirin": ("Aspirin", "1191", "RxNorm", "drug", "intolerance",
                (("Wheezing", "moderate"),), 0.012),
    "codeine": ("Codeine", "2670", "RxNorm", "drug", "intolerance",
                (("Nausea", "mild"),), 0.02),
    "peanut": ("Peanut", "762952008", "SNOMED-CT", "food", "allergy",
               (("Anaphylaxis", "severe"), ("Hives", "moderate")), 0.01),
    "shellfish": ("Shellfish", "735029006", "SNOMED-CT", "food", "allergy",
                  (("Hives", "moderate"),), 0.015),
    "latex": ("Latex", "111088007", "SNOMED-CT", "environment", "allergy",
              (("Contact dermatitis", "mild"),), 0.01),
    "grass": ("Grass pollen", "256277009", "SNOMED-CT", "environment", "allergy",
              (("Sneezing", "mild"), ("Itchy eyes", "mild")), 0.09),
    "mites": ("House dust mite", "260147004", "SNOMED-CT", "environment", "allergy",
              (("Sneezing", "mild"),), 0.05),
}
# fmt: on
REFUTED_SHARE = 0.06  # allergies that testing disproved; they stay visible

# What an allergy forbids, by key of the formulary.
FORBIDDEN = {
    "penicillin": ("amoxicillin", "amoxicillin_liquid", "piperacillin"),
    "aspirin": ("aspirin_81", "ibuprofen_400"),
}
# What is given instead; nothing where there is no entry.
ALTERNATIVES = {
    "amoxicillin": "azithromycin",
    "piperacillin": "ceftriaxone",
    "ibuprofen_400": "acetaminophen_325",
}


def draw_allergies(rng: np.random.Generator) -> tuple[str, ...]:
    """Draw the allergies of one person."""
    chances = rng.random(len(_ALLERGIES))
    return tuple(
        name
        for chance, (name, row) in zip(chances, _ALLERGIES.items(), strict=True)
        if chance < row[-1]
    )


def is_forbidden(person: Person, drug: str) -> bool:
    """Return whether an allergy of the person forbids a medicine."""
    return any(drug in FORBIDDEN.get(name, ()) for name in person.allergies)


def write_allergies(
    person: Person, journal: Journal, recorded: int, rng: np.random.Generator
) -> None:
    """Write a person's allergies as they are taken down at the first visit."""
    for name in person.allergies:
        substance, code, system, category, kind, reactions, _ = _ALLERGIES[name]
        since = int(recorded - rng.random() * min(20 * YEAR, recorded - person.born))
        is_severe = any(severity == "severe" for _, severity in reactions)
        is_refuted = rng.random() < REFUTED_SHARE
        row = {
            "substance_code": code,
            "code_system": system,
            "substance_name": substance,
            "type_code": kind,
            "category_code": category,
            "criticality_code": "high" if is_severe else "low",
            "clinical_status_code": "inactive" if is_refuted else "active",
            "verification_status_code": "refuted" if is_refuted else "confirmed",
            "started_at": since,
            "source_updated_at": recorded,
        }
        for rank, (reaction, severity) in enumerate(reactions, start=1):
            row[f"reaction_{rank}_name"] = reaction
            row[f"reaction_{rank}_severity_code"] = severity
        journal.write("allergies", **row)
