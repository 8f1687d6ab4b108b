"""What the upload page is told about a file before it is submitted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.access.identity import Identity
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.record.actions.examined_rows import examined_rows
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.landing.examining import Examined

FEED = "lab_results"
PATIENTS = "select unnest(%(patient_keys)s::bigint[]) as patient_key"
PAGE = "upload"
MOST_NAME_LETTERS = 80
LONGEST_HEADER = 2000
MOVED = (
    "a row gives one patient's result to another: withdraw it for the first patient "
    "(is_deleted: true), and send it for the other under a record id of its own"
)
SEPARATED_OTHERWISE = (
    "Its fields seem to be separated by semicolons or tabs: export it with commas"
)


@dataclass(frozen=True)
class Examination:
    """A file, the verdict on each of its rows, and its books.

    ``rows`` has one row per line: ``line``, ``verdict`` (new, patient_unknown, change,
    moved, withdrawal, older, conflict, unchanged, refused), ``patient`` (name, empty if
    not known here), ``patient_number``, ``record``, ``test``, ``value``, ``unit``,
    ``range``, ``collected`` (as written), ``changes`` (what would read otherwise, as
    column, here now, in the file), ``why`` and ``remedy`` of a refusal.
    ``records = mapped + excluded + refused_records``;
    ``made = landed + unchanged + refused_rows``.
    """

    file_name: str
    source_system: str
    address: str
    content: bytes = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    patient_keys: Sequence[int] = field(repr=False)
    records: int
    mapped: int
    excluded: int
    refused_records: int
    made: int
    landed: int
    unchanged: int
    refused_rows: int
    problem: str | None
    note: str | None
    held_because: str | None
    is_known_file: bool

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many rows each verdict has."""
        counted = self.rows["verdict"].value_counts()
        return {str(verdict): int(count) for verdict, count in counted.items()}

    @property
    def cannot_be_submitted_because(self) -> str | None:
        """Return why the file cannot be submitted; None if it can."""
        if self.problem:
            return f"the file cannot be read: {self.problem}"
        if self.held_because:
            return f"the delivery would be held as a whole: {self.held_because}"
        if self.counts.get("moved"):
            return MOVED
        if self.is_known_file:
            return "this very file came before: delivering it again changes nothing"
        if not self.landed:
            return "nothing in this file would change anything here"
        return None


def examination_of(
    settings: Settings,
    person: Person,
    file_name: str,
    content: bytes,
    source_system: str,
) -> Examination:
    """Land a file on trial and put what was found in words; audited before."""
    from pipelines.landing.examining import examine_results  # noqa: PLC0415 - polars' import costs a second

    examined = examine_results(settings, content, source_system)
    in_file = examined.rows["patient_key"].drop_nulls().unique().to_list()
    keys = sorted(examined.earlier_patients | set(in_file))
    identities = _identities(settings, person, keys)
    file, rows = examined.report.files[FEED], examined.report.feeds.get(FEED)
    return Examination(
        file_name=_safe_name(file_name),
        source_system=source_system,
        address=examined.address,
        content=content,
        rows=examined_rows(examined, identities, settings.time_zone),
        patient_keys=keys,
        records=file.records,
        mapped=file.mapped,
        excluded=file.excluded,
        refused_records=file.refused,
        made=rows.made if rows else 0,
        landed=rows.landed if rows else 0,
        unchanged=rows.unchanged if rows else 0,
        refused_rows=rows.refused if rows else 0,
        problem=_problem(examined, content),
        note=file.problem if examined.is_table else None,
        held_because=_held_because(examined),
        is_known_file=examined.is_known_file,
    )


def _identities(
    settings: Settings, person: Person, keys: list[int]
) -> Mapping[int, Identity]:
    """Return who the patients of the file are here; the read is audited before."""
    query = Query(PATIENTS, {"patient_keys": keys})
    return Reader(settings, person).read(PAGE, {"patients": query}).identities


def _problem(examined: "Examined", content: bytes) -> str | None:
    """Return why the file as a whole cannot be read, and what may be the cause."""
    file = examined.report.files[FEED]
    if not file.records and examined.is_table:
        return "it holds no rows below its header"
    if examined.is_table:
        return None
    if not file.problem:
        return "it is empty"
    start = content.split(b"\n", 1)[0][:LONGEST_HEADER]
    if start.count(b",") < max(start.count(b";"), start.count(b"\t")):
        return f"{file.problem}. {SEPARATED_OTHERWISE}"
    return file.problem


def _held_because(examined: "Examined") -> str | None:
    """Return why the delivery would be held, without the inner names of the rules."""
    reasons = [
        reason.split(": ", 1)[-1]
        for result in examined.report.suites.values()
        for reason in result["meta"]["held_reasons"]
    ]
    return " ".join(reasons) or None


def _safe_name(name: str) -> str:
    """Return a file's name without folders and signs that cannot be seen."""
    base = re.split(r"[/\\]", name)[-1]
    visible = "".join(sign for sign in base if sign.isprintable())
    return visible[:MOST_NAME_LETTERS] or "file"
