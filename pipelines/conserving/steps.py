"""The steps from bytes to marts, and what is counted of one: ours add up, or break.

Each step takes what the step before gave, and accounts for it in named parts:
``before - missing + extra = after``, the sum of the parts. ``missing`` is lost without
a reason, ``extra`` came from nowhere; both are counted by key or by file, so that one
lost and one doubled do not make up for each other.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from expectations.expectation import Kahn

FILES = ""  # the subject of steps that are about files, before rows have a feed


class StepState(StrEnum):
    """What comes out of a step; one without anything to count proves nothing."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"


class Step(NamedTuple):
    """One step: its name in the database, what must hold, why, and what it counts."""

    code: str
    sentence: str
    reason: str
    unit: str
    kahn: Kahn = Kahn.COMPUTATIONAL_CONFORMANCE

    @property
    def check_id(self) -> str:
        """Return the name that is stable and unique among all checks."""
        return f"conservation:{self.code}"


ARCHIVED = Step(
    "archived",
    "Every file in the books lies in the archive, with the size it came with.",
    "What is not archived cannot be read again, and nothing can be proved of it.",
    "files",
    Kahn.COMPLETENESS,
)
COUNTED = Step(
    "counted",
    "The books have as many records of a file as its archived bytes hold, counted "
    "another way.",
    "A reader that drops lines keeps books that add up.",
    "records",
)
JUDGED = Step(
    "judged",
    "Every record of a file is mapped, left out for a reason, or in quarantine.",
    "A record that is none of the three is gone, and nobody is told.",
    "records",
)
MAPPED = Step(
    "mapped",
    "Every record that was mapped made a row of a feed.",
    "An adapter that takes a record and makes nothing of it loses it in silence.",
    "records",
)
LANDED = Step(
    "landed",
    "Every row that records made landed, was known already, or is in quarantine.",
    "A refused row that is not in quarantine can neither be mended nor missed.",
    "rows",
)
DECIDED = Step(
    "decided",
    "Every refused row waits, was released and landed, or was discarded.",
    "A row that was released and did not land is believed to be on the chart.",
    "rows",
)
STORED = Step(
    "stored",
    "As many versions of facts are stored as landed, file by file.",
    "A row that was removed or added past the loader is in no book.",
    "versions",
    Kahn.COMPLETENESS,
)
CURRENT = Step(
    "current",
    "Of every fact staging has the newest version, unless it is superseded, ended or "
    "of a merged patient.",
    "A filter too many loses facts from every mart; one too few shows what was taken "
    "back.",
    "versions",
)
SHOWN = Step(
    "shown",
    "The mart of a feed has each of its current facts once, and no other.",
    "A fact that no mart has is on no page; one that is no more is still believed.",
    "facts",
)
RECORD = Step(
    "record",
    "What people wrote in the record stands in the warehouse as it was written, for "
    "every day of change.",
    "A correction that was missed shows the value that somebody took back.",
    "entries",
)
STEPS = (
    ARCHIVED, COUNTED, JUDGED, MAPPED, LANDED, DECIDED, STORED, CURRENT, SHOWN, RECORD,
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What was counted of one step, for one source and feed."""

    step: Step
    source_system: str
    subject: str
    before: int
    missing: int = 0
    extra: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    is_judged: bool = True

    @property
    def after(self) -> int:
        """Return how much is accounted for."""
        return self.before - self.missing + self.extra

    @property
    def state(self) -> StepState:
        """Return whether the step keeps everything."""
        if self.missing or self.extra:
            return StepState.BROKEN
        if not self.is_judged or not self.before:
            return StepState.NOT_APPLICABLE
        return StepState.KEPT

    @property
    def told(self) -> str:
        """Return what is wrong, in counts and names alone."""
        where = self.subject or "files"
        return (
            f"{self.source_system}, {where}, step {self.step.code}: {self.missing:,} "
            f"{self.step.unit} missing, {self.extra:,} too many"
        )
