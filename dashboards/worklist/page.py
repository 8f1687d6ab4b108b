"""The worklist: what is critical first, what is folded counted, nothing left out."""

from dataclasses import dataclass

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.freshness import show_freshness
from dashboards.worklist.acknowledging import just_acknowledged, other_refusal
from dashboards.worklist.reading import Worklist, read_worklist
from dashboards.worklist.rejected import show_rejected
from dashboards.worklist.rows import show_row, waiting_text
from dashboards.worklist.sections import (
    CRITICAL,
    ROWS_PER_PAGE,
    SECTIONS,
    Section,
    fold_key,
    is_open,
    want_more,
)
from dashboards.worklist.words import patient_text
from pipelines.record.actions.permissions import may

SCOPE = "worklist_scope"
ALL, OWN = "all", "own"
SCOPE_HELP = (
    "Mine: I am on the care team now, the patient is assigned to me, or I ordered the "
    "result."
)


@dataclass(frozen=True)
class View:
    """What a role does from its worklist.

    ``can_see_others`` offers all patients beside one's own.
    """

    chart_page: str
    can_see_others: bool


def show_worklist(view: View) -> None:
    """Show the worklist of the person signed in."""
    only_own = view.can_see_others and st.session_state.get(SCOPE) == OWN
    worklist = read_worklist(only_own=only_own, more_rows=just_acknowledged())
    st.title("Worklist", anchor=False)
    show_freshness(worklist.freshness)
    st.caption(
        "One row for each patient and test with a result outside the range that no "
        "doctor has acknowledged."
    )
    if not may(session.person(), "acknowledge"):
        st.caption("A doctor acknowledges results; what is done leaves this list.")
    if view.can_see_others:
        _show_scope(worklist)
    counted = "own" if only_own else "all"
    for section in SECTIONS:
        _show_section(worklist, section, counted, view)
        if section is CRITICAL:
            _show_rejected(worklist, view)
    if refusal := other_refusal():
        st.error(f"Not acknowledged, and no longer on the list: {refusal}")


def _show_rejected(worklist: Worklist, view: View) -> None:
    show_rejected(
        worklist.rejected,
        worklist.rejected_counts,
        lambda row: patient_text(
            row,
            worklist.identity_of(row.patient_key),
            is_own_told=view.can_see_others,
        ),
        view.chart_page,
    )


def _show_scope(worklist: Worklist) -> None:
    labels = {
        ALL: f"All patients ({worklist.count('all_count')})",
        OWN: f"My patients ({worklist.count('own_count')})",
    }
    st.segmented_control(
        "Whose results",
        list(labels),
        format_func=labels.get,
        default=ALL,
        key=SCOPE,
        help=SCOPE_HELP,
    )


def _show_section(
    worklist: Worklist, section: Section, counted: str, view: View
) -> None:
    total = worklist.count(f"{counted}_count", section)
    if section.is_folded and not total:
        st.caption(f"{section.title}: none.")
    else:
        st.subheader(
            f"{section.title} ({total})", anchor=False, help=section.definition
        )
    if section.is_folded and total:
        _show_fold(section, worklist.count(_critical_column(counted), section))
    elif not total and not section.is_folded:
        st.info(f"{section.empty}{_folded_critical(worklist, section, counted)}")
    _show_rows(worklist, section, total, view)


def _folded_critical(worklist: Worklist, section: Section, counted: str) -> str:
    """Return where critical results are folded away, under the section of critical."""
    if section is not CRITICAL:
        return ""
    column = _critical_column(counted)
    told = [
        f"{each.title}: {count} critical."
        for each in SECTIONS
        if (count := worklist.count(column, each))
    ]
    return "".join(f" {each}" for each in told)


def _show_fold(section: Section, critical: int) -> None:
    words = f"Show them, {critical} critical among them" if critical else "Show them"
    st.toggle(words, key=fold_key(section))


def _show_rows(worklist: Worklist, section: Section, total: int, view: View) -> None:
    results = worklist.results
    rows, waiting = (
        list(frame[frame["section_code"] == section.code].itertuples())
        for frame in (results.rows, results.waiting)
    )
    for row in waiting:
        name = plain(worklist.identity_of(row.patient_key).full_name)
        st.caption(f"✓ {name}, {waiting_text(results, row)}")
    for row in rows:
        who = worklist.identity_of(row.patient_key)
        show_row(
            results,
            row,
            patient=patient_text(row, who, is_own_told=view.can_see_others),
            chart_page=view.chart_page,
        )
    if is_open(section) and total > len(rows):
        st.button(
            f"Show {min(ROWS_PER_PAGE, total - len(rows))} more of {total}",
            key=f"more_{section.code}",
            on_click=want_more,
            args=(section,),
        )


def _critical_column(counted: str) -> str:
    return "own_critical_count" if counted == "own" else "critical_count"
