"""The form that reports a value: which, what seems wrong, and in words."""

from collections.abc import Mapping

import streamlit as st

from dashboards import session
from dashboards.failures import capitalised_sentence, told_failure
from pipelines.access.acting import RuleError
from pipelines.access.value_reports import (
    FAULTS,
    LONGEST_WORDS,
    Fact,
    report_value,
)

REPORTED = (
    "Reported. Quality staff look into it; their answer comes to your page "
    "\u201cMy reports\u201d."
)


def show_report_form(feed: str, patient_key: int, facts: Mapping[str, str]) -> bool:
    """Ask which of some facts is wrong, and report it; return whether it was.

    ``facts`` has what each is called by its key; of a single one nothing is asked.
    """
    key = f"report_{feed}_{patient_key}"
    with st.form(key, border=False, clear_on_submit=True):
        chosen = next(iter(facts))
        if len(facts) > 1:
            chosen = st.selectbox(
                "Which value?", list(facts), format_func=facts.get, key=f"{key}_fact"
            )
        fault = st.selectbox(
            "What seems wrong?",
            list(FAULTS),
            format_func=FAULTS.get,
            key=f"{key}_fault",
        )
        words = st.text_area(
            "Say it in words",
            max_chars=LONGEST_WORDS,
            key=f"{key}_words",
            help="Kept encrypted, for quality staff. Write no patient's name here.",
        )
        is_sent = st.form_submit_button("Report it")
    return is_sent and _report(Fact(feed, chosen, patient_key), fault, words)


def _report(fact: Fact, fault: str, words: str) -> bool:
    try:
        report_value(session.settings(), session.person(), fact, fault, words)
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.error(told_failure(error))
    else:
        return True
    return False
