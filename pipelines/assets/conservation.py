"""Every night: is anything lost on the way, and does the record stand here as written?

Metadata holds names and counts, never a value of a patient.
"""

from collections.abc import Iterable

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.conserving.conservation import conserve, told
from pipelines.conserving.reconciliation import reconcile, told_days
from pipelines.conserving.record_days import DayState
from pipelines.conserving.steps import StepState
from pipelines.settings import Settings

CONSERVATION = dg.AssetKey(["quality", "conservation"])
RECONCILIATION = dg.AssetKey(["quality", "record_reconciliation"])
KEPT, EQUAL = "everything_is_accounted_for", "stands_as_written"


@dg.asset(
    key=CONSERVATION,
    group_name="quality",
    kinds={"postgres"},
    description="What became of every file, record, row and fact, in counts.",
    check_specs=[
        dg.AssetCheckSpec(
            KEPT,
            asset=CONSERVATION,
            description="No step from the archive to the marts loses or adds anything.",
        )
    ],
)
def conservation(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Count every step; a break fails the asset's check, and has an incident."""
    with without_values():
        found = conserve(settings)
    words = told(found)
    context.log.info(words)
    states = [each.state for each in found]
    return _result(CONSERVATION, KEPT, words, states, StepState)


@dg.asset(
    key=RECONCILIATION,
    group_name="quality",
    kinds={"postgres"},
    description="The operational record against the warehouse, by table and day.",
    check_specs=[
        dg.AssetCheckSpec(
            EQUAL,
            asset=RECONCILIATION,
            description="What people wrote stands here as it was written.",
        )
    ],
)
def record_reconciliation(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Compare every table; a day that differs fails the check, and has an incident."""
    with without_values():
        days = reconcile(settings)
    words = told_days(days)
    context.log.info(words)
    states = [each.state for each in days]
    return _result(RECONCILIATION, EQUAL, words, states, DayState)


def _result(
    key: dg.AssetKey,
    check: str,
    words: str,
    states: list[StepState] | list[DayState],
    names: Iterable[StepState] | Iterable[DayState],
) -> dg.MaterializeResult:
    """Return how many steps or days came out how; the check fails where one is bad."""
    counts = {name.value: states.count(name) for name in names}
    failed = counts.get("broken", 0) + counts.get("different", 0)
    return dg.MaterializeResult(
        asset_key=key,
        metadata={name.replace("_", " "): count for name, count in counts.items()},
        check_results=[
            dg.AssetCheckResult(
                asset_key=key,
                check_name=check,
                passed=not failed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=words,
            )
        ],
    )


conserve_all = dg.define_asset_job(
    "conserve",
    selection=dg.AssetSelection.assets(CONSERVATION, RECONCILIATION),
    description="Counts whether anything got lost from the bytes to the marts.",
)


def build_conservation_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule: before the proof, whose rebuild would mend what is wrong.

    Only builds wait, while marts are looked at.
    """
    return dg.ScheduleDefinition(
        name="conservation",
        job=conserve_all,
        cron_schedule="0 3 * * *",
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
