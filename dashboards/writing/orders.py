"""Ordering laboratory tests and images, and taking an order back."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, moment, reason, several, text
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import (
    act,
    chart_form,
    choose_entry,
    entries_of,
    visit_field,
)
from dashboards.writing.plans import reasons_of
from dashboards.writing.words import entry_words
from pipelines.record.actions.catalogue import rows
from pipelines.record.actions.correcting import is_own
from pipelines.record.actions.ordering import (
    CATEGORIES,
    PRIORITIES,
    WAITING,
    cancel_order,
    is_open,
    order_tests,
)

NEW, CANCEL = "New order", "Cancel my order"
LABORATORY, IMAGING = "laboratory", "imaging"


def show_orders(chart: Chart) -> None:
    """Show the form of a new order, or of taking one back."""
    what = st.segmented_control("Order", [NEW, CANCEL], default=NEW, key="order_what")
    if what != CANCEL:
        show_form(_new(chart))
        return
    mine = [
        each
        for each in entries_of(chart, "lab_orders")
        if is_own(session.person(), each)
        and each.values["status_code"] in WAITING
        and not each.is_entered_in_error
    ]
    if not mine:
        st.info("No order of yours can still be cancelled.")
        return
    entry = choose_entry("Which order", mine, f"order {chart.patient_key}")
    if entry is not None:
        show_form(
            chart_form(
                chart,
                f"cancel order {entry.record_id}",
                f"cancel an order: {entry_words(entry)}",
                "Order cancelled",
                (reason(),),
                lambda values: act(cancel_order, entry, why=values["reason"]),
            )
        )


def _new(chart: Chart) -> Form:
    problems = reasons_of(chart)
    visit, running = visit_field(chart)

    def save(values: dict[str, Any]) -> None:
        act(
            order_tests,
            chart.patient_key,
            category=values["category"],
            test_codes=values[values["category"]],
            priority=values["priority"],
            question=values["question"] or "",
            reason_code=values["problem"],
            reason_name=problems.get(values["problem"] or ""),
            due_at=values["due_at"],
            encounter_id=values["encounter_id"],
        )

    def is_of(category: str) -> Any:
        return lambda typed: typed.get("category") == category

    return chart_form(
        chart,
        "order",
        "order",
        "Ordered",
        (
            choice("category", "Kind", CATEGORIES, is_required=True),
            several(
                LABORATORY,
                "Tests and panels",
                _listed(LABORATORY),
                is_required=True,
                is_shown=is_of(LABORATORY),
            ),
            several(
                IMAGING,
                "Examinations",
                _listed(IMAGING),
                is_required=True,
                is_shown=is_of(IMAGING),
            ),
            choice("priority", "Priority", PRIORITIES, is_required=True),
            choice("problem", "For which problem", problems),
            text(
                "question",
                "Question",
                longest=2000,
                help="What is to be answered; radiology needs it.",
            ),
            moment("due_at", "Wanted by"),
            visit,
        ),
        save,
        starts_with={
            "category": LABORATORY,
            "priority": "routine",
            "encounter_id": running,
        },
        check=_wrong,
        warn=lambda values: _twice(chart, values),
    )


def _listed(category: str) -> dict[str, str]:
    return {
        each["test_code"]: f"{each['test_name']} ({each['contains']})"
        if each["contains"]
        else each["test_name"]
        for each in rows("orders")
        if each["category_code"] == category
    }


def _wrong(values: Values) -> dict[str, str]:
    if values["category"] == IMAGING and not values["question"]:
        return {"question": "Radiology needs to know what to answer."}
    return {}


def _twice(chart: Chart, values: Values) -> list[str]:
    """Return a warning for each test that is ordered already and not done yet."""
    wanted = set(values[values["category"]])
    return [
        f"Ordered already and not done yet: {entry_words(each)}."
        for each in entries_of(chart, "lab_orders")
        if is_open(each) and each.values["test_code"] in wanted
    ]
