"""The code location: every asset, job, sensor and schedule, assembled in one place.

Importing this module does nothing; Dagster calls ``defs`` when it loads the location.
The dbt manifest must lie in EHR_HOME by then: see ``pipelines.assets.dbt_manifest``.
"""

import dagster as dg

from pipelines.assets.audit import weekly_review
from pipelines.assets.backup import (
    BACKUP_JOBS,
    backup,
    build_backup_schedules,
    restore_drill,
    server_log,
)
from pipelines.assets.conservation import (
    build_conservation_schedule,
    conservation,
    conserve_all,
    record_reconciliation,
)
from pipelines.assets.dbt_manifest import manifest_file, read_manifest
from pipelines.assets.limits import (
    build_limit_schedule,
    limit_proposal,
    propose_limits,
)
from pipelines.assets.proof import build_proof_schedule, prove, rebuild_proof
from pipelines.assets.raw import raw_feeds
from pipelines.assets.record import build_written_specs, record_feeds
from pipelines.assets.reports import (
    REPORT_JOBS,
    alerts,
    build_monthly_report,
    build_report_schedules,
    delivery_reports,
)
from pipelines.assets.risk import readmission_model, risk_scores
from pipelines.assets.warehouse import build_external_specs, build_warehouse_assets
from pipelines.resources import settings_resource
from pipelines.schedules import (
    JOBS,
    SENSORS,
    build_nightly_schedule,
    build_weekly_schedule,
)
from pipelines.settings import load_settings


@dg.definitions
def defs() -> dg.Definitions:
    """Return everything that Dagster shows and runs."""
    settings = load_settings()
    where = manifest_file(settings)
    manifest = read_manifest(where)
    return dg.Definitions(
        assets=[
            raw_feeds,
            record_feeds,
            *build_written_specs(),
            build_warehouse_assets(where, manifest),
            *build_external_specs(manifest),
            readmission_model,
            risk_scores,
            weekly_review,
            backup,
            restore_drill,
            rebuild_proof,
            limit_proposal,
            delivery_reports,
            build_monthly_report(settings.time_zone),
            conservation,
            record_reconciliation,
        ],
        jobs=(
            *JOBS,
            *BACKUP_JOBS,
            *REPORT_JOBS,
            prove,
            propose_limits,
            conserve_all,
        ),
        schedules=[
            build_nightly_schedule(settings.time_zone),
            build_weekly_schedule(settings.time_zone),
            build_proof_schedule(settings.time_zone),
            build_limit_schedule(settings.time_zone),
            build_conservation_schedule(settings.time_zone),
            *build_backup_schedules(settings),
            *build_report_schedules(settings.time_zone),
        ],
        sensors=(*SENSORS, server_log, alerts),
        resources={"settings": settings_resource},
        # A process per step costs 12 to 18 s more, and steps follow one another anyway.
        executor=dg.in_process_executor,
    )
