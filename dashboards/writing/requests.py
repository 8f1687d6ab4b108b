"""Answering what patients ask for: medicines, and corrections of their record."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, text, whole
from dashboards.forms.form import Form, show_form
from dashboards.writing.allergy_warnings import allergy_warnings
from dashboards.writing.dosage_fields import (
    dosage_fields,
    dosage_of,
    starts_of,
    tell_dosage,
    wrong_dosage,
)
from dashboards.writing.medication_alerts import notes_of, warnings_of
from dashboards.writing.parts import Known, act, chart_form, entries_of
from dashboards.writing.words import author_words, entry_words, processed_words
from pipelines.record.actions import answering_corrections as corrections
from pipelines.record.actions import answering_requests as requests
from pipelines.record.actions.answering_requests import Approval
from pipelines.record.actions.entry import Entry

YES, OTHER_DOSE, NO = "approve", "other_dose", "deny"
ANSWERS = {
    YES: "Approve",
    OTHER_DOSE: "Approve with another dose",
    NO: "Deny",
}
MOST_AT_ONCE = 12
NOTHING_ASKED = "Nothing that this patient asked for waits for an answer."


def show_requests(chart: Chart) -> None:
    """Show the open requests of a patient, each with its answer."""
    waiting = [
        each
        for each in entries_of(chart, "medication_requests")
        if requests.is_open(each)
    ]
    corrected = _open_corrections(chart)
    if not waiting and not corrected:
        st.info(NOTHING_ASKED)
    for entry in waiting:
        _show_head(entry, entry.values["request_text"])
        show_form(_answer(chart, entry))
    _ask_for_answers(chart, corrected)


def show_correction_requests(known: Known) -> None:
    """Show what the patient wants corrected, each with its answer."""
    corrected = _open_corrections(known)
    if not corrected:
        st.info(NOTHING_ASKED)
    _ask_for_answers(known, corrected)


def _open_corrections(known: Known) -> list[Entry]:
    return [
        each
        for each in entries_of(known, "correction_requests")
        if corrections.is_open(each)
    ]


def _ask_for_answers(known: Known, corrected: list[Entry]) -> None:
    for entry in corrected:
        _show_head(entry, entry.values["request_text"])
        show_form(answering_correction(known, entry))


def _show_head(entry: Entry, asked: str | None) -> None:
    st.markdown(f"**{plain(entry_words(entry))}**")
    st.caption(plain(f"{author_words(entry)}{processed_words(entry)}"))
    if asked:
        st.markdown(f"> {plain(asked)}")


def _prescription_of(chart: Chart, entry: Entry) -> Entry | None:
    asked = entry.values["prescription_id"]
    return next(
        (
            each
            for each in entries_of(chart, "prescriptions")
            if asked in (each.record_id, each.key)
        ),
        None,
    )


def _answer(chart: Chart, entry: Entry) -> Form:
    prescription = _prescription_of(chart, entry)
    kind = entry.values["request_type_code"]
    values = prescription.values if prescription else {}

    def save(values: dict[str, Any]) -> None:
        if values["verdict"] == NO:
            act(requests.deny, entry, answer=values["answer"])
            return
        has_dose = values["verdict"] == OTHER_DOSE
        act(
            requests.approve,
            entry,
            prescription=prescription,
            approval=Approval(
                refills=values.get("refills") or 1,
                dosage=dosage_of(values, prescription.values) if has_dose else None,
            ),
            answer=values["answer"] or "",
        )

    dosage = [_only_with_dose(each) for each in dosage_fields(values)]
    verdicts = dict(ANSWERS) if prescription else {YES: "Agree", NO: ANSWERS[NO]}
    if kind == "dose_change":
        del verdicts[YES]
    return chart_form(
        chart,
        f"answer {entry.record_id}",
        f"answer a request: {entry_words(entry)}",
        "Request answered",
        (
            choice("verdict", "Answer", verdicts, is_required=True),
            whole(
                "refills",
                "Refills more",
                is_required=True,
                possible=(1, MOST_AT_ONCE),
                is_shown=lambda typed: kind == "refill" and typed.get("verdict") == YES,
            ),
            *dosage,
            text(
                "answer",
                "What the patient reads",
                help="Needed where you deny it.",
                longest=2000,
            ),
        ),
        save,
        starts_with={"refills": "1"} | starts_of(values),
        check=_wrong_answer,
        tell=lambda typed: [
            *(tell_dosage(typed) if "dose_text" in typed else ()),
            *(notes_of(chart, prescription) if _goes_on(typed, prescription) else ()),
        ],
        warn=lambda typed: [
            *(
                warnings_of(chart, prescription)
                if _goes_on(typed, prescription)
                else ()
            ),
            *allergy_warnings(chart, entry.values["drug_name"]),
        ],
    )


def _goes_on(typed: Values, prescription: Entry | None) -> bool:
    """Return whether the answer lets a prescription go on."""
    return prescription is not None and typed["verdict"] != NO


def _only_with_dose(field: Any) -> Any:

    return replace(field, is_shown=lambda typed: typed.get("verdict") == OTHER_DOSE)


def _wrong_answer(values: Values) -> dict[str, str]:
    if values["verdict"] == NO and not values["answer"]:
        return {"answer": "A denial needs its reason."}
    return wrong_dosage(values) if values["verdict"] == OTHER_DOSE else {}


def answering_correction(known: Known, entry: Entry) -> Form:
    """Return the form that answers a wish for correction."""

    def save(values: dict[str, Any]) -> None:
        is_accepted = values["verdict"] == YES
        act(
            corrections.answer_correction,
            entry,
            is_accepted=is_accepted,
            answer=values["answer"],
        )

    return chart_form(
        known,
        f"answer correction {entry.record_id}",
        f"answer: {entry_words(entry)}",
        "Request answered",
        (
            choice("verdict", "Answer", {YES: "Accept", NO: "Deny"}, is_required=True),
            text("answer", "What the patient reads", is_required=True, longest=2000),
        ),
        save,
        where="The patient sees the answer. What is accepted you correct as such.",
    )
