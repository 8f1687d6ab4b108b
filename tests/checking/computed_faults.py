"""Of every relation between columns: a row that breaks it, and one that keeps it."""

from typing import Any

Row = dict[str, Any]
T0, T1, T2 = "2020-01-01T00:00Z", "2020-01-01T12:00Z", "2020-01-03T00:00Z"
POINTS = {
    f"{each}_points": 1
    for each in (
        *("respiration", "saturation", "oxygen", "systolic", "pulse"),
        *("consciousness", "temperature"),
    )
}
NORMAL = {"flag": "NORMAL", "value_number": 5, "reference_low": 4, "reference_high": 6}
HIGH = {**NORMAL, "flag": "HIGH"}
LOW = {**NORMAL, "flag": "LOW"}
TREND = {"lowest_value": 1, "highest_value": 9}
STAY = {"admitted_at": T0, "discharged_at": T2, "is_open": False}
CLAIM = {
    "billed_amount": 100,
    "paid_amount": 30,
    "adjusted_amount": 20,
    "refunded_amount": 0,
    "is_voided": False,
}
BMI = {"measure_code": "body_mass_index"}
ADHERENCE = {"days_in_period": 100, "days_covered": 80, "adherent_percent": 80}
RESULT = "fct_lab_results"
SPANS = {
    f"{state}_{span}_count": 1
    for state in ("acknowledged", "open")
    for span in (*("in_30_minutes", "in_1_hour", "in_4_hours", "in_24_hours", "later"),)
}
LISTED = {
    "dim_drug_ingredients:row:told_once": ("drug_key", "ingredient_name"),
    "dim_alerting_pairs:row:told_once": (
        *("alert_kind_code", "first_ingredient_name", "second_ingredient_name"),
    ),
}
# Of each check the columns of a row that breaks it, then of one that keeps it.
PLANTED: dict[str, tuple[Row, Row]] = {
    "fct_encounters:length_hours:again": (
        {"started_at": T0, "ended_at": T1, "length_hours": 13},
        {"started_at": T0, "ended_at": T1, "length_hours": 12},
    ),
    "fct_encounters:is_open:again": (
        {"is_open": True, "ended_at": T1},
        {"is_open": False, "ended_at": T1},
    ),
    "fct_encounters:has_time_conflict:again": (
        {"started_at": T1, "ended_at": T0, "has_time_conflict": False},
        {"started_at": T1, "ended_at": T0, "has_time_conflict": True},
    ),
    "fct_encounters:encounter_class_code:known": (
        {"encounter_class_code": "unknown"},
        {"encounter_class_code": "inpatient"},
    ),
    "fct_inpatient_stays:length_of_stay_days:again": (
        {**STAY, "length_of_stay_days": 5},
        {**STAY, "length_of_stay_days": 2},
    ),
    "fct_inpatient_stays:days_since_previous_discharge:not_negative": (
        {"days_since_previous_discharge": -1},
        {"days_since_previous_discharge": 0},
    ),
    "fct_inpatient_stays:stay_number:first": (
        {**STAY, "stay_number": 1, "days_since_previous_discharge": 3},
        {**STAY, "stay_number": 2, "days_since_previous_discharge": 3},
    ),
    "fct_inpatient_stays:encounters_count:some": (
        {"encounters_count": 0},
        {"encounters_count": 1},
    ),
    "dim_patients:birth_year:again": (
        {"birth_year": 1981, "birth_date": "1980-05-01"},
        {"birth_year": 1980, "birth_date": "1980-05-01"},
    ),
    "dim_patients:is_deceased:again": (
        {"deceased_at": T0, "is_deceased": False},
        {"deceased_at": T0, "is_deceased": True},
    ),
    "dim_patients:deceased_at:after_birth": (
        {"deceased_at": T0, "birth_year": 2021},
        {"deceased_at": T0, "birth_year": 2020},
    ),
    "dim_patients:age:possible": (
        {"deceased_at": T0, "birth_year": 1894},
        {"deceased_at": T0, "birth_year": 1895},
    ),
    f"{RESULT}:flag:normal_has_number_and_range": (
        {"flag": "NORMAL", "value_number": 5},
        NORMAL,
    ),
    f"{RESULT}:flag:normal_within": ({**NORMAL, "value_number": 6.1}, NORMAL),
    f"{RESULT}:flag:high_above": (HIGH, {**HIGH, "value_number": 6.1}),
    f"{RESULT}:flag:low_below": (LOW, {**LOW, "value_number": 3.9}),
    f"{RESULT}:flag:reason": (
        {"flag": "INDETERMINATE"},
        {"flag": "INDETERMINATE", "indeterminate_reason": "no_delivered_range"},
    ),
    f"{RESULT}:default_range_flag:normal_within": (
        {"default_range_flag": "NORMAL", "value_number": 9, "default_high": 8},
        {"default_range_flag": "NORMAL", "value_number": 8, "default_high": 8},
    ),
    f"{RESULT}:is_usable:not_withdrawn": (
        {"is_withdrawn": True, "is_usable": True},
        {"is_withdrawn": True, "is_usable": False},
    ),
    f"{RESULT}:converted_value_number:unit": (
        {"converted_value_number": 5},
        {"converted_value_number": 5, "converted_unit": "mmol/L"},
    ),
    f"{RESULT}:conversion_code:number": (
        {"conversion_code": "converted"},
        {"conversion_code": "converted", "converted_value_number": 5},
    ),
    f"{RESULT}:comparator:no_number": (
        {"comparator": "<", "value_number": 5},
        {"comparator": "<", "comparator_number": 5},
    ),
    "fct_vital_signs:comparator:no_number": (
        {"comparator": "<", "value_number": 5},
        {"comparator": "<"},
    ),
    "fct_vital_signs:standard_number:unit": (
        {"standard_number": 37},
        {"standard_number": 37, "standard_unit": "Cel"},
    ),
    "fct_early_warning_scores:total_points:again": (
        {**POINTS, "total_points": 8},
        {**POINTS, "total_points": 7},
    ),
    "fct_early_warning_scores:total_points:possible": (
        {"total_points": 21},
        {"total_points": 20},
    ),
    "fct_early_warning_scores:total_points:reason": (
        {"total_points": None},
        {"not_computed_reason": "too_young"},
    ),
    "fct_early_warning_scores:band_code:high": (
        {"total_points": 7, "band_code": "medium"},
        {"total_points": 7, "band_code": "high"},
    ),
    "fct_derived_measures:value_number:reason": (
        {"measure_code": "egfr"},
        {"measure_code": "egfr", "not_computed_reason": "child"},
    ),
    "fct_derived_measures:value_number:not_negative": (
        {"measure_code": "egfr", "value_number": -1},
        {"measure_code": "egfr", "value_number": 0},
    ),
    "fct_derived_measures:value_number:body_mass_index": (
        {**BMI, "value_number": 4649},
        {**BMI, "value_number": 24.2},
    ),
    "fct_result_trends:last_value:within": (
        {**TREND, "last_value": 10},
        {**TREND, "last_value": 9},
    ),
    "fct_result_trends:first_value:within": (
        {**TREND, "first_value": 0},
        {**TREND, "first_value": 1},
    ),
    "fct_result_trends:change_from_previous:again": (
        {"last_value": 3, "previous_value": 5, "change_from_previous": 2},
        {"last_value": 3, "previous_value": 5, "change_from_previous": -2},
    ),
    "fct_result_trends:slope_per_year:within": (
        {"slope_per_year": 3, "slope_low_per_year": 1, "slope_high_per_year": 2},
        {"slope_per_year": 1, "slope_low_per_year": 1, "slope_high_per_year": 2},
    ),
    "fct_result_trends:forecast_value:within": (
        {"forecast_value": 3, "forecast_low": 1, "forecast_high": 2},
        {"forecast_value": -1, "forecast_low": 0, "forecast_high": 2},
    ),
    "fct_result_trends:out_of_range_share:again": (
        {"judged_count": 4, "out_of_range_count": 1, "out_of_range_share": 0.5},
        {"judged_count": 4, "out_of_range_count": 1, "out_of_range_share": 0.25},
    ),
    "fct_result_trends:time_in_range_share:possible": (
        {"time_in_range_share": 1.1},
        {"time_in_range_share": 1},
    ),
    "fct_result_trends:point_count:within": (
        {"result_count": 2, "point_count": 3, "day_count": 1},
        {"result_count": 3, "point_count": 3, "day_count": 3},
    ),
    "fct_delta_checks:change_number:again": (
        {"value_number": 3, "previous_value_number": 5, "change_number": 2},
        {"value_number": 3, "previous_value_number": 5, "change_number": -2},
    ),
    "fct_delta_checks:change_limit:beyond": (
        {"change_number": 0},
        {"change_number": 1},
    ),
    "fct_critical_results:seconds_to_acknowledgement:again": (
        {
            "clock_began_at": T0,
            "first_acknowledged_at": T1,
            "seconds_to_acknowledgement": 60,
        },
        {
            "clock_began_at": T0,
            "first_acknowledged_at": T1,
            "seconds_to_acknowledgement": 43_200,
        },
    ),
    "fct_lab_turnarounds:versions_count:some": (
        {"versions_count": 0},
        {"versions_count": 1},
    ),
    "fct_lab_orders:turnaround_hours:again": (
        {"ordered_at": T0, "completed_at": T1, "turnaround_hours": 11},
        {"ordered_at": T0, "completed_at": T1, "turnaround_hours": 12},
    ),
    "fct_specimens:transport_hours:again": (
        {"collected_at": T0, "received_at": T1, "transport_hours": 1},
        {"collected_at": T0, "received_at": T1, "transport_hours": 12},
    ),
    "fct_claims:balance_amount:again": (
        {**CLAIM, "balance_amount": 70},
        {**CLAIM, "balance_amount": 50},
    ),
    "fct_claims:is_voided:owes_nothing": (
        {"is_voided": True, "balance_amount": 1},
        {"is_voided": True, "balance_amount": 0},
    ),
    "fct_claims:allowed_amount:within": (
        {**CLAIM, "allowed_amount": 101},
        {**CLAIM, "allowed_amount": 100},
    ),
    "fct_claims:patient_amount:within": (
        {**CLAIM, "patient_amount": 101},
        {**CLAIM, "patient_amount": 100},
    ),
    "fct_administrations:minutes_late:again": (
        {"scheduled_at": T0, "administered_at": T1, "minutes_late": 5},
        {"scheduled_at": T0, "administered_at": T1, "minutes_late": 720},
    ),
    "fct_medication_eras:length_days:again": (
        {"starts_on": "2020-01-01", "ends_on": "2020-01-11", "length_days": 5},
        {"starts_on": "2020-01-01", "ends_on": "2020-01-11", "length_days": 10},
    ),
    "fct_medication_eras:gap_days:within": (
        {"gap_days": 11, "length_days": 10},
        {"gap_days": 9, "length_days": 10},
    ),
    "fct_medication_eras:exposures_count:some": (
        {"exposures_count": 0},
        {"exposures_count": 1},
    ),
    "fct_medication_covered_intervals:days_count:again": (
        {"starts_on": "2020-01-01", "ends_on": "2020-01-10", "days_count": 9},
        {"starts_on": "2020-01-01", "ends_on": "2020-01-10", "days_count": 10},
    ),
    "fct_medication_adherence:days_covered:within": (
        {**ADHERENCE, "days_covered": 101},
        ADHERENCE,
    ),
    "fct_medication_adherence:proportion_of_days_covered:again": (
        {**ADHERENCE, "proportion_of_days_covered": 0.9},
        {**ADHERENCE, "proportion_of_days_covered": 0.8},
    ),
    "fct_medication_adherence:is_adherent:again": (
        {**ADHERENCE, "is_adherent": False},
        {**ADHERENCE, "is_adherent": True},
    ),
    "fct_refills:next_fill_due_on:again": (
        {"last_covered_on": "2020-01-10", "next_fill_due_on": "2020-01-10"},
        {"last_covered_on": "2020-01-10", "next_fill_due_on": "2020-01-11"},
    ),
    "fct_refills:open_requests_count:within": (
        {"open_requests_count": 2, "requests_count": 1},
        {"open_requests_count": 1, "requests_count": 1},
    ),
    "fct_dose_changes:change_percent:again": (
        {"daily_dose": 10, "previous_daily_dose": 5, "change_percent": 50},
        {"daily_dose": 10, "previous_daily_dose": 5, "change_percent": 100},
    ),
    "fct_medication_exposures:daily_dose:positive": (
        {"daily_dose": 0},
        {"daily_dose": 0.5},
    ),
    "fct_medication_exposures:daily_dose:unit": (
        {"daily_dose": 5},
        {"daily_dose": 5, "daily_dose_unit": "mg"},
    ),
    "fct_medication_exposures:supply_days:possible": (
        {"supply_days": 366},
        {"supply_days": 365},
    ),
    "readmission_cohort:predicted_at:within": (
        {"admitted_at": T0, "predicted_at": "2021-01-02T00:00Z"},
        {"admitted_at": T0, "predicted_at": T1},
    ),
    "agg_critical_clocks:acknowledged_count:within": (
        {"critical_count": 3, "acknowledged_count": 2, "open_count": 2},
        {"critical_count": 3, "acknowledged_count": 2, "open_count": 1},
    ),
    "agg_critical_clocks:acknowledged_count:again": (
        {**SPANS, "acknowledged_count": 4},
        {**SPANS, "acknowledged_count": 5},
    ),
    "agg_critical_clocks:open_count:again": (
        {**SPANS, "open_count": 4},
        {**SPANS, "open_count": 5},
    ),
    "agg_critical_clocks:median_minutes:within": (
        {"median_minutes": 6, "ninetieth_minutes": 5},
        {"median_minutes": 5, "ninetieth_minutes": 5},
    ),
    "agg_daily_doses:dose_basis_code:reason": (
        {"doses_count": 1},
        {"doses_count": 1, "refusal_code": "no_strength"},
    ),
    "agg_delta_checks:alert_count:within": (
        {"compared_count": 1, "alert_count": 2},
        {"compared_count": 1, "alert_count": 1},
    ),
    "agg_delta_checks:rise_count:within": (
        {"alert_count": 1, "rise_count": 2},
        {"alert_count": 1, "rise_count": 1},
    ),
    "agg_drug_mappings:with_rxnorm_code_count:within": (
        {"facts_count": 1, "with_rxnorm_code_count": 2},
        {"facts_count": 1, "with_rxnorm_code_count": 1},
    ),
    "agg_lab_flag_differences:results_count:within": (
        {"compared_count": 1, "results_count": 2},
        {"compared_count": 1, "results_count": 1},
    ),
    "agg_lab_judgements:numbers_count:within": (
        {"results_count": 1, "numbers_count": 2},
        {"results_count": 1, "numbers_count": 1},
    ),
    "agg_lab_judgements:numbers_without_range_count:within": (
        {"numbers_count": 1, "numbers_without_range_count": 2},
        {"numbers_count": 1, "numbers_without_range_count": 1},
    ),
    "agg_lab_turnarounds:timed_count:within": (
        {"results_count": 1, "timed_count": 2},
        {"results_count": 1, "timed_count": 1},
    ),
    "agg_lab_turnarounds:median_minutes:within": (
        {"median_minutes": 6, "ninetieth_minutes": 5},
        {"median_minutes": 5, "ninetieth_minutes": 5},
    ),
    "agg_lab_unit_mixes:lower_count:some": (
        {"lower_count": 0, "upper_count": 5},
        {"lower_count": 1, "upper_count": 5},
    ),
    "agg_medication_alerts:patients_count:within": (
        {"alerts_count": 1, "patients_count": 2},
        {"alerts_count": 1, "patients_count": 1},
    ),
    "agg_spurious_draws:found_count:within": (
        {"draws_count": 1, "found_count": 2},
        {"draws_count": 1, "found_count": 1},
    ),
    "dim_lab_panels:panel_position:placed": (
        {"panel_code": "p", "panel_position": 1},
        {"panel_code": "p", "panel_position": 1, "test_position": 1},
    ),
    "patients:age_years:below_90": ({"age_years": 90}, {"age_years": 89}),
    "patients:is_90_or_older:withheld": (
        {"is_90_or_older": True, "birth_year": 1930},
        {"is_90_or_older": True},
    ),
    "patients:zip3:three_digits": ({"zip3": "02139"}, {"zip3": "021"}),
    "patients:death_year:after_birth": (
        {"birth_year": 1950, "death_year": 1949},
        {"birth_year": 1950, "death_year": 1950},
    ),
    "conditions:condition_code:withheld": (
        {"code_withheld": "rare", "condition_code": "E11"},
        {"code_withheld": "rare"},
    ),
    "conditions:known_year:withheld": (
        {"year_withheld": "aged", "known_year": 1930},
        {"year_withheld": "aged"},
    ),
    "encounters:ended_year:withheld": (
        {"year_withheld": "aged", "ended_year": 1930},
        {"year_withheld": "aged"},
    ),
    "encounters:length_of_stay_days:not_negative": (
        {"length_of_stay_days": -1},
        {"length_of_stay_days": 0},
    ),
    "lab_results:value_number:withheld": (
        {"value_withheld": "text", "value_number": 5},
        {"value_withheld": "text"},
    ),
    "lab_results:collected_year:withheld": (
        {"year_withheld": "aged", "collected_year": 1930},
        {"year_withheld": "aged"},
    ),
    "lab_results:flag:normal_has_number": (
        {"flag": "NORMAL"},
        {"flag": "NORMAL", "value_number": 5},
    ),
    "prescriptions:drug_code:withheld": (
        {"code_withheld": "rare", "drug_code": "161"},
        {"code_withheld": "rare"},
    ),
    "prescriptions:ordered_year:withheld": (
        {"year_withheld": "aged", "ordered_year": 1930},
        {"year_withheld": "aged"},
    ),
    "fct_medication_history:code_system:of_code": (
        {"drug_code": "161"},
        {"drug_code": "161", "code_system": "RxNorm"},
    ),
}
# Two periods of one thing, of which the second begins before the first has ended.
FIRST, LATER, WITHIN = "2020-01-01", "2020-01-11", "2020-01-05"
OVERLAPPING: dict[str, tuple[str, str]] = {
    "fct_inpatient_stays:discharged_at:apart": ("admitted_at", "discharged_at"),
    "fct_medication_eras:ends_on:apart": ("starts_on", "ends_on"),
    "fct_medication_covered_intervals:ends_on:apart": ("starts_on", "ends_on"),
}


def _periods(columns: tuple[str, str], second: str) -> list[Row]:
    begins, ends = columns
    return [
        {"patient_key": 1, begins: FIRST, ends: "2020-01-10"},
        {"patient_key": 1, begins: second, ends: "2020-01-20"},
    ]


def _lines(columns: tuple[str, ...], last: str) -> list[Row]:
    """Return two lines of a list that differ in their last column, or do not."""
    line = dict.fromkeys(columns, "a")
    return [line, line | {columns[-1]: last}]


BROKEN: dict[str, list[Row]] = (
    {name: [pair[0]] for name, pair in PLANTED.items()}
    | {name: _periods(columns, WITHIN) for name, columns in OVERLAPPING.items()}
    | {name: _lines(columns, "a") for name, columns in LISTED.items()}
)
KEPT: dict[str, list[Row]] = (
    {name: [pair[1]] for name, pair in PLANTED.items()}
    | {name: _periods(columns, LATER) for name, columns in OVERLAPPING.items()}
    | {name: _lines(columns, "b") for name, columns in LISTED.items()}
)
