"""Putting the list together from what a chart has read, and from the record itself.

What was saved in the last minutes is in no mart yet: those prescriptions come from the
record, and their ingredients from the lists of medicines.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dashboards.data import Chart
from dashboards.reconciling.facts import ORDERED, STATED, Fact, Stop, line_name
from dashboards.reconciling.handed_out import handed_out
from dashboards.reconciling.lines import Line, lines_of
from dashboards.reconciling.own_orders import joined, not_in_marts, with_record
from dashboards.reconciling.products import NOT_LISTED, Product, products_of, rows_of
from dashboards.writing.parts import entries_of
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import is_current


def read_list(chart: Chart) -> list[Line]:
    """Return the list of a patient's medicines.

    Raises:
        ActionError: the record cannot be read.
    """
    entries = {each.key: each for each in entries_of(chart, "prescriptions")}
    products = products_of(chart.frames["list_ingredients"])
    orders = [with_record(row, entries) for row in rows_of(chart.frames["list_orders"])]
    names = {row["prescription_key"]: row["drug_name"] for row in orders}
    facts = [
        *_facts(orders, products, entries, _given(chart)),
        *not_in_marts(chart, names, entries),
    ]
    listed = {each.key for each in facts}
    dispenses, loose = handed_out(chart, names, products, listed)
    stops = _stops(orders, products)
    return lines_of([*facts, *loose], stops, dispenses, _duplicates(chart))


def _given(chart: Chart) -> dict[str, datetime]:
    frame = chart.frames["list_given"]
    return dict(zip(frame["prescription_key"], frame["given_at"], strict=True))


def _facts(
    orders: Iterable[dict[str, Any]],
    products: Mapping[str, Product],
    entries: Mapping[str, Entry],
    given: Mapping[str, datetime],
) -> list[Fact]:
    facts = []
    for row in orders:
        key = row["prescription_key"]
        entry = entries.get(key)
        product = products.get(key, NOT_LISTED)
        is_own = entry is not None and is_current(entry)
        # What our own record holds is signed whatever it is: nothing is left out.
        if row["is_active"] and (product.is_medicine or is_own):
            own = entry if is_own else None
            facts.append(_fact(row, product, own, given.get(key)))
    return facts


def _fact(
    row: Mapping[str, Any],
    product: Product,
    entry: Entry | None,
    given: datetime | None,
) -> Fact:
    return Fact(
        key=row["prescription_key"],
        source=row["source_system"],
        kind=_kind(row),
        ingredients=product.ingredients,
        drug_name=row["drug_name"] or "",
        dose=joined(row["dose_text"], row["dose_unit"]) or row["strength_text"] or "",
        frequency=row["frequency_text"] or "",
        daily=product.daily,
        mapping=product.mapping,
        since=row["started_at"],
        dispensed_at=row["last_dispensed_at"],
        given_at=given,
        supply_until=row["supply_ends_at"],
        entry=entry,
    )


def _kind(row: Mapping[str, Any]) -> str:
    return STATED if row["drug_type_code"] == "STATED" else ORDERED


def _stops(
    orders: Iterable[dict[str, Any]], products: Mapping[str, Product]
) -> list[Stop]:
    """Return the orders that a source stopped; one that was replaced goes on."""
    stops = []
    for row in orders:
        at = row["ended_at"]
        is_stopped = row["is_status_stopped"] or row.get("is_ended")
        is_over = at is not None and (is_stopped or at <= row["as_of"])
        if row["is_active"] or row["replaced_at"] is not None or not is_over:
            continue
        ingredients = products.get(row["prescription_key"], NOT_LISTED).ingredients
        name = line_name(ingredients, row["drug_name"] or "")
        fact = Fact("", row["source_system"], _kind(row), ingredients, name)
        stops.append(Stop(name, fact.list_name, at))
    return stops


def _duplicates(chart: Chart) -> list[tuple[str, str]]:
    """Return the pairs of which the lists say that they are of one class."""
    alerts = chart.frames["medication_alerts"]
    is_pair = (alerts["alert_kind_code"] == "duplication") & alerts[
        "is_holding"
    ].astype(bool)
    pairs = alerts[is_pair]
    return [
        (row.first_ingredient_name, row.second_ingredient_name)
        for row in pairs.itertuples()
        if row.first_ingredient_name and row.second_ingredient_name
    ]
