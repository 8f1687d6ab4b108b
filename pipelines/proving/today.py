"""Which marts may show patients as of an earlier today, told by dbt's own lineage.

What is made whole in each build has the today of that build. A mart that is built by
patients and depends on today shows whoever has no news as of their last build, until
the night; a full rebuild then differs and nothing is wrong.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.assets.dbt_manifest import read_manifest

TODAY = "source_as_of"  # the table that every rule with "today" in it reads
BY_PATIENTS = "incremental"


def marts_of_earlier_days(manifest_file: Path) -> frozenset[str]:
    """Return the models that depend on today and are built by patients.

    With them stands whatever is made of such a model.
    """
    manifest = read_manifest(manifest_file)
    readers, nodes = manifest["child_map"], manifest["nodes"]
    today = [key for key, each in manifest["sources"].items() if each["name"] == TODAY]
    kept = {
        key
        for key in _reached(readers, today)
        if nodes.get(key, {}).get("config", {}).get("materialized") == BY_PATIENTS
    }
    models = (nodes.get(key, {}) for key in kept | _reached(readers, kept))
    return frozenset(
        each["name"] for each in models if each.get("resource_type") == "model"
    )


def _reached(readers: Mapping[str, list[str]], first: Iterable[str]) -> set[str]:
    """Return what reads the first nodes, directly or through others."""
    reached: set[str] = set()
    waiting = list(first)
    while waiting:
        new = set(readers.get(waiting.pop(), [])) - reached
        reached |= new
        waiting += new
    return reached
