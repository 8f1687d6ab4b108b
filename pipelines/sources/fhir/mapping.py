"""From lines of resources to rows of feeds: mapped, left out or refused, each line."""

from collections.abc import Callable

import msgspec
import polars as pl

from pipelines.sources.adapter import UNPARTED, WHOLE_LINE, Mapped, Table
from pipelines.sources.fhir.resources import (
    Resource,
)
from pipelines.sources.one_by_one import RefusedError, Rows, map_one_by_one

ENDINGS = (".ndjson",)
EARLIER = "of FHIR STU3 or DSTU2: deliver R4"
# Here a status of the feed's own says it, and the fact stays readable as withdrawn.
TELLS_WITHDRAWAL = {"lab_results"}
# Of these an earlier version had a code or a part of another shape.
CHANGED = ("clinicalStatus", "verificationStatus", "category", "class", "requester")


def table(kind: type[Resource], rows_of: Callable[[Resource], Rows]) -> Table:
    """Return the table of the files of one kind of resource."""
    name = kind.__name__
    return Table(
        name=name.lower(),
        required=(WHOLE_LINE,),
        map_records=lambda records: map_resources(records, kind, rows_of),
        pattern=pattern_of(name),
        delimiter=UNPARTED,
        endings=ENDINGS,
    )


def untaken(name: str) -> Table:
    """Return the table of a kind of resource that no feed takes."""
    return Table(
        name=name.lower(),
        required=(WHOLE_LINE,),
        pattern=pattern_of(name),
        delimiter=UNPARTED,
        endings=ENDINGS,
    )


def pattern_of(name: str) -> str:
    """Return how files of a kind are called: Patient, Patient.000, 1.Patient."""
    return rf"(?:.*[._-])?{name.lower()}(?:[._-]\d+)*"


def map_resources(
    records: pl.DataFrame, kind: type[Resource], rows_of: Callable[[Resource], Rows]
) -> Mapped:
    """Return what became of a batch of lines that should hold one kind of resource."""
    decode = msgspec.json.Decoder(kind).decode

    def rows_of_line(text: str) -> Rows:
        try:
            resource = decode(text)
        except msgspec.MsgspecError as problem:
            raise RefusedError(told(problem, kind)) from None
        return _rows(resource, kind, rows_of)

    return map_one_by_one(records, rows_of_line)


def _rows(
    resource: Resource, kind: type[Resource], rows_of: Callable[[Resource], Rows]
) -> Rows:
    if resource.resource_type != kind.__name__:
        msg = f"a resource of another kind among {kind.__name__}"
        raise RefusedError(msg)
    if not resource.id:
        msg = f"{kind.__name__}.id is missing"
        raise RefusedError(msg)
    if resource.context is not None and "context" not in kind.__annotations__:
        msg = f"{kind.__name__}.context is {EARLIER}"
        raise RefusedError(msg)
    rows = list(rows_of(resource))
    updated_at, is_in_error = resource.meta.last_updated, _is_in_error(resource)
    for feed, row in rows:
        row["source_updated_at"] = updated_at
        if is_in_error and feed not in TELLS_WITHDRAWAL:
            row["is_deleted"] = "true"
        row.setdefault("record_id", resource.id)
    return rows


def _is_in_error(resource: Resource) -> bool:
    return getattr(resource, "status", None) == "entered-in-error"


def told(problem: Exception, kind: type[Resource]) -> str:
    """Return what is wrong, by its place and without any value."""
    place = str(problem).partition("`$")[2].partition("`")[0].lstrip(".")
    if not place:
        return f"no {kind.__name__}: the line is not one JSON object of it"
    if place.split(".")[0].split("[")[0] in CHANGED:
        return f"{kind.__name__}.{place} is {EARLIER}"
    return f"{kind.__name__}.{place} is not as FHIR R4 has it"
