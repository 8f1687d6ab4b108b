"""The life of a prescription, of a wish about it, and of a list that was reconciled.

A prescription that has ended does not run again (it is prescribed anew), but its
quantity may still be corrected; a wish is answered once; a list is signed again and
again. What was entered in error has
no life after it. The tables of the record refuse every other step, whoever asks.
"""

import psycopg
from psycopg import sql

ENDED = ("stopped", "replaced", "cancelled", "completed")
# By feed: the status before (None: the entry begins), and what may follow it.
STEPS: dict[str, dict[str | None, tuple[str, ...]]] = {
    "prescriptions": {
        None: ("active",),
        "intended": ("intended", "active", "cancelled"),
        "active": ("active", "on-hold", "stopped", "replaced", "cancelled"),
        "on-hold": ("on-hold", "active", "stopped", "replaced", "cancelled"),
        "on_hold": ("on_hold", "active", "stopped", "replaced", "cancelled"),
        **{status: (status,) for status in ENDED},
    },
    "medication_requests": {
        None: ("requested",),
        "requested": ("approved", "denied", "withdrawn", "done"),
        "approved": ("done",),
    },
    # What was withdrawn does not hold; the list is signed anew.
    "medication_reconciliations": {
        None: ("signed",),
        "signed": ("signed", "withdrawn"),
        "withdrawn": ("signed",),
    },
}
NO_STEP = "EH001"  # what ``access.refuse_step`` raises


def ensure_steps(record: psycopg.Connection, feed: str, table: sql.Identifier) -> None:
    """Let the table of a feed refuse every other step, as the owner."""
    if feed not in STEPS:
        return
    with record.transaction(), record.cursor() as cursor:
        cursor.execute("delete from access.order_steps where feed = %s", [feed])
        cursor.executemany(
            "insert into access.order_steps (feed, from_code, to_code) "
            "values (%s, %s, %s)",
            [
                (feed, before, after)
                for before, following in STEPS[feed].items()
                for after in following
            ],
        )
    record.execute(
        sql.SQL(
            "create or replace trigger follows_the_steps after insert on {} "
            "for each row execute function access.refuse_step()"
        ).format(table)
    )
