"""Loads clean and faulty sources into one installation, and reads what was found."""

import shutil
from fnmatch import fnmatchcase

import numpy as np

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.planted_faults.fault import Base, Fault
from tests.planted_faults.tables import Tables, write

FORMATS = {Base.HOSPITAL: "csv", Base.MIMIC: "mimic"}
# Drawn for everything that a campaign draws; another one is a harder test.
SEED = 1
FAILED = """
    select source_system, check_id from quality.latest_check where state = 'failed'
"""


def planted(fault: Fault, clean: Tables, seed: int = SEED) -> Tables:
    """Return the tables with the fault; the same every time."""
    return fault.plant(clean, np.random.default_rng(seed))


def land(settings: Settings, source: str, base: Base, tables: Tables) -> None:
    """Load tables as a source of its own."""
    folder = write(tables, settings.root / "planted" / source)
    load(settings, folder, format_name=FORMATS[base], source_system=source)
    shutil.rmtree(folder)


def failed_checks(settings: Settings) -> dict[str, set[str]]:
    """Return the names of the checks that failed, by source."""
    found: dict[str, set[str]] = {}
    with connect(settings, Role.QUALITY) as connection:
        for source, check in connection.execute(FAILED):
            found.setdefault(source, set()).add(check)
    return found


def finders(fault: Fault, failed: set[str]) -> list[str]:
    """Return those of the failed checks that must find a fault."""
    return sorted(
        check
        for check in failed
        if any(is_named(check, pattern) for pattern in fault.found_by)
    )


def is_named(check: str, pattern: str) -> bool:
    """Return whether a check has a name; ``[`` is a letter of units, and no pattern."""
    return fnmatchcase(check, pattern.replace("[", "[[]"))
