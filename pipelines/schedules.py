"""Jobs, and what starts them: the delivery folder and the night."""

import time
from collections.abc import Mapping

import dagster as dg

from pipelines.assets.raw import LAND_STEP
from pipelines.assets.warehouse import BUILD_STEP
from pipelines.deliveries import (
    Found,
    Look,
    find_deliveries,
    pick_complete,
    read_looks,
    write_looks,
)
from pipelines.settings import Settings
from pipelines.supervision.dagster_home import WAREHOUSE_TAG

LOOK_EVERY_SECONDS = 30
LAYERS = ("terminology", "staging", "intermediate", "marts")
MODELLED = dg.AssetSelection.groups(*LAYERS).materializable()

land_and_build = dg.define_asset_job(
    "land_and_build",
    selection=dg.AssetSelection.groups("raw").materializable() | MODELLED,
    description="Lands one delivery, then builds the marts of the patients it touched.",
    tags=WAREHOUSE_TAG,
)

build_marts = dg.define_asset_job(
    "build_marts",
    selection=MODELLED,
    description="Builds the marts of the patients touched since the last whole build.",
    tags=WAREHOUSE_TAG,
)

rebuild_marts = dg.define_asset_job(
    "rebuild_marts",
    selection=MODELLED,
    config={"ops": {BUILD_STEP: {"config": {"is_full": True}}}},
    description="Builds the marts of every patient anew.",
    tags=WAREHOUSE_TAG,
)

JOBS = (land_and_build, build_marts, rebuild_marts)


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


@dg.sensor(
    name="delivery_folder",
    job=land_and_build,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Lands what lies complete in EHR_HOME/deliveries/<format>/<name>.",
)
def delivery_folder(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult:
    """Request one run per complete delivery, in order of arrival, each only once."""
    found = find_deliveries(settings.deliveries_folder)
    picked, looks = pick_complete(found, read_looks(context.cursor), time.time())
    return dg.SensorResult(
        run_requests=[request_of(delivery) for delivery in picked],
        skip_reason=None if picked else reason_to_wait(looks),
        cursor=write_looks(looks),
    )


def reason_to_wait(looks: Mapping[str, Look]) -> str:
    """Return what the Dagster UI shows when nothing is picked."""
    waiting = [name for name, look in looks.items() if not look.is_picked]
    return f"not complete yet: {', '.join(waiting)}" if waiting else "nothing has come"


def request_of(delivery: Found) -> dg.RunRequest:
    """Return the run that lands a delivery; its key holds what it contains."""
    config = {"path": str(delivery.path), "format": delivery.format}
    return dg.RunRequest(
        run_key=f"{delivery.name}@{delivery.listing}",
        run_config={"ops": {LAND_STEP: {"config": config}}},
        tags={"ehr/delivery": delivery.name},
    )
