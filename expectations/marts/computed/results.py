"""Results of the laboratory: flags, conversions, trends and times again."""

from expectations.expectation import Severity
from expectations.marts.computed.relation import LENGTHS, SHARES, Computed

FALSE_NORMAL = "A value that nobody could judge would read as a normal one."
HIGH = "('HIGH', 'CRITICAL_HIGH')"
LOW = "('LOW', 'CRITICAL_LOW')"
RESULTS = (
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
)
