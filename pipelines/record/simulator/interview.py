"""What patients are asked once a year: habits, mood, alcohol."""

from pipelines.record.simulator.case import Case, Visit

PHQ2_SHARE = 0.22  # of the PHQ-9 scale, where the PHQ-2 score usually lies
# LOINC (SNOMED CT where LOINC has none), system, name.
# fmt: off
_HABITS = {
    "tobacco": ("72166-2", "LOINC", "Tobacco smoking status"),
    "alcohol": ("74013-4", "LOINC", "Alcoholic drinks per day"),
    "exercise": ("68516-4", "LOINC", "Exercise sessions per week"),
    "diet": ("230125005", "SNOMED-CT", "Diet"),
    "occupation": ("11341-5", "LOINC", "Occupation"),
}
# fmt: on
# fmt: on
_AUDIT_C = {
    "None": 0,
    "Occasional": 2,
    "1-2 drinks daily": 4,
    "3 or more drinks daily": 8,
}


def ask_about_habits(case: Case, visit: Visit) -> None:
    """Write how somebody lives, as asked once a year."""
    for habit, (code, system, name) in _HABITS.items():
        case.journal.write(
            "social_history",
            encounter_id=visit.encounter_id,
            observation_code=code,
            code_system=system,
            observation_name=name,
            observed_at=visit.minute,
            value_text=case.person.lifestyle[habit],
        )


def ask_questions(case: Case, visit: Visit) -> None:
    """Write the scores of PHQ-2 and AUDIT-C, and of PHQ-9 where depression is known."""
    mood = max(0.0, case.body.levels["mood"] + case.rng.normal(0, 1.2))
    drinks = _AUDIT_C[case.person.lifestyle["alcohol"]] + int(case.rng.integers(-1, 2))
    scores = [
        ("55758-7", "PHQ-2 total score", min(6, round(PHQ2_SHARE * mood + 0.2))),
        ("75626-2", "AUDIT-C total score", min(12, max(0, drinks))),
    ]
    if "depression" in case.problems:
        scores.append(("44261-6", "PHQ-9 total score", min(27, round(mood))))
        case.latest["mood"] = mood
    for code, name, score in scores:
        case.journal.write(
            "questionnaire_responses",
            encounter_id=visit.encounter_id,
            question_code=code,
            code_system="LOINC",
            question_name=name,
            answer_text=score,
            unit="{score}",
            answered_at=visit.minute,
        )
