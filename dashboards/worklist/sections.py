"""The sections of a worklist, the most urgent first, and how much of each is shown."""

from dataclasses import dataclass

import streamlit as st

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class Section:
    """One part of the worklist."""

    code: str
    title: str
    definition: str
    is_folded: bool
    empty: str = ""


CRITICAL = Section(
    "critical",
    "Critical",
    "Critical results that no doctor has acknowledged, even where a later one is in "
    "range.",
    is_folded=False,
    empty="No critical result of the last 30 days is waiting.",
)
NEW = Section(
    "new",
    "New or changed",
    "Outside the range for the first time since the last result in range or "
    "acknowledged; outside it, and different from before; changed after somebody "
    "had acknowledged it; or with a laboratory flag that cannot be read.",
    is_folded=False,
    empty="Nothing new or changed is waiting.",
)
STABLE = Section(
    "stable",
    "Stable",
    "Outside the range on the same side as before.",
    is_folded=True,
)
OLD = Section(
    "old",
    "Older than 30 days",
    "Not acknowledged for more than 30 days, without a newer open result of the same "
    "test. Critical ones come first.",
    is_folded=True,
)
DECEASED = Section(
    "deceased",
    "Patients who have died",
    "Results outside the range of patients whose death is recorded. Critical ones come "
    "first.",
    is_folded=True,
)
SECTIONS = (CRITICAL, NEW, STABLE, OLD, DECEASED)


def is_open(section: Section) -> bool:
    """Return whether a section's rows are to be shown."""
    return not section.is_folded or st.session_state.get(fold_key(section), False)


def fold_key(section: Section) -> str:
    """Return the name under which the session keeps whether a section is open."""
    return f"open_{section.code}"


def rows_wanted(section: Section) -> int:
    """Return how many rows of a section are to be shown; none of a folded one."""
    pages = st.session_state.get(_pages_key(section), 1)
    return pages * ROWS_PER_PAGE if is_open(section) else 0


def want_more(section: Section) -> None:
    """Show another page of a section."""
    key = _pages_key(section)
    st.session_state[key] = st.session_state.get(key, 1) + 1


def _pages_key(section: Section) -> str:
    return f"pages_of_{section.code}"
