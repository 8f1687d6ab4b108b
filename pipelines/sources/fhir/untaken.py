"""Kinds of resources that no feed takes yet: their lines are counted as excluded."""

from pipelines.sources.fhir.mapping import untaken

TABLES = tuple(untaken(name) for name in ("Goal", "Location", "Medication"))
