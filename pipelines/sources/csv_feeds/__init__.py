"""Our own CSV: one file per feed, columns named as in the contract (``docs/csv.md``).

For systems that can export nothing better, and for the simulated hospital. It is a live
source: its today is the clock.
"""

from pipelines.feeds.catalogue import DELIVERED
from pipelines.feeds.contract import Feed
from pipelines.sources.adapter import LINE, Adapter, Mapped, Table

# After the feed's name: a hyphen and anything, or an underscore and a date or number.
SUFFIX = r"(-.+|_\d.*)?"


def build_table(feed: Feed) -> Table:
    """Return the table of one feed: its files pass through as they are."""
    required = required_columns(feed)
    return Table(
        name=feed.name,
        required=required,
        optional=tuple(name for name in feed.delivered_columns if name not in required),
        map_records=lambda records: Mapped(
            {feed.name: records.select(LINE, *feed.delivered_columns)}
        ),
        pattern=feed.name + SUFFIX,
    )


def required_columns(feed: Feed) -> tuple[str, ...]:
    """Return the columns that a file of this feed must have.

    A patient's record id is made from the patient's id, so it is never asked for.
    """
    needs_record_id = feed.natural_key == ("record_id",) and not feed.has_patient
    record_id = ("record_id",) if needs_record_id else ()
    patient = ("source_patient_id",) if feed.has_patient else ()
    named = tuple(column.name for column in feed.columns if column.is_required)
    return (*record_id, *patient, *named)


ADAPTER = Adapter(
    name="csv",
    revision=1,
    is_historical=False,
    tables=tuple(build_table(feed) for feed in DELIVERED.values()),
)
