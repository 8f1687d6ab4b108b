"""The lists that the rules of medicines read: whole, and as they were delivered."""

import csv
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "dbt_project/seeds/medicines"


def rows_of(seed: str) -> list[dict[str, str]]:
    with (FOLDER / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("seed", ["interaction_pairs", "ndfrt_interaction_pairs"])
def test_a_pair_stands_in_small_letters_and_in_order(seed: str) -> None:
    for row in rows_of(seed):
        assert row["ingredient_a"] < row["ingredient_b"]
        assert row["ingredient_b"] == row["ingredient_b"].lower()


def test_the_site_has_said_nothing_yet() -> None:
    assert rows_of("site_interaction_rules") == []


def test_every_group_of_a_cross_reaction_has_ingredients() -> None:
    groups = {row["group_name"] for row in rows_of("allergy_groups")}
    told = rows_of("allergy_cross_reactions")

    assert {row["culprit_group"] for row in told} <= groups
    assert {row["other_group"] for row in told} <= groups
    assert {row["group_name"] for row in rows_of("allergy_group_words")} <= groups


@pytest.mark.shared_data
def test_every_delivered_pair_and_factor_is_there(shared_clinical: Path) -> None:
    data = shared_clinical / "data"
    with (data / "ddi_pairs.csv").open(newline="") as file:
        delivered = {
            (*sorted((row["drug_a"], row["drug_b"])), row["severity"], row["source"])
            for row in csv.DictReader(file)
        }
    ours = {
        (
            row["ingredient_a"],
            row["ingredient_b"],
            row["severity_code"],
            row["source_name"],
        )
        for row in rows_of("interaction_pairs")
    }
    with (data / "opioid_mme_cdc2022.csv").open(newline="") as file:
        factors = {(row["opioid"], row["factor"]) for row in csv.DictReader(file)}
    with (data / "qt_known_risk.csv").open(newline="") as file:
        prolonging = {row["drug"] for row in csv.DictReader(file)}

    assert ours == delivered
    assert {
        (row["opioid_name"], row["factor"]) for row in rows_of("opioid_mme_factors")
    } == factors
    assert {
        row["ingredient_name"] for row in rows_of("qt_prolonging_ingredients")
    } == prolonging
