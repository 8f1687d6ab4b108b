"""Courses of medicines: from when until when, how the end is known, how much a day.

A course is an order or a dispense, as the marts reckon it to be taken; those of one
ingredient are a lane. What the marts reckon no course of, as its ingredient is not
known, has a lane under its own name. What ended and what is only taken to have ended
are never the same: ``is_end_known`` parts them.
"""

from typing import Any

import pandas as pd

from dashboards.chart.medicines import with_periods
from dashboards.chart.refused_doses import REFUSALS
from dashboards.chart.words import capitalised, number_text
from dashboards.medicines.joining import MEDICINES

RUNNING, PLANNED, DIED = "running", "planned", "died"
STOPPED, REPLACED, STATUS = "stopped", "replaced", "status"
STAY, SUPPLY, OPEN, NOT_LISTED = "stay", "supply", "open", "not_listed"
STOPS = (STOPPED, REPLACED, STATUS)
KNOWN_ENDS = (*STOPS, RUNNING, DIED)
ENDS = {
    RUNNING: "taken now",
    PLANNED: "begins later",
    DIED: "until the patient died",
    STOPPED: "stopped",
    REPLACED: "replaced by another order",
    STATUS: "stopped; without a date, so when that was told",
    STAY: "assumed: the stay ended",
    SUPPLY: "assumed: the supply ran out",
    OPEN: "assumed: nothing tells how long it was taken",
    NOT_LISTED: "assumed: on hold, or not taken any more",
}
CHANGES = {"increase": "raised", "decrease": "lowered"}
WRITTEN = {
    each.lower(): each
    for each in ("mg", "mg phenytoin equivalent", "mEq", "mmol", "mL")
}
NO_ORDER = "No order belongs to it."
DAY = pd.Timedelta(days=1)


def courses_of(
    taken: pd.DataFrame, without: pd.DataFrame, patient: pd.Series
) -> pd.DataFrame:
    """Return all courses with lane, ends, and dose in words, in order of time."""
    own = _under_own_name(without)
    courses = taken.assign(
        lane=[capitalised(name) for name in taken["ingredient_name"]]
    )
    courses = courses if own.empty else pd.concat([courses, own], ignore_index=True)
    if courses.empty:
        return courses.assign(
            from_at=pd.NaT, until_at=pd.NaT, told_until=pd.NaT, end_code="",
            is_end_known=False, end_text="", dose="", short_dose="", is_running=False,
        )  # fmt: skip
    today = (
        patient.as_of if not pd.isna(patient.as_of) else courses["taken_until"].max()
    )
    died_at = patient.deceased_at if patient.is_deceased else pd.NaT
    rows = [
        _course(row, today, died_at) | {"dose": _dose(row), "short_dose": _short(row)}
        for row in courses.itertuples()
    ]
    told = pd.DataFrame(rows, index=courses.index)
    return pd.concat([courses, told], axis=1).sort_values(
        ["from_at", "until_at"], kind="stable", ignore_index=True
    )


def drawn_courses(courses: pd.DataFrame) -> pd.DataFrame:
    """Return the courses that count: an order its dispenses stand for does not.

    A lane of which nothing counts shows what there is.
    """
    counted = courses["is_counted"].fillna(value=True).astype(bool)
    has_counted = counted.groupby(courses["lane"]).transform("any")
    return courses[counted | ~has_counted]


def without_date(without: pd.DataFrame) -> list[str]:
    """Return the medicines whose order has no date."""
    undated = without[
        without["started_at"].isna() & without["drug_kind_code"].isin(MEDICINES)
    ]
    names = undated["ingredient_name"].fillna(undated["drug_name"])
    return sorted({capitalised(name) for name in names if name})


def left_out_count(without: pd.DataFrame) -> int:
    """Return how many orders are of fluids, containers and supplies."""
    is_none = ~without["drug_kind_code"].isin(MEDICINES)
    return int(without.loc[is_none, "prescription_key"].nunique())


def spans_of(courses: pd.DataFrame) -> pd.DataFrame:
    """Return the unbroken spans of each lane.

    A gap is at least one whole day without a course. A course that begins where, or on
    the day after, another ends goes on with it: what is known by the day alone is taken
    on its last day. ``gap_days`` are those until the next span, 0 after the last.
    """
    ordered = courses.sort_values(["lane", "from_at", "until_at"])
    reached = ordered.groupby("lane")["until_at"].cummax()
    before = reached.groupby(ordered["lane"]).shift()
    days = (ordered["from_at"].dt.normalize() - before.dt.normalize()) / DAY - 1
    is_new = days.isna() | (days >= 1)
    spans = ordered.assign(span=is_new.cumsum()).groupby(["lane", "span"])
    merged = spans.agg(from_at=("from_at", "min"), until_at=("until_at", "max"))
    merged["is_running"] = spans["is_running"].any()
    gaps = days[is_new].fillna(0).astype(int)
    merged["gap_days"] = (
        pd.Series(gaps.to_numpy(), index=merged.index)
        .groupby("lane")
        .shift(-1)
        .fillna(0)
        .astype(int)
    )
    return merged.reset_index()


