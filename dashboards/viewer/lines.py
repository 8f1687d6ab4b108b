"""The lines of the flowsheet: one per analyte and unit, each under its panel.

Values of different units never share a line; what a rule tells in the unit of the test
stands in that one. A result in words without a unit stands in
the line of its analyte where there is only one; a number without a unit never does.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from dashboards.chart.words import capitalised, unit_text

OTHER = "Other"
LAST = 10_000
WHAT = ["analyte_code", "organism_name", "antibiotic_name"]
KIND = [*WHAT, "line_unit"]
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Line:
    """One line of the flowsheet: what is measured, in which unit, under which panel."""

    key: str
    analyte_code: str
    name: str
    unit: str
    panel: str
    count: int
    latest_at: pd.Timestamp


def with_lines(known: pd.DataFrame) -> pd.DataFrame:
    """Return results with the key of the line that each stands in."""
    if known.empty:
        return known.assign(line_key="")
    # A few hundred kinds of results stand for ten thousand.
    told = known.assign(**{name: known[name].fillna("") for name in KIND})
    kinds = told[[*KIND, "is_number"]].drop_duplicates()
    what = kinds[WHAT].agg(SEPARATOR.join, axis=1)
    unit = kinds["line_unit"].map(unit_text)
    units = unit[unit != ""].groupby(what).unique()
    only = units[units.map(len) == 1].map(lambda found: found[0])
    is_bare_word = (unit == "") & ~kinds["is_number"].astype(bool)
    unit = unit.where(~is_bare_word, what.map(only).fillna(""))
    kinds = kinds.assign(shown_unit=unit, line_key=what + SEPARATOR + unit)
    merged = told.merge(kinds, on=[*KIND, "is_number"], how="left")
    return known.assign(
        line_unit=merged["shown_unit"].to_numpy(),
        line_key=merged["line_key"].to_numpy(),
    )


def lines_of(known: pd.DataFrame, panels: pd.DataFrame) -> list[Line]:
    """Return the lines of results that have line keys, by panel and place in it."""
    counts = known["line_key"].value_counts()
    latest = known.drop_duplicates("line_key", keep="last").merge(
        panels, on="analyte_code", how="left"
    )
    latest = latest.assign(
        panel_name=latest["panel_name"].fillna(OTHER),
        panel_position=latest["panel_position"].fillna(LAST),
        test_position=latest["test_position"].fillna(LAST),
        name=[name_of(row) for row in latest.itertuples()],
    ).sort_values(["panel_position", "test_position", "name", "line_unit"])
    return [
        Line(
            row.line_key,
            row.analyte_code,
            row.name,
            row.line_unit,
            row.panel_name,
            int(counts[row.line_key]),
            row.collected_at,
        )
        for row in latest.itertuples()
    ]


def name_of(row: object) -> str:
    """Return what a line is called: the test, its material, and what was tested."""
    parts = [capitalised(row.test_name) or "Test not named"]
    if isinstance(row.specimen_name, str):
        parts.append(row.specimen_name.lower())
    parts += [row.organism_name, row.antibiotic_name]
    return ", ".join(part for part in parts if isinstance(part, str) and part)


def chosen_lines(
    lines: Collection[Line], picked: Collection[str], text: str
) -> list[Line]:
    """Return the lines of the picked panels and tests whose names contain a text.

    Without anything picked, all of them. Every word of the text must be found.
    """
    wanted = text.casefold().split()
    return [
        line
        for line in lines
        if (not picked or line.panel in picked or line.key in picked)
        and all(word in f"{line.name} {line.panel}".casefold() for word in wanted)
    ]
