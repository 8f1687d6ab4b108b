"""What comes for a role whose pages are not there yet."""

import streamlit as st

from dashboards import session
from pipelines.access.people import PersonRole

COMING = {
    PersonRole.LAB_TECHNICIAN: (
        "Uploading results with a verdict for each row, specimens, and corrections."
    ),
    PersonRole.PATIENT: (
        "Your own results in plain words, your medicines, treatment plans and visits, "
        "and a list of who looked at your record."
    ),
    PersonRole.QUALITY: (
        "Every load with its checks, and every refused row with its reason."
    ),
    PersonRole.RESEARCHER: "De-identified data, cohorts, and a log of exports.",
    PersonRole.COMPLIANCE: (
        "Who saw what and why, whether the audit trail is whole, and consents."
    ),
    PersonRole.ENGINEER: (
        "Runs, lineage and row counts. Until then: the Dagster pages and `ehr status`."
    ),
    PersonRole.REGISTRAR: "Demographics, coverage, and joining double records.",
    PersonRole.BILLING: "Claims, coverage and payments.",
    PersonRole.SUPPORT: "Accounts, and why somebody can or cannot see something.",
}

role = session.person().role
st.title(role.title)
st.info("Your pages are being built. They will show:")
st.markdown(COMING[role])
