"""How often and how much a day: real texts, worked out by hand."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.building import Scope, building, run_dbt
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import SOURCE, example_of, insert_fact, touch

BY_HAND = list(
    csv.DictReader(
        Path(__file__).with_name("sig_texts_by_hand.csv").open(encoding="utf-8")
    )
)
ANSWERS = (
    "doses_per_day",
    "is_as_needed",
    "daily_dose",
    "daily_dose_unit",
    "refusal_code",
)
PATIENT = 11
READ = f"""
    select prescription_key, {", ".join(ANSWERS)}
    from marts.fct_prescription_ingredients
"""  # noqa: S608 - names of this file


def as_read(answer: dict[str, str]) -> tuple:
    """Return what a case expects, as the mart holds it."""
    flags = {"true": True, "false": False, "": None}
    number = {
        name: Decimal(answer[name]) if answer[name] else None
        for name in ("doses_per_day", "daily_dose")
    }
    return (
        number["doses_per_day"],
        flags[answer["is_as_needed"]],
        number["daily_dose"],
        answer["daily_dose_unit"] or None,
        answer["refusal_code"] or None,
    )


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple]]:
    """Insert a prescription per text, build the mart; return what it says of each."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("sig_texts")):
        _insert_prescriptions(settings)
        with building(settings, Scope.FULL):
            failed = run_dbt(
                settings,
                *("build", "--select", "+fct_prescription_ingredients"),
                *("--exclude", "resource_type:unit_test"),
            )
        assert failed == {}
        with connect(settings, Role.BUILDER) as connection:
            yield {
                key.removeprefix(f"{SOURCE}:sig-"): tuple(rest)
                for key, *rest in connection.execute(READ).fetchall()
            }


def _insert_prescriptions(settings: Settings) -> None:
    with connect(settings, Role.OWNER) as connection:
        connection.execute(
            "insert into raw.source values (%s, 'csv', true, '2026-02-02T00:00:00Z')",
            (SOURCE,),
        )
        for number, case in enumerate(BY_HAND):
            row = example_of(FEEDS["prescriptions"], PATIENT)
            row |= {
                "record_id": f"sig-{number}",
                "drug_code": None,
                "code_system": None,
                "drug_name": "an unknown medicine",
                "strength_text": None,
                "doses_per_day": None,
                "dose_text": case["dose_text"] or None,
                "dose_unit": case["dose_unit"] or None,
                "frequency_text": case["frequency_text"] or None,
            }
            insert_fact(connection, "prescriptions", row)
        touch(connection, (PATIENT,))


def test_every_text_is_read_as_by_hand(answers: dict[str, tuple]) -> None:
    wrong = {
        (case["dose_text"], case["dose_unit"], case["frequency_text"]): answers[str(n)]
        for n, case in enumerate(BY_HAND)
        if answers[str(n)] != as_read(case)
    }

    assert wrong == {}


@pytest.mark.shared_data
def test_the_texts_are_those_of_real_orders(shared_data: Path) -> None:
    folder = shared_data / "mimic_iv_demo/hosp"
    frequencies = {
        row["pharmacy_id"]: row["frequency"] for row in rows_of(folder / "pharmacy")
    }
    ordered = Counter(
        (
            row["dose_val_rx"],
            row["dose_unit_rx"],
            frequencies.get(row["pharmacy_id"], ""),
        )
        for row in rows_of(folder / "prescriptions")
    )
    real = [
        (case["dose_text"], case["dose_unit"], case["frequency_text"])
        for case in BY_HAND
        if case["found_in"] == "mimic"
    ]

    assert len(real) == len(set(real)) >= 100
    assert [case for case in real if case not in ordered] == []


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    """Return the rows of a table of MIMIC-IV."""
    with gzip.open(file.with_suffix(".csv.gz"), "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
