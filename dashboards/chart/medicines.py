"""Medicines as a timeline: one row per medicine, one bar per dose."""

import re
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.chart.axes import time_axis, time_domain
from dashboards.chart.trend import ALONE, Frame, extent
from dashboards.chart.words import capitalised, date_text, plain

ACTIVE_COLOUR = "#0072B2"
ENDED_COLOUR = "#B4BEC7"
MOST_ROWS = 14
ROW_PIXELS = 28
AXIS_PIXELS = 50
# What stands before the name in a drug's label: "24 HR", "1 ML", "NDA020800 0.3 ML".
AMOUNT_FIRST = re.compile(
    r"^(NDA\d+\s+)?([\d.,]+\s*(HR|ML|MG|HOUR)\s+)?", re.IGNORECASE
)
# A pack of several products has no name but its brand: "{…} Pack [Aranelle]".
BRAND_OF_PACK = re.compile(r"^\{.*\[(.+)\]$")
FROM_FIRST_NUMBER = re.compile(r"\s+[\d(\[/].*$")
# Between the ingredients of one product: "Acetaminophen 325 MG / Hydrocodone 5 MG".
INGREDIENTS = re.compile(r"\s+/\s+")
STRENGTH = re.compile(r"[\d.,]+ ?(?:MG|MCG|G|UNT|MEQ|ML)(?:/\w+)?\b", re.IGNORECASE)
# A label needs about this share of the chart's width.
LABEL_SHARE = 0.08
TOOLTIP = [
    alt.Tooltip("drug_name:N", title="Medicine"),
    alt.Tooltip("dose:N", title="Dose"),
    alt.Tooltip("from_text:N", title="From"),
    alt.Tooltip("to_text:N", title="To"),
    alt.Tooltip("reason:N", title="Reason"),
    alt.Tooltip("change:N", title="Change"),
]


NONE_DELIVERED = "No medicine has been delivered for this patient."


def show_medicines(
    medicines: pd.DataFrame, nothing: str = NONE_DELIVERED, unknown: str = "none known"
) -> None:
    """Show the timeline; medicines taken now come first.

    ``nothing`` is said where there is none; ``unknown`` where none is taken now.
    """
    st.subheader("Medicines", anchor=False)
    is_infusion = medicines["is_infusion_component"]
    given = medicines[~medicines["is_never_given"] & ~is_infusion]
    if given.empty:
        st.info(nothing)
        return
    undated = given[given["started_at"].isna()]
    if not undated.empty:
        st.caption(f"Without a date: {plain(', '.join(_names(undated)))}")
    courses = with_periods(given)
    if courses.empty:
        return
    order = rows_by_urgency(courses)
    shown = with_labels(courses[courses["medicine"].isin(order[:MOST_ROWS])])
    st.altair_chart(timeline(shown, order[:MOST_ROWS]), width="stretch")
    taken = plain(", ".join(_names(given[given["is_active"]]))) or unknown
    told = f"Blue: taken now ({taken}). Grey: ended, or supply run out."
    if is_infusion.any():
        told += " Fluids and additives of infusions are left out."
    st.caption(f"{told} A dose stands where it begins.")
    if len(order) > MOST_ROWS:
        with st.expander(
            f"{len(order) - MOST_ROWS} more medicines, all ended or older"
        ):
            _show_table(courses[courses["medicine"].isin(order[MOST_ROWS:])])


def with_periods(medicines: pd.DataFrame) -> pd.DataFrame:
    """Return medicines with a row name, a dose in words, and a bar's two ends."""
    ends = medicines[["ended_at", "replaced_at"]].min(axis=1)
    known = ends.fillna(medicines["as_of"].where(medicines["is_active"]))
    evidence = medicines[["supply_ends_at", "encounter_ended_at"]].min(axis=1)
    to_at = known.fillna(evidence).fillna(medicines["started_at"])
    rows = list(medicines.itertuples())
    periods = medicines.assign(
        medicine=[medicine_name(row.drug_name) for row in rows],
        dose=[_dose(row) for row in rows],
        short_dose=[_short_dose(row) for row in rows],
        from_at=medicines["started_at"],
        to_at=to_at.where(to_at >= medicines["started_at"], medicines["started_at"]),
        from_text=[date_text(row.started_at) for row in rows],
        reason=[capitalised(row.reason_name) for row in rows],
        change=[capitalised(row.change_reason_name) for row in rows],
    )
    is_running = periods["is_active"]
    periods["to_text"] = [
        "taken now" if active else date_text(end)
        for active, end in zip(is_running, periods["to_at"], strict=True)
    ]
    return periods.dropna(subset=["from_at"])


