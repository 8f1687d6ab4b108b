"""My contacts: whom to call, added, changed and ended by the patient."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.forms.fields import Field, choice, line, reason, whole
from dashboards.forms.form import Form, show_form
from dashboards.own_wishes.parts import (
    CARD_PIXELS,
    choose,
    own_entries,
    own_form,
    processed,
)
from dashboards.writing.parts import act
from pipelines.record.actions.asking import own_key
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.naming_contacts import (
    FOR_THE_OFFICE,
    MOST_CONTACTS,
    PURPOSES,
    RELATIONSHIPS,
    Contact,
    add_contact,
    change_contact,
    end_contact,
    is_current,
)

ADD, CHANGE, END = "Add somebody", "Change somebody", "No longer call somebody"
COLUMNS = tuple(Contact.__dataclass_fields__)


def show_contacts() -> None:
    """Show whom the care team calls."""
    current = _current()
    if not current:
        st.markdown("Nobody is named yet.")
    for entry in current:
        _show_contact(entry)


def show_contact_forms() -> None:
    """Show the form of adding, changing or ending a contact."""
    what = st.pills("I want to", [ADD, CHANGE, END], key="own_contact")
    if what == ADD:
        show_form(_add())
    if what not in (CHANGE, END):
        return
    current = _current()
    if not current:
        st.info("Nobody is named yet.")
        return
    entry = choose("Whom", current, _name, "contact")
    if entry is not None:
        show_form(_change(entry) if what == CHANGE else _end(entry))


def _current() -> list[Entry]:
    current = [each for each in own_entries("contacts") if is_current(each)]
    last = MOST_CONTACTS + 1
    return sorted(current, key=lambda each: each.values["priority_number"] or last)


def _name(entry: Entry) -> str:
    return entry.values["contact_name"] or "Without a name"


def _show_contact(entry: Entry) -> None:
    values = entry.values
    relation = values["relationship_code"] or ""
    purpose = values["contact_role_code"] or ""
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"**{plain(_name(entry))}**{processed(entry)}")
        told = RELATIONSHIPS.get(relation, relation.replace("_", " ").capitalize())
        why = PURPOSES.get(purpose, purpose.replace("_", " "))
        st.markdown(plain(". ".join(part for part in (told, why) if part)))
        for column in ("phone", "email", "address_line", "city"):
            if values[column]:
                st.markdown(plain(values[column]))


def _fields(before: Entry | None = None) -> tuple[Field, ...]:
    purposes = {code: each for code, each in PURPOSES.items() if code != FOR_THE_OFFICE}
    relations = dict(RELATIONSHIPS)
    if before:  # what was written in other words may stay as it is
        for options, column in (
            (purposes, "contact_role_code"),
            (relations, "relationship_code"),
        ):
            code = before.values[column]
            if code:
                options.setdefault(code, code.replace("_", " ").capitalize())
    return (
        line("contact_name", "Name", is_required=True),
        choice("relationship_code", "Who it is", relations, is_required=True),
        choice("contact_role_code", "When to call", purposes, is_required=True),
        line("phone", "Telephone", help="A telephone number or an e-mail is needed."),
        line("email", "E-mail"),
        line("address_line", "Street and house"),
        line("city", "Town"),
        line("postal_code", "Postal code"),
        whole(
            "priority_number",
            "Whom to call first",
            possible=(1, MOST_CONTACTS),
            help="1 is called before 2.",
        ),
    )


def _add() -> Form:
    key = own_key(session.person())
    return own_form(
        "own contact",
        "add somebody to call",
        "Added",
        _fields(),
        lambda values: act(add_contact, key, contact=Contact(**values)),
        where="It shows on this page at once.",
    )


def _change(entry: Entry) -> Form:
    def save(values: dict[str, Any]) -> None:
        why = values.pop("reason")
        act(change_contact, entry, contact=Contact(**values), reason=why)

    before = {name: entry.values[name] for name in COLUMNS}
    return own_form(
        f"change contact {entry.record_id}",
        f"change how {_name(entry)} is reached",
        "Changed",
        (*_fields(entry), reason("Why")),
        save,
        starts_with={
            name: str(value) for name, value in before.items() if value is not None
        },
        where="It shows on this page at once.",
    )


def _end(entry: Entry) -> Form:
    return own_form(
        f"end contact {entry.record_id}",
        f"have {_name(entry)} called no longer",
        "Ended",
        (reason("Why"),),
        lambda values: act(end_contact, entry, **values),
        where="It shows on this page at once.",
    )
