"""Bills: each visit to an insurance in force, and paid or written off in full."""

import re
from collections import Counter

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, YEAR
from tests.record.papers import latest_of, with_visit
from tests.record.simulated_papers.conftest import WINDOW


def test_each_visit_is_billed_to_an_insurance_in_force(cases: list[Case]) -> None:
    coverages = latest_of(cases, "coverages")
    billed = set()
    for claim, visit in with_visit(cases, "claims"):
        coverage = coverages[claim["coverage_id"]]
        assert coverage["started_at"] <= visit["started_at"]
        assert visit["started_at"] < (coverage.get("ended_at") or WINDOW.end)
        assert claim["payer_name"] == coverage["payer_name"]
        assert claim["source_patient_id"] == visit["source_patient_id"]
        billed.add(visit["record_id"])
    for visit in latest_of(cases, "encounters").values():
        is_bill = visit["encounter_class_code"] != "ward_stay" and visit["ended_at"]
        if is_bill and visit["ended_at"] + 9 * DAY < WINDOW.end:
            assert visit["record_id"] in billed


def test_what_was_paid_and_written_off_makes_the_bill(cases: list[Case]) -> None:
    paid: Counter[str] = Counter()
    for row in latest_of(cases, "payments").values():
        if row["status_code"] != "voided":
            sign = -1 if row["payment_type_code"] == "refund" else 1
            cents = row["amount"].replace(".", "")
            assert re.fullmatch(r"\d+\.\d\d", row["amount"])
            paid[row["claim_id"]] += sign * int(cents)
    settled = 0
    for record_id, claim in latest_of(cases, "claims").items():
        billed, allowed, left = (
            int(claim[f"{name}_amount"].replace(".", ""))
            for name in ("billed", "allowed", "patient")
        )
        assert 0 <= left <= allowed <= billed
        if claim["status_code"] != "paid":
            assert paid[record_id] == 0
            continue
        owed = billed - paid[record_id]
        assert owed <= left
        assert owed >= -left  # paid twice, the refund still to come
        settled += owed == 0
    assert settled > 0.7 * len(latest_of(cases, "claims"))


def test_a_rejected_claim_is_sent_again_corrected(cases: list[Case]) -> None:
    claims = latest_of(cases, "claims")
    again = {row.get("replaces_claim_id"): row for row in claims.values()}
    rejected = [row for row in claims.values() if row["status_code"] == "rejected"]
    assert len(rejected) > 5
    for row in rejected:
        assert row["status_reason_name"]
        if row["submitted_at"] + 40 * DAY < WINDOW.end:
            later = again[row["record_id"]]
            assert later["submitted_at"] > row["submitted_at"]
            assert later["encounter_id"] == row["encounter_id"]


def test_medicare_pays_from_sixty_five_on(cases: list[Case]) -> None:
    kinds: set[str] = set()
    for case in cases:
        birthday = (case.person.born + 65 * YEAR) // DAY * DAY
        for row in latest_of([case], "coverages").values():
            is_medicare = row["plan_type_code"] == "medicare"
            is_first = row["priority_number"] == 1
            kinds.add(row["plan_type_code"])
            if is_first:
                assert is_medicare == (row["started_at"] >= birthday)
                ended = row.get("ended_at") or WINDOW.end
                assert is_medicare or ended <= birthday or birthday > WINDOW.end
    assert kinds == {"commercial", "medicare", "medicaid", "self_pay"}
