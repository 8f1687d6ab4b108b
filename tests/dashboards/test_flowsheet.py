"""The flowsheet of vital signs: every value, its points, and what a score lacks."""

from collections.abc import Callable
from itertools import pairwise

import pandas as pd
import pytest

from dashboards.chart.flowsheet import (
    BANDS,
    COLOURS,
    LACKING,
    MOST_MOMENTS,
    NO_TOTAL,
    SCORE,
    newest_lines,
    newest_moments,
    sheet_of,
)

EIGHT, NINE = (pd.Timestamp(f"2026-06-10 {hour}:00Z") for hour in ("08", "09"))
TITLE = "10 Jun 2026, {}"
NO_POINTS = dict.fromkeys(
    (
        *("respiration_points", "saturation_points", "oxygen_points"),
        *("systolic_points", "pulse_points", "consciousness_points"),
        "temperature_points",
    ),
    0,
)
WHOLE = {
    "measured_at": EIGHT,
    "total_points": 0,
    "band_code": "low",
    "not_computed_reason": None,
    "missing_text": None,
    **NO_POINTS,
}
NO_SCORES = pd.DataFrame(columns=list(WHOLE))


def sign(name: str, value: float | None, **other: object) -> dict[str, object]:
    """Return one sign as the chart's query returns it."""
    told = {"unit": None, "value_text": None, "measured_at": EIGHT}
    return {"vital_sign_name": name, "value_number": value, **told, **other}


