"""Family and social history: what patients tell."""

from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.forms.fields import Code, choice, code, line, whole
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import act, chart_form, entries_of, find_codes
from pipelines.record.actions.catalogue import options
from pipelines.record.actions.taking_history import (
    OLDEST,
    RELATIVES,
    answers_of,
    record_family_history,
    record_social_history,
)

FAMILY, SOCIAL = "Family", "Way of life"


def show_history_forms(chart: Chart) -> None:
    """Show the form of family history, or of the way of life."""
    what = st.segmented_control(
        "History", [FAMILY, SOCIAL], default=FAMILY, key="history_what"
    )
    if what == SOCIAL:
        _show_social(chart)
    else:
        show_form(_family(chart))


def _family(chart: Chart) -> Form:
    def save(values: dict[str, Any]) -> None:
        found: Code = values["code"]
        act(
            record_family_history,
            chart.patient_key,
            relative=values["relative"],
            code=found.code,
            code_system=found.system,
            name=found.name,
            onset_age=values["onset_age"],
            comment=values["comment"] or "",
        )

    return chart_form(
        chart,
        "family history",
        "record family history",
        "Family history recorded",
        (
            choice("relative", "Relative", RELATIVES, is_required=True),
            code("code", "Condition", find_codes, is_required=True),
            whole("onset_age", "Age at onset", unit="years", possible=(0, OLDEST)),
            line("comment", "Comment"),
        ),
        save,
    )


def _show_social(chart: Chart) -> None:
    habits = options("habits", "observation_code", "observation_name")
    habit = st.selectbox(
        "Question", list(habits), format_func=habits.get, key="habit_asked"
    )
    earlier = [
        each
        for each in entries_of(chart, "social_history")
        if each.values["observation_code"] == habit and not each.is_entered_in_error
    ]
    if earlier:
        last = max(earlier, key=lambda each: each.values["observed_at"])
        st.caption(plain(f"Last answer: {last.values['value_text']}"))
    answers = answers_of(habit)
    field = line("answer", habits[habit], is_required=True)
    if answers:
        listed = {each: each for each in answers}
        field = choice("answer", habits[habit], listed, is_required=True)
    show_form(
        chart_form(
            chart,
            f"habit {habit}",
            "record the way of life",
            "Answer recorded",
            (field,),
            lambda values: act(
                record_social_history, chart.patient_key, habit=habit, **values
            ),
        )
    )
