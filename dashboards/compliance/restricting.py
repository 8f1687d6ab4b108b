"""Restrictions: patients kept to their treating team, and labels kept from roles."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.compliance.asking import ask_patient
from dashboards.compliance.statements import LABEL_RULES, LABELS, RESTRICTIONS
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading
from pipelines.access.restricting import (
    ROLES_OF_LABELS,
    WHY_RESTRICTED,
    lift,
    restrict,
    set_label_rule,
)

DAYS = {None: "Until it is lifted", 30: "30 days", 90: "90 days", 365: "1 year"}
WITHHELD, SHOWN = "of entrusted patients only", "of every patient"


def show_restrictions() -> None:
    """Show who is restricted, the form that restricts, and the labels of each role."""
    queries = {
        "restrictions": Query(RESTRICTIONS, {}),
        "labels": Query(LABELS, {}),
        "rules": Query(LABEL_RULES, {}),
    }
    reading = session.reader().read("restrictions", queries)
    st.title("Restrictions", anchor=False)
    show_done()
    st.caption(
        "A restricted record is open to doctors on the treating team, and to others by "
        "breaking the glass, which is reviewed. What is decided here holds at once."
    )
    restrictions = reading.frames["restrictions"]
    if restrictions.empty:
        st.info("No record is restricted by the hospital.")
    for each in restrictions.itertuples():
        _show(each, reading)
    _show_form()
    _show_labels(reading)


def _show(each: Any, reading: Reading) -> None:
    identity = reading.identities.get(int(each.patient_key), Identity())
    until = "" if pd.isna(each.valid_to) else f", until {time_text(each.valid_to)}"
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{plain(identity.full_name)}** ({plain(identity.record_number)}): "
            f"{WHY_RESTRICTED.get(each.label_code, each.label_code)}"
        )
        told = f"Since {time_text(each.valid_from)}, by {each.set_by}{until}"
        st.markdown(f"{plain(told)}. Reason: {plain(each.reason)}")
        with st.form(f"lift_{each.restriction_id}", border=False):
            why = st.text_input("Why it is lifted", max_chars=500)
            is_lifted = st.form_submit_button("Lift it now")
    if is_lifted:
        decide(
            lambda: lift(
                session.settings(),
                session.person(),
                each.restriction_id,
                int(each.patient_key),
                reason=why,
            ),
            "The restriction is lifted.",
        )


def _show_form() -> None:
    st.subheader("Restrict a record", anchor=False)
    patient_key = ask_patient("restrict_patient")
    if patient_key is None:
        return
    with st.form("restrict"):
        label = st.selectbox(
            "Because of", list(WHY_RESTRICTED), format_func=WHY_RESTRICTED.get
        )
        days = st.selectbox("For how long", list(DAYS), format_func=DAYS.get)
        why = st.text_input("Why", max_chars=500)
        is_sent = st.form_submit_button("Restrict it now", type="primary")
    if is_sent:
        ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
        decide(
            lambda: restrict(
                session.settings(),
                session.person(),
                patient_key,
                label_code=label,
                reason=why,
                valid_to=ends,
            ),
            "The record is restricted from now on.",
        )


def _show_labels(reading: Reading) -> None:
    st.subheader("Labels", anchor=False)
    st.caption(
        "Entries with a label are seen of every patient, or only of those whom the "
        "person treats. Warnings about medicines are worked out on all of them."
    )
    names = dict(reading.frames["labels"].itertuples(index=False))
    withheld = set(reading.frames["rules"].itertuples(index=False, name=None))
    table = {
        "Label": list(names.values()),
        **{
            title: [_seen((role, code) in withheld) for code in names]
            for role, title in ROLES_OF_LABELS.items()
        },
    }
    st.dataframe(pd.DataFrame(table), hide_index=True)
    _show_label_form(names, withheld)


def _seen(is_withheld: bool) -> str:  # noqa: FBT001 - a cell's value
    return WITHHELD if is_withheld else SHOWN


def _show_label_form(names: Mapping[str, str], withheld: set[tuple[str, str]]) -> None:
    columns = st.columns(2)
    role = columns[0].selectbox(
        "Role", list(ROLES_OF_LABELS), format_func=ROLES_OF_LABELS.get
    )
    code = columns[1].selectbox("Label", list(names), format_func=names.get)
    is_withheld = (role, code) in withheld
    other = _seen(not is_withheld)
    with st.form("label_rule"):
        st.markdown(f"Now seen {_seen(is_withheld)}.")
        why = st.text_input("Why", max_chars=500)
        is_sent = st.form_submit_button(f"Let it be seen {other}")
    if is_sent:
        decide(
            lambda: set_label_rule(
                session.settings(),
                session.person(),
                role=role,
                label_code=code,
                is_withheld=not is_withheld,
                reason=why,
            ),
            f"{ROLES_OF_LABELS[role]} see {plain(names[code])} {other} from now on.",
        )
