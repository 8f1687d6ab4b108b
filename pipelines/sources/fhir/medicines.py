"""Prescriptions, what was handed out, and doses."""

from decimal import Decimal

from pipelines.sources.fhir.elements import (
    begins,
    coded,
    ends,
    first,
    id_of,
    measured,
    number,
    unit_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.parts import (
    Concept,
)
from pipelines.sources.fhir.resources import (
    DispenseRequest,
    Dosage,
    DoseAndRate,
    Given,
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    Performer,
    Repeat,
    Timing,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

# What nobody has ordered yet.
PROPOSALS = {"proposal", "plan"}
NOT_ORDERED = "Proposed or planned, not ordered."
FORBIDDEN = "Says that a medicine is not to be given: no prescription."
NOT_READY = "Not handed out yet."
STATUS_OF_DOSE = {
    **dict.fromkeys(("completed", "in-progress", "entered-in-error"), "given"),
    "not-done": "withheld",
}
NO_DOSE = "A dose that is on hold, stopped or unknown."
AS_NEEDED = "as needed"
DAYS = {"d": Decimal(1), "wk": Decimal(7), "h": Decimal(1) / 24}


def prescription_rows(request: MedicationRequest) -> Rows:
    """Yield the prescription."""
    if request.intent in PROPOSALS:
        raise LeftOutError(NOT_ORDERED)
    if request.do_not_perform:
        raise LeftOutError(FORBIDDEN)
    what = coded(_medicine(request), "RxNorm", "NDC")
    reason = coded(first(request.reason_code))
    dosage = first(request.dosage_instruction) or Dosage()
    dose = (first(dosage.dose_and_rate) or DoseAndRate()).dose_quantity
    supply = request.dispense_request or DispenseRequest()
    yield (
        "prescriptions",
        {
            "source_patient_id": id_of(request.subject),
            "encounter_id": id_of(request.encounter),
            "drug_code": what.code,
            "code_system": what.system,
            "drug_name": what.name,
            "dose_text": measured(dose),
            "dose_unit": unit_of(dose),
            "route_code": words(dosage.route),
            "frequency_text": _frequency(dosage),
            "doses_per_day": _doses_per_day(dosage),
            "quantity": number(supply.quantity.value) if supply.quantity else None,
            "days_supply": _days_supply(supply),
            "refills_allowed": _count(supply.number_of_repeats_allowed),
            "status_code": request.status,
            "change_reason_name": words(request.status_reason),
            "replaces_prescription_id": id_of(request.prior_prescription),
            "reason_code": reason.code,
            "reason_name": reason.name,
            "practitioner_id": id_of(request.requester),
            "started_at": begins(supply.validity_period) or request.authored_on,
            "ended_at": ends(supply.validity_period),
        },
    )


def dispense_rows(dispense: MedicationDispense) -> Rows:
    """Yield what was handed out.

    Raises:
        LeftOutError: it is still being prepared.
    """
    if dispense.status in ("preparation", "on-hold"):
        raise LeftOutError(NOT_READY)
    what = coded(_medicine(dispense), "RxNorm", "NDC")
    dosage = first(dispense.dosage_instruction) or Dosage()
    supply = dispense.days_supply
    yield (
        "dispenses",
        {
            "source_patient_id": id_of(dispense.subject),
            "encounter_id": id_of(dispense.context),
            "prescription_id": id_of(first(dispense.authorizing_prescription)),
            "drug_code": what.code,
            "code_system": what.system,
            "drug_name": what.name,
            "status_code": dispense.status,
            "route_code": words(dosage.route),
            "frequency_text": _frequency(dosage),
            "doses_per_day": _doses_per_day(dosage),
            "quantity": number(dispense.quantity.value) if dispense.quantity else None,
            "days_supply": number(supply.value) if supply else None,
            "pharmacy_name": dispense.location.display if dispense.location else None,
            "dispensed_at": dispense.when_handed_over or dispense.when_prepared,
        },
    )


def administration_rows(dose: MedicationAdministration) -> Rows:
    """Yield a dose.

    Raises:
        LeftOutError: nobody gave or withheld it.
    """
    status = STATUS_OF_DOSE.get(dose.status or "")
    if status is None:
        raise LeftOutError(NO_DOSE)
    what = coded(_medicine(dose), "RxNorm", "NDC")
    given = dose.dosage or Given()
    by = (first(dose.performer) or Performer()).actor
    yield (
        "administrations",
        {
            "source_patient_id": id_of(dose.subject),
            "encounter_id": id_of(dose.context),
            "prescription_id": id_of(dose.request),
            "drug_code": what.code,
            "code_system": what.system,
            "drug_name": what.name,
            "dose_text": measured(given.dose),
            "dose_unit": unit_of(given.dose),
            "route_code": words(given.route),
            "status_code": status,
            "reason_name": words(first(dose.status_reason)),
            "practitioner_id": id_of(by),
            "performer_name": by.display if by else None,
            "administered_at": dose.effective_date_time
            or begins(dose.effective_period),
        },
    )


def _medicine(
    of: MedicationRequest | MedicationDispense | MedicationAdministration,
) -> Concept | None:
    """Return which medicine: named here, or by a resource that is contained.

    Of one in another file only what is displayed is known.
    """
    if of.medication_codeable_concept is not None:
        return of.medication_codeable_concept
    named = of.medication_reference
    if named is None or not named.reference:
        return None
    if named.reference.startswith("#"):
        wanted = named.reference.removeprefix("#")
        return next((e.code for e in of.contained if e.id == wanted), None)
    return Concept(text=named.display)


def _frequency(dosage: Dosage) -> str | None:
    """Return how often, in words; that it is as needed is always among them."""
    text = dosage.text or words((dosage.timing or Timing()).code)
    is_as_needed = dosage.as_needed_boolean or dosage.as_needed_codeable_concept
    if not is_as_needed or "as needed" in (text or "").lower():
        return text
    return f"{text} {AS_NEEDED}" if text else AS_NEEDED


def _doses_per_day(dosage: Dosage) -> str | None:
    repeat = (dosage.timing or Timing()).repeat or Repeat()
    days = DAYS.get(repeat.period_unit or "")
    if not (repeat.frequency and repeat.period and days):
        return None
    doses = Decimal(repeat.frequency) / (repeat.period * days)
    return f"{doses.quantize(Decimal('0.0001')).normalize():f}"


def _days_supply(supply: DispenseRequest) -> str | None:
    duration = supply.expected_supply_duration
    days = DAYS.get((duration.code or duration.unit or "") if duration else "")
    if duration is None or duration.value is None or days is None:
        return None
    return str(int(duration.value * days))


def _count(value: int | None) -> str | None:
    return None if value is None else str(value)


TABLES = (
    table(MedicationRequest, prescription_rows),
    table(MedicationDispense, dispense_rows),
    table(MedicationAdministration, administration_rows),
)
