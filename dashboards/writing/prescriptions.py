"""Prescribing: a new medicine, another dose, an end."""

from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, line, moment, reason
from dashboards.forms.form import Form, show_form
from dashboards.writing.allergy_warnings import allergy_warnings, show_allergies_beside
from dashboards.writing.dosage_fields import (
    COLUMNS,
    dosage_fields,
    dosage_of,
    starts_of,
    tell_dosage,
    wrong_dosage,
)
from dashboards.writing.medication_alerts import (
    Alert,
    Checked,
    check,
    notes_of,
    overridden_before,
    warnings_of,
)
from dashboards.writing.parts import (
    act,
    chart_form,
    choose_entry,
    entries_of,
    told_elsewhere,
    visit_field,
)
from dashboards.writing.plans import reasons_of
from dashboards.writing.shown_alerts import keep_overridden, keep_shown
from dashboards.writing.tellers import dosage_words
from dashboards.writing.words import entry_words
from pipelines.record.actions.catalogue import doses_per_day, options, row
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.prescribing import (
    OVERRIDE_REASONS,
    STOP_REASONS,
    Medicine,
    Override,
    change_dose,
    is_current,
    prescribe,
    stop,
)

NEW, DOSE, STOP = "New medicine", "Another dose", "Stop"
UNLISTED = "another"


def show_prescriptions(chart: Chart) -> None:
    """Show the form of a new prescription, of another dose, or of an end."""
    show_allergies_beside(chart)
    what = st.segmented_control(
        "Prescription", [NEW, DOSE, STOP], default=NEW, key="prescription_what"
    )
    if what not in (DOSE, STOP):
        show_form(new_prescription(chart))
        return
    told_elsewhere(chart)
    current = current_of(chart)
    if not current:
        st.info("No medicine that runs was prescribed here.")
        return
    entry = choose_entry("Which medicine", current, f"medicine {chart.patient_key}")
    if entry is not None:
        st.markdown(plain(entry_words(entry)))
        show_form(dose_form(chart, entry) if what == DOSE else stop_form(chart, entry))


def current_of(chart: Chart) -> list[Entry]:
    """Return the prescriptions of the record that run."""
    return [each for each in entries_of(chart, "prescriptions") if is_current(each)]


def new_prescription(chart: Chart) -> Form:
    """Return the form of a new prescription."""
    listed = options("medicines", "drug_code", "drug_name")
    medicines = listed | {UNLISTED: "Another medicine, not on the list"}
    problems = reasons_of(chart)
    visit, running = visit_field(chart)

    def save(values: dict[str, Any]) -> None:
        alerts = _interrupting(chart, values)
        override = _override(alerts, values)
        act(
            prescribe,
            chart.patient_key,
            medicine=medicine_of(values),
            dosage=dosage_of(values),
            started_at=values["started_at"],
            reason_code=values["problem"],
            reason_name=problems.get(values["problem"] or ""),
            encounter_id=values["encounter_id"],
            override=override,
        )
        if override:
            keep_overridden(chart, alerts, override.reason)

    return chart_form(
        chart,
        "prescription",
        "prescribe",
        "Prescribed",
        (
            choice(
                "drug", "Medicine", medicines, is_required=True, fills=_usual_dosage
            ),
            line(
                "drug_name",
                "Name and strength",
                is_required=True,
                is_shown=lambda values: values.get("drug") == UNLISTED,
            ),
            *dosage_fields(),
            choice("problem", "For which problem", problems),
            visit,
            moment("started_at", "From", is_now=True),
            choice(
                "override_reason",
                "Why in spite of the alerts",
                OVERRIDE_REASONS,
                is_required=True,
                is_shown=lambda typed: bool(_interrupting(chart, typed)),
                help="Something is contraindicated: the next step says what.",
            ),
        ),
        save,
        starts_with={"encounter_id": running},
        check=wrong_dosage,
        tell=lambda values: [
            *tell_dosage(values),
            *_checked(chart, values).told(overridden_before(chart)),
        ],
        warn=lambda values: _warnings(chart, values),
        stands=lambda values: keep_shown(chart, _interrupting(chart, values)),
        columns=2,
    )


