"""Synthea's CSV export, all versions from 2017 to 2024."""

from pipelines.sources.adapter import Adapter
from pipelines.sources.synthea import (
    history,
    medicines,
    observations,
    people,
    untaken,
    visits,
)

_TAKEN = (
    *people.TABLES,
    *visits.TABLES,
    *history.TABLES,
    *observations.TABLES,
    *medicines.TABLES,
)

ADAPTER = Adapter(
    name="synthea",
    revision=1,
    is_historical=True,
    tables=(*_TAKEN, *untaken.TABLES),
    expected_tables=tuple(table.name for table in _TAKEN),
)
