"""Results in the words of the page: value, range, judgement, and why there is none."""

from typing import Any

import pandas as pd

from dashboards.chart.flags import NO_RANGE, NOT_JUDGED
from dashboards.chart.words import capitalised, number_text, time_text, unit_text

REASONS = {
    "status_not_usable": "not final",
    "organism": "a finding of an organism",
    "text_and_number_disagree": "text and number delivered disagree",
    "no_value": "no value delivered",
    "not_performed": "not performed",
    "range_of_values": "a range of values",
    "not_a_number": "in words",
    "range_in_words": "the one sent is in words",
    "no_delivered_range": "none sent with it",
    "range_inverted": "the limits sent are swapped",
    "comparator_straddles_limit": "the value may lie on either side of a limit",
    "no_default_range": "none sent, none kept for this test",
    "unit_missing": "none sent, and no unit to judge it by",
    "unit_differs": "none sent, and the one kept is for another unit",
    "age_unknown": "none sent, and the age is not known",
    "child": "none sent, and none kept for a child of that age",
    "sex_unknown": "none sent, and the one kept depends on sex",
    "limits_disagree": "none sent, and two that are kept disagree here",
}
FLAG_OBJECTS = "the laboratory's flag does not say normal"
SUSCEPTIBILITIES = {
    "S": "Susceptible",
    "I": "Intermediate",
    "R": "Resistant",
    "SDD": "Susceptible, dose dependent",
    "NS": "Not susceptible",
}
# Statuses that a reader must know of; the rest is final.
NOTES = {
    "corrected": "corrected",
    "amended": "amended",
    "preliminary": "preliminary",
    "registered": "not yet measured",
    "cancelled": "cancelled",
    "entered-in-error": "entered in error",
    "deleted": "deleted by its source",
}


def numbered(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with the number to plot: the value, or an interval's bound."""
    number = results["value_number"].fillna(results["comparator_number"])
    return results.assign(plotted=pd.to_numeric(number))


def worded(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with everything that the page shows in words beside them."""
    rows = list(results.itertuples())
    has_delivered = results[["reference_low", "reference_high"]].notna().any(axis=1)
    is_default = ~has_delivered & results["default_range_name"].notna()
    low = results["reference_low"].where(has_delivered, results["default_low"])
    high = results["reference_high"].where(has_delivered, results["default_high"])
    is_judged_by_any = has_delivered | is_default
    shown = results.assign(
        range_low=pd.to_numeric(low.where(is_judged_by_any)),
        range_high=pd.to_numeric(high.where(is_judged_by_any)),
        is_default_range=is_default,
        shown_name=[_name(row) for row in rows],
        collected_text=[time_text(row.collected_at) for row in rows],
        unit=results["unit"].map(unit_text),
        plain_value=[value_of(row) for row in rows],
        shown_value=[_shown_value(row) for row in rows],
        flagged_value=[
            f"{row.flag_sign} {value_of(row)} {unit_text(row.unit)}".strip()
            for row in rows
        ],
        judgement=[_judgement(row) for row in rows],
        shown_laboratory_flag=[row.laboratory_flag or "" for row in rows],
        note=[_note(row) for row in rows],
    )
    return shown.assign(
        shown_range=[_range(row) for row in shown.itertuples()],
        shown_basis=[_basis(row) for row in shown.itertuples()],
    )


def _converted_from(row: Any) -> str:
    """Return what a converted value was delivered as; empty if it is as delivered."""
    if row.conversion_code != "converted":
        return ""
    number = f"{row.comparator or ''}{number_text(row.delivered_number)}"
    return f"converted from {number} {unit_text(row.delivered_unit)}"


def _name(row: Any) -> str:
    name = capitalised(row.test_name) or "Test not named"
    return f"{name}, {row.specimen_name.lower()}" if row.specimen_name else name


def value_of(row: Any) -> str:
    """Return the value to read: words as delivered, long decimals shortened."""
    if not pd.isna(row.value_number):
        return number_text(row.value_number)
    if row.comparator and not pd.isna(row.comparator_number):
        return f"{row.comparator}{number_text(row.comparator_number)}"
    return row.value_text or "no value"


def _shown_value(row: Any) -> str:
    """Return value and unit; a value that was withdrawn never stands there alone."""
    value = f"{value_of(row)} {unit_text(row.unit)}".strip()
    if row.is_usable:
        return value
    return f"{value} ({NOTES.get(row.result_status_code, 'not final')})"


def _range(row: Any) -> str:
    low, high = number_text(row.range_low), number_text(row.range_high)
    if low and high:
        return f"{low} to {high}"
    if low:
        return f"from {low}"
    return f"up to {high}" if high else row.reference_text or ""


def _basis(row: Any) -> str:
    if not _range(row):
        return ""
    if not row.is_default_range:
        return "laboratory"
    if row.default_range_source_code == "site":
        return "the site's own range"
    source, child, _ = str(row.default_range_name).partition(" child range")
    if child:
        return f"usual range of children ({source})"
    return f"usual adult range ({source.partition(' adult')[0]})"


def _judgement(row: Any) -> str:
    if row.susceptibility_code:
        return SUSCEPTIBILITIES.get(row.susceptibility_code, row.susceptibility_code)
    if row.flag_word not in {NO_RANGE.word, NOT_JUDGED.word}:
        by = " (laboratory)" if row.displayed_flag_source == "laboratory" else ""
        return f"{row.flag_word}{by}"
    reason = row.indeterminate_reason
    if reason == "no_delivered_range":
        reason = row.default_indeterminate_reason
    told = REASONS.get(reason, "") if reason else FLAG_OBJECTS
    return f"{row.flag_word}: {told}" if told else row.flag_word


def _note(row: Any) -> str:
    status = NOTES.get(row.result_status_code) or ("" if row.is_usable else "not final")
    parts = (
        row.organism_name,
        row.antibiotic_name,
        status,
        _converted_from(row),
        row.comment_text,
    )
    return ", ".join(part for part in parts if part)
