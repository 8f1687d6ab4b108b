"""Seals the data keys of archive entries anew; their bodies stay as they are."""

from pipelines.access.keyring import Keyring, KeyringError
from pipelines.failpoints import reach
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import (
    ArchiveError,
    read_key,
    sealed_key,
    write_key,
)
from pipelines.rotation.failures import RotationError
from pipelines.rotation.values import Progress

TITLE = "archive"


def rewrap(archive: Archive, keyring: Keyring, report: Progress) -> int:
    """Seal every data key by the current wrapping key; return how many it took.

    Raises:
        RotationError: the key of an entry is missing or damaged.
    """
    addresses = list(archive.addresses())
    rewrapped = 0
    for position, address in enumerate(addresses, start=1):
        try:
            rewrapped += _rewrap(archive, address, keyring)
        except (ArchiveError, KeyringError) as problem:
            if archive.folder_of(address).exists():
                raise RotationError(str(problem)) from None
        report(TITLE, position, len(addresses))
    return rewrapped


def stale_entries(archive: Archive, keyring: Keyring) -> list[str]:
    """Return the entries whose data key is sealed by another wrapping key."""
    return [
        address
        for address in archive.addresses()
        if not _is_current(archive, address, keyring)
    ]


def _rewrap(archive: Archive, address: str, keyring: Keyring) -> bool:
    if _is_current(archive, address, keyring):
        return False
    folder = archive.folder_of(address)
    data_key = read_key(folder, address, keyring)
    reach("entries.before")
    write_key(folder, address, data_key, keyring)
    reach("entries.after")
    return True


def _is_current(archive: Archive, address: str, keyring: Keyring) -> bool:
    sealed = sealed_key(archive.folder_of(address), address)
    return sealed.startswith(f"{keyring.current_wrapping_key}:")
