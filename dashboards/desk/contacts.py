"""Contacts at the desk: adding, changing and ending them."""

from typing import Any

import streamlit as st

from dashboards.desk.listing import show_entries
from dashboards.desk.patient import AtDesk
from dashboards.desk.words import changes_told, contact_words
from dashboards.forms.fields import Field, choice, line, reason, whole
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.keeping_contacts import (
    COLUMNS,
    FEED,
    MOST,
    RELATIONSHIPS,
    ROLES,
    add_contact,
    change_contact,
    end_contact,
    is_held,
)

ADD, CHANGE, END = "Add", "Change", "End"


def show_contacts(patient: AtDesk) -> None:
    """Show whom to reach, and the forms that change it."""
    listed = entries_of(patient, FEED)
    show_entries(listed, contact_words, "Nobody to reach is known.")
    what = st.segmented_control(
        "Contacts", [ADD, CHANGE, END], default=ADD, key="contacts_what"
    )
    if what not in (CHANGE, END):
        show_form(_add(patient))
        return
    held = [each for each in listed if is_held(each)]
    entry = choose_entry(
        "Which contact", held, f"contact {patient.patient_key}", contact_words
    )
    if entry is not None:
        show_form(_change(patient, entry) if what == CHANGE else _end(patient, entry))


def _fields() -> tuple[Field, ...]:
    special = {
        "contact_name": line("contact_name", "Name", is_required=True),
        "relationship_code": choice(
            "relationship_code",
            COLUMNS["relationship_code"],
            RELATIONSHIPS,
            is_required=True,
        ),
        "contact_role_code": choice(
            "contact_role_code", COLUMNS["contact_role_code"], ROLES
        ),
        "priority_number": whole(
            "priority_number", COLUMNS["priority_number"], possible=(1, MOST)
        ),
    }
    return tuple(
        special.get(name) or line(name, label) for name, label in COLUMNS.items()
    )


def _add(patient: AtDesk) -> Form:
    return chart_form(
        patient,
        "contact",
        "add a contact",
        "Contact added",
        _fields(),
        lambda values: act(add_contact, patient.patient_key, values=values),
        columns=2,
    )


def _change(patient: AtDesk, entry: Entry) -> Form:
    def save(values: dict[str, Any]) -> None:
        why = values.pop("reason")
        act(change_contact, entry, values=values, reason=why)

    return chart_form(
        patient,
        f"contact {entry.version_id}",
        f"change a contact: {contact_words(entry)}",
        "Contact changed",
        (*_fields(), reason()),
        save,
        starts_with={name: entry.values[name] for name in COLUMNS},
        tell=lambda values: changes_told(entry, COLUMNS, values),
        columns=2,
    )


def _end(patient: AtDesk, entry: Entry) -> Form:
    return chart_form(
        patient,
        f"end contact {entry.version_id}",
        f"end a contact: {contact_words(entry)}",
        "Contact ended",
        (reason(),),
        lambda values: act(end_contact, entry, **values),
    )
