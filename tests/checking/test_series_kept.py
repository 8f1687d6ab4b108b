"""What is kept of every load, what the next one is judged by, and who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from expectations.series.charts import WINDOW
from expectations.series.sample import Sample
from pipelines.checking import series
from pipelines.checking.definitions import enter_definitions
from pipelines.checking.rhythm import enter_rhythms, late_deliveries
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation

LOADS, ROWS, CUT = 12, 60, 15
HEADER = "record_id,source_patient_id,test_code,value_text,unit,collected_at"
FOUND = """
    select state, applicable_count, broken_count, rows_count
    from quality.series_check_result
    where check_id = %s and source_system = 'daily'
    order by delivery_id
"""
MESSAGE = (
    b"MSH|^~\\&|LAB|H|EHR|W|20260102||ORU^R01|1|P|2.5\rPID|1||1^^^H^MR\r"
    b"OBR|1||1|2823-3^Potassium^LN|||20260101\r"
    b"OBX|1|NM|2823-3^Potassium^LN||4.1|mmol/L|||||F|||20260101\r"
)
# On the first day of measuring; told of no patient by any chart.
ONES_OWN = "987.25"


def delivered(folder: Path, number: int, rows: int) -> Path:
    """Write one day's results; return their file."""
    at = datetime.now(UTC) - timedelta(hours=5)
    lines = [
        f"r{number}-{row},p{row % 7},2345-7,{90 + (row * 7 + number) % 20},mg/dL,"
        f"{at + timedelta(minutes=row):%Y-%m-%dT%H:%M:%SZ}"
        for row in range(rows - 1)
    ]
    lines.append(f"r{number}-own,p1,2345-7,{ONES_OWN},mg/dL,{at:%Y-%m-%dT%H:%M:%SZ}")
    folder.mkdir(exist_ok=True)
    file = folder / f"lab_results-{number}.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n")
    return file


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with loads a day apart, of which the last was cut."""
    folder = tmp_path_factory.mktemp("daily")
    for settings in running_installation(tmp_path_factory.mktemp("series")):
        for number in range(LOADS + 1):
            file = delivered(folder, number, CUT if number == LOADS else ROWS)
            load(settings, file, format_name="csv", source_system="daily")
        with connect(settings, Role.OWNER) as connection:
            connection.execute(
                "update raw.delivery set received_at = now() - interval '1 day' * "
                "(%s - delivery_id)",
                (LOADS + 1,),
            )
        yield settings


LIVES = """
    select life_code from quality.incident_measure
    where check_id = %s and measured_in = 'series' and source_system = 'daily'
    order by run_number
