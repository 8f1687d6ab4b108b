"""Canaries through what fails: a killed load, dbt, Dagster, pages, readers."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
from streamlit.testing.v1 import AppTest

from dashboards import failures
from pipelines.access.reading import Query, Reader
from pipelines.assets.dbt_manifest import ensure_manifest
from pipelines.definitions import defs
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.uploading import examine
from tests.access.audit_away import audit_away
from tests.canaries.campaign import Campaign, bound, poisoned
from tests.canaries.ledger import Kind
from tests.canaries.people import DOCTOR, TECHNICIAN
from tests.canaries.planting import rows_of, write, write_good
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
ELEMENTS = ("title", "markdown", "caption", "info", "warning", "error", "exception")
# Loads, and dies as the books are closed: every row is in the open transaction.
KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.landing import delivery
from pipelines.landing.loading import load
from pipelines.settings import load_settings

delivery.Delivery.close = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
load(load_settings(), Path(sys.argv[1]), format_name="csv", source_system="canary")
"""


def fail_in_every_way(campaign: Campaign) -> None:
    """Walk every failing path."""
    _kill_a_load(campaign)
    _fail_a_load(campaign)
    _fail_reading(campaign)
    _fail_pages(campaign)
    _examine_bad_files(campaign)


def build_and_fail(campaign: Campaign) -> None:
    """Build the marts; then let builds fail, through Dagster and without it."""
    campaign.ehr("run")
    campaign.trying("poisoned builds", lambda: _fail_builds(campaign))


def _delivery(campaign: Campaign, name: str) -> Path:
    """Return one more delivery of every feed, its record ids its own."""
    return write_good(campaign.sources / name, campaign.ledger, campaign.patients)


def _kill_a_load(campaign: Campaign) -> None:
    folder = _delivery(campaign, "killed")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    campaign.endings["killed load"] = done.returncode
    campaign.said["killed load"] += [done.stdout, done.stderr]


def _fail_a_load(campaign: Campaign) -> None:
    folder = str(_delivery(campaign, "failing"))
    with poisoned(campaign.settings, "raw", "conditions"):
        for path, *more in (("load fails",), ("load fails, json", "--json")):
            campaign.ehr("load", folder, "--format", "csv", *more, path=path)


def _fail_builds(campaign: Campaign) -> None:
    """Land and build by one run; two models fail, each with a row in the error."""
    folder = campaign.settings.root / "dagster"
    folder.mkdir()
    ensure_manifest(campaign.settings)
    job = defs().resolve_job_def("land_and_build")
    config = {"path": str(_delivery(campaign, "dagster")), "format": "csv"}

    def run() -> None:
        with dg.DagsterInstance.local_temp(str(folder)) as instance:
            result = job.execute_in_process(
                instance=instance,
                resources={"settings": campaign.settings},
                run_config={"ops": {"land_delivery": {"config": config}}},
                raise_on_error=False,
            )
            campaign.said["dagster events"] += map(repr, result.all_events)
            campaign.endings["dagster"] = int(not result.success)
            campaign.endings["dagster landed"] = len(
                result.asset_materializations_for_node("land_delivery")
            )

    with (
        poisoned(campaign.settings, "marts", "fct_conditions"),
        bound(campaign.settings, "marts", "fct_lab_results", "test_name"),
    ):
        campaign.trying("dagster run", run)
        campaign.ehr("run", path="run fails")


def _fail_reading(campaign: Campaign) -> None:
    """Let a query fail with a value in the error: what is told has a number alone."""
    canary = campaign.ledger.word("a query", Kind.IDENTIFYING, "failing query")
    query = Query("select %(value)s::text::numeric", {"value": canary})
    reader = Reader(campaign.settings, DOCTOR)
    try:
        reader.read("chart", {"rows": query})
    except Exception as problem:  # noqa: BLE001 - what pages tell of it is looked at
        campaign.endings["failing query"] = 1
        campaign.said["failing query"].append(failures.told_failure(problem))
    with audit_away(campaign.settings):
        campaign.trying("reading without audit", lambda: _read_names(reader))


def _read_names(reader: Reader) -> None:
    reader.read("chart", {"rows": Query("select 1::bigint as patient_key", {})})


def _fail_pages(campaign: Campaign) -> None:
    """Let a page raise with a canary in the error."""
    canary = campaign.ledger.word("a page", Kind.IDENTIFYING, "failing page")

    def fail(*_: object, **__: object) -> None:
        raise ValueError(canary)

    kept, Reader.read = Reader.read, fail
    try:
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE).run()
        enter_as(app, DOCTOR.user_id)
    finally:
        Reader.read = kept
    elements = [each for kind in ELEMENTS for each in app.get(kind)]
    campaign.endings["failing page"] = len(app.error)
    campaign.said["failing page"] += [f"{each.value} {each!r}" for each in elements]


def _examine_bad_files(campaign: Campaign) -> None:
    """Examine uploads that cannot be read, and one that can."""
    feed = FEEDS["lab_results"]
    rows = list(rows_of(feed, campaign.ledger, campaign.patients, "uploaded"))
    content = write(campaign.sources / "upload", feed.name, rows).read_bytes()
    canary = campaign.ledger.word("a file's name", Kind.FILE_NAME, "uploaded")
    spoilt = (content, content[:-7], content.decode().encode("utf-16"), b"\x00" * 9)
    for each in spoilt:
        campaign.trying("upload", lambda each=each: _examine(campaign, canary, each))


def _examine(campaign: Campaign, name: str, content: bytes) -> None:
    examined = examine(campaign.settings, TECHNICIAN, f"{name}.csv", content, "canary")
    campaign.said["upload, as printed"].append(f"{examined.problem} {examined.note}")
