"""Conservation: is anything lost between the bytes that came and what is shown?"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import date_text, plain, time_text
from dashboards.freshness import show_freshness
from dashboards.quality.conservation_charts import day_chart, fates_of, flow_chart
from dashboards.quality.conservation_reading import SHOWN_DAYS, read_conservation
from dashboards.quality.conservation_words import STATES, STEPS, part_text
from dashboards.quality.words import feed_text

MOST_BROKEN = 10
OF_FILES = ("archived", "counted", "judged", "mapped")
COMMAND = "`ehr prove --only conservation --only record`"


def show_conservation() -> None:
    """Show what became of everything that came, and how the record stands here."""
    frames = read_conservation()
    st.title("Conservation", anchor=False)
    show_freshness(frames["freshness"])
    st.caption(
        "Every step accounts for all of the step before, by name: files, the records "
        "counted in their bytes, the rows made of them, the versions stored, the facts "
        "in marts. What has no name is lost, and an incident."
    )
    steps = frames["steps"]
    if steps.empty:
        st.info(
            "Nothing has been counted yet. It is counted every night at three, or by "
            f"an engineer with {COMMAND}."
        )
    else:
        _show_way(steps, frames["parts"], frames["archived"])
    _show_record(frames)


def _show_way(steps: pd.DataFrame, parts: pd.DataFrame, archived: pd.DataFrame) -> None:
    counts = steps["state"].value_counts()
    told = [f"{STATES[state]}: {counts.get(state, 0)} steps" for state in STATES]
    st.markdown(f"Counted {time_text(steps['run_at'].max())}. " + " · ".join(told))
    broken = steps[steps["state"] == "broken"]
    for step in broken.head(MOST_BROKEN).itertuples():
        _show_broken(step)
    if len(broken) > MOST_BROKEN:
        st.caption(f"{len(broken) - MOST_BROKEN} more stand in the numbers below.")
    worst_first = steps.sort_values("state", key=lambda state: state != "broken")
    sources = list(dict.fromkeys(worst_first["source_system"]))
    source = st.selectbox("Source", sources, key="conservation_source")
    of_source = steps[steps["source_system"] == source]
    its_parts = parts[parts["source_system"] == source]
    _show_files(of_source[of_source["subject"] == ""], its_parts)
    for entry in archived[archived["source_system"] == source].itertuples():
        st.caption(
            f"The archive holds {entry.byte_count:,} bytes of this source, "
            f"received {time_text(entry.first_at)} to {time_text(entry.last_at)}."
        )
    _show_feeds(of_source[of_source["subject"] != ""], its_parts)


def _show_broken(step: Any) -> None:
    with st.container(border=True, gap="small"):
        where = feed_text(step.subject) if step.subject else "files"
        st.markdown(
            f"**{STATES['broken']}** · {STEPS[step.step_code]} · {plain(where)} · "
            f"{plain(step.source_system)}"
        )
        st.markdown(
            f"**{step.missing_count:,} missing and {step.extra_count:,} too many** of "
            f"{step.before_count:,}. Not so: {plain(step.sentence or '')}"
        )
        if step.reason:
            st.caption(f"Why it matters: {plain(step.reason)}")


def _show_files(steps: pd.DataFrame, parts: pd.DataFrame) -> None:
    """Show the steps of files beside each other, each with what it is made of."""
    st.subheader("From files to records", anchor=False)
    by_code = {step.step_code: step for step in steps.itertuples()}
    shown = [by_code[code] for code in OF_FILES if code in by_code]
    if not shown:
        st.info("No file of this source is in the books.")
        return
    for column, step in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            st.metric(STEPS[step.step_code], f"{step.after_count:,}", border=True)
            sign, _ = STATES[step.state].split(" ", 1)
            named = parts[
                (parts["subject"] == "") & (parts["step_code"] == step.step_code)
            ]
            told = [
                f"{part.part_count:,} {plain(part_text(part.part_code))}"
                for part in named.itertuples()
                if part.part_count
            ]
            if step.missing_count or step.extra_count:
                told.append(
                    f"**{step.missing_count:,} missing, {step.extra_count:,} too many**"
                )
            st.caption(f"{sign} " + "  \n".join(told))


def _show_feeds(steps: pd.DataFrame, parts: pd.DataFrame) -> None:
    """Show what became of the rows of each feed: a bar each, and the numbers."""
    st.subheader("From rows to marts", anchor=False)
    fates = fates_of(steps, parts)
    if fates.empty:
        st.info("No record of this source made a row.")
        return
    broken = set(steps.loc[steps["state"] == "broken", "subject"])
    st.altair_chart(flow_chart(fates, broken), width="stretch")
    st.caption(
        "The number beside a bar counts the rows that were made and what was released "
        "since. ● each has one of these fates; ▲ some are missing, or too many."
    )
    with st.expander("The same in numbers"):
        st.dataframe(_numbers(steps, parts), hide_index=True)


def _numbers(steps: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return a row per feed and step, with its parts in words."""
    named = {
        place: ", ".join(
            f"{part.part_count:,} {_fate_text(part.part_code)}"
            for part in group.itertuples()
            if part.part_count
        )
        for place, group in parts.groupby(["subject", "step_code"])
    }
    order = list(STEPS)
    ordered = steps.assign(place=steps["step_code"].map(order.index))
    return pd.DataFrame(
        [
            {
                "Feed": feed_text(step.subject),
                "Step": STEPS[step.step_code],
                "State": STATES[step.state],
                "Came in": step.before_count,
                "Missing": step.missing_count,
                "Too many": step.extra_count,
                "Accounted for": named.get((step.subject, step.step_code), ""),
            }
            for step in ordered.sort_values(["subject", "place"]).itertuples()
        ]
    )


def _fate_text(code: str) -> str:
    return part_text(code).replace("_", " ")


def _show_record(frames: dict[str, pd.DataFrame]) -> None:
    """Show whether what people wrote stands here as they wrote it."""
    st.subheader("The operational record", anchor=False)
    run_at = frames["record_run"]["run_at"].iloc[0]
    if pd.isna(run_at):
        st.info(
            f"The record has not been compared yet: it is every night, or {COMMAND}."
        )
        return
    days, sums = frames["days"], frames["sums"].iloc[0]
    if days.empty:
        st.info(
            f"Compared {time_text(run_at)}: nobody has written anything in the record."
        )
        return
    st.markdown(
        f"Compared {time_text(run_at)}, entries that hold now: {sums.entries_count:,}. "
        f"**Days that differ: {sums.different_days:,}.** Entries of which a refused "
        f"version waits: {sums.refused_count:,}. Versions being processed: "
        f"{sums.waiting_count:,}."
    )
    for day in days[days["state"] == "different"].itertuples():
        st.error(
            f"■ {plain(feed_text(day.feed))}, {date_text(day.changed_on)}: "
            f"{day.missing_count:,} missing, {day.extra_count:,} too many, "
            f"{day.different_count:,} different."
        )
    shown = days[days["days_ago"] <= SHOWN_DAYS]
    st.altair_chart(day_chart(shown), width="stretch")
    st.caption(
        f"The last {SHOWN_DAYS} days on which anything was changed, by the record's "
        "table: the newest version of every entry, by number and content."
    )
