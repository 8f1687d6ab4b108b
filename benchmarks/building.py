"""Building the marts: all, after news for 1 % of the patients, after no news."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.data import Hospital, write_new_results
from benchmarks.installation import empty_raw_table, environment_of, settle
from benchmarks.loading import BenchmarkError, load_apart
from benchmarks.measures import Announce, Measure, at_most
from pipelines.building import TIMES_FILE
from pipelines.dbt_program import DBT_PROJECT
from pipelines.settings import Settings

PART = "building"
SOURCE = "hospital"
SHARE = 0.01
STEPS = 5
GOAL = at_most(0.20)
SLOWEST = 5


@dataclass(frozen=True)
class Build:
    """What one ``ehr run`` took: on the clock, and each model by itself."""

    wall_seconds: float
    models: dict[str, float]

    @property
    def model_seconds(self) -> float:
        """Return the sum of the models' times."""
        return sum(self.models.values())


def measure_building(
    settings: Settings, hospital: Hospital, warm_up: Path, announce: Announce
) -> list[Measure]:
    """Load the hospital, build its marts; again after a little news, and after none."""
    announce(f"loading a hospital of {hospital.patients:,} patients")
    empty_raw_table(settings, "lab_results")
    loaded = load_apart(settings, hospital.folder, SOURCE, warm_up)
    announce("building every mart")
    full = build(settings, "--full-refresh")
    announce("loading news for 1 % of the patients")
    news = settings.root / "lab_results-news.csv"
    patients = write_new_results(hospital.lab_results, news, share=SHARE)
    load_apart(settings, news, SOURCE, warm_up)
    announce("building after the news")
    little = build(settings)
    announce("building after no news")
    none = build(settings)
    rows = f"{loaded.landed:,} rows of all feeds"
    return [
        *_measures_of("full build", full, rows),
        *_measures_of("build after news for 1 %", little, f"{patients:,} patients"),
        Measure(
            PART, "build after news for 1 %", little.model_seconds / full.model_seconds,
            "of full, by models", GOAL,
        ),
        Measure(
            PART, "build after news for 1 %", little.wall_seconds / full.wall_seconds,
            "of full, by clock",
        ),
        *_measures_of("build after no news", none, ""),
    ]  # fmt: skip


def build(settings: Settings, *options: str) -> Build:
    """Run ``ehr run`` and return what it took.

    Raises:
        BenchmarkError: a model or a test of it failed.
    """
    settle(settings)
    started = perf_counter()
    done = subprocess.run(  # noqa: S603 - the product's own program
        [str(Path(sys.executable).with_name("ehr")), "run", *options],
        env=environment_of(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = perf_counter() - started
    if done.returncode:
        msg = f"'ehr run' failed:\n{done.stdout}\n{done.stderr}"
        raise BenchmarkError(msg)
    return Build(seconds, model_times(settings.root / "dbt" / TIMES_FILE))


def model_times(file: Path) -> dict[str, float]:
    """Return the seconds of each model in the last dbt run, the slowest first."""
    models = {path.stem for path in (DBT_PROJECT / "models").rglob("*.sql")}
    times = {
        name: seconds
        for name, seconds in json.loads(file.read_text()).items()
        if name in models
    }
    return dict(sorted(times.items(), key=lambda model: -model[1]))


def _measures_of(subject: str, build: Build, note: str) -> list[Measure]:
    slowest = list(build.models.items())[:SLOWEST]
    named = ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest)
    models = f"{len(build.models)} models; slowest: {named}"
    return [
        Measure(PART, subject, build.model_seconds, "s, sum of models", note=models),
        Measure(PART, subject, build.wall_seconds, "s by clock", note=note),
    ]
