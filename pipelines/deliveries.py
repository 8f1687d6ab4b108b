"""The delivery folder, ``deliveries/<format>@<source>/<name>``: what has arrived.

Without ``@<source>`` the source is called like its format. A delivery is a folder or a
single file. Whoever writes it may end names with ``.part``
until they are whole, or put an empty file ``_COMPLETE`` beside them; without either, a
delivery is complete when names, sizes and times have stayed the same for a while.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines.sources.catalogue import ADAPTERS
from pipelines.sources.naming import RECORD, is_name_of_a_folder
from pipelines.sources.uploads import ADAPTER as FOR_RECORD

UNFINISHED = (".part", ".filepart", ".tmp")
COMPLETE = "_COMPLETE"
UPLOADS_FOR_RECORD = f"{FOR_RECORD.name}@{RECORD}"
SETTLE_SECONDS = 20


@dataclass(frozen=True)
class Found:
    """A delivery as it lies in the folder at one look."""

    path: Path
    listing: str  # digest of names, sizes and times
    arrived_at: float
    is_marked_complete: bool
    is_unfinished: bool

    @property
    def format(self) -> str:
        """Return the format, with which the name of the folder above begins."""
        return self.path.parent.name.partition("@")[0]

    @property
    def source(self) -> str:
        """Return the source that the folder above names, or an empty text."""
        return self.path.parent.name.partition("@")[2]

    @property
    def name(self) -> str:
        """Return what the delivery is called: ``<format>@<source>/<name>``."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def naming_problem(self) -> str | None:
        """Return why what lies here is no delivery, or None."""
        folder = self.path.parent.name
        if folder == UPLOADS_FOR_RECORD:
            return None
        if self.format not in ADAPTERS:
            return f"{folder}: no format; there are {', '.join(ADAPTERS)}"
        if "@" in folder and not is_name_of_a_folder(self.source):
            return (
                f"{folder}: after the @ stands the source, up to 63 small letters, "
                "digits, dots, dashes and underscores"
            )
        return None


@dataclass(frozen=True)
class Look:
    """What an earlier look remembers of a delivery."""

    listing: str
    unchanged_since: float
    is_picked: bool = False


def find_deliveries(folder: Path) -> list[Found]:
    """Return everything below the folders of formats, in order of arrival."""
    found = [
        delivery
        for entry in folder.glob("*/*")
        if not entry.name.startswith(".") and (delivery := _look_at(entry))
    ]
    return sorted(found, key=lambda delivery: (delivery.arrived_at, delivery.name))


def pick_complete(
    found: Iterable[Found], looks: Mapping[str, Look], now: float
) -> tuple[list[Found], dict[str, Look]]:
    """Return the deliveries to land now, in order, and what to remember."""
    picked, remembered = [], {}
    for delivery in found:
        look = looks.get(delivery.name)
        if look is None or look.listing != delivery.listing:
            look = Look(delivery.listing, unchanged_since=now)
        if not look.is_picked and _is_complete(delivery, look, now):
            picked.append(delivery)
            look = replace(look, is_picked=True)
        remembered[delivery.name] = look
    return picked, remembered


def read_looks(cursor: str | None) -> dict[str, Look]:
    """Return what a cursor remembers."""
    stored = json.loads(cursor) if cursor else {}
    return {name: Look(**look) for name, look in stored.items()}


def write_looks(looks: Mapping[str, Look]) -> str:
    """Return a cursor that remembers these looks."""
    return json.dumps({name: asdict(look) for name, look in looks.items()})


def _is_complete(delivery: Found, look: Look, now: float) -> bool:
    if delivery.is_unfinished:
        return False
    return delivery.is_marked_complete or now - look.unchanged_since >= SETTLE_SECONDS


def _look_at(entry: Path) -> Found | None:
    """Return a delivery as it lies there now; None if it is empty or just went away."""
    paths = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
    try:
        facts = {path: path.stat() for path in paths if not path.is_dir()}
    except FileNotFoundError:
        return None
    is_marked = any(path.name == COMPLETE for path in facts)
    facts = {path: fact for path, fact in facts.items() if path.name != COMPLETE}
    if not facts:
        return None
    listing = "\n".join(
        f"{path.relative_to(entry.parent)} {fact.st_size} {fact.st_mtime_ns}"
        for path, fact in facts.items()
    )
    return Found(
        path=entry,
        listing=hashlib.sha256(listing.encode()).hexdigest()[:32],
        arrived_at=max(fact.st_mtime for fact in facts.values()),
        is_marked_complete=is_marked,
        is_unfinished=any(path.name.endswith(UNFINISHED) for path in facts),
    )
