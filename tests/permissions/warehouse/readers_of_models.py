"""Who reads what dbt builds, as the models' own files say it (``meta.readers``)."""

import json
from typing import Any, NamedTuple

from pipelines.assets.dbt_manifest import ensure_manifest
from pipelines.settings import Settings


class Reading(NamedTuple):
    """The model of a relation, and the roles that it is for."""

    model: str
    roles: frozenset[str]


Readers = dict[str, Reading]


def manifest_of(settings: Settings) -> dict[str, Any]:
    """Return dbt's manifest of the project as it is now."""
    return json.loads(ensure_manifest(settings).read_text())


def readers_of(manifest: dict[str, Any]) -> Readers:
    """Return who reads each table that dbt builds with a list of readers."""
    return {
        f"{node['schema']}.{node['name']}": Reading(
            model, frozenset(node["config"]["meta"]["readers"])
        )
        for model, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "view"
    }
