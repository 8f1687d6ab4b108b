"""One result in words: the value, the usual range, the judgement."""

import re
from typing import Any

import pandas as pd

from dashboards.chart.words import number_text
from dashboards.own_record.judgements import JUDGEMENTS
from dashboards.own_record.wording import number_words, spelled_out

# S, I and R of the European and the American committees on antibiotics.
SUSCEPTIBILITIES = {
    "S": "should work against the germ",
    "SDD": "should work against the germ at a higher dose",
    "I": "may work against the germ at a higher dose",
    "R": "does not work against the germ",
    "NS": "may not work against the germ",
}
FROM_TO = re.compile(r"^(\d+(?:\.\d+)?) ?- ?(\d+(?:\.\d+)?)$")
NO_VALUE = "No value"
WITHOUT_UNIT = "(a plain number, without a unit)"
IN_OWN_UNIT = "in a unit of the laboratory's own"


def value_words(row: Any) -> str:
    """Return the value with its unit in words; delivered words in quotation marks."""
    if row.judgement_code == "antibiotic_tested":
        known = SUSCEPTIBILITIES.get(row.susceptibility_code)
        return f"{spelled_out(row.antibiotic_name)}: {known or 'ask your care team'}"
    if row.germ_name:
        return spelled_out(row.germ_name)
    if not pd.isna(row.number_or_bound):
        return _with_unit(number_words(row.number_or_bound, row.comparator), row)
    if row.value_words:
        return f"{row.value_words[:1].upper()}{row.value_words[1:]}"
    return _delivered_value(row)


def range_words(row: Any) -> str:
    """Return the usual range and where it is from; empty where there is none."""
    low, high = number_text(row.range_low), number_text(row.range_high)
    if low and high:
        limits = f"{low} to {high}"
    elif low:
        limits = f"{low} or more"
    elif high:
        limits = f"up to {high}"
    else:
        expected = spelled_out(row.range_words)
        return f"The laboratory expects: {expected.lower()}" if expected else ""
    limits = _with_unit(limits, row)
    if row.range_basis_code == "site":
        return (
            f"Usual range of the laboratory: {limits} (none was sent with the result)"
        )
    if row.range_basis_code == "usual_for_age":
        return f"Usual range at that age: {limits} (none was sent with the result)"
    return f"Usual range that was sent: {limits}"


def judgement_words(row: Any) -> str:
    """Return the judgement, and whether the value may still change or was corrected."""
    parts = [JUDGEMENTS[row.judgement_code].words]
    if not row.is_final and row.judgement_code != "not_final":
        parts.append("not final yet, it may still change")
    if row.is_corrected:
        parts.append("corrected by the laboratory")
    told = "; ".join(part for part in parts if part)
    return f"{told[:1].upper()}{told[1:]}"


def _with_unit(number: str, row: Any) -> str:
    unit = row.unit_words if row.is_unit_explained else IN_OWN_UNIT
    return f"{number} {unit or WITHOUT_UNIT}"


def _delivered_value(row: Any) -> str:
    if not row.value_text:
        return NO_VALUE
    bounds = FROM_TO.match(row.value_text)
    if bounds:
        return _with_unit(f"{bounds.group(1)} to {bounds.group(2)}", row)
    return f"The laboratory wrote \N{LEFT DOUBLE QUOTATION MARK}{row.value_text}" + (
        "\N{RIGHT DOUBLE QUOTATION MARK}; ask your care team what it means"
    )
