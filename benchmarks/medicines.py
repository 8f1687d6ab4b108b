"""Eras, adherence and alerts of medicines, in one dbt run: all, and after a day's news.

The same at a tenth of the patients first: sorts that fit into memory there and not here
would show in the cost of a row.
"""

import shutil
from pathlib import Path
from time import perf_counter

from benchmarks.building import Build, model_times
from benchmarks.histories import (
    Histories,
    make_histories,
    simulate_histories,
    write_new_prescriptions,
)
from benchmarks.installation import empty_raw_tables, settle
from benchmarks.loading import BenchmarkError, load_apart
from benchmarks.measures import Announce, Measure, at_most
from pipelines.build_books import Scope
from pipelines.building import TIMES_FILE, building, run_dbt
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

PART = "medicines"
STEPS = 8
SOURCE = "histories"
SHARE = 0.04  # of the patients have a new prescription on a day
SMALLER = 10
# The marts that are asked for; what they are made of is built with them.
MARTS = (
    "+fct_medication_eras",
    "+fct_medication_adherence",
    "+fct_medication_alerts",
)
MOST_PATIENTS = 100_000
GOAL_SECONDS = at_most(600)  # at 100,000 patients
GOAL_PER_ROW, GOAL_NEWS = at_most(1.6), at_most(0.20)
SLOWEST = 6


def measure_medicines(
    settings: Settings, patients: int, announce: Announce
) -> list[Measure]:
    """Build the marts of medicines for so many patients and for a tenth of them."""
    announce("simulating histories of medicines")
    folder = settings.root / PART
    folder.mkdir()
    once = simulate_histories(folder)
    run_dbt(settings, "seed", "--full-refresh")
    small, small_rows, _ = _full(settings, once, patients // SMALLER, announce)
    large, rows, histories = _full(settings, once, patients, announce)
    announce(f"building after new prescriptions for {SHARE:.0%} of the patients")
    news = folder / "prescriptions-news.csv"
    with_news = write_new_prescriptions(histories.prescriptions, news, share=SHARE)
    load_apart(settings, news, SOURCE, once / "allergies.csv")
    little = _build(settings, Scope.USUAL)
    per_row = large.wall_seconds / rows * 1e6
    goal = GOAL_SECONDS if patients >= MOST_PATIENTS else None
    return [
        Measure(PART, f"{rows:,} prescriptions, {histories.patients:,} patients",
                large.wall_seconds, "s by clock", goal, _slowest(large)),
        Measure(PART, "the same", large.model_seconds, "s, sum of models"),
        Measure(PART, "the same", per_row, "us a row"),
        Measure(PART, f"a row, against {small_rows:,} rows",
                per_row / (small.wall_seconds / small_rows * 1e6), "x", GOAL_PER_ROW,
                _slowest(small)),
        Measure(PART, f"news of {with_news:,} patients",
                little.wall_seconds / large.wall_seconds, "of full, by clock",
                GOAL_NEWS, _slowest(little)),
    ]  # fmt: skip


def _full(
    settings: Settings, once: Path, patients: int, announce: Announce
) -> tuple[Build, int, Histories]:
    """Load the histories of so many patients into empty tables, and build."""
    folder = settings.root / PART / "delivery"
    shutil.rmtree(folder, ignore_errors=True)
    announce(f"loading the medicines of {patients:,} patients")
    histories = make_histories(once, folder, patients)
    empty_raw_tables(settings)
    load_apart(settings, folder, SOURCE, once / "allergies.csv")
    with connect(settings, Role.OWNER) as owner:
        (rows,) = owner.execute("select count(*) from raw.prescriptions").fetchone()
    announce(f"building the marts of {patients:,} patients")
    return _build(settings, Scope.FULL), rows, histories


def _build(settings: Settings, scope: Scope) -> Build:
    """Build the marts.

    Raises:
        BenchmarkError: a model failed.
    """
    settle(settings)
    started = perf_counter()
    with building(settings, scope) as build:
        whole = ("--full-refresh",) if scope is Scope.FULL else ()
        failed = run_dbt(settings, "run", *whole, "--select", *MARTS)
        if failed:
            msg = f"models failed: {', '.join(failed)}"
            raise BenchmarkError(msg)
        build.succeed()
    seconds = perf_counter() - started
    return Build(seconds, model_times(settings.root / "dbt" / TIMES_FILE))


def _slowest(build: Build) -> str:
    named = list(build.models.items())[:SLOWEST]
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in named)
