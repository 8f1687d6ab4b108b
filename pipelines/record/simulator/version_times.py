"""What the hospital's system said when: a version at each change, with its time.

A real system says of an admission first that somebody came and only later when they
left. Who asks what was known on a day must find the first version, not the last; so
every feed but the registration of patients states its version times, always.
"""

from dataclasses import dataclass, field

from pipelines.record.simulator.journal import Journal, Row

UPDATED = "source_updated_at"
STAYS = frozenset({"inpatient", "ward_stay"})


@dataclass(frozen=True)
class Course:
    """How facts of one feed go on: columns of begin and end, what they say until then.

    A row that states ``source_updated_at`` itself states the time of its last version.
    """

    begin: str
    end: str | None = None
    until_then: Row = field(default_factory=dict)


COURSES = {
    "patient_links": Course("linked_at"),
    "care_team": Course("started_at", "ended_at"),
    "conditions": Course("recorded_at", "ended_at", {"clinical_status_code": "active"}),
    "allergies": Course(UPDATED),
    "procedures": Course("ended_at"),
    "immunizations": Course("administered_at"),
    "social_history": Course("observed_at"),
    "vital_signs": Course("measured_at"),
    "care_plans": Course(
        "started_at", "ended_at", {"status_code": "active", "outcome_text": None}
    ),
    "questionnaire_responses": Course("answered_at"),
    "imaging_studies": Course("started_at"),
    "prescriptions": Course(
        "started_at",
        "ended_at",
        {"status_code": "active", "change_reason_name": None, "dispenses_count": 0},
    ),
    "dispenses": Course("dispensed_at"),
}
STAY = Course(
    "started_at",
    "ended_at",
    {"status_code": "in-progress", "discharge_disposition_name": None},
)


def state_version_times(journal: Journal) -> None:
    """Replace the rows of one patient by the versions that were sent of them."""
    for feed, course in COURSES.items():
        journal.rows[feed] = [
            version for row in journal.rows[feed] for version in _versions(row, course)
        ]
    journal.rows["encounters"] = [
        version
        for row in journal.rows["encounters"]
        for version in _versions_of_visit(row)
    ]


def _versions_of_visit(row: Row) -> list[Row]:
    """Return a stay as it goes on; another visit is written down when it is over."""
    if row["encounter_class_code"] in STAYS:
        return _versions(row, STAY)
    return [{**row, UPDATED: row["ended_at"] or row["started_at"]}]


def _versions(row: Row, course: Course) -> list[Row]:
    """Return what was said at the beginning and, where something changed, at last."""
    begun = row[course.begin]
    ended = row.get(course.end) if course.end else None
    last = row.get(UPDATED) or ended
    if ended is None and (last or begun) <= begun:
        return [{**row, UPDATED: begun}]
    first = {**row, **course.until_then, UPDATED: begun}
    if course.end:
        first[course.end] = None
    # An end typed with a date before the beginning was still typed after it.
    return [first, {**row, UPDATED: max(last or ended, begun + 1)}]
