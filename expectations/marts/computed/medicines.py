"""Medicines again: doses given, eras, supply and exposures."""

from expectations.expectation import Severity
from expectations.marts.computed.relation import LENGTHS, SHARES, Computed

MEDICINES = (
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
)
