"""One accession on one page: order, specimens, every version, and what waits."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.flags import flag_of
from dashboards.chart.result_words import value_of
from dashboards.chart.words import capitalised, plain, time_text, unit_text
from dashboards.laboratory.accession_statements import (
    BEGUN,
    FOUND,
    OF_ACCESSION,
    RECENT,
)
from dashboards.laboratory.course import (
    event_of_version,
    events_of,
    rejection_words,
    specimen_words,
    status_words,
    steps_of,
    test_words,
    untold_of,
    waiting_of,
)
from dashboards.laboratory.matching import people, words_of
from dashboards.laboratory.time_line import time_line
from dashboards.quality.clock_words import minutes_text
from pipelines.access.reading import Query

MOST_FOUND, MOST_RECENT = 50, 50
KINDS = {"order": "order", "specimen": "specimen", "tube": "number on the tube"}
PAGE = "accession"
NOBODY = "No order, specimen or tube has this number."


def show_accession() -> None:
    """Ask for a number, or one of the recent ones, and show what belongs to it."""
    typed = st.text_input(
        "Number of the order, the specimen or the tube",
        placeholder="As on the label; its beginning is enough",
        key="accession_number",
    ).strip()
    found = _found(typed) if typed else _recent()
    if found.empty:
        st.info(NOBODY if typed else "Nothing has come that could be picked.")
        return
    names = words_of(people(sorted({int(key) for key in found["patient_key"]})))
    rows = {f"{row.accession_key}|{row.patient_key}": row for row in found.itertuples()}
    chosen = _chosen(rows, names, is_typed=bool(typed))
    if chosen is None:
        return
    _show(chosen, names.get(int(chosen.patient_key), ""))


def _found(typed: str) -> pd.DataFrame:
    """Return what has the number, else what begins with it; once per accession."""
    parameters = {"number": typed, "most": MOST_FOUND}
    found = _read({"found": Query(FOUND, parameters)})["found"]
    if found.empty:
        found = _read({"found": Query(BEGUN, parameters)})["found"]
    found["told"] = [
        f"{KINDS[row.kind_code]} {row.number_text.upper()}"
        for row in found.itertuples()
    ]
    return found.drop_duplicates(["accession_key", "patient_key"])


def _recent() -> pd.DataFrame:
    recent = _read({"recent": Query(RECENT, {"most": MOST_RECENT})})["recent"]
    recent["told"] = [
        (row.tube_number or row.other_number or "").upper()
        for row in recent.itertuples()
    ]
    return recent


def _chosen(
    rows: Mapping[str, Any], names: Mapping[int, str], *, is_typed: bool
) -> Any:
    """Return the accession to show: the only one found, or the one picked."""
    if is_typed and len(rows) == 1:
        return next(iter(rows.values()))

    def told(key: str) -> str:
        row = rows[key]
        name = names.get(int(row.patient_key), "")
        when = "" if pd.isna(row.last_at) else f", {time_text(row.last_at)}"
        return f"{row.told}: {name}{when}"

    label = f"{len(rows)} found" if is_typed else f"Or one of the last {len(rows)}"
    key = st.selectbox(
        label,
        list(rows),
        index=None,
        format_func=told,
        placeholder="Choose",
        key=f"accession_chosen_{is_typed}",
    )
    return rows.get(key)


def _show(chosen: Any, who: str) -> None:
    parameters = {
        "accession_key": chosen.accession_key,
        "patient_key": int(chosen.patient_key),
    }
    queries = {name: Query(each, parameters) for name, each in OF_ACCESSION.items()}
    frames = _read(queries, int(chosen.patient_key))
    number = chosen.accession_key.split(":", 1)[-1]
    st.subheader(plain(f"{number}: {who}"), anchor=False)
    st.caption(plain(f"From {chosen.source_system}."))
    _show_waiting(frames)
    _show_steps(frames)
    events = events_of(frames)
    if events.empty:
        st.info("No time of any event was delivered.")
    else:
        st.altair_chart(time_line(events), width="stretch")
    _show_order(frames["order"])
    _show_specimens(frames["specimens"])
    _show_versions(frames["versions"])
    _show_acknowledgements(frames["acknowledgements"])
    _show_deliveries(frames["versions"])


def _show_waiting(frames: Mapping[str, pd.DataFrame]) -> None:
    waits, untold = waiting_of(frames), untold_of(frames)
    if waits:
        st.warning("Still waiting: " + " ".join(plain(each) for each in waits))
    elif (frames["results"]["state_code"] == "not_told").any():
        st.info("Nothing is known to wait; not all results say whether they are final.")
    else:
        st.success("Nothing waits: every result that was not withdrawn is final.")
    if untold:
        told = " ".join(plain(each) for each in untold)
        st.caption(f"Not told by the source: {told}")


def _show_steps(frames: Mapping[str, pd.DataFrame]) -> None:
    with st.container(horizontal=True):
        for step in steps_of(frames):
            told = "-" if step.minutes is None else minutes_text(step.minutes)
            st.metric(step.name, told, border=True, help=step.why_not or None)


def _show_order(order: pd.DataFrame) -> None:
    for row in order.itertuples():
        facts = [
            f"ordered {time_text(row.ordered_at)}",
            f"by {row.practitioner_name}" if row.practitioner_name else "",
            f"priority {row.priority_code}" if row.priority_code else "",
            f"for {row.reason_name}" if row.reason_name else "",
            f"status {status_words(row.status_code).lower()}",
            f"because: {row.status_reason_name}" if row.status_reason_name else "",
        ]
        told = ", ".join(fact for fact in facts if fact)
        st.markdown(f"**Order:** {plain(f'{capitalised(row.test_name)}; {told}')}")


def _show_specimens(specimens: pd.DataFrame) -> None:
    if specimens.empty:
        return
    st.markdown("**Specimens**")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Specimen": specimen_words(row),
                    "From": capitalised(row.body_site_name),
                    "Collected": time_text(row.collected_at),
                    "Received": time_text(row.received_at),
                    "Status": f"✕ Rejected: {rejection_words(row)}"
                    if row.is_rejected
                    else status_words(row.status_code),
                    "Status since": time_text(row.status_at),
                }
                for row in specimens.itertuples()
            ]
        ),
        hide_index=True,
    )


def _show_versions(versions: pd.DataFrame) -> None:
    st.markdown("**Results, every version**")
    if versions.empty:
        st.caption("None has come.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Test": test_words(row),
                    "Version": int(row.version_number),
                    "Result": _value(row),
                    "Status": _status(row),
                    "Released": time_text(row.resulted_at),
                    "Known here": time_text(row.known_from),
                    "Delivery": int(row.delivery_id),
                    "Remark": row.comment_text or "",
                }
                for row in versions.itertuples()
            ]
        ),
        hide_index=True,
    )


def _value(row: Any) -> str:
    if row.is_closed:
        return "deleted by its source"
    flag = flag_of(row.displayed_flag, row.indeterminate_reason)
    value = f"{value_of(row)} {unit_text(row.unit)}".strip()
    return f"{flag.sign} {value}, {flag.word.lower()}"


def _status(row: Any) -> str:
    former = "" if row.is_current else ", former"
    return f"{event_of_version(row)}{former}"


def _show_acknowledgements(acknowledgements: pd.DataFrame) -> None:
    if acknowledgements.empty:
        st.caption("No doctor has acknowledged any of these results.")
        return
    st.markdown("**Acknowledged**")
    for row in acknowledgements.itertuples():
        before = "" if row.is_current_reading else ", as it read before a change"
        told = f"{test_words(row)}: {row.person_name}, {time_text(row.acknowledged_at)}"
        st.markdown(plain(f"{told}{before}"))


def _show_deliveries(versions: pd.DataFrame) -> None:
    if versions.empty:
        return
    st.markdown("**Came by**")
    deliveries = versions.drop_duplicates("delivery_id").sort_values("delivery_id")
    for row in deliveries.itertuples():
        came = int((versions["delivery_id"] == row.delivery_id).sum())
        table = f", table {row.table_name}" if row.table_name else ""
        st.markdown(
            plain(
                f"Delivery {row.delivery_id} of {row.source_system}, received "
                f"{time_text(row.received_at)}, read as {row.adapter or 'not told'}"
                f"{table}: {came} version{'' if came == 1 else 's'}"
            )
        )


def _read(
    queries: Mapping[str, Query], patient_key: int | None = None
) -> Mapping[str, pd.DataFrame]:
    keys = [] if patient_key is None else [patient_key]
    return session.reader().read(PAGE, queries, keys).frames
