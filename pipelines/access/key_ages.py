"""How old the keys are, and what each is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipelines.access.keyring_file import KeyFile

HASHES = "hashes"
COLUMNS = "values in the databases"
ENTRIES = "data keys of archive entries"
STAYS = "never replaced"


@dataclass(frozen=True)
class KeyAge:
    """One key."""

    key_id: str
    purpose: str
    made_at: datetime
    days: int
    state: str


def key_ages(keys: KeyFile, now: datetime) -> Iterator[KeyAge]:
    """Yield each key of the file with its age."""
    current = {keys.current_column_key, keys.current_wrapping_key}
    of_kinds = {"hash": HASHES}
    of_kinds |= dict.fromkeys(keys.column_keys, COLUMNS)
    of_kinds |= dict.fromkeys(keys.wrapping_keys, ENTRIES)
    for key_id, purpose in of_kinds.items():
        made_at = datetime.fromisoformat(keys.made_at[key_id])
        state = "current" if key_id in current else "being replaced"
        yield KeyAge(
            key_id,
            purpose,
            made_at,
            (now - made_at).days,
            STAYS if purpose == HASHES else state,
        )
