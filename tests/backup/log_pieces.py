"""The server's log in tests: ended, and put where backups fetch it."""

import time

import psycopg

from pipelines.database.connections import administrator_conninfo
from pipelines.settings import Settings

# Between two pieces: the server waits a minute after it could not put one out.
MOST_SECONDS = 180
LAST_PIECE = "select coalesce(last_archived_wal, '') from pg_stat_archiver"
FAILURES = "select failed_count, last_failed_wal from pg_stat_archiver"


def end_of_log(settings: Settings) -> None:
    """End the piece that is written, and wait until the server has put it out.

    Pieces may take long on a busy disk: that none comes any more is the failure.
    """
    login = administrator_conninfo(settings)
    with psycopg.connect(**login, autocommit=True) as server:
        ended = "select pg_walfile_name(pg_switch_wal())"
        last = server.execute(ended).fetchone()[0]
        piece, limit = "", time.monotonic() + MOST_SECONDS
        while piece < last:
            newest = server.execute(LAST_PIECE).fetchone()[0]
            if newest != piece:
                piece, limit = newest, time.monotonic() + MOST_SECONDS
            failures = server.execute(FAILURES).fetchone()
            assert time.monotonic() < limit, (piece, last, failures)
            time.sleep(0.1)
