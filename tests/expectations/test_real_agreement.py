"""Both engines judge alike what real patients and the simulated hospital deliver.

Beside the generated rows of ``test_agreement``, full of boundary values, these
are values as they come, feed by feed, all rows of each.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import SUITES
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.typed import read_typed
from pipelines.record.simulator.simulation import simulate
from pipelines.sources import mimic
from tests.expectations.test_agreement import (
    Validate,
    assert_alike,
    evaluate,
    validate,
)
from tests.expectations.test_real_records import mapped_feeds, with_columns

__all__ = ["validate"]
UNTIL = date(2026, 3, 1)
TODAY = datetime(2026, 3, 1, tzinfo=UTC)


def typed(feed: str, texts: pl.DataFrame) -> pl.DataFrame:
    """Return delivered texts as the loader judges them; deletions say nothing else."""
    contract = FEEDS[feed]
    every_column = with_columns(texts, contract.delivered_columns)
    frame = read_typed(contract, every_column, "UTC").frame
    stands = ~pl.col("is_deleted").fill_null(value=False)
    return frame.filter(stands).with_columns(source_system=pl.lit("source"))


def assert_engines_agree(
    feed: str, frame: pl.DataFrame, validate: Validate, as_of: datetime | None
) -> None:
    """Compare every result of both engines over the same rows."""
    evaluation, judged = evaluate(SUITES[feed], frame, as_of)
    assert_alike(
        evaluation.results(), validate(SUITES[feed], judged, "BASIC", as_of=as_of)
    )


def feeds_of_mimic(folder: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield all rows of each feed."""
    rows: dict[str, list[pl.DataFrame]] = {}
    for feed, texts in mapped_feeds(mimic.ADAPTER, folder):
        rows.setdefault(feed.name, []).append(typed(feed.name, texts))
    yield from ((feed, pl.concat(frames)) for feed, frames in rows.items())


@pytest.mark.shared_data
def test_both_engines_agree_on_every_feed_of_real_patients(
    shared_data: Path, validate: Validate
) -> None:
    judged = set()
    for feed, frame in feeds_of_mimic(shared_data / "mimic_iv_demo"):
        assert_engines_agree(feed, frame, validate, as_of=None)
        judged.add(feed)

    assert {"lab_results", "prescriptions", "encounters", "conditions"} <= judged


def test_both_engines_agree_on_every_feed_of_the_simulated_hospital(
    tmp_path: Path, validate: Validate
) -> None:
    simulate(patients=40, years=2, seed=1, until=UNTIL, folder=tmp_path)

    judged = set()
    for path in sorted(tmp_path.rglob("*.csv")):
        feed = path.name.split(".")[0]
        texts = pl.read_csv(path, infer_schema=False)
        texts = texts.with_columns(pl.when(pl.all() != "").then(pl.all()))
        assert_engines_agree(feed, typed(feed, texts), validate, as_of=TODAY)
        judged.add(feed)

    assert len(judged) > 30
