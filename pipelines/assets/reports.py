"""Printable reports as files, and what tells quality staff of incidents.

Metadata holds paths and counts, never a value of a patient.
"""

from datetime import datetime

import dagster as dg

from pipelines.alerting.telling import tell
from pipelines.assets.failures import without_values
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.reports.calendar_month import month_named
from pipelines.reports.document import Document
from pipelines.reports.keeping import delivery_file, keep, month_file
from pipelines.reports.reading import delivery_report, month_report
from pipelines.settings import Settings

DELIVERY_REPORT = dg.AssetKey(["quality", "delivery_report"])
MONTHLY_REPORT = dg.AssetKey(["quality", "monthly_report"])
# Before this month nothing can have been landed by this warehouse.
FIRST_MONTH = datetime(2026, 1, 1)  # noqa: DTZ001 - of the zone of the partitions
MOST_MADE = 500
TELL_SECONDS = 60
# What a stream brings is some seconds of it, and not measured: its report is made on
# demand.
NEWEST = """
    select delivery.delivery_id
    from raw.delivery as delivery
    where delivery.landed_at > now() - interval '7 days'
        and (
            delivery.status = 'held'
            or exists (
                select 1
                from quality.series_measurement as measurement
                where measurement.delivery_id = delivery.delivery_id
            )
        )
    order by delivery.delivery_id desc
    limit %s
"""


class WhichDelivery(dg.Config):
    """Of which delivery; 0: of all of the last week without a report."""

    delivery_id: int = 0


@dg.asset(
    key=DELIVERY_REPORT,
    group_name="quality",
    kinds={"html"},
    description="A printable report of each delivery: what came, what became of it.",
)
def delivery_reports(
    config: WhichDelivery, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Write the report of one delivery, or of those of the last week without one."""
    with without_values():
        wanted = [config.delivery_id] if config.delivery_id else _missing(settings)
        told: dict[str, object] = {}
        path = settings.reports_folder
        for delivery_id in wanted:
            report = delivery_report(settings, delivery_id)
            path = keep(report, delivery_file(settings, delivery_id))
            told = _numbers(report)
    metadata = {"path": dg.MetadataValue.path(path), "reports": len(wanted), **told}
    return dg.MaterializeResult(metadata=metadata)


def build_monthly_report(time_zone: str) -> dg.AssetsDefinition:
    """Return the asset of monthly reports, whose months are those of a time zone."""

    @dg.asset(
        key=MONTHLY_REPORT,
        group_name="quality",
        kinds={"html"},
        partitions_def=dg.MonthlyPartitionsDefinition(
            start_date=FIRST_MONTH, timezone=time_zone, end_offset=1
        ),
        description="A printable report of a month, by source, with the month before.",
    )
    def monthly_report(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult:
        """Write the report of one month; of the running one, so far."""
        with without_values():
            month = month_named(context.partition_key[:7], settings.time_zone)
            report = month_report(settings, month)
            path = keep(report, month_file(settings, month.name))
        metadata = {"path": dg.MetadataValue.path(path), **_numbers(report)}
        return dg.MaterializeResult(metadata=metadata)

    return monthly_report


report_deliveries = dg.define_asset_job(
    "report_deliveries",
    selection=dg.AssetSelection.assets(DELIVERY_REPORT),
    description="Writes the reports of new deliveries.",
)


report_month = dg.define_asset_job(
    "report_month",
    selection=dg.AssetSelection.assets(MONTHLY_REPORT),
    description="Writes the report of a month.",
)
REPORT_JOBS = (report_deliveries, report_month)


def build_report_schedules(time_zone: str) -> list[dg.ScheduleDefinition]:
    """Return when reports are written: each morning, and on the first of a month."""

    @dg.schedule(
        name="month_report",
        job=report_month,
        cron_schedule="30 5 1 * *",
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def month_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """Ask for the report of the month that is over."""
        return dg.RunRequest(
            partition_key=month_before(context.scheduled_execution_time)
        )

    every_morning = dg.ScheduleDefinition(
        name="delivery_reports",
        job=report_deliveries,
        cron_schedule="15 5 * * *",  # after the proof of the night
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return [every_morning, month_schedule]


def month_before(moment: datetime) -> str:
    """Return the first day of the month before, as partitions are named."""
    is_january = moment.month == 1
    year = moment.year - is_january
    month = 12 if is_january else moment.month - 1
    return f"{year:04}-{month:02}-01"


@dg.sensor(
    name="alerts",
    job=report_deliveries,
    minimum_interval_seconds=TELL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells quality staff what turned, by e-mail or webhook.",
)
def alerts(
    _context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SkipReason:
    """Send what has not been told; no run is needed for it."""
    if not settings.alert_channels:
        return dg.SkipReason("no channel is set up: see docs/reports.md")
    with without_values():
        done = tell(settings)
    told = [f"{each.channel}: {each.problem or f'{each.count} sent'}" for each in done]
    return dg.SkipReason("; ".join(told) or "nothing is to be told now")


def _missing(settings: Settings) -> list[int]:
    """Return the newest deliveries that have no report yet, the oldest first."""
    with connect(settings, Role.LOADER) as connection:
        newest = connection.execute(NEWEST, (MOST_MADE,)).fetchall()
    numbers = sorted(number for (number,) in newest)
    return [each for each in numbers if not delivery_file(settings, each).exists()]


def _numbers(report: Document) -> dict[str, object]:
    """Return the main numbers of a report."""
    return {name: value for name, value in report.facts if isinstance(value, int)}
