"""The end of the server's log, brought to the backups when the server is stopped.

A server that stops puts out what it has written of its log. Nobody fetches it until the
server is started again, so a machine that is lost meanwhile would take it along.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.backup.drill import backups_of
from pipelines.backup.holders import BackupKeyError
from pipelines.backup.key_files import ensure_backup_keys
from pipelines.backup.repository import BackupError
from pipelines.backup.wal import fetch_log, system_of
from pipelines.database import embedded
from pipelines.settings import Settings


@contextmanager
def kept(settings: Settings) -> Iterator[list[str]]:
    """Fetch the log once the block has stopped the server; add what goes wrong."""
    problems: list[str] = []
    is_wanted = settings.backup_folder and embedded.is_running(embedded.place(settings))
    system = system_of(settings) if is_wanted else ""
    yield problems
    if system:
        try:
            keys = ensure_backup_keys(settings.keys_folder)
            fetch_log(settings, backups_of(settings), keys, system)
        except (OSError, BackupError, BackupKeyError) as problem:
            problems.append(f"the end of the log is not with the backups: {problem}")
