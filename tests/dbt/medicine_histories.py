"""What is said of orders, stays and dispenses, late and out of order, and an oracle.

The oracle keeps no versions and no times of knowledge: of what has come so far, what
its source said last of each fact counts; from that world alone it tells what was taken.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import NamedTuple

from tests.dbt.listed_pairs import listed_pairs

SOURCE, PATIENTS, RECEIPTS = "hospital", range(1, 501), 9
AT_ONCE = 4  # every fourth patient's facts come in one delivery
DRUGS = ("amiodarone", "aspirin", "fluconazole", "simvastatin", "warfarin", "warfarin")
GRACE, OPEN = timedelta(days=15), timedelta(days=90)  # docs/definitions.md
DAY = timedelta(days=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Said(NamedTuple):
    """What a source said of a fact, when, and in which receipt it came."""

    receipt: int
    said_at: datetime
    feed: str
    patient: int
    record: str
    content: dict
    is_closed: bool = False


class Taken(NamedTuple):
    """An ingredient that was taken, by an order or a dispense."""

    patient: int
    exposure: str
    ingredient: str
    since: datetime
    until: datetime


Alert = tuple[int, str, str, str, str, str, datetime, datetime]


def histories(seed: int) -> list[Said]:
    """Return what is said of every patient, in no order."""
    chance = random.Random(seed)  # noqa: S311 - makes test data
    return [said for patient in PATIENTS for said in _of_patient(chance, patient)]


def _of_patient(chance: random.Random, patient: int) -> Iterator[Said]:
    at_once = chance.randrange(RECEIPTS) if patient % AT_ONCE == 0 else None
    orders = chance.randint(2, 4)
    feeds = [("encounters", f"{patient}-stay")]
    feeds += [("prescriptions", f"{patient}-{place}") for place in range(orders)]
    feeds += [
        ("dispenses", f"{patient}-{place}") for place in range(chance.randint(0, 3))
    ]
    for feed, record in feeds:
        content = BEGINNINGS[feed](chance, patient, orders)
        for version in range(chance.choice((1, 1, 2, 2, 3))):
            if version:
                content = content | CHANGES[feed](chance)
            yield Said(
                chance.randrange(RECEIPTS) if at_once is None else at_once,
                BEGIN + version * DAY + timedelta(minutes=chance.randrange(1440)),
                feed,
                patient,
                f"{feed}-{record}",
                content,
                is_closed=version > 0 and chance.random() < 0.08,
            )


def _day(chance: random.Random, least: int = 0, most: int = 60) -> datetime:
    return BEGIN + chance.randint(least, most) * DAY


def _stay(chance: random.Random, _patient: int, _orders: int) -> dict:
    return {"encounter_class_code": "inpatient", "started_at": BEGIN} | _later_stay(
        chance
    )


def _later_stay(chance: random.Random) -> dict:
    return {
        "encounter_class_code": chance.choice(("inpatient", "OBSENC", "ambulatory")),
        "ended_at": chance.choice((None, _day(chance, 1))),
    }


def _order(chance: random.Random, patient: int, orders: int) -> dict:
    replaced = chance.choice((None, None, chance.randrange(orders)))
    return {
        "drug_name": chance.choice(DRUGS),
        "encounter_id": chance.choice((None, f"encounters-{patient}-stay")),
        "pharmacy_order_id": chance.choice((None, f"{patient}-p0", f"{patient}-p1")),
        "replaces_prescription_id": None
        if replaced is None
        else f"prescriptions-{patient}-{replaced}",
        "started_at": _day(chance),
        "ended_at": None,
        "days_supply": chance.choice((None, None, 10, 30)),
        "status_code": None,
    }


def _later_order(chance: random.Random) -> dict:
    return {
        "ended_at": chance.choice((None, None, _day(chance))),
        "days_supply": chance.choice((None, 10, 60)),
        "status_code": chance.choice((None, "active", "stopped", "cancelled")),
    }


def _dispense(chance: random.Random, patient: int, orders: int) -> dict:
    named = f"prescriptions-{patient}-{chance.randrange(orders)}"
    return {
        "drug_name": chance.choice(DRUGS),
        "prescription_id": chance.choice((None, named)),
        "pharmacy_order_id": chance.choice((None, f"{patient}-p0", f"{patient}-p1")),
        "status_code": None,
    } | _later_dispense(chance)


def _later_dispense(chance: random.Random) -> dict:
    return {
        "dispensed_at": _day(chance),
        "days_supply": chance.choice((None, -3, 0, 10, 30, 90)),
        "drug_name": chance.choice(DRUGS),
        "status_code": chance.choice((None, None, "completed", "cancelled")),
    }


BEGINNINGS = {"encounters": _stay, "prescriptions": _order, "dispenses": _dispense}
CHANGES = {
    "encounters": _later_stay,
    "prescriptions": _later_order,
    "dispenses": _later_dispense,
}


class World:
    """Every fact as its source said it last, by feed."""

    def __init__(self, said: Iterable[Said], shown: set[tuple[str, str]]) -> None:
        """Read what was said; of what is not in ``shown`` nothing is told."""
        last: dict[tuple[str, str], Said] = {}
        for each in said:
            key = (each.feed, each.record)
            if key not in last or each.said_at > last[key].said_at:
                last[key] = each
        self.facts = {
            key: each
            for key, each in last.items()
            if not each.is_closed and key in shown
        }
        self.orders = self._of("prescriptions")
        self.dispenses = self._of("dispenses")

    def _of(self, feed: str) -> list[Said]:
        return [each for (of, _), each in self.facts.items() if of == feed]

    def alerts(self) -> list[Alert]:
        """Return the alerts of pairs that are taken at one time."""
        pairs = listed_pairs()
        by_patient: dict[int, list[Taken]] = {}
        for taken in self.taken():
            by_patient.setdefault(taken.patient, []).append(taken)
        return [
            (
                first.patient,
                first.ingredient,
                second.ingredient,
                pairs[first.ingredient, second.ingredient],
                first.exposure,
                second.exposure,
                max(first.since, second.since),
                min(first.until, second.until),
            )
            for each in by_patient.values()
            for two in combinations(each, 2)
            for first, second in [sorted(two, key=lambda taken: taken.ingredient)]
            if (first.ingredient, second.ingredient) in pairs
            and max(first.since, second.since) < min(first.until, second.until)
        ]

    def taken(self) -> Iterator[Taken]:
        """Yield what is taken by orders and dispenses."""
        for order in filter(_is_given, self.orders):
            since, until = order.content["started_at"], self._order_end(order)
            if since < until:
                yield _taken(order, since, until)
        for dispense in self.dispenses:
            if dispense.content["status_code"] != "cancelled" and self._counts(
                dispense
            ):
                since = dispense.content["dispensed_at"]
                until = self._supply_end(dispense)
                if since < until:
                    yield _taken(dispense, since, until)

    def _order_end(self, order: Said) -> datetime:
        stay, content = self._stay_of(order), order.content
        since = content["started_at"]
        if stop := self._stop(order):
            return stop
        if stay and stay.content["ended_at"]:
            return stay.content["ended_at"]
        if content["days_supply"] is not None:
            return since + content["days_supply"] * DAY + GRACE
        return since + OPEN

    def _stop(self, order: Said) -> datetime | None:
        content = order.content
        since, ended = content["started_at"], content["ended_at"]
        stops = [
            other.content["started_at"]
            for other in self.orders
            if other.content["replaces_prescription_id"] == order.record
            and _is_given(other)
        ]
        if ended and ended >= since:
            stops.append(ended if ended > since else since + DAY)
        if content["status_code"] == "stopped" and ended is None:
            stops.append(max(order.said_at, since))
        return min(stops, default=None)

    def _stay_of(self, order: Said) -> Said | None:
        """Return the stay in hospital that an order is for, if it is for one."""
        visit = self.facts.get(("encounters", order.content["encounter_id"]))
        if visit and visit.content["encounter_class_code"] != "ambulatory":
            return visit
        return None

    def _counts(self, dispense: Said) -> bool:
        days, orders = self._days(dispense), self._orders_of(dispense)
        if days is not None and days < 0:
            return False
        if not orders:
            return True
        return days is not None and not any(map(self._stay_of, orders))

    def _orders_of(self, dispense: Said) -> list[Said]:
        named, pharmacy = (
            dispense.content[column]
            for column in ("prescription_id", "pharmacy_order_id")
        )
        if named:
            return [each for each in self.orders if each.record == named]
        return [
            each
            for each in self.orders
            if pharmacy and each.content["pharmacy_order_id"] == pharmacy
        ]

    def _named(self, dispense: Said) -> Said | None:
        return self.facts.get(("prescriptions", dispense.content["prescription_id"]))

    def _days(self, dispense: Said) -> int | None:
        order, days = self._named(dispense), dispense.content["days_supply"]
        return order.content["days_supply"] if days is None and order else days

    def _supply_end(self, dispense: Said) -> datetime:
        order, days = self._named(dispense), self._days(dispense)
        lasting = DAY if days is None else days * DAY
        until = dispense.content["dispensed_at"] + lasting + GRACE
        stop = self._stop(order) if order and _is_given(order) else None
        return min(until, stop) if stop else until


def _is_given(order: Said) -> bool:
    return order.content["status_code"] != "cancelled"


def _taken(fact: Said, since: datetime, until: datetime) -> Taken:
    return Taken(
        fact.patient, f"{SOURCE}:{fact.record}", fact.content["drug_name"], since, until
    )


def alerts_known(said: list[Said], receipt: int, *, now: int) -> list[Alert]:
    """Return the alerts known after a receipt, of facts that are still there."""
    shown = World(_until(said, now), {(each.feed, each.record) for each in said}).facts
    return World(_until(said, receipt), set(shown)).alerts()


def _until(said: list[Said], receipt: int) -> Iterator[Said]:
    return (each for each in said if each.receipt <= receipt)
