"""Dispenses: what was handed out of each line, also where no order is on the list."""

from collections.abc import Collection, Mapping
from typing import Any

from dashboards.data import Chart
from dashboards.reconciling.facts import DISPENSED, Dispense, Fact, is_lasting
from dashboards.reconciling.products import (
    LISTED,
    NOT_LISTED,
    UNMAPPED,
    Product,
    rows_of,
)

Handed = tuple[list[Dispense], list[Fact]]


def handed_out(
    chart: Chart,
    names: Mapping[str, str | None],
    products: Mapping[str, Product],
    listed: Collection[str],
) -> Handed:
    """Return what was handed out, and the newest of what no order listed stands for.

    ``names`` are the medicines of all orders, ``listed`` the keys of those on the list.
    """
    by_itself = _ingredients(chart)
    dispenses: list[Dispense] = []
    loose: dict[tuple[str, str], Fact] = {}
    for row in rows_of(chart.frames["list_dispenses"]):
        order = row["prescription_key"]
        product = products.get(order, NOT_LISTED)
        own = by_itself.get(row["dispense_key"], ())
        fact = _fact(row, product, own, names.get(order))
        lasts = is_lasting(row["handed_out_at"], row["supply_ends_at"], row["as_of"])
        dispenses.append(
            Dispense(fact.key, fact.line, row["handed_out_at"], is_lasting=lasts)
        )
        if lasts and order not in listed and product.is_medicine:
            loose[(fact.line, fact.list_name)] = fact
    return dispenses, list(loose.values())


def _ingredients(chart: Chart) -> dict[str, tuple[str, ...]]:
    frame = chart.frames["list_dispensed"].dropna(subset="ingredient_name")
    return frame.groupby("dispense_key")["ingredient_name"].agg(tuple).to_dict()


def _fact(
    row: Mapping[str, Any],
    product: Product,
    own: tuple[str, ...],
    order_name: str | None,
) -> Fact:
    ingredients = product.ingredients or own
    is_told = ingredients and product.mapping == UNMAPPED
    return Fact(
        key=row["dispense_key"],
        source=row["source_system"],
        kind=DISPENSED,
        ingredients=ingredients,
        drug_name=row["drug_name"] or order_name or "",
        frequency=row["frequency_text"] or "",
        mapping=LISTED if is_told else product.mapping,
        dispensed_at=row["handed_out_at"],
        supply_until=row["supply_ends_at"],
    )
