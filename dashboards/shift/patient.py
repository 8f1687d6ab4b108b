"""One patient's doses of a shift: the grid, as needed, and what has no times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, plain
from dashboards.shift.hours import Shift
from dashboards.shift.matching import DUE, OVERDUE, Planned, Slot, planned
from dashboards.shift.medicines import Ordered, Recorded
from dashboards.shift.reading import DOSES_DAYS
from dashboards.shift.words import (
    coloured,
    dose_words,
    last_given_words,
    medicine_words,
    sign_of,
)
from dashboards.writing.doses import MENU_ITEM, open_dose
from dashboards.writing.menu import CHOSEN
from pipelines.record.actions.giving import GIVEN

CHART = "views/nurse/chart.py"
# A medicine's name needs about twice the room of a dose.
NAME_WIDTH, CELL_WIDTH = 2.2, 1.0
MOST_HOURS = 5  # more in a line would not be read
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Patient:
    """One patient's medicines and doses, sorted for the page."""

    planned: Sequence[Planned]
    as_needed: Sequence[Ordered]
    timeless: Sequence[Ordered]
    doses: Sequence[Recorded]
    shift: Shift
    now: datetime

    @property
    def in_shift(self) -> list[Planned]:
        """Return the medicines of which something is due or was done in the shift."""
        return [each for each in self.planned if each.slots or each.besides]

    @property
    def without_order(self) -> list[Recorded]:
        """Return the doses of the shift that no medicine here explains."""
        orders = [
            *(each.ordered for each in self.planned),
            *self.as_needed,
            *self.timeless,
        ]
        return [
            dose
            for dose in self.doses
            if self.shift.holds(dose.at) and order_of(dose, orders) is None
        ]

    def doses_of(self, ordered: Ordered) -> list[Recorded]:
        """Return all doses of a medicine that are known here, by time."""
        return [each for each in self.doses if each.is_of(ordered)]


def patient_of(
    ordered: Sequence[Ordered],
    doses: Sequence[Recorded],
    shift: Shift,
    now: datetime,
) -> Patient:
    """Return a patient's medicines: with times, as needed, without known times."""
    by_order: dict[str, list[Recorded]] = {each.key: [] for each in ordered}
    for dose in doses:
        if (order := order_of(dose, ordered)) is not None:
            by_order[order.key].append(dose)
    plans = {each.key: planned(each, by_order[each.key], shift) for each in ordered}
    others = [each for each in ordered if plans[each.key] is None]
    return Patient(
        planned=[plan for plan in plans.values() if plan is not None],
        as_needed=[each for each in others if each.is_as_needed],
        timeless=[each for each in others if not each.is_as_needed],
        doses=doses,
        shift=shift,
        now=now,
    )


def order_of(dose: Recorded, ordered: Sequence[Ordered]) -> Ordered | None:
    """Return the order that a dose follows: its own, else one of the same medicine."""
    own = [each for each in ordered if each.key == dose.prescription_key]
    same = [each for each in ordered if dose.is_of(each) and each.is_running]
    return next(iter([*own, *same]), None)


def show_patient(patient: Patient) -> None:
    """Show what a patient gets in a shift."""
    if not (patient.planned or patient.as_needed or patient.timeless):
        st.markdown("No medicine that runs is known here.")
    elif not patient.in_shift:
        st.markdown("No dose is due in this shift.")
    else:
        _show_grid(patient)
    for title, medicines in (
        ("As needed", patient.as_needed),
        ("Times not known: as ordered", patient.timeless),
    ):
        if medicines:
            st.markdown(f"**{title}**")
        for each in medicines:
            _show_apart(patient, each)
    _show_the_rest(patient)


def _show_grid(patient: Patient) -> None:
    hours = sorted({slot.due_at for each in patient.in_shift for slot in each.slots})
    width = min(len(hours), MOST_HOURS) or 1
    for each in patient.in_shift:
        by_hour = {slot.due_at: slot for slot in each.slots}
        # Medicines that are given each hour have a second line.
        for start in range(0, max(len(hours), 1), width):
            slots = [by_hour.get(hour) for hour in hours[start : start + width]]
            if start == 0 or any(slots):
                slots += [None] * (width - len(slots))
                _show_line(patient, each, slots, is_first=start == 0)


def _show_line(
    patient: Patient, plan: Planned, slots: Sequence[Slot | None], *, is_first: bool
) -> None:
    widths = [NAME_WIDTH, *[CELL_WIDTH] * len(slots)]
    name, *cells = st.columns(widths, vertical_alignment="center")
    if is_first:
        with name:
            st.markdown(medicine_words(plan.ordered))
            for dose in plan.besides:
                st.markdown(f"Beside its times: {dose_words(dose)}")
    for slot, cell in zip(slots, cells, strict=True):
        if slot is not None:
            with cell:
                _show_slot(patient, plan.ordered, slot)


def _show_slot(patient: Patient, ordered: Ordered, slot: Slot) -> None:
    """Show one due time: what was recorded for it, or the way to record it."""
    if slot.doses:
        st.markdown(f"{slot.due_at:%H:%M}")
        for dose in slot.doses:
            st.markdown(dose_words(dose, slot.due_at))
        if slot.given_count > 1:
            st.markdown(f":red[**▲ {slot.given_count} doses for one time**]")
        return
    state = slot.state(patient.now, is_running=ordered.is_running)
    if _is_given_here(ordered) and slot.opens_at <= patient.now:
        _show_way(ordered, f"{sign_of(state)} {slot.due_at:%H:%M}", slot.due_at, state)
        return
    told = "" if state in (DUE, OVERDUE) else "  \nNothing was recorded."
    st.markdown(f"{coloured(state)} {slot.due_at:%H:%M}{told}")


def _show_apart(patient: Patient, ordered: Ordered) -> None:
    """Show a medicine without due times, and when it was given last."""
    doses = patient.doses_of(ordered)
    since = patient.now - A_DAY
    count = sum(each.at > since and each.status == GIVEN for each in doses)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(medicine_words(ordered), width="stretch")
        told = f"{last_given_words(doses, DOSES_DAYS)}  \nGiven in 24 hours: {count}"
        st.markdown(told, width="stretch")
        if _is_given_here(ordered):
            _show_way(ordered, "Record a dose", None, DUE)


def _show_way(
    ordered: Ordered, label: str, due_at: datetime | None, state: str
) -> None:
    """Show the button that opens the form of a dose on the chart."""
    key = f"dose_{ordered.record_id}_{due_at:%d%H%M}" if due_at else None
    kind = "primary" if state == OVERDUE else "secondary"
    if st.button(label, key=key or f"dose_{ordered.record_id}", type=kind):
        session.choose_patient(ordered.patient_key)
        st.session_state[CHOSEN] = MENU_ITEM
        open_dose(ordered.record_id or "", due_at)
        st.switch_page(CHART)


def _show_the_rest(patient: Patient) -> None:
    """Show what has no place above, so that nothing is left out."""
    idle = [each for each in patient.planned if not (each.slots or each.besides)]
    if idle:
        names = ", ".join(capitalised(each.ordered.drug_name) for each in idle)
        st.caption(plain(f"Not due in this shift: {names}."))
    for dose in patient.without_order:
        name = plain(capitalised(dose.drug_name))
        st.markdown(f"Without an order that runs: {name}, {dose_words(dose)}")


def _is_given_here(ordered: Ordered) -> bool:
    """Return whether a dose can be recorded: what others delivered is theirs."""
    return ordered.is_running and ordered.record_id is not None
