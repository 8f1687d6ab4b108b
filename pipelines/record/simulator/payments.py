"""Payments: of the insurer, of the patient, what is written off and given back.

Of a claim that is settled, payments and adjustments less refunds make the amount
billed, but for what the patient still owes.
"""

from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.insurance import SELF_PAY
from pipelines.record.simulator.journal import BELONGS_TO, Row
from pipelines.record.simulator.prices import money

SLOW_SHARE, OWED_SHARE = 0.12, 0.06
TWICE_SHARE, BOUNCED_SHARE, IN_PARTS_SHARE = 0.01, 0.008, 0.06
PATIENT_DAYS, SLOW_DAYS = (3, 40), (60, 200)
LEAST_IN_PARTS = 20_000  # cents, from which somebody may pay in parts
_METHODS = ((0.6, "card"), (0.25, "check"), (0.15, "cash"))

Amounts = tuple[int, int, int, int]  # billed, allowed, of that left, due of the patient


def pay(facts: Facts, claim: Row, amounts: Amounts, paid: int) -> None:
    """Write what was paid of a claim from the day on which the insurer settled it."""
    billed, allowed, left, due = amounts
    if allowed > left:
        _write(facts, claim, paid, allowed - left, payer="insurer")
    if billed > allowed:
        payer, reason = "insurer", "Contractual adjustment"
        if claim["payer_name"] == SELF_PAY.payer_name:
            payer, reason = "patient", "Self-pay discount"
        why = {"kind": "adjustment", "payer": payer, "reason": reason}
        _write(facts, claim, paid, billed - allowed, **why)
    if not due:
        return
    draw = facts.chances.share()
    if draw < OWED_SHARE:
        return
    days = SLOW_DAYS if draw < OWED_SHARE + SLOW_SHARE else PATIENT_DAYS
    _pay_oneself(facts, claim, due, paid + facts.chances.whole(*days) * DAY + HOUR)


def _pay_oneself(facts: Facts, claim: Row, due: int, minute: int) -> None:
    """Let the patient pay: at once, in parts, twice, or with a check that bounces."""
    chances = facts.chances
    method = chances.weighted(_METHODS)
    paying = {"payer": "patient", "method": method}
    if due >= LEAST_IN_PARTS and chances.happens(IN_PARTS_SHARE):
        half = due // 2
        _write(facts, claim, minute, half, kind="allocation", **paying)
        _write(facts, claim, minute + 30 * DAY, due - half, **paying)
        return
    row = _write(facts, claim, minute, due, **paying)
    if row is None:
        return
    if method == "check" and chances.happens(BOUNCED_SHARE * 4):
        void = {"status_code": "voided", "reason_name": "Check returned"}
        facts.amend("payments", row, minute + 5 * DAY, **void)
        _write(facts, claim, minute + 15 * DAY, due, payer="patient", method="card")
    elif chances.happens(TWICE_SHARE):
        _write(facts, claim, minute + 2 * DAY, due, **paying)
        why = {"kind": "refund", "reason": "Paid twice"}
        _write(facts, claim, minute + 20 * DAY, due, **why, **paying)


def _write(  # noqa: PLR0913 - one line of an account
    facts: Facts,
    claim: Row,
    minute: int,
    cents: int,
    *,
    payer: str,
    kind: str = "payment",
    method: str = "transfer",
    reason: str | None = None,
) -> Row | None:
    """Write one sum if the record lasts so long."""
    if minute >= facts.end:
        return None
    row = facts.write(
        "payments",
        minute,
        claim_id=claim["record_id"],
        payment_type_code=kind,
        payer_type_code=payer,
        method_code=None if kind == "adjustment" else method,
        status_code="posted",
        reason_name=reason,
        amount=money(cents),
        currency_code="USD",
        paid_at=minute,
    )
    row[BELONGS_TO] = claim["encounter_id"]
    return row
