"""Reports as Dagster's assets, alerts as its sensor, and both by command."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.alerting import telling
from pipelines.assets.reports import (
    alerts,
    build_monthly_report,
    build_report_schedules,
    delivery_reports,
    month_before,
)
from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.record.laboratory import line
from tests.reporting.receivers import posting


def made(settings: Settings, asset: dg.AssetsDefinition, **options: object) -> dict:
    """Return the metadata of an asset that was made."""
    result = dg.materialize(
        [asset], resources={"settings": settings}, instance=None, **options
    )
    (event,) = result.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    return {name: each.value for name, each in metadata.items()}


def test_each_delivery_without_a_report_gets_one(
    installation: Settings, deliver: Callable[..., int]
) -> None:
    first, second = deliver(line("A1")), deliver(line("B1"), line("B2"))
    before = made(installation, delivery_reports)
    folder = installation.reports_folder / "deliveries"
    paths = [folder / f"delivery-{each}.html" for each in (first, second)]

    assert before["reports"] == 2
    assert before["path"] == str(paths[1])
    assert before["Rows landed"] == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)
    assert made(installation, delivery_reports)["reports"] == 0


def test_the_report_of_one_delivery_is_made_anew_when_it_is_asked_for(
    installation: Settings, deliver: Callable[..., int]
) -> None:
    number = deliver(line("A1"))
    path = installation.reports_folder / "deliveries" / f"delivery-{number}.html"
    config = {"ops": {"quality__delivery_report": {"config": {"delivery_id": number}}}}
    made(installation, delivery_reports, run_config=config)
    path.write_text("old")

    assert made(installation, delivery_reports, run_config=config)["reports"] == 1
    assert f"Delivery {number} of " in path.read_text()


def test_a_month_is_a_partition(installation: Settings) -> None:
    asset = build_monthly_report("UTC")
    told = made(installation, asset, partition_key="2026-02-01")

    assert told["path"].endswith("reports/months/month-2026-02.html")
    assert told["Deliveries landed"] == 0


def test_on_the_first_of_a_month_the_month_before_is_asked_for() -> None:
    _, monthly = build_report_schedules("Europe/Berlin")
    now = datetime(2026, 3, 1, 5, 30, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=now) as context:
        asked = monthly(context)

    assert asked.partition_key == "2026-02-01"
    assert month_before(datetime(2026, 1, 1, tzinfo=UTC)) == "2025-12-01"


def test_the_sensor_tells_what_is_new(
    installation: Settings, deliver: Callable[..., int]
) -> None:
    deliver(*(line(f"H{each}", code="") for each in range(60)))
    with posting() as posted:
        there = installation.model_copy(
            update={
                "alert_webhook_url": posted.address,
                "alert_webhook_secret": Settings.model_validate(
                    {"alert_webhook_secret": "x"}
                ).alert_webhook_secret,
            }
        )
        said = [
            alerts(dg.build_sensor_context(resources={"settings": each})).skip_message
            for each in (installation, there, there)
        ]

    assert said[0].startswith("no channel is set up")
    assert said[1].startswith("webhook: ")
    assert said[1].endswith(" sent")
    assert said[2] == "nothing is to be told now"
    assert len(posted.requests) == 1


def test_nothing_is_entered_while_no_channel_is_set_up(
    installation: Settings, deliver: Callable[..., int]
) -> None:
    deliver(*(line(f"N{each}", code="") for each in range(60)))
    with connect(installation, Role.LOADER) as loader:
        turns = "select count(*) from quality.incident_measure where life_code = 'new'"
        entered = "select count(*) from quality.alert"
        before = loader.execute(entered).fetchone()
        assert telling.tell(installation) == []
        assert loader.execute(turns).fetchone() > (0,)
        assert loader.execute(entered).fetchone() == before


def test_a_command_writes_a_report_where_it_is_told(
    installation: Settings,
    deliver: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    monkeypatch.setenv("EHR_HOME", str(installation.root))
    number = deliver(line("A1"))
    output = tmp_path_factory.mktemp("reports") / "new" / "report.html"
    asked = ["report", "delivery", str(number), "--output", str(output)]
    done = CliRunner().invoke(app, asked)
    month = CliRunner().invoke(app, ["report", "month", "2026-02"])

    assert done.exit_code == 0, done.output
    assert f"Delivery {number} of " in output.read_text()
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert month.exit_code == 0, month.output
    assert (installation.reports_folder / "months" / "month-2026-02.html").exists()
