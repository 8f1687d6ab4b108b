"""Writing a note."""

from typing import Any

from dashboards import session
from dashboards.data import Chart
from dashboards.forms.fields import choice, text
from dashboards.forms.form import show_form
from dashboards.writing.parts import act, chart_form, visit_field
from pipelines.record.actions.noting import TITLES, TYPES, write_note


def show_note(chart: Chart) -> None:
    """Show the form of a new note."""
    kinds = {kind: TITLES[kind] for kind in TYPES[session.person().role]}
    visit, running = visit_field(chart)

    def save(values: dict[str, Any]) -> None:
        act(write_note, chart.patient_key, **values)

    show_form(
        chart_form(
            chart,
            "note",
            "sign a note",
            "Note signed",
            (
                choice("note_type", "Kind", kinds, is_required=True),
                visit,
                text(
                    "text",
                    "Text",
                    is_required=True,
                    help="Kept as a draft while you write.",
                ),
            ),
            save,
            starts_with={"note_type": next(iter(kinds)), "encounter_id": running},
        )
    )
