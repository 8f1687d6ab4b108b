"""The answer: whether the person sees the patient, and every rule considered."""

import streamlit as st

from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from pipelines.access.explaining import Explanation


def show_answer(user_id: str, explanation: Explanation) -> None:
    """Show the answer first, then the rules in the order in which they are asked."""
    who = plain(user_id)
    if explanation.is_seen:
        st.success(f"{who} can see this patient.")
    else:
        st.error(f"{who} cannot see this patient.")
    words = capitalised_sentence(explanation.deciding.words)
    st.markdown(f"**What decided:** {words}")
    st.subheader("Rules that were considered", anchor=False)
    for rule in explanation.rules:
        mark = ":material/check:" if rule.is_met else ":material/close:"
        words = f"**{rule.words}** (decided)" if rule.is_deciding else rule.words
        st.markdown(f"{mark} {words}")
    if explanation.withheld_labels:
        st.caption(
            "Of a patient who is seen, entries with these labels are kept from this "
            "role unless it treats the patient: "
            f"{', '.join(explanation.withheld_labels)}. Whether there are such "
            "entries is not told here."
        )
