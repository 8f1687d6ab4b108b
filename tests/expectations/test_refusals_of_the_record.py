"""What is refused and what is counted of orders, notes, wishes, doses and money."""

import pytest

from expectations.catalogue import SUITES
from tests.expectations.test_refusals import (
    BETWEEN,
    LENGTH,
    MATCH,
    NOT_MATCH,
    NOT_NULL,
    ORDER,
    judge,
)

IN_SET = "expect_column_values_to_be_in_set"
OPEN_ENDED = {"started_at": "2026-03-01T00:00:00Z", "ended_at": "2026-02-28T00:00:00Z"}

REFUSED = [
    ("consents", {"decision_code": "Deny"}, f"{IN_SET}:decision_code"),
    ("consents", {"scope_code": "all"}, f"{IN_SET}:scope_code"),
    ("consents", OPEN_ENDED, f"{ORDER}:ended_at+started_at"),
    ("consents", {"started_at": "1899-12-31T00:00:00Z"}, f"{BETWEEN}:started_at"),
    ("payments", {"amount": "-0.01"}, f"{BETWEEN}:amount"),
    ("payments", {"amount": None}, f"{NOT_NULL}:amount"),
    ("payments", {"payment_type_code": "credit"}, f"{IN_SET}:payment_type_code"),
    ("payments", {"status_code": "pending"}, f"{IN_SET}:status_code"),
    ("claims", {"billed_amount": "-0.01"}, f"{BETWEEN}:billed_amount"),
    (
        "administrations",
        {"administered_at": "2026-06-02T12:00:01Z"},
        f"{BETWEEN}:administered_at",
    ),
    (
        "administrations",
        {"reason_name": "call 617-555-0100"},
        f"{NOT_MATCH}:reason_name:identifier",
    ),
    ("notes", {"title": "ada@example.org"}, f"{NOT_MATCH}:title:identifier"),
    ("notes", {"note_text": "x" * 100_001}, f"{LENGTH}:note_text"),
    (
        "specimens",
        {"accession_number": "123-45-6789"},
        f"{NOT_MATCH}:accession_number:identifier",
    ),
    ("imaging_reports", {"status_code": None}, f"{NOT_NULL}:status_code"),
    ("lab_orders", {"ordered_at": None}, f"{NOT_NULL}:ordered_at"),
]

COUNTED = [
    ("administrations", {"status_code": "done"}, f"{IN_SET}:status_code"),
    ("appointments", {"status_code": "Booked"}, f"{IN_SET}:status_code"),
    (
        "appointments",
        {"ends_at": "2026-03-01T08:59:59Z"},
        f"{ORDER}:ends_at+starts_at",
    ),
    ("referrals", {"priority_code": "asap"}, f"{IN_SET}:priority_code"),
    (
        "referrals",
        {"completed_at": "2026-02-01T08:59:59Z"},
        f"{ORDER}:completed_at+requested_at",
    ),
    ("devices", {"device_code": "072506001"}, f"{MATCH}:device_code:SNOMED-CT"),
    ("devices", {"status_code": "unknown"}, f"{IN_SET}:status_code"),
    ("family_history", {"onset_age_years": "120.5"}, f"{BETWEEN}:onset_age_years"),
    (
        "family_history",
        {"condition_code": "E11..9"},
        f"{MATCH}:condition_code:ICD-10-CM",
    ),
    ("notes", {"note_type_code": "letter"}, f"{IN_SET}:note_type_code"),
    ("notes", {"status_code": "draft"}, f"{IN_SET}:status_code"),
    ("lab_orders", {"category_code": "pathology"}, f"{IN_SET}:category_code"),
    ("lab_orders", {"priority_code": "STAT"}, f"{IN_SET}:priority_code"),
    ("lab_orders", {"status_code": "sent"}, f"{IN_SET}:status_code"),
    ("specimens", {"status_code": "lost"}, f"{IN_SET}:status_code"),
    (
        "specimens",
        {"received_at": "2026-02-01T08:59:59Z"},
        f"{ORDER}:received_at+collected_at",
    ),
    ("imaging_reports", {"status_code": "draft"}, f"{IN_SET}:status_code"),
    (
        "medication_requests",
        {"request_type_code": "other"},
        f"{IN_SET}:request_type_code",
    ),
    ("medication_requests", {"requester_code": "kin"}, f"{IN_SET}:requester_code"),
    ("medication_requests", {"status_code": "open"}, f"{IN_SET}:status_code"),
    ("correction_requests", {"status_code": "open"}, f"{IN_SET}:status_code"),
    ("contacts", {"contact_role_code": "nurse"}, f"{IN_SET}:contact_role_code"),
    ("contacts", {"priority_number": "0"}, f"{BETWEEN}:priority_number"),
    ("contacts", OPEN_ENDED, f"{ORDER}:ended_at+started_at"),
    ("coverages", {"status_code": "lapsed"}, f"{IN_SET}:status_code"),
    ("coverages", {"priority_number": "10"}, f"{BETWEEN}:priority_number"),
    ("coverages", OPEN_ENDED, f"{ORDER}:ended_at+started_at"),
    ("claims", {"status_code": "denied"}, f"{IN_SET}:status_code"),
    ("claims", {"allowed_amount": "-1"}, f"{BETWEEN}:allowed_amount"),
    ("claims", {"currency_code": "usd"}, f"{MATCH}:currency_code"),
    ("claims", {"diagnosis_code": "250.00"}, f"{MATCH}:diagnosis_code:ICD-10-CM"),
    ("payments", {"currency_code": "$"}, f"{MATCH}:currency_code"),
    ("payments", {"method_code": "barter"}, f"{IN_SET}:method_code"),
]

ALLOWED = [
    ("consents", {"started_at": "2030-01-01T00:00:00Z"}),
    ("consents", {"ended_at": "2026-01-01T00:00:00Z"}),
    ("appointments", {"starts_at": "2030-01-01T09:00:00Z", "ends_at": None}),
    ("administrations", {"scheduled_at": "2026-06-30T08:00:00Z"}),
    ("lab_orders", {"due_at": "2030-01-01T00:00:00Z"}),
    ("payments", {"amount": "0"}),
    ("claims", {"billed_amount": "0"}),
    ("claims", {"diagnosis_code": "38341003", "diagnosis_code_system": "SNOMED-CT"}),
    ("family_history", {"onset_age_years": "120"}),
]


@pytest.mark.parametrize(("feed", "changes", "rule"), REFUSED)
def test_a_row_that_cannot_be_true_is_refused(feed, changes, rule) -> None:
    refusing, _ = judge(feed, **changes)
    assert refusing == [rule]


@pytest.mark.parametrize(("feed", "changes", "rule"), COUNTED)
def test_a_row_that_is_wrong_in_one_part_lands_and_is_counted(
    feed, changes, rule
) -> None:
    assert judge(feed, **changes) == ([], [rule])


@pytest.mark.parametrize(("feed", "changes"), ALLOWED)
def test_what_may_be_so_breaks_no_rule(feed, changes) -> None:
    assert judge(feed, **changes) == ([], [])


@pytest.mark.parametrize("feed", ["consents", "payments"])
def test_of_decisions_and_money_no_word_is_guessed(feed: str) -> None:
    guessed = [
        rule.rule
        for rule in SUITES[feed].expectations
        if rule.type == IN_SET
        and rule.columns[0] in {"scope_code", "decision_code", "payment_type_code"}
        and rule.severity != "critical"
    ]
    assert guessed == []
