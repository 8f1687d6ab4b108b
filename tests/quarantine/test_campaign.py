"""10,000 rows refused for 14 reasons, decided about in random order, come out clean."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from unittest import mock

import pytest

from expectations.catalogue import SUITES
from expectations.expectation import Severity, Suite
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.refused.deciding import Action, Order, decide
from pipelines.refused.mapping import Correction, correct, kind_of
from pipelines.refused.releasable import may_be_overruled
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.mart_state import state_of
from tests.landing.state import versions
from tests.quarantine.dirty import (
    CORRECTIONS,
    FAULTS,
    Deliveries,
    deliveries,
    write,
)
from tests.quarantine.state import states, unbalanced, unreconciled

SEED = 20_261_201
WHY = "agreed with the source"
SOURCE = "hospital"
REFUSED = sum(fault.count for fault in FAULTS)
WAITING = """
    select row_id, rules from quarantine.row where status = 'waiting' order by row_id
"""


def test_the_campaign_is_as_large_as_it_says() -> None:
    assert REFUSED == 10_000
    assert len({fault.rule for fault in FAULTS}) == 14


@dataclass
class Campaign:
    """Steps in random order on an installation, each a decision of a person."""

    settings: Settings
    chance: random.Random

    def correct(self, feed: str, column: str, delivered: str, mapped: str) -> None:
        made = Correction(SOURCE, kind_of(column), feed, column, delivered, mapped)
        correct(self.settings, made, "quality", "quality", WHY)

    def decide(self, action: str, rules: set[str], share: float = 1) -> None:
        """Decide about a share of the rows that wait and break one of the rules."""
        with connect(self.settings, Role.LOADER) as connection:
            waiting = connection.execute(WAITING).fetchall()
        of_rules = [row_id for row_id, broken in waiting if broken in rules]
        chosen = self.chance.sample(of_rules, round(len(of_rules) * share))
        if chosen:
            order = Order.by(Action(action), "quality", "quality", WHY)
            decide(self.settings, order, Selection(row_ids=tuple(chosen)))

    def steps(self) -> Iterator[Callable[[], None]]:
        """Yield the steps: corrections, replays, releases, discards, all in parts."""
        unit, *codes = CORRECTIONS
        rules = {
            mend: {fault.rule for fault in FAULTS if fault.mend == mend}
            for mend in ("correct", "release", "deliver", "discard")
        }
        steps = [lambda code=code: self.correct(*code) for code in codes]
        for mend, action in (
            ("correct", "replay"),
            ("release", "release"),
            ("deliver", "close"),
            ("discard", "discard"),
        ):
            chosen = rules[mend]
            steps += [
                lambda action=action, chosen=chosen, share=share: self.decide(
                    action, chosen, share
                )
                for share in (0.2, 0.5)
            ]
        self.chance.shuffle(steps)
        yield lambda: self.correct(*unit)  # what is released before lands without it
        yield from steps
        # Whatever the order was, this is left.
        yield lambda: self.decide("replay", set.union(*rules.values()))
        yield lambda: self.decide("release", set.union(*rules.values()))
        yield lambda: self.decide("close", rules["deliver"])
        yield lambda: self.decide("discard", rules["discard"])


@pytest.fixture(scope="module")
def rows() -> Deliveries:
    return deliveries(SEED)


@pytest.fixture(scope="module")
def mended(
    rows: Deliveries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Yield an installation to which the rows came as they came, then decided about."""
    folder = tmp_path_factory.mktemp("came")
    for settings in installation_with_marts(tmp_path_factory.mktemp("mended")):
        came = write(folder / "came", rows.came)
        report = load(settings, came, format_name="csv", source_system=SOURCE)
        assert report.status == "landed"
        again = write(folder / "again", rows.again)
        load(settings, again, format_name="csv", source_system=SOURCE)
        yield settings


@pytest.fixture(scope="module")
def clean(
    rows: Deliveries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Yield an installation to which the rows came as they should have come."""
    folder = tmp_path_factory.mktemp("clean")
    for settings in installation_with_marts(tmp_path_factory.mktemp("clean_at_first")):
        lenient = {name: _without_limits(suite) for name, suite in SUITES.items()}
        with mock.patch.dict("pipelines.landing.delivery.SUITES", lenient):
            load(
                settings,
                write(folder / "clean", rows.clean),
                format_name="csv",
                source_system=SOURCE,
            )
        yield settings


def _without_limits(suite: Suite) -> Suite:
    """Return a suite in which what a person may overrule is only counted."""
    return replace(
        suite,
        expectations=tuple(
            replace(rule, severity=Severity.WARNING)
            if rule.is_row_level and may_be_overruled(suite.name_of(rule))
            else rule
            for rule in suite.expectations
        ),
    )


def test_marts_are_those_of_clean_data_and_counts_reconcile_at_each_step(
    mended: Settings, clean: Settings
) -> None:
    assert states(mended, SOURCE) == {"waiting": REFUSED}
    campaign = Campaign(mended, random.Random(SEED))  # noqa: S311 - no secret
    for number, step in enumerate(campaign.steps()):
        step()
        assert sum(states(mended, SOURCE).values()) == REFUSED, number
        assert unbalanced(mended) == [], number

    assert unreconciled(mended) == []
    counts = {
        mend: sum(fault.count for fault in FAULTS if fault.mend == mend)
        for mend in ("correct", "release", "deliver", "discard")
    }
    assert states(mended, SOURCE) == {
        "released": counts["correct"] + counts["release"],
        "discarded": counts["deliver"] + counts["discard"],
    }
    assert versions(mended, SOURCE) == versions(clean, SOURCE)
    build_marts(mended)
    build_marts(clean)
    here, there = state_of(mended).content, state_of(clean).content
    assert [mart for mart in here if here[mart] != there[mart]] == []
