"""Which medicines are mapped to ingredients, and which daily doses are known."""

import pandas as pd
import streamlit as st

from dashboards.chart.refused_doses import REFUSALS
from dashboards.quality.medicine_words import METHODS, PRODUCT_KINDS, RECORD_KINDS
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_medicines
from dashboards.quality.shares import COUNT, SHARE, percent, share_number

ALL = "All sources"


def show_medicines() -> None:
    """Show the counts of all sources or of one."""
    st.title("Medicines", anchor=False)
    if not show_prepared():
        return
    st.caption(
        "A medicine is mapped to its ingredients by a code where it has one, else by "
        "its name. A daily dose is computed, or refused with the reason; it is never "
        "guessed. Counted anew every night."
    )
    source = st.session_state.get("medicines_source", ALL)
    frames = read_medicines(None if source == ALL else source)
    sources = [ALL, *frames["sources"]["source_system"]]
    st.selectbox("Source", sources, key="medicines_source")
    if frames["mappings"].empty:
        st.info("No medicine has been delivered yet.")
        return
    _show_mappings(frames["mappings"])
    _show_unmapped(frames["mappings"])
    _show_doses(frames["doses"])


def _show_mappings(mappings: pd.DataFrame) -> None:
    """Show how each source's records were mapped."""
    st.subheader("Mapped to ingredients", anchor=False)
    keys = ["source_system", "record_kind_code"]
    totals = mappings.groupby(keys)["facts_count"].sum()
    coded = mappings.groupby(keys)["with_rxnorm_code_count"].sum()
    sums = mappings.groupby([*keys, "mapping_method"])["facts_count"].sum()
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Source": source,
                    "Records": RECORD_KINDS[kind],
                    "Mapped": METHODS[method],
                    "Count": int(count),
                    "Share": share_number(int(count), int(totals[source, kind])),
                }
                for (source, kind, method), count in sums.items()
            ]
        ),
        column_config={"Count": COUNT, "Share": SHARE},
        hide_index=True,
        height="content",
    )
    told = [
        f"{percent(int(coded[source, kind]), int(total))} of {source}'s "
        f"{RECORD_KINDS[kind].lower()}"
        for (source, kind), total in totals.items()
    ]
    st.caption(f"An RxNorm code for every ingredient: {'; '.join(told)}.")


def _show_unmapped(mappings: pd.DataFrame) -> None:
    """Show what is mapped to no ingredient, the most frequent first."""
    st.subheader("What is not mapped", anchor=False)
    unmapped = mappings[mappings["mapping_method"] == "unmapped"]
    if unmapped.empty:
        st.success("Everything is mapped.")
        return
    names = unmapped["unmapped_name"].fillna("rare (below 11 patients each)")
    st.dataframe(
        pd.DataFrame(
            {
                "Name": names,
                "What it is": unmapped["drug_kind_code"].map(PRODUCT_KINDS),
                "Records": unmapped["record_kind_code"].map(RECORD_KINDS),
                "Count": unmapped["facts_count"],
                "Source": unmapped["source_system"],
            }
        ).sort_values("Count", ascending=False, kind="stable"),
        column_config={"Count": COUNT},
        hide_index=True,
    )


def _show_doses(doses: pd.DataFrame) -> None:
    """Show the daily doses that cannot be computed, by reason."""
    st.subheader("Why daily doses are not computed", anchor=False)
    total = int(doses["doses_count"].sum())
    refused = doses[doses["refusal_code"].notna()]
    if refused.empty:
        st.success("Every daily dose is computed.")
        return
    st.markdown(
        f"**{percent(total - int(refused['doses_count'].sum()), total)} of {total:,} "
        "daily doses are computed**, one per ingredient of a prescription."
    )
    sums = refused.groupby("refusal_code")["doses_count"].sum()
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Doses": int(count),
                    "Share": share_number(int(count), total),
                    "Why": REFUSALS[code],
                }
                for code, count in sums.sort_values(ascending=False).items()
            ]
        ),
        column_config={
            "Doses": COUNT,
            "Share": SHARE,
            "Why": st.column_config.TextColumn(width="large"),
        },
        hide_index=True,
        height="content",
    )
