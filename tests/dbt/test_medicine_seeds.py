"""The lists of ingredients, names, codes and phrases that medicines are read by."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "dbt_project/seeds/medicines"
SEEDS = sorted(FOLDER.glob("*.csv"))
KEYS = {
    "adherence_classes": ("atc_prefix",),
    "allergy_cross_reactions": ("culprit_group", "other_group"),
    "allergy_groups": ("group_name", "ingredient_name"),
    "elderly_risk_groups": ("ingredient_name", "group_name"),
    "interaction_pairs": ("ingredient_a", "ingredient_b"),
    "ndfrt_interaction_pairs": ("ingredient_a", "ingredient_b"),
    "site_interaction_rules": ("ingredient_a", "ingredient_b"),
    "therapeutic_classes": ("atc_prefix",),
    "drug_codes": ("code_system", "code", "ingredient_name"),
    "drug_names": ("drug_name", "ingredient_name"),
    "ingredient_classes": ("ingredient_name", "atc_code"),
}
# Codes of the same names that belong to a salt or an ester, or to another ingredient.
OF_A_SALT = {
    "cisatracurium_besylate",
    "fluticasone_propionate",
    "gadoxetate",
    "gallamine_triethiodide",
    "megestrol_acetate",
    "metocurine_iodide",
    "tenofovir",
    "azilsartan_medoxomil",
    "4-({6-amino-5-bromo-2-[(4-cyanophenyl)amino]pyrimidin-4-yl}oxy)"
    "-3,5-dimethylbenzonitrile",
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_every_list_says_where_it_is_from_and_has_no_key_twice(seed: Path) -> None:
    (properties,) = yaml.safe_load(seed.with_suffix(".yml").read_text())["seeds"]
    rows = rows_of(seed.stem)
    with seed.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    keys = Counter(
        tuple(row[column] for column in KEYS.get(seed.stem, columns[:1]))
        for row in rows
    )

    assert {"origin", "version"} <= properties["config"]["meta"].keys()
    assert [column["name"] for column in properties["columns"]] == columns
    assert list(properties["config"]["column_types"]) == columns
    assert [key for key, count in keys.items() if count > 1] == []


def test_names_are_in_the_spelling_of_texts() -> None:
    for name, unread in (("drug_names", ",_*"), ("sig_phrases", ":;,()")):
        column = next(iter(rows_of(name)[0]))
        wrong = [
            row[column]
            for row in rows_of(name)
            if row[column] != " ".join(row[column].lower().split())
            or set(row[column]) & set(unread)
        ]
        assert wrong == []


def test_no_name_of_one_ingredient_leaves_it_out_of_a_combination() -> None:
    rows = rows_of("drug_names")
    ingredients = Counter(row["drug_name"] for row in rows)
    names = {row["ingredient_name"]: row["ingredient_name"] for row in rows}

    assert [name for name in names if name and ingredients[name] != 1] == []


def test_an_ingredient_has_one_main_class_and_none_twice() -> None:
    main = Counter(
        row["ingredient_name"]
        for row in rows_of("ingredient_classes")
        if row["is_main"] == "true"
    )
    assert set(main.values()) == {1}


def test_a_frequency_has_a_number_and_a_refusal_a_reason() -> None:
    for row in rows_of("sig_phrases"):
        has_number = row["phrase_kind_code"] in ("frequency", "moment")
        assert bool(row["doses_count"]) == bool(row["period_days"]) == has_number
        assert bool(row["refusal_code"]) == (row["phrase_kind_code"] == "refusal")


def test_intervals_and_times_a_day_agree() -> None:
    phrases = {row["phrase"]: row for row in rows_of("sig_phrases")}
    per_day = {
        phrase: float(row["doses_count"]) / float(row["period_days"])
        for phrase, row in phrases.items()
        if row["phrase_kind_code"] == "frequency"
    }
    for hours in (1, 2, 3, 4, 6, 8, 12, 24, 36, 48, 72):
        assert per_day[f"q{hours}h"] == pytest.approx(24 / hours)
        assert per_day[f"every {hours} hours"] == pytest.approx(24 / hours)
    assert per_day["bid"] == per_day["twice daily"] == per_day["q12h"]
    assert per_day["weekly"] == pytest.approx(1 / 7)
    assert "od" not in phrases


@pytest.mark.shared_data
def test_rxnorm_codes_are_those_of_the_sources(
    shared_data: Path, shared_clinical: Path
) -> None:
    known = set()
    pairs = shared_data / "drug_maps/ndfrt_interaction_pairs.csv.gz"
    with gzip.open(pairs, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            known |= {
                row[f"rxcui{n}"]
                for n in "12"
                if row[f"drug{n}"].lower() not in OF_A_SALT
            }
    columns = {
        "ddi_pairs": ("rxcui_a", "rxcui_b"),
        "qt_known_risk": ("rxcui",),
        "opioid_mme_cdc2022": ("rxcui_ingredient",),
    }
    listed = set()
    for name, of in columns.items():
        with (shared_clinical / "data" / f"{name}.csv").open(encoding="utf-8") as file:
            listed |= {row[column] for row in csv.DictReader(file) for column in of}
    ours = {row["rxcui"] for row in rows_of("ingredients") if row["rxcui"]}

    assert ours <= known | listed
    assert listed - {""} <= ours


@pytest.mark.shared_data
def test_ingredients_of_a_class_have_its_code(shared_clinical: Path) -> None:
    codes = Counter()
    of: dict[str, set[str]] = {}
    for row in rows_of("ingredient_classes"):
        of.setdefault(row["ingredient_name"], set()).add(row["atc_code"])
        codes[row["atc_code"]] += 1
    file = shared_clinical / "data/therapeutic_duplication_classes.csv"
    for row in csv.DictReader(file.open(encoding="utf-8")):
        prefixes = tuple(row["atc_prefix"].split(", "))
        for example in row["examples"].split("|"):
            name = {"dabigatran": "dabigatran etexilate"}.get(example, example)
            assert any(code.startswith(prefixes) for code in of[name]), example
