"""Every feed of papers: written, told apart, and moving nothing that happened."""

from collections import Counter

import pytest

from pipelines.record.simulator import simulation
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.paper_mistakes import KINDS
from tests.record.papers import PAPERS, rows_of
from tests.record.simulated_papers.conftest import WINDOW, simulated


@pytest.mark.parametrize("feed", PAPERS)
def test_every_feed_is_written(feed: str, cases: list[Case]) -> None:
    assert len(rows_of(cases, feed)) > 0


def test_papers_move_nothing_that_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = range(1, 9)
    written = simulated(numbers)
    monkeypatch.setattr(simulation, "write_paperwork", lambda _case: None)
    monkeypatch.setattr(simulation, "make_paper_mistakes", lambda _facts: Counter())
    bare = simulated(numbers)
    for feed in set(simulation.FEEDS) - set(PAPERS):
        assert rows_of(written, feed) == rows_of(bare, feed), feed


def test_versions_of_one_row_are_told_apart_by_their_times(cases: list[Case]) -> None:
    for feed in PAPERS:
        rows = rows_of(cases, feed)
        versions = {(row["record_id"], row["source_updated_at"]) for row in rows}
        assert len(versions) == len(rows), feed
        assert max(row["source_updated_at"] for row in rows) < WINDOW.end


def test_every_kind_of_mistake_is_planted_and_counted() -> None:
    made: Counter[str] = Counter()
    for case in simulated(range(1, 61)):
        made += case.mistakes
    planted = {kind.name for kind in KINDS}
    assert len(planted & set(made)) >= len(planted) - 2


def test_a_negative_payment_is_a_mistake_that_was_counted() -> None:
    found = made = 0
    for case in simulated(range(1, 61)):
        rows = case.journal.rows["payments"]
        found += sum(row["amount"].startswith("-") for row in rows)
        made += case.mistakes["payment below nothing"]
    assert found == made
