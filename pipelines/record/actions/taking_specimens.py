"""Recording a specimen for an order: from then on the laboratory follows the tube."""

from datetime import datetime
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.ordering import OPEN
from pipelines.record.actions.requirements import (
    correction,
    filled,
    one_of,
    past,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

ORDERS = "lab_orders"
LONGEST_NUMBER = 40
MATERIALS = {
    "Blood": "Blood",
    "Serum": "Serum",
    "Plasma": "Plasma",
    "Urine": "Urine",
    "Stool": "Stool",
    "Sputum": "Sputum",
    "Swab": "Swab",
    "Cerebrospinal fluid": "Cerebrospinal fluid",
    "Tissue": "Tissue",
    "Other": "Other",
}


def record_specimen(
    settings: Settings,
    person: Person,
    order: Entry,
    *,
    material: str,
    accession_number: str,
    collected_at: datetime,
) -> list[UUID]:
    """Record the specimen that was taken for an order; the order goes on with it.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(order, ORDERS)
    if order.values["category_code"] != "laboratory":
        refuse("this is an order of imaging, not of the laboratory")
    if order.values["status_code"] not in OPEN:
        refuse("this order is done with")
    number = filled(accession_number, "the number on the tube")
    if len(number) > LONGEST_NUMBER:
        refuse(f"a number on a tube has at most {LONGEST_NUMBER} signs")
    taken = past(collected_at, "the time at which it was taken")
    values = {
        "order_id": order.record_id,
        "encounter_id": order.values["encounter_id"],
        "specimen_type_name": one_of(material, MATERIALS, "the material"),
        "accession_number": number,
        "status_code": "collected",
        "collected_at": taken,
        "status_at": taken,
    }
    changes = [Change("record specimen", order.patient_key, without_nothing(values))]
    if order.values["status_code"] == "ordered":
        collected = {"status_code": "collected"}
        changes.append(
            correction("set order status", order, collected, "Specimen taken")
        )
    return save(settings, person, changes)
