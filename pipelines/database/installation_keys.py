"""The keys of an installation: made with it, never a second time beside its data."""

from collections.abc import Iterator

import psycopg

from pipelines.access.keyring import Keyring, KeyringError
from pipelines.access.keyring_file import KEYRING_FILE, ensure_keyring, load_keyring
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import WAREHOUSE
from pipelines.settings import Settings


def installation_keyring(settings: Settings) -> Keyring:
    """Return the keyring; make one only where there is no data yet.

    Raises:
        KeyringError: it is missing although there is data, damaged, or open to others.
    """
    folder = settings.keys_folder
    if (folder / KEYRING_FILE).exists():
        return load_keyring(folder)
    for data in _data(settings):
        msg = (
            f"there is no keyring at {folder / KEYRING_FILE}, but {data}: restore the "
            "keys folder that belongs to it; new keys would open nothing"
        )
        raise KeyringError(msg)
    return ensure_keyring(folder)


def _data(settings: Settings) -> Iterator[str]:
    """Yield in words what is there that a keyring belongs to."""
    if any(settings.archive_folder.glob("??/*")):
        yield f"there are deliveries in {settings.archive_folder}"
    if settings.database_url:
        if _has_warehouse(settings):
            yield "the server has a database 'warehouse'"
    elif embedded.place(settings).data_folder.exists():
        yield f"there are databases in {embedded.place(settings).data_folder}"


def _has_warehouse(settings: Settings) -> bool:
    try:
        with psycopg.connect(**administrator_conninfo(settings)) as server:
            found = server.execute(
                "select 1 from pg_database where datname = %s", (WAREHOUSE,)
            )
            return found.fetchone() is not None
    except psycopg.OperationalError:
        return False  # said by whoever connects next
