"""Reading the worklist: what is shown, how much there is, and what is on its way."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards import session
from dashboards.statements import FRESHNESS_OF_SOURCES
from dashboards.worklist.open_results import OpenResults, open_results
from dashboards.worklist.rejected import MOST_SHOWN
from dashboards.worklist.rejected_statements import REJECTED_COUNTS, REJECTED_ROWS
from dashboards.worklist.sections import SECTIONS, Section, rows_wanted
from dashboards.worklist.statements import COUNTS, OPEN_FINDINGS, ROWS
from pipelines.access.identity import Identity
from pipelines.access.people import Person
from pipelines.access.reading import Query

PAGE = "worklist"
OLD_DAYS = 30


@dataclass(frozen=True)
class Worklist:
    """The worklist as one person sees it now.

    ``counts`` has one row per section, without what was acknowledged just now;
    ``rejected`` the specimens that have to be taken again.
    """

    results: OpenResults
    counts: pd.DataFrame
    rejected: pd.DataFrame
    rejected_counts: pd.DataFrame
    freshness: pd.DataFrame
    identities: Mapping[int, Identity]

    def identity_of(self, patient_key: int) -> Identity:
        """Return who a patient is, as far as that is known here."""
        return self.identities.get(patient_key, Identity())

    def count(self, column: str, section: Section | None = None) -> int:
        """Return a count of a section, or of the whole list."""
        counts = self.counts[column]
        return int(counts.get(section.code, 0) if section else counts.sum())


def read_worklist(*, only_own: bool, more_rows: int = 0) -> Worklist:
    """Return the worklist of the person signed in.

    ``more_rows`` are read beyond each page, for those that were acknowledged just now
    and leave the list before the marts know of it.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    parameters = {
        "practitioner_key": _practitioner_key(session.person()),
        "old_days": OLD_DAYS,
    }
    scoped = parameters | {"only_own": only_own}
    paged = scoped | _limits(more_rows)
    queries = {
        "rows": Query(ROWS, paged),
        "findings": Query(OPEN_FINDINGS, paged),
        "counts": Query(COUNTS, parameters),
        "rejected": Query(REJECTED_ROWS, scoped | {"most": MOST_SHOWN}),
        "rejected_counts": Query(REJECTED_COUNTS, scoped),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    reading = session.reader().read(PAGE, queries)
    frames = reading.frames
    results = open_results(frames["rows"], frames["findings"])
    return Worklist(
        results=results,
        counts=_without(frames["counts"], results.waiting),
        rejected=frames["rejected"],
        rejected_counts=frames["rejected_counts"],
        freshness=frames["freshness"],
        identities=reading.identities,
    )


def _limits(more_rows: int) -> dict[str, list]:
    wanted = {section.code: rows_wanted(section) for section in SECTIONS}
    most = [rows + more_rows if rows else 0 for rows in wanted.values()]
    return {"sections": list(wanted), "most": most}


def _without(counts: pd.DataFrame, waiting: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of the sections without the rows that are on their way out."""
    is_critical = waiting["urgency_rank"] == 1
    leaving = pd.DataFrame(
        {
            "all_count": 1,
            "own_count": waiting["is_own"],
            "critical_count": is_critical,
            "own_critical_count": is_critical & waiting["is_own"],
        },
        index=waiting.index,
    )
    by_section = leaving.astype(int).groupby(waiting["section_code"]).sum()
    return counts.set_index("section_code").sub(by_section, fill_value=0)


def _practitioner_key(person: Person) -> str | None:
    """Return who a person is in the records: as whom a result was ordered."""
    if person.practitioner_id is None:
        return None
    return f"{person.practitioner_source}:{person.practitioner_id}"
