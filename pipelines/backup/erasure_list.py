"""The list of erasures, brought to the backups before anything is removed.

A machine may be lost between an erasure and the next backup. What is restored then
holds the patient, so the list must lie with the backups, newer than they are.
"""

import logging

from pipelines.backup.holders import BackupKeyError
from pipelines.backup.home_files import is_kept, keep
from pipelines.backup.key_files import ensure_backup_keys
from pipelines.backup.repository import Repository
from pipelines.erasing.register import register_file
from pipelines.settings import Settings

BY_HAND = "copy it to where the backups are, and give it to 'ehr restore --erasures'"

logger = logging.getLogger(__name__)


def keep_list(settings: Settings) -> bool:
    """Seal the list of erasures into the folder of backups; return whether it is.

    An erasure does not wait for the folder: if that is away, the list comes with the
    server's log, when that is fetched the next time.
    """
    if settings.backup_folder is None:
        return False
    repository = Repository(settings.backup_folder.expanduser().resolve())
    path = register_file(settings)
    try:
        if not is_kept(repository, settings.root, path):
            key = ensure_backup_keys(settings.keys_folder).new_data_key()
            keep(repository, settings.root, path, key, {})
    except (OSError, BackupKeyError) as problem:
        logger.warning("the list of erasures is not with the backups: %s", problem)
        return False
    return True


def told_of_list(settings: Settings) -> str:
    """Return where the list of erasures is not, and what to do; empty if it is kept."""
    if keep_list(settings):
        return ""
    path = register_file(settings)
    why = (
        f"{settings.backup_folder} cannot be written"
        if settings.backup_folder
        else "EHR_BACKUP_FOLDER is not set"
    )
    return f"{why}, so {path} is here alone: {BY_HAND}"
