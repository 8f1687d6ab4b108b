"""What laboratories say of results, in orders of arrival, and an oracle of what is so.

The oracle keeps no versions: of what has come so far, what the source said last counts;
where it states no time, what came last.
"""

import random
from collections.abc import Iterable
from typing import NamedTuple

ORDERS, DELIVERIES = 500, 20
SOURCE = "known at"
HEADER = (
    "record_id,source_patient_id,test_code,code_system,value_text,unit,reference_low,"
    "reference_high,status_code,collected_at,source_updated_at,is_deleted"
)
LEAST_UNSTATED, MOST_UNSTATED = 2, 5


class Said(NamedTuple):
    """What a source says of a result at an hour, and how that is to be flagged.

    Without an hour it states no time. Without a flag there is no result to be shown.
    """

    name: str
    hour: int | None
    value: str
    status: str
    flag: str | None
    patient: str = "P"
    is_deleted: bool = False


# Potassium in mmol/L with the range 3.5 to 5.0; critical below 2.8 and above 6.2
# (docs/definitions.md). What is not final is never NORMAL.
HISTORY = [
    Said("corrected", 8, "4.1", "preliminary", "INDETERMINATE"),
    Said("corrected", 9, "4.1", "final", "NORMAL"),
    Said("corrected", 11, "5.1", "corrected", "HIGH"),
    Said("withdrawn", 8, "5.0", "final", "NORMAL"),
    Said("withdrawn", 10, "5.0", "entered-in-error", None),
    Said("withdrawn and said again", 8, "6.2", "final", "HIGH"),
    Said("withdrawn and said again", 9, "6.2", "entered-in-error", None),
    Said("withdrawn and said again", 10, "6.3", "corrected", "CRITICAL_HIGH"),
    Said("deleted", 8, "9.9", "final", "CRITICAL_HIGH"),
    Said("deleted", 12, "9.9", "final", None, is_deleted=True),
    Said("opened again", 9, "<2", "final", "CRITICAL_LOW"),
    Said("opened again", 12, "<2", "final", None, is_deleted=True),
    Said("opened again", 13, "<2", "final", "CRITICAL_LOW"),
    Said("changed and changed back", 8, "7.1", "final", "CRITICAL_HIGH"),
    Said("changed and changed back", 9, "3.5", "corrected", "NORMAL"),
    Said("changed and changed back", 10, "7.1", "final", "CRITICAL_HIGH"),
    Said("moved", 8, "2.8", "final", "LOW"),
    Said("moved", 10, "2.8", "final", "LOW", patient="Q"),
    Said("moved to and fro", 8, "2.7", "final", "CRITICAL_LOW"),
    Said("moved to and fro", 9, "3.4", "final", "LOW", patient="Q"),
    Said("moved to and fro", 10, "3.4", "final", "LOW"),
    Said("said once", 14, "140", "final", "CRITICAL_HIGH"),
]
UNSTATED = [
    Said("by receipt", None, "4.0", "final", "NORMAL"),
    Said("by receipt", None, "5.5", "final", "HIGH"),
    Said("by receipt", None, "4.0", "final", None, is_deleted=True),
]
Arrivals = list[list[list[Said]]]  # by delivery, then by order


def arrivals(seed: int) -> Arrivals:
    """Return what comes in each delivery for each order: permuted, split, repeated."""
    chance = random.Random(seed)  # noqa: S311 - makes test data
    coming: Arrivals = [[[] for _ in range(ORDERS)] for _ in range(DELIVERIES)]
    for order in range(ORDERS):
        repeated = chance.sample(HISTORY, k=chance.randrange(len(HISTORY)))
        for said in [*HISTORY, *repeated]:
            coming[chance.randrange(DELIVERIES)][order].append(said)
        # Of two contents of one delivery without a time nobody can say which is later.
        times = chance.randint(LEAST_UNSTATED, MOST_UNSTATED)
        for delivery in chance.sample(range(DELIVERIES), k=times):
            coming[delivery][order].append(chance.choice(UNSTATED))
        for delivery in coming:
            chance.shuffle(delivery[order])
    return coming


def lines_of(delivery: list[list[Said]]) -> list[str]:
    """Return the lines of a delivery's file."""
    return [
        HEADER,
        *(_line(order, each) for order, said in enumerate(delivery) for each in said),
    ]


def _line(order: int, said: Said) -> str:
    stated = "" if said.hour is None else f"2026-02-02T{said.hour:02}:00:00Z"
    return (
        f"{order}/{said.name},{said.patient}{order},2823-3,LOINC,{said.value},mmol/L,"
        f"3.5,5.0,{said.status},2026-02-01T07:00:00Z,{stated},"
        f"{str(said.is_deleted).lower()}"
    )


def known_after(deliveries: Iterable[list[list[Said]]]) -> dict[str, Said]:
    """Return, by record id, what is known of each result after some deliveries."""
    last: dict[str, Said] = {}
    for delivery in deliveries:
        for order, said in enumerate(delivery):
            for each in said:
                key = f"{order}/{each.name}"
                if key not in last or (each.hour or 0) >= (last[key].hour or 0):
                    last[key] = each
    return {key: each for key, each in last.items() if each.flag is not None}
