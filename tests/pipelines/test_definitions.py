"""What Dagster shows: the lineage, the jobs, the checks, and what starts by itself."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.raw import CHECK
from pipelines.assets.reports import alerts
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.deliveries import SETTLE_SECONDS
from pipelines.feeds.catalogue import FEEDS
from pipelines.schedules import LOOK_EVERY_SECONDS, delivery_folder, record_changes
from pipelines.settings import Mode, Settings
from pipelines.write_back import land_record

ACKNOWLEDGED = """
    insert into laboratory.acknowledgements (
        patient_key, lab_result_key, reading_hash, user_id, person_name
    )
    values (1, %s, repeat('a', 32), 'doctor', 'Dr. One')
"""


def keys_of(schema: str, definitions: dg.Definitions) -> set[dg.AssetKey]:
    graph = definitions.resolve_asset_graph()
    return {key for key in graph.get_all_asset_keys() if key.path[0] == schema}


def ancestors(key: dg.AssetKey, definitions: dg.Definitions) -> set[dg.AssetKey]:
    graph = definitions.resolve_asset_graph()
    found: set[dg.AssetKey] = set()
    waiting = {key}
    while waiting:
        parents = graph.get(waiting.pop()).parent_keys
        waiting |= parents - found
        found |= parents
    return found


def test_the_definitions_can_be_loaded(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_importing_the_definitions_reads_no_manifest(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import pipelines.definitions"],
        env={"EHR_HOME": str(tmp_path / "none")},
        check=False,
    )

    assert done.returncode == 0
    assert not (tmp_path / "none").exists()


def test_every_feed_is_an_asset_with_a_blocking_check(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()

    for feed in FEEDS.values():
        schema = "identity" if feed.is_identity_only else "raw"
        check = graph.get(dg.AssetCheckKey(dg.AssetKey([schema, feed.name]), CHECK))
        assert check.blocking


def test_every_mart_but_lists_of_ours_reaches_a_feed(
    definitions: dg.Definitions,
) -> None:
    feeds = {dg.AssetKey(["raw", name]) for name in FEEDS}
    marts = keys_of("marts", definitions)

    rootless = {mart for mart in marts if not ancestors(mart, definitions) & feeds}

    lists = ("dim_lab_panels", "dim_alerting_pairs", "dim_drug_ingredients")
    assert rootless == {dg.AssetKey(["marts", name]) for name in lists} < marts


def test_a_dose_that_is_given_has_no_order_built_again(
    definitions: dg.Definitions,
) -> None:
    given = dg.AssetKey(["raw", "administrations"])

    doses = dg.AssetKey(["marts", "fct_administrations"])
    assert given in ancestors(doses, definitions)
    for mart in ("fct_medication_history", "fct_dispenses", "fct_medication_alerts"):
        assert given not in ancestors(dg.AssetKey(["marts", mart]), definitions)


def test_results_reach_their_trends_through_every_layer(
    definitions: dg.Definitions,
) -> None:
    above = ancestors(dg.AssetKey(["marts", "fct_result_trends"]), definitions)

    assert {
        dg.AssetKey(["raw", "lab_results"]),
        dg.AssetKey(["staging", "stg_lab_results"]),
        dg.AssetKey(["marts", "fct_lab_results"]),
    } <= above


def test_every_asset_stands_in_the_group_of_its_layer_and_says_what_it_is(
    definitions: dg.Definitions,
) -> None:
    for spec in definitions.resolve_all_asset_specs():
        layer = "raw" if spec.key.path[0] == "identity" else spec.key.path[0]
        assert spec.group_name == layer, spec.key
        assert spec.description, spec.key


@pytest.mark.parametrize(
    ("job", "steps"),
    [
        ("land_and_build", {"land_delivery", "dbt_build", "ml__risk_score"}),
        ("write_back", {"land_record", "dbt_build"}),
        ("build_marts", {"dbt_build", "ml__risk_score"}),
        ("rebuild_marts", {"dbt_build", "ml__model", "ml__risk_score"}),
        ("prove_rebuild", {"quality__rebuild_proof"}),
        ("propose_limits", {"quality__limit_proposal"}),
        ("report_deliveries", {"quality__delivery_report"}),
        ("report_month", {"quality__monthly_report"}),
        ("conserve", {"quality__conservation", "quality__record_reconciliation"}),
    ],
)
def test_a_job_does_no_more_than_its_name_says(
    definitions: dg.Definitions, job: str, steps: set[str]
) -> None:
    assert {node.name for node in definitions.resolve_job_def(job).graph.nodes} == steps


def test_jobs_run_in_one_process_and_one_at_a_time(definitions: dg.Definitions) -> None:
    for name in (
        "land_and_build", "write_back", "build_marts", "rebuild_marts", "prove_rebuild",
    ):  # fmt: skip
        job = definitions.resolve_job_def(name)
        assert job.executor_def is dg.in_process_executor
        assert job.tags["ehr/writes"] == "warehouse"


def test_the_nightly_rebuild_and_the_delivery_folder_run_by_themselves(
    definitions: dg.Definitions,
) -> None:
    for name, job in (
        ("nightly", "rebuild_marts"),
        ("proof", "prove_rebuild"),
        ("delivery_reports", "report_deliveries"),
        ("month_report", "report_month"),
        ("conservation", "conserve"),
    ):
        schedule = definitions.resolve_schedule_def(name)
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        assert schedule.job_name == job
    for sensor in (delivery_folder, record_changes, alerts):
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert LOOK_EVERY_SECONDS <= SETTLE_SECONDS


def looked(
    settings: Settings, instance: dg.DagsterInstance
) -> tuple[list[str], str | None]:
    """Return keys of the runs that a look at the record requests, or why none is."""
    with dg.build_sensor_context(
        instance=instance, resources={"settings": settings}
    ) as context:
        result = record_changes(context)
    reason = result.skip_reason.skip_message if result.skip_reason else None
    return [request.run_key for request in result.run_requests or []], reason


def write_in_the_record(settings: Settings, key: str) -> None:
    with connect(settings, Role.DOCTOR, RECORD) as connection:
        connection.execute("select set_config('ehr.user_id', 'doctor', true)")
        connection.execute(ACKNOWLEDGED, (key,))


def test_the_record_is_brought_back_when_somebody_has_written(
    warehouse: Settings,
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        before = looked(warehouse, instance)
        write_in_the_record(warehouse, "hospital:L1")
        first, again = (looked(warehouse, instance)[0] for _ in range(2))
        land_record(warehouse)
        after = looked(warehouse, instance)
        write_in_the_record(warehouse, "hospital:L2")
        second, _ = looked(warehouse, instance)

    assert before == after == ([], "nobody has written anything new")
    assert len(first) == 1
    assert first == again  # one run, however often one looks
    assert second not in ([], first)


def test_one_run_at_a_time_brings_the_record_back(
    warehouse: Settings, definitions: dg.Definitions
) -> None:
    job = definitions.resolve_job_def("write_back")
    with dg.DagsterInstance.ephemeral() as instance:
        write_in_the_record(warehouse, "hospital:L1")
        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        during = looked(warehouse, instance)
        instance.report_run_failed(run)
        after, _ = looked(warehouse, instance)

    assert during == ([], "a run is bringing it back")
    assert len(after) == 1


def test_what_a_failed_run_landed_is_built_though_nobody_writes_more(
    warehouse: Settings, definitions: dg.Definitions
) -> None:
    job = definitions.resolve_job_def("write_back")
    with dg.DagsterInstance.ephemeral() as instance:
        write_in_the_record(warehouse, "hospital:L1")
        land_record(warehouse)
        failed = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        instance.report_run_failed(failed)
        tried_again, _ = looked(warehouse, instance)
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.SUCCESS)
        after = looked(warehouse, instance)

    assert len(tried_again) == 1
    assert after == ([], "nobody has written anything new")


def test_what_lies_under_no_format_is_told_and_not_landed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mode=Mode.TEST, _env_file=None)
    forged = settings.deliveries_folder / "operational" / "monday"
    forged.mkdir(parents=True)
    (forged / "acknowledgements.csv").write_text("record_id\n")
    (forged / "_COMPLETE").touch()

    with dg.build_sensor_context(resources={"settings": settings}) as context:
        result = delivery_folder(context)

    assert result.run_requests == []
    assert "operational: no format" in result.skip_reason.skip_message


def test_the_sensor_requests_a_complete_delivery_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mode=Mode.TEST, _env_file=None)
    monday = settings.deliveries_folder / "csv" / "monday"
    monday.mkdir(parents=True)
    (monday / "patients.csv").write_text("source_patient_id\n")
    (monday / "_COMPLETE").touch()

    with dg.build_sensor_context(resources={"settings": settings}) as context:
        first = delivery_folder(context)
    with dg.build_sensor_context(
        cursor=first.cursor, resources={"settings": settings}
    ) as context:
        second = delivery_folder(context)

    (request,) = first.run_requests
    assert request.run_config["ops"]["land_delivery"]["config"] == {
        "path": str(monday),
        "format": "csv",
        "source": "",
    }
    assert second.run_requests == []
    assert second.skip_reason.skip_message == "nothing has come"
