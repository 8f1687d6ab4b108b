"""The words of a row: what was found, why it is on the list, and what came after."""

from typing import Any

import pandas as pd

from dashboards.chart.flags import IN_RANGE, Flag, flag_of
from dashboards.chart.result_words import NOTES
from dashboards.chart.words import (
    age_text,
    capitalised,
    date_text,
    number_text,
    plain,
    sex_text,
    time_text,
    unit_text,
)
from pipelines.access.identity import Identity

WHY = {
    "critical": "Critical and not acknowledged",
    "newly_abnormal": "Newly outside the range",
    "changed": "Outside the range, and different from before",
    "corrected_after_acknowledgement": "Corrected after it was acknowledged",
    "withdrawn_after_acknowledgement": "Withdrawn after it was acknowledged",
    "flag_not_read": "The laboratory's flag cannot be read, so nobody has judged this",
    "stable": "Outside the range as before",
}
RANGES = {"delivered_range": "range", "site_range": "the site's range"}
WHY_ORGANISM = "An organism was found, and nobody has acknowledged it"


def patient_text(row: Any, who: Identity, *, is_own_told: bool) -> str:
    """Return who the patient is, and among other people's whether it is one's own."""
    facts = [sex_text(row.sex_code), age_text(row)]
    if who.record_number:
        facts.append(f"record number {who.record_number}")
    if row.is_deceased:
        facts.append(f"deceased, {date_text(row.deceased_at)}")
    told = plain(" · ".join(fact for fact in facts if fact))
    own = " · **your patient**" if row.is_own and is_own_told else ""
    return f"**{plain(who.full_name)}** · {told}{own}"


def test_text(row: Any) -> str:
    """Return the name of the test with its material, as on the chart."""
    name = capitalised(row.test_name) or "Test not named"
    return f"{name}, {row.specimen_name.lower()}" if row.specimen_name else name


def finding_text(row: Any) -> str:
    """Return test, value, unit and judgement: sign, word and colour together."""
    if row.organism_name:
        return f"{plain(test_text(row))}: grew **{plain(row.organism_name)}**"
    flag = flag_of(row.finding_flag, None)
    value = plain(f"{value_text(row)} {unit_text(row.unit)}".strip())
    by = " (laboratory)" if row.flag_source == "laboratory" else ""
    judgement = f":{flag.text_colour}[{flag.sign} **{value}** {flag.word.lower()}{by}]"
    status = NOTES.get(row.result_status_code)
    return f"{plain(test_text(row))}: {judgement}{f', {status}' if status else ''}"


def value_text(row: Any) -> str:
    """Return the value to read: words as delivered, long decimals shortened."""
    if pd.isna(row.number_or_bound):
        return row.value_text or "no value"
    return f"{row.comparator or ''}{number_text(row.number_or_bound)}"


def range_text(row: Any) -> str:
    """Return the range that was applied, and whose it is; empty if none was."""
    low, high = number_text(row.range_low), number_text(row.range_high)
    if not (low or high):
        return ""
    if low and high:
        limits = f"{low} to {high}"
    else:
        limits = f"from {low}" if low else f"up to {high}"
    return f"{RANGES.get(row.flag_source, 'usual range')} {limits}"


def facts_text(row: Any) -> str:
    """Return range, time and who ordered it."""
    parts = [range_text(row), time_text(row.collected_at)]
    if row.practitioner_name:
        parts.append(f"ordered by {row.practitioner_name}")
    return plain(" · ".join(part for part in parts if part))


def why_text(row: Any) -> str:
    """Return why a row is here: what it was before, and what came after."""
    if row.organism_name:
        return f"{WHY_ORGANISM}."
    parts = [WHY.get(row.novelty_code, "Not acknowledged")]
    if _is_told(row.previous_value_text, row.previous_collected_at):
        value = f"{row.previous_value_text} {_other_unit(row, row.previous_unit)}"
        before = (value.strip(), row.previous_flag, row.previous_collected_at)
        parts.append(f"{_before_word(row)}: {_reading(*before)}")
    else:
        parts.append("no earlier result was judged")
    if _has_later(row):
        value = f"{row.latest_value_text} {_other_unit(row, row.latest_unit)}".strip()
        after = (value, row.latest_flag, row.latest_collected_at)
        parts.append(f"latest: {_reading(*after)}")
    return plain("; ".join(parts) + ".")


def findings_text(findings: pd.DataFrame) -> str:
    """Return all that one acknowledgement covers, where that is more than one result.

    None is left out: what was not told nobody can have seen.
    """
    if len(findings) < 2:  # noqa: PLR2004
        return ""
    has_many_units = len(set(findings["unit"])) > 1
    told = [_finding_text(row, has_many_units) for row in findings.itertuples()]
    return plain(f"{len(findings)} results to acknowledge: {'; '.join(told)}.")


def comment_text(row: Any) -> str:
    """Return what the laboratory remarked of the result; empty if nothing."""
    return plain(f"The laboratory: {row.comment_text}") if row.comment_text else ""


def _finding_text(row: Any, is_unit_told: bool) -> str:  # noqa: FBT001
    unit = unit_text(row.unit) if is_unit_told else ""
    value = f"{value_text(row)} {unit}".strip()
    sign = flag_of(row.finding_flag, None).sign
    return f"{sign} {value}, {time_text(row.collected_at)}"


def _reading(value: str | None, flag_code: str | None, at: Any) -> str:
    flag: Flag = flag_of(flag_code, None)
    return f"{flag.sign} {value or 'no value'} {flag.word.lower()}, {date_text(at)}"


def _is_told(value: str | None, at: Any) -> bool:
    return bool(value) and not pd.isna(at)


def _has_later(row: Any) -> bool:
    """Return whether a newer result of the same test tells more than this one."""
    if not _is_told(row.latest_value_text, row.latest_collected_at):
        return False
    return pd.isna(row.collected_at) or row.latest_collected_at > row.collected_at


def _before_word(row: Any) -> str:
    """Return how the result before is told; a new finding may begin with it."""
    is_in_range = flag_of(row.previous_flag, None) is IN_RANGE
    if row.novelty_code == "newly_abnormal" and not is_in_range:
        return "so was the one before, not acknowledged either"
    return "before"


def _other_unit(row: Any, unit: str | None) -> str:
    """Return the unit of another result where it is not that of the finding."""
    return "" if unit == row.unit else unit_text(unit)
