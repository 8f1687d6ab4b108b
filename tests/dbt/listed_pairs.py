"""Pairs of ingredients that the lists of alerts name, read without dbt."""

import csv
from itertools import combinations
from pathlib import Path

LISTS = Path(__file__).parents[2] / "dbt_project/seeds/medicines"


def listed_pairs() -> dict[tuple[str, str], str]:
    """Return the severity of each pair, by its ingredients in order."""
    with (LISTS / "qt_prolonging_ingredients.csv").open(newline="") as file:
        prolonging = sorted(row["ingredient_name"] for row in csv.DictReader(file))
    pairs = dict.fromkeys(combinations(prolonging, 2), "contraindicated")
    with (LISTS / "interaction_pairs.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pairs[row["ingredient_a"], row["ingredient_b"]] = row["severity_code"]
    return pairs