def sheet(
    *signs: dict[str, object], scores: pd.DataFrame = NO_SCORES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sheet of some signs and scores."""
    measured = pd.DataFrame(signs)
    return sheet_of(measured, scores, newest_moments(measured))


def cell(*signs: dict[str, object], row: str, **score: object) -> tuple[str, int]:
    """Return one cell of a sheet with one score: its text, and how grave it is."""
    texts, grave = sheet(*signs, scores=pd.DataFrame([{**WHOLE, **score}]))
    return texts.loc[row].iloc[0], grave.loc[row].iloc[0]


def test_times_go_from_the_newest_and_signs_as_a_round_is_read() -> None:
    texts, _ = sheet(
        sign("Body weight", 80.5, unit="kg"),
        sign("Heart rate", 72, unit="/min"),
        sign("Respiratory rate", 16, unit="/min", measured_at=NINE),
    )

    assert list(texts.columns) == [TITLE.format("09:00"), TITLE.format("08:00")]
    assert list(texts.index) == ["Breaths /min", "Pulse /min", "Body weight kg"]
    assert texts.to_numpy().tolist() == [["16", ""], ["", "72"], ["", "80.5"]]


@pytest.mark.parametrize(
    ("points", "text"), [(0, "72"), (1, "72 (+1)"), (3, "72 (+3)")]
)
def test_a_sign_stands_with_its_points(points: int, text: str) -> None:
    assert cell(
        sign("Heart rate", 72), row="Pulse", pulse_points=points
    ) == (text, points)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "part", "row"),
    [
        ("Respiratory rate", "respiration", "Breaths"),
        ("Oxygen saturation", "saturation", "Saturation"),
        ("Inhaled oxygen flow rate", "oxygen", "Oxygen"),
        ("Inhaled oxygen concentration", "oxygen", "Oxygen share"),
        ("Systolic blood pressure", "systolic", "Pressure"),
        ("Level of consciousness", "consciousness", "Consciousness"),
        ("Body temperature", "temperature", "Temperature"),
    ],
)
def test_points_stand_at_their_own_sign(name: str, part: str, row: str) -> None:
    text, grave = cell(sign(name, 9), row=row, **{f"{part}_points": 2})

    assert text.endswith(" (+2)")
    assert grave == 2


@pytest.mark.parametrize("band", list(BANDS))
def test_a_band_is_a_sign_and_a_word_beside_its_colour(band: str) -> None:
    text, grave = cell(sign("Heart rate", 72), row=SCORE, band_code=band)
    mark, _, expected = BANDS[band]

    assert text == f"{mark} 0 {band}"
    assert grave == expected
    assert len({each[0] for each in BANDS.values()}) == len(BANDS)
    assert expected == 0 or expected in COLOURS


@pytest.mark.parametrize(
    ("reason", "missing", "why"),
    [
        ("parameter_missing", "consciousness", "ACVPU"),
        ("parameter_missing", "air or oxygen, pulse", "O2, pulse"),
        ("too_young", None, "age 16"),
        ("age_unknown", "consciousness", "age"),
    ],
)
def test_a_score_without_a_total_says_what_it_needs(
    reason: str, missing: str | None, why: str
) -> None:
    none = {"total_points": None, "band_code": None}
    told = {**none, "not_computed_reason": reason, "missing_text": missing}
    signs = sign("Heart rate", 131)

    assert cell(signs, row=SCORE, **told) == (NO_TOTAL, 0)
    assert cell(signs, row=LACKING, **told) == (why, 0)
    assert cell(signs, row="Pulse", **told, pulse_points=3) == ("131 (+3)", 3)


def test_where_nothing_lacks_no_row_says_so() -> None:
    texts, _ = sheet(sign("Heart rate", 72), scores=pd.DataFrame([WHOLE]))

    assert list(texts.index) == [SCORE, "Pulse"]


def test_without_a_score_there_is_no_row_of_one() -> None:
    texts, grave = sheet(sign("Heart rate", 72))

    assert list(texts.index) == ["Pulse"]
    assert grave.to_numpy().tolist() == [[0]]


def test_a_score_is_of_its_own_time_alone() -> None:
    later = {**WHOLE, "measured_at": NINE, "pulse_points": 2}
    texts, _ = sheet(
        sign("Heart rate", 72),
        sign("Heart rate", 112, measured_at=NINE),
        scores=pd.DataFrame([WHOLE, later]),
    )

    assert texts.loc["Pulse"].to_list() == ["112 (+2)", "72"]


PAIR = (sign("Systolic blood pressure", 128), sign("Diastolic blood pressure", 77))


@pytest.mark.parametrize(
    ("signs", "row", "text"),
    [
        (PAIR, "Pressure", "128/77"),
        (PAIR[:1], "Pressure", "128/?"),
        (PAIR[1:], "Pressure", "?/77"),
        ((*PAIR, sign(PAIR[0]["vital_sign_name"], 99)), "Pressure", "128 and 99/77"),
        ((sign("Inhaled oxygen flow rate", 0),), "Oxygen", "air"),
        ((sign("Inhaled oxygen flow rate", 2.5),), "Oxygen", "2.5"),
        (
            (sign("Level of consciousness", None, value_text="New confusion"),),
            "Consciousness",
            "New confusion",
        ),
        ((sign("Heart rate", None, value_text=">250"),), "Pulse", ">250"),
        ((sign("Heart rate", None),), "Pulse", "?"),
        ((sign("Heart rate", 72), sign("Heart rate", 72)), "Pulse", "72"),
        ((sign("Heart rate", 72), sign("Heart rate", 74)), "Pulse", "72 and 74"),
    ],
)
def test_no_value_is_left_out_or_taken_for_another(
    signs: tuple[dict[str, object], ...], row: str, text: str
) -> None:
    assert cell(*signs, row=row) == (text, 0)


def test_two_units_of_a_sign_stand_at_each_value() -> None:
    texts, _ = sheet(
        sign("Body temperature", 37.2, unit="Cel"),
        sign("Body temperature", 98.6, unit="degF", measured_at=NINE),
    )

    assert texts.loc["Temperature"].to_list() == ["98.6 degF", "37.2 °C"]


def test_two_times_of_one_minute_have_their_own_columns() -> None:
    texts, _ = sheet(
        sign("Heart rate", 72),
        sign("Heart rate", 74, measured_at=EIGHT + pd.Timedelta(seconds=30)),
    )

    assert list(texts.columns) == [TITLE.format("08:00"), TITLE.format("08:00 (2)")]
    assert texts.loc["Pulse"].to_list() == ["74", "72"]


def test_of_many_times_the_newest_are_shown() -> None:
    signs = [
        sign("Heart rate", number, measured_at=EIGHT + pd.Timedelta(hours=number))
        for number in range(MOST_MOMENTS + 5)
    ]
    texts, _ = sheet(*signs)

    assert texts.shape == (1, MOST_MOMENTS)
    assert texts.loc["Pulse"].iloc[0] == str(MOST_MOMENTS + 4)
    assert texts.loc["Pulse"].iloc[-1] == "5"


LACKING_IT = {
    **WHOLE,
    "total_points": None,
    "band_code": None,
    "not_computed_reason": "parameter_missing",
    "missing_text": "consciousness",
    "measured_at": NINE,
}
HIGH = {**WHOLE, "total_points": 7, "band_code": "high"}
NONE_AT_NINE = "NEWS2: ○ no total: needs consciousness · 10 Jun 2026, 09:00"
HIGH_AT_EIGHT = ":red[**▲▲ 7 high**] · 10 Jun 2026, 08:00"


@pytest.mark.parametrize(
    ("scores", "lines"),
    [
        ([], ["NEWS2: never worked out for this patient."]),
        ([HIGH], [f"NEWS2: {HIGH_AT_EIGHT}"]),
        ([LACKING_IT], [NONE_AT_NINE]),
        ([LACKING_IT, HIGH], [NONE_AT_NINE, f"Last total: {HIGH_AT_EIGHT}"]),
        (
            [{**WHOLE, "measured_at": NINE}, HIGH],
            ["NEWS2: :green[**● 0 low**] · 10 Jun 2026, 09:00"],
        ),
    ],
)
def test_a_score_without_a_total_hides_no_alarm_before_it(
    scores: list[dict[str, object]], lines: list[str]
) -> None:
    assert newest_lines(pd.DataFrame(scores, columns=list(WHOLE))) == lines


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.1 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return sum(
        weight * part
        for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


@pytest.fixture
def shades() -> Callable[[int], tuple[float, float]]:
    """Return how light the ground and the writing of a colour are."""

    def both(points: int) -> tuple[float, float]:
        ground, writing = (part.split(": ")[1] for part in COLOURS[points].split("; "))
        return luminance(ground), luminance(writing)

    return both


def test_colours_can_be_read_and_told_apart_without_hue(
    shades: Callable[[int], tuple[float, float]],
) -> None:
    for points in COLOURS:
        light, dark = sorted(shades(points), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 4.5
    grounds = [shades(points)[0] for points in sorted(COLOURS)]
    assert grounds == sorted(grounds, reverse=True)
    assert min(lighter - darker for lighter, darker in pairwise(grounds)) > 0.2
