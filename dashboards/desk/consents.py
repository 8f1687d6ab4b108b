"""Wishes of patients at the desk: taking a decision down, withdrawing one."""

import streamlit as st

from dashboards.desk.listing import show_entries
from dashboards.desk.patient import AtDesk
from dashboards.desk.words import value_words
from dashboards.forms.fields import choice, line, reason
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.taking_consents import (
    DECISIONS,
    FEED,
    SCOPES,
    SHARING,
    is_held,
    take_consent,
    withdraw_consent,
)

EFFECT = "It holds from now on. Research leaves the record out from its next update."
DECIDE, WITHDRAW = "Decide", "Withdraw"
EFFECTS = {
    "research": "Yes: the record, without what names the patient, is used for studies. "
    "No: it is left out of every new export.",
    "sharing": "Whether the record is passed on, to everybody or to the one named.",
    "treating_team_only": "Yes: only those who treat the patient open the record; "
    "others must break the glass, which is reviewed.",
    "ask_first": "Yes: the patient's own pages ask before they show results.",
}


def show_consents(patient: AtDesk) -> None:
    """Show what the patient has decided, and the forms that change it."""
    listed = entries_of(patient, FEED)
    show_entries(listed, consent_words, "The patient has decided nothing.")
    what = st.segmented_control(
        "Consents", [DECIDE, WITHDRAW], default=DECIDE, key="consents_what"
    )
    if what != WITHDRAW:
        show_form(_decide(patient))
        return
    held = [each for each in listed if is_held(each)]
    entry = choose_entry(
        "Which decision", held, f"consent {patient.patient_key}", consent_words
    )
    if entry is not None:
        show_form(_withdraw(patient, entry))


def consent_words(entry: Entry) -> str:
    """Return a decision: about what, yes or no, to whom, since and until when."""
    values = entry.values
    scope = SCOPES.get(values["scope_code"], values["scope_code"])
    decision = DECISIONS.get(values["decision_code"], values["decision_code"])
    to = f" to {values['recipient_name']}" if values["recipient_name"] else ""
    since = value_words("started_at", values["started_at"])
    until = value_words("ended_at", values["ended_at"]) if values["ended_at"] else ""
    ended = f", ended {until}" if until else ""
    return f"{scope}{to}: {decision}, from {since}{ended}"


def _decide(patient: AtDesk) -> Form:
    return chart_form(
        patient,
        "consent",
        "take down a decision of the patient",
        "Decision taken down",
        (
            choice("scope", "About", SCOPES, is_required=True),
            choice("decision", "Decision", DECISIONS, is_required=True),
            line(
                "recipient",
                "Only to",
                help="Empty: to everybody.",
                is_shown=lambda typed: typed.get("scope") == SHARING,
            ),
        ),
        lambda values: act(
            take_consent,
            patient.patient_key,
            scope=values["scope"],
            decision=values["decision"],
            recipient=values.get("recipient") or "",
        ),
        tell=lambda values: [EFFECTS[values["scope"]]],
        where=EFFECT,
    )


def _withdraw(patient: AtDesk, entry: Entry) -> Form:
    return chart_form(
        patient,
        f"withdraw {entry.version_id}",
        f"withdraw: {consent_words(entry)}",
        "Decision withdrawn",
        (reason(),),
        lambda values: act(withdraw_consent, entry, **values),
        where=EFFECT,
    )
