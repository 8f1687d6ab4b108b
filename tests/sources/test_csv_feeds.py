"""Our own CSV: which file is which feed, what it must hold, the example it prints."""

import csv
import io

import polars as pl
import pytest

from pipelines.feeds.catalogue import DELIVERED, FEEDS
from pipelines.settings import PROJECT
from pipelines.sources.csv_feeds import ADAPTER
from pipelines.sources.csv_feeds.template import UnknownFeedError, describe, template


@pytest.mark.parametrize(
    ("stem", "feed"),
    [
        ("lab_results", "lab_results"),
        ("Lab_Results", "lab_results"),
        ("lab_results-night shift", "lab_results"),
        ("lab_results_2026-11-01", "lab_results"),
        ("patient_links", "patient_links"),
        ("identity_statements", "identity_statements"),
    ],
)
def test_a_file_is_named_after_its_feed(stem: str, feed: str) -> None:
    assert ADAPTER.table_of(stem).name == feed


@pytest.mark.parametrize(
    "stem", ["results", "procedures_icd", "patients2", "x-patients"]
)
def test_a_file_of_another_name_is_unknown(stem: str) -> None:
    assert ADAPTER.table_of(stem) is None


def test_every_feed_is_named_where_the_format_is_documented() -> None:
    documented = (PROJECT / "docs" / "csv.md").read_text(encoding="utf-8")

    assert [feed for feed in DELIVERED if f"`{feed}`" not in documented] == []


def test_every_feed_can_be_delivered_but_what_only_the_record_may_say() -> None:
    assert {table.name for table in ADAPTER.tables} == DELIVERED.keys()
    assert FEEDS.keys() - DELIVERED.keys() == {
        "acknowledgements",
        "correction_requests",
        "medication_reconciliations",
    }


@pytest.mark.parametrize(
    ("feed", "required"),
    [
        ("lab_results", ("source_patient_id", "test_code", "collected_at")),
        ("patients", ("source_patient_id",)),
        ("practitioners", ("record_id",)),
        ("local_codes", ("code_list", "local_code")),
    ],
)
def test_a_file_must_have_what_its_feed_cannot_do_without(
    feed: str, required: tuple[str, ...]
) -> None:
    assert ADAPTER.table_of(feed).required == required


def test_records_pass_through_unchanged() -> None:
    table = ADAPTER.table_of("local_codes")
    schema = dict.fromkeys(table.columns, pl.String) | {"line_number": pl.Int64}
    record = {"code_list": " lis", "local_code": "K", "is_deleted": "true"}

    mapped = table.map_records(
        pl.DataFrame([record | {"line_number": 2}], schema=schema)
    )

    (row,) = mapped.feeds["local_codes"].to_dicts()
    assert {name: value for name, value in row.items() if value is not None} == (
        record | {"line_number": 2}
    )
    assert mapped.excluded.is_empty()


@pytest.mark.parametrize("feed", DELIVERED)
def test_a_template_has_all_columns_and_fills_the_required_ones(feed: str) -> None:
    header, *rows = csv.reader(io.StringIO(template(feed)))

    assert tuple(header) == FEEDS[feed].delivered_columns
    assert len(rows) == 2
    for name in ADAPTER.table_of(feed).required:
        assert all(row[header.index(name)] for row in rows), name


def test_the_rows_of_a_template_are_two_records_of_two_patients() -> None:
    rows = list(csv.DictReader(io.StringIO(template("lab_results"))))

    assert [row["record_id"] for row in rows] == ["R0001", "R0002"]
    assert [row["source_patient_id"] for row in rows] == ["P0001", "P0002"]
    assert rows[1]["value_text"] == ""


def test_the_explanation_of_a_column_is_the_contract() -> None:
    (column,) = (each for each in describe("lab_results") if each.name == "test_code")

    assert (column.type, column.is_required, column.example) == ("text", True, "2823-3")
    assert column.meaning == "Code of the analyte or test."


def test_a_mistyped_feed_gets_the_nearest_names() -> None:
    with pytest.raises(UnknownFeedError, match="lab_results"):
        template("lab_result")


def test_what_only_the_record_may_say_has_no_template() -> None:
    with pytest.raises(UnknownFeedError):
        template("acknowledgements")
