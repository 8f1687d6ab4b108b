"""Limits of laboratory values, learned once a month: proposals alone, in counts.

Nothing is judged by them before an officer has signed. Metadata holds counts.
"""

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.limits.learning import learn_limits
from pipelines.settings import Settings
from pipelines.supervision.dagster_home import WAREHOUSE_TAG

PROPOSAL = dg.AssetKey(["quality", "limit_proposal"])


@dg.asset(
    key=PROPOSAL,
    group_name="quality",
    kinds={"postgres"},
    deps=[dg.AssetKey(["marts", "fct_lab_results"])],
    description="Limits of laboratory values that the site's own results propose.",
)
def limit_proposal(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult:
    """Learn limits from the mart as it is."""
    with without_values():
        learned = learn_limits(settings)
    return dg.MaterializeResult(
        metadata={
            "groups of results": learned.cells,
            "limits proposed": learned.proposed,
            "perhaps of two units": learned.with_two_groups,
        }
    )


propose_limits = dg.define_asset_job(
    "propose_limits",
    selection=dg.AssetSelection.assets(PROPOSAL),
    description="Learns limits of laboratory values; nothing is judged by them yet.",
    tags=WAREHOUSE_TAG,
)


def build_limit_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule of learning: the first night of each month."""
    return dg.ScheduleDefinition(
        name="limits",
        job=propose_limits,
        cron_schedule="15 5 1 * *",  # after the night's rebuild, backup and proof
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
