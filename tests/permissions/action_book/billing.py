"""Claims and payments."""

from decimal import Decimal

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.claiming import Bill, accept_claim, submit_claim
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.paying import post_payment, void_payment
from pipelines.record.actions.reading_entries import entries
from tests.clock import ago
from tests.permissions.action_book.clinical import visit_values
from tests.permissions.action_book.deed import Deed
from tests.permissions.action_book.desk import coverage
from tests.permissions.hospital import Hospital

BILL = Bill("professional", "E11.9", "ICD-10-CM", "99213", Decimal("180.00"), "USD")
Billed = tuple[Entry, Entry]


def _visit(hospital: Hospital, author: Person, patient: int) -> Billed:
    """Return a visit that is over and an insurance that held."""
    doctor = PersonRole.DOCTOR
    visit = hospital.write(doctor, "record visit", patient, visit_values())
    return visit, coverage(hospital, author, patient)


def _submit(hospital: Hospital, person: Person, _: int, billed: Billed) -> object:
    return submit_claim(hospital.settings, person, *billed, bill=BILL)


def _claim(hospital: Hospital, author: Person, patient: int) -> Entry:
    """Return a claim that was sent."""
    biller = hospital.people[PersonRole.BILLING]
    (version,) = _submit(hospital, biller, patient, _visit(hospital, author, patient))
    return hospital.entry(biller, "claims", patient, version)


def _accept(hospital: Hospital, person: Person, _: int, claim: Entry) -> object:
    return accept_claim(
        hospital.settings,
        person,
        claim,
        allowed=Decimal("150.00"),
        of_patient=Decimal("20.00"),
        reason="Told by the payer",
    )


def _post(hospital: Hospital, person: Person, _: int, claim: Entry) -> object:
    return post_payment(
        hospital.settings,
        person,
        claim,
        amount=Decimal("10.00"),
        payer="insurer",
        method="transfer",
        paid_at=ago(minutes=1),
    )


def _payment(hospital: Hospital, author: Person, patient: int) -> Entry:
    """Return a payment of a claim."""
    biller = hospital.people[PersonRole.BILLING]
    claim = _claim(hospital, author, patient)
    posted, _ = _post(hospital, biller, patient, claim)
    found = entries(hospital.settings, biller, "payments", [patient])
    return next(each for each in found if each.version_id == posted)


def _void(hospital: Hospital, person: Person, _: int, payment: Entry) -> object:
    return void_payment(hospital.settings, person, payment, reason="It bounced")


DEEDS = {
    "submit claim": Deed(_submit, _visit),
    "change claim": Deed(_accept, _claim),
    "post payment": Deed(_post, _claim),
    "change payment": Deed(_void, _payment),
}
