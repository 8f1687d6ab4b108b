"""The proof of the night: marts built by patients touched against a full rebuild.

Metadata holds names and counts, never a value of a patient.
"""

import dagster as dg

from pipelines.assets.failures import without_values
from pipelines.proving.proof import Proof, ProofState, prove_rebuild
from pipelines.settings import Settings
from pipelines.supervision.dagster_home import WAREHOUSE_TAG

PROOF = dg.AssetKey(["quality", "rebuild_proof"])
MOST_NAMES = 10


@dg.asset(
    key=PROOF,
    group_name="quality",
    kinds={"postgres"},
    description="Marts built by patients touched, compared with a full rebuild.",
)
def rebuild_proof(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    """Build, rebuild and compare every mart; fail if any differs."""
    with without_values():
        proofs = prove_rebuild(settings)
    context.log.info(told(proofs))
    different = [each for each in proofs if each.state is ProofState.DIFFERENT]
    if different:
        raise dg.Failure(told(proofs), allow_retries=False)
    return dg.MaterializeResult(
        metadata={
            state.value.replace("_", " "): sum(each.state is state for each in proofs)
            for state in ProofState
        }
        | {"rows compared": sum(each.rows_count for each in proofs)}
    )


def told(proofs: list[Proof]) -> str:
    """Return in words what was proved, and which marts differ."""
    different = [each for each in proofs if each.state is ProofState.DIFFERENT]
    proved = sum(each.state is ProofState.EQUAL for each in proofs)
    rows = sum(each.rows_count for each in proofs)
    if not different:
        return f"{proved} marts, {rows:,} rows: as a full rebuild gives them"
    names = ", ".join(
        f"{each.mart} (of {each.different_count:,} patients)"
        for each in different[:MOST_NAMES]
    )
    return f"{len(different)} marts were not what a full rebuild gives: {names}"


prove = dg.define_asset_job(
    "prove_rebuild",
    selection=dg.AssetSelection.assets(PROOF),
    description="Proves that builds by patients touched equal a full rebuild.",
    tags=WAREHOUSE_TAG,
)


def build_proof_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule of the proof: when the night's rebuild and backup are over.

    Whatever lands meanwhile waits for as long as a rebuild of all marts takes.
    """
    return dg.ScheduleDefinition(
        name="proof",
        job=prove,
        cron_schedule="30 3 * * *",
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
