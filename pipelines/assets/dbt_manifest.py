"""The dbt manifest, written anew whenever the dbt project has changed.

The assets are made from it, so it must exist before Dagster loads the definitions. It
lies in EHR_HOME, not in the dbt project: installations side by side share no file.
"""

from pathlib import Path

from pipelines.dbt_program import DBT_PROJECT, project_digest
from pipelines.settings import Settings

QUIETLY = ("--quiet", "--no-version-check", "--log-level-file", "none")


class ManifestError(Exception):
    """The dbt project cannot be parsed; the message says why."""


def target_folder(settings: Settings) -> Path:
    """Return where dbt writes: manifest, compiled SQL, run results."""
    return settings.root / "dbt" / "target"


def manifest_file(settings: Settings) -> Path:
    """Return where the manifest of an installation lies."""
    return target_folder(settings) / "manifest.json"


def ensure_manifest(settings: Settings) -> Path:
    """Return the manifest of the dbt project as it is now; parse only if it changed.

    Raises:
        ManifestError: dbt cannot parse the project.
    """
    manifest = manifest_file(settings)
    if not is_current(manifest):
        digest = project_digest()
        _parse(manifest.parent)
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


def _parse(target: Path) -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - its import costs 3 s

    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    folders = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": target,
        "--log-path": target,
    }
    options = [str(part) for pair in folders.items() for part in pair]
    done = dbtRunner().invoke([*QUIETLY, "parse", *options])
    if not done.success:
        msg = f"the dbt project cannot be parsed: {done.exception}"
        raise ManifestError(msg)
