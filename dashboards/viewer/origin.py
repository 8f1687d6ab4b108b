"""Where one result came from: what was checked and read, and each of its versions."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.flags import flag_of
from dashboards.chart.result_words import value_of
from dashboards.chart.words import number_text, plain, time_text, unit_text
from dashboards.reported.form import REPORTED, show_report_form
from dashboards.reported.words import review_text
from dashboards.viewer import choices
from dashboards.viewer.reading import Known, forget_origin, versions_of
from dashboards.viewer.sheet import Sheet
from pipelines.record.actions.permissions import may

JUDGED_BY = {
    "delivered_range": "the range sent with the result",
    "site_range": "the site's own range, as none was sent",
    "default_range": "a usual range for the age, as none was sent",
    "laboratory": "the laboratory's own flag",
}

NOT_CONVERTED = {
    "not_needed": "none needed, it is in the unit in which the test is shown",
    "no_reference_unit": "none, no unit is set in which this test is shown",
    "unit_missing": "refused, no unit was delivered",
    "unit_unknown": "refused, the spelling of the unit is not known",
    "dimensions_differ": "refused, no factor of this test leads from its kind of unit",
    "no_conversion_known": "refused, no factor of this test leads from its unit",
}


def show_origin(known: Known, sheet: Sheet) -> None:
    """Show the origin of the result that was chosen in the sheet, over the page."""
    shown = {each.lab_result_key: each for each in sheet.results}
    result = shown.get(choices.chosen())
    if result is not None:
        _show(known, result)


@st.dialog("Origin of a result", width="large", on_dismiss=choices.choose_none)
def _show(known: Known, result: Any) -> None:
    versions = versions_of(known, result.lab_result_key)
    origin = version_shown(versions, known.known_at)
    if origin is None:
        st.warning("This result cannot be read any more; reload the page.")
        return
    st.markdown(
        f"**{plain(result.shown_name)}: {plain(result.flagged_value)}**, "
        f"{plain(result.judgement)}, collected {time_text(result.collected_at)}"
    )
    facts = facts_of(origin, session.settings().time_zone)
    if isinstance(origin.state_code, str):
        st.markdown(plain(review_text(origin)))
    # Two spaces end a line: as close together as the lines of a form.
    st.markdown("  \n".join(f"**{title}:** {plain(told)}" for title, told in facts))
    st.markdown(f"**Versions: {len(versions)}**")
    st.dataframe(versions_told(versions), hide_index=True)
    _show_reporting(known, result)


def _show_reporting(known: Known, result: Any) -> None:
    """Offer to report the value that the dialog is about."""
    if not may(session.person(), "report value"):
        return
    with st.expander("Report this value", icon=":material/flag:"):
        names = {result.lab_result_key: result.shown_name}
        if show_report_form("lab_results", known.patient_key, names):
            forget_origin()
            st.success(REPORTED)


def version_shown(versions: pd.DataFrame, known_at: Any) -> Any:
    """Return the version that the sheet shows: the last open one of its moment."""
    is_open = ~versions["is_closed"].astype(bool)
    if known_at is not None:
        # Frames have the hospital's clock without its zone.
        local = pd.Timestamp(known_at).tz_localize(None)
        is_open &= versions["known_from"] <= local
    found = versions[is_open]
    return None if found.empty else list(found.itertuples())[-1]


def versions_told(versions: pd.DataFrame) -> pd.DataFrame:
    """Return every version in words, with when each was known."""
    return pd.DataFrame(
        [
            {
                "Version": int(row.version_number),
                "Value": _value(row),
                "Status": _status(row),
                "Known from": time_text(row.known_from),
                "Known until": _until(row),
                "Delivery": row.delivery_id,
                "File": row.file_id,
                "Line": row.line_number,
            }
            for row in versions.itertuples()
        ]
    )


def _value(row: Any) -> str:
    if row.is_closed:
        return "deleted by its source"
    flag = flag_of(row.displayed_flag, row.indeterminate_reason)
    value = f"{flag.sign} {value_of(row)} {unit_text(row.unit)}".strip()
    return f"{value}, {flag.word.lower()}"


def _status(row: Any) -> str:
    if row.is_closed:
        return "deleted"
    code = row.result_status_code or "unknown"
    return "not stated" if code == "unknown" else code


def _until(row: Any) -> str:
    return "still known" if pd.isna(row.known_until) else time_text(row.known_until)


def facts_of(origin: Any, time_zone: str) -> list[tuple[str, str]]:
    """Return what is known of a version's way here, each with its title."""
    return [
        ("Source", f"{origin.source_system}, read as {origin.adapter}"),
        ("Delivery", _delivery(origin)),
        ("Record in it", _record(origin)),
        ("Known since", f"{time_text(origin.known_from)}, {time_zone}"),
        ("Checks", _checks(origin)),
        ("As delivered", f"\u201c{origin.value_text or ''}\u201d, {_kind(origin)}"),
        ("Test", _test(origin)),
        ("Unit", _unit(origin)),
        ("Conversion", conversion_told(origin)),
        ("Judged by", JUDGED_BY.get(origin.displayed_flag_source or "", "nothing")),
        ("Laboratory's flag", origin.laboratory_flag or "none"),
        ("Status", _status(origin)),
        ("Reported", time_text(origin.resulted_at)),
    ]


