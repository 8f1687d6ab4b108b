"""Where one result came from, what was checked and converted, and how it is judged."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text, unit_text
from dashboards.viewer import choices
from dashboards.viewer.reading import Known, origin_of
from dashboards.viewer.sheet import Sheet

JUDGED_BY = {
    "delivered_range": "the range sent with the result",
    "default_range": "a usual adult range, as none was sent",
    "laboratory": "the laboratory's own flag",
}


def show_origin(known: Known, sheet: Sheet) -> None:
    """Show the origin of the result that was chosen in the sheet."""
    chosen = choices.chosen()
    if not chosen:
        return
    result = next(
        (each for each in sheet.results if each.lab_result_key == chosen), None
    )
    if result is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Origin of {plain(result.shown_name)}", anchor=False)
            st.button("Close", on_click=choices.choose, args=(chosen,), type="tertiary")
        origin = origin_of(known.patient_key, chosen)
        if origin is None:
            st.warning("This result cannot be read any more; reload the page.")
            return
        st.markdown(f"**{plain(result.flagged_value)}**, {plain(result.judgement)}")
        facts = facts_of(origin, session.settings().time_zone)
        # Two spaces end a line: as close together as the lines of a form.
        st.markdown("  \n".join(f"**{title}:** {plain(told)}" for title, told in facts))


def facts_of(origin: Any, time_zone: str) -> list[tuple[str, str]]:
    """Return what is known of a result's way here, each with its title."""
    return [
        ("Source", f"{origin.source_system}, read as {origin.adapter}"),
        ("Delivery", _delivery(origin)),
        ("Record in it", _record(origin)),
        ("Known since", f"{time_text(origin.known_from)}, {time_zone}"),
        ("Checks", _checks(origin)),
        ("As delivered", f"\u201c{origin.value_text or ''}\u201d, {_kind(origin)}"),
        ("Test", _test(origin)),
        ("Unit", _unit(origin)),
        ("Judged by", JUDGED_BY.get(origin.displayed_flag_source or "", "nothing")),
        ("Laboratory's flag", origin.laboratory_flag or "none"),
        ("Status", origin.result_status_code or "not delivered"),
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
    if origin.analyte_code != origin.loinc_code:
        told += f", shown with {origin.analyte_code}"
    return told


def _unit(origin: Any) -> str:
    """Return the unit as delivered and as read; a value is never converted here."""
    if not origin.unit:
        return "none delivered; none was guessed"
    if not origin.unit_ucum:
        return f"{origin.unit}; its spelling is not known, the value stays as delivered"
    read = unit_text(origin.comparable_unit or origin.unit_ucum)
    if read == origin.unit:
        return f"{origin.unit}; nothing was converted"
    return f"{origin.unit}, read as {read}; nothing was converted"
