"""Lists of several formats: which feed an observation belongs to, and why."""

import csv
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent


def read_code_list(name: str, key: str, value: str) -> Mapping[str, str]:
    """Return one column of a code list by another."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


FEED_OF_CODE = read_code_list("observation_codes", "code", "feed")
REASON_OF_CODE = read_code_list("observation_codes", "code", "reason")
FEED_OF_CATEGORY = read_code_list("observation_categories", "category", "feed")
IDENTITY_CODES = tuple(read_code_list("identity_codes", "code", "reason"))
