"""Who reads and writes in the campaign: one person of each role that does."""

from pipelines.access.assignments import assign_patient
from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.canaries.campaign import Campaign

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
DOCTOR = Person("doctor", "Dr. One", "doctor", "canary", "D1")
NURSE = Person("nurse", "Nurse One", "nurse", "canary", "N1")
TECHNICIAN = Person("technician", "Technician", "lab_technician")
REGISTRAR = Person("registrar", "Registrar", "registrar")
BILLING = Person("billing", "Billing", "billing")
STAFF = (DOCTOR, NURSE, TECHNICIAN, REGISTRAR, BILLING)


def patient_of(campaign: Campaign) -> Person:
    """Return the first patient of the campaign as a person."""
    return Person("patient", "Patient", "patient", patient_key=campaign.patient_keys[0])


def make_people(campaign: Campaign) -> None:
    """Make the people; doctor and nurse have every patient of the record."""
    keyring = load_keyring(campaign.settings.keys_folder)
    campaign.patient_keys += [
        patient_key_of(keyring.patient_digest("operational", number))
        for number in campaign.patients
    ]
    with connect(campaign.settings, Role.OWNER) as owner:
        for person in (*STAFF, patient_of(campaign)):
            create_person(owner, person, PASSWORD)
        for key in campaign.patient_keys:
            for person in (DOCTOR, NURSE):
                assign_patient(owner, person.user_id, key, "treats")
