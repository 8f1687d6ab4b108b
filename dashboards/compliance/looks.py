"""Looks that deserve a question: who opened the record of somebody close, or of none.

Names and addresses were compared as keyed hashes in the database; the names shown here
are those of the patients that remain, opened for this page.
"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.statements import SNOOPING, STAFF
from dashboards.compliance.ties import NO_RELATION, Usual, asked_about, usual_of
from dashboards.compliance.words import ask_period, role_words, who_words
from pipelines.access.compliance import staff_tokens
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading

SHOWN_AT_ONCE = 20
MORE = "looks_shown"
PATIENTS = "select audit.count_patients() as patients"


def show_looks() -> None:
    """Show looks with their reasons, the heaviest first, and who has many of them."""
    st.title("Looks to ask about", anchor=False)
    st.caption(
        "An event that names one patient is a look at that patient; lists do not "
        "count. A reason to ask is no proof: who covers for a colleague has one too."
    )
    since, until = ask_period("looks_period", 30)
    reading = _read(since, until)
    looks = reading.frames["looks"]
    if looks.empty:
        st.info("Nobody opened a single record in this period.")
        return
    usual = usual_of(looks, int(reading.frames["patients"]["patients"].iloc[0]))
    names = {each.user_id: who_words(each.display_name, each.user_id)
             for each in reading.frames["staff"].itertuples()}  # fmt: skip
    found = asked_about(looks, usual)
    tied = [each for each in found if each[0] > NO_RELATION]
    _show_tied(tied, reading, names)
    st.subheader("Without a relation of care", anchor=False)
    _show_unrelated(looks, usual, names)


def _read(since: Any, until: Any) -> Reading:
    tokens = staff_tokens(session.settings(), session.person())
    values = {
        "since": since,
        "until": until,
        "user_ids": tokens.user_ids,
        "surnames": tokens.surnames,
        "full_names": tokens.full_names,
    }
    queries = {
        "looks": Query(SNOOPING, values),
        "patients": Query(PATIENTS, {}),
        "staff": Query(STAFF, {}),
    }
    return session.reader().read("looks to ask about", queries)


def _show_tied(
    tied: list[tuple[int, Any, list[str]]], reading: Reading, names: dict[str, str]
) -> None:
    st.subheader("Somebody close, or of note", anchor=False)
    if not tied:
        st.success("Nobody opened a namesake, a neighbour, a colleague or a VIP.")
        return
    shown = st.session_state.get(MORE, SHOWN_AT_ONCE)
    for _, look, reasons in tied[:shown]:
        _show(look, reasons, reading, names)
    if len(tied) > shown:
        st.button(
            f"Show more ({len(tied) - shown} left)",
            on_click=lambda: st.session_state.update({MORE: shown + SHOWN_AT_ONCE}),
        )


def _show(
    look: Any, reasons: list[str], reading: Reading, names: dict[str, str]
) -> None:
    identity = reading.identities.get(int(look.patient_key), Identity())
    with st.container(border=True, gap="small"):
        times = "once" if look.looks == 1 else f"{int(look.looks)} times"
        st.markdown(
            f"**{plain(names.get(look.user_id, look.user_id))}**, "
            f"{role_words(look.role)}, opened **{plain(identity.full_name)}** "
            f"({plain(identity.record_number)}) {times}, last {time_text(look.last_at)}"
        )
        st.markdown("\n".join(f"- {plain(reason)}." for reason in reasons))


def _show_unrelated(looks: pd.DataFrame, usual: Usual, names: dict[str, str]) -> None:
    st.caption(
        "Patients whom a person opened by name without an assignment, a place on the "
        "care team or a visit of theirs within 30 days; beside it what is usual in the "
        "role (the median)."
    )
    people = looks.groupby("user_id")["role"].first()
    rows = [
        {
            "Who": names.get(user_id, user_id),
            "Role": role_words(role),
            "Opened": usual.opened[user_id],
            "Without relation": usual.unrelated.get(user_id, 0),
            "Share": usual.share(user_id),
            "Usual in the role": usual.role_share.get(role, 0.0),
        }
        for user_id, role in people.items()
        if usual.unrelated.get(user_id)
    ]
    if not rows:
        st.success("Everybody who was opened by name had a relation of care.")
        return
    percent = {
        name: st.column_config.NumberColumn(format="percent")
        for name in ("Share", "Usual in the role")
    }
    ordered = sorted(rows, key=lambda row: -row["Share"])
    st.dataframe(pd.DataFrame(ordered), hide_index=True, column_config=percent)
