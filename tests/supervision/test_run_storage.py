"""Which runs are closed when the code server starts anew."""

import dagster as dg
import pytest
from dagster import DagsterRunStatus

from pipelines.supervision.run_storage import LAUNCHED_BY_CODE_SERVER, fail_lost_runs


def add_run(
    instance: dg.DagsterInstance, status: DagsterRunStatus, *, by_hand: bool = False
) -> str:
    tags = {} if by_hand else {LAUNCHED_BY_CODE_SERVER: '{"socket": "s"}'}
    run = dg.DagsterRun(job_name="land_and_build", status=status, tags=tags)
    return instance.add_run(run).run_id


def status_of(instance: dg.DagsterInstance, run_id: str) -> DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DagsterRunStatus.STARTING, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.CANCELING, DagsterRunStatus.CANCELED),
        (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.NOT_STARTED),
        (DagsterRunStatus.SUCCESS, DagsterRunStatus.SUCCESS),
    ],
)
def test_runs_whose_process_is_gone_are_closed(
    before: DagsterRunStatus, after: DagsterRunStatus
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run_id = add_run(instance, before)

        lost = fail_lost_runs(instance)

        assert status_of(instance, run_id) is after
        assert lost == (before is not after)


def test_a_run_that_somebody_started_by_hand_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run_id = add_run(instance, DagsterRunStatus.STARTED, by_hand=True)

        fail_lost_runs(instance)

        assert status_of(instance, run_id) is DagsterRunStatus.STARTED
