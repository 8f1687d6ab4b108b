"""All that is written about a patient beside what happened: one part after the other.

It is made from the finished record with draws of its own, so that it changes nothing in
what happened. The order matters: insurances are billed, doses are quoted in notes.
"""

from pipelines.record.simulator.administrations import write_administrations
from pipelines.record.simulator.appointments import write_appointments
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.claims import write_claims
from pipelines.record.simulator.contacts import write_contacts
from pipelines.record.simulator.devices import write_devices
from pipelines.record.simulator.facts import Facts, facts_of
from pipelines.record.simulator.family import write_family_history
from pipelines.record.simulator.insurance import write_coverages
from pipelines.record.simulator.notes import write_notes
from pipelines.record.simulator.open_orders import write_open_orders
from pipelines.record.simulator.orders import write_orders
from pipelines.record.simulator.referrals import write_referrals
from pipelines.record.simulator.reports import write_reports
from pipelines.record.simulator.requests import write_requests
from pipelines.record.simulator.wishes import write_consents, write_correction_requests


def write_paperwork(case: Case) -> Facts:
    """Write every further feed of one patient; return what it was made from."""
    facts = facts_of(case)
    first_contact = write_contacts(facts)
    write_coverages(facts, first_contact)
    write_consents(facts)
    write_correction_requests(facts)
    write_family_history(facts)
    write_devices(facts)
    write_orders(facts)
    write_open_orders(facts)
    write_reports(facts)
    write_administrations(facts)
    write_requests(facts)
    write_appointments(facts)
    write_referrals(facts)
    write_claims(facts)
    write_notes(facts)
    return facts
