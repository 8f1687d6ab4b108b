"""The values of a ward round: from the grid to what is recorded, or what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import pandas as pd

from dashboards.chart.words import unit_text
from dashboards.writing.measurements import wrong_signs
from pipelines.record.actions.catalogue import listed_signs, vital_signs
from pipelines.record.actions.measuring import Measured

# Weight and height are not part of a round.
SIGNS = (
    *("9279-1", "59408-5", "3151-8", "8480-6", "8462-4", "8867-4", "67775-7"),
    *("8310-5", "72514-3"),
)
SHORT = {
    "8480-6": "Systolic",
    "8462-4": "Diastolic",
    "8867-4": "Heart rate",
    "9279-1": "Breaths",
    "59408-5": "Saturation",
    "3151-8": "Oxygen",
    "67775-7": "Consciousness",
    "8310-5": "Temperature",
    "72514-3": "Pain",
}
# By patient key as text, because drafts are; then by code of the vital sign.
Typed = Mapping[str, Mapping[str, str]]


def heading(code: str) -> str:
    """Return the heading of a column."""
    measure = vital_signs().get(code)
    return f"{SHORT[code]} ({unit_text(measure.unit)})" if measure else SHORT[code]


def grid_of(names: Mapping[int, str], typed: Typed) -> pd.DataFrame:
    """Return the grid: one row per patient, with what was typed so far."""
    rows = [
        {"Patient": name}
        | {
            heading(code): _as_shown(code, typed.get(str(key), {}).get(code))
            for code in SIGNS
        }
        for key, name in names.items()
    ]
    frame = pd.DataFrame(rows, index=pd.Index(list(names), dtype="int64"))
    return frame.astype(
        {
            heading(code): "float64" if code in vital_signs() else "object"
            for code in SIGNS
        }
    )


def _as_shown(code: str, typed: str | None) -> float | str | None:
    """Return a cell; a word that is no longer one of its list is none."""
    if not typed or code in vital_signs():
        return float(typed) if typed else None
    return typed if typed in listed_signs()[code].answers else None


def typed_of(grid: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what is filled in, as text that is exact."""
    typed = {
        str(key): {
            code: _as_typed(code, row[heading(code)])
            for code in SIGNS
            if pd.notna(row[heading(code)])
        }
        for key, row in grid.iterrows()
    }
    return {key: values for key, values in typed.items() if values}


def _as_typed(code: str, cell: float | str) -> str:
    if code in listed_signs():
        return str(cell)
    return f"{Decimal(repr(float(cell))).normalize():f}"


def read_round(
    typed: Typed, names: Mapping[int, str], at: datetime
) -> tuple[list[Measured], list[str]]:
    """Return what is to be recorded, and what is wrong with whose values."""
    measured: list[Measured] = []
    wrong: list[str] = []
    for key, texts in typed.items():
        name = names.get(int(key))
        if name is None:
            wrong.append("A patient has left your list; load the page again.")
            continue
        answers = {code: text for code, text in texts.items() if code in listed_signs()}
        values = {
            code: Decimal(text) for code, text in texts.items() if code not in answers
        }
        wrong += [f"{name}, {told}" for told in _wrong(values, answers)]
        measured.append(Measured(int(key), values, at, answers=answers))
    return measured, wrong


def unusual_values(taken: Sequence[Measured], names: Mapping[int, str]) -> list[str]:
    """Return what is possible but seldom, so that it is read a second time."""
    signs = vital_signs()
    return [
        f"{names[each.patient_key]}: {signs[code].name} {value:f} is unusual. "
        "Is it right?"
        for each in taken
        for code, value in dict(each.values).items()
        if not signs[code].usual[0] <= value <= signs[code].usual[1]
    ]


def _wrong(values: Mapping[str, Decimal], answers: Mapping[str, str]) -> list[str]:
    signs = vital_signs()
    impossible = [
        f"{SHORT[code]}: possible is {signs[code].possible[0]} to "
        f"{signs[code].possible[1]}."
        for code, value in values.items()
        if not signs[code].possible[0] <= value <= signs[code].possible[1]
    ]
    unknown = [
        f"{SHORT[code]}: choose one of the list."
        for code, answer in answers.items()
        if answer not in listed_signs()[code].answers
    ]
    found = wrong_signs({**values, **answers})
    told = [f"{SHORT[code]}: {why}" for code, why in found.items()]
    return [*impossible, *unknown, *told]
