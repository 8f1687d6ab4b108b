"""What quality staff decide, and what clinicians report to them."""

from uuid import uuid4

from pipelines.access.incidents import Incident, comment
from pipelines.access.people import Person
from pipelines.access.value_reports import (
    Fact,
    Reported,
    answer_report,
    report_value,
)
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

SOURCE, CHECK = "hospital", "book:of_actions"
FEED = "lab_results"
AN_INCIDENT = """
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code
    )
    values (%s, %s, 'build', 1, now(), 'book', 'new')
    on conflict do nothing
"""
A_RESULT = """
    select lab_result_key from marts.fct_lab_results
    where patient_key = %s and sensitivity = 0
    order by lab_result_key limit 1
"""
FORGET = "delete from quality.value_report where patient_key = %s and feed = %s"
A_REPORT = """
    insert into quality.value_report (
        report_id, feed, fact_key, patient_key, source_system, fault_code,
        sealed_words, reported_by
    )
    values (gen_random_uuid(), %s, %s, %s, 'hospital', 'value', '', 'doctor')
"""
WORDS = "The analyser was mended"


def _incident(hospital: Hospital, _: Person, __: int) -> Incident:
    with hospital.owner() as owner:
        owner.execute(AN_INCIDENT, (SOURCE, CHECK))
    return Incident(SOURCE, CHECK, None)


def _decide(hospital: Hospital, person: Person, _: int, incident: Incident) -> object:
    return comment(hospital.settings, person, incident, WORDS)


def _unreported(hospital: Hospital, _: Person, patient: int) -> Fact:
    """Return a result that everybody sees who sees the patient."""
    with hospital.owner() as owner:
        owner.execute(FORGET, (patient, FEED))
    with connect(hospital.settings, Role.BUILDER) as builder:
        (key,) = builder.execute(A_RESULT, (patient,)).fetchone()
    return Fact(FEED, key, patient)


def _report(hospital: Hospital, person: Person, _: int, fact: Fact) -> object:
    return report_value(hospital.settings, person, fact, "value", WORDS)


def _reported(hospital: Hospital, _: Person, patient: int) -> Reported:
    """Return a value that somebody has reported."""
    reported = Reported(FEED, f"{SOURCE}:{uuid4()}", "open")
    with hospital.owner() as owner:
        owner.execute(A_REPORT, (reported.feed, reported.fact_key, patient))
    return reported


def _answer(hospital: Hospital, person: Person, _: int, reported: Reported) -> object:
    return answer_report(hospital.settings, person, reported, "corrected", WORDS)


DEEDS = {
    "decide incident": Deed(_decide, _incident),
    "report value": Deed(_report, _unreported),
    "answer report": Deed(_answer, _reported),
}
