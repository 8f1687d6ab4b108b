"""A statement of a page, and its rows as a frame whose columns keep their types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg
from psycopg import adapters

NUMBERS = {adapters.types[name].oid for name in ("numeric", "int8", "int4", "float8")}
BOOLEAN = adapters.types["bool"].oid
TIMESTAMP = adapters.types["timestamptz"].oid


@dataclass(frozen=True)
class Query:
    """One statement with its parameters; never text put together from input."""

    statement: str
    parameters: Mapping[str, Any]


def frame_of(connection: psycopg.Connection, query: Query) -> pd.DataFrame:
    """Return a query's rows; times are those of the hospital's clock."""
    # Prepared statements cannot hold a second statement.
    cursor = connection.execute(query.statement, query.parameters, prepare=True)
    names = [column.name for column in cursor.description]
    frame = pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)
    # A column that is empty for this patient still has its type.
    for column in cursor.description:
        if column.type_code in NUMBERS:
            frame[column.name] = pd.to_numeric(frame[column.name])
        elif column.type_code == TIMESTAMP:
            instants = pd.to_datetime(frame[column.name], utc=True)
            local = instants.dt.tz_convert(connection.info.timezone)
            frame[column.name] = local.dt.tz_localize(None)
        elif column.type_code == BOOLEAN:
            frame[column.name] = frame[column.name].astype("boolean")
    return frame
