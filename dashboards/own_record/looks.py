"""Who looked at my record: other people by day, one's own visits counted apart."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.own_record.wording import day_words, person_words
from pipelines.access.people import PersonRole

DAYS_AT_ONCE = 30
SHOWN = "shown_days"
# What stands in the audit trail as (action, subject), else as action alone.
DONE = {
    ("read", "chart"): "read your chart",
    ("read", "results"): "read your results",
    ("read", "trends of results"): "read the course of your results",
    ("read", "origin of a result"): "looked up where a result of yours came from",
    ("read", "worklist"): "saw you on a list of work to do",
    ("read", "patient list"): "saw you on a list of patients",
    ("read", "patients in hospital"): "saw you on a list of patients",
    ("read", "doses of the shift"): "saw which medicines you get on the ward",
    ("read", "refills due"): "saw which refills of yours are due",
    ("search", "patients"): "found you in a search for patients",
    ("acknowledge", "acknowledgements"): "marked a result of yours as seen",
    ("read", "acknowledgements"): "looked up who has seen a result of yours",
    ("read", "quarantine.row"): "read a record of yours that was refused",
}
DONE_OTHERWISE = {
    "read": "read a part of your record",
    "search": "found you in a search",
    "upload": "added to your record",
}
INFINITIVES = {
    "read": "read",
    "saw": "see",
    "found": "find",
    "marked": "mark",
    "looked": "look",
    "added": "add",
    "worked": "work",
}
NOT_SHOWN = {
    "denied": "and was shown nothing",
    "error": "and it failed",
    "intended": "and it is not known whether it was done",
}
DEFINITION = (
    "Each time somebody opens your record, this is written down before anything is "
    "shown, and cannot be changed afterwards. If somebody stands here who should not, "
    "tell your care team or the privacy office of your hospital."
)


def show_looks(looks: pd.DataFrame) -> None:
    """Show who looked at the record of one patient."""
    st.caption(DEFINITION)
    own = looks[looks["is_own"]]
    others = looks[~looks["is_own"]]
    if not own.empty:
        times = "once" if len(own) == 1 else f"{len(own)} times"
        st.markdown(
            f"You yourself opened a page of your record {times}, last on "
            f"{day_words(own['happened_at'].iloc[0])}."
        )
    if others.empty:
        st.info("Nobody else has looked at your record.")
        return
    people = others["person_name"].fillna("").nunique()
    st.markdown(
        f"Others looked at your record {_times(len(others))}: "
        f"{people} {'person' if people == 1 else 'people'}."
    )
    _show_days(others)


def worded(others: pd.DataFrame) -> pd.DataFrame:
    """Return one row per day, person and deed, with how often, the newest first."""
    lines = others.assign(
        day=[day_words(moment) for moment in others["happened_at"]],
        who=[_who(row) for row in others.itertuples()],
        deed=[_deed(row) for row in others.itertuples()],
    )
    counted = lines.groupby(["day", "who", "deed"], sort=False)
    return counted.agg(
        times=("happened_at", "size"), last_at=("happened_at", "max")
    ).reset_index()


def _show_days(others: pd.DataFrame) -> None:
    shown = st.session_state.get(SHOWN, DAYS_AT_ONCE)
    days = list(worded(others).groupby("day", sort=False))
    for day, of_day in days[:shown]:
        st.markdown(f"##### {day}")
        lines = [
            f"- {plain(row.who)}: {row.deed}{_when(row)}"
            for row in of_day.itertuples(index=False)
        ]
        st.markdown("\n".join(lines))
    if len(days) > shown:
        st.button(
            f"Show more days ({len(days) - shown} left)",
            on_click=lambda: st.session_state.update({SHOWN: shown + DAYS_AT_ONCE}),
        )


def _who(row: Any) -> str:
    name = person_words(row.person_name) or "A person without an account here"
    return f"{name}, {_role(row.role_code)}"


def _role(code: str) -> str:
    is_known = code in set(PersonRole)
    return (
        PersonRole(code).title.lower() if is_known else "somebody who runs this system"
    )


def _deed(row: Any) -> str:
    done = DONE.get((row.action, row.subject)) or DONE_OTHERWISE.get(
        row.action, "worked with your record"
    )
    told = NOT_SHOWN.get(row.result)
    if not told:
        return done
    verb, _, rest = done.partition(" ")
    return f"tried to {INFINITIVES[verb]} {rest}, {told}"


def _when(row: Any) -> str:
    clock = f"{row.last_at:%H:%M}"
    return f", {row.times} times, last at {clock}" if row.times > 1 else f", at {clock}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
