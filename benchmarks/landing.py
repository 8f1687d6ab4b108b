"""Landing with validation, and re-deliveries, against a bare ``COPY`` of the rows."""

from pathlib import Path
from statistics import median

from benchmarks.copying import export_landed, make_empty_copy, seconds_of_copy
from benchmarks.data import Hospital, write_other_bytes
from benchmarks.installation import empty_raw_table, settle
from benchmarks.loading import BenchmarkError, Load, load_apart
from benchmarks.measures import Announce, Measure, at_least
from pipelines.settings import Settings

PART = "landing"
ROUNDS = 3
STEPS = 2 * ROUNDS + 2
LANDING_GOAL = at_least(0.55)
REDELIVERY_GOAL = at_least(1.0)


def measure_landing(
    settings: Settings, hospital: Hospital, warm_up: Path, announce: Announce
) -> list[Measure]:
    """Land and copy in turn, into empty tables, then deliver the last again."""
    folder = settings.root / "landing"
    folder.mkdir()
    landed_file = folder / "landed.csv"
    landings: list[Load] = []
    copies: list[float] = []
    for number in range(1, ROUNDS + 1):
        announce(f"landing, round {number} of {ROUNDS}")
        empty_raw_table(settings, "lab_results")
        settle(settings)
        source = f"round_{number}"
        landings.append(load_apart(settings, hospital.lab_results, source, warm_up))
        if number == 1:
            export_landed(settings, landed_file)
        announce(f"bare COPY, round {number} of {ROUNDS}")
        make_empty_copy(settings)
        settle(settings)
        copies.append(seconds_of_copy(settings, landed_file))
    bare = median(copies)
    again = _redeliver(settings, hospital, warm_up, folder, announce)
    return [
        *_landing_measures(landings, copies, hospital.lab_rows),
        *_redelivery_measures(again, bare),
    ]


def _redeliver(
    settings: Settings,
    hospital: Hospital,
    warm_up: Path,
    folder: Path,
    announce: Announce,
) -> dict[str, Load]:
    """Deliver the last round's facts again, as other bytes and as the same."""
    announce("the same facts again, in other bytes")
    other = folder / "lab_results-other.csv"
    write_other_bytes(hospital.lab_results, other)
    source = f"round_{ROUNDS}"
    settle(settings)
    again = {
        "the same facts in other bytes": load_apart(settings, other, source, warm_up)
    }
    announce("the same bytes again")
    again["the same bytes"] = load_apart(
        settings, hospital.lab_results, source, warm_up
    )
    for name, load in again.items():
        if load.landed:
            msg = f"{name}: {load.landed} rows of a re-delivery landed as new versions"
            raise BenchmarkError(msg)
    return again


def _landing_measures(
    landings: list[Load], copies: list[float], rows: int
) -> list[Measure]:
    seconds, bare = median(load.seconds for load in landings), median(copies)
    spread = f"{_spread([load.seconds for load in landings])}; {_work(landings)}"
    last = landings[-1]
    made = f"{last.landed:,} landed, {last.unchanged:,} alike, {last.refused:,} refused"
    return [
        Measure(PART, "bare COPY", bare, "s", note=_spread(copies)),
        Measure(PART, "bare COPY", rows / bare, "rows/s"),
        Measure(PART, "landing with validation", seconds, "s", note=spread),
        Measure(PART, "landing with validation", rows / seconds, "rows/s", note=made),
        Measure(
            PART,
            "landing with validation",
            bare / seconds,
            "of bare COPY",
            LANDING_GOAL,
        ),
    ]


def _redelivery_measures(again: dict[str, Load], bare: float) -> list[Measure]:
    return [
        measure
        for name, load in again.items()
        for measure in (
            Measure(PART, f"again, {name}", load.seconds, "s", note=_work([load])),
            Measure(
                PART, f"again, {name}", bare / load.seconds, "of bare COPY",
                REDELIVERY_GOAL,
            ),
        )
    ]  # fmt: skip


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f} in {len(values)} rounds"


def _work(loads: list[Load]) -> str:
    """Return the loader's processor time: unlike the clock, no neighbour changes it."""
    seconds = median(load.processor_seconds for load in loads)
    return f"{seconds:.1f} s of processor for the loader, PostgreSQL's aside"
