"""Results of a laboratory, and reports of imaging, from ORU and OUL.

A result is known by the laboratory's own number of the order (the filler's), else the
ward's, by its code and sub-id, and by the time of the specimen: a later message with
the same supersedes it. Texts of several OBX under one code are one text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.sources.hl7v2.message import Message, Segment
from pipelines.sources.hl7v2.people import encounter_rows, patient_row
from pipelines.sources.hl7v2.rows import (
    hashed,
    patient_number,
    record_id,
    sent_at,
    told,
    visit_id,
)
from pipelines.sources.hl7v2.values import (
    Coded,
    coded,
    limits,
    number,
    time,
    value_text,
    words,
)
from pipelines.sources.observation_lists import FEED_OF_CODE
from pipelines.sources.one_by_one import Row, Rows

TEXTS = {"TX", "FT"}
# Documents and pointers to them: told as such, and kept in the archive.
ENCLOSED = {"ED": "an enclosed document", "RP": "a pointer to a document"}
# Statuses of a result that is taken back, HL7 table 0085.
WITHDRAWN = {"D", "W"}
# OBR-24, HL7 table 0074.
IMAGING = {"RAD", "RUS", "CT", "NMR", "NMS", "VUS", "XRC", "OUS", "CUS", "RX", "EC"}


@dataclass
class Ordered:
    """An OBR with what follows it: its results, their notes, its specimen.

    Nothing is asked of it before all of them are added.
    """

    request: Segment
    order: Segment | None
    specimen: Segment | None = None
    results: list[Segment] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)

    def add(self, segment: Segment) -> None:
        """Take what belongs to the order."""
        if segment.name == "SPM":
            self.specimen = segment
        elif segment.name == "OBX":
            self.results.append(segment)
        elif segment.name == "NTE" and (text := segment.whole(3)):
            self.notes.setdefault(len(self.results), []).append(text)

    @cached_property
    def filler(self) -> str | None:
        """Return the laboratory's number of the order, else the ward's."""
        order = self.order
        return (
            self.request.of(3)
            or (order.of(3) if order else None)
            or self.request.of(2)
            or (order.of(2) if order else None)
        )

    @cached_property
    def collected_at(self) -> str | None:
        """Return when the specimen was taken."""
        taken = self.specimen.of(17) if self.specimen else None
        return time(taken or self.request.of(7) or self.request.of(14))

    @cached_property
    def columns(self) -> Row:
        """Return what each result of a laboratory has of its order."""
        request, specimen = self.request, self.specimen
        return {
            "order_id": self.filler,
            "specimen_id": specimen.of(2) if specimen else None,
            "specimen_name": words(specimen, 4) if specimen else words(request, 15),
            "practitioner_id": request.of(16),
        }

    @cached_property
    def reported_at(self) -> str | None:
        """Return when the results were reported, as the order says."""
        return time(self.request.of(22))


def result_rows(message: Message) -> Rows:
    """Yield the patient, the visit, and each result or report."""
    yield patient_row(message, is_registration=False)
    yield from encounter_rows(message, "", is_registration=False)
    for ordered in ordered_in(message):
        if (ordered.request.of(24) or "") in IMAGING:
            yield from report_rows(message, ordered)
        else:
            yield from _results(message, ordered)


def ordered_in(message: Message) -> list[Ordered]:
    """Return the orders of a message with what belongs to each.

    In OUL a specimen comes before its orders, else after its order.
    """
    found: list[Ordered] = []
    order = specimen = None
    for segment in message.segments:
        if segment.name == "ORC":
            order = segment
        elif segment.name == "SPM" and message.kind[0] == "OUL":
            specimen = segment
        elif segment.name == "OBR":
            found.append(Ordered(segment, order, specimen))
            order = None
        elif found:
            found[-1].add(segment)
    return found


def _results(message: Message, ordered: Ordered) -> Rows:
    seen: dict[tuple, int] = {}
    of_message = {
        "source_patient_id": patient_number(message),
        "encounter_id": visit_id(message),
        "source_updated_at": sent_at(message),
    }
    of_order = told("result", patient_number(message), ordered.filler)
    collected_at = ordered.collected_at
    for place, result, text in _joined(ordered):
        what = coded(result, 3, "LOINC")
        if what.code is None:
            continue
        key = (what.system, what.code, result.of(4))
        seen[key] = seen.get(key, 0) + 1
        of_result = told(*key, collected_at, str(seen[key]))
        if is_sign(what):
            row = _sign(ordered, result, what, text)
            feed = "vital_signs"
        else:
            row = _result(message, ordered, result, what, text)
            row["comment_text"] = _comment(ordered, place)
            feed = "lab_results"
        row |= of_message
        row["record_id"] = hashed(of_order + of_result)
        yield feed, row


def is_sign(what: Coded) -> bool:
    """Return whether a code is of a vital sign: the range of a monitor judges none.

    A monitor's alarm may begin at a saturation of 30 %, which is no usual one.
    """
    is_of_monitor = what.system == "MDC" or (what.code or "").startswith("MDC_")
    return is_of_monitor or FEED_OF_CODE.get(what.code or "") == "vital_signs"


def _sign(ordered: Ordered, result: Segment, what: Coded, text: str | None) -> Row:
    return {
        "observation_code": what.code,
        "code_system": what.system,
        "observation_name": what.name,
        "value_text": text,
        "unit": result.of(6),
        "measured_at": time(result.of(14)) or ordered.collected_at,
        "is_deleted": "true" if result.of(11) in WITHDRAWN else "false",
    }


def _joined(ordered: Ordered) -> Iterator[tuple[int, Segment, str | None]]:
    """Yield results with their text; texts of one code that follow are one."""
    results = ordered.results
    place = 0
    while place < len(results):
        first, following = results[place], place + 1
        if first.of(2) not in TEXTS:
            yield following, first, value_text(first)
            place = following
            continue
        texts = [value_text(first)]
        while (
            following < len(results)
            and results[following].of(2) in TEXTS
            and results[following].raw(3) == first.raw(3)
            and results[following].raw(4) == first.raw(4)
        ):
            texts.append(value_text(results[following]))
            following += 1
        yield following, first, "\n".join(each for each in texts if each) or None
        place = following


def _comment(ordered: Ordered, place: int) -> str | None:
    """Return the notes below the result before a place, and what is enclosed in it."""
    notes = ordered.notes.get(place, [])
    result = ordered.results[place - 1]
    if enclosed := ENCLOSED.get(result.of(2) or ""):
        notes = [*notes, f"{enclosed}, kept in the message alone"]
    return "\n".join(notes) or None


def _result(
    message: Message, ordered: Ordered, result: Segment, what: Coded, text: str | None
) -> Row:
    low, high = limits(range_text := result.whole(7))
    kind = result.of(2) or ""
    return {
        **ordered.columns,
        "test_code": what.code,
        "code_system": what.system,
        "test_name": what.name,
        "value_text": None if kind in ENCLOSED else text,
        "value_number": number(text) if kind == "NM" else None,
        "unit": result.of(6),
        "reference_low": low,
        "reference_high": high,
        "reference_text": range_text,
        "laboratory_flag": result.of(8),
        "status_code": result.of(11),
        "collected_at": ordered.collected_at or time(result.of(14)),
        "resulted_at": time(result.of(19)) or ordered.reported_at or sent_at(message),
    }


def report_rows(message: Message, ordered: Ordered) -> Rows:
    """Yield a report of imaging: its texts are one."""
    texts = [value_text(each) for each in ordered.results if each.of(2) != "ED"]
    text = "\n".join(each for each in texts if each) or None
    what = coded(ordered.request, 4, "LOINC")
    patient = patient_number(message)
    yield (
        "imaging_reports",
        {
            "record_id": record_id("report", patient, ordered.filler, what.code),
            "source_patient_id": patient,
            "encounter_id": visit_id(message),
            "order_id": ordered.filler,
            "modality_code": ordered.request.of(24),
            "procedure_name": what.name,
            "report_text": text,
            "status_code": ordered.request.of(25) or "F",
            "practitioner_id": ordered.request.of(32),
            "reported_at": time(ordered.request.of(22)) or sent_at(message),
            "source_updated_at": sent_at(message),
        },
    )
