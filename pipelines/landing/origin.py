"""Where rows come from: one file of one delivery of one source."""

from dataclasses import dataclass

from pipelines.landing.archive import Entry


@dataclass(frozen=True)
class Origin:
    """One file, as the books know it.

    ``entry`` has no address where the file could not be opened.
    """

    source_system: str
    adapter_revision: int
    delivery_id: int
    file_id: int
    file_name: str
    table_name: str | None
    entry: Entry

    @property
    def title(self) -> str:
        """Return the table that the file stands for, else its own name."""
        return self.table_name or self.file_name
