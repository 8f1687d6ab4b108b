"""How many versions of entries the record holds."""

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.tables import table_of
from pipelines.settings import Settings


def versions(settings: Settings, feed: str) -> int:
    """Return how many versions the record holds of a feed."""
    with connect(settings, Role.EXTRACTOR, RECORD) as record:
        table = table_of(FEEDS[feed]).as_string(record)
        return record.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - of the catalogue
