"""The weekly review of the audit trail, prepared for a compliance officer to sign.

Metadata holds counts, never who did what.
"""

import dagster as dg

from pipelines.access.audit_months import make_months_ahead
from pipelines.access.audit_reviews import prepare_reviews
from pipelines.assets.failures import without_values
from pipelines.settings import Settings

REVIEW = dg.AssetKey(["audit", "review"])


@dg.asset(
    key=REVIEW,
    group_name="audit",
    kinds={"postgres"},
    description="What happened in each week that is over, for somebody to sign.",
)
def weekly_review(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult:
    """Verify the trail, count the weeks that are over, make the months ahead."""
    with without_values():
        make_months_ahead(settings)
        weeks = prepare_reviews(settings)
    return dg.MaterializeResult(metadata={"weeks_prepared": len(weeks)})
