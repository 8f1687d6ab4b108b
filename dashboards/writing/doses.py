"""Giving medicines: what is to be given, what was given, also a moment ago."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, plain, time_text, unit_text
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, line, moment
from dashboards.forms.form import Form, show_form
from dashboards.forms.memory import untold_result
from dashboards.writing.allergy_warnings import allergy_warnings, show_allergies_beside
from dashboards.writing.dosage_fields import wrong_dosage
from dashboards.writing.local_time import local
from dashboards.writing.parts import AT_ONCE, act, chart_form, entries_of
from dashboards.writing.prescriptions import current_of
from dashboards.writing.tellers import dosage_words
from dashboards.writing.words import author_words, processed_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.giving import (
    GIVEN,
    REASONS,
    STATUSES,
    Dose,
    doses_among,
    interval_of,
    record_dose,
    too_near,
)

MENU_ITEM = "Give medicines"
DOSES_PAGE = "views/nurse/doses.py"
# Which form is open: of which prescription, which of its forms, for which due time.
OPEN_DOSE = "open_dose"
GIVE, WITHHOLD, RECORDED = "give", "not_given", "recorded"
NOTHING_OPEN = (None, None, None)
SHOWN = timedelta(hours=24)
NOT_GIVEN = {code: words for code, words in STATUSES.items() if code != GIVEN}


def show_doses(chart: Chart) -> None:
    """Show each medicine that runs, its doses of the last day, and what to do."""
    show_allergies_beside(chart)
    current = current_of(chart)
    started = [each for each in current if _has_begun(each)]
    if not started:
        st.info("No medicine that runs was prescribed here.")
        return
    # Another nurse's dose must show at once; a rerun of the page reads it anew.
    found = entries_of(chart, "administrations", within=AT_ONCE)
    for entry in sorted(started, key=lambda each: each.values["drug_name"] or ""):
        _show_medicine(chart, entry, doses_among(found, entry))


def _has_begun(entry: Entry) -> bool:
    begins = entry.values["started_at"]
    return begins is None or begins <= datetime.now(UTC)


def _show_medicine(chart: Chart, entry: Entry, doses: list[Entry]) -> None:
    name = entry.record_id
    with st.container(border=True):
        st.markdown(
            f"**{plain(capitalised(entry.values['drug_name']))}**, "
            f"{plain(dosage_words(entry.values))}"
        )
        for told in _told_doses(doses):
            st.caption(plain(told))
        st.caption(plain(_due(entry, doses)))
        with st.container(horizontal=True):
            st.button("Give", key=f"give_{name}", on_click=_open, args=(name, GIVE))
            st.button(
                "Not given",
                key=f"not_given_{name}",
                on_click=_open,
                args=(name, WITHHOLD),
            )
        opened, what, due_at = st.session_state.get(OPEN_DOSE, NOTHING_OPEN)
        if opened != name:
            return
        if what == GIVE:
            show_form(_give(chart, entry, doses, due_at))
        elif what == WITHHOLD:
            show_form(_withhold(chart, entry, due_at))
        elif what == RECORDED:
            untold_result()
            st.success("Recorded. Every nurse of this patient sees it at once.")
            st.page_link(DOSES_PAGE, label="Doses of the shift")


def open_dose(name: str, due_at: datetime | None) -> None:
    """Let the chart open with the form of a dose, for its due time on the site's clock.

    That form has a neighbour, for a dose that is not given.
    """
    st.session_state[OPEN_DOSE] = (name, GIVE, due_at)


def _open(name: str, what: str) -> None:
    """Open a form; what is due is kept only while one changes between the two."""
    opened, before, due_at = st.session_state.get(OPEN_DOSE, NOTHING_OPEN)
    is_other = opened != name or before == RECORDED
    st.session_state[OPEN_DOSE] = (name, what, None if is_other else due_at)


def _due_words(due_at: datetime | None) -> str:
    return f", due {time_text(due_at)}" if due_at else ""


def _instant(due_at: datetime | None) -> datetime | None:
    zone = ZoneInfo(session.settings().time_zone)
    return due_at.replace(tzinfo=zone) if due_at else None


def _told_doses(doses: list[Entry]) -> list[str]:
    since = datetime.now(UTC) - SHOWN
    recent = [each for each in doses if each.values["administered_at"] >= since]
    return [_told(each) for each in recent] or ["No dose in the last 24 hours."]


def _told(dose: Entry) -> str:
    values = dose.values
    status = STATUSES.get(values["status_code"], values["status_code"])
    at = time_text(local(values["administered_at"]))
    amount = " ".join(
        part for part in (values["dose_text"], unit_text(values["dose_unit"])) if part
    )
    who = values["performer_name"] or author_words(dose)
    parts = (f"{status} {at}", amount, values["reason_name"], f"by {who}")
    return f"{', '.join(part for part in parts if part)}{processed_words(dose)}"


def _due(entry: Entry, doses: list[Entry]) -> str:
    given = [each for each in doses if each.values["status_code"] == GIVEN]
    interval = interval_of(entry)
    if interval is None:
        return "How often is not known; ask before a second dose."
    if not given:
        return "No dose was recorded yet."
    last_at = given[-1].values["administered_at"]
    if last_at + interval <= datetime.now(UTC):
        return f"The last dose was given {time_text(local(last_at))}."
    return f"Next dose from {time_text(local(last_at + interval))}."


def _give(
    chart: Chart, entry: Entry, doses: list[Entry], due_at: datetime | None
) -> Form:
    def near(values: Values) -> Entry | None:
        return too_near(doses, entry, values["administered_at"])

    def warn(values: Values) -> list[str]:
        warnings = allergy_warnings(chart, entry.values["drug_name"])
        if dose := near(values):
            warnings.append(f"SECOND DOSE within the interval. {_told(dose)}.")
        if values["dose_text"] != entry.values["dose_text"]:
            ordered = dosage_words(entry.values)
            warnings.append(f"Another amount than was ordered: {ordered}.")
        return warnings

    def save(values: dict[str, Any]) -> None:
        dose = Dose(
            GIVEN,
            values["administered_at"],
            values["dose_text"],
            is_second_confirmed=near(values) is not None,
            scheduled_at=_instant(due_at),
        )
        act(record_dose, entry, dose)
        st.session_state[OPEN_DOSE] = (entry.record_id, RECORDED, None)

    unit = unit_text(entry.values["dose_unit"])
    return chart_form(
        chart,
        f"give {entry.record_id}",
        f"record that you gave {entry.values['drug_name']}{_due_words(due_at)}",
        "Dose recorded",
        (
            line("dose_text", "Amount", unit=unit, is_required=True, longest=20),
            moment("administered_at", "Given", is_past=True, is_now=True),
        ),
        save,
        starts_with={"dose_text": entry.values["dose_text"]},
        check=wrong_dosage,
        warn=warn,
        columns=2,
    )


def _withhold(chart: Chart, entry: Entry, due_at: datetime | None) -> Form:
    def save(values: dict[str, Any]) -> None:
        act(record_dose, entry, Dose(**values, scheduled_at=_instant(due_at)))
        st.session_state[OPEN_DOSE] = (entry.record_id, RECORDED, None)

    name = entry.values["drug_name"]
    return chart_form(
        chart,
        f"withhold {entry.record_id}",
        f"record that {name} was not given{_due_words(due_at)}",
        "Recorded that it was not given",
        (
            choice("status", "What happened", NOT_GIVEN, is_required=True),
            choice("reason", "Why", REASONS, is_required=True),
            moment("administered_at", "When", is_past=True, is_now=True),
        ),
        save,
    )
