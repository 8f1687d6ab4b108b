"""Release of results: which kinds patients read only some hours later, and why."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.compliance.statements import LABELS, RELEASE_RULES
from pipelines.access.reading import Query
from pipelines.access.release import KINDS, MATCHES, MOST_HOURS, end_rule, set_rule

USUAL_HOURS = 72


def show_release() -> None:
    """Show the rules in force, those that ended, and the form of another one."""
    queries = {"rules": Query(RELEASE_RULES, {}), "labels": Query(LABELS, {})}
    frames = session.reader().read("release rules", queries).frames
    rules = frames["rules"]
    names = dict(frames["labels"].itertuples(index=False))
    st.title("Release of results", anchor=False)
    show_done()
    st.caption(
        "Patients read each result as soon as it is there. A rule holds one kind of it "
        "for some hours after the laboratory released it, or until a clinician has "
        "acknowledged it, whichever comes first; of several rules the longest holds. "
        "It holds what comes in from now on, never what could be read before."
    )
    is_in_force = rules["valid_to"].isna()
    if not is_in_force.any():
        st.info("No rule is in force: every result is read at once.")
    for rule in rules[is_in_force].itertuples():
        _show(rule, names)
    _show_form(names)
    if not is_in_force.all():
        st.subheader("Ended", anchor=False)
    for rule in rules[~is_in_force].itertuples():
        _show(rule, names)


def rule_words(rule: Any, names: Mapping[str, str]) -> str:
    """Return what a rule holds, and for how long."""
    value = rule.matched_value
    of = {
        "all": "all",
        "category": f"category {value}",
        "test": f"test {value}",
        "label": f"label {names.get(value, value)}",
    }[rule.matched_by]
    hours = "1 hour" if rule.hours == 1 else f"{rule.hours} hours"
    return f"{KINDS[rule.kind_code]}, {of}: after {hours}"


def _show(rule: Any, names: Mapping[str, str]) -> None:
    has_ended = not pd.isna(rule.valid_to)
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(rule_words(rule, names))}**")
        told = f"Since {time_text(rule.valid_from)}, by {rule.set_by}"
        if has_ended:
            told += f"; ended {time_text(rule.valid_to)} by {rule.ended_by}"
        st.markdown(f"{plain(told)}. Reason: {plain(rule.reason)}")
        key = f"end_{rule.release_rule_id}"
        if not has_ended and st.button("End it now", key=key):
            decide(
                lambda: end_rule(
                    session.settings(), session.person(), rule.release_rule_id
                ),
                "The rule has ended: what it held is read from now on.",
            )


def _show_form(names: Mapping[str, str]) -> None:
    st.subheader("Hold a kind of result", anchor=False)
    kind = st.radio("What", list(KINDS), format_func=KINDS.get, horizontal=True)
    matched_by = st.selectbox("Which of them", list(MATCHES), format_func=MATCHES.get)
    value = None
    if matched_by == "label":
        value = st.selectbox("Label", list(names), format_func=names.get, index=None)
    elif matched_by != "all":
        value = st.text_input(
            "Which, written as the laboratory delivers it", max_chars=100
        )
    hours = st.number_input("Hours", 1, MOST_HOURS, USUAL_HOURS)
    reason = st.text_input("Why", max_chars=500)
    if st.button("Hold from now on", type="primary"):
        decide(
            lambda: set_rule(
                session.settings(),
                session.person(),
                kind_code=kind,
                matched_by=matched_by,
                matched_value=value,
                hours=int(hours),
                reason=reason,
            ),
            "It holds from now on.",
        )
