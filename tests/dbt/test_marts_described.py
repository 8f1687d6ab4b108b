"""Every mart is a promise: its columns, their types, their meaning, whose privacy."""

from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
MARTS = sorted((PROJECT / "models/marts").rglob("*.sql"))
PROVENANCE = {"delivery_id", "file_id", "line_number", "known_from"}


def described(model: Path) -> dict:
    (properties,) = yaml.safe_load(model.with_suffix(".yml").read_text())["models"]
    return properties


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
def test_every_model_is_described_in_the_file_beside_it(model: Path) -> None:
    properties = described(model)
    assert properties["name"] == model.stem
    assert properties["description"].strip()


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.stem)
def test_every_column_of_a_mart_has_type_meaning_and_privacy(mart: Path) -> None:
    columns = described(mart)["columns"]
    assert columns
    for column in columns:
        assert column["data_type"], column["name"]
        assert column["description"].strip(), column["name"]
        privacy = column["config"]["meta"]["phi"]
        assert privacy in {"none", "quasi", "protected"}, column["name"]


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.stem)
def test_where_a_row_came_from_is_tagged_as_provenance(mart: Path) -> None:
    for column in described(mart)["columns"]:
        tags = column["config"].get("tags", [])
        if column["name"] in PROVENANCE:
            assert tags == ["provenance"], column["name"]


def test_marts_are_built_under_contract_and_protected() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    marts = project["models"]["ehr_warehouse"]["marts"]
    assert marts["+contract"] == {"enforced": True}
    assert "{{ protect_mart() }}" in marts["+post-hook"]


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.stem)
def test_no_mart_leaves_the_contract_or_the_protection(mart: Path) -> None:
    text = mart.read_text()
    assert "contract" not in text
    assert "post_hook" not in text
    assert "post-hook" not in text
    assert "config" not in described(mart) or not (
        {"contract", "post-hook", "post_hook"} & described(mart)["config"].keys()
    )
