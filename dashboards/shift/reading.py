"""What several patients have ordered and got: one audited read, and the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.shift.hours import DAY, Shift
from dashboards.shift.medicines import (
    Ordered,
    Recorded,
    ordered_of_entry,
    recorded_of_entry,
)
from dashboards.shift.rows import ordered_of_row, recorded_of_row
from dashboards.shift.statements import KEPT_BACK, LYING, ORDERED, RECORDED
from dashboards.statements import FRESHNESS_OF_SOURCES
from dashboards.writing.parts import act
from pipelines.access.identity import Identity
from pipelines.access.reading import Query
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.reading_entries import pending

FEEDS = ("prescriptions", "administrations")
# Two of the longest usual interval: a weekly medicine shows when it was given last.
DOSES_DAYS = 15


@dataclass(frozen=True)
class Doses:
    """What several patients have ordered, and what was recorded, as of one moment."""

    ordered: Sequence[Ordered]
    recorded: Sequence[Recorded]
    identities: Mapping[int, Identity]
    kept_back: Mapping[int, int]
    freshness: pd.DataFrame

    def ordered_for(self, patient_key: int) -> list[Ordered]:
        """Return the medicines of a patient."""
        return [each for each in self.ordered if each.patient_key == patient_key]

    def recorded_for(self, patient_key: int) -> list[Recorded]:
        """Return the doses of a patient, by time."""
        return [each for each in self.recorded if each.patient_key == patient_key]


def lying_in() -> dict[int, datetime]:
    """Return the person's patients who are in hospital now, and since when."""
    read = session.reader().read("patients in hospital", {"lying": Query(LYING, {})})
    return {
        int(row.patient_key): row.started_at.to_pydatetime()
        for row in read.frames["lying"].itertuples()
    }


def read_doses(patient_keys: Sequence[int], shift: Shift) -> Doses:
    """Return the doses of a shift and of the days before.

    What was saved is read first: what a build brings into the marts meanwhile is never
    missing from both, and stands here once.
    """
    saved = _saved(patient_keys)
    keys = list(patient_keys)
    begins_at, ends_at = _instant(shift.begins_at), _instant(shift.ends_at)
    asked = {"patient_keys": keys, "begins_at": begins_at, "ends_at": ends_at}
    since = {"patient_keys": keys, "since": begins_at - DOSES_DAYS * DAY}
    queries = {
        "ordered": Query(ORDERED, asked),
        "recorded": Query(RECORDED, since),
        "kept_back": Query(KEPT_BACK, {"patient_keys": keys}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    reading = session.reader().read("doses of the shift", queries, keys)
    frames = reading.frames
    kept_back = frames["kept_back"]
    return Doses(
        ordered=with_saved_orders(
            [ordered_of_row(row) for row in frames["ordered"].itertuples()], saved
        ),
        recorded=with_saved_doses(
            [recorded_of_row(row) for row in frames["recorded"].itertuples()], saved
        ),
        identities=reading.identities,
        kept_back=dict(
            zip(kept_back["patient_key"], kept_back["fact_count"], strict=True)
        ),
        freshness=frames["freshness"],
    )


def with_saved_orders(
    known: Sequence[Ordered], saved: Sequence[Entry]
) -> list[Ordered]:
    """Return the medicines as they stand now; what was made in error is none."""
    by_key = {each.key: each for each in known}
    for entry in saved:
        if entry.feed != "prescriptions":
            continue
        by_key.pop(entry.key, None)
        if not entry.is_entered_in_error:
            by_key[entry.key] = ordered_of_entry(entry)
    return sorted(by_key.values(), key=lambda each: each.drug_name.casefold())


def with_saved_doses(
    known: Sequence[Recorded], saved: Sequence[Entry]
) -> list[Recorded]:
    """Return the doses as they stand now, by time; none that was made in error."""
    by_key = {each.key: each for each in known}
    for entry in saved:
        if entry.feed != "administrations":
            continue
        by_key.pop(entry.key, None)
        if not entry.is_entered_in_error:
            by_key[entry.key] = recorded_of_entry(entry)
    return sorted(by_key.values(), key=lambda each: each.at)


def _saved(patient_keys: Sequence[int]) -> list[Entry]:
    try:
        return act(pending, FEEDS, patient_keys)
    except ActionError:
        st.warning("What was saved in the last minutes cannot be shown just now.")
        return []


def _instant(at: datetime) -> datetime:
    return at.replace(tzinfo=ZoneInfo(session.settings().time_zone))
