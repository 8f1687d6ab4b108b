"""All source formats by name."""

from pipelines.sources import csv_feeds, mimic, synthea
from pipelines.sources.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {
    adapter.name: adapter
    for adapter in (synthea.ADAPTER, mimic.ADAPTER, csv_feeds.ADAPTER)
}
