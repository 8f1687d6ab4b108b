"""What a mart works out comes out the same when it is worked out again.

Each is a second way to the same number, or a relation that numbers of one row keep; the
clinical rules themselves are tried by dbt's unit tests.
"""

from collections.abc import Iterable
from typing import NamedTuple

from expectations.expectation import Kahn, Severity
from expectations.marts.mart_check import MartCheck, Words


class Computed(NamedTuple):
    """A relation between columns of one row of a mart."""

    relation: str
    name: str
    sentence: str
    reason: str
    applies: str
    breaks: str
    severity: Severity = Severity.WARNING


FALSE_NORMAL = "A value that nobody could judge would read as a normal one."
POINTS = "A score that is not the sum of its points calls for the wrong care."
LENGTHS = "Lengths of stay and rates per day would be wrong, and look exact."
MONEY = "The balance tells what to ask of a patient."
SHARES = "A share outside 0 to 1 has lost its numerator or its denominator."
HIGH = "('HIGH', 'CRITICAL_HIGH')"
LOW = "('LOW', 'CRITICAL_LOW')"
POINT_COLUMNS = (
    "respiration",
    "saturation",
    "oxygen",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
)
SUM_OF_POINTS = " + ".join(f"fact.{each}_points" for each in POINT_COLUMNS)
RELATIONS = (
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
        "fct_lab_results",
        "flag:normal_has_number_and_range",
        "A result is NORMAL only with a number and a range.",
        FALSE_NORMAL,
        "fact.flag = 'NORMAL'",
        "coalesce(fact.value_number, fact.comparator_number) is null "
        "or coalesce(fact.reference_low, fact.reference_high) is null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_lab_results",
        "flag:normal_within",
        "A NORMAL number lies within the range delivered with it.",
        FALSE_NORMAL,
        "fact.flag = 'NORMAL' and fact.value_number is not null",
        "fact.value_number < fact.reference_low "
        "or fact.value_number > fact.reference_high",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_lab_results",
        "flag:high_above",
        "A HIGH number lies above the range delivered with it.",
        "A worklist would call for care that nobody needs.",
        f"fact.flag in {HIGH} and fact.value_number is not null",
        "not coalesce(fact.value_number > fact.reference_high, false)",
    ),
    Computed(
        "fct_lab_results",
        "flag:low_below",
        "A LOW number lies below the range delivered with it.",
        "A worklist would call for care that nobody needs.",
        f"fact.flag in {LOW} and fact.value_number is not null",
        "not coalesce(fact.value_number < fact.reference_low, false)",
    ),
    Computed(
        "fct_lab_results",
        "flag:reason",
        "An INDETERMINATE result says why, and no other does.",
        "Nobody can mend what is not told.",
        "fact.flag is not null",
        "(fact.flag = 'INDETERMINATE') <> (fact.indeterminate_reason is not null)",
    ),
    Computed(
        "fct_lab_results",
        "default_range_flag:normal_within",
        "A number that is NORMAL by a default range lies within it.",
        FALSE_NORMAL,
        "fact.default_range_flag = 'NORMAL' and fact.value_number is not null",
        "coalesce(fact.default_low, fact.default_high) is null "
        "or fact.value_number < fact.default_low "
        "or fact.value_number > fact.default_high",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_lab_results",
        "is_usable:not_withdrawn",
        "A result that was withdrawn is not usable.",
        "What the laboratory took back would be treated.",
        "fact.is_withdrawn",
        "fact.is_usable",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_lab_results",
        "converted_value_number:unit",
        "A converted number has the unit it was converted to.",
        "A number without its unit may be off by a thousand.",
        "fact.converted_value_number is not null",
        "fact.converted_unit is null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_lab_results",
        "conversion_code:number",
        "What is called converted has a converted number or bound.",
        "It would be missing from the trend that it was converted for.",
        "fact.conversion_code = 'converted'",
        "coalesce(fact.converted_value_number, fact.converted_comparator_number) "
        "is null",
    ),
    Computed(
        "fct_lab_results",
        "comparator:no_number",
        "An interval such as <5 is no plain number.",
        "The bound would be averaged as if it had been measured.",
        "fact.comparator is not null",
        "fact.value_number is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_vital_signs",
        "comparator:no_number",
        "A vital sign that is an interval is no plain number.",
        "The bound would be averaged as if it had been measured.",
        "fact.comparator is not null",
        "fact.value_number is not null",
    ),
    Computed(
        "fct_vital_signs",
        "standard_number:unit",
        "A number in the standard unit has that unit beside it.",
        "37 and 98.6 are told apart by their unit alone.",
        "fact.standard_number is not null",
        "fact.standard_unit is null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:again",
        "total_points is the sum of the seven points.",
        POINTS,
        "fact.total_points is not null",
        f"fact.total_points <> {SUM_OF_POINTS}",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:possible",
        "A total of NEWS2 is from 0 to 20.",
        POINTS,
        "fact.total_points is not null",
        "fact.total_points not between 0 and 20",
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:reason",
        "There is a total, or a reason why there is none.",
        "Nobody can tell a calm patient from an unmeasured one.",
        "true",
        "(fact.total_points is null) <> (fact.not_computed_reason is not null)",
    ),
    Computed(
        "fct_early_warning_scores",
        "band_code:high",
        "From 7 points on the band is high.",
        "The emergency team is called by the band.",
        "fact.total_points >= 7",
        "fact.band_code is null or fact.band_code <> 'high'",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_derived_measures",
        "value_number:reason",
        "A measure has a value, or a reason why it has none.",
        "Nobody can tell what is missing.",
        "fact.measure_code <> 'aki_stage'",
        "(fact.value_number is null) <> (fact.not_computed_reason is not null)",
    ),
    Computed(
        "fct_derived_measures",
        "value_number:not_negative",
        "No filtration rate, index or pressure is negative.",
        "It was worked out from another column's number.",
        "fact.measure_code in ('egfr', 'body_mass_index', 'mean_arterial_pressure', "
        "'fib4', 'news2', 'albuminuria') and fact.value_number is not null",
        "fact.value_number < 0",
    ),
    Computed(
        "fct_derived_measures",
        "value_number:body_mass_index",
        "A body mass index that was worked out is from 5 to 250.",
        "Weight and height are swapped, or one is in another unit.",
        "fact.measure_code = 'body_mass_index' and fact.value_number is not null",
        "fact.value_number not between 5 and 250",
    ),
    Computed(
        "fct_result_trends",
        "last_value:within",
        "The last value of a trend lies between its lowest and its highest.",
        "A chart would end outside its own axis.",
        "fact.last_value is not null",
        "fact.last_value not between fact.lowest_value and fact.highest_value",
    ),
    Computed(
        "fct_result_trends",
        "first_value:within",
        "The first value of a trend lies between its lowest and its highest.",
        "A chart would begin outside its own axis.",
        "fact.first_value is not null",
        "fact.first_value not between fact.lowest_value and fact.highest_value",
    ),
    Computed(
        "fct_result_trends",
        "change_from_previous:again",
        "change_from_previous is the last value less the one before.",
        "A fall would be told as a rise.",
        "fact.change_from_previous is not null",
        "abs(fact.change_from_previous - (fact.last_value - fact.previous_value)) "
        "> 0.000001",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_result_trends",
        "slope_per_year:within",
        "A slope lies within its 95 % interval.",
        "What is told as certain is not.",
        "fact.slope_per_year is not null and fact.slope_low_per_year is not null",
        "fact.slope_per_year not between fact.slope_low_per_year "
        "and fact.slope_high_per_year",
    ),
    Computed(
        "fct_result_trends",
        "forecast_value:within",
        "A forecast lies within its interval, or below zero.",
        "What is told as certain is not.",
        "fact.forecast_value is not null",
        "fact.forecast_value > fact.forecast_high "
        "or (fact.forecast_value < fact.forecast_low and fact.forecast_low > 0)",
    ),
    Computed(
        "fct_result_trends",
        "out_of_range_share:again",
        "out_of_range_share is the count out of range of those judged.",
        SHARES,
        "fact.out_of_range_share is not null",
        "fact.judged_count = 0 or abs(fact.out_of_range_share * fact.judged_count "
        "- fact.out_of_range_count) > 0.01 * fact.judged_count",
    ),
    Computed(
        "fct_result_trends",
        "time_in_range_share:possible",
        "time_in_range_share is from 0 to 1.",
        SHARES,
        "fact.time_in_range_share is not null",
        "fact.time_in_range_share not between 0 and 1",
    ),
    Computed(
        "fct_result_trends",
        "point_count:within",
        "A trend has no more days than points, and no more points than results.",
        "A slope of one day says more about chance.",
        "fact.result_count is not null",
        "fact.point_count > fact.result_count or fact.day_count > fact.point_count",
    ),
    Computed(
        "fct_delta_checks",
        "change_number:again",
        "change_number is the result less the one before.",
        "A fall would be told as a rise.",
        "fact.change_number is not null",
        "fact.change_number <> fact.value_number - fact.previous_value_number",
    ),
    Computed(
        "fct_delta_checks",
        "change_limit:beyond",
        "A delta check stands only where something changed.",
        "The laboratory would look into a change that is none.",
        "fact.change_number is not null",
        "fact.change_number = 0",
    ),
    Computed(
        "fct_critical_results",
        "seconds_to_acknowledgement:again",
        "The clock of a critical result is the time to its acknowledgement.",
        "The hospital answers to others for these minutes.",
        "fact.seconds_to_acknowledgement is not null "
        "and fact.clock_began_at is not null",
        "fact.first_acknowledged_at not between fact.clock_began_at "
        "+ (fact.seconds_to_acknowledgement - 1) * interval '1' second "
        "and fact.clock_began_at "
        "+ (fact.seconds_to_acknowledgement + 1) * interval '1' second",
    ),
    Computed(
        "fct_lab_turnarounds",
        "versions_count:some",
        "A result that is timed has come once at least.",
        "Times of nothing would be averaged.",
        "fact.versions_count is not null",
        "fact.versions_count < 1",
    ),
    Computed(
        "fct_lab_orders",
        "turnaround_hours:again",
        "turnaround_hours is the time from the order until it was done.",
        LENGTHS,
        "fact.turnaround_hours is not null",
        "fact.completed_at not between "
        "fact.ordered_at + (fact.turnaround_hours - 0.01) * interval '1' hour "
        "and fact.ordered_at + (fact.turnaround_hours + 0.01) * interval '1' hour",
    ),
    Computed(
        "fct_specimens",
        "transport_hours:again",
        "transport_hours is the time from the patient to the laboratory.",
        "Old blood gives a high potassium, and the time tells.",
        "fact.transport_hours is not null",
        "fact.received_at not between "
        "fact.collected_at + (fact.transport_hours - 0.01) * interval '1' hour "
        "and fact.collected_at + (fact.transport_hours + 0.01) * interval '1' hour",
    ),
    Computed(
        "fct_claims",
        "balance_amount:again",
        "The balance is what was billed less what was paid and adjusted.",
        MONEY,
        "fact.balance_amount is not null and not fact.is_voided",
        "fact.balance_amount <> fact.billed_amount - fact.paid_amount "
        "- fact.adjusted_amount + fact.refunded_amount",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_claims",
        "is_voided:owes_nothing",
        "Nothing is owed of a claim that was voided.",
        MONEY,
        "fact.is_voided",
        "fact.balance_amount <> 0",
    ),
    Computed(
        "fct_claims",
        "allowed_amount:within",
        "No payer allows more than was billed.",
        MONEY,
        "fact.allowed_amount is not null and fact.billed_amount is not null",
        "fact.allowed_amount > fact.billed_amount",
    ),
    Computed(
        "fct_claims",
        "patient_amount:within",
        "No patient is left more than was billed.",
        MONEY,
        "fact.patient_amount is not null and fact.billed_amount is not null",
        "fact.patient_amount > fact.billed_amount",
    ),
    Computed(
        "fct_administrations",
        "minutes_late:again",
        "minutes_late is the time from when a dose was due until it was given.",
        "A late dose would be told as on time.",
        "fact.minutes_late is not null",
        "fact.administered_at not between "
        "fact.scheduled_at + (fact.minutes_late - 1) * interval '1' minute "
        "and fact.scheduled_at + (fact.minutes_late + 1) * interval '1' minute",
    ),
    Computed(
        "fct_medication_eras",
        "length_days:again",
        "length_days of an era is the days from its first to its last.",
        LENGTHS,
        "fact.length_days is not null",
        "fact.ends_on not between fact.starts_on + (fact.length_days - 1) "
        "and fact.starts_on + fact.length_days",
    ),
    Computed(
        "fct_medication_eras",
        "gap_days:within",
        "An era has fewer days without medicine than days.",
        "A treatment that was not taken would be told as one that was.",
        "fact.gap_days is not null and fact.length_days is not null",
        "fact.gap_days < 0 or fact.gap_days > fact.length_days",
    ),
    Computed(
        "fct_medication_eras",
        "exposures_count:some",
        "An era is made of one exposure at least.",
        "A treatment that nobody ordered would be shown.",
        "fact.exposures_count is not null",
        "fact.exposures_count < 1",
    ),
    Computed(
        "fct_medication_covered_intervals",
        "days_count:again",
        "days_count is the days from the first to the last, both included.",
        "The arithmetic behind a share of covered days would not add up.",
        "fact.days_count is not null",
        "fact.ends_on <> fact.starts_on + (fact.days_count - 1)",
    ),
    Computed(
        "fct_medication_adherence",
        "days_covered:within",
        "No more days are covered than the period has.",
        SHARES,
        "fact.days_covered is not null",
        "fact.days_covered < 0 or fact.days_covered > fact.days_in_period",
    ),
    Computed(
        "fct_medication_adherence",
        "proportion_of_days_covered:again",
        "The share of covered days is the days covered per day of the period.",
        SHARES,
        "fact.proportion_of_days_covered is not null",
        "abs(fact.proportion_of_days_covered * fact.days_in_period "
        "- fact.days_covered) > 0.001 * fact.days_in_period",
    ),
    Computed(
        "fct_medication_adherence",
        "is_adherent:again",
        "A patient is adherent from the least percentage on.",
        "Who takes the medicine would be asked why not.",
        "fact.is_adherent is not null",
        "fact.is_adherent <> "
        "(100 * fact.days_covered >= fact.adherent_percent * fact.days_in_period)",
    ),
    Computed(
        "fct_refills",
        "next_fill_due_on:again",
        "The next fill is due on the day after the last with supply.",
        "A patient would be called too early or too late.",
        "fact.next_fill_due_on is not null",
        "fact.next_fill_due_on <> fact.last_covered_on + 1",
    ),
    Computed(
        "fct_refills",
        "open_requests_count:within",
        "No more requests are open than were made.",
        "A desk would look for a request that nobody made.",
        "fact.open_requests_count is not null",
        "fact.open_requests_count > fact.requests_count",
    ),
    Computed(
        "fct_dose_changes",
        "change_percent:again",
        "change_percent is the new dose against the one before.",
        "A raised dose would be told as a lowered one.",
        "fact.change_percent is not null and fact.previous_daily_dose > 0",
        "abs(fact.change_percent - 100 * (fact.daily_dose - fact.previous_daily_dose) "
        "/ fact.previous_daily_dose) > 0.01",
    ),
    Computed(
        "fct_medication_exposures",
        "daily_dose:positive",
        "A daily dose is above zero.",
        "Equivalents and totals would be too low.",
        "fact.daily_dose is not null",
        "fact.daily_dose <= 0",
    ),
    Computed(
        "fct_medication_exposures",
        "daily_dose:unit",
        "A daily dose has its unit beside it.",
        "A milligram and a gram are told apart by their unit alone.",
        "fact.daily_dose is not null",
        "fact.daily_dose_unit is null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_medication_exposures",
        "supply_days:possible",
        "A supply lasts from 1 to 365 days.",
        "Longer ones are typing errors, and cover years.",
        "fact.supply_days is not null",
        "fact.supply_days not between 1 and 365",
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


def computed_checks() -> Iterable[MartCheck]:
    """Return a check per relation between columns."""
    return map(computed_check, RELATIONS)


def computed_check(each: Computed) -> MartCheck:
    """Return the check of a relation between columns."""
    return MartCheck(
        each.relation,
        each.name,
        Words(each.sentence, each.reason),
        Kahn.COMPUTATIONAL_CONFORMANCE,
        applies=each.applies,
        breaks=each.breaks,
        severity=each.severity,
    )
