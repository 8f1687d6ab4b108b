"""What the forms of a chart share: whom they are about, its entries, choosing one."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import streamlit as st

from dashboards import session
from dashboards.chart.words import date_text, plain
from dashboards.data import Chart
from dashboards.forms.fields import Code, Field, choice
from dashboards.forms.form import Form, Subject
from dashboards.pending import forget_saved, state_of_marts
from dashboards.writing.local_time import local
from dashboards.writing.words import entry_words
from pipelines.access.identity import Identity
from pipelines.record.actions.code_search import find_diagnoses
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.reading_whole import reads_whole

KEPT = "kept_entries"
KEPT_SECONDS = 30
AT_ONCE = 0.0  # seconds: read anew, whatever was read a moment ago
MOST_VISITS = 5
MOST_LISTED = 50


class Known(Protocol):
    """A patient of whom a page knows who they are: a chart, or somebody at the desk."""

    @property
    def patient_key(self) -> int:
        """Return whose page it is."""

    @property
    def identity(self) -> Identity:
        """Return who that is."""


@dataclass(frozen=True)
class Named:
    """A patient whose page is not open, and who they are."""

    patient_key: int
    identity: Identity = field(default_factory=Identity)


def act(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do something in the name of the person signed in."""
    return function(session.settings(), session.person(), *arguments, **named)


def entries_of(known: Known, feed: str, within: float = KEPT_SECONDS) -> list[Entry]:
    """Return a patient's entries of a feed; ``within`` seconds it is the same read."""
    return entries_about(known.patient_key, feed, within)


def entries_about(
    patient_key: int, feed: str, within: float = KEPT_SECONDS
) -> list[Entry]:
    """Return the entries of a feed about a patient whose chart is not open.

    They are read anew when a build has ended: what it brought is not "being processed".
    """
    kept = st.session_state.setdefault(KEPT, {})
    place, state = (patient_key, feed), state_of_marts()
    kept_at, kept_state, found = kept.get(place, (0.0, None, None))
    is_old = time.monotonic() - kept_at >= within or kept_state != state
    if found is None or is_old:
        found = act(entries, feed, [patient_key])
        kept[place] = (time.monotonic(), state, found)
    return found


def forget_entries() -> None:
    """Read everything anew, because something was saved."""
    st.session_state.pop(KEPT, None)
    forget_saved()


def subject_of(known: Known) -> Subject:
    """Return whom a form is about."""
    identity = known.identity
    return Subject(
        known.patient_key, identity.full_name or "", identity.record_number or ""
    )


def chart_form(
    known: Known,
    name: str,
    doing: str,
    done: str,
    fields: Sequence[Field],
    save: Callable[[dict[str, Any]], object],
    **more: Any,
) -> Form:
    """Return a form about a patient."""
    return Form(
        name=name,
        doing=doing,
        done=done,
        fields=fields,
        save=save,
        subject=subject_of(known),
        refresh=forget_entries,
        **more,
    )


def choose_entry(
    label: str,
    listed: Sequence[Entry],
    key: str,
    words: Callable[[Entry], str] = entry_words,
) -> Entry | None:
    """Let one entry be chosen; the newest come first.

    The words of an option stay what they are when a build takes the entry in: the page
    knows a choice by its words, and would forget it while somebody fills in the form.
    """
    newest_first = sorted(listed, key=lambda each: each.changed_at, reverse=True)
    by_id = {each.record_id: each for each in newest_first[:MOST_LISTED]}
    if not by_id:
        st.info("There is none that this can be done with.")
        return None
    place = f"entry|{key}"
    if st.session_state.get(place) not in by_id:  # it may have ended meanwhile
        st.session_state.pop(place, None)
    chosen = st.selectbox(
        label,
        list(by_id),
        index=None,
        format_func=lambda key: words(by_id[key]),
        placeholder="Choose",
        key=place,
    )
    entry = by_id.get(chosen)
    if entry is not None and entry.is_pending:
        st.caption("Being processed.")
    return entry


def visit_field(chart: Chart) -> tuple[Field, str | None]:
    """Return the field of the visit that something is about, and the open one."""
    visits = [
        each
        for each in entries_of(chart, "encounters")
        if not each.is_entered_in_error and not each.values["part_of_encounter_id"]
    ]
    visits.sort(key=lambda each: each.values["started_at"], reverse=True)
    recent = visits[:MOST_VISITS]
    words = {each.record_id: _visit_words(each) for each in recent}
    running = [each.record_id for each in recent if each.values["ended_at"] is None]
    field = choice("encounter_id", "Visit", words, help="Empty: no particular visit.")
    return field, running[0] if running else None


def _visit_words(visit: Entry) -> str:
    values = visit.values
    kind = (values["encounter_class_code"] or "visit").replace("_", " ")
    named = values["reason_name"] or values["encounter_type_name"] or ""
    until = "" if values["ended_at"] else ", still open"
    since = date_text(local(values["started_at"]))
    return ", ".join(part for part in (kind.capitalize(), since, named) if part) + until


def find_codes(sought: str) -> list[Code]:
    """Return diagnoses by a part of their title or code."""
    return [
        Code(found.code_system, found.code, found.title)
        for found in act(find_diagnoses, sought)
    ]


def told_elsewhere(chart: Chart) -> None:
    """Say where facts are corrected that were not written here."""
    if not act(reads_whole, chart.patient_key):
        st.caption(
            "You are not on the care team of this patient: only what you wrote "
            "yourself can be changed here."
        )
    source = chart.patient.source_system
    if source != "operational":
        st.caption(plain(f"What {source} delivered is corrected there."))
