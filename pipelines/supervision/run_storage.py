"""Prepares Dagster's run storage before any service uses it: ``python -m`` this module.

Web server and daemon would otherwise make the tables at the same moment, and runs whose
process was killed together with its code server would stay "started" for ever.
"""

import sys

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

LAUNCHED_BY_CODE_SERVER = ".dagster/grpc_info"
IN_PROGRESS = [
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
LOST = "The process of this run is gone: it was killed, or the machine stopped."


def fail_lost_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs in progress as failed, and return how many there were.

    Call it only while no code server runs: their processes were its children. Runs that
    somebody started by hand, without a code server, are left alone.
    """
    runs = [
        run
        for run in instance.get_runs(RunsFilter(statuses=IN_PROGRESS))
        if LAUNCHED_BY_CODE_SERVER in run.tags
    ]
    for run in runs:
        if run.status == DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, LOST)
        else:
            instance.report_run_failed(run, LOST)
    return len(runs)


def main() -> None:
    """Bring the tables up to date and close lost runs; say how many."""
    with dg.DagsterInstance.get() as instance:
        instance.upgrade()
        if lost := fail_lost_runs(instance):
            sys.stdout.write(f"runs whose process was gone, marked failed: {lost}\n")


if __name__ == "__main__":
    main()
