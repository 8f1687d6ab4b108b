"""Tickets: the warehouse tells the record whose entries a person may see.

The record is a database of its own and knows neither care teams nor wishes. So the
warehouse signs which of the patients asked for the person may see, and the record lets
in by that. Both hold the key of the signature, where no login of a person can read it.
"""

import secrets

import psycopg

KEY_BYTES = 64  # the block of SHA-256, so the key is used as it is (RFC 2104)
INNER, OUTER = 0x36, 0x5C
PRESENT = "select inner_pad, outer_pad from access.ticket_key"
WRITE = """
    insert into access.ticket_key (inner_pad, outer_pad) values (%s, %s)
    on conflict (is_only) do update set
        inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad
"""


def ensure_ticket_key(
    warehouse: psycopg.Connection, record: psycopg.Connection
) -> None:
    """Give both databases one key, a new one where they differ; as the owner."""
    pads = warehouse.execute(PRESENT).fetchone()
    if pads and pads == record.execute(PRESENT).fetchone():
        return
    key = secrets.token_bytes(KEY_BYTES)
    pads = bytes(byte ^ INNER for byte in key), bytes(byte ^ OUTER for byte in key)
    for database in (warehouse, record):
        database.execute(WRITE, pads)
