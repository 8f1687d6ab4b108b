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
A_CHECK = """
    insert into quality.check_definition (
        check_id, subject, level, sentence, severity, threshold, threshold_origin,
        owner, reason, kahn_category, dashboard_types, share, least_rows
    )
    values (%s, 'book', 'mart', '', 'info', '', 'standard', '', '', '', '', 0, 1)
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
    """Return a check that nobody else decides about."""
    check_id = f"book:{uuid4()}"
    with hospital.owner() as owner:
        owner.execute(A_CHECK, (check_id,))
    return check_id


def _change(hospital: Hospital, person: Person, _: int, check_id: str) -> object:
    share = Decimal("0.1")
    return change_threshold(hospital.settings, person, check_id, share, REASON, 0)


DEEDS = {
    "propose limits": Deed(_propose),
    "sign limit": Deed(_sign, _proposal),
    "change threshold": Deed(_change, _check),
}
