"""All source formats by name."""

from pipelines.sources import csv_feeds, fhir, hl7v2, mimic, synthea, uploads
from pipelines.sources.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    adapter.name: adapter
    for adapter in (
        synthea.ADAPTER,
        mimic.ADAPTER,
        fhir.ADAPTER,
        hl7v2.ADAPTER,
        csv_feeds.ADAPTER,
    )
}
# What landed may also be uploads; nobody can choose their format for a file.
LANDED_BY: dict[str, Adapter] = {**ADAPTERS, uploads.ADAPTER.name: uploads.ADAPTER}
