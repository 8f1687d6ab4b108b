"""What a build fixes at its start, and what it leaves behind however it ends."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.building import BUILD_LOCK, BuildError, build_marts, building
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.dbt_program import dbt_environment, dbt_variables, quoteless
from pipelines.settings import Settings
from pipelines.terminology.loading import load_code_titles

TOUCH = "insert into raw.touched_patients (patient_key, delivery_id) values (%s, 1)"
LAST_EVENT = datetime(2110, 5, 1, tzinfo=UTC)
STOPPED = "stopped on purpose"


@pytest.fixture
def books(installation: Settings) -> Settings:
    """Return an installation whose books of builds are empty."""
    with connect(installation, Role.OWNER) as connection:
        connection.execute(
            "truncate raw.touched_patients, raw.building_patients, raw.build, "
            "raw.source_as_of; delete from raw.source"
        )
    with connect(installation, Role.BUILDER) as connection:
        load_code_titles(connection)  # else the first build takes seconds to begin
    return installation


def touch(settings: Settings, *patients: int) -> None:
    with connect(settings, Role.LOADER) as connection:
        for patient in patients:
            connection.execute(TOUCH, (patient,))


def column(settings: Settings, query: str) -> list[object]:
    """Return the first column of a query's rows."""
    with connect(settings, Role.OWNER) as connection:
        return [row[0] for row in connection.execute(query)]


def waiting(settings: Settings) -> list[object]:
    query = "select patient_key from raw.touched_patients order by touch_id"
    return column(settings, query)


def statuses(settings: Settings) -> list[object]:
    return column(settings, "select status from raw.build order by build_id")


def fail_a_build(settings: Settings) -> None:
    with building(settings):
        raise BuildError(STOPPED)


def test_a_build_clears_what_it_built_and_keeps_what_came_meanwhile(
    books: Settings,
) -> None:
    touch(books, 11, 12, 11)

    with building(books) as build:
        touch(books, 13)
        build.succeed()

    assert build.patient_count == 2
    assert waiting(books) == [13]
    assert statuses(books) == ["succeeded"]


def test_a_build_that_fails_keeps_its_patients_for_the_next(books: Settings) -> None:
    touch(books, 11)

    with pytest.raises(BuildError, match=STOPPED):
        fail_a_build(books)

    assert waiting(books) == [11]
    assert statuses(books) == ["failed"]


def test_a_killed_build_is_marked_failed_by_the_next(books: Settings) -> None:
    with connect(books, Role.OWNER) as connection:
        connection.execute(
            "insert into raw.build "
            "(started_at, is_full, last_touch_id, project_digest, status) "
            "values (now(), false, 0, 'of another time', 'running')"
        )

    with building(books) as build:
        build.succeed()

    assert statuses(books) == ["failed", "succeeded"]


def test_a_load_that_commits_late_is_never_cleared_unbuilt(books: Settings) -> None:
    built: list[object] = []

    def build_once() -> None:
        with building(books) as build:
            built.extend(
                column(
                    books, "select patient_key from raw.building_patients order by 1"
                )
            )
            build.succeed()

    with connect(books, Role.LOADER) as late:
        late.execute(TOUCH, (11,))  # takes the lower number, commits last
        touch(books, 12)
        thread = threading.Thread(target=build_once)
        thread.start()
        thread.join(timeout=1)
    thread.join()

    assert built == [11, 12]
    assert waiting(books) == []


def test_two_builds_never_run_at_once(books: Settings) -> None:
    with connect(books, Role.BUILDER, autocommit=True) as other:
        lock = "select pg_try_advisory_lock(%s)"
        with building(books) as build:
            during = other.execute(lock, (BUILD_LOCK,)).fetchone()
            build.succeed()
        after = other.execute(lock, (BUILD_LOCK,)).fetchone()

    assert during == (False,)
    assert after == (True,)


def test_today_is_now_for_a_live_source_and_the_last_event_for_a_historical_one(
    books: Settings,
) -> None:
    with connect(books, Role.OWNER) as connection:
        connection.cursor().executemany(
            "insert into raw.source values (%s, 'csv', %s, %s)",
            [("live", False, LAST_EVENT), ("historical", True, LAST_EVENT)],
        )
    before = datetime.now(UTC)

    with building(books):
        query = "select as_of from raw.source_as_of order by source_system"
        historical, live = column(books, query)

    assert historical == LAST_EVENT
    assert before <= live <= datetime.now(UTC)


def test_a_failure_names_the_models_and_writes_no_value(
    books: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = quoteless('invalid input syntax for type numeric: "Ann Miller"')
    monkeypatch.setattr(
        "pipelines.building.run_dbt", lambda *_: {"fct_lab_results": message}
    )

    with pytest.raises(BuildError, match="fct_lab_results") as caught:
        build_marts(books)

    log = books.root / "dbt" / "failures.log"
    assert "fct_lab_results" in log.read_text()
    assert "Miller" not in log.read_text() + str(caught.value)
    assert log.stat().st_mode & 0o077 == 0


def test_no_program_started_after_dbt_inherits_the_password(
    books: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_LOG_PATH", "/before")
    with dbt_variables(books):
        during = os.environ["EHR_DBT_PASSWORD"]

    assert during == dbt_environment(books)["EHR_DBT_PASSWORD"]
    assert "EHR_DBT_PASSWORD" not in os.environ
    assert os.environ["DBT_LOG_PATH"] == "/before"


def test_dbt_writes_inside_the_home_only(books: Settings) -> None:
    variables = dbt_environment(books)

    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        assert Path(variables[name]).is_relative_to(books.root)


def test_a_changed_dbt_project_is_built_in_full(books: Settings) -> None:
    with building(books) as first:
        first.succeed()
    with building(books) as unchanged:
        unchanged.succeed()
    with connect(books, Role.OWNER) as connection:
        connection.execute("update raw.build set project_digest = 'of another time'")
    with building(books) as changed:
        changed.succeed()

    assert [first.is_full, unchanged.is_full, changed.is_full] == [True, False, True]
    assert "--full-refresh" in changed.dbt_arguments
    assert unchanged.selection
    assert not changed.selection
