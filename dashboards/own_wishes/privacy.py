"""Privacy: what patients decide about their record, and what follows from it."""

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.own_wishes.parts import CARD_PIXELS
from dashboards.writing.parts import act, forget_entries
from pipelines.record.actions.consenting import (
    Decision,
    decide,
    decision_of,
    in_force,
)
from pipelines.record.actions.failures import ActionError

TOLD = "own_decision_told"
PERMIT, DENY = "permit", "deny"
# Scope: title, what a yes and a no do, and which of them holds without a decision.
SETTINGS = {
    "research": (
        "Research with my record",
        "Researchers may work with my record. They see no name, no address, no number "
        "and no exact date of mine.",
        "My record leaves the data for research with the next update, within a day. "
        "What was handed to a study before cannot be called back.",
        PERMIT,
    ),
    "sharing": (
        "Handing my record to other hospitals and practices",
        "Whoever treats me elsewhere may be given my record when they ask for it.",
        "Nothing is handed to others unless the law asks for it. Who treats me here "
        "still sees it. This system itself sends records to nobody.",
        DENY,
    ),
    "treating_team_only": (
        "Only those who treat me",
        "Only my own care team opens my record. Anybody else here must state an "
        "emergency; it is written down, and somebody looks at it afterwards.",
        "All doctors here, and the nurses who are assigned to me, can open my record. "
        "Each time is written down.",
        DENY,
    ),
    "ask_first": (
        "Ask me before a result is shown",
        "My results page shows first that there is something new, and the values only "
        "when I ask for them.",
        "My results page shows each result as soon as it is released.",
        DENY,
    ),
}


def show_decisions() -> None:
    """Show what holds now, what it means, and how to decide otherwise."""
    if told := st.session_state.pop(TOLD, None):
        is_saved, words = told
        (st.success if is_saved else st.error)(plain(words))
    decisions = act(in_force)
    for scope in SETTINGS:
        _show_setting(scope, decisions)
    _show_single(decisions)


def is_asked_first() -> bool:
    """Return whether results are shown only on a click; so too if it is not known."""
    try:
        return decision_of(act(in_force), "ask_first") == PERMIT
    except ActionError:
        return True


def _show_setting(scope: str, decisions: list[Decision]) -> None:
    title, if_permitted, if_denied, otherwise = SETTINGS[scope]
    decided = decision_of(decisions, scope)
    holds = decided or otherwise
    words = {PERMIT: if_permitted, DENY: if_denied}
    other = DENY if holds == PERMIT else PERMIT
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"##### {title}")
        yes_or_no = "Yes" if holds == PERMIT else "No"
        since = "" if decided else ", because you have not decided"
        st.markdown(f"Now: **{yes_or_no}**{since}. {words[holds]}")
        st.markdown(f"If you decide otherwise: {words[other]}")
        st.button(
            "Change to no" if other == DENY else "Change to yes",
            key=f"decide_{scope}",
            on_click=_decide,
            args=(scope, other),
        )
        if not decided:
            st.button(
                "Keep it so",
                key=f"keep_{scope}",
                on_click=_decide,
                args=(scope, holds),
                type="tertiary",
            )


def _decide(scope: str, decision: str) -> None:
    """Save a decision; what came of it is told on the page that follows."""
    if session.check() is None:  # a click runs before the page looks
        return
    answer = "yes" if decision == PERMIT else "no"
    try:
        act(decide, scope=scope, decision=decision)
    except ActionError as error:
        st.session_state[TOLD] = (False, capitalised_sentence(str(error)))
    else:
        saved = f"{SETTINGS[scope][0]}: {answer}. It holds from now on."
        st.session_state[TOLD] = (True, saved)
    forget_entries()


def _show_single(decisions: list[Decision]) -> None:
    """Show decisions about one recipient, which the office takes down."""
    single = [each for each in decisions if each.recipient_name]
    if single:
        st.markdown("Decisions about single recipients; the office changes them:")
        st.markdown(
            "\n".join(
                f"- {plain(SETTINGS[each.scope_code][0])}, "
                f"{plain(each.recipient_name or '')}: "
                f"{'yes' if each.decision_code == PERMIT else 'no'}"
                for each in single
            )
        )
