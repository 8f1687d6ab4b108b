"""My results: one card per test, the newest first, with what to think of it."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart import flags
from dashboards.chart.words import capitalised, plain
from dashboards.own_record.judgements import JUDGEMENTS
from dashboards.own_record.page import show_quietly
from dashboards.own_record.picture import picture
from dashboards.own_record.result_words import (
    judgement_words,
    range_words,
    value_words,
)
from dashboards.own_record.wording import day_words

CARDS_AT_ONCE = 12
MOST_EARLIER = 30
CARD_PIXELS = 620
PICTURE_PIXELS = 340
SHOWN = "shown_cards"
OPENED = "opened_cards"
UNEXPLAINED = "Ask your care team what this test is."
DEFINITION = (
    "The usual range is where the results of nearly all healthy people lie; in one of "
    "twenty healthy people a result lies outside it. Value and range are in the same "
    "unit. A little above or below means by at most a tenth of the range, or of its "
    "limit where it has only one; it is never said where a small step can matter. An "
    "earlier result that was replaced is not shown."
)

NONE_YET = "No result has come in from a laboratory for you yet."
NONE_RELEASED = "There is no result that you can read here yet."
RELEASED_LATER = (
    "Here some kinds of results can be read only some hours after they are ready, or "
    "once your care team has looked at them. This sentence stands here for everybody; "
    "whether you have such a result is not told."
)


def show_results(
    results: pd.DataFrame, *, is_asked_first: bool = False, is_held: bool = False
) -> None:
    """Show the results of one patient, by test.

    ``is_asked_first``: the patient wishes to decide for each test whether to see it.
    ``is_held``: the site releases some kinds of results later; of whom is not told.
    """
    if is_held:
        st.info(RELEASED_LATER)
    if results.empty:
        st.info(NONE_RELEASED if is_held else NONE_YET)
        return
    st.caption(DEFINITION)
    cards = cards_of(results)
    opened = {name for name, _ in cards if not is_asked_first or _is_opened(name)}
    _say_what_is_far_outside([card for card in cards if card[0] in opened])
    text = st.text_input("Find a test", placeholder="Part of its name", key="test")
    wanted = [card for card in cards if text.strip().casefold() in card[0].casefold()]
    if not wanted:
        st.info("No test of yours has this in its name.")
    shown = st.session_state.get(SHOWN, CARDS_AT_ONCE)
    for name, of_test in wanted[:shown]:
        if name in opened:
            _show_card(name, of_test)
        else:
            _ask(name, of_test)
    if len(wanted) > shown:
        st.button(
            f"Show more tests ({len(wanted) - shown} left)",
            on_click=lambda: st.session_state.update({SHOWN: shown + CARDS_AT_ONCE}),
        )


def _is_opened(name: str) -> bool:
    return name in st.session_state.get(OPENED, ())


def _ask(name: str, of_test: pd.DataFrame) -> None:
    """Say that there is something, and nothing of what it says."""
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"#### {plain(capitalised(name))}")
        day = day_words(_latest(of_test)["taken_at"].iloc[0])
        st.markdown(f"Newest result: {day}. You wish to be asked first.")
        st.button(
            "Show it", key=f"show_{name}", on_click=_open, args=(name,), type="primary"
        )


def _open(name: str) -> None:
    opened = st.session_state.get(OPENED, frozenset())
    st.session_state[OPENED] = opened | {name}


def cards_of(results: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return name and results of each test; tests with the newest result come first.

    Results arrive newest first. Of one day the most unusual come first, and tests that
    never brought a value come last of all.
    """
    titles = [_title(row) for row in results.itertuples()]
    cards = list(results.groupby(pd.Series(titles, index=results.index), sort=False))
    return sorted(cards, key=_place)


def _place(card: tuple[str, pd.DataFrame]) -> tuple[bool, int, int]:
    latest = _latest(card[1])
    day = latest["taken_at"].iloc[0]
    ranks = [JUDGEMENTS[code].flag.rank for code in latest["judgement_code"]]
    is_empty = bool(card[1]["judgement_code"].eq("no_value").all())
    return is_empty, 0 if pd.isna(day) else -day.toordinal(), min(ranks)


def _title(row: Any) -> str:
    name = row.test_name if row.is_test_explained else _delivered_name(row.test_name)
    where = row.specimen_words or ""
    # "Protein in urine" needs no "in urine" behind it, nor "Blood sugar" an "in blood".
    is_told = where.rpartition(" ")[2] in name.lower()
    return name if is_told else f"{name}, {where}"


def _delivered_name(name: str | None) -> str:
    if not name:
        return "Test without a name"
    quoted = f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
    return f"The laboratory calls it {quoted}"


def _latest(of_test: pd.DataFrame) -> pd.DataFrame:
    """Return the results of the newest time; a culture has several at once."""
    newest = of_test["taken_at"].iloc[0]
    is_newest = of_test["taken_at"].eq(newest) | of_test["taken_at"].isna()
    return of_test[is_newest]


def _say_what_is_far_outside(cards: list[tuple[str, pd.DataFrame]]) -> None:
    far = [
        f"{name} ({day_words(row.taken_at)})"
        for name, of_test in cards
        for row in _latest(of_test).itertuples()
        if JUDGEMENTS[row.judgement_code].is_far_outside
    ]
    if far:
        st.warning(
            f"Newest result far outside the usual range: {plain('; '.join(far))}. Your "
            "care team looks at such results first; call them if nobody has spoken to "
            "you."
        )


def _show_card(name: str, of_test: pd.DataFrame) -> None:
    latest = _latest(of_test)
    first = latest.iloc[0]
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"#### {plain(capitalised(name))}")
        explanation = first.test_explanation if first.is_test_explained else UNEXPLAINED
        show_quietly(explanation)
        st.markdown(f"Newest result: {day_words(first.taken_at)}")
        for row in latest.itertuples():
            _show_result(row)
        earlier = of_test.drop(latest.index)
        if not earlier.empty:
            _show_earlier(earlier)


def _show_result(row: Any) -> None:
    judgement = JUDGEMENTS[row.judgement_code]
    st.markdown(f"**{plain(value_words(row))}**")
    told = judgement_words(row)
    if told:
        flag = judgement.flag
        st.markdown(f":{flag.text_colour}[**{flag.sign} {plain(told)}**]")
    if judgement.advice:
        st.markdown(judgement.advice)
    drawn = picture(row)
    if drawn:
        st.image(drawn, width=PICTURE_PIXELS)
    usual = range_words(row)
    if usual:
        show_quietly(usual)
    elif judgement.flag.rank <= flags.HIGH.rank:
        show_quietly("No usual range was sent with it.")


def _show_earlier(earlier: pd.DataFrame) -> None:
    with st.expander(f"{len(earlier)} earlier"):
        lines = [
            f"- {day_words(row.taken_at)}: {plain(_in_one_line(row))}"
            for row in earlier.head(MOST_EARLIER).itertuples()
        ]
        st.markdown("\n".join(lines))
        if len(earlier) > MOST_EARLIER:
            st.caption(f"The newest {MOST_EARLIER} are shown.")


def _in_one_line(row: Any) -> str:
    told = judgement_words(row)
    sign = JUDGEMENTS[row.judgement_code].flag.sign
    return f"{value_words(row)} ({sign} {told.lower()})" if told else value_words(row)
