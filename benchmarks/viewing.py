"""Opening the results viewer for the patient with most results: read and drawn.

Nothing kept from a run before counts, and what a browser needs to draw what it was sent
does not count. A bare select of the same rows, without row-level security, audit and
session, stands beside it.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from streamlit.testing.v1 import AppTest

from benchmarks.building import build
from benchmarks.installation import environment_of
from benchmarks.loading import BenchmarkError
from benchmarks.measures import Announce, Measure, at_most
from dashboards import session
from dashboards.viewer.statements import KNOWN_NOW, SHOWN_NOW
from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings

PART = "viewing"
STEPS = 3
RUNS = 30
WARM_UPS = 3
APP = Path(session.__file__).with_name("app.py")
PAGE = "views/doctor/results.py"
VIEWER = "benchmark-viewer"
SHEET = "viewer_sheet"
# What a visit to the page is known by; forgotten, the next one begins afresh.
VISIT = ("viewer_patient", "viewer_visit", "kept_viewer_known", "kept_viewer_shown")
GOAL = at_most(1000)
MOST_RESULTS = """
    select patient_key, count(*)
    from marts.fct_lab_results
    group by patient_key
    order by 2 desc, 1
    limit 1
"""


def measure_viewing(
    settings: Settings, mimic: Path | None, announce: Announce
) -> list[Measure]:
    """Open the page again and again; ``mimic`` is a folder to load before."""
    announce("loading and building MIMIC-IV" if mimic else "looking for the patient")
    if mimic:
        load(settings, mimic, format_name="mimic")
        build(settings)
    with connect(settings, Role.BUILDER) as builder:
        patient_key, count = builder.execute(MOST_RESULTS).fetchone()
    with connect(settings, Role.OWNER) as owner:
        viewer = Person(VIEWER, "Viewer", PersonRole.DOCTOR)
        create_person(owner, viewer, new_password())
    announce(f"opening the viewer on {count:,} results, {RUNS} times")
    page, shown = _opened(settings, patient_key)
    announce(f"selecting the same rows, {RUNS} times")
    bare = _selected(settings, patient_key, shown)
    cuts, bare_cuts = quantiles(page, n=20), quantiles(bare, n=20)
    source = "MIMIC-IV demo" if mimic else "simulated"
    note = f"{source}: {count:,} results, {len(shown):,} in the table"
    return [
        Measure(PART, "results viewer opened", cuts[9], "ms, median", note=note),
        Measure(PART, "results viewer opened", cuts[18], "ms, 95th percentile", GOAL),
        Measure(PART, "bare select of the same rows", bare_cuts[9], "ms, median"),
        Measure(PART, "viewer against bare select", cuts[9] / bare_cuts[9], "times"),
    ]  # fmt: skip


def _opened(settings: Settings, patient_key: int) -> tuple[list[float], list[str]]:
    """Return the milliseconds of each run, and the results that the page showed."""
    times = []
    with _signed_in(settings):
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        for number in range(WARM_UPS + RUNS):
            app.switch_page("views/doctor/patients.py").run()
            for name in VISIT:
                if name in app.session_state:
                    del app.session_state[name]
            app.session_state["patient_key"] = patient_key
            started = perf_counter()
            app.switch_page(PAGE).run()
            if number >= WARM_UPS:
                times.append((perf_counter() - started) * 1000)
        if not any(SHEET in each.proto.id for each in app.get("bidi_component")):
            msg = "the results viewer shows no table: its time means nothing"
            raise BenchmarkError(msg)
        _, _, reading = app.session_state["kept_viewer_shown"]
    return times, list(reading.frames["shown"]["lab_result_key"])


def _selected(settings: Settings, patient_key: int, shown: list[str]) -> list[float]:
    """Return the milliseconds of the page's own statements about results alone."""
    asked = {
        "patient_key": patient_key,
        "lab_result_keys": shown,
        "known_at": datetime.now(UTC),
    }
    times = []
    with connect(settings, Role.BUILDER, autocommit=True) as builder:
        for number in range(WARM_UPS + RUNS):
            started = perf_counter()
            for statement in (*KNOWN_NOW.values(), *SHOWN_NOW.values()):
                builder.execute(statement, asked, prepare=True).fetchall()
            if number >= WARM_UPS:
                times.append((perf_counter() - started) * 1000)
    return times


@contextmanager
def _signed_in(settings: Settings) -> Iterator[None]:
    """Let the pages find the installation and somebody signed in."""
    before, environment = dict(os.environ), environment_of(settings)
    token = sign_in_as_persona(settings, VIEWER).token
    of_browser = session.token_of_browser
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    os.environ.update(environment)
    session.token_of_browser = lambda: token
    try:
        yield
    finally:
        session.token_of_browser = of_browser
        os.environ.clear()
        os.environ.update(before)
