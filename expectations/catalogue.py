"""All suites by the name of their feed."""

from expectations import (
    acknowledgements,
    allergies,
    care_plans,
    care_team,
    conditions,
    dispenses,
    encounters,
    identity_statements,
    imaging_studies,
    immunizations,
    lab_results,
    local_codes,
    organizations,
    patient_links,
    patients,
    practitioners,
    prescriptions,
    procedures,
    questionnaire_responses,
    social_history,
    vital_signs,
)
from expectations.expectation import Suite

SUITES: dict[str, Suite] = {
    module.SUITE.feed: module.SUITE
    for module in (
        local_codes,
        patients,
        patient_links,
        practitioners,
        organizations,
        care_team,
        identity_statements,
        encounters,
        conditions,
        allergies,
        procedures,
        immunizations,
        social_history,
        vital_signs,
        care_plans,
        questionnaire_responses,
        lab_results,
        imaging_studies,
        acknowledgements,
        prescriptions,
        dispenses,
    )
}
