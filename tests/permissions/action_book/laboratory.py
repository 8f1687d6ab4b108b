"""Orders, referrals, specimens, results, uploads, acknowledgements."""

from itertools import count
from uuid import uuid4

from pipelines.access.people import Person, PersonRole
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.acknowledging import SeenResult, acknowledge
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.laboratory_work import (
    correct_result,
    set_order_status,
    set_specimen_status,
)
from pipelines.record.actions.ordering import cancel_order, order_tests
from pipelines.record.actions.referring import cancel_referral, refer
from pipelines.record.actions.saving import save
from pipelines.record.actions.uploading import examine, submit
from tests.clock import ago
from tests.permissions.action_book.clinical import own_entry
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

POTASSIUM = "2823-3"
WHY = "Ordered twice"
IMPORTED = """
    insert into laboratory.lab_results (
        version_id, record_id, changed_by_user_id, changed_by_name, patient_key,
        test_code, code_system, test_name, value_text, value_number, unit,
        status_code, collected_at
    )
    values (
        %(version)s, %(version)s, 'import', 'Import', %(patient)s, '2823-3', 'LOINC',
        'Potassium', '4.1', 4.1, 'mmol/L', 'final', now() - interval '1 hour'
    )
"""
READINGS = """
    select patient_key, lab_result_key, reading_hash
    from marts.fct_lab_results where patient_key = %s order by lab_result_key
"""
HEADER = (
    "record_id,source_patient_id,test_code,code_system,test_name,value_text,"
    "collected_at\n"
)
NUMBERS = count(1)


def _order(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return order_tests(
        hospital.settings,
        person,
        patient,
        category="laboratory",
        test_codes=[POTASSIUM],
        priority="routine",
    )


def order(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return an order of the doctor that waits for its specimen."""
    doctor = hospital.person(PersonRole.DOCTOR, patient)
    (version,) = _order(hospital, doctor, patient, None)
    return hospital.entry(doctor, "lab_orders", patient, version)


def _cancel(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return cancel_order(hospital.settings, person, seen, why=WHY)


def _collect(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return set_order_status(hospital.settings, person, seen, status="collected")


def _refer(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    return refer(
        hospital.settings,
        person,
        patient,
        specialty="Cardiology",
        priority="routine",
        question="Is this murmur new?",
    )


def _cancel_referral(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return cancel_referral(hospital.settings, person, seen, why=WHY)


def _specimen_values() -> dict[str, object]:
    return {
        "specimen_type_name": "Venous blood",
        "status_code": "collected",
        "collected_at": ago(hours=1),
        "status_at": ago(hours=1),
    }


def _take(hospital: Hospital, person: Person, patient: int, _: object) -> object:
    change = Change("record specimen", patient, _specimen_values())
    return save(hospital.settings, person, [change])


def _specimen(hospital: Hospital, _: Person, patient: int) -> Entry:
    technician = PersonRole.LAB_TECHNICIAN
    return hospital.write(technician, "record specimen", patient, _specimen_values())


def _receive(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return set_specimen_status(hospital.settings, person, seen, status="received")


def _result(hospital: Hospital, _: Person, patient: int) -> Entry:
    """Return a result that an import brought."""
    version = uuid4()
    with connect(hospital.settings, Role.OWNER, RECORD) as owner:
        owner.execute(IMPORTED, {"version": version, "patient": patient})
    technician = hospital.people[PersonRole.LAB_TECHNICIAN]
    return hospital.entry(technician, "lab_results", patient, version)


def _correct(hospital: Hospital, person: Person, _: int, seen: Entry) -> object:
    return correct_result(hospital.settings, person, seen, value="4.6", reason=WHY)


def _upload(hospital: Hospital, person: Person, _: int, __: object) -> object:
    line = f"BOOK-{uuid4()},P000001,2823-3,LOINC,Potassium,4.1,2026-01-05T08:00:00Z\n"
    content = (HEADER + line).encode()
    found = examine(hospital.settings, person, "results.csv", content, "hospital")
    return submit(hospital.settings, person, found)


def _reading(hospital: Hospital, _: Person, patient: int) -> SeenResult:
    """Return a result of the marts, another one each time."""
    with connect(hospital.settings, Role.BUILDER) as builder:
        rows = builder.execute(READINGS, (patient,)).fetchall()
    return SeenResult(*rows[next(NUMBERS) % len(rows)])


def _see(hospital: Hospital, person: Person, _: int, seen: SeenResult) -> object:
    return acknowledge(hospital.settings, person, [seen])


DEEDS = {
    "acknowledge": Deed(_see, _reading),
    "order tests": Deed(_order),
    "cancel order": Deed(_cancel, order),
    "set order status": Deed(_collect, order),
    "refer": Deed(_refer),
    "change referral": Deed(_cancel_referral, own_entry("referrals", _refer)),
    "record specimen": Deed(_take),
    "set specimen status": Deed(_receive, _specimen),
    "correct result": Deed(_correct, _result),
    "upload": Deed(_upload),
}
