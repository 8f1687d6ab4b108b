"""What is remembered of a started service: ``EHR_HOME/run/<name>.json``."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.supervision.processes import start_time


@dataclass(frozen=True)
class Record:
    """One start of a service; ``started_ticks`` proves that ``pid`` still means it."""

    name: str
    pid: int
    started_ticks: int
    started_at: float  # seconds since 1970
    fingerprint: str  # of command and settings: whether it runs as it should now

    @property
    def is_alive(self) -> bool:
        """Return whether the very process that was started still runs."""
        return start_time(self.pid) == self.started_ticks


def read_record(path: Path) -> Record | None:
    """Return the record in a file; None if there is none or it is no record."""
    try:
        return Record(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_record(path: Path, record: Record) -> None:
    """Write a record so that a reader sees all of it or none."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(asdict(record), indent=2))
    partial.rename(path)


def forget_record(path: Path) -> None:
    """Remove a record that describes nothing any more."""
    path.unlink(missing_ok=True)
