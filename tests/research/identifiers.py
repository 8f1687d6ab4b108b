"""What the sources know their patients by, read from the files that were loaded."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from tests.research import planted
from tests.research.scan import Identifiers

# Columns of Synthea's and of the csv format's patients that are identifiers.
OF_PATIENTS = (
    "Id", "ID", "BIRTHDATE", "DEATHDATE", "SSN", "DRIVERS", "PASSPORT", "FIRST", "LAST",
    "MAIDEN", "BIRTHPLACE", "ADDRESS", "CITY", "ZIP", "LAT", "LON",
    "source_patient_id", "medical_record_number", "national_id", "drivers_license",
    "passport_number", "given_name", "family_name", "maiden_name", "birth_place",
    "address_line", "city", "postal_code", "phone", "email", "birth_date",
    "deceased_at", "subject_id", "dod",
)  # fmt: skip
# Ids, times and staff of every other file.
ELSEWHERE = (
    "Id", "ID", "PATIENT", "ENCOUNTER", "START", "STOP", "DATE", "ORGANIZATION",
    "PROVIDER", "record_id", "source_patient_id", "encounter_id", "started_at",
    "ended_at", "collected_at", "resulted_at", "practitioner_id", "organization_id",
    "practitioner_name", "order_id", "specimen_id", "subject_id", "hadm_id",
    "labevent_id", "pharmacy_id", "admittime", "dischtime", "charttime",
)  # fmt: skip


def identifiers_of(*folders: Path) -> Identifiers:
    """Return the identifiers in the tables of delivered folders, and the planted."""
    identifiers = Identifiers()
    for folder in folders:
        for path in sorted(folder.rglob("*.csv*")):
            name = path.name.split(".")[0]
            columns = OF_PATIENTS if name == "patients" else ELSEWHERE
            for value in distinct_values_of(path, columns):
                identifiers.add(value)
    for value in planted.IDENTIFIERS:
        identifiers.add(value)
    return identifiers


def streets_of(folder: Path) -> set[str]:
    """Return number and name of the street of every patient of a Synthea folder."""
    (path,) = folder.glob("patients.csv*")
    addresses = distinct_values_of(path, ("ADDRESS",))
    return {" ".join(address.lower().split()[:3]) for address in addresses}


def distinct_values_of(path: Path, columns: tuple[str, ...]) -> set[str]:
    """Return the values of those columns that a table has."""
    values: set[str] = set()
    for row in rows_of(path):
        values |= {row[column] for column in columns if row.get(column)}
    return values


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from csv.DictReader(file)
