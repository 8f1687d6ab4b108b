"""Which feeds a mart shows, as reviewed, and whether its readers may see these feeds.

``feeds_of_marts.csv`` has a row per mart: the feeds whose facts it shows, those that it
only uses to choose or date something, and roles that read it although the permission
table closes the record's own table to them, with the reason. ``read_elsewhere.csv`` has
the feeds that a role may see and reads in no mart.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.access.people import PersonRole
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.permissions import READ, roles_that
from tests.permissions.warehouse.readers_of_models import Readers

HERE = Path(__file__).parent
OF_FEEDS = frozenset({"raw", "persons"})


class Mart(NamedTuple):
    """What a mart shows and uses, and to whom it is released all the same."""

    shows: frozenset[str]
    uses: frozenset[str]
    released_to: frozenset[str]


def marts_listed() -> dict[str, Mart]:
    """Return the reviewed rows, by name of mart."""
    return {
        row["mart"]: Mart(
            *(frozenset(row[name].split()) for name in ("shows", "uses", "released_to"))
        )
        for row in _rows("feeds_of_marts.csv")
    }


def read_elsewhere() -> dict[str, set[str]]:
    """Return the roles that see a feed in no mart, by feed."""
    return {
        row["feed"]: set(row["roles"].split()) for row in _rows("read_elsewhere.csv")
    }


def lineage_of(manifest: dict[str, Any], model: str) -> set[str]:
    """Return the feeds that a model is made of, over all models between."""
    found, waiting, known = set(), [model], set()
    while waiting:
        for parent in manifest["nodes"][waiting.pop()]["depends_on"].get("nodes", []):
            kind, *_, source, name = parent.split(".")
            if kind == "source":
                found |= {name} if source in OF_FEEDS and name in FEEDS else set()
            elif parent not in known:
                known.add(parent)
                waiting.append(parent)
    return found


def disagreements(manifest: dict[str, Any], readers: Readers) -> Iterator[str]:
    """Yield where marts, their feeds and the permission table say different things."""
    listed = marts_listed()
    of_people = {name for name in readers if not name.startswith("research.")}
    for name in sorted(of_people ^ listed.keys()):
        yield f"{name}: stands in one of the lists only"
    seen: dict[str, set[str]] = {}
    for name in sorted(of_people & listed.keys()):
        mart, reading = listed[name], readers[name]
        if lineage_of(manifest, reading.model) != mart.shows | mart.uses:
            yield f"{name}: is made of other feeds than the list says"
        roles = {role.removeprefix("ehr_") for role in reading.roles} & set(PersonRole)
        for feed in mart.shows:
            seen.setdefault(feed, set()).update(roles)
        yield from _denied(name, mart, roles)
    yield from _unread(seen)


def _denied(name: str, mart: Mart, roles: set[str]) -> Iterator[str]:
    """Yield the roles that read a mart of a feed which the table denies them."""
    needed = set()
    for feed in sorted(mart.shows):
        denied = (
            roles - set(roles_that(feed, READ)) if FEEDS[feed].has_patient else set()
        )
        needed |= denied
        for role in sorted(denied - mart.released_to):
            yield f"{name}: shows {feed} to {role}, whom the table denies it"
    for role in sorted(mart.released_to - needed):
        yield f"{name}: is released to {role} without need"


def texts_denied(readers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those readers of a feed's texts whom the table denies it unreleased."""
    released = {
        (feed, role)
        for mart in marts_listed().values()
        for feed in mart.shows
        for role in mart.released_to
    }
    return [
        (feed, role)
        for feed, role in readers
        if role not in roles_that(feed, READ) and (feed, role) not in released
    ]


def _unread(seen: dict[str, set[str]]) -> Iterator[str]:
    """Yield feeds that the table lets a role see, and no mart shows."""
    elsewhere = read_elsewhere()
    for feed in FEEDS:
        missing = set(roles_that(feed, READ)) - seen.get(feed, set())
        if missing != elsewhere.get(feed, set()):
            yield f"{feed}: {sorted(missing)} see it in no mart"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
