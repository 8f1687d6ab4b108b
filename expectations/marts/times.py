"""Times of facts lie within a life, within their visit, and not ahead of the source.

Only where the time was delivered with the fact: a mart that repeats it (a worklist, a
page of the patient's own) would tell the same fault once more.
"""

from collections.abc import Iterable, Mapping

from expectations.expectation import Kahn
from expectations.marts.contracts import Mart
from expectations.marts.joins import PATIENT, SOURCE, VISIT
from expectations.marts.mart_check import (
    FIVE_PERCENT,
    LEAST_ROWS_OF_A_SHARE,
    ONE_PERCENT,
    Limit,
    MartCheck,
    Words,
)

BIRTH, DEATH, FUTURE, WITHIN = "birth", "death", "future", "visit"
LIFE = (BIRTH, DEATH)
PAST = (*LIFE, FUTURE)
IN_VISIT = (*PAST, WITHIN)
# What is written and paid after a death may be about the life before it.
OFFICE = (BIRTH, FUTURE)
TIMES: dict[str, dict[str, tuple[str, ...]]] = {
    "fct_claims": {
        "service_started_at": IN_VISIT,
        "service_ended_at": PAST,
        "submitted_at": OFFICE,
    },
    "fct_payments": {"paid_at": OFFICE},
    "fct_care_plans": {"started_at": IN_VISIT, "ended_at": (BIRTH,)},
    "fct_notes": {"written_at": IN_VISIT},
    "fct_questionnaire_responses": {"answered_at": IN_VISIT},
    "fct_allergies": {"started_at": PAST, "ended_at": OFFICE},
    "fct_conditions": {
        "started_at": PAST,
        "ended_at": OFFICE,
        "recorded_at": IN_VISIT,
    },
    "fct_devices": {"started_at": IN_VISIT, "ended_at": LIFE},
    "fct_family_history": {"recorded_at": IN_VISIT},
    "fct_immunizations": {"administered_at": IN_VISIT},
    "fct_procedures": {"started_at": IN_VISIT, "ended_at": PAST},
    "fct_social_history": {"observed_at": IN_VISIT},
    "fct_imaging_studies": {"started_at": IN_VISIT, "last_image_at": PAST},
    "fct_imaging_reports": {"reported_at": IN_VISIT},
    "fct_lab_orders": {
        "ordered_at": IN_VISIT,
        "due_at": (BIRTH,),
        "completed_at": PAST,
    },
    "fct_specimens": {
        "collected_at": IN_VISIT,
        "received_at": PAST,
        "status_at": OFFICE,
    },
    "fct_lab_results": {"collected_at": IN_VISIT, "resulted_at": PAST},
    "fct_acknowledgements": {"acknowledged_at": OFFICE},
    "fct_vital_signs": {"measured_at": IN_VISIT},
    "fct_medication_history": {
        "started_at": (*LIFE, WITHIN),
        "ended_at": (BIRTH,),
        "first_dispensed_at": PAST,
    },
    "fct_dispenses": {"handed_out_at": PAST},
    "fct_administrations": {"administered_at": IN_VISIT, "scheduled_at": LIFE},
    "fct_medication_requests": {"requested_at": PAST, "answered_at": OFFICE},
    "fct_encounters": {"started_at": PAST, "ended_at": PAST},
    "fct_inpatient_stays": {"admitted_at": PAST, "discharged_at": PAST},
    "fct_appointments": {
        "requested_at": PAST,
        "starts_at": (BIRTH,),
        "ends_at": (BIRTH,),
    },
    "fct_referrals": {"requested_at": IN_VISIT, "completed_at": OFFICE},
    "fct_consents": {"started_at": PAST, "ended_at": (BIRTH,)},
    "fct_correction_requests": {"requested_at": OFFICE, "answered_at": OFFICE},
    "dim_contacts": {"started_at": OFFICE},
    "dim_coverages": {"started_at": (BIRTH,)},
}
# Times that dbt works out, the earlier before the later.
PAIRS = {
    "fct_inpatient_stays": [
        ("admitted_at", "discharged_at"),
        ("discharged_at", "next_admission_at"),
    ],
    "fct_imaging_studies": [("started_at", "last_image_at")],
    "fct_lab_turnarounds": [
        ("ordered_at", "collected_at"),
        ("collected_at", "received_at"),
        ("received_at", "first_resulted_at"),
        ("first_resulted_at", "final_resulted_at"),
    ],
    "fct_result_trends": [
        ("first_collected_at", "last_collected_at"),
        ("previous_collected_at", "last_collected_at"),
        ("last_collected_at", "forecast_at"),
    ],
    "fct_delta_checks": [("previous_collected_at", "collected_at")],
    "fct_spurious_draws": [("previous_collected_at", "collected_at")],
    "fct_abnormal_findings": [("previous_collected_at", "collected_at")],
    "fct_critical_results": [("clock_began_at", "first_acknowledged_at")],
    "fct_medication_history": [("first_dispensed_at", "last_dispensed_at")],
    "fct_medication_exposures": [("starts_on", "ends_on")],
    "fct_medication_eras": [("starts_on", "ends_on")],
    "fct_medication_covered_intervals": [("starts_on", "ends_on")],
    "fct_medication_adherence": [("period_starts_on", "period_ends_on")],
    "fct_medications_taken": [("taken_from", "taken_until")],
    "fct_medication_alerts": [("began_at", "ended_at")],
    "fct_refills": [("last_fill_on", "last_covered_on")],
    "fct_dispenses": [("supply_starts_at", "supply_ends_at")],
    "fct_lab_result_versions": [("known_from", "known_until")],
    "readmission_cohort": [
        ("admitted_at", "predicted_at"),
        ("predicted_at", "window_ends_at"),
    ],
}
# Dates of birth are those of the place, times are compared in UTC: no place is further
# ahead of it than 14 hours.
BEFORE_BIRTH = """
    case
        when patient.birth_date is not null
            then cast(fact.{0} + interval '14' hour as date) < patient.birth_date
        else extract(year from fact.{0} + interval '14' hour) < patient.birth_year
    end
"""
# What OHDSI allows: registers and last bills follow a death.
AFTER_DEATH = "fact.{0} > patient.deceased_at + interval '60' day"
OUTSIDE_VISIT = """
    fact.{0} < visit.started_at - interval '7' day
    or fact.{0} > visit.ended_at + interval '7' day
"""
LONG_BEFORE_VISIT = "fact.{0} < visit.started_at - interval '7' day"
# A diagnosis of a stay is coded after it, often with the bill; in our simulated
# hospital eight days after.
CODED_LATER = {("fct_conditions", "recorded_at")}
# Ordered at a visit as an outpatient, a picture is taken when there is a place, often
# weeks later, and hangs on the visit that asked for it.
WAITED_FOR = {"fct_imaging_studies", "fct_imaging_reports"}
IN_FUTURE = "fact.{0} > source.as_of + interval '1' day"


