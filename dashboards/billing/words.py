"""Claims and payments in one line each; amounts with two decimals."""

from decimal import Decimal
from typing import Any

from dashboards.chart.words import date_text
from dashboards.writing.local_time import local
from pipelines.record.actions.claiming import STATUSES
from pipelines.record.actions.entry import Entry

KINDS = {
    "payment": "Payment",
    "allocation": "Allocation",
    "adjustment": "Written off",
    "refund": "Given back",
}


def money(amount: Any, currency: str | None) -> str:
    """Return an amount with its currency; one that is not known says so."""
    if amount is None or not Decimal(str(amount)).is_finite():
        return "not known"
    return f"{Decimal(str(amount)):,.2f} {currency or ''}".strip()


def claim_words(entry: Entry) -> str:
    """Return a claim or a payment in one line."""
    return _payment(entry) if entry.feed == "payments" else _claim(entry)


def _claim(entry: Entry) -> str:
    values = entry.values
    at = values["service_started_at"]
    parts = [
        f"Visit of {date_text(local(at))}" if at else "Claim",
        values["payer_name"],
        values["procedure_code"],
        money(values["billed_amount"], values["currency_code"]),
        STATUSES.get(values["status_code"], values["status_code"]),
        values["status_reason_name"],
    ]
    return _joined(entry, parts)


def _payment(entry: Entry) -> str:
    values = entry.values
    parts = [
        KINDS.get(values["payment_type_code"], values["payment_type_code"]),
        money(values["amount"], values["currency_code"]),
        values["payer_type_code"],
        values["method_code"],
        date_text(local(values["paid_at"])),
        values["reason_name"],
        "voided" if values["status_code"] == "voided" else "",
        "" if values["claim_id"] else "for no claim yet",
    ]
    return _joined(entry, parts)


def _joined(entry: Entry, parts: list[str | None]) -> str:
    words = ", ".join(part for part in parts if part)
    return f"{words} (entered in error)" if entry.is_entered_in_error else words
