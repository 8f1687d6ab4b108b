"""When reports came: those of imaging and cultures on one line of time."""

import altair as alt
import pandas as pd

from dashboards.chart.words import capitalised, time_text
from dashboards.reports.imaging import report_title
from dashboards.reports.imaging import status_text as status_of_report
from dashboards.reports.microbiology import status_of

LANES = ("Imaging", "Microbiology")
# Okabe-Ito; the shape says the same as the colour.
SHAPES = {
    "Final": ("circle", "#0072B2"),
    "Preliminary": ("triangle-right", "#E69F00"),
    "Corrected": ("diamond", "#D55E00"),
    "Amended": ("diamond", "#D55E00"),
    "Cancelled": ("cross", "#5A646D"),
    "Withdrawn": ("cross", "#5A646D"),
}
OTHER = ("square", "#8A8A8A")


def marks_of(imaging: pd.DataFrame, microbiology: pd.DataFrame) -> pd.DataFrame:
    """Return one mark per report and per culture: its lane, time, status and words."""
    marks = [
        {
            "lane": LANES[0],
            "at": row.reported_at,
            "status": status_of_report(row)[2:],
            "told": f"{report_title(row)}, {time_text(row.reported_at)}",
        }
        for row in imaging.itertuples()
    ]
    current = microbiology[microbiology["is_current"].astype(bool)]
    for row in current.drop_duplicates("culture_key").itertuples():
        name = capitalised(row.test_name) or "Culture"
        marks.append(
            {
                "lane": LANES[1],
                "at": row.collected_at,
                "status": status_of(row)[2:],
                "told": f"{name}, {time_text(row.collected_at)}",
            }
        )
    frame = pd.DataFrame(marks, columns=["lane", "at", "status", "told"])
    return frame[frame["at"].notna()]


def time_line(marks: pd.DataFrame) -> alt.Chart:
    """Return the picture: a lane each, a shape and a colour by status."""
    statuses = list(dict.fromkeys(marks["status"]))
    signs = [SHAPES.get(each, OTHER) for each in statuses]
    return (
        alt.Chart(marks)
        .mark_point(filled=True, size=90, opacity=0.9)
        .encode(
            x=alt.X("at:T", title=None, axis=alt.Axis(labelOverlap=True)),
            y=alt.Y(
                "lane:N",
                sort=list(LANES),
                title=None,
                axis=alt.Axis(grid=True, ticks=False, domain=False),
            ),
            shape=alt.Shape(
                "status:N",
                scale=alt.Scale(domain=statuses, range=[shape for shape, _ in signs]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            color=alt.Color(
                "status:N",
                scale=alt.Scale(domain=statuses, range=[each for _, each in signs]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("told:N", title="What"),
                alt.Tooltip("status:N", title="Status"),
            ],
        )
        .properties(height=alt.Step(36), width="container")
    )
