"""The backup of every night, and the drill of every week that restores it.

Metadata holds names and counts, never a value of a patient.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.backup.drill import backups_of, run_drill
from pipelines.backup.key_files import load_backup_keys
from pipelines.backup.making import Wanted, make_backup
from pipelines.backup.manifest import Kind
from pipelines.backup.repository import Repository
from pipelines.backup.wal import fetch_log
from pipelines.settings import Settings

BACKUP = dg.AssetKey(["backup", "backup"])
DRILL = dg.AssetKey(["quality", "restore_drill"])
# A little less than a week: the full one is due at the same hour every seventh day.
FULL_EVERY = timedelta(days=6, hours=12)
FETCH_SECONDS = 30


@dg.asset(
    key=BACKUP,
    group_name="backup",
    kinds={"postgres"},
    description="All that is not derived, sealed: daily what changed, weekly all.",
)
def backup(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Make a backup, verify it and forget those that are no longer kept."""
    with without_values():
        repository = backups_of(settings)
        wanted = Wanted(
            repository.folder,
            is_incremental=not is_full_due(settings, repository, datetime.now(UTC)),
            chains_kept=settings.backup_chains,
        )
        made = make_backup(settings, wanted, context.log.info)
    return dg.MaterializeResult(
        metadata={
            "backup": made.backup_id,
            "kind": made.kind.value,
            "bytes": made.byte_count,
            "tables": len(made.fingerprints),
            "files": len(made.files),
        }
    )


@dg.asset(
    key=DRILL,
    deps=[BACKUP],
    group_name="quality",
    kinds={"postgres"},
    description="The newest backup restored beside and compared, table by table.",
)
def restore_drill(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Restore, compare by two scan paths, remove; fail if anything differs."""
    with without_values():
        drill = run_drill(settings, context.log.info)
    if drill.problems:
        msg = f"{len(drill.problems)} problems: {drill.problems[0]}"
        raise dg.Failure(msg, allow_retries=False)
    return dg.MaterializeResult(
        metadata={
            "backup": drill.manifest.backup_id,
            "tables equal by both paths": drill.tables,
            "tables not compared": len(drill.manifest.unread_tables),
            "recovery point, seconds": drill.recovery_point_seconds,
            "recovery time, seconds": drill.recovery_time_seconds,
        }
    )


backup_job = dg.define_asset_job(
    "backup", selection=dg.AssetSelection.assets(BACKUP), description="Backs up."
)
drill_job = dg.define_asset_job(
    "restore_drill",
    selection=dg.AssetSelection.assets(DRILL),
    description="Restores the newest backup beside and compares it.",
)
BACKUP_JOBS = (backup_job, drill_job)


@dg.sensor(
    name="server_log",
    minimum_interval_seconds=FETCH_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Brings the server's log to the backups: at most a minute can be lost.",
    jobs=[backup_job],
)
def server_log(
    _context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SkipReason:
    """Fetch what the server has put out; no run is needed for it."""
    if settings.backup_folder is None:
        return dg.SkipReason("EHR_BACKUP_FOLDER is not set")
    with without_values():
        keys = load_backup_keys(settings.keys_folder)
        fetched = fetch_log(settings, backups_of(settings), keys)
    return dg.SkipReason(
        f"{fetched.segments} pieces of the log and {fetched.files} files fetched"
    )


def build_backup_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Return when backups and drills are made; they wait while no folder is set."""
    status = (
        dg.DefaultScheduleStatus.RUNNING
        if settings.backup_folder
        else dg.DefaultScheduleStatus.STOPPED
    )
    return [
        dg.ScheduleDefinition(
            name=f"{job.name}_schedule",
            job=job,
            cron_schedule=cron,
            execution_timezone=settings.time_zone,
            default_status=status,
        )
        for job, cron in ((backup_job, "30 2 * * *"), (drill_job, "30 4 * * 0"))
    ]


def is_full_due(settings: Settings, repository: Repository, now: datetime) -> bool:
    """Return whether the last full backup is a week old, or there is none."""
    opener = load_backup_keys(settings.keys_folder).opener()
    full = [
        each.manifest.holds_until
        for each in repository.all(opener)
        if each.manifest and each.manifest.kind is Kind.FULL
    ]
    return not full or now - full[-1] >= FULL_EVERY
