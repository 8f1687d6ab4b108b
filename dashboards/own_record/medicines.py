"""My medicines: what is taken now and how, then what was taken before."""

import re
from datetime import date

import pandas as pd
import streamlit as st

from dashboards.chart.medicines import medicine_name
from dashboards.chart.words import plain
from dashboards.own_record.medicine_card import ShowRefill, show_card
from dashboards.own_record.wording import period_words, spelled_out

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


def show_medicines(
    medicines: pd.DataFrame, today: date, show_refill: ShowRefill
) -> None:
    """Show the medicines of one patient, those taken now first.

    ``today`` is the day as of which the record is seen.
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
        ever = named[named["medicine"].eq(name)]
        with st.container(border=True, width=CARD_PIXELS):
            st.markdown(f"##### {plain(name)}")
            show_card(of_medicine, ever["started_at"].min(), today, show_refill)
    past = named[~named["medicine"].isin(set(taken["medicine"]))]
    _show_past(past)


def short_name(drug_name: str | None) -> str:
    """Return the name of a medicine without strength, form and size of the pack."""
    name = PACK_FIRST.sub("", medicine_name(drug_name))
    return spelled_out(FORM_BEHIND.sub("", name))


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
