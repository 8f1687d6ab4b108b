"""From messages to rows of feeds, by their kind."""

import polars as pl

from pipelines.sources.adapter import Mapped
from pipelines.sources.hl7v2.documents import document_rows
from pipelines.sources.hl7v2.medicines import medicine_rows
from pipelines.sources.hl7v2.message import read
from pipelines.sources.hl7v2.orders import appointment_rows, order_rows
from pipelines.sources.hl7v2.people import forget, registration_rows
from pipelines.sources.hl7v2.results import result_rows
from pipelines.sources.one_by_one import LeftOutError, Rows, map_one_by_one

ROWS_OF = {
    "ADT": registration_rows,
    **dict.fromkeys(("ORU", "OUL"), result_rows),
    **dict.fromkeys(("ORM", "OML", "OMI", "OMG"), order_rows),
    **dict.fromkeys(("RDE", "RDS", "RAS"), medicine_rows),
    "MDM": document_rows,
    "SIU": appointment_rows,
}
NO_FEED = "No feed takes messages of this kind."


def map_messages(records: pl.DataFrame) -> Mapped:
    """Return what became of a batch of messages."""
    try:
        return map_one_by_one(records, rows_of)
    finally:
        forget()


def rows_of(text: str) -> Rows:
    """Return the rows that a message becomes.

    Raises:
        LeftOutError: no feed takes it.
        RefusedError: it cannot be read.
    """
    message = read(text)
    take = ROWS_OF.get(message.kind[0])
    if take is None:
        raise LeftOutError(NO_FEED)
    return take(message)
