"""Counts for quality staff add up, lists name a thing once, research withholds."""

from collections.abc import Iterable

from expectations.expectation import Kahn, Severity
from expectations.marts.computed.relation import Computed, computed_check
from expectations.marts.mart_check import MartCheck, Words

PARTS = "A share of these counts would be wrong, or above the whole."
WITHHELD = "What was withheld to protect a person is shown to a researcher."
RELATIONS = (
    Computed(
        "agg_critical_clocks",
        "acknowledged_count:within",
        "No more critical results are acknowledged or open than there are.",
        PARTS,
        "fact.critical_count is not null",
        "fact.acknowledged_count + fact.open_count > fact.critical_count",
    ),
    Computed(
        "agg_critical_clocks",
        "acknowledged_count:again",
        "Acknowledged results are those of every span of time together.",
        PARTS,
        "fact.acknowledged_count is not null",
        "fact.acknowledged_count <> fact.acknowledged_in_30_minutes_count "
        "+ fact.acknowledged_in_1_hour_count + fact.acknowledged_in_4_hours_count "
        "+ fact.acknowledged_in_24_hours_count + fact.acknowledged_later_count",
    ),
    Computed(
        "agg_critical_clocks",
        "open_count:again",
        "Open results are those of every span of time together.",
        PARTS,
        "fact.open_count is not null",
        "fact.open_count <> fact.open_in_30_minutes_count "
        "+ fact.open_in_1_hour_count + fact.open_in_4_hours_count "
        "+ fact.open_in_24_hours_count + fact.open_later_count",
    ),
    Computed(
        "agg_critical_clocks",
        "median_minutes:within",
        "Half of the clocks end no later than nine in ten.",
        "A median above the ninetieth is another column's number.",
        "fact.median_minutes is not null and fact.ninetieth_minutes is not null",
        "fact.median_minutes > fact.ninetieth_minutes",
    ),
    Computed(
        "agg_daily_doses",
        "dose_basis_code:reason",
        "Daily doses are computed by a rule, or refused with a reason.",
        "Nobody can tell why a dose is missing.",
        "true",
        "(fact.dose_basis_code is null) = (fact.refusal_code is null)",
    ),
    Computed(
        "agg_delta_checks",
        "alert_count:within",
        "No more changes raise an alert than were compared.",
        PARTS,
        "fact.compared_count is not null",
        "fact.alert_count > fact.compared_count",
    ),
    Computed(
        "agg_delta_checks",
        "rise_count:within",
        "No more alerts are of a rise than there are.",
        PARTS,
        "fact.alert_count is not null",
        "fact.rise_count > fact.alert_count",
    ),
    Computed(
        "agg_drug_mappings",
        "with_rxnorm_code_count:within",
        "No more facts have a code of RxNorm than there are.",
        PARTS,
        "fact.facts_count is not null",
        "fact.with_rxnorm_code_count > fact.facts_count",
    ),
    Computed(
        "agg_lab_flag_differences",
        "results_count:within",
        "No more results differ than were compared.",
        PARTS,
        "fact.compared_count is not null",
        "fact.results_count > fact.compared_count",
    ),
    Computed(
        "agg_lab_judgements",
        "numbers_count:within",
        "No more results are numbers than there are.",
        PARTS,
        "fact.results_count is not null",
        "fact.numbers_count > fact.results_count",
    ),
    Computed(
        "agg_lab_judgements",
        "numbers_without_range_count:within",
        "No more numbers lack a range than there are.",
        PARTS,
        "fact.numbers_count is not null",
        "fact.numbers_without_range_count > fact.numbers_count",
    ),
    Computed(
        "agg_lab_turnarounds",
        "timed_count:within",
        "No more results are timed than there are.",
        PARTS,
        "fact.results_count is not null",
        "fact.timed_count > fact.results_count",
    ),
    Computed(
        "agg_lab_turnarounds",
        "median_minutes:within",
        "Half of the results take no longer than nine in ten.",
        "A median above the ninetieth is another column's number.",
        "fact.median_minutes is not null and fact.ninetieth_minutes is not null",
        "fact.median_minutes > fact.ninetieth_minutes",
    ),
    Computed(
        "agg_lab_unit_mixes",
        "lower_count:some",
        "A mix of units has results on either side.",
        "The laboratory would look into a mix that is none.",
        "fact.lower_count is not null",
        "fact.lower_count < 1 or fact.upper_count < 1",
    ),
    Computed(
        "agg_medication_alerts",
        "patients_count:within",
        "No more patients have an alert than there are alerts.",
        PARTS,
        "fact.alerts_count is not null",
        "fact.patients_count > fact.alerts_count",
    ),
    Computed(
        "agg_spurious_draws",
        "found_count:within",
        "No more draws look spoiled than there are.",
        PARTS,
        "fact.draws_count is not null",
        "fact.found_count > fact.draws_count",
    ),
    Computed(
        "dim_lab_panels",
        "panel_position:placed",
        "A test of a panel has its place in it.",
        "It would stand at random between the others.",
        "fact.panel_code is not null",
        "fact.panel_position is null or fact.test_position is null",
    ),
    Computed(
        "patients",
        "age_years:below_90",
        "No age of 90 years or more is told for research.",
        WITHHELD,
        "fact.age_years is not null",
        "fact.age_years > 89",
        Severity.CRITICAL,
    ),
    Computed(
        "patients",
        "is_90_or_older:withheld",
        "Of whoever is 90 or older research has no age and no year of birth.",
        WITHHELD,
        "fact.is_90_or_older",
        "fact.age_years is not null or fact.birth_year is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "patients",
        "zip3:three_digits",
        "A postal code for research has three digits.",
        WITHHELD,
        "fact.zip3 is not null",
        "length(fact.zip3) <> 3",
        Severity.CRITICAL,
    ),
    Computed(
        "patients",
        "death_year:after_birth",
        "Nobody in research dies before being born.",
        "One of the two years is another person's.",
        "fact.death_year is not null and fact.birth_year is not null",
        "fact.death_year < fact.birth_year",
    ),
    Computed(
        "conditions",
        "condition_code:withheld",
        "A diagnosis that is withheld has no code for research.",
        WITHHELD,
        "fact.code_withheld is not null",
        "fact.condition_code is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "conditions",
        "known_year:withheld",
        "A diagnosis of which the year is withheld has none for research.",
        WITHHELD,
        "fact.year_withheld is not null",
        "fact.known_year is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "encounters",
        "ended_year:withheld",
        "A visit of which the year is withheld has none for research.",
        WITHHELD,
        "fact.year_withheld is not null",
        "fact.ended_year is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "encounters",
        "length_of_stay_days:not_negative",
        "No visit in research has a negative length.",
        "Lengths of stay would be averaged with it.",
        "fact.length_of_stay_days is not null",
        "fact.length_of_stay_days < 0",
    ),
    Computed(
        "lab_results",
        "value_number:withheld",
        "A result of which the value is withheld has none for research.",
        WITHHELD,
        "fact.value_withheld is not null",
        "fact.value_number is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "lab_results",
        "collected_year:withheld",
        "A result of which the year is withheld has none for research.",
        WITHHELD,
        "fact.year_withheld is not null",
        "fact.collected_year is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "lab_results",
        "flag:normal_has_number",
        "A result in research is NORMAL only with a number.",
        "A value that nobody could judge would count as a normal one.",
        "fact.flag = 'NORMAL' and fact.value_withheld is null",
        "coalesce(fact.value_number, fact.comparator_number) is null",
        Severity.CRITICAL,
    ),
    Computed(
        "prescriptions",
        "drug_code:withheld",
        "A medicine that is withheld has no code for research.",
        WITHHELD,
        "fact.code_withheld is not null",
        "fact.drug_code is not null",
        Severity.CRITICAL,
    ),
    Computed(
        "prescriptions",
        "ordered_year:withheld",
        "A medicine of which the year is withheld has none for research.",
        WITHHELD,
        "fact.year_withheld is not null",
        "fact.ordered_year is not null",
        Severity.CRITICAL,
    ),
)
# What tells two rows of a list apart, and its first column.
LISTS = {
    "dim_drug_ingredients": "drug_key, ingredient_name",
    "dim_alerting_pairs": "alert_kind_code, first_ingredient_name, "
    "second_ingredient_name",
}


def shown_checks() -> Iterable[MartCheck]:
    """Return the checks of counts, of lists and of what research withholds."""
    yield from map(computed_check, RELATIONS)
    for relation, telling in LISTS.items():
        yield MartCheck(
            relation,
            "row:told_once",
            Words(
                f"No row of {relation} stands twice.",
                "An alert would be raised twice for one pair.",
            ),
            Kahn.UNIQUENESS,
            applies="true",
            breaks="fact.telling > 1",
            windows={
                "telling": f"row_number() over (partition by {telling} "
                f"order by {telling.split(',')[0]})"
            },
        )
