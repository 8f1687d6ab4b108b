"""Writes the dbt sources of schema ``raw`` from the feeds' contracts.

``python -m pipelines.feeds.dbt_sources`` rewrites the file; a test holds that the file
in the repository is what this module makes. Nothing here is written by hand in dbt.
"""

from pathlib import Path

import yaml

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Column, Feed

SOURCES_FILE = (
    Path(__file__).parents[2] / "dbt_project/models/staging/_raw__sources.yml"
)

_HEADER = (
    "# Written by `python -m pipelines.feeds.dbt_sources`; change the contracts.\n"
)

_KEY_COLUMNS = {
    "source_system": "Source that the fact comes from.",
    "record_id": "Id of the fact within its source.",
}
_PATIENT_COLUMN = {"patient_key": "Key of the patient."}
_VERSION_COLUMNS = {
    "is_closed": "Whether this version ends the fact: deleted or entered in error.",
    "version_at": "When the source made this version, else when it was received.",
    "known_from": "When the warehouse received this version.",
    "adapter_revision": "Revision of the adapter that read it.",
    "delivery_id": "Delivery that it came with.",
    "file_id": "File within the delivery.",
    "line_number": "Line within the file.",
    "content_hash": "Keyed hash of the content.",
}
_CONTROL_TABLES = {
    "source": (
        "One row per source system.",
        {
            "source_system": "Name of the source.",
            "adapter": "Adapter that reads it.",
            "is_historical": "Whether it is a closed collection, without a today.",
            "last_event_at": "Time of its last event.",
        },
    ),
    "delivery": (
        "One row per load of a folder or file.",
        {
            "delivery_id": "Key of the delivery.",
            "source_system": "Source that it came from.",
        },
    ),
    "delivery_file": (
        "One row per file of a delivery.",
        {
            "file_id": "Key of the file.",
            "delivery_id": "Delivery that it came with.",
            "received_at": "When it was received; known_from of its rows.",
        },
    ),
    "delivery_feed": (
        "Rows that one file made of one feed.",
        {
            "file_id": "File that they were read from.",
            "feed": "Feed that they were made of.",
            "landed": "How many landed.",
        },
    ),
    "source_as_of": (
        "Today of every source, fixed at the start of the build.",
        {
            "source_system": "Name of the source.",
            "as_of": "Today of a live source, the last event of a historical one.",
        },
    ),
    "merged_patients": (
        "Patient keys that go on under another one, fixed at the start of the build.",
        {
            "patient_key": "Key that facts came with.",
            "surviving_patient_key": "Key that the person goes on under.",
        },
    ),
    "moved_facts": (
        "Facts that have versions under more than one patient key, and which.",
        {
            "feed": "Feed of the fact.",
            "source_system": "Source that the fact comes from.",
            "record_id": "Id of the fact within its source.",
            "patient_key": "Key of a patient whom it is or was of.",
        },
    ),
    "building_patients": (
        "Patients that this build computes anew, fixed at its start.",
        {"patient_key": "Key of the patient."},
    ),
}


def source_of(feed: Feed) -> str:
    """Return the dbt source that models read a feed from.

    Facts of patients are read by person (schema ``persons``), so that merges hold in
    every model; what is about no patient, and the merges themselves, as they landed.
    """
    is_by_person = feed.has_patient and feed.name != "patient_links"
    return "persons" if is_by_person else "raw"


def raw_sources() -> dict:
    """Return the sources of schemas ``raw`` and ``persons`` as dbt properties."""
    feeds = [feed for feed in FEEDS.values() if not feed.is_identity_only]
    control = [
        _table(name, meaning, columns)
        for name, (meaning, columns) in _CONTROL_TABLES.items()
    ]
    landed = [_feed_table(feed) for feed in feeds if source_of(feed) == "raw"]
    by_person = [_feed_table(feed) for feed in feeds if source_of(feed) == "persons"]
    return {
        "sources": [
            {
                "name": "raw",
                "schema": "raw",
                "description": "Facts of no patient; the books of loads and builds.",
                "tables": landed + control,
            },
            {
                "name": "persons",
                "schema": "persons",
                "description": (
                    "Every version of every fact of a patient, as it landed in raw, "
                    "under the key that the person goes on under."
                ),
                "tables": by_person,
            },
        ]
    }


def render() -> str:
    """Return the content of the sources file."""
    body = yaml.safe_dump(raw_sources(), sort_keys=False, allow_unicode=True, width=88)
    return _HEADER + body


def _feed_table(feed: Feed) -> dict:
    patient = _PATIENT_COLUMN if feed.has_patient else {}
    contract = {
        _raw_name(column, feed): _describe(column) for column in feed.raw_columns
    }
    columns = _KEY_COLUMNS | patient | contract | _VERSION_COLUMNS
    table = _table(feed.name, feed.meaning, columns)
    if source_of(feed) == "persons":
        # In the lineage the view is the feed that landed.
        table["config"] = {"meta": {"dagster": {"asset_key": ["raw", feed.name]}}}
    return table


def _raw_name(column: Column, feed: Feed) -> str:
    if column.name in feed.patient_references:
        return column.name.removesuffix("_id") + "_key"
    return column.name


def _describe(column: Column) -> str:
    return f"{column.meaning} Unit: {column.unit}." if column.unit else column.meaning


def _table(name: str, meaning: str, columns: dict[str, str]) -> dict:
    described = [
        {"name": column, "description": description}
        for column, description in columns.items()
    ]
    return {"name": name, "description": meaning, "columns": described}


if __name__ == "__main__":
    SOURCES_FILE.write_text(render(), encoding="utf-8")
