"""The installation measured: new, with a database of its own, gone afterwards."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.settings import Mode, Settings


@contextmanager
def new_installation(home: Path) -> Iterator[Settings]:
    """Yield the settings of an empty installation with its database running."""
    settings = Settings(home=home, mode=Mode.TEST, database_url=None, _env_file=None)
    remove(settings)
    home.mkdir(parents=True)
    bring_up(settings)
    try:
        yield settings
    finally:
        remove(settings)


def remove(settings: Settings) -> None:
    """Stop an installation's database and delete all that it wrote."""
    where = embedded.place(settings)
    embedded.stop(settings)
    for folder in (where.folder, where.socket_folder, settings.root):
        shutil.rmtree(folder, ignore_errors=True)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which programs find this installation."""
    return {
        **os.environ,
        "EHR_HOME": str(settings.root),
        "EHR_MODE": settings.mode,
        "EHR_DATABASE_URL": "",
    }


def empty_raw_table(settings: Settings, feed: str) -> None:
    """Take the rows out of a feed's table, so that the next round begins alike."""
    with connect(settings, Role.OWNER) as connection:
        table = sql.Identifier("raw", feed)
        connection.execute(sql.SQL("truncate {}").format(table))


def empty_raw_tables(settings: Settings) -> None:
    """Take the rows out of every feed's tables."""
    names = [
        sql.Identifier(schema, name)
        for name, feed in FEEDS.items()
        for schema in _schemas(feed)
    ]
    names.append(sql.Identifier("raw", "moved_facts"))
    with connect(settings, Role.OWNER) as connection:
        connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(names)))


def _schemas(feed: Feed) -> list[str]:
    identity = ["identity"] if feed.direct_columns else []
    return identity if feed.is_identity_only else ["raw", *identity]


def settle(settings: Settings) -> None:
    """Write everything to disk now, so that no measure pays for the one before it."""
    with psycopg.connect(
        **administrator_conninfo(settings), autocommit=True
    ) as administrator:
        administrator.execute("checkpoint")
