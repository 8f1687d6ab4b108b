"""Realistic mistakes in what is written beside what happened, planted and counted.

As with results, each has a name and a share of the rows that it can happen to; it is
drawn from the stream of the papers, so that it moves nothing that happened.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.record.simulator.chances import Chances
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row


@dataclass(frozen=True)
class PaperMistake:
    """One kind of mistake: where, how often, what it does to a row."""

    name: str
    feed: str
    share: float
    change: Callable[[Row, Chances], Row | None]


def _without_test(_row: Row, _chances: Chances) -> Row:
    return {"test_code": None}


def _received_before_taken(row: Row, chances: Chances) -> Row:
    return {"received_at": row["collected_at"] - chances.whole(HOUR, DAY)}


def _given_twice(row: Row, _chances: Chances) -> Row | None:
    """Let two nurses write down the same dose, some minutes apart."""
    if row["status_code"] != "given" or "is_deleted" in row:
        return None
    return {"record_id": f"{row['record_id']}-2"}


def _over_before_begin(row: Row, chances: Chances) -> Row | None:
    if not row["starts_at"]:
        return None
    return {"ends_at": row["starts_at"] - chances.whole(HOUR, 3 * HOUR)}


def _less_than_nothing(row: Row, _chances: Chances) -> Row:
    return {"amount": f"-{row['amount']}"}


def _more_allowed_than_billed(row: Row, _chances: Chances) -> Row:
    return {
        "billed_amount": row["allowed_amount"],
        "allowed_amount": row["billed_amount"],
    }


def _ends_before_begin(row: Row, chances: Chances) -> Row | None:
    if not row.get("ended_at"):
        return None
    return {"ended_at": row["started_at"] - chances.whole(DAY, 300 * DAY)}


def _without_text(_row: Row, _chances: Chances) -> Row:
    return {"note_text": None}


# fmt: off
KINDS = (
    PaperMistake("order without a test", "lab_orders", 0.0006, _without_test),
    PaperMistake("specimen received before it was taken", "specimens", 0.001,
                 _received_before_taken),
    PaperMistake("dose written down twice", "administrations", 0.001, _given_twice),
    PaperMistake("appointment over before it begins", "appointments", 0.001,
                 _over_before_begin),
    PaperMistake("payment below nothing", "payments", 0.0006, _less_than_nothing),
    PaperMistake("more allowed than billed", "claims", 0.0008,
                 _more_allowed_than_billed),
    PaperMistake("insurance over before it begins", "coverages", 0.02,
                 _ends_before_begin),
    PaperMistake("note without a text", "notes", 0.0006, _without_text),
)
# fmt: on


def make_paper_mistakes(facts: Facts) -> Counter[str]:
    """Plant mistakes into a patient's papers; return their number."""
    made: Counter[str] = Counter()
    chances = facts.chances
    for kind in KINDS:
        rows = facts.journal.rows[kind.feed]
        for index in range(len(rows)):
            if not chances.happens(kind.share):
                continue
            changed = kind.change(rows[index], chances)
            if changed is None:
                continue
            made[kind.name] += 1
            if "record_id" in changed:
                rows.append({**rows[index], **changed})
            else:
                rows[index] = {**rows[index], **changed}
    return made