def time_checks(marts: Mapping[str, Mart]) -> Iterable[MartCheck]:
    """Return the checks of every time of every mart."""
    made = {BIRTH: _birth, DEATH: _death, FUTURE: _future, WITHIN: _visit}
    for relation, columns in TIMES.items():
        for column, kinds in columns.items():
            for kind in kinds:
                yield made[kind](marts[relation], column)
    for relation, pairs in PAIRS.items():
        for earlier, later in pairs:
            yield _in_order(relation, earlier, later)


def _birth(mart: Mart, column: str) -> MartCheck:
    return _temporal(
        mart,
        f"{column}:after_birth",
        Words(
            f"{column} of {mart.name} is not before the birth of the patient.",
            "Another person's fact, or a wrong date of birth: age picks the range.",
        ),
        applies=f"fact.{column} is not null and patient.birth_year is not null",
        breaks=BEFORE_BIRTH.format(column),
        joins=(PATIENT,),
        types=("plausibleAfterBirth", "plausibleDuringLife"),
    )


def _death(mart: Mart, column: str) -> MartCheck:
    return _temporal(
        mart,
        f"{column}:before_death",
        Words(
            f"{column} of {mart.name} is at most 60 days after the patient's death.",
            "Care of the dead is another person's fact, or the death is.",
        ),
        applies=f"fact.{column} is not null and patient.deceased_at is not null",
        breaks=AFTER_DEATH.format(column),
        joins=(PATIENT,),
        types=("plausibleBeforeDeath", "plausibleDuringLife"),
    )


def _future(mart: Mart, column: str) -> MartCheck:
    return _temporal(
        mart,
        f"{column}:not_ahead",
        Words(
            f"{column} of {mart.name} is not after the source's today.",
            "What lies ahead stands first in every trend; the today of a historical "
            "source is known only after its load.",
        ),
        applies=f"fact.{column} is not null and source.as_of is not null",
        breaks=IN_FUTURE.format(column),
        joins=(SOURCE,),
        types=("plausibleTemporalAfter",),
    )


def _visit(mart: Mart, column: str) -> MartCheck:
    is_coded_later = (mart.name, column) in CODED_LATER
    within = "not long before" if is_coded_later else "within a week of"
    breaks = LONG_BEFORE_VISIT if is_coded_later else OUTSIDE_VISIT
    return _temporal(
        mart,
        f"{column}:within_visit",
        Words(
            f"{column} of {mart.name} is {within} the visit it belongs to.",
            "It hangs on the wrong visit, and the stay's story is another one's.",
        ),
        applies=f"fact.{column} is not null and {_belongs_to_visit(mart)}",
        breaks=breaks.format(column),
        joins=(VISIT,),
        types=("withinVisitDates",),
        # Of fewer rows a single one would be more than the share that is allowed.
        limit=Limit(
            FIVE_PERCENT.share, FIVE_PERCENT.origin, least_rows=LEAST_ROWS_OF_A_SHARE
        ),
    )


def _belongs_to_visit(mart: Mart) -> str:
    """Return which rows should lie within their visit."""
    found = "fact.patient_key = visit.patient_key"
    if mart.name not in WAITED_FOR:
        return found
    return f"{found} and coalesce(visit.encounter_class_code, '') <> 'ambulatory'"


def _in_order(relation: str, earlier: str, later: str) -> MartCheck:
    return MartCheck(
        relation,
        f"{earlier}+{later}:in_order",
        Words(
            f"{later} of {relation} is not before {earlier}.",
            "A period that ends before it begins bends every length and overlap.",
        ),
        Kahn.TEMPORAL_PLAUSIBILITY,
        applies=f"fact.{earlier} is not null and fact.{later} is not null",
        breaks=f"fact.{later} < fact.{earlier}",
        limit=ONE_PERCENT,
        dashboard_types=("plausibleStartBeforeEnd",),
    )


def _temporal(  # noqa: PLR0913 - what a check consists of
    mart: Mart,
    name: str,
    words: Words,
    *,
    applies: str,
    breaks: str,
    joins: tuple[str, ...],
    types: tuple[str, ...],
    limit: Limit = ONE_PERCENT,
) -> MartCheck:
    return MartCheck(
        mart.name,
        name,
        words,
        Kahn.TEMPORAL_PLAUSIBILITY,
        applies=applies,
        breaks=breaks,
        limit=limit,
        joins=joins,
        dashboard_types=types,
    )
