"""Claims by status and payer; each leads to the account of its patient."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import data, session
from dashboards.billing.statements import CLAIM_COUNTS, CLAIMS
from dashboards.billing.words import claim_words, money
from dashboards.chart.words import date_text, plain
from dashboards.desk.statements import NAMED
from dashboards.failures import capitalised_sentence
from dashboards.freshness import show_freshness
from dashboards.writing.parts import act
from dashboards.writing.words import author_words, processed_words
from pipelines.access.reading import Query, Reading
from pipelines.access.search import MOST_FOUND, is_long_enough
from pipelines.record.actions.claiming import STATUSES
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.reading_entries import pending

MOST_CLAIMS = 50
FEEDS = ("claims", "payments")
STARTS_WITH = "submitted"


def show_claims(account_page: str) -> None:
    """Show how many claims there are, and those of a status and payer."""
    st.title("Claims", anchor=False)
    show_freshness(data.freshness())
    _show_search(account_page)
    query = {"counts": Query(CLAIM_COUNTS, {})}
    counts = session.reader().read("claims", query).frames["counts"]
    if counts.empty:
        st.info("There is no claim yet. Find a patient to bill a visit.")
        return
    with st.expander("All claims by status and payer"):
        st.dataframe(_counted(counts), hide_index=True)
    status, payer = _filters(counts)
    values = {"status": status, "payer": payer, "most": MOST_CLAIMS}
    reading = session.reader().read("claims", {"claims": Query(CLAIMS, values)})
    _show_list(reading, account_page)


def _show_search(account_page: str) -> None:
    """Find a patient by name, number or birth date, whatever was billed."""
    text = st.text_input(
        "Find a patient",
        placeholder="Name, record number or birth date",
        key="billing_search",
    )
    if not is_long_enough(text):
        return
    found = session.reader().search_patients(text, NAMED)
    if not found.identities:
        st.info("Nobody matches. Try fewer letters, or the record number.")
    if len(found.identities) == MOST_FOUND:
        st.caption(f"The first {MOST_FOUND} are shown; type more to narrow the search.")
    for key, identity in found.identities.items():
        number = identity.record_number or "no record number"
        if st.button(plain(f"{identity.full_name}, {number}"), key=f"account_{key}"):
            _open(key, account_page)


def _counted(counts: pd.DataFrame) -> pd.DataFrame:
    table = counts.rename(
        columns={
            "status_code": "Status",
            "payer_name": "Payer",
            "claims_count": "Claims",
            "outstanding_amount": "Owed",
            "currency_code": "Currency",
        }
    )
    return table.assign(
        Status=table["Status"].map(lambda each: STATUSES.get(each, each))
    )


def _filters(counts: pd.DataFrame) -> tuple[str | None, str | None]:
    statuses = [each for each in STATUSES if each in set(counts["status_code"])]
    payers = sorted(set(counts["payer_name"].dropna()))
    start = statuses.index(STARTS_WITH) if STARTS_WITH in statuses else None
    left, right = st.columns(2)
    with left:
        status = st.selectbox(
            "Status", statuses, index=start, format_func=STATUSES.get, placeholder="All"
        )
    with right:
        payer = st.selectbox("Payer", payers, index=None, placeholder="All")
    return status, payer


def _show_list(reading: Reading, account_page: str) -> None:
    claims = reading.frames["claims"]
    if claims.empty:
        st.info("No claim has this status and payer.")
        return
    if len(claims) == MOST_CLAIMS:
        st.caption(f"The {MOST_CLAIMS} oldest are shown.")
    _show_pending(sorted({int(key) for key in claims["patient_key"]}))
    for claim in claims.itertuples():
        _show_claim(claim, reading, account_page)


def _show_pending(patient_keys: list[int]) -> None:
    """Say what was written about these patients and is not in the list yet."""
    try:
        waiting = act(pending, FEEDS, patient_keys)
    except ActionError as error:
        st.warning(plain(capitalised_sentence(str(error))))
        return
    for entry in waiting:
        words = f"{claim_words(entry)}: {author_words(entry)}{processed_words(entry)}"
        st.caption(f":material/hourglass_top: {plain(words)}")


def _show_claim(claim: Any, reading: Reading, account_page: str) -> None:
    identity = reading.identities.get(claim.patient_key)
    name = identity.full_name if identity else "Name not delivered"
    owed = money(claim.balance_amount, claim.currency_code)
    words = [
        STATUSES.get(claim.status_code, claim.status_code),
        claim.payer_name or "no payer",
        f"visit of {date_text(claim.service_started_at)}",
        f"billed {money(claim.billed_amount, claim.currency_code)}",
        f"balance {owed}",
        "corrected by another" if claim.is_replaced else "",
    ]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if st.button(plain(name), key=f"claim_{claim.claim_key}"):
            _open(int(claim.patient_key), account_page)
        st.caption(plain(" · ".join(word for word in words if word)))


def _open(patient_key: int, account_page: str) -> None:
    session.choose_patient(patient_key)
    st.switch_page(account_page)
