"""Few rows of a feed wait for more of it; none is lost, and each lands once."""

import polars as pl
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.landing import gathering
from pipelines.landing.gathering import Gathering

PATIENTS, NOTES = FEEDS["patients"], FEEDS["notes"]


def rows(*numbers: int) -> pl.DataFrame:
    """Return rows that are told apart by a number."""
    return pl.DataFrame({"number": numbers})


@pytest.fixture(autouse=True)
def _three_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "FEWEST_ROWS", 3)


def test_many_rows_wait_for_nothing() -> None:
    found = Gathering().add(NOTES, rows(1, 2, 3))

    assert found is not None
    assert found["number"].to_list() == [1, 2, 3]


def test_few_rows_wait_and_land_in_their_order_with_the_next() -> None:
    gathered = Gathering()

    assert gathered.add(NOTES, rows(1)) is None
    assert gathered.add(PATIENTS, rows(7, 8)) is None
    found = gathered.add(NOTES, rows(2, 3))

    assert found is not None
    assert found["number"].to_list() == [1, 2, 3]


def test_what_waits_at_the_end_is_given_out_once() -> None:
    gathered = Gathering()
    gathered.add(NOTES, rows(1))
    gathered.add(PATIENTS, rows(7))
    gathered.add(NOTES, rows(2))

    rest = {feed.name: left["number"].to_list() for feed, left in gathered.rest()}

    assert rest == {"notes": [1, 2], "patients": [7]}
    assert gathered.rest() == []
