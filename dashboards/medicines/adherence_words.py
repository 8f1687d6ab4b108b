"""The proportion of days covered in words, with its arithmetic."""

from typing import Any

import pandas as pd

from dashboards.chart.words import capitalised, date_text

INELIGIBLE = {
    "age_unknown": "the age is not known",
    "not_adult": "the patient was under 18 when the year began",
    "one_fill_date": "it was handed out on one day of the year alone",
    "first_fill_late": "it was first handed out too late in the year",
}


def name_of(measure: Any) -> str:
    """Return the class or the ingredient that a measure is about."""
    return capitalised(measure.measure_name)


def share_text(measure: Any) -> str:
    """Return the share covered, cut and never rounded up to the threshold."""
    if pd.isna(measure.proportion_of_days_covered):
        return "no day to count"
    tenths = int(measure.days_covered) * 1000 // int(measure.days_in_period)
    return f"{tenths // 10}.{tenths % 10} %"


def verdict_of(measure: Any) -> str:
    """Return whether the threshold is reached, or why that is not told."""
    threshold = f"{int(measure.adherent_percent)} %"
    if pd.isna(measure.is_adherent):
        return "Not enough data: no day of the period was out of hospital"
    if not measure.is_eligible:
        return f"Not enough data to judge: {INELIGIBLE[measure.ineligible_reason_code]}"
    if measure.is_adherent:
        return f"{threshold} reached"
    return f"Below {threshold}"


def arithmetic_of(measure: Any) -> list[str]:
    """Return how the share comes about, one step a sentence."""
    inside, hospital = int(measure.days_in_period), int(measure.inpatient_days)
    whole = inside + hospital
    covered, fills = int(measure.days_covered), int(measure.fills_count)
    ends = date_text(measure.period_ends_on)
    often = "once" if fills == 1 else f"{fills} times"
    steps = [
        f"Period: {date_text(measure.period_starts_on)}, when it was first handed out "
        f"in {measure.calendar_year}, to {ends}: {_days(whole)}.",
        f"Days in hospital, where the hospital gives what is taken: {hospital}. They "
        f"leave both numbers: {whole} \u2212 {hospital} = {_days(inside)}.",
        f"Covered by what was handed out {often}: {_days(covered)}. A supply collected "
        "early begins when the one before it ends.",
    ]
    if inside:
        steps.append(
            f"Share: {covered} of {inside} days = {share_text(measure)}. Adherent is "
            f"{int(measure.adherent_percent)} % or more."
        )
    return steps


def assumed_text(count: int, year: int) -> str:
    """Return what was assumed of dispenses that do not say how long they last."""
    if not count:
        return f"Nothing was assumed: every dispense of {year} tells its days."
    told = "1 dispense" if count == 1 else f"{count} dispenses"
    return (
        f"Nothing was assumed for {told} of {year} without a number of days: no day "
        "counts as covered for that, so the true share may be higher."
    )


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"
