"""How far one order or specimen has come, and the form by which it goes on."""

from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.forms.fields import choice, line, moment, tick
from dashboards.forms.form import Form
from dashboards.laboratory.parts import lab_form
from dashboards.writing.parts import act, entries_about
from dashboards.writing.words import author_words, processed_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.laboratory_work import (
    REJECTED,
    REJECTIONS,
    STATUSES,
    next_statuses,
    set_order_status,
    set_specimen_status,
)
from pipelines.record.actions.taking_specimens import (
    LONGEST_NUMBER,
    MATERIALS,
    record_specimen,
)

ORDERS = "lab_orders"


def entry_with_key(patient_key: int, feed: str, fact_key: str | None) -> Entry | None:
    """Return an entry of the record by the key of its fact, or by its record id."""
    found = entries_about(patient_key, feed)
    return next(
        (each for each in found if fact_key in (each.key, each.record_id)), None
    )


def status_words(entry: Entry) -> str:
    """Return the status of an order or a specimen."""
    code = entry.values["status_code"]
    return STATUSES.get(code, code or "")


def show_entry(entry: Entry) -> None:
    """Show how far an entry has come, who said so, and what was asked."""
    values = entry.values
    st.markdown(f"Now: **{plain(status_words(entry))}**")
    st.caption(plain(f"{author_words(entry)}{processed_words(entry)}"))
    if values.get("question_text"):
        st.markdown(f"> {plain(values['question_text'])}")


def status_form(entry: Entry, who: str) -> Form:
    """Return the form by which an order or a specimen goes on."""
    is_order = entry.feed == ORDERS

    def is_rejected(typed: Any) -> bool:
        return typed.get("status") == REJECTED

    def save(values: dict[str, Any]) -> None:
        reason = values.get("reason") or ""
        if is_order:
            act(set_order_status, entry, status=values["status"], reason=reason)
            return
        patient_key, order_id = int(entry.patient_key or 0), entry.values["order_id"]
        order = entry_with_key(patient_key, "lab_orders", order_id)
        act(
            set_specimen_status,
            entry,
            status=values["status"],
            reason=reason,
            order=order if order_id else None,
            is_to_be_repeated=bool(values.get("again")),
        )

    fields = [
        choice("status", "Goes on to", next_statuses(entry), is_required=True),
        choice("reason", "Why", REJECTIONS, is_required=True, is_shown=is_rejected),
    ]
    if not is_order:
        fields.append(tick("again", "Ask for another specimen", is_shown=is_rejected))
    what = entry.values.get("test_name") or entry.values.get("specimen_type_name") or ""
    return lab_form(
        (int(entry.patient_key or 0), who),
        f"status {entry.record_id} {entry.version_id}",
        f"set the status of {what}",
        "Status set",
        fields,
        save,
        starts_with={"again": True} if not is_order else {},
        where="The list shows it at once.",
    )


def specimen_form(order: Entry, who: str) -> Form:
    """Return the form of the specimen that was taken for an order."""
    asked = order.values["test_name"] or order.values["test_code"] or "an order"
    return lab_form(
        (int(order.patient_key or 0), who),
        f"specimen {order.record_id}",
        f"record the specimen of {asked}",
        "Specimen recorded",
        (
            choice("material", "Material", MATERIALS, is_required=True),
            line(
                "accession_number",
                "Number on the tube",
                is_required=True,
                longest=LONGEST_NUMBER,
            ),
            moment("collected_at", "Taken", is_past=True, is_now=True),
        ),
        lambda values: act(record_specimen, order, **values),
        where="It is among the specimens within a minute or so.",
    )
