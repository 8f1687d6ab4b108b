"""Which services an installation has, and with which commands they start."""

import os
import sys
from pathlib import Path

from pydantic import SecretStr

from pipelines.dbt_program import project_digest
from pipelines.settings import PROJECT, Settings
from pipelines.supervision import health
from pipelines.supervision.dagster_gate import supervision_key
from pipelines.supervision.dagster_home import (
    LOCATION,
    STORAGE_VARIABLE,
    code_socket,
    dagster_folder,
    storage_url,
    workspace_file,
)
from pipelines.supervision.service import HOST, Service

PROGRAMS = Path(sys.executable).parent  # the programs of this very environment

# Nothing is reported to the makers of the programs.
SILENCE = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a service: this one's, with all settings written out.

    A service must not depend on the folder or ``.env`` that ``ehr up`` was run with.
    """
    written = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        written[f"EHR_{name.upper()}"] = "" if value is None else str(value)
    written["EHR_HOME"] = str(settings.root)
    return {**os.environ, **SILENCE, **written, "PYTHONUNBUFFERED": "1"}


def dagster_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of Dagster's programs."""
    return {
        **settings_environment(settings),
        "DAGSTER_HOME": str(dagster_folder(settings)),
        # Errors of the database and of readers can quote patients' values.
        "DAGSTER_REDACT_USER_CODE_ERRORS": "1",
        STORAGE_VARIABLE: storage_url(settings),
    }


def code_server(settings: Settings) -> Service:
    """Return the server that holds the definitions and starts the runs.

    One for web server and daemon: each would start its own, 250 MB and 10 s apiece.
    """
    command = (
        *(sys.executable, "-m", "dagster", "api", "grpc"),
        *("--module-name", "pipelines.definitions"),
        *("--working-directory", str(PROJECT)),
        *("--socket", str(code_socket(settings))),
        *("--location-name", LOCATION, "--log-level", "warning"),
    )
    return Service(
        name="code-server",
        title="Dagster code server",
        command=command,
        environment={
            **dagster_environment(settings),
            # It reads the dbt manifest once: another project, another start.
            "EHR_DBT_PROJECT_DIGEST": project_digest(),
        },
        root=settings.root,
        is_ready=lambda _: health.socket_accepts(code_socket(settings)),
        grace_seconds=30,  # a run rolls back before it ends
    )


def web_server(settings: Settings) -> Service:
    """Return Dagster's pages, which know no sign-in: ours is asked before them.

    And no website that somebody visits on this machine gets anything
    (``same_origin``).
    """
    port = settings.dagster_port
    command = (
        *(sys.executable, "-m", "pipelines.supervision.dagster_pages"),
        *(
            "-w",
            str(workspace_file(settings)),
            "-h",
            HOST,
            "-p",
            str(port),
            "--log-level",
            "warning",
        ),
    )
    return Service(
        name="dagster-webserver",
        title="Dagster UI",
        command=command,
        environment=dagster_environment(settings),
        root=settings.root,
        is_ready=lambda _: health.definitions_are_loaded(dagster_door(settings)),
        port=port,
        port_setting="EHR_DAGSTER_PORT",
    )


def dagster_door(settings: Settings) -> health.Door:
    """Return the way to Dagster's pages for who supervises them."""
    has_tls = settings.tls_certificate is not None
    return health.Door(settings.dagster_port, has_tls, supervision_key(settings))


def daemon(settings: Settings) -> Service:
    """Return what looks at the sensor, the schedule and the queue of runs."""
    command = (
        *(str(PROGRAMS / "dagster-daemon"), "run"),
        *("-w", str(workspace_file(settings)), "--log-level", "warning"),
    )
    return Service(
        name="dagster-daemon",
        title="Dagster daemon",
        command=command,
        environment=dagster_environment(settings),
        root=settings.root,
        is_ready=lambda since: health.daemons_beat(dagster_door(settings), since),
    )


def dashboards(settings: Settings) -> Service:
    """Return the pages that people work in."""
    port = settings.dashboard_port
    door = health.Door(port, settings.tls_certificate is not None)
    command = (sys.executable, "-m", "dashboards.serving")
    return Service(
        name="dashboards",
        title="Dashboards",
        command=command,
        environment=settings_environment(settings),
        root=settings.root,
        is_ready=lambda _: health.page_answers(door, "/_stcore/health"),
        port=port,
        port_setting="EHR_DASHBOARD_PORT",
    )
