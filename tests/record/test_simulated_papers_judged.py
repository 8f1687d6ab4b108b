"""The suites find what was planted in the simulated papers, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import SUITES
from expectations.runner import Evaluation
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.typed import read_typed
from pipelines.record.simulator import paper_mistakes
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.paper_mistakes import KINDS
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import run
from pipelines.sources.adapter import LINE
from tests.record.papers import PAPERS

UNTIL = date(2026, 6, 30)
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
ORDER = "expect_column_pair_values_a_to_be_greater_than_b"
EMPTY = "expect_column_values_to_not_be_null"
RANGE = "expect_column_values_to_be_between"
# Feed, rule and column that find a kind of mistake.
FOUND = {
    ("lab_orders", EMPTY, "test_code"): "order without a test",
    ("specimens", ORDER, "received_at"): "specimen received before it was taken",
    ("appointments", ORDER, "ends_at"): "appointment over before it begins",
    ("payments", RANGE, "amount"): "payment below nothing",
    ("coverages", ORDER, "ended_at"): "insurance over before it begins",
    ("notes", EMPTY, "note_text"): "note without a text",
}
OFTENER = 15
# A wish for an appointment has no time yet.
ALLOWED = {("appointments", EMPTY, "starts_at")}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counter[str]]:
    """Simulate a small hospital that errs oftener, so that every kind occurs."""
    folder = tmp_path_factory.mktemp("papers")
    window = Window.ending(UNTIL, 3)
    often = [replace(kind, share=OFTENER * kind.share) for kind in KINDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper_mistakes, "KINDS", often)
        done = run(Hospital(60, 5), window, folder, lambda *_: None)
    return folder, done.mistakes


def findings(folder: Path, feed: str) -> dict[tuple[str, str, str], int]:
    """Return how many rows each rule of a feed's suite finds."""
    rows = pl.read_csv(folder / f"{feed}.csv", infer_schema=False)
    typed = read_typed(FEEDS[feed], rows.with_row_index(LINE, offset=2), "UTC")
    assert typed.unreadable.null_count() == rows.height
    evaluation = Evaluation(SUITES[feed], as_of=AS_OF)
    evaluation.add(typed.frame)
    assert not evaluation.is_held
    found = {}
    for result in evaluation.results():
        config, count = result["expectation_config"], result["result"]
        column = config["kwargs"].get("column") or config["kwargs"].get("column_A")
        if count.get("unexpected_count") and column != "is_refused":
            found[feed, config["type"], column] = count["unexpected_count"]
    return found


@pytest.mark.parametrize("feed", PAPERS)
def test_the_suite_of_a_feed_finds_what_was_planted_and_nothing_else(
    feed: str, delivered: tuple[Path, Counter[str]]
) -> None:
    folder, mistakes = delivered
    found = findings(folder, feed)
    planted = {
        place: mistakes[kind]
        for place, kind in FOUND.items()
        if place[0] == feed and mistakes[kind]
    }
    assert {place: found[place] for place in set(found) - ALLOWED} == planted


def test_enough_was_planted_to_be_found(
    delivered: tuple[Path, Counter[str]],
) -> None:
    assert all(delivered[1][kind] > 0 for kind in FOUND.values())
