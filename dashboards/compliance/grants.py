"""Who may do what, and whether they still need it: certified once a quarter."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.compliance.statements import GRANTS
from dashboards.compliance.words import role_words, who_words
from pipelines.access.compliance import DECISIONS, certify
from pipelines.access.reading import Query

NEVER = "never"


def show_grants() -> None:
    """Show every account of the staff, those to be certified first."""
    reading = session.reader().read("access grants", {"grants": Query(GRANTS, {})})
    grants = reading.frames["grants"]
    st.title("Who may do what", anchor=False)
    show_done()
    st.caption(
        "Each quarter somebody decides for every person whether the access is still "
        "needed. Ending it takes effect at once: no sign-in, no open page, no "
        "assignment stays."
    )
    if grants.empty:
        st.info("There are no accounts of staff yet.")
        return
    active = grants[grants["is_active"]]
    to_decide = active[active["decision_code"].isna()]
    st.markdown(
        f"{len(active)} of {len(grants)} accounts are active; **{len(to_decide)}** "
        "wait for this quarter's decision."
    )
    st.dataframe(pd.DataFrame([_row(each) for each in grants.itertuples()]),
                 hide_index=True)  # fmt: skip
    _ask_decision(to_decide)


def _row(each: Any) -> dict[str, object]:
    decision = DECISIONS.get(each.decision_code, "")
    by = f"{decision}, by {each.decided_by}" if decision else "to be decided"
    return {
        "Who": who_words(each.display_name, each.user_id),
        "Role": role_words(each.role),
        "Account": "active" if each.is_active else "ended",
        "Last sign-in": (
            NEVER if pd.isna(each.last_sign_in_at) else time_text(each.last_sign_in_at)
        ),
        "Assigned": each.assigned_patients,
        "On the care team": each.team_patients,
        "Glass, 90 days": each.glass_count,
        "This quarter": by if each.is_active or decision else "",
        "Comment": each.comment or "",
    }


def _ask_decision(to_decide: pd.DataFrame) -> None:
    others = to_decide[to_decide["user_id"] != session.person().user_id]
    if others.empty:
        st.success("Nobody else waits for a decision this quarter.")
        return
    names = {
        each.user_id: f"{who_words(each.display_name, each.user_id)}, "
        f"{role_words(each.role)}"
        for each in others.itertuples()
    }
    with st.form("certify"):
        user_id = st.selectbox("Whose access", list(names), format_func=names.get)
        decision = st.radio("Is it needed?", list(DECISIONS), index=None,
                            format_func=DECISIONS.get, horizontal=True)  # fmt: skip
        comment = st.text_input("Why", max_chars=500)
        is_decided = st.form_submit_button("Decide")
    if is_decided and decision is None:
        st.error("Choose whether it is needed.")
    elif is_decided:
        decide(
            lambda: certify(
                session.settings(), session.person(), user_id, decision, comment
            ),
            f"{plain(names[user_id])}: {DECISIONS[decision].lower()}.",
        )
