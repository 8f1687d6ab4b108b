"""Two registrations beside each other: what is the same, and what is not."""

from collections.abc import Mapping

import streamlit as st

from dashboards.desk.words import NOTHING, value_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.registering import DEMOGRAPHICS

NUMBERS = {"medical_record_number": "Record number"}
SAME, DIFFERENT, ONE_ONLY = "same", "DIFFERENT", "one only"


def show_side_by_side(
    registrations: Mapping[int, Entry], first: int, second: int
) -> None:
    """Show both, line by line; one that was not made here says so."""
    rows = compared(registrations.get(first), registrations.get(second))
    st.dataframe(rows, hide_index=True, height="content")
    if first not in registrations or second not in registrations:
        st.caption("Of a registration that another system made, only its name is here.")


def compared(first: Entry | None, second: Entry | None) -> dict[str, list[str]]:
    """Return the columns of the comparison."""
    names = NUMBERS | DEMOGRAPHICS
    left = [_words(first, name) for name in names]
    right = [_words(second, name) for name in names]
    verdicts = [_verdict(*pair) for pair in zip(left, right, strict=True)]
    # Before the values: on a phone the last column is out of sight.
    return {
        "What": list(names.values()),
        "Compared": verdicts,
        "This one": left,
        "The other": right,
    }


def _words(entry: Entry | None, name: str) -> str:
    return value_words(name, entry.values[name]) if entry else NOTHING


def _verdict(left: str, right: str) -> str:
    if left.casefold() == right.casefold():
        return "" if left == NOTHING else SAME
    return ONE_ONLY if NOTHING in (left, right) else DIFFERENT
