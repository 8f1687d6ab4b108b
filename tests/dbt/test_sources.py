"""The dbt sources follow from the contracts."""

import yaml

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.dbt_sources import SOURCES_FILE, raw_sources, render

STAGING = SOURCES_FILE.parent


def test_the_sources_file_is_what_the_contracts_say() -> None:
    assert SOURCES_FILE.read_text(encoding="utf-8") == render(), (
        "run: python -m pipelines.feeds.dbt_sources"
    )


def test_a_direct_identifier_is_in_no_source() -> None:
    columns = {
        column["name"]
        for source in raw_sources()["sources"]
        for table in source["tables"]
        for column in table["columns"]
        if table["name"] == "patients"
    }
    assert "birth_date" in columns
    assert not columns & {"family_name", "national_id", "medical_record_number"}


def test_a_patient_reference_is_a_key() -> None:
    (links,) = (
        table
        for source in raw_sources()["sources"]
        for table in source["tables"]
        if table["name"] == "patient_links"
    )
    names = [column["name"] for column in links["columns"]]
    assert "surviving_patient_key" in names
    assert "surviving_patient_id" not in names


def test_every_feed_has_a_staging_model_that_takes_all_its_columns() -> None:
    for feed in FEEDS.values():
        if feed.is_identity_only:
            continue
        text = (STAGING / f"stg_{feed.name}.sql").read_text(encoding="utf-8")
        for column in feed.raw_columns:
            stem = column.name.removesuffix("_id")
            assert stem in text, f"stg_{feed.name} leaves out {column.name}"


def test_every_staging_model_is_described_beside_it() -> None:
    for model in STAGING.glob("stg_*.sql"):
        (described,) = yaml.safe_load(model.with_suffix(".yml").read_text())["models"]
        assert described["name"] == model.stem
        assert described["description"].strip()