def with_labels(courses: pd.DataFrame) -> pd.DataFrame:
    """Return courses with a label where a dose begins and there is room to read it."""
    ordered = courses.sort_values(["medicine", "from_at"])
    of_row = ordered.groupby("medicine")
    is_new = ordered["short_dose"] != of_row["short_dose"].shift()
    latest = ordered["to_at"].max()
    room = of_row["from_at"].shift(-1).fillna(latest) - ordered["from_at"]
    is_last = of_row["from_at"].shift(-1).isna()
    has_room = (room >= (latest - ordered["from_at"].min()) * LABEL_SHARE) | is_last
    return ordered.assign(label=ordered["short_dose"].where(is_new & has_room, ""))


def medicine_name(drug_name: str | None) -> str:
    """Return the name of a medicine, all its ingredients, without strength and form."""
    if not drug_name:
        return "Medicine not named"
    if drug_name.startswith("{"):
        brand = BRAND_OF_PACK.match(drug_name)
        return brand.group(1) if brand else drug_name
    parts = [
        FROM_FIRST_NUMBER.sub("", AMOUNT_FIRST.sub("", part)).strip()
        for part in INGREDIENTS.split(drug_name)
    ]
    plain = " / ".join(part for part in parts if part)
    return capitalised(plain or drug_name)


def _names(medicines: pd.DataFrame) -> list[str]:
    return sorted({medicine_name(name) for name in medicines["drug_name"]})


def rows_by_urgency(courses: pd.DataFrame) -> list[str]:
    """Return the medicines, those taken now first, then those that ended last."""
    rows = courses.groupby("medicine").agg(
        is_active=("is_active", "any"), last_at=("to_at", "max")
    )
    ordered = rows.sort_values(["is_active", "last_at"], ascending=False)
    return list(ordered.index)


def timeline(
    courses: pd.DataFrame, order: list[str], frame: Frame = ALONE
) -> alt.LayerChart:
    """Return the bars of courses with labels, a row for each medicine of ``order``."""
    period = frame.period or time_domain(
        pd.concat([courses["from_at"], courses["to_at"]])
    )
    base = alt.Chart(courses).encode(
        y=alt.Y(
            "medicine:N",
            sort=order,
            title=None,
            axis=alt.Axis(
                labelLimit=frame.left_pixels or 150,
                domain=False,
                ticks=False,
                **extent(frame.left_pixels),
            ),
        )
    )
    bars = base.mark_bar(height=18, cornerRadius=2, stroke="white", clip=True).encode(
        x=time_axis("from_at", period),
        x2="to_at:T",
        color=alt.condition(
            "datum.is_active", alt.value(ACTIVE_COLOUR), alt.value(ENDED_COLOUR)
        ),
        tooltip=TOOLTIP,
    )
    # A course of a day or two is thinner than a line: a dot keeps it in sight.
    starts = base.mark_point(filled=True, size=40, opacity=1, clip=True).encode(
        x="from_at:T",
        color=alt.condition(
            "datum.is_active", alt.value(ACTIVE_COLOUR), alt.value(ENDED_COLOUR)
        ),
        tooltip=TOOLTIP,
    )
    labels = base.mark_text(align="left", dx=6, fontSize=11, clip=True).encode(
        x="from_at:T",
        text="label:N",
        color=alt.condition(
            "datum.is_active", alt.value("white"), alt.value("#1B2630")
        ),
    )
    return alt.layer(bars, starts, labels).properties(
        height=ROW_PIXELS * len(order) + AXIS_PIXELS
    )


def _show_table(courses: pd.DataFrame) -> None:
    columns = {
        "medicine": "Medicine",
        "dose": "Dose",
        "from_text": "From",
        "to_text": "To",
        "reason": "Reason",
    }
    newest = courses.sort_values("from_at", ascending=False)
    st.dataframe(newest[list(columns)].rename(columns=columns), hide_index=True)


def _dose(row: Any) -> str:
    parts = (_short_dose(row), row.frequency_text)
    return ", ".join(part for part in parts if part) or "dose not delivered"


def _short_dose(row: Any) -> str:
    """Return the dose, else the strength, else what the name says of it."""
    amount = " ".join(part for part in (row.dose_text, row.dose_unit) if part)
    in_name = STRENGTH.search(row.drug_name or "")
    return amount or row.strength_text or (in_name.group().lower() if in_name else "")
