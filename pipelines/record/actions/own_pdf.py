"""The own record as a PDF: sections in plain words, dated, its pages numbered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import font_roboto
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from pipelines.access.people import Person
from pipelines.record.actions.own_copy import OwnCopy, own_copy
from pipelines.settings import Settings

FONTS = Path(font_roboto.__file__).parent / "files"
TITLE, HEADING, TEXT, SMALL = 20, 14, 11, 9
LINE = 6
# Why a result has no value, by what its patient is told of it.
NO_VALUE = {
    "withdrawn": "withdrawn by the laboratory, do not rely on what stood here before",
    "cancelled": "the test was called off",
    "not_measured_yet": "not measured yet",
    "not_measured": "it could not be measured",
    "contradictory": "two values were sent that do not agree",
}
NONE_HERE = "Nothing stands here in this record."


def download_pdf(settings: Settings, person: Person) -> bytes:
    """Return the own record as a PDF.

    Raises:
        ActionError: nothing was handed over; the message says why.
    """
    return pdf_of(own_copy(settings, person, "pdf"))


def pdf_of(copy: OwnCopy) -> bytes:
    """Return a copy of a record as a PDF."""
    pages = _Pages(_name(copy), _day(copy.made_at, copy.time_zone))
    pages.begin()
    for title, lines in sections(copy):
        pages.section(title, lines)
    return bytes(pages.output())


class _Pages(FPDF):
    """Pages with the patient's name, the date and the page's number on each."""

    def __init__(self, name: str, made: str) -> None:
        super().__init__(format="A4")
        self._name, self._made = name, made
        self.add_font("Roboto", "", FONTS / "Roboto-Regular.ttf")
        self.add_font("Roboto", "B", FONTS / "Roboto-Bold.ttf")
        self.set_auto_page_break(auto=True, margin=20)
        self.set_title("Health record")

    def begin(self) -> None:
        """Write whose record it is, and of when."""
        self.add_page()
        self._write("Health record", TITLE, "B")
        self._write(self._name, HEADING)
        self._write(
            f"Made on {self._made}, at the patient's own request. What came later is "
            "not in it. With questions ask your care team.",
            TEXT,
        )

    def section(self, title: str, lines: Sequence[str]) -> None:
        """Write a section; one without content says so."""
        self.ln(LINE)
        self._write(title, HEADING, "B")
        for line in lines or [NONE_HERE]:
            self._write(line, TEXT)

    def footer(self) -> None:
        """Write name, date and number under each page."""
        self.set_y(-15)
        self.set_font("Roboto", "", SMALL)
        told = f"{self._name}, {self._made}. Page {self.page_no()} of {{nb}}"
        self.cell(0, LINE, told, align="C")

    def _write(self, text: str, size: int, style: str = "") -> None:
        self.set_font("Roboto", style, size)
        height = max(LINE, size / 2)
        self.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _name(copy: OwnCopy) -> str:
    identity = copy.identity
    number = identity.record_number
    told = f"record number {number}" if number else ""
    return ", ".join(part for part in (identity.full_name, told) if part)


def sections(copy: OwnCopy) -> Iterator[tuple[str, list[str]]]:
    """Yield each section's title with its lines, the newest first."""
    for title, feed, words in SECTIONS:
        found = [(words(each.values), each.values) for each in copy.entries[feed]]
        lines = [
            f"{told}. {_span(values, copy.time_zone)}".strip()
            for told, values in reversed(found)
        ]
        yield title, lines
    yield (
        "Laboratory results",
        [_result(row, copy.time_zone) for row in copy.results],
    )


def _result(row: Any, time_zone: str) -> str:
    value = (
        row.value_words
        or row.value_text
        or NO_VALUE.get(row.judgement_code, "no value")
    )
    if row.number_or_bound is not None:
        number = f"{row.comparator or ''}{row.number_or_bound:g}"
        value = f"{number} {row.unit_words or ''}".strip()
    low, high = row.range_low, row.range_high
    limits = [
        f"from {low:g}" if low is not None else "",
        f"to {high:g}" if high is not None else "",
    ]
    usual = " ".join(part for part in limits if part)
    told = f"{row.test_name or 'Test without a name'}: {value}"
    told += f" (usual {usual})" if usual else ""
    told += "" if row.is_final else ", not final"
    taken = "" if row.taken_at is None else _day(row.taken_at, time_zone)
    return f"{told}. {taken}".strip()


def _span(values: Mapping[str, Any], time_zone: str) -> str:
    begins = ("started_at", "measured_at", "administered_at", "requested_at")
    began = next((values[name] for name in begins if values.get(name)), None)
    ended = values.get("ended_at")
    days = [_day(at, time_zone) for at in (began, ended) if at]
    return " to ".join(dict.fromkeys(days))


def _day(at: datetime, time_zone: str) -> str:
    local = at.astimezone(ZoneInfo(time_zone)) if at.tzinfo else at
    return f"{local.day} {local:%B %Y}"


def _told(*names: str) -> Callable[[Mapping[str, Any]], str]:
    """Return what tells an entry by these columns."""

    def words(values: Mapping[str, Any]) -> str:
        parts = [str(values[name]) for name in names if values[name]]
        return ", ".join(parts).replace("_", " ") or "Without a name"

    return words


SECTIONS: Sequence[tuple[str, str, Callable[[Mapping[str, Any]], str]]] = (
    (
        "Allergies",
        "allergies",
        _told("substance_name", "reaction_1_name", "clinical_status_code"),
    ),
    (
        "Medicines",
        "prescriptions",
        _told(
            "drug_name",
            "dose_text",
            "dose_unit",
            "frequency_text",
            "route_code",
            "status_code",
        ),
    ),
    (
        "Medicines asked for",
        "medication_requests",
        _told("drug_name", "request_type_code", "status_code"),
    ),
    ("Diagnoses", "conditions", _told("condition_name", "clinical_status_code")),
    ("Vaccinations", "immunizations", _told("vaccine_name", "status_code")),
    ("Operations and procedures", "procedures", _told("procedure_name")),
    ("Treatment plans", "care_plans", _told("plan_name", "goal_text", "status_code")),
    ("Visits and stays", "encounters", _told("encounter_type_name", "reason_name")),
    (
        "Measured at visits",
        "vital_signs",
        _told("observation_name", "value_text", "unit"),
    ),
)