"""


def failures_on_the_card(settings: Settings) -> int:
    """Return how many checks of completeness the scorecard says fail in the series."""
    with connect(settings, Role.QUALITY) as connection:
        (count,) = connection.execute(
            "select failed_count from quality.scorecard where measured_in = 'series' "
            "and source_system = 'daily' and kahn_category = 'Completeness'"
        ).fetchone()
    return count


def lives(settings: Settings, check_id: str) -> list[str]:
    """Return what the findings of a check made of its incident."""
    with connect(settings, Role.OWNER) as connection:
        return [life for (life,) in connection.execute(LIVES, (check_id,))]


def states(settings: Settings, check_id: str) -> list[tuple]:
    """Return what a check found at each load."""
    with connect(settings, Role.QUALITY) as connection:
        return connection.execute(FOUND, (check_id,)).fetchall()


def test_every_load_is_judged_by_those_before_it(daily: Settings) -> None:
    found = states(daily, "lab_results:series:rows")

    assert [state for state, *_ in found] == [
        *["not_applicable"] * 10,
        *["passed"] * 2,
        "failed",
    ]
    assert found[-1] == ("failed", 1, 1, CUT)
    assert lives(daily, "lab_results:series:rows") == ["new"]


def test_a_load_of_few_rows_is_judged_by_its_rows_alone(daily: Settings) -> None:
    assert len(states(daily, "lab_results:series:values")) == LOADS
    assert states(daily, "lab_results:series:values")[-1][0] == "passed"


def test_what_the_last_load_shows_is_among_the_latest_checks(daily: Settings) -> None:
    with connect(daily, Role.LOADER) as connection:
        latest = connection.execute(
            "select check_id, state from quality.latest_check "
            "where check_id like 'lab_results:series:%%' and state = 'failed'"
        ).fetchall()

    assert latest == [("lab_results:series:rows", "failed")]


def test_nothing_that_is_kept_is_one_patients_value(daily: Settings) -> None:
    with connect(daily, Role.QUALITY) as connection:
        kept = connection.execute(
            "select cast(measurement as text) from quality.series_measurement "
            "as measurement union all "
            "select cast(found as text) from quality.series_check_result as found"
        ).fetchall()

    assert len(kept) > LOADS
    assert not [text for (text,) in kept if ONES_OWN in text]


def test_a_dry_run_leaves_no_measurement(daily: Settings, tmp_path: Path) -> None:
    before = states(daily, "lab_results:series:rows")
    file = delivered(tmp_path, 99, ROWS)

    load(daily, file, format_name="csv", source_system="daily", is_dry_run=True)

    assert states(daily, "lab_results:series:rows") == before


def _no_rows_are_sampled(*_: object) -> None:
    raise AssertionError


def test_what_comes_as_it_happens_is_measured_by_no_load(
    daily: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "messages.hl7"
    file.write_bytes(MESSAGE)
    monkeypatch.setattr(Sample, "add", _no_rows_are_sampled)

    report = load(daily, file, format_name="hl7v2", source_system="stream")

    assert report.feeds["lab_results"].landed == 1
    with connect(daily, Role.QUALITY) as connection:
        (kept,) = connection.execute(
            "select count(*) from quality.series_measurement "
            "inner join raw.delivery using (delivery_id) where source_system = 'stream'"
        ).fetchone()
    assert kept == 0


def test_what_was_measured_stays_as_it_is(daily: Settings) -> None:
    with connect(daily, Role.LOADER) as connection:
        for change in (
            "update quality.series_measurement set feed = 'x'",
            "update quality.series_check_result set state = 'passed'",
            "delete from quality.series_check_result",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)
            connection.rollback()


def test_a_late_delivery_is_told_and_kept(daily: Settings) -> None:
    with connect(daily, Role.LOADER) as connection:
        in_time = late_deliveries(connection)
    with connect(daily, Role.BUILDER) as connection:
        enter_definitions(connection)
        enter_rhythms(connection, "UTC")
    rhythm = "lab_results:series:rhythm"
    assert in_time == []
    assert failures_on_the_card(daily) == 0
    assert states(daily, rhythm) == [("passed", 1, 0, LOADS + 1)]
    assert lives(daily, rhythm) == []

    with connect(daily, Role.OWNER) as connection:
        connection.execute(
            "update raw.delivery set received_at = received_at - interval '2 days'"
        )
    with connect(daily, Role.LOADER) as connection:
        late = late_deliveries(connection)
    with connect(daily, Role.BUILDER) as connection:
        enter_rhythms(connection, "UTC")

    assert [(each["source_system"], each["feed"]) for each in late] == [
        ("daily", "lab_results")
    ]
    assert states(daily, rhythm) == [("failed", 1, 1, LOADS + 1)]
    assert lives(daily, rhythm) == ["new"]
    assert failures_on_the_card(daily) == 1


@pytest.mark.parametrize(
    ("kept_loads", "years", "loads"),
    [
        # Loads of before a year that no chart compares with: 3 of the 4 beside 10.
        (10, 2, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13}),
        (12, 2, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}),
        (WINDOW, 2, set(range(1, LOADS + 2))),
        (10, 0, set(range(1, LOADS + 2))),
    ],
)
def test_measurements_of_before_a_year_are_forgotten_where_no_chart_needs_them(
    daily: Settings, kept_loads: int, years: int, loads: set[int]
) -> None:
    with connect(daily, Role.OWNER) as owner:
        owner.execute(
            "update raw.delivery set received_at = received_at - interval '1 year' * "
            "%s where delivery_id <= 4",
            (years,),
        )
        owner.execute("select quality.forget_old_measurements('another source', 0)")
        owner.execute(
            "select quality.forget_old_measurements('daily', %s)", (kept_loads,)
        )
        kept = owner.execute(
            "select distinct delivery_id from quality.series_measurement "
            "where feed = 'lab_results'"
        ).fetchall()
        owner.rollback()

    assert {delivery for (delivery,) in kept} == loads


def test_a_load_forgets_what_is_too_old(
    daily: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(daily, Role.OWNER) as owner:
        owner.execute(
            "update raw.delivery set received_at = received_at - interval '2 years' "
            "where delivery_id = 1"
        )
        monkeypatch.setattr(series, "WINDOW", 5)
        series.forget_old_measurements(owner, "daily")
        (left,) = owner.execute(
            "select count(*) from quality.series_measurement where delivery_id = 1"
        ).fetchone()
        owner.rollback()

    assert left == 0


def test_a_historical_source_is_never_late(daily: Settings) -> None:
    with connect(daily, Role.OWNER) as connection:
        connection.execute("update raw.source set is_historical = true")
    with connect(daily, Role.LOADER) as connection:
        late = late_deliveries(connection)
    with connect(daily, Role.OWNER) as connection:
        connection.execute("update raw.source set is_historical = false")

    assert late == []