def _under_own_name(without: pd.DataFrame) -> pd.DataFrame:
    """Return courses of medicines whose ingredient is not known, by their names."""
    is_medicine = without["drug_kind_code"].isin(MEDICINES)
    unmapped = without[is_medicine & without["ingredient_name"].isna()]
    if unmapped.empty:
        return unmapped
    periods = with_periods(unmapped)
    return periods.assign(
        lane=periods["medicine"],
        exposure_kind_code="order",
        taken_from=periods["from_at"],
        taken_until=periods["to_at"],
        is_counted=True,
    ).drop(columns=["dose", "short_dose", "from_at"])


def _course(row: Any, today: pd.Timestamp, died_at: pd.Timestamp) -> dict[str, Any]:
    """Return the ends of a course, none of them after today or death."""
    code, until = _end(row, today)
    if not pd.isna(died_at) and until > died_at:
        code, until = DIED, max(died_at, row.taken_from)
    told = min(_told_until(row, code, until), until)
    return {
        "from_at": row.taken_from,
        "until_at": until,
        "told_until": max(told, row.taken_from),
        "end_code": code,
        "is_end_known": code in KNOWN_ENDS,
        "is_running": code == RUNNING,
        "end_text": _end_text(row, code),
    }


def _end(row: Any, today: pd.Timestamp) -> tuple[str, pd.Timestamp]:
    """Return how the end is known, and when it is; the first that applies."""
    until = row.taken_until
    if row.taken_from > today:
        return PLANNED, until
    is_dispense = row.exposure_kind_code == "dispense"
    # What was handed out before ends with its own supply, though its order goes on.
    if _is(row.is_active) and (until > today or not is_dispense):
        return RUNNING, today
    if until <= today:
        return (is_dispense and _end_of_dispense(row)) or _end_of_order(row), until
    has_order = isinstance(row.prescription_key, str)
    return (NOT_LISTED if has_order else RUNNING), today


def _end_of_dispense(row: Any) -> str:
    """Return what ends a supply: the stop of its order where it was in time."""
    stop = _stop(row)
    return "" if not pd.isna(stop) and row.taken_until >= stop else SUPPLY


def _end_of_order(row: Any) -> str:
    stop = _stop(row)
    if not pd.isna(stop):
        return REPLACED if stop == row.replaced_at else STOPPED
    if _is(row.is_status_stopped):
        return STATUS
    if _is(row.is_inpatient_order) and not pd.isna(row.encounter_ended_at):
        return STAY
    return OPEN if pd.isna(row.supply_ends_at) else SUPPLY


def _stop(row: Any) -> pd.Timestamp:
    """Return when an order was stopped or replaced; an end before its start is none."""
    is_possible = not pd.isna(row.ended_at) and row.ended_at >= row.started_at
    stops = [row.ended_at if is_possible else pd.NaT, row.replaced_at]
    return min((each for each in stops if not pd.isna(each)), default=pd.NaT)


def _told_until(row: Any, code: str, until: pd.Timestamp) -> pd.Timestamp:
    """Return until when something tells that it was taken; the rest is assumed."""
    if row.exposure_kind_code == "dispense":
        supply = 1 if pd.isna(row.supply_days) else int(row.supply_days)
        return row.taken_from + supply * DAY
    if code in {SUPPLY, RUNNING, DIED} and not pd.isna(row.supply_ends_at):
        return row.supply_ends_at
    return row.taken_from if code == OPEN else until


def _end_text(row: Any, code: str) -> str:
    text = ENDS[code]
    if code == OPEN:
        days = round((row.taken_until - row.taken_from) / DAY)
        return f"{text}; {days} days are taken for it" if days else text
    if code in STOPS and row.change_reason_name:
        return f"{text}: {capitalised(row.change_reason_name)}"
    return text


def _dose(row: Any) -> str:
    """Return the daily dose, or why there is none."""
    if pd.isna(row.daily_dose):
        if not isinstance(row.refusal_code, str):
            return f"not computed: {_lower(NO_ORDER)}"
        return f"not computed: {_lower(REFUSALS[row.refusal_code])}"
    told = _amount(row)
    if not isinstance(row.change_code, str) or row.change_code not in CHANGES:
        return told
    change = CHANGES[row.change_code]
    if pd.isna(row.change_percent):
        return f"{told}, {change}"
    return f"{told}, {change} by {number_text(abs(float(row.change_percent)))} %"


def _short(row: Any) -> str:
    """Return what stands in the picture."""
    if pd.isna(row.daily_dose):
        return f"no daily dose: {_dose(row).removeprefix('not computed: ')}"
    return _amount(row)


def _amount(row: Any) -> str:
    number = number_text(float(row.daily_dose))
    amount = f"{number} {_unit(row.daily_dose_unit, number)} a day"
    return f"at most {amount}" if _is(row.is_as_needed) else amount


def _unit(unit: str, number: str) -> str:
    """Return a unit as it is written; pieces and units in their plural."""
    if unit in WRITTEN:
        return WRITTEN[unit]
    if number == "1":
        return unit
    if unit.endswith("y"):
        return f"{unit[:-1]}ies"
    return f"{unit}es" if unit.endswith("ch") else f"{unit}s"


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"


def _is(flag: Any) -> bool:
    return not pd.isna(flag) and bool(flag)
