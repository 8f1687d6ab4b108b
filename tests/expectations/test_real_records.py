"""What the suites say of real and independently made records: hardly a row is refused.

The counts were worked out from the files themselves, not from a run: the set of 42
patients holds one encounter of 16 fields for 15, shifted by one, and one observation
whose time reads ``2020-07-17T002020-05-11T06:27:01Z``. In MIMIC-IV, 753 prescriptions
and 637 pharmacy orders stop before they start.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import SUITES
from expectations.runner import Evaluation
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.typed import read_typed
from pipelines.sources import mimic, synthea
from pipelines.sources.adapter import LINE, Adapter

pytestmark = pytest.mark.shared_data

ORDER = "expect_column_pair_values_a_to_be_greater_than_b:ended_at+started_at"


def judge_folder(
    adapter: Adapter, folder: Path, as_of: datetime | None = None
) -> tuple[dict[str, Evaluation], dict[str, int]]:
    """Return the evaluation of each feed, and how many of its rows are refused."""
    evaluations: dict[str, Evaluation] = {}
    refused: dict[str, int] = {}
    for feed, frame in mapped_feeds(adapter, folder):
        typed = read_typed(feed, frame, "UTC")
        evaluation = evaluations.setdefault(
            feed.name, Evaluation(SUITES[feed.name], as_of=as_of)
        )
        verdict = evaluation.add(
            typed.frame, is_unreadable=typed.unreadable.is_not_null()
        )
        if verdict.refused.any():
            refused[feed.name] = refused.get(feed.name, 0) + verdict.refused.sum()
    return evaluations, refused


def mapped_feeds(adapter: Adapter, folder: Path) -> Iterator[tuple[Feed, pl.DataFrame]]:
    """Yield what the adapter makes of each file: text, every delivered column."""
    for path in sorted(folder.rglob("*.csv.gz")):
        table = adapter.table_of(path.name.split(".")[0])
        records = read_records(path)
        if table is None or table.map_records is None or records is None:
            continue
        mapped = table.map_records(with_columns(records, (*table.columns, LINE)))
        for name, frame in mapped.feeds.items():
            yield FEEDS[name], with_columns(frame, FEEDS[name].delivered_columns)


def read_records(path: Path) -> pl.DataFrame | None:
    """Return the file as text with line numbers; None if it is empty."""
    try:
        records = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.NoDataError:
        return None
    lower = records.rename(str.lower).with_columns(
        pl.when(pl.all() != "").then(pl.all())
    )
    return lower.with_columns(pl.int_range(2, pl.len() + 2).alias(LINE))


def with_columns(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Return the frame with these columns in order; those it lacks are null."""
    absent = [name for name in names if name not in frame.columns]
    return frame.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in absent
    ).select(names)


def broken_counts(evaluation: Evaluation) -> dict[str, int]:
    """Return per broken rule how many rows break it."""
    return {
        result["expectation_config"]["meta"]["rule"]: result["result"][
            "unexpected_count"
        ]
        for result in evaluation.results()
        if not result["success"]
    }


def test_no_row_of_the_real_patients_is_refused(shared_data: Path) -> None:
    evaluations, refused = judge_folder(mimic.ADAPTER, shared_data / "mimic_iv_demo")

    assert refused == {}
    assert evaluations["lab_results"].row_count > 107_727
    assert not any(evaluation.is_held for evaluation in evaluations.values())
    broken = {k: v for e in evaluations.values() for k, v in broken_counts(e).items()}
    assert broken == {f"prescriptions:{ORDER}": 753, f"dispenses:{ORDER}": 637}


@pytest.mark.parametrize(
    ("folder", "refused"),
    [
        ("flattened_2019_615_patients", {}),
        ("synthea_2017_285_patients", {}),
        ("synthea_2022_59_patients", {}),
        ("synthea_2024_11_patients_all_tables", {}),
        ("synthea_2024_42_patients", {"encounters": 1, "vital_signs": 1}),
    ],
)
def test_only_malformed_records_of_synthetic_patients_are_refused(
    shared_data: Path, folder: str, refused: dict[str, int]
) -> None:
    evaluations, found = judge_folder(
        synthea.ADAPTER,
        shared_data / "synthea_csv" / folder,
        as_of=datetime(2024, 12, 1, tzinfo=UTC),
    )

    assert found == refused
    assert not any(evaluation.is_held for evaluation in evaluations.values())
