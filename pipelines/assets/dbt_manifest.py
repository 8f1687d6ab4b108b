"""The dbt manifest, written anew whenever the dbt project has changed.

The assets are made from it, so it must exist before Dagster loads the definitions. It
lies in EHR_HOME, not in the dbt project: installations side by side share no file.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.dbt_program import project_digest
from pipelines.parsed_project import MANIFEST, kept_manifest, parse_into
from pipelines.settings import Settings

Manifest = Mapping[str, Any]


def target_folder(settings: Settings) -> Path:
    """Return where dbt writes: manifest, compiled SQL, run results."""
    return settings.root / "dbt" / "target"


def manifest_file(settings: Settings) -> Path:
    """Return where the manifest of an installation lies."""
    return target_folder(settings) / MANIFEST


def read_manifest(manifest_file: Path) -> Manifest:
    """Return what dbt tells of its project: 6 MB, read once where it can be."""
    return json.loads(manifest_file.read_text())


def ensure_manifest(settings: Settings) -> Path:
    """Return the manifest of the dbt project as it is now; parse only if it changed.

    Raises:
        ParseError: dbt cannot parse the project.
    """
    manifest = manifest_file(settings)
    if not is_current(manifest):
        digest, kept = project_digest(), kept_manifest()
        manifest.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if kept:
            shutil.copyfile(kept, manifest)
        else:
            parse_into(manifest.parent)
        _digest_file(manifest).write_text(digest)
    return manifest


def is_current(manifest: Path) -> bool:
    """Return whether a manifest is that of the dbt project as it is now."""
    digest_file = _digest_file(manifest)
    return (
        manifest.exists()
        and digest_file.exists()
        and digest_file.read_text() == project_digest()
    )


def _digest_file(manifest: Path) -> Path:
    return manifest.with_name("project.digest")
