"""Which pages a role has. An address of another role's page leads nowhere."""

from pathlib import PurePosixPath

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pipelines.access.people import Person, PersonRole

COMING = "views/coming.py"
PAGES_OF = {
    PersonRole.DOCTOR: (
        ("views/doctor/worklist.py", "Worklist"),
        ("views/doctor/patients.py", "Patients"),
        ("views/doctor/chart.py", "Chart"),
        ("views/doctor/results.py", "Results"),
        ("views/doctor/medicines.py", "Medicines"),
        ("views/doctor/active_list.py", "Active list"),
        ("views/doctor/reports.py", "Reports"),
        ("views/doctor/requests.py", "Requests"),
        ("views/doctor/my_reports.py", "My reports"),
    ),
    PersonRole.NURSE: (
        ("views/nurse/worklist.py", "Worklist"),
        ("views/nurse/patients.py", "My patients"),
        ("views/nurse/chart.py", "Chart"),
        ("views/nurse/results.py", "Results"),
        ("views/nurse/medicines.py", "Medicines"),
        ("views/nurse/active_list.py", "Active list"),
        ("views/nurse/reports.py", "Reports"),
        ("views/nurse/doses.py", "Doses"),
        ("views/nurse/ward_round.py", "Ward round"),
        ("views/nurse/ward.py", "My ward"),
        ("views/nurse/my_reports.py", "My reports"),
    ),
    PersonRole.LAB_TECHNICIAN: (
        ("views/lab_technician/upload.py", "Upload"),
        ("views/lab_technician/worklist.py", "Orders and specimens"),
        ("views/lab_technician/accession.py", "Accession"),
        ("views/lab_technician/results.py", "Results"),
        ("views/lab_technician/turnaround.py", "Turn-around times"),
        ("views/lab_technician/flags_and_units.py", "Flags and units"),
        ("views/lab_technician/delta_checks.py", "Delta checks"),
    ),
    PersonRole.QUALITY: (
        ("views/quality/incidents.py", "Incidents"),
        ("views/quality/scorecard.py", "Scorecard"),
        ("views/quality/reported_values.py", "Reported values"),
        ("views/quality/loads.py", "Loads"),
        ("views/quality/checks.py", "Checks"),
        ("views/quality/limits.py", "Limits"),
        ("views/quality/conservation.py", "Conservation"),
        ("views/quality/refused_rows.py", "Refused rows"),
        ("views/quality/judgements.py", "Judgement of results"),
        ("views/quality/critical_results.py", "Critical results"),
        ("views/quality/turnaround.py", "Turn-around times"),
        ("views/quality/flags_and_units.py", "Flags and units"),
        ("views/quality/delta_checks.py", "Delta checks"),
        ("views/quality/medicines.py", "Medicines"),
        ("views/quality/medication_alerts.py", "Medication alerts"),
    ),
    PersonRole.COMPLIANCE: (
        ("views/compliance/reviews.py", "Weekly reviews"),
        ("views/compliance/search.py", "Audit"),
        ("views/compliance/looks.py", "Looks to ask about"),
        ("views/compliance/glass.py", "Broken glass"),
        ("views/compliance/disclosures.py", "Disclosures"),
        ("views/compliance/grants.py", "Who may do what"),
        ("views/compliance/restrictions.py", "Restrictions"),
        ("views/compliance/release.py", "Release of results"),
    ),
    PersonRole.PATIENT: (
        ("views/patient/results.py", "My results"),
        ("views/patient/medicines.py", "My medicines"),
        ("views/patient/plans.py", "My treatment plans"),
        ("views/patient/visits.py", "My visits"),
        ("views/patient/requests.py", "My requests"),
        ("views/patient/contacts.py", "My contacts"),
        ("views/patient/privacy.py", "Privacy"),
        ("views/patient/download.py", "Download"),
        ("views/patient/access_log.py", "Who looked at my record"),
    ),
    PersonRole.REGISTRAR: (
        ("views/registrar/patients.py", "Patients"),
        ("views/registrar/patient.py", "Patient"),
        ("views/registrar/register.py", "Register"),
        ("views/registrar/corrections.py", "Corrections"),
    ),
    PersonRole.BILLING: (
        ("views/billing/claims.py", "Claims"),
        ("views/billing/patient_account.py", "Account"),
    ),
    PersonRole.SUPPORT: (
        ("views/support/why.py", "Why"),
        ("views/support/wards.py", "Wards"),
    ),
}


def first_address(role: PersonRole) -> str:
    """Return the address by which people remember the page that opens at the root."""
    pages = PAGES_OF.get(role, ((COMING, "Welcome"),))
    return f"/{PurePosixPath(pages[0][0]).stem}"


def pages_for(person: Person) -> list[StreamlitPage]:
    """Return the pages that a person has."""
    pages = PAGES_OF.get(person.role, ((COMING, "Welcome"),))
    return [st.Page(path, title=title) for path, title in pages]