def medicine_of(values: Values) -> Medicine:
    """Return the medicine that was chosen or named."""
    listed = row("medicines", "drug_code", values["drug"])
    if listed is None:
        return Medicine(values["drug_name"])
    names = ("drug_name", "drug_code", "code_system", "strength_text")
    return Medicine(**{name: listed[name] for name in names})


def _usual_dosage(drug: str) -> Values:
    """Return what is usually ordered of a medicine; the doctor changes it."""
    listed = row("medicines", "drug_code", drug)
    if listed is None:
        return dict.fromkeys(COLUMNS)
    usual = {name: listed.get(name) for name in COLUMNS}
    often = listed["frequency_code"]
    return usual | {"frequency_text": often, "quantity": _usual_quantity(listed)}


def _usual_quantity(listed: Values) -> str | None:
    """Return the pieces of a supply; what is measured otherwise is for the doctor."""
    often = doses_per_day(listed["frequency_code"])
    is_of_pieces = listed["strength_text"].endswith(("tablet", "capsule"))
    if often is None or not is_of_pieces:
        return None
    return f"{often * int(listed['days_supply']):.0f}"


def _warnings(chart: Chart, values: Values) -> list[str]:
    name = medicine_of(values).drug_name
    same = [
        f"The patient has this medicine already: {entry_words(each)}."
        for each in current_of(chart)
        if (each.values["drug_name"] or "").casefold() == name.casefold()
    ]
    alerts = [each.words for each in _interrupting(chart, values)]
    return [*alerts, *allergy_warnings(chart, name), *same]


def _checked(chart: Chart, values: Values) -> Checked:
    """Return what the lists say of what was chosen so far."""
    named = values.get("drug_name") if values.get("drug") == UNLISTED else True
    if not values.get("drug") or not named:
        return Checked(is_known=True, alerts=())
    return check(chart, medicine_of(values))


def _interrupting(chart: Chart, values: Values) -> tuple[Alert, ...]:
    checked = _checked(chart, values)
    return checked.interrupting(overridden_before(chart)) if checked.alerts else ()


def _override(alerts: tuple[Alert, ...], values: Values) -> Override | None:
    """Return what is prescribed in spite of.

    Raises:
        ActionError: an alert has come up since the form was filled in.
    """
    if not alerts:
        return None
    if not values.get("override_reason"):
        msg = "an alert has come up meanwhile: say why it is prescribed all the same"
        raise ActionError(msg)
    return Override(tuple(each.code for each in alerts), values["override_reason"])


def dose_form(chart: Chart, entry: Entry) -> Form:
    """Return the form of another dose."""
    return chart_form(
        chart,
        f"dose {entry.record_id}",
        f"change the dose of {entry.values['drug_name']}",
        "Dose changed",
        (*dosage_fields(entry.values), reason()),
        lambda values: act(
            change_dose,
            entry,
            dosage=dosage_of(values, entry.values),
            reason=values["reason"],
        ),
        starts_with=starts_of(entry.values),
        check=wrong_dosage,
        tell=lambda values: [
            f"Before: {dosage_words(entry.values)}",
            *tell_dosage(values),
            *notes_of(chart, entry),
        ],
        warn=lambda _: [
            *warnings_of(chart, entry),
            *allergy_warnings(chart, entry.values["drug_name"]),
        ],
        columns=2,
    )


def stop_form(chart: Chart, entry: Entry) -> Form:
    """Return the form of an end."""
    return chart_form(
        chart,
        f"stop {entry.record_id}",
        f"stop {entry_words(entry)}",
        "Stopped",
        (choice("why", "Why", STOP_REASONS, is_required=True), reason("In words")),
        lambda values: act(stop, entry, **values),
    )
