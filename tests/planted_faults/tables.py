"""Clean records that faults are planted into: tables of texts as they come."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from unittest import mock

import polars as pl

from pipelines.record.simulator import simulation

Tables = dict[str, pl.DataFrame]

PATIENTS_OF_A_SOURCE = 30
YEARS_OF_A_SOURCE = 2
MIMIC_PARTS = 3
# Of each table of MIMIC-IV at most so many rows of a patient: all faults fit one build.
MIMIC_ROWS_OF_A_PATIENT = {"labevents": 150, "prescriptions": 30}
# Whether a test comes in two sizes can be told of many of its results.
KEPT_WHOLE = {"labevents": pl.col("itemid").is_in(["50931", "50971"])}
MIMIC_TABLES = (
    *("patients", "admissions", "diagnoses_icd", "procedures_icd", "labevents"),
    *("prescriptions", "omr", "services", "transfers"),
)
MIMIC_LISTS = ("d_labitems",)


def simulated(folder: Path, seed: int, until: date) -> Tables:
    """Return the deliveries of a small simulated hospital, without its mistakes."""
    with (
        mock.patch.object(simulation, "make_mistakes", _no_mistakes),
        mock.patch.object(simulation, "make_paper_mistakes", _no_mistakes),
    ):
        simulation.simulate(
            patients=PATIENTS_OF_A_SOURCE,
            years=YEARS_OF_A_SOURCE,
            seed=seed,
            until=until,
            folder=folder,
        )
    return {path.stem: read(path) for path in sorted(folder.glob("*.csv"))}


def mimic(folder: Path, part: int, seed: int) -> Tables:
    """Return a part of MIMIC-IV's demonstration: some patients, cut to size."""
    patients = read(folder / "hosp" / "patients.csv.gz")
    drawn = patients.sort("subject_id").sample(fraction=1, shuffle=True, seed=seed)
    chosen = drawn.gather_every(MIMIC_PARTS, part)["subject_id"]
    tables = {name: read(folder / "hosp" / f"{name}.csv.gz") for name in MIMIC_LISTS}
    for name in MIMIC_TABLES:
        rows = read(folder / "hosp" / f"{name}.csv.gz")
        rows = rows.filter(pl.col("subject_id").is_in(chosen.implode()))
        most = MIMIC_ROWS_OF_A_PATIENT.get(name, rows.height)
        place = pl.int_range(pl.len()).over("subject_id")
        is_kept = (place < most) | KEPT_WHOLE.get(name, pl.lit(value=False))
        tables[name] = rows.filter(is_kept)
    return tables


def whole_mimic(folder: Path) -> Tables:
    """Return all of MIMIC-IV's demonstration that the parts are drawn from."""
    return {
        name: read(folder / "hosp" / f"{name}.csv.gz")
        for name in (*MIMIC_LISTS, "patients", *MIMIC_TABLES)
    }


def write(tables: Tables, folder: Path) -> Path:
    """Write tables as files that a source would deliver; return their folder."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        rows.write_csv(folder / f"{name}.csv")
    return folder


def with_columns(tables: Tables, name: str, **columns: pl.Expr) -> Tables:
    """Return the tables with some columns of one of them changed."""
    return {**tables, name: tables[name].with_columns(**columns)}


def without(tables: Tables, names: Iterable[str]) -> Tables:
    """Return the tables without some of them."""
    left_out = set(names)
    return {name: rows for name, rows in tables.items() if name not in left_out}


def _no_mistakes(_of: object) -> Counter[str]:
    return Counter()


def read(path: Path) -> pl.DataFrame:
    """Return a delivered file as texts."""
    return pl.read_csv(path, infer_schema=False)
