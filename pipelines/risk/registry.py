"""The scorecard of the newest model, as ``ml.model`` has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

NEWEST = """
    select model_version, scorecard, training_stays, training_events, why_not_shown
    from ml.model
    order by trained_at desc, model_version collate "C" desc
    limit 1
"""


@dataclass(frozen=True)
class Card:
    """What there is to show of a model."""

    title: str
    measures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    subgroups: Sequence[Mapping[str, Any]]
    why_not_shown: str | None


def newest_scorecard(settings: Settings) -> Card | None:
    """Return the scorecard of the model trained last; none without a model."""
    with connect(settings, Role.ENGINEER) as connection:
        row = connection.execute(NEWEST).fetchone()
    if row is None:
        return None
    version, card, stays, events, why_not_shown = row
    return Card(
        title=f"{version}: learnt from {stays:,} stays, {events:,} readmissions",
        measures=card.get("measures", {}),
        intervals=card.get("intervals_95", {}),
        subgroups=card.get("subgroups", []),
        why_not_shown=why_not_shown,
    )
