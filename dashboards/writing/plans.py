"""Planning a treatment: its goal, another goal, what was reached."""

from typing import Any

import streamlit as st

from dashboards.chart.words import capitalised, plain
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, reason, text
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import (
    act,
    chart_form,
    choose_entry,
    entries_of,
    told_elsewhere,
)
from dashboards.writing.words import entry_words
from pipelines.record.actions.catalogue import options, row
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.planning import (
    change_goal,
    conclude_plan,
    is_running,
    plan_treatment,
)

NEW, GOAL, END = "New plan", "Another goal", "End a plan"
ENDS = {"completed": "Goal reached or plan completed", "stopped": "Stopped before"}


def show_plans(chart: Chart) -> None:
    """Show the form of a new plan, of another goal, or of an end."""
    what = st.segmented_control(
        "Treatment plan", [NEW, GOAL, END], default=NEW, key="plan_what"
    )
    if what not in (GOAL, END):
        show_form(_new(chart))
        return
    told_elsewhere(chart)
    running = [each for each in entries_of(chart, "care_plans") if is_running(each)]
    if not running:
        st.info("No plan that runs was made here.")
        return
    entry = choose_entry("Which plan", running, f"plan {chart.patient_key}")
    if entry is not None:
        st.markdown(plain(entry_words(entry)))
        show_form(_goal(chart, entry) if what == GOAL else _end(chart, entry))


def _new(chart: Chart) -> Form:
    plans = options("plans", "plan_code", "plan_name")
    problems = reasons_of(chart)

    def save(values: dict[str, Any]) -> None:
        plan = row("plans", "plan_code", values["plan"])
        act(
            plan_treatment,
            chart.patient_key,
            code=plan["plan_code"],
            code_system=plan["code_system"],
            name=plan["plan_name"],
            goal=values["goal"],
            reason_code=values["problem"],
            reason_name=problems.get(values["problem"] or ""),
        )

    return chart_form(
        chart,
        "plan",
        "begin a treatment plan",
        "Treatment plan begun",
        (
            choice("plan", "Plan", plans, is_required=True, fills=_usual_goal),
            choice("problem", "For which problem", problems),
            text("goal", "Goal", is_required=True, longest=1000),
        ),
        save,
    )


def _usual_goal(code: str) -> Values:
    plan = row("plans", "plan_code", code)
    return {"goal": plan["goal_text"]} if plan and plan["goal_text"] else {}


def reasons_of(chart: Chart) -> dict[str, str]:
    """Return the patient's active problems: code and name, each once."""
    problems = chart.frames["problems"]
    active = problems[problems["is_active"].fillna(False)]  # noqa: FBT003 - a value
    return {
        each.condition_code: capitalised(each.condition_name) or each.condition_code
        for each in active.itertuples()
    }


def _goal(chart: Chart, entry: Entry) -> Form:
    return chart_form(
        chart,
        f"goal {entry.record_id}",
        "set another goal",
        "Goal changed",
        (text("goal", "Goal", is_required=True, longest=1000), reason()),
        lambda values: act(change_goal, entry, **values),
        starts_with={"goal": entry.values["goal_text"]},
        tell=lambda _: [f"Before: {entry.values['goal_text'] or 'no goal'}"],
    )


def _end(chart: Chart, entry: Entry) -> Form:
    return chart_form(
        chart,
        f"end plan {entry.record_id}",
        f"end a plan: {entry_words(entry)}",
        "Plan ended",
        (
            choice("status", "How it ends", ENDS, is_required=True),
            text("outcome", "What was reached", is_required=True, longest=1000),
            reason(),
        ),
        lambda values: act(conclude_plan, entry, **values),
    )
