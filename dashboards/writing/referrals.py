"""Referring to another service, and taking a referral back."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.data import Chart
from dashboards.forms.fields import choice, reason, text
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from dashboards.writing.plans import reasons_of
from dashboards.writing.words import entry_words
from pipelines.record.actions.catalogue import options
from pipelines.record.actions.correcting import is_own
from pipelines.record.actions.referring import (
    PRIORITIES,
    cancel_referral,
    is_open,
    refer,
)

NEW, CANCEL = "New referral", "Cancel my referral"


def show_referrals(chart: Chart) -> None:
    """Show the form of a new referral, or of taking one back."""
    what = st.segmented_control(
        "Referral", [NEW, CANCEL], default=NEW, key="referral_what"
    )
    if what != CANCEL:
        show_form(_new(chart))
        return
    mine = [
        each
        for each in entries_of(chart, "referrals")
        if is_open(each) and is_own(session.person(), each)
    ]
    if not mine:
        st.info("No referral of yours is open.")
        return
    entry = choose_entry("Which referral", mine, f"referral {chart.patient_key}")
    if entry is not None:
        show_form(
            chart_form(
                chart,
                f"cancel referral {entry.record_id}",
                f"cancel: {entry_words(entry)}",
                "Referral cancelled",
                (reason(),),
                lambda values: act(cancel_referral, entry, why=values["reason"]),
            )
        )


def _new(chart: Chart) -> Form:
    problems = reasons_of(chart)

    def save(values: dict[str, Any]) -> None:
        problem = values.pop("problem")
        act(
            refer,
            chart.patient_key,
            **values,
            reason_code=problem,
            reason_name=problems.get(problem or ""),
        )

    return chart_form(
        chart,
        "referral",
        "refer to another service",
        "Referred",
        (
            choice(
                "specialty",
                "Where to",
                options("specialties", "specialty_name", "specialty_name"),
                is_required=True,
            ),
            choice("priority", "Priority", PRIORITIES, is_required=True),
            choice("problem", "For which problem", problems),
            text("question", "Question", is_required=True, longest=2000),
        ),
        save,
        starts_with={"priority": "routine"},
    )
