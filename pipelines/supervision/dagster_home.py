"""Dagster's own folder, ``EHR_HOME/dagster``: its settings and its workspace.

The files hold no password: the address of the run storage comes from the environment of
the processes that ``ehr up`` starts.
"""

import hashlib
import tempfile
from pathlib import Path

import yaml

from pipelines.database.connections import sqlalchemy_url
from pipelines.database.roles import Role
from pipelines.settings import PROJECT, Settings

STORAGE_VARIABLE = "EHR_DAGSTER_STORAGE_URL"
LOCATION = "ehr_warehouse"
DATABASE = "dagster"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107, Dagster's lock adds a little
LONGEST_RUN_SECONDS = 6 * 3600
LONGEST_START_SECONDS = 300
# A queued run is somebody waiting for what they wrote to come back.
LOOK_AT_QUEUE_SECONDS = 1

# Runs with this tag write to the warehouse: one at a time, in order of arrival.
WAREHOUSE_TAG = {"ehr/writes": "warehouse"}


def dagster_folder(settings: Settings) -> Path:
    """Return DAGSTER_HOME."""
    return settings.root / "dagster"


def workspace_file(settings: Settings) -> Path:
    """Return the workspace of the running services: one code server for all."""
    return dagster_folder(settings) / "workspace.yaml"


def code_socket(settings: Settings) -> Path:
    """Return the code server's socket, in a folder that nobody else may enter."""
    usual = settings.root / "run" / "code-server.sock"
    if len(str(usual)) <= LONGEST_SOCKET_PATH:
        return usual
    digest = hashlib.sha256(str(settings.root).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ehr-{digest}-run" / usual.name


def storage_url(settings: Settings) -> str:
    """Return the address of the run storage, password included.

    The driver is named: SQLAlchemy would take psycopg 3, where Dagster's NOTIFY fails.
    """
    return sqlalchemy_url(settings, Role.DAGSTER, DATABASE, "psycopg2")


def write_dagster_folder(settings: Settings) -> None:
    """Write Dagster's settings and workspace as they should be now."""
    folder = dagster_folder(settings)
    for path in (folder, code_socket(settings).parent):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_yaml(folder / "dagster.yaml", instance_settings(folder))
    _write_yaml(workspace_file(settings), workspace(settings))


def workspace(settings: Settings) -> dict:
    """Return the workspace: the definitions, served through a socket."""
    server = {"socket": str(code_socket(settings)), "location_name": LOCATION}
    return {"load_from": [{"grpc_server": server}]}


def instance_settings(folder: Path) -> dict:
    """Return Dagster's settings; it writes to PostgreSQL and below ``folder`` only."""
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "storage": {
            "custom": {
                "module": "pipelines.supervision.pooled_storage",
                "class": "PooledPostgresStorage",
                "config": {"postgres_url": {"env": STORAGE_VARIABLE}},
            }
        },
        "compute_logs": {
            "module": "dagster.core.storage.local_compute_log_manager",
            "class": "LocalComputeLogManager",
            "config": {"base_dir": str(folder / "compute_logs")},
        },
        "local_artifact_storage": {
            "module": "dagster.core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": str(folder / "artifacts")},
        },
        **_run_settings(),
        "retention": {
            "schedule": {"purge_after_days": 90},
            # They look every few seconds, and what they skip tells nothing later.
            "sensor": {"purge_after_days": {"skipped": 1, "failure": 90}},
        },
    }


def _run_settings() -> dict:
    key, value = next(iter(WAREHOUSE_TAG.items()))
    return {
        "run_queue": {"dequeue_interval_seconds": LOOK_AT_QUEUE_SECONDS},
        "concurrency": {
            "runs": {
                "max_concurrent_runs": 2,
                "tag_concurrency_limits": [{"key": key, "value": value, "limit": 1}],
            }
        },
        "run_monitoring": {
            "enabled": True,
            "start_timeout_seconds": LONGEST_START_SECONDS,
            "max_runtime_seconds": LONGEST_RUN_SECONDS,
        },
        # A run whose process died is tried once more. A failed step is not: the same
        # delivery would fail again, and somebody must look at it.
        "run_retries": {
            "enabled": True,
            "max_retries": 1,
            "retry_on_asset_or_op_failure": False,
        },
    }


def _write_yaml(path: Path, content: dict) -> None:
    header = (
        f"# Written by `ehr up` ({PROJECT.name}); changes are lost at the next one.\n"
    )
    path.write_text(header + yaml.safe_dump(content, sort_keys=False))
