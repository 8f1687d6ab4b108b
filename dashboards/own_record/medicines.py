"""My medicines: what is taken now and how, then what was taken before."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.medicines import medicine_name
from dashboards.chart.words import number_text, plain
from dashboards.own_record.page import show_quietly
from dashboards.own_record.wording import day_words, period_words, spelled_out

CARD_PIXELS = 620
MOST_PAST = 60
DEFINITION = (
    "Taken now means: prescribed, begun, not stopped, and the supply not run out. What "
    "you really take only you know: tell your care team where this list is wrong. "
    "Never stop or change a medicine because of this page alone."
)
# "200 ACTUAT albuterol" is an inhaler with 200 puffs.
PACK_FIRST = re.compile(r"^[\d.,]+ ACTUAT ", re.IGNORECASE)
FORM_BEHIND = re.compile(r" (?:28 Day Pack|\[.+\])$", re.IGNORECASE)
# As delivered: two doses whose unit has no plain word here are two all the same.
SAID_BY_AN_ORDER = [
    "drug_name", "dose_text", "delivered_dose_unit", "delivered_frequency",
    "doses_per_day", "route_words", "is_in_hospital",
]  # fmt: skip
SEVERAL = "{count} prescriptions of this medicine are current:"
ASK_HOW = "How to take it was not sent in words; ask your care team or your pharmacy."


def show_medicines(
    medicines: pd.DataFrame, today: date, show_refill: Callable[[str], None]
) -> None:
    """Show the medicines of one patient, those taken now first.

    ``today`` is the day as of which the record is seen. ``show_refill`` shows the way
    to a refill of a prescription, by its key.
    """
    if medicines.empty:
        st.info("No medicine has come in for you.")
        return
    st.caption(DEFINITION)
    named = medicines.assign(
        medicine=[short_name(name) for name in medicines["drug_name"]]
    )
    taken = named[named["is_taken_now"]]
    st.subheader("Taken now", anchor=False)
    if taken.empty:
        st.markdown("No medicine that you take now is known here.")
    for name, of_medicine in taken.groupby("medicine", sort=False):
        orders = told_once(of_medicine)
        with st.container(border=True, width=CARD_PIXELS):
            st.markdown(f"##### {plain(name)}")
            if len(orders) > 1:
                st.markdown(SEVERAL.format(count=len(orders)))
            for _, row in orders.iterrows():
                _show_taken(row, named, is_one_of_several=len(orders) > 1)
                if not row.is_in_hospital:
                    _show_refill(row, today, show_refill)
    past = named[~named["medicine"].isin(set(taken["medicine"]))]
    _show_past(past)


def told_once(of_medicine: pd.DataFrame) -> pd.DataFrame:
    """Return the orders of one medicine that say something of their own, newest first.

    An order renewed in the same words is told once, by its newest row. Another dose,
    strength or form, or the one of a stay beside the one at home, is told beside it: a
    patient who sees one of two may leave the other out, or take it twice.
    """
    return of_medicine.drop_duplicates(SAID_BY_AN_ORDER)


def short_name(drug_name: str | None) -> str:
    """Return the name of a medicine without strength, form and size of the pack."""
    name = PACK_FIRST.sub("", medicine_name(drug_name))
    return spelled_out(FORM_BEHIND.sub("", name))


def how_to_take(row: Any) -> str:
    """Return dose, way and how often in words; empty where none was sent."""
    parts = [_dose(row), row.route_words, _how_often(row)]
    return ", ".join(part for part in parts if part)


def refill_words(row: Any, today: date) -> list[str]:
    """Return when the next refill is due and how many are left, as far as is known."""
    told = []
    if not pd.isna(row.next_refill_on):
        is_over = row.next_refill_on <= today
        day = day_words(row.next_refill_on)
        told.append(
            f"Your supply should have run out by {day}"
            if is_over
            else f"Next refill: {day}"
        )
    if not pd.isna(row.refills_left):
        count = int(row.refills_left)
        told.append(f"Refills: {count or 'none'} left")
    return told


def _show_taken(
    row: pd.Series, named: pd.DataFrame, *, is_one_of_several: bool
) -> None:
    if is_one_of_several:
        st.divider()
    if row.reason_name:
        st.markdown(f"For: {plain(spelled_out(row.reason_name))}")
    told = how_to_take(row)
    st.markdown(f"How to take it: {plain(told)}" if told else ASK_HOW)
    if is_one_of_several or not _dose(row):
        show_quietly(f"On the prescription: {spelled_out(row.drug_name)}")
    if row.is_in_hospital:
        st.markdown("Ordered during a stay in hospital")
    st.markdown(f"This prescription: since {day_words(row.started_at)}")
    first = named.loc[named["medicine"].eq(row.medicine), "started_at"].min()
    if first < row.started_at:
        st.markdown(f"First prescribed: {day_words(first)}")


def _show_refill(
    row: pd.Series, today: date, show_refill: Callable[[str], None]
) -> None:
    for line in refill_words(row, today):
        st.markdown(line)
    show_refill(row.prescription_key)


def _show_past(past: pd.DataFrame) -> None:
    if past.empty:
        return
    by_name = past.groupby("medicine", sort=False)
    with st.expander(f"{by_name.ngroups} taken before"):
        lines = [
            f"- **{plain(name)}**: {plain(_past_words(of_medicine))}"
            for name, of_medicine in list(by_name)[:MOST_PAST]
        ]
        st.markdown("\n".join(lines))
        if by_name.ngroups > MOST_PAST:
            st.caption(f"The latest {MOST_PAST} are shown.")


def _past_words(of_medicine: pd.DataFrame) -> str:
    newest = of_medicine.iloc[0]
    first_start = of_medicine["started_at"].min()
    last_end = of_medicine["ended_at"].max()
    words = period_words(first_start, last_end)
    reason = f", for: {spelled_out(newest.reason_name)}" if newest.reason_name else ""
    where = " (in hospital)" if of_medicine["is_in_hospital"].all() else ""
    return f"{words}{where}{reason}"


def _dose(row: Any) -> str:
    if not row.dose_text or not row.dose_unit_words:
        return ""
    try:
        amount = number_text(float(row.dose_text))
    except ValueError:
        amount = spelled_out(row.dose_text)
    return f"{amount} {row.dose_unit_words}" if amount not in {"", "0"} else ""


def _how_often(row: Any) -> str:
    if row.frequency_words:
        return row.frequency_words
    if row.delivered_frequency or pd.isna(row.doses_per_day) or row.doses_per_day < 1:
        return ""
    if row.doses_per_day % 1:
        return ""
    often = number_text(row.doses_per_day)
    return "once a day" if often == "1" else f"{often} times a day"
