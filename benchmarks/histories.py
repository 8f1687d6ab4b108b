"""Long histories of medicines: four simulated years, again and again further back.

A simulated patient has some twelve prescriptions in four years. Repeated, each time
four years earlier, they are about a hundred, with their dispenses and stays, as of
somebody who has been a patient for half a life. All that under new patients, too.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.data import (
    SEED,
    SHARED_FEEDS,
    UNTIL,
    YEARS,
    read_rows,
    write_repeated,
)
from pipelines.record.simulator.simulation import simulate

SIMULATED_PATIENTS = 100
PRESCRIPTIONS_PER_PATIENT = 100
# These are repeated; of the others a patient has the same as before.
REPEATED_FEEDS = ("prescriptions", "dispenses", "encounters")
FEEDS = (*REPEATED_FEEDS, *SHARED_FEEDS, "patients", "allergies")
# What a fact is called, and calls another of them.
OWN_IDS = (
    "record_id",
    "encounter_id",
    "prescription_id",
    "pharmacy_order_id",
    "replaces_prescription_id",
)
NEW_AT = "2025-12-31T08:00:00Z"


@dataclass(frozen=True)
class Histories:
    """A delivery of patients with their medicines."""

    folder: Path
    patients: int

    @property
    def prescriptions(self) -> Path:
        """Return the file of prescriptions."""
        return self.folder / "prescriptions.csv"


def simulate_histories(folder: Path) -> Path:
    """Write the histories of a hundred patients, a file a feed; return the folder."""
    simulated = folder / "simulated"
    simulate(
        patients=SIMULATED_PATIENTS,
        years=YEARS,
        seed=SEED,
        until=UNTIL,
        folder=simulated,
    )
    once = folder / "once"
    once.mkdir()
    count = read_rows(simulated / "prescriptions.csv").height
    times = -(-PRESCRIPTIONS_PER_PATIENT * SIMULATED_PATIENTS // count)
    for feed in FEEDS:
        rows = read_rows(simulated / f"{feed}.csv")
        if feed in REPEATED_FEEDS:
            rows = pl.concat([rows, *(earlier(feed, rows, n) for n in range(1, times))])
        rows.write_csv(once / f"{feed}.csv")
    return once


def earlier(feed: str, rows: pl.DataFrame, times: int) -> pl.DataFrame:
    """Return the rows ``times`` four years earlier, as facts of their own.

    Of visits the stays alone: what was given on a ward counts in no refill.
    """
    if feed == "encounters":
        rows = rows.filter(pl.col("encounter_class_code") == "inpatient")
    years = pl.col([name for name in rows.columns if name.endswith("_at")])
    # Whole leap periods, so that a 29 February stays one.
    moved = years.str.slice(0, 4).cast(pl.Int64) - YEARS * times
    return rows.with_columns(
        pl.col([name for name in OWN_IDS if name in rows.columns]) + f".{times}",
        moved.cast(pl.String) + years.str.slice(4),
    )


def make_histories(once: Path, folder: Path, patients: int) -> Histories:
    """Write the histories of so many patients, rounded up to whole hundreds."""
    folder.mkdir()
    copies = -(-patients // SIMULATED_PATIENTS)
    for path in once.glob("*.csv"):
        rows = read_rows(path)
        if path.stem in SHARED_FEEDS:
            rows.write_csv(folder / path.name)
        else:
            write_repeated(rows, folder / path.name, copies=copies)
    return Histories(folder, copies * SIMULATED_PATIENTS)


def write_new_prescriptions(path: Path, target: Path, *, share: float) -> int:
    """Write a new prescription for a share of a file's patients; return how many.

    Each gets the first one again, today.
    """
    rows = read_rows(path)
    patients = rows["source_patient_id"].unique(maintain_order=True)
    chosen = patients.gather_every(round(1 / share))
    rows.filter(pl.col("source_patient_id").is_in(chosen.implode())).unique(
        "source_patient_id", keep="first", maintain_order=True
    ).with_columns(
        pl.col("record_id") + ".new",
        pl.lit(NEW_AT).alias("started_at"),
        pl.lit(NEW_AT).alias("source_updated_at"),
        pl.lit(None).alias("ended_at"),
    ).select(rows.columns).write_csv(target)
    return len(chosen)
