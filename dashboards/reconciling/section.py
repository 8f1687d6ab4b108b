"""The list of medicines to reconcile on its pages, and its line on the chart."""

from collections.abc import Sequence

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.reconciling.lines import Line
from dashboards.reconciling.reading import read_list
from dashboards.reconciling.show import show_list
from dashboards.reconciling.signing import show_signing
from dashboards.reconciling.words import signature_words, undecided_words
from dashboards.writing.allergy_warnings import show_allergies_beside
from dashboards.writing.parts import act, entries_of, told_elsewhere
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import may
from pipelines.record.actions.reading_whole import reads_whole
from pipelines.record.actions.reconciling_medicines import (
    FEED,
    NOT_WHOLE,
    Reconciled,
    reconciled,
)

NOT_READ = "When the list of medicines was last reconciled cannot be shown just now."


def show_reconciliation(chart: Chart) -> None:
    """Show the list, and to whoever may sign it the form.

    Raises:
        ActionError: the record cannot be read.
    """
    lines, before, is_whole = _read(chart)
    show_allergies_beside(chart)
    _show_state(lines, before, is_whole=is_whole)
    show_list(chart, lines, before, is_whole=is_whole)
    if may(session.person(), "reconcile medicines"):
        told_elsewhere(chart)
        if is_whole:
            show_signing(chart, lines, before)
        else:
            st.info(plain(f"You cannot sign this list: {NOT_WHOLE}."))


def show_when_reconciled(chart: Chart) -> None:
    """Show on the chart when the list was last reconciled, and what is undecided.

    A record that cannot be read hides no chart.
    """
    try:
        lines, before, is_whole = _read(chart)
    except ActionError:
        st.warning(NOT_READ)
        return
    if lines or before.signature is not None:
        _show_state(lines, before, is_whole=is_whole)


def _read(chart: Chart) -> tuple[Sequence[Line], Reconciled, bool]:
    """Return the list, what stands decided, and whether the person reads all of it."""
    before = reconciled(entries_of(chart, FEED))
    return read_list(chart), before, act(reads_whole, chart.patient_key)


def _show_state(lines: Sequence[Line], before: Reconciled, *, is_whole: bool) -> None:
    words = (
        signature_words(before, is_whole=is_whole),
        undecided_words(lines, before) if is_whole else "",
    )
    st.markdown(plain(" ".join(each for each in words if each)))
