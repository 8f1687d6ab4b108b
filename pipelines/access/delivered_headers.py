"""The headers of delivered files: what the fields of a refused line are called."""

from contextlib import suppress

from pipelines.access.encryption import Keyring
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import ArchiveError
from pipelines.landing.headers import FileRefusedError
from pipelines.landing.readers import reader_of
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.settings import Settings
from pipelines.sources.catalogue import LANDED_BY


class DeliveredHeaders:
    """The headers of archived files, each read once."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        """Read from the archive of an installation."""
        self._archive = Archive(settings.archive_folder, keyring)
        self._headers: dict[str, list[str]] = {}

    def of(
        self, adapter_name: str, table_name: str, address: str | None
    ) -> tuple[list[str], str]:
        """Return header and delimiter of a file; no header where it cannot be told.

        It cannot for a mapping file's adapter, which is not in the catalogue.
        """
        adapter = LANDED_BY.get(adapter_name)
        table = adapter.table_of(table_name) if adapter else None
        if table is None or not address:
            return [], ","
        if address not in self._headers:
            self._headers[address] = self._read(address, table.delimiter)
        return self._headers[address], table.delimiter

    def _read(self, address: str, delimiter: str) -> list[str]:
        with suppress(ArchiveError, FileRefusedError, UnpackingError):
            chunks = unpack(self._archive.read(address))
            return list(reader_of(chunks, delimiter).header)
        return []
