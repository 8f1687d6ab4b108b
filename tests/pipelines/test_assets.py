"""Deliveries through Dagster: what is landed, checked, held, built and told."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines import own_code
from pipelines.assets.failures import without_values
from pipelines.assets.raw import raw_feeds
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.dbt_program import quoteless
from pipelines.settings import Settings

POTASSIUM = "P1,2823-3,LOINC,4.1,mmol/L,2026-02-01T07:40:00Z"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def write_lab_results(folder: Path, *lines: str) -> Path:
    header = "source_patient_id,test_code,code_system,value_text,unit,collected_at"
    folder.mkdir(parents=True)
    (folder / "lab_results.csv").write_text("\n".join((header, *lines, "")))
    return folder


def land(
    folder: Path, warehouse: Settings, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    config = {"path": str(folder), "format": "csv"}
    return dg.materialize(
        [raw_feeds],
        instance=instance,
        resources={"settings": warehouse},
        run_config={"ops": {"land_delivery": {"config": config}}},
        raise_on_error=False,
    )


def check_of_lab_results(
    result: dg.ExecuteInProcessResult,
) -> dg.AssetCheckEvaluation:
    (evaluation,) = [
        each
        for each in result.get_asset_check_evaluations()
        if each.asset_key == dg.AssetKey(["raw", "lab_results"])
    ]
    return evaluation


def metadata_of_lab_results(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    (told,) = [
        each
        for each in result.asset_materializations_for_node("land_delivery")
        if each.asset_key == dg.AssetKey(["raw", "lab_results"])
    ]
    return {name: value.value for name, value in told.metadata.items()}


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    (event,) = [event for event in result.all_events if event.is_step_failure]
    return str(event.step_failure_data.user_failure_data.description)


def everything_said(result: dg.ExecuteInProcessResult) -> str:
    return "".join(map(repr, result.all_events))


def landed_results(warehouse: Settings) -> int:
    with connect(warehouse, Role.LOADER) as connection:
        row = connection.execute("select count(*) from raw.lab_results").fetchone()
    return row[0] if row else 0


def test_what_is_landed_and_refused_is_counted_and_no_value_is_told(
    tmp_path: Path, warehouse: Settings, instance: dg.DagsterInstance
) -> None:
    unreadable = POTASSIUM.replace("2026-02-01T07:40:00Z", "last Sunday")
    folder = write_lab_results(tmp_path / "monday", POTASSIUM, unreadable)

    result = land(folder, warehouse, instance)

    assert result.success
    assert landed_results(warehouse) == 1
    told = metadata_of_lab_results(result)
    assert (told["rows made"], told["rows landed"], told["rows refused"]) == (2, 1, 1)
    assert check_of_lab_results(result).severity is dg.AssetCheckSeverity.WARN
    assert "last Sunday" not in everything_said(result)


def test_a_delivery_that_repeats_what_is_known_lands_nothing(
    tmp_path: Path, warehouse: Settings, instance: dg.DagsterInstance
) -> None:
    land(write_lab_results(tmp_path / "monday", POTASSIUM), warehouse, instance)

    again = write_lab_results(tmp_path / "tuesday", POTASSIUM)
    told = metadata_of_lab_results(land(again, warehouse, instance))

    assert (told["rows landed"], told["rows unchanged"]) == (0, 1)


def test_a_held_delivery_fails_its_check_and_its_run_and_lands_nothing(
    tmp_path: Path, warehouse: Settings, instance: dg.DagsterInstance
) -> None:
    unreadable = POTASSIUM.replace("2026-02-01T07:40:00Z", "last Sunday")
    folder = write_lab_results(tmp_path / "monday", POTASSIUM, *[unreadable] * 30)

    result = land(folder, warehouse, instance)

    assert not result.success
    assert landed_results(warehouse) == 0
    assert check_of_lab_results(result).severity is dg.AssetCheckSeverity.ERROR
    assert result.asset_materializations_for_node("land_delivery") == []
    assert "is held" in failure_of(result)
    assert "last Sunday" not in everything_said(result)


def test_a_delivery_becomes_marts_in_one_run(
    tmp_path: Path,
    warehouse: Settings,
    instance: dg.DagsterInstance,
    definitions: dg.Definitions,
) -> None:
    folder = write_lab_results(tmp_path / "monday", POTASSIUM)
    (folder / "patients.csv").write_text(
        "source_patient_id,sex_code,birth_date\nP1,F,1956-08-03\n"
    )
    config = {"path": str(folder), "format": "csv"}

    result = definitions.resolve_job_def("land_and_build").execute_in_process(
        instance=instance,
        resources={"settings": warehouse},
        run_config={"ops": {"land_delivery": {"config": config}}},
    )

    built = {
        each.asset_key for each in result.asset_materializations_for_node("dbt_build")
    }
    assert dg.AssetKey(["marts", "fct_lab_results"]) in built
    assert all(check.passed for check in result.get_asset_check_evaluations())
    with connect(warehouse, Role.BUILDER) as connection:
        results = connection.execute("select value_number from marts.fct_lab_results")
        waiting = connection.execute("select count(*) from raw.touched_patients")
        assert [str(number) for (number,) in results] == ["4.1"]
        assert waiting.fetchone() == (0,)


def test_an_error_of_ours_is_told_in_its_own_words() -> None:
    class DeliveryError(Exception):
        __module__ = "pipelines.landing.discovery"

    message = "there is nothing to load"

    with pytest.raises(dg.Failure, match=message), without_values():
        raise DeliveryError(message)


def test_an_error_of_others_is_told_by_kind_and_place_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = "invalid input syntax for type date: 'Ada Example'"
    # What raises here stands for a step: a line of ours, reached from a line of ours.
    monkeypatch.setattr(own_code, "OWN_PACKAGES", ("pipelines", "tests"))

    with pytest.raises(dg.Failure) as caught, without_values():
        raise ValueError(message)

    told = str(caught.value.description)
    assert told.startswith("ValueError at ")
    assert "test_assets.py" in told
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'null value in column "unit" of relation "fct_lab_results"\n'
            "  DETAIL:  Failing row contains (7, Ada Example, 4.1).",
            'null value in column "unit" of relation "fct_lab_results"',
        ),
        (
            'invalid input syntax for type numeric: "Ada Example"',
            "invalid input syntax for type numeric: …",
        ),
        (
            'duplicate key value violates unique constraint "pk"\n'
            "  DETAIL:  Key (patient_key)=(7) already exists.",
            'duplicate key value violates unique constraint "pk"',
        ),
        (
            'invalid input syntax for type numeric: "4.1\nAda Example"',
            "invalid input syntax for type numeric: …",
        ),
        (
            'value "2025550143" is out of range for type integer',
            "value … is out of range for type integer",
        ),
        (
            'new row for relation "fct_notes" violates check constraint "c"\n'
            "  DETAIL:  Failing row contains (7, first line\nAda Example, 4.1).",
            'new row for relation "fct_notes" violates check constraint "c"',
        ),
    ],
)
def test_what_dbt_says_is_told_without_the_rows_it_quotes(said: str, told: str) -> None:
    assert quoteless(said) == told
