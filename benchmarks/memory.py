"""Peak memory of a loading process, for a delivery and for one of twice its rows."""

from pathlib import Path

from benchmarks.data import Hospital, read_rows, write_repeated
from benchmarks.installation import empty_raw_table
from benchmarks.loading import load_apart
from benchmarks.measures import Announce, Measure, at_most
from pipelines.settings import Settings

PART = "memory"
STEPS = 2
GOAL = at_most(1500)
# A tenth: what the allocator keeps differs from run to run by about half of that.
FLAT_GOAL = at_most(1.1)


def measure_memory(
    settings: Settings, hospital: Hospital, warm_up: Path, announce: Announce
) -> list[Measure]:
    """Load the results once and twice as many, each in a process of its own."""
    doubled = settings.root / "lab_results-doubled.csv"
    write_repeated(read_rows(hospital.lab_results), doubled, copies=2)
    peaks = []
    for times, path in ((1, hospital.lab_results), (2, doubled)):
        rows = times * hospital.lab_rows
        announce(f"peak memory for {rows:,} results")
        empty_raw_table(settings, "lab_results")
        load = load_apart(settings, path, f"memory_{times}", warm_up)
        peaks.append((f"{rows:,} results", load.peak_megabytes))
    doubled.unlink()
    growth = peaks[1][1] / peaks[0][1]
    return [
        *(Measure(PART, subject, peak, "MB", GOAL) for subject, peak in peaks),
        Measure(PART, "growth from the first to the second", growth, "x", FLAT_GOAL),
    ]
