"""The list as it stands on a page: a card per line, its sources side by side."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.medication_alerts import CONTRAINDICATED, MAJOR, about
from dashboards.chart.words import UNKNOWN, capitalised, date_text, plain
from dashboards.data import Chart
from dashboards.glass.hidden import note_hidden, nothing_shown
from dashboards.reconciling.facts import Fact
from dashboards.reconciling.lines import Line
from dashboards.reconciling.standing import WORDS, undecided
from dashboards.reconciling.words import NOT_TOLD, decision_words
from pipelines.record.actions.reconciling_medicines import Reconciled

NOTHING = "No source tells of a medicine that this patient takes now."
MAPPINGS = {
    "source": "the source's own list of codes",
    "code": "its code",
    "text": "its name",
    "listed": "its code or name",
    "unmapped": "not known to any list",
}
SIGNS = {CONTRAINDICATED: "!!", MAJOR: "!"}


def show_list(
    chart: Chart, lines: Sequence[Line], before: Reconciled, *, is_whole: bool
) -> None:
    """Show every line with its sources, discrepancies, alerts and decision.

    Who does not read what others decided is not told that nothing is decided.
    """
    hidden = chart.frames["hidden"]
    if not lines:
        st.info(nothing_shown(hidden, "prescriptions", NOTHING))
    alerts = chart.frames["medication_alerts"]
    holding = alerts[alerts["is_holding"].astype(bool)]
    for each in lines:
        with st.container(border=True):
            _show_line(each, holding)
            if is_whole:
                st.caption(plain(_decision(each, before)))
    note_hidden(hidden, "prescriptions")


def _show_line(line: Line, alerts: pd.DataFrame) -> None:
    st.markdown(f"**{plain(capitalised(line.name))}**")
    for mark in line.marks:
        st.markdown(plain(mark.words))
    for alert in alerts_of(line, alerts):
        st.markdown(plain(alert))
    rows = [_row(each) for each in line.facts]
    st.table(pd.DataFrame(rows).set_index("Source"))


def alerts_of(line: Line, alerts: pd.DataFrame) -> list[str]:
    """Return the alerts about a line that hold, with sign and word."""
    own = {each.casefold() for fact in line.facts for each in fact.ingredients}
    return [
        f"{SIGNS.get(row.severity_code, '·')} {capitalised(row.severity_code)} alert: "
        f"{about(row)}"
        for row in alerts.itertuples()
        if own
        & {
            (each or "").casefold()
            for each in (row.first_ingredient_name, row.second_ingredient_name)
            if isinstance(each, str)
        }
    ]


def _decision(line: Line, before: Reconciled) -> str:
    entry = before.of(line.name) if before.is_signed else None
    why = undecided(line, before)
    decided = decision_words(entry) if entry is not None else ""
    return ". ".join(part for part in (WORDS[why] if why else "", decided) if part)


def _row(fact: Fact) -> dict[str, Any]:
    return {
        "Source": plain(capitalised(fact.list_name)),
        "Medicine": plain(fact.drug_name) or NOT_TOLD,
        "Dose": plain(fact.dose) or NOT_TOLD,
        "How often": plain(fact.frequency) or NOT_TOLD,
        "Last dispensed or given": _last(fact),
        "Supply until": date_text(fact.supply_until),
        "Since": date_text(fact.since),
        "Known by": MAPPINGS.get(fact.mapping, NOT_TOLD),
    }


def _last(fact: Fact) -> str:
    """Return when it was handed out or given last, whichever is told."""
    days = ((fact.dispensed_at, "dispensed"), (fact.given_at, "given"))
    told = [f"{word} {date_text(at)}" for at, word in days if at is not None]
    return ", ".join(told) or UNKNOWN
