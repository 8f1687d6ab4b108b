"""What comes for a role whose pages are not there yet."""

import streamlit as st

from dashboards import session
from pipelines.access.people import PersonRole

COMING = {
    PersonRole.RESEARCHER: (
        "Cohorts and exports, each with its purpose. What can be read already: schema "
        "`research`, de-identified, with a login of your own for SQL. An administrator "
        "makes it; ask for it with the purpose of the study."
    ),
    PersonRole.COMPLIANCE: (
        "Who saw what and why, whether the audit trail is whole, and consents."
    ),
    PersonRole.ENGINEER: (
        "Row counts and checks at a glance. Runs, lineage and backfills are on the "
        "Dagster pages, and `ehr status` tells what runs."
    ),
    PersonRole.SUPPORT: "Accounts, and why somebody can or cannot see something.",
}

role = session.person().role
st.title(role.title, anchor=False)
st.info("Your pages are being built. They will show:")
st.markdown(COMING[role])
if role is PersonRole.ENGINEER:
    st.link_button("Dagster", "/dagster/")
