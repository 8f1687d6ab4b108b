"""What the lists of medicines say of the product of an order, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboards.medicines.joining import MEDICINES

BY_CODE, BY_NAME, LISTED, UNMAPPED = "code", "text", "listed", "unmapped"


@dataclass(frozen=True)
class Product:
    """Ingredients, how much of each a day, and whether it is a medicine at all."""

    ingredients: tuple[str, ...] = ()
    daily: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)
    mapping: str = UNMAPPED
    is_medicine: bool = True


NOT_LISTED = Product()


def products_of(ingredients: pd.DataFrame) -> dict[str, Product]:
    """Return the product of each order."""
    return {
        key: Product(
            ingredients=tuple(rows["ingredient_name"].dropna()),
            daily={
                row.ingredient_name: (Decimal(str(row.daily_dose)), row.daily_dose_unit)
                for row in rows.itertuples()
                if row.ingredient_name and not pd.isna(row.daily_dose)
            },
            mapping=filled(rows["mapping_method"].iloc[0]) or UNMAPPED,
            is_medicine=bool(rows["drug_kind_code"].isin(MEDICINES).any()),
        )
        for key, rows in ingredients.groupby("prescription_key")
    }


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, with None where nothing is told."""
    return [
        {name: filled(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def filled(value: Any) -> Any:
    """Return a value of a frame, None where nothing is told."""
    return None if pd.isna(value) else value
