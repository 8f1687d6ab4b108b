"""Jobs, and what starts them: the delivery folder, the record and the night."""

import time
from collections.abc import Mapping, Sequence

import dagster as dg
from dagster import DagsterRunStatus

from pipelines.assets.audit import REVIEW
from pipelines.assets.raw import LAND_STEP, key_of
from pipelines.assets.record import WRITTEN
from pipelines.assets.risk import MODEL, SCORES
from pipelines.assets.warehouse import BUILD_STEP
from pipelines.build_books import Scope
from pipelines.deliveries import (
    Found,
    Look,
    find_deliveries,
    pick_complete,
    read_looks,
    write_looks,
)
from pipelines.other_record import is_other_news_waiting, other_position
from pipelines.own_code import described
from pipelines.settings import Settings
from pipelines.supervision.dagster_home import WAREHOUSE_TAG
from pipelines.write_back import (
    is_news_waiting,
    is_release_waiting,
    read_position,
)

# As often as Dagster's daemon looks at all. What a person waits for is waiting here.
LOOK_EVERY_SECONDS = 5
# What could not be landed is tried again this much later, and not at every look.
TRY_AGAIN_SECONDS = 300
LAYERS = ("terminology", "staging", "intermediate", "marts", "ml", "research")
RISK = dg.AssetSelection.assets(MODEL, SCORES)
SCORED = dg.AssetSelection.assets(SCORES)
MODELLED = dg.AssetSelection.groups(*LAYERS).materializable() - RISK
OF_RECORD = dg.AssetSelection.assets(*(key_of(feed) for feed in WRITTEN))
NEWS = {"ops": {BUILD_STEP: {"config": {"scope": Scope.NEWS.value}}}}
FULL = {"ops": {BUILD_STEP: {"config": {"scope": Scope.FULL.value}}}}
UNDER_WAY = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
]

land_and_build = dg.define_asset_job(
    "land_and_build",
    selection=(dg.AssetSelection.groups("raw").materializable() - OF_RECORD)
    | MODELLED
    | SCORED,
    description="Lands one delivery, then builds what reads it, of whom it touched.",
    tags=WAREHOUSE_TAG,
)

write_back = dg.define_asset_job(
    "write_back",
    selection=OF_RECORD | MODELLED,
    config=NEWS,
    description="Lands what people wrote, then builds what reads it.",
    tags=WAREHOUSE_TAG,
)

build_marts = dg.define_asset_job(
    "build_marts",
    selection=MODELLED | SCORED,
    description="Builds the marts of the patients touched since the last whole build.",
    tags=WAREHOUSE_TAG,
)

rebuild_marts = dg.define_asset_job(
    "rebuild_marts",
    selection=MODELLED | RISK,
    config=FULL,
    description="Builds the marts of every patient anew.",
    tags=WAREHOUSE_TAG,
)

review_audit = dg.define_asset_job(
    "review_audit",
    selection=dg.AssetSelection.assets(REVIEW),
    description="Prepares the weekly review of the audit trail.",
)

JOBS = (land_and_build, write_back, build_marts, rebuild_marts, review_audit)


def build_nightly_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule of the rebuild that lets today move on for every patient.

    What is active, due or overdue changes with the date alone, also for patients of
    whom nothing new has arrived.
    """
    return dg.ScheduleDefinition(
        name="nightly",
        job=rebuild_marts,
        cron_schedule="15 0 * * *",  # soon after the date has changed
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def build_weekly_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule of the review of the week that is over."""
    return dg.ScheduleDefinition(
        name="weekly",
        job=review_audit,
        cron_schedule="45 0 * * 1",  # Monday, after the night's rebuild has begun
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


@dg.sensor(
    name="delivery_folder",
    job=land_and_build,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Lands what lies complete in EHR_HOME/deliveries/<format>@<source>/.",
)
def delivery_folder(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult:
    """Request one run per complete delivery, in order of arrival, each only once."""
    everything = find_deliveries(settings.deliveries_folder)
    found = [delivery for delivery in everything if not delivery.naming_problem]
    problems = sorted({delivery.naming_problem or "" for delivery in everything} - {""})
    picked, looks = pick_complete(found, read_looks(context.cursor), time.time())
    return dg.SensorResult(
        run_requests=[request_of(delivery) for delivery in picked],
        skip_reason=None if picked else reason_to_wait(looks, problems),
        cursor=write_looks(looks),
    )


@dg.sensor(
    name="record_changes",
    job=write_back,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Brings back what people wrote in the record.",
)
def record_changes(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult:
    """Request a run when the record holds news, and none is under way already.

    So do facts that somebody released from quarantine: they are news to the marts.

    A run under way may have read the record before: what it missed is seen after it.
    What a failed run landed waits for a build, though nobody writes anything more.
    """
    filters = dg.RunsFilter(job_name=write_back.name, statuses=UNDER_WAY)
    if context.instance.get_runs(filters, limit=1):
        return dg.SensorResult(skip_reason="a run is bringing it back")
    problem = ""
    is_waiting = (
        is_news_waiting(settings)
        or is_release_waiting(settings)
        or _has_failed(context.instance)
    )
    if not is_waiting:
        is_waiting, problem = _look_elsewhere(settings)
    if not is_waiting:
        reason = problem or "nobody has written anything new"
        return dg.SensorResult(skip_reason=reason)
    position = read_position(settings) or "the beginning"
    if settings.record_url:
        position = f"{position} {other_position(settings)}"
    turn = int(time.time() // TRY_AGAIN_SECONDS)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"{position} {turn}")],
    )


def _has_failed(instance: dg.DagsterInstance) -> bool:
    """Return whether the newest run failed."""
    runs = instance.get_runs(dg.RunsFilter(job_name=write_back.name), limit=1)
    return any(run.status is DagsterRunStatus.FAILURE for run in runs)


def _look_elsewhere(settings: Settings) -> tuple[bool, str]:
    """Return whether another system's record holds news, or why nobody knows."""
    try:
        return is_other_news_waiting(settings), ""
    except Exception as problem:  # noqa: BLE001 - made safe to show
        return False, f"EHR_RECORD_URL was not read: {described(problem)}"


SENSORS = (delivery_folder, record_changes)


def reason_to_wait(looks: Mapping[str, Look], problems: Sequence[str] = ()) -> str:
    """Return what the Dagster UI shows when nothing is picked."""
    waiting = [name for name, look in looks.items() if not look.is_picked]
    said = [*problems]
    if waiting:
        said.append(f"not complete yet: {', '.join(waiting)}")
    return "; ".join(said) or "nothing has come"


def request_of(delivery: Found) -> dg.RunRequest:
    """Return the run that lands a delivery; its key holds what it contains."""
    config = {
        "path": str(delivery.path),
        "format": delivery.format,
        "source": delivery.source,
    }
    return dg.RunRequest(
        run_key=f"{delivery.name}@{delivery.listing}",
        run_config={"ops": {LAND_STEP: {"config": config}, **NEWS["ops"]}},
        tags={"ehr/delivery": delivery.name},
    )
