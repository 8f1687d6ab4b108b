"""What was written about one patient, in order by visit: what paper is made from."""

from collections import defaultdict
from dataclasses import dataclass, field

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.chances import Chances
from pipelines.record.simulator.journal import Journal, Row

# The second number of each patient's own stream; what happens to them has none.
PAPER_STREAM = 1


@dataclass
class Facts:
    """One patient's record so far, and the draws for what is written about it."""

    case: Case
    chances: Chances
    visits: list[Row] = field(default_factory=list)  # without stays on wards
    wards: dict[str, list[Row]] = field(default_factory=dict)  # parts of stays
    by_visit: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    @property
    def journal(self) -> Journal:
        """Return where everything is written."""
        return self.case.journal

    @property
    def end(self) -> int:
        """Return the minute before which everything is written."""
        return self.case.window.end

    @property
    def since(self) -> int:
        """Return when the patient was registered: at the first visit, if any."""
        start = max(self.case.window.start, self.case.person.born)
        return min((row["started_at"] for row in self.visits), default=start)

    def of(self, feed: str, visit: Row) -> list[Row]:
        """Return the rows of a feed that belong to a visit, in order of writing."""
        return self.by_visit[feed].get(visit["record_id"], [])

    def over(self, visit: Row) -> int:
        """Return when a visit ended, or the end of the record."""
        return visit["ended_at"] or self.end

    def name_of(self, practitioner_id: object) -> str:
        """Return the name of a member of staff."""
        return self.case.hospital.name_of[practitioner_id]

    def ward_at(self, stay: Row, minute: int) -> str:
        """Return the ward that a stay was on at a time."""
        return next(
            (
                row["location_name"]
                for row in self.wards.get(stay["record_id"], ())
                if row["started_at"] <= minute < self.over(row)
            ),
            stay["location_name"],
        )

    def write(self, feed: str, minute: int, **values: object) -> Row:
        """Write the first version of a row, made at a minute, and return it."""
        self.journal.write(feed, source_updated_at=minute, **values)
        return self.journal.rows[feed][-1]

    def amend(self, feed: str, row: Row, minute: int, **changes: object) -> Row:
        """Write a later version of a row if the record lasts so long."""
        if minute >= self.end:
            return row
        return self.journal.amend(feed, row, minute, **changes)

    def index(self, *feeds: str) -> None:
        """Put the rows of feeds in order by visit."""
        for feed in feeds:
            rows: dict[str, list[Row]] = defaultdict(list)
            for row in self.journal.rows[feed]:
                rows[row.get("encounter_id")].append(row)
            self.by_visit[feed] = rows


def facts_of(case: Case) -> Facts:
    """Return a patient's facts by visit, in the order of time."""
    chances = Chances(case.hospital.seed, case.person.number, PAPER_STREAM)
    facts = Facts(case, chances)
    facts.visits = sorted(
        (
            row
            for row in case.journal.rows["encounters"]
            if row["encounter_class_code"] != "ward_stay"
        ),
        key=lambda row: row["started_at"],
    )
    for row in case.journal.rows["encounters"]:
        if row["encounter_class_code"] == "ward_stay":
            facts.wards.setdefault(row["part_of_encounter_id"], []).append(row)
    facts.index(
        "conditions",
        "procedures",
        "vital_signs",
        "lab_results",
        "imaging_studies",
        "prescriptions",
    )
    return facts
