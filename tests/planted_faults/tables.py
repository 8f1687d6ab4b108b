"""Clean records that faults are planted into: tables of texts as they come."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.record.simulator.simulation import simulate

Tables = dict[str, pl.DataFrame]

PATIENTS_OF_A_SOURCE = 30
YEARS_OF_A_SOURCE = 2
# Of each table of MIMIC-IV at most so many rows of a patient: all faults fit one build.
MIMIC_ROWS_OF_A_PATIENT = {
    "hosp/labevents": 150,
    "hosp/prescriptions": 30,
    "hosp/microbiologyevents": 10,
}
MIMIC_TABLES = (
    *("patients", "admissions", "diagnoses_icd", "procedures_icd", "labevents"),
    *("prescriptions", "omr", "services", "transfers"),
)
MIMIC_LISTS = ("d_labitems",)


def simulated(folder: Path, seed: int, until: date) -> Tables:
    """Return the deliveries of a small simulated hospital."""
    simulate(
        patients=PATIENTS_OF_A_SOURCE,
        years=YEARS_OF_A_SOURCE,
        seed=seed,
        until=until,
        folder=folder,
    )
    return {path.stem: _read(path) for path in sorted(folder.glob("*.csv"))}


def mimic(folder: Path, part: int, parts: int) -> Tables:
    """Return MIMIC-IV's demonstration of every ``parts``-th patient, cut to size."""
    patients = _read(folder / "hosp" / "patients.csv.gz")
    chosen = patients.sort("subject_id").gather_every(parts, part)["subject_id"]
    tables = {name: _read(folder / "hosp" / f"{name}.csv.gz") for name in MIMIC_LISTS}
    for name in MIMIC_TABLES:
        rows = _read(folder / "hosp" / f"{name}.csv.gz")
        rows = rows.filter(pl.col("subject_id").is_in(chosen.implode()))
        most = MIMIC_ROWS_OF_A_PATIENT.get(f"hosp/{name}")
        tables[name] = rows.group_by("subject_id", maintain_order=True).head(
            most or rows.height
        )
    return tables


def write(tables: Tables, folder: Path) -> Path:
    """Write tables as files that a source would deliver; return their folder."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        rows.write_csv(folder / f"{name}.csv")
    return folder


def with_columns(tables: Tables, name: str, **columns: pl.Expr) -> Tables:
    """Return the tables with some columns of one of them changed."""
    return {**tables, name: tables[name].with_columns(**columns)}


def with_rows(tables: Tables, name: str, rows: pl.DataFrame) -> Tables:
    """Return the tables with other rows in one of them."""
    return {**tables, name: rows}


def without(tables: Tables, names: Iterable[str]) -> Tables:
    """Return the tables without some of them."""
    left_out = set(names)
    return {name: rows for name, rows in tables.items() if name not in left_out}


def _read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)
