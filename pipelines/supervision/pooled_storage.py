"""Dagster's storage, with connections that stay open.

Dagster's own opens a connection for each event, and a login costs 30 times what the
event does: 180 events of a run took 25 s of the minute in which a doctor's
acknowledgement has to come back.
"""

from typing import Any, Self

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config

NO_LIMIT = 0  # milliseconds of a statement
NEVER = -1  # seconds after which a connection is opened anew
MOST_CONNECTIONS = 8  # beside the one that stays, for as long as they are needed


class PooledPostgresStorage(DagsterPostgresStorage):
    """Runs, events and ticks in PostgreSQL; named in ``dagster.yaml``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Hold one connection for each kind of record, as the web server does."""
        super().__init__(*arguments, **options)
        for storage in (
            self.run_storage,
            self.event_log_storage,
            self.schedule_storage,
        ):
            storage.optimize_for_webserver(NO_LIMIT, NEVER, MOST_CONNECTIONS)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> Self:
        """Return the storage that ``dagster.yaml`` describes."""
        url = pg_url_from_config(config_value)
        return cls(postgres_url=url, inst_data=inst_data)
