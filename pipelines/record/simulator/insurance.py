"""Who pays: insurances by age, their changes, and a second one beside Medicare."""

from dataclasses import dataclass

from pipelines.record.simulator.clock import DAY, YEAR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row

MEDICARE_AGE = 65
NEW_EMPLOYER_SHARE = 0.15  # of people under 65, once within the record
SECOND_SHARE = 0.55  # of people with Medicare
OLDEST_CONTRACT_YEARS = 6


@dataclass(frozen=True)
class Payer:
    """One insurer with one plan."""

    payer_id: str
    payer_name: str
    plan_name: str
    plan_type_code: str


_COMMERCIAL = (
    Payer("PAY01", "Harborlight Health Plan", "Select", "commercial"),
    Payer("PAY02", "Granite Coast Insurance", "Standard", "commercial"),
    Payer("PAY03", "Lantern Mutual", "High deductible", "commercial"),
)
_MEDICARE = Payer("PAY10", "Medicare", "Part A and B", "medicare")
_ADVANTAGE = Payer("PAY11", "Saltmarsh Senior Plan", "Advantage", "medicare")
_MEDICAID = Payer("PAY20", "Medicaid", "State plan", "medicaid")
SELF_PAY = Payer("PAY90", "Self pay", "None", "self_pay")
_BEFORE_65 = (
    (0.30, _COMMERCIAL[0]),
    (0.22, _COMMERCIAL[1]),
    (0.14, _COMMERCIAL[2]),
    (0.27, _MEDICAID),
    (0.07, SELF_PAY),
)
_FROM_65 = ((0.72, _MEDICARE), (0.28, _ADVANTAGE))
_BESIDE = (
    (0.75, Payer("PAY12", "Granite Coast Insurance", "Supplement", "commercial")),
    (0.25, _MEDICAID),
)


def write_coverages(facts: Facts, guardian: str) -> None:
    """Write one insurance after the other; the contracts meet without a gap."""
    person, chances, end = facts.case.person, facts.chances, facts.case.end
    started = facts.since - int(chances.between(0, OLDEST_CONTRACT_YEARS) * YEAR)
    started = max(started, person.born) // DAY * DAY
    retires = (person.born + MEDICARE_AGE * YEAR) // DAY * DAY
    payers = _BEFORE_65 if started < retires else _FROM_65
    held = _write(facts, chances.weighted(payers), started, guardian)
    moves = facts.since // DAY * DAY + int(chances.between(100, 900)) * DAY
    is_moving = chances.happens(NEW_EMPLOYER_SHARE) and moves < min(end, retires)
    if is_moving:
        held = _change(facts, held, chances.weighted(_BEFORE_65), moves, guardian)
    if held["started_at"] < retires < end:
        held = _change(facts, held, chances.weighted(_FROM_65), retires, guardian)
    if held["payer_id"] == _MEDICARE.payer_id and chances.happens(SECOND_SHARE):
        second = chances.weighted(_BESIDE)
        _write(facts, second, held["started_at"], guardian, priority_number=2)


def _change(facts: Facts, held: Row, payer: Payer, minute: int, guardian: str) -> Row:
    """Let one insurance end with the day before the next begins."""
    facts.amend(
        "coverages",
        held,
        max(minute, held["source_updated_at"] + 1),
        ended_at=minute,
        status_code="expired",
    )
    return _write(facts, payer, minute, guardian)


def _write(
    facts: Facts, payer: Payer, started: int, guardian: str, priority_number: int = 1
) -> Row:
    person, chances = facts.case.person, facts.chances
    is_child = person.is_child_at(started)
    name = f"{person.identity['given_name']} {person.identity['family_name']}"
    number, group = chances.whole(0, 10**6), chances.whole(10, 99)
    is_group = payer.plan_type_code == "commercial" and priority_number == 1
    is_insured = payer.plan_type_code != "self_pay"
    return facts.write(
        "coverages",
        max(started, facts.since),
        payer_id=payer.payer_id,
        payer_name=payer.payer_name,
        plan_name=payer.plan_name,
        plan_type_code=payer.plan_type_code,
        member_number=f"M-{number:06d}-{person.number}" if is_insured else None,
        group_number=f"G-{group}" if is_group else None,
        subscriber_name=guardian if is_child else name,
        subscriber_relationship_code="parent" if is_child else "self",
        priority_number=priority_number,
        status_code="active",
        started_at=started,
    )


def coverages_at(facts: Facts, minute: int) -> list[Row]:
    """Return the insurances in force at a minute, the first payer first."""
    latest = {row["record_id"]: row for row in facts.journal.rows["coverages"]}
    held = [
        row
        for row in latest.values()
        if row["started_at"] <= minute < (row.get("ended_at") or minute + 1)
    ]
    return sorted(held, key=lambda row: row["priority_number"])
