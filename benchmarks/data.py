"""The records that are measured: a simulated hospital, repeated under new patients.

Simulating a million results takes two minutes; repeating those of some 500 patients
under new ids takes seconds, and every row keeps its units, ranges, flags and times.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.record.simulator.simulation import simulate

# A fixed last day: the same rows in every run, on every machine.
UNTIL = date(2025, 12, 31)
YEARS = 4
SEED = 1
SIMULATED_PATIENTS = 500
# The simulator writes 204 results a patient in four years; with a tenth to spare, so
# that fewer patients than this never fall short of the rows asked for.
FEWEST_RESULTS_PER_PATIENT = 180
# The hospital's own: shared by all of its patients, and so not repeated.
SHARED_FEEDS = ("local_codes", "organizations", "practitioners")
SHARED_IDS = ("practitioner_id", "organization_id")
LAB_RESULTS = "lab_results.csv"
NEW_RESULTS_AT = "2026-01-15T08:00:00Z"
NEW_RESULTS_PER_PATIENT = 5


@dataclass(frozen=True)
class Hospital:
    """A delivery of every feed with exactly ``lab_rows`` laboratory results."""

    folder: Path
    lab_rows: int
    patients: int

    @property
    def lab_results(self) -> Path:
        """Return the file of laboratory results."""
        return self.folder / LAB_RESULTS


def make_hospital(folder: Path, lab_rows: int) -> Hospital:
    """Write a delivery of every feed for a hospital with this many results."""
    wanted = lab_rows // FEWEST_RESULTS_PER_PATIENT + 1
    simulated = folder / "simulated"
    counts = simulate(
        patients=min(SIMULATED_PATIENTS, wanted),
        years=YEARS,
        seed=SEED,
        until=UNTIL,
        folder=simulated,
    )
    copies = -(-lab_rows // counts["lab_results"])
    delivery = folder / "delivery"
    delivery.mkdir()
    for path in simulated.glob("*.csv"):
        rows = read_rows(path)
        if path.stem in SHARED_FEEDS:
            rows.write_csv(delivery / path.name)
        else:
            most = lab_rows if path.name == LAB_RESULTS else None
            write_repeated(rows, delivery / path.name, copies=copies, most=most)
    return Hospital(delivery, lab_rows, copies * counts["patients"])


def read_rows(path: Path) -> pl.DataFrame:
    """Return a delivered file as text."""
    return pl.read_csv(path, infer_schema=False)


def write_repeated(
    rows: pl.DataFrame, path: Path, *, copies: int, most: int | None = None
) -> None:
    """Write rows ``copies`` times, each time as those of other patients.

    Args:
        rows: Rows of one feed.
        path: The file to write.
        copies: How many times.
        most: Stop after this many rows.
    """
    with path.open("wb") as target:
        written = 0
        for copy in range(copies):
            rest = None if most is None else most - written
            piece = under_new_ids(rows, copy).head(rest or rows.height)
            piece.write_csv(target, include_header=copy == 0)
            written += piece.height


def under_new_ids(rows: pl.DataFrame, copy: int) -> pl.DataFrame:
    """Return the rows with every id that is a patient's or a fact's of their own."""
    own = [
        name
        for name in rows.columns
        if name.endswith(("_id", "_uid", "medical_record_number"))
        and name not in SHARED_IDS
    ]
    return rows.with_columns(pl.col(own) + f".{copy}")


def write_other_bytes(path: Path, target: Path) -> None:
    """Write the facts of a file again as other bytes: rows and columns in reverse."""
    rows = read_rows(path)
    rows.reverse().select(rows.columns[::-1]).write_csv(target)


def write_new_results(path: Path, target: Path, *, share: float) -> int:
    """Write new results for a share of a file's patients; return how many patients.

    The patients are spread over the whole file; each gets their first results again, as
    a new collection.
    """
    rows = read_rows(path)
    patients = rows["source_patient_id"].unique(maintain_order=True)
    step = round(1 / share)
    chosen = patients.gather_every(step)
    fresh = rows.filter(pl.col("source_patient_id").is_in(chosen.implode()))
    fresh.group_by("source_patient_id", maintain_order=True).head(
        NEW_RESULTS_PER_PATIENT
    ).with_columns(
        pl.col("record_id") + ".new",
        pl.lit(NEW_RESULTS_AT).alias("collected_at"),
        pl.lit(NEW_RESULTS_AT).alias("resulted_at"),
        pl.lit(NEW_RESULTS_AT).alias("source_updated_at"),
    ).select(rows.columns).write_csv(target)
    return len(chosen)
