"""The refused rows: reason, place, and what of the line is known not to identify."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.freshness import show_freshness
from dashboards.quality.choosing import choice, choose, offset, turn_to
from dashboards.quality.correcting import show_correcting
from dashboards.quality.deciding import offer_choosing, show_deciding, show_done
from dashboards.quality.masked_fields import show_fields
from dashboards.quality.naming_columns import show_naming_columns
from dashboards.quality.reading import read_refused_counts
from dashboards.quality.whole_line import show_whole_line
from dashboards.quality.words import count_text, feed_text, load_text, sentence
from pipelines.access.refused_row import Choice, Decision, RefusedRow
from pipelines.access.refused_rows import ROWS_PER_PAGE, read_refused_rows
from pipelines.access.rule_words import words_of

EVERY = "all"
STATES = {
    "waiting": "◌ Waiting",
    "released": "● Released",
    "discarded": "✕ Discarded",
}
# What somebody decided, by the action that is kept.
DECISIONS = {
    "replay": "Read again and landed",
    "release": "Landed in spite of its rules",
    "discard": "Discarded",
    "close": "Discarded, as its record was delivered again",
}


def show_refused() -> None:
    """Show refused rows, filtered by load, feed and rule."""
    frames = read_refused_counts()
    st.title("Refused rows", anchor=False)
    show_freshness(frames["freshness"])
    show_done()
    st.caption(
        "A refused row waits here and is on no chart. Names, numbers, dates, free "
        "text and whatever is not known to be harmless are masked; a line that does "
        "not split into its columns shows its shape only."
    )
    counts = frames["counts"]
    if counts.empty:
        st.info("No row has been refused.")
        return
    chosen = _chosen(counts)
    waiting = _show_balance(frames["balance"], chosen)
    page = read_refused_rows(
        session.settings(), session.person(), chosen, offset=offset()
    )
    if not page.rows:
        st.info("No refused row matches. Choose another load, feed or rule.")
        return
    first = offset() + 1
    st.markdown(
        f"{count_text(page.total, 'row')}; {first:,} to "
        f"{first + len(page.rows) - 1:,} shown, the latest first"
    )
    for row in page.rows:
        _show_row(row)
    _show_turning(page.total)
    show_deciding(chosen, page.rows, waiting)
    if waiting:
        sources = frames["sources"]
        show_correcting(chosen, list(sources["source_system"]))
        show_naming_columns(dict(sources.itertuples(index=False)))


def _show_balance(balance: pd.DataFrame, chosen: Choice) -> int:
    """Show what became of the records that match; return how many of them wait."""
    rules = balance["rules"].str.split(", ")
    is_chosen = pd.Series(data=True, index=balance.index)
    if chosen.delivery_id is not None:
        is_chosen &= balance["delivery_id"] == chosen.delivery_id
    if chosen.feed is not None:
        is_chosen &= balance["feed"] == chosen.feed
    if chosen.rule is not None:
        is_chosen &= rules.map(lambda names: chosen.rule in names).astype(bool)
    found = balance[is_chosen]
    refused, waiting, released, discarded = (
        int(found[f"{state}_count"].sum())
        for state in ("refused", "waiting", "released", "discarded")
    )
    st.markdown(
        f"{count_text(refused, 'record')} refused = {waiting:,} waiting + "
        f"{released:,} released + {discarded:,} discarded"
    )
    return waiting


def _chosen(counts: pd.DataFrame) -> Choice:
    """Ask for load, feed and rule; a choice made on another page stands at first."""
    before = choice()
    loads = counts.drop_duplicates("delivery_id")
    names = {row.delivery_id: load_text(row) for row in loads.itertuples()}
    for_load, for_feed, for_rule, for_state = st.columns(4)
    with for_load:
        delivery_id = _select("Load", list(names), before.delivery_id, names)
    of_load = counts[counts["delivery_id"] == delivery_id] if delivery_id else counts
    feeds = sorted(of_load["feed"].dropna().unique())
    with for_feed:
        words = {each: feed_text(each) for each in feeds}
        feed = _select("Feed", feeds, before.feed, words)
    of_feed = of_load[of_load["feed"] == feed] if feed else of_load
    totals = of_feed.groupby(["rule_name"])["rows_count"].sum()
    rules = {
        rule: f"{words_of(rule, feed).broken} ({total:,})"
        for rule, total in totals.sort_values(ascending=False).items()
    }
    with for_rule:
        rule = _select("Reason", list(rules), before.rule, rules)
    with for_state:
        status = _select("State", list(STATES), before.status, STATES)
    chosen = Choice(delivery_id, feed, rule, status)
    if chosen != before:
        choose(chosen)
    return chosen


def _select(label: str, options: list, before: object, names: dict) -> object:
    """Return what is chosen, None for all."""
    offered = [EVERY, *options]
    index = offered.index(before) if before in options else 0
    picked = st.selectbox(
        label,
        offered,
        index=index,
        format_func=lambda option: names.get(option, f"All {label.lower()}s"),
    )
    return None if picked == EVERY else picked


def _show_row(row: RefusedRow) -> None:
    with st.container(border=True, gap="small"):
        table = plain(row.table_name)
        place = "the whole file" if row.is_whole_file else f"line {row.line_number:,}"
        st.caption(
            f"Load {row.delivery_id} · {plain(row.source_system)} · {table}, {place} · "
            f"{time_text(row.refused_at)} · {STATES[row.status]}"
        )
        if row.decision:
            _show_decision(row.decision)
        st.markdown(f"**{plain(_reason(row))}**")
        if row.fields:
            show_fields([field for field in row.fields if field.text])
        elif row.shape:
            st.code(row.shape, language=None, wrap_lines=True)
        else:
            st.caption(
                f"Stands for {count_text(row.records, 'record')}; the file itself is "
                "kept in the archive."
            )
        if not row.is_whole_file:
            show_whole_line(row.row_id)
        offer_choosing(row)


def _show_decision(decision: Decision) -> None:
    st.markdown(
        f"{DECISIONS[decision.action]} by {plain(decision.decided_by)}, "
        f"{time_text(decision.decided_at)}: {plain(decision.reason)}"
    )


def _reason(row: RefusedRow) -> str:
    """Return why the row was refused: rules in words, or how it cannot be read."""
    if row.feed is None:
        return sentence(row.reason)
    return " ".join(sentence(rule.broken) for rule in row.rules)


def _show_turning(total: int) -> None:
    position = offset()
    with st.container(horizontal=True):
        if position:
            st.button("Newer", on_click=turn_to, args=(position - ROWS_PER_PAGE,))
        if position + ROWS_PER_PAGE < total:
            st.button("Older", on_click=turn_to, args=(position + ROWS_PER_PAGE,))
