"""What an officer decides about a limit: sign it as proposed or changed, retire it."""

from decimal import Decimal, InvalidOperation
from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import unit_text
from dashboards.compliance.acting import decide
from dashboards.quality.limit_words import exact_text
from dashboards.quality.seen_versions import version_seen
from pipelines.access.acting import RuleError
from pipelines.access.limits import Proposal, retire_limit, sign_limit
from pipelines.access.reasons import LONGEST_REASON

SIGNED = "The limit is signed, and the results are judged by it."
RETIRED = "The limit is retired: nothing breaks it any more."


def show_signing(proposal: Any, last: Any | None) -> None:
    """Offer to sign limits for a cell; ``last`` is the last decision, None for none."""
    key = str(proposal.proposal_id)
    version = 0 if last is None else int(last.version)
    which = Proposal(
        int(proposal.proposal_id),
        proposal.analyte_code,
        proposal.unit,
        version_seen(f"limit_{key}", version),
    )
    is_signed = last is not None and last.action_code == "sign"
    shown = last if is_signed else proposal
    _show_form(which, shown, key)
    if is_signed:
        with st.popover("Retire the limit", type="tertiary"):
            _show_retiring(which, key)


def _show_form(which: Proposal, shown: Any, key: str) -> None:
    with st.form(f"sign_{key}"):
        for_low, for_high = st.columns(2)
        unit = unit_text(which.unit)
        low = for_low.text_input(
            f"Lowest, {unit}", exact_text(shown.low), key=f"low_{key}"
        )
        high = for_high.text_input(
            f"Highest, {unit}", exact_text(shown.high), key=f"high_{key}"
        )
        reason = st.text_area(
            "Why are these the limits?",
            max_chars=LONGEST_REASON,
            key=f"sign_reason_{key}",
            help="A result equal to an end keeps the limit; an empty end is none. The "
            "results of this analyte are judged at once. Write no patient's name here.",
        )
        is_sent = st.form_submit_button("Sign the limit")
    if is_sent:
        decide(lambda: _sign(which, low, high, reason), SIGNED)


def _sign(which: Proposal, low: str, high: str, reason: str) -> None:
    ends = _number(low), _number(high)
    sign_limit(session.settings(), session.person(), which, *ends, reason)


def _show_retiring(which: Proposal, key: str) -> None:
    with st.form(f"retire_{key}", border=False):
        reason = st.text_area(
            "Why does it hold no more?",
            max_chars=LONGEST_REASON,
            key=f"retire_reason_{key}",
        )
        is_sent = st.form_submit_button("Retire it")
    if is_sent:
        decide(
            lambda: retire_limit(session.settings(), session.person(), which, reason),
            RETIRED,
        )


def _number(text: str) -> Decimal | None:
    """Return the number that somebody wrote; None for an empty field.

    Raises:
        RuleError: it is no number.
    """
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        msg = "write a limit as a number with a point, such as 2.5"
        raise RuleError(msg)
    return number
