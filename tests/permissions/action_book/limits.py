"""Limits and thresholds that quality staff decide."""

from decimal import Decimal
from uuid import uuid4

from pipelines.access.limits import Proposal, propose_limits, sign_limit
from pipelines.access.people import Person
from pipelines.access.thresholds import change_threshold
from tests.permissions.action_book.deed import Deed
from tests.permissions.hospital import Hospital

UNIT = "mmol/L"
REASON = "As survived in our own hospital"
A_PROPOSAL = """
    insert into quality.limit_proposal (
        learned_at, analyte_code, unit, age_band, sex_code, analyte_name, rows_count,
        patients_count, state
    )
    values (now(), %s, %s, 'all', 'all', 'book', 200, 30, 'too_few')
    returning proposal_id
"""
# One of many, so that two people rarely decide about the same.
A_CHECK = """
    select check_id from quality.check_definition
    where level = 'mart' order by random() limit 1
"""
VERSION = """
    select coalesce(max(version), 0) from quality.threshold_decision
    where check_id = %s
"""


def _propose(hospital: Hospital, person: Person, _: int, __: None) -> object:
    return propose_limits(hospital.settings, person)


def _proposal(hospital: Hospital, _: Person, __: int) -> Proposal:
    """Return a proposal that nobody else decides about."""
    analyte = f"book:{uuid4()}"
    with hospital.owner() as owner:
        (number,) = owner.execute(A_PROPOSAL, (analyte, UNIT)).fetchone()
    return Proposal(number, analyte, UNIT, 0)


def _sign(hospital: Hospital, person: Person, _: int, proposal: Proposal) -> object:
    return sign_limit(hospital.settings, person, proposal, Decimal(1), None, REASON)


def _check(hospital: Hospital, _: Person, __: int) -> str:
    """Return a check of a mart."""
    with hospital.owner() as owner:
        (check_id,) = owner.execute(A_CHECK).fetchone()
    return check_id


def _change(hospital: Hospital, person: Person, _: int, check_id: str) -> object:
    with hospital.owner() as owner:
        (version,) = owner.execute(VERSION, (check_id,)).fetchone()
    share = Decimal("0.1")
    return change_threshold(hospital.settings, person, check_id, share, REASON, version)


DEEDS = {
    "propose limits": Deed(_propose),
    "sign limit": Deed(_sign, _proposal),
    "change threshold": Deed(_change, _check),
}
