"""Accounting of disclosures: what left the house about a patient, as a paper."""

import secrets
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.asking import ask_patient
from dashboards.compliance.statements import DISCLOSURES, LATEST_DISCLOSURES
from pipelines.access import audit
from pipelines.access.accounting import Disclosed, accounting_csv, accounting_pdf
from pipelines.access.disclosures import PURPOSES
from pipelines.access.identity import Identity
from pipelines.access.reading import Query

MADE = "accounting_made"


def show_disclosures() -> None:
    """Show a patient's disclosures of six years, and offer them as files."""
    st.title("Accounting of disclosures", anchor=False)
    st.caption(
        "Who outside the hospital received what of a patient, when and why. Each "
        "export writes its line before anything leaves the house."
    )
    patient_key = ask_patient("disclosures_patient")
    if patient_key is None:
        _show_latest()
        return
    query = Query(DISCLOSURES, {"asked_key": patient_key})
    reading = session.reader().read(
        "accounting of disclosures", {"disclosures": query}, [patient_key]
    )
    identity = reading.identities.get(patient_key, Identity())
    found = reading.frames["disclosures"]
    st.subheader(plain(identity.full_name), anchor=False)
    if found.empty:
        st.info("Nothing about this patient was disclosed in the last six years.")
    else:
        _show_table(found)
    _offer_files(patient_key, identity, disclosed(found))


def disclosed(found: pd.DataFrame) -> list[Disclosed]:
    """Return the disclosures that a page has read."""
    return [
        Disclosed(
            each.disclosed_at,
            each.recipient_name,
            each.recipient_address,
            each.purpose_code,
            each.purpose_text,
            each.what,
        )
        for each in found.itertuples()
    ]


def _show_latest() -> None:
    query = Query(LATEST_DISCLOSURES, {})
    reading = session.reader().read("latest disclosures", {"latest": query})
    latest = reading.frames["latest"]
    if latest.empty:
        st.info("Nothing has been disclosed to anybody outside yet.")
        return
    st.caption("The latest disclosures; state a record number for one patient's.")
    rows = [
        {
            "When": time_text(each.disclosed_at),
            "Recipient": each.recipient_name,
            "What": each.what,
            "Why": PURPOSES[each.purpose_code],
            "Patients": each.patients_count,
            "By": each.user_id,
        }
        for each in latest.itertuples()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _show_table(found: pd.DataFrame) -> None:
    rows = [
        {
            "When": time_text(each.disclosed_at),
            "Recipient": ", ".join(
                part for part in (each.recipient_name, each.recipient_address) if part
            ),
            "What": each.what,
            "Why": f"{PURPOSES[each.purpose_code]}: {each.purpose_text}",
            "By": each.user_id,
            "In the accounting": "yes" if told.is_accounted else "need not be",
        }
        for each, told in zip(found.itertuples(), disclosed(found), strict=True)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _offer_files(
    patient_key: int, identity: Identity, disclosures: list[Disclosed]
) -> None:
    """Make the files on demand, which is written down; then offer them once."""
    made_for, files = st.session_state.get(MADE, (None, {}))
    if made_for != patient_key:
        files = {}
    if st.button("Make the accounting for the patient"):
        files = _made(patient_key, identity, disclosures)
        st.session_state[MADE] = (patient_key, files)
    for name, (content, kind) in files.items():
        st.download_button(f"Download as {kind}", content, name, key=f"get_{kind}")


def _made(
    patient_key: int, identity: Identity, disclosures: list[Disclosed]
) -> dict[str, tuple[bytes, str]]:
    person = session.person()
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action="export",
        subject="accounting of disclosures",
        patient_keys=[patient_key],
        row_count=len(disclosures),
        purpose="for the patient (45 CFR 164.528)",
    )
    audit.append(session.settings(), event)
    zone = ZoneInfo(session.settings().time_zone)
    patient = f"{identity.full_name}, record {identity.record_number}"
    paper = accounting_pdf(patient, disclosures, datetime.now(UTC).astimezone(zone))
    # Two files of one name could share an address in the browser.
    name = f"disclosures-{secrets.token_hex(8)}"
    return {
        f"{name}.pdf": (paper, "PDF"),
        f"{name}.csv": (accounting_csv(disclosures), "CSV"),
    }
