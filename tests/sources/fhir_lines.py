"""Lines of FHIR through the adapter: the rows that they become, or why none."""

import json
from typing import Any

import polars as pl

from pipelines.sources.adapter import LINE, WHOLE_LINE, Mapped
from pipelines.sources.fhir import ADAPTER

PATIENT = {"reference": "urn:uuid:p1"}
VISIT = {"reference": "Encounter/e1"}


def mapped(kind: str, *lines: str) -> Mapped:
    """Return what the adapter makes of lines of a file of a kind."""
    table = ADAPTER.table_of(kind)
    records = pl.DataFrame({WHOLE_LINE: [*lines], LINE: [*range(1, len(lines) + 1)]})
    return table.map_records(records)


def rows(kind: str, feed: str, **parts: Any) -> list[dict[str, Any]]:
    """Return the rows of a feed that a resource becomes, without what is empty."""
    resource = {"resourceType": kind, "id": "r1", **parts}
    found = mapped(kind, json.dumps(resource))
    assert not found.refused.height
    assert not found.excluded.height
    assert set(found.feeds) == {feed}
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in found.feeds[feed].iter_rows(named=True)
    ]


def row(kind: str, feed: str, **parts: Any) -> dict[str, Any]:
    """Return the only row that a resource becomes."""
    (only,) = rows(kind, feed, **parts)
    return only


def refusal(kind: str, line: str) -> str:
    """Return why a line is refused."""
    found = mapped(kind, line)
    assert not found.feeds
    return found.refused["reason"].item()


def left_out(kind: str, **parts: Any) -> str:
    """Return why a resource is in no feed."""
    found = mapped(kind, json.dumps({"resourceType": kind, "id": "r1", **parts}))
    assert not found.feeds
    return found.excluded["reason"].item()


def concept(code: str, system: str = "http://loinc.org", text: str = "") -> dict:
    """Return a concept of one code."""
    coding = {"system": system, "code": code, "display": text or None}
    return {"coding": [coding], "text": text or None}
