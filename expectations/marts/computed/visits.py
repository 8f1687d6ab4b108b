"""Visits, stays, patients, and who may be readmitted: what is worked out of them."""

from expectations.expectation import Severity
from expectations.marts.computed.relation import LENGTHS, Computed

VISITS = (
    Computed(
        "fct_encounters",
        "length_hours:again",
        "length_hours of fct_encounters is the time from start to end.",
        LENGTHS,
        "fact.length_hours is not null and fact.ended_at is not null",
        "fact.ended_at not between "
        "fact.started_at + (fact.length_hours - 0.01) * interval '1' hour "
        "and fact.started_at + (fact.length_hours + 0.01) * interval '1' hour",
    ),
    Computed(
        "fct_encounters",
        "is_open:again",
        "A visit is open where no end is stated, and only there.",
        "A visit that never ends keeps a patient in a bed.",
        "fact.is_open is not null",
        "fact.is_open <> (fact.ended_at is null)",
    ),
    Computed(
        "fct_encounters",
        "has_time_conflict:again",
        "A visit that ends before it starts is marked as a conflict, and no other.",
        "A length is told of a visit whose times cannot be true.",
        "fact.ended_at is not null",
        "fact.has_time_conflict <> (fact.ended_at < fact.started_at)",
    ),
    Computed(
        "fct_inpatient_stays",
        "length_of_stay_days:again",
        "length_of_stay_days is the days from admission to discharge.",
        LENGTHS,
        "fact.length_of_stay_days is not null and fact.discharged_at is not null",
        # A day more or less: the calendar of the hospital is not that of the server.
        "cast(fact.discharged_at as date) not between "
        "cast(fact.admitted_at as date) + (fact.length_of_stay_days - 1) "
        "and cast(fact.admitted_at as date) + (fact.length_of_stay_days + 1)",
    ),
    Computed(
        "fct_inpatient_stays",
        "days_since_previous_discharge:not_negative",
        "No stay begins before the one before it has ended.",
        "A readmission would be counted of a patient who never left.",
        "fact.days_since_previous_discharge is not null",
        "fact.days_since_previous_discharge < 0",
    ),
    Computed(
        "fct_inpatient_stays",
        "stay_number:first",
        "The first stay of a patient has none before it, every other has.",
        "Readmissions are counted from the stay before.",
        "fact.stay_number is not null and not fact.is_open",
        "fact.stay_number < 1 or (fact.stay_number = 1 "
        "and fact.days_since_previous_discharge is not null)",
    ),
    Computed(
        "fct_inpatient_stays",
        "encounters_count:some",
        "A stay is made of one visit at least.",
        "A stay of no visit has no ward, no doctor and no reason.",
        "fact.encounters_count is not null",
        "fact.encounters_count < 1",
    ),
    Computed(
        "dim_patients",
        "birth_year:again",
        "birth_year is the year of birth_date.",
        "Age picks the range that a result is judged by.",
        "fact.birth_year is not null and fact.birth_date is not null",
        "fact.birth_year <> extract(year from fact.birth_date)",
        Severity.CRITICAL,
    ),
    Computed(
        "dim_patients",
        "is_deceased:again",
        "Whoever has a time of death is deceased.",
        "The dead would be called for their appointments.",
        "fact.deceased_at is not null",
        "not fact.is_deceased",
        Severity.CRITICAL,
    ),
    Computed(
        "dim_patients",
        "deceased_at:after_birth",
        "Nobody dies before being born.",
        "One of the two dates is another person's.",
        "fact.deceased_at is not null and fact.birth_year is not null",
        "extract(year from fact.deceased_at) < fact.birth_year",
    ),
    Computed(
        "dim_patients",
        "age:possible",
        "Nobody is older than 125 years at death.",
        "A year of birth that stands for unknown: age picks the range.",
        "fact.deceased_at is not null and fact.birth_year is not null",
        "extract(year from fact.deceased_at) - fact.birth_year > 125",
    ),
    Computed(
        "readmission_cohort",
        "predicted_at:within",
        "A risk is told within a year of the admission.",
        "It would be learned from what happened after.",
        "fact.predicted_at is not null",
        "fact.predicted_at > fact.admitted_at + interval '365' day",
    ),
)
