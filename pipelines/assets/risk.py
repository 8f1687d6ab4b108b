"""The readmission model and its scores: from the cohort and features that dbt builds.

Metadata holds counts and rates of groups, never a value of a patient. scikit-learn is
imported by these two assets alone: it would cost every run of the news 2 seconds.
"""

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

COHORT = dg.AssetKey(["ml", "readmission_cohort"])
FEATURES = dg.AssetKey(["ml", "readmission_features"])
MODEL = dg.AssetKey(["ml", "model"])
SCORES = dg.AssetKey(["ml", "risk_score"])


@dg.asset(
    key=MODEL,
    deps=[COHORT, FEATURES],
    group_name="ml",
    kinds={"scikitlearn", "postgres"},
    description="Thirty-day readmission model, trained anew once a week.",
)
def readmission_model(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult:
    """Train if it is time to; tell what the model is worth."""
    from models.readmission import TooLittleToLearnError  # noqa: PLC0415 - see above
    from pipelines.risk.training import (  # noqa: PLC0415
        is_due,
        newest_model,
        train_model,
    )

    with without_values():
        with connect(settings, Role.BUILDER) as connection:
            model = newest_model(connection)
        if not is_due(model):
            return dg.MaterializeResult(metadata={"trained": "not due yet"})
        try:
            trained = train_model(settings)
        except TooLittleToLearnError as problem:
            return dg.MaterializeResult(metadata={"trained": str(problem)})
        measures = trained.scorecard.measures if trained.scorecard else {}
        return dg.MaterializeResult(
            metadata={
                "training stays": trained.training_stays,
                "training events": trained.training_events,
                "test stays": trained.test_stays,
                "test events": trained.test_events,
                "shown to people": trained.why_not_shown or "yes",
                **{name: float(value) for name, value in measures.items()},
            }
        )


@dg.asset(
    key=SCORES,
    deps=[MODEL, FEATURES],
    group_name="ml",
    kinds={"scikitlearn", "postgres"},
    description="Risk at each discharge, with the three features that moved it most.",
)
def risk_scores(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult:
    """Score the stays of the patients that were built, or of everyone."""
    from pipelines.risk.scoring import score_stays, was_full  # noqa: PLC0415

    with without_values():
        scored = score_stays(settings, is_everyone=was_full(settings))
    return dg.MaterializeResult(
        metadata={
            "stays": scored.stays,
            "new scores": scored.new,
            "retired scores": scored.retired,
        }
    )