def _delivery(origin: Any) -> str:
    """Return the number of the delivery, and when it came and landed."""
    return (
        f"number {origin.delivery_id}, received {time_text(origin.received_at)}, "
        f"landed {time_text(origin.landed_at)}"
    )


def _record(origin: Any) -> str:
    table = f" ({origin.table_name})" if origin.table_name else ""
    line = "" if pd.isna(origin.line_number) else f", line {int(origin.line_number)}"
    return f"file {origin.file_id}{table}{line}"


def _checks(origin: Any) -> str:
    """Return what the delivery was checked for; a row that failed is not here."""
    if pd.isna(origin.evaluated_count):
        return "no report is kept"
    total, unmet = int(origin.evaluated_count), int(origin.unmet_count)
    return (
        f"the row passed every check that would have refused it; of {total} checks of "
        f"the delivery's results {total - unmet} were met in full"
    )


def _kind(origin: Any) -> str:
    return f"read as {str(origin.value_kind or 'nothing').replace('_', ' ')}"


def _test(origin: Any) -> str:
    """Return the code as delivered and where it led."""
    code = f"{origin.test_code or 'no code'} ({origin.code_system or 'no code system'})"
    if not origin.loinc_code:
        return f"{code}; no LOINC code is known, so it stands by itself"
    same = origin.test_code == origin.loinc_code
    told = code if same else f"{code} is LOINC {origin.loinc_code}"
    shown_with = origin.converted_analyte_code or origin.analyte_code
    if shown_with != origin.loinc_code:
        told += f", shown with {shown_with}"
    return told


def conversion_told(origin: Any) -> str:
    """Return how the number shown came from the one delivered, or why not."""
    if origin.conversion_code != "converted":
        return NOT_CONVERTED.get(origin.conversion_code or "", "none, it is no number")
    converted = origin.converted_value_number
    converted_bound = origin.converted_comparator_number
    return (
        f"{_number(origin.value_number, origin.comparator_number, origin)} "
        f"{unit_text(origin.unit)} is shown as "
        f"{_number(converted, converted_bound, origin)} "
        f"{unit_text(origin.converted_unit)}: {_arithmetic(origin)}, by the rule "
        f"\u201c{origin.conversion_rule_name}\u201d ({origin.conversion_basis}); the "
        "limits likewise, the flag is that of the value as delivered"
    )


def _number(value: Any, bound: Any, origin: Any) -> str:
    return f"{origin.comparator or ''}{number_text(bound if pd.isna(value) else value)}"


def _arithmetic(origin: Any) -> str:
    factor, increment = origin.conversion_factor, float(origin.conversion_increment)
    if origin.is_conversion_reversed:
        less = f"less {increment:g}, then " if increment else ""
        return f"{less}divided by {factor}"
    more = f", then plus {increment:g}" if increment else ""
    return f"times {factor}{more}"


def _unit(origin: Any) -> str:
    """Return the unit as delivered and as read."""
    if not origin.unit:
        return "none delivered; none was guessed"
    if not origin.unit_ucum:
        return f"{origin.unit}; its spelling is not known, the value stays as delivered"
    read = unit_text(origin.comparable_unit or origin.unit_ucum)
    if read == origin.unit:
        return origin.unit
    return f"{origin.unit}, read as {read}"
