"""The doses of a shift, patient by patient of a ward, for the nurse who gives them."""

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain, time_text
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import told_hidden
from dashboards.shift.hours import Shift, shifts_around
from dashboards.shift.medicines import since
from dashboards.shift.patient import CHART, Patient, patient_of, show_patient
from dashboards.shift.reading import Doses, lying_in, read_doses
from dashboards.shift.words import LEGEND
from dashboards.writing.local_time import local
from dashboards.writing.parts import act
from pipelines.access.identity import Identity
from pipelines.access.take_over import ward_patients

WARD_PAGE = "views/nurse/ward.py"
ELSEWHERE = "Another ward"
SHIFT, WARD = "shift_chosen", "ward_chosen"
# Patients, and since when each of them lies there, on the site's clock.
Lying = dict[int, datetime]


def show_doses_of_shift() -> None:
    """Show what the nurse's patients get in the shift that was chosen."""
    st.title("Doses", anchor=False)
    now = local(datetime.now(UTC))
    left, right = st.columns(2)
    with left:
        shift = _choose_shift(now)
    with right:
        lying = _choose_patients()
    if not lying:
        show_freshness(data.freshness())
        return
    doses = read_doses(list(lying), shift)
    show_freshness(doses.freshness)
    st.caption(LEGEND)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"As of {time_text(now)}.", width="content")
        st.button("Look again", type="tertiary")  # a click draws the page anew
    for key in sorted(lying, key=lambda each: _name(doses.identities, each)):
        ordered = since(doses.ordered_for(key), lying[key])
        patient = patient_of(ordered, doses.recorded_for(key), shift, now)
        _show_one(key, doses, patient)


def _choose_shift(now: datetime) -> Shift:
    """Let a shift be chosen; the one that it is now comes first to mind."""
    offered, current = shifts_around(now)
    by_beginning = {each.begins_at.isoformat(): each for each in offered}
    if st.session_state.get(SHIFT) not in by_beginning:  # it is too long ago by now
        st.session_state[SHIFT] = current.begins_at.isoformat()

    def words(beginning: str) -> str:
        shift = by_beginning[beginning]
        return f"{shift.words} (now)" if shift == current else shift.words

    chosen = st.selectbox("Shift", list(by_beginning), format_func=words, key=SHIFT)
    return by_beginning[chosen]


def _choose_patients() -> Lying:
    """Let a ward be chosen; return those of it who are the nurse's, or say why none."""
    lying, _ = act(ward_patients)
    by_ward: dict[str, Lying] = {each.ward_name: {} for each in lying}
    others: dict[str, set[int]] = {ward: set() for ward in by_ward}
    for each in lying:
        if each.is_mine:
            since = local(each.started_at)
            known = by_ward[each.ward_name].get(each.patient_key, since)
            by_ward[each.ward_name][each.patient_key] = min(known, since)
        else:
            others[each.ward_name].add(each.patient_key)
    if not lying:
        st.info(
            "Nobody lies on a ward of yours now, or you are put on none: support "
            "puts nurses on wards."
        )
    on_wards = {key for keys in by_ward.values() for key in keys}
    elsewhere = {key: at for key, at in lying_in().items() if key not in on_wards}
    if elsewhere:
        by_ward[ELSEWHERE] = elsewhere
    if not by_ward:
        st.info("No patient of yours lies on a ward now.")
        return {}
    ward = _choose_ward(by_ward)
    _show_how_many(ward, len(by_ward[ward]), len(others.get(ward, ())))
    return by_ward[ward]


def _choose_ward(by_ward: Mapping[str, Lying]) -> str:
    """Let a ward be chosen; one with patients of the nurse comes first to mind."""
    wards = list(by_ward)
    if st.session_state.get(WARD) not in wards:
        with_patients = [ward for ward in wards if by_ward[ward]]
        st.session_state[WARD] = next(iter([*with_patients, *wards]))
    return st.selectbox("Ward", wards, key=WARD)


def _show_how_many(ward: str, mine: int, others: int) -> None:
    """Say how many of a ward are not the nurse's, and where they are taken over."""
    if ward == ELSEWHERE:
        st.caption("Patients who are yours and lie on a ward that is not.")
    elif not mine:
        st.info(f"None of the patients of this ward is yours now: {others} lie there.")
    elif others:
        st.caption(f"Yours: {mine}. Not yours, and not shown: {others}.")
    if others:
        st.page_link(WARD_PAGE, label="Take patients over")


def _show_one(patient_key: int, doses: Doses, patient: Patient) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            name = plain(_name(doses.identities, patient_key))
            st.markdown(f"##### {name}", width="content")
            if st.button("Chart", key=f"chart_{patient_key}", type="tertiary"):
                session.choose_patient(patient_key)
                st.switch_page(CHART)
        if count := doses.kept_back.get(patient_key):
            told = told_hidden({"prescriptions": count})
            st.warning(f"This is not all: {told} kept to the treating team.")
        show_patient(patient)


def _name(identities: Mapping[int, Identity], patient_key: int) -> str:
    """Return a name that tells two patients of one name apart."""
    who = identities.get(patient_key, Identity())
    named = who.full_name or "Patient"
    return f"{named}, {who.record_number}" if who.record_number else named
