"""The adapter on five real exports: nothing lost, nothing merged, nothing misplaced."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import LINE, Mapped
from pipelines.sources.synthea import ADAPTER
from tests.sources.synthea_files import read_records, table_called

pytestmark = pytest.mark.shared_data

FOLDERS = (
    "flattened_2019_615_patients",
    "synthea_2017_285_patients",
    "synthea_2022_59_patients",
    "synthea_2024_11_patients_all_tables",
    "synthea_2024_42_patients",
)
TAKEN = [table for table in ADAPTER.tables if table.map_records]

# Rows of observations.csv by what they are. Addresses, DALY/QALY/QOLS and notes counted
# with grep in the files; the feeds of a folder with them add up to its rows.
OBSERVATIONS = {
    "flattened_2019_615_patients": {"rows": 94_338, "addresses": 0, "excluded": 76},
    "synthea_2017_285_patients": {"rows": 7_019, "addresses": 0, "excluded": 0},
    "synthea_2022_59_patients": {"rows": 21_697, "addresses": 359, "excluded": 1_512},
    "synthea_2024_11_patients_all_tables": {
        "rows": 3_626,
        "addresses": 70,
        "excluded": 336,
    },
    "synthea_2024_42_patients": {"rows": 10_072, "addresses": 157, "excluded": 510},
}


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    return shared_data / "synthea_csv" / request.param


def mapped_tables(folder: Path) -> dict[str, tuple[pl.DataFrame, Mapped]]:
    """Return records and what became of them, for every table of a folder."""
    tables = {}
    for table in TAKEN:
        records = read_records(folder, table)
        if records is not None:
            tables[table.name] = (records, table.map_records(records))
    return tables


def test_every_record_is_mapped_once_or_excluded(folder: Path):
    for records, made in mapped_tables(folder).values():
        lines = [rows[LINE] for rows in (*made.feeds.values(), made.excluded)]
        assert sorted(pl.concat(lines)) == records[LINE].to_list()


def test_feeds_get_text_columns_of_their_contract_and_no_others(folder: Path):
    for _, made in mapped_tables(folder).values():
        for name, rows in made.feeds.items():
            assert set(rows.columns) <= {*FEEDS[name].delivered_columns, LINE}
            assert set(rows.drop(LINE).dtypes) == {pl.String}


def test_two_different_rows_never_share_a_record_id_or_natural_key(folder: Path):
    for table, (records, made) in mapped_tables(folder).items():
        for name, rows in made.feeds.items():
            delivered = records.filter(pl.col(LINE).is_in(rows[LINE].implode()))
            different = delivered.drop(LINE).n_unique()
            key = key_columns(name, rows)
            assert rows.select(key).n_unique() == different, (table, name)


def key_columns(feed: str, rows: pl.DataFrame) -> list[str]:
    """Return what tells a feed's facts apart, as the loader does it."""
    if feed == "patients":
        return ["source_patient_id"]
    if "record_id" in rows.columns:
        return ["record_id"]
    return [name for name in FEEDS[feed].natural_key if name in rows.columns]


# Lines of devices.csv, and how many have a STOP; counted with zcat and wc in the files.
DEVICES = {
    "synthea_2022_59_patients": (47, 14),
    "synthea_2024_11_patients_all_tables": (11, 4),
    "synthea_2024_42_patients": (30, 8),
}


def test_devices_are_taken_with_the_number_of_the_very_device(folder: Path):
    tables = mapped_tables(folder)
    assert ("devices" in tables) == (folder.name in DEVICES)
    if folder.name in DEVICES:
        made = tables["devices"][1].feeds["devices"]
        assert (made.height, made["ended_at"].count()) == DEVICES[folder.name]
        assert made["unique_device_identifier"].null_count() == 0


def test_observations_are_sorted_without_loss(folder: Path):
    expected = OBSERVATIONS[folder.name]
    records, made = observations(folder)
    addresses = made.feeds.get("identity_statements", pl.DataFrame())
    clinical = sum(
        rows.height
        for name, rows in made.feeds.items()
        if name != "identity_statements"
    )
    assert records.height == expected["rows"]
    assert addresses.height == expected["addresses"]
    assert made.excluded.height == expected["excluded"]
    assert clinical == expected["rows"] - expected["addresses"] - expected["excluded"]


def test_no_row_is_excluded_for_being_unknown(folder: Path):
    _, made = observations(folder)
    reasons = set(made.excluded["reason"])
    assert not any(reason.startswith("Neither") for reason in reasons)


def test_no_clinical_row_holds_an_address_of_a_patient(folder: Path):
    patients = read_records(folder, table_called("patients"))
    _, made = observations(folder)
    addresses = set(patients["address"].drop_nulls())
    for name, rows in made.feeds.items():
        if name == "identity_statements":
            continue
        texts = {text for column in rows.drop(LINE).iter_columns() for text in column}
        assert "56799-0" not in texts
        assert not addresses & texts


def observations(folder: Path) -> tuple[pl.DataFrame, Mapped]:
    table = table_called("observations")
    records = read_records(folder, table)
    return records, table.map_records(records)


def test_the_addresses_of_2022_are_all_taken_for_what_they_are(shared_data: Path):
    folder = shared_data / "synthea_csv" / "synthea_2022_59_patients"
    records, made = observations(folder)
    asked = records.filter(pl.col("description") == "What address do you live at?")
    statements = made.feeds["identity_statements"]
    assert set(asked["category"]) == {"laboratory"}
    assert statements[LINE].to_list() == asked[LINE].to_list()
    assert statements["statement_text"].to_list() == asked["value"].to_list()


@pytest.mark.parametrize(
    ("folder_name", "table", "feed", "alike"),
    [
        ("synthea_2017_285_patients", "observations", "lab_results", 186),
        ("synthea_2022_59_patients", "procedures", "procedures", 627),
        ("synthea_2022_59_patients", "observations", "lab_results", 7),
        ("synthea_2024_42_patients", "procedures", "procedures", 136),
        ("synthea_2024_42_patients", "observations", "lab_results", 312),
    ],
)
def test_rows_alike_in_every_column_are_one_fact(
    shared_data: Path, folder_name: str, table: str, feed: str, alike: int
):
    known = table_called(table)
    records = read_records(shared_data / "synthea_csv" / folder_name, known)
    rows = known.map_records(records).feeds[feed]
    assert rows.height - rows["record_id"].n_unique() == alike


def test_every_column_delivered_in_a_table_that_is_taken_is_known(folder: Path):
    for table in TAKEN:
        header = header_of(folder / f"{table.name}.csv.gz")
        assert set(header) <= set(table.columns) | {""}, table.name


def header_of(path: Path) -> list[str]:
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.readline().strip().lower().split(",")
