"""The parts of the results viewer: lines, window, markup, files."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from dashboards.chart.flags import FLAGS
from dashboards.chart.medicines import with_periods
from dashboards.chart.trend import trend_chart
from dashboards.viewer.lines import Line, chosen_lines, lines_of, with_lines
from dashboards.viewer.picture import picture_of
from dashboards.viewer.sheet import Shown, in_words, sheet_of
from dashboards.viewer.table import class_of, table_of
from dashboards.viewer.taking_away import csv_of
from dashboards.viewer.tree import tree_of
from dashboards.viewer.window import fitting_period, window_of
from tests.dashboards.test_words_of_the_chart import RESULT

STYLE = Path(__file__).parents[2] / "dashboards" / "viewer" / "assets" / "flowsheet.css"
NOON = pd.Timestamp("2026-06-01 12:00")
PANELS = pd.DataFrame(
    [("2823-3", "Electrolytes", 2, 2), ("2951-2", "Electrolytes", 2, 1)],
    columns=["analyte_code", "panel_name", "panel_position", "test_position"],
)
NOTHING = {"organism_name": None, "antibiotic_name": None, "specimen_name": None}


def known(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return results as the page first reads them."""
    usual = {
        "analyte_code": "2823-3",
        "test_name": "potassium",
        "line_unit": "mmol/L",
        "is_number": True,
        "collected_at": NOON,
        **NOTHING,
    }
    frame = pd.DataFrame([{**usual, **row} for row in rows])
    return frame.assign(lab_result_key=[f"h:{n}" for n in range(len(frame))])


def units_of(results: pd.DataFrame) -> list[str]:
    """Return the unit of the line in which each result stands."""
    return [key.rpartition("\x1f")[2] for key in with_lines(results)["line_key"]]


def test_values_of_different_units_never_share_a_line() -> None:
    results = known({}, {"line_unit": "mg/dL"}, {"line_unit": None})

    assert units_of(results) == ["mmol/L", "mg/dL", ""]


def test_a_number_without_unit_never_stands_with_numbers_that_have_one() -> None:
    assert units_of(known({}, {"line_unit": None})) == ["mmol/L", ""]


def test_words_without_unit_stand_with_their_analyte_if_it_has_one_unit() -> None:
    words = {"line_unit": None, "is_number": False}

    assert units_of(known({}, words)) == ["mmol/L", "mmol/L"]
    assert units_of(known({}, {"line_unit": "mg/dL"}, words)) == ["mmol/L", "mg/dL", ""]
    assert units_of(known({"analyte_code": "x"}, words)) == ["mmol/L", ""]


def test_lines_go_by_panel_and_place_and_the_rest_is_other() -> None:
    results = with_lines(
        known(
            {"analyte_code": "9", "test_name": "zinc"},
            {"analyte_code": "8", "test_name": "copper"},
            {},
            {"analyte_code": "2951-2", "test_name": "sodium"},
            {"analyte_code": "8", "test_name": "copper", "organism_name": "E. coli"},
        )
    )
    lines = lines_of(results, PANELS)

    assert [(line.panel, line.name) for line in lines] == [
        ("Electrolytes", "Sodium"),
        ("Electrolytes", "Potassium"),
        ("Other", "Copper"),
        ("Other", "Copper, E. coli"),
        ("Other", "Zinc"),
    ]


def line(key: str, name: str, panel: str = "Electrolytes") -> Line:
    """Return a line."""
    return Line(key, key, name, "mmol/L", panel, 1, NOON)


def test_a_search_finds_every_word_in_name_or_panel() -> None:
    lines = [line("a", "Sodium, serum"), line("b", "Zinc", "Other")]

    assert chosen_lines(lines, (), "SER sod") == [lines[0]]
    assert chosen_lines(lines, (), "other") == [lines[1]]
    assert chosen_lines(lines, ("Other",), "sod") == []
    assert chosen_lines(lines, ("a",), "") == [lines[0]]


def hours(*back: int) -> pd.DatetimeIndex:
    """Return times so many hours before noon, in their order."""
    return pd.DatetimeIndex(sorted(NOON - pd.Timedelta(hours=each) for each in back))


def test_a_window_holds_its_period_to_the_minute() -> None:
    window = window_of(hours(0, 24, 25), "1 day", None)

    assert list(window.times) == list(hours(0, 24))
    assert window.earlier_until == NOON - pd.Timedelta(hours=25)
    assert window.later_until is None
    assert window.left_out == 0


def test_no_more_columns_than_can_be_read_and_the_rest_is_told() -> None:
    window = window_of(hours(*range(61)), "All", None)

    assert len(window.times) == 60
    assert window.left_out == 1
    assert window.earlier_until == NOON - pd.Timedelta(hours=60)
    before = window_of(hours(*range(61)), "All", window.earlier_until)
    assert list(before.times) == [window.earlier_until]
    assert before.later_until == NOON


def test_later_goes_no_further_than_the_period() -> None:
    times = hours(0, 10, 30, 90)
    window = window_of(times, "1 day", times[0])

    assert list(window.times) == [times[0]]
    assert window.later_until == times[2]  # 30 and 10 hours back; noon is a day later


def test_a_window_can_end_at_any_of_its_times() -> None:
    times = hours(0, 24, 48, 49)
    window = window_of(times, "1 day", times[2])

    assert list(window.times) == [times[1], times[2]]
    assert window.earlier_until == times[0]
    assert window.later_until == times[3]
    first = window_of(times, "1 day", times[0])
    assert first.later_until == times[2]  # a day after the first that follows
    assert window_of(times, "1 day", None).earlier_until == times[1]


def test_the_first_period_is_the_shortest_that_shows_a_course() -> None:
    assert fitting_period(hours(*range(8))) == "1 day"
    assert fitting_period(hours(*range(7))) == "All"
    assert fitting_period(hours(*range(0, 24 * 8, 24))) == "7 days"


def shown(*changes: dict[str, Any], former: dict[str, str] | None = None) -> Shown:
    """Return results in words in one line, each an hour after the one before."""
    rows = [
        {
            **RESULT,
            "patient_key": 1,
            "lab_result_key": f"h:{number}",
            "is_withdrawn": False,
            "collected_at": NOON + pd.Timedelta(hours=number),
            **change,
        }
        for number, change in enumerate(changes)
    ]
    results = in_words(pd.DataFrame(rows)).assign(line_key="a")
    return Shown(results, former or {})


def sheet(*changes: dict[str, Any], **options: Any) -> Any:
    """Return a sheet of one line."""
    told = shown(*changes, **options)
    return sheet_of([line("a", "Sodium")], told, set(), is_newest_first=False)


class Tags(HTMLParser):
    """The names of the tags and attributes that a browser finds."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_no_delivered_word_becomes_markup() -> None:
    bad = "<img src=x onerror=alert(1)>\" onclick='x"
    result = {"value_text": bad, "value_number": None, "comment_text": bad, "unit": bad}
    named = Line(bad, bad, bad, bad, bad, 1, NOON)
    told = shown(result, former={"h:0": bad})
    told = Shown(told.results.assign(line_key=bad, lab_result_key=bad), {bad: bad})
    made = table_of(sheet_of([named], told, {bad}, is_newest_first=True))
    made += tree_of([named], [bad])

    parsed = Tags()
    parsed.feed(made)
    assert "img" not in parsed.names
    assert not [name for name in parsed.attributes if name.startswith("on")]
    assert made.count("&lt;img") > 5


def test_several_results_of_a_minute_stand_below_each_other_the_worst_first() -> None:
    changes = [
        {"collected_at": NOON, "value_number": number, "displayed_flag": flag}
        for number, flag in (
            (4, "NORMAL"),
            (5.4, "HIGH"),
            (6.8, "CRITICAL_HIGH"),
            (5, "HIGH"),
        )
    ]
    made = table_of(sheet(*changes))

    assert re.findall(r"<b>([\d.]+)</b>", made) == ["6.8", "5.4", "5"]
    assert "and 1 more" in made


def test_a_preliminary_result_says_so() -> None:
    result = {"result_status_code": "preliminary", "is_usable": False}

    assert '<span class="status">prelim.</span>' in table_of(sheet(result))


def test_a_result_that_is_told_in_its_note_points_there() -> None:
    words = {"value_number": None, "value_text": None, "comment_text": "clotted"}
    made = table_of(sheet(words))

    assert "see note" in made
    assert "clotted" in made
    assert "see note" not in table_of(sheet({"comment_text": "clotted"}))


def test_every_judgement_has_a_style_of_its_own() -> None:
    style = STYLE.read_text()

    assert [
        flag.word for flag in FLAGS if f".{class_of(flag.word)} " not in style
    ] == []


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Return the lines of a CSV."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_csv_holds_every_result_of_the_sheet_in_words() -> None:
    made = rows_of(
        csv_of(
            sheet(
                {"value_number": -2.5, "displayed_flag": "LOW", "reference_low": 0},
                {"value_number": None, "comparator": "<", "comparator_number": 5},
                former={"h:0": "3"},
            )
        )
    )

    assert made[0] == {
        "Panel": "Electrolytes",
        "Test": "Sodium",
        "Collected": "2026-06-01T12:00:00",
        "Value": "-2.5",
        "Unit": "mmol/L",
        "Judgement": "Low",
        "Range": "from 0",
        "Range from": "laboratory",
        "Status": "final",
        "Before it was corrected": "3",
        "Note": "",
        "New since last look": "",
        "Result key": "h:0",
    }
    assert made[1]["Value"] == "<5"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(begins: str) -> None:
    words = {"value_number": None, "value_text": f"{begins}1+1", "comment_text": "=2"}
    (row,) = rows_of(csv_of(sheet(words)))

    assert row["Value"][0] == "'"
    assert row["Note"] == "'=2"


def test_a_bound_is_drawn_from_its_limit_to_where_the_value_may_lie() -> None:
    bounds = [
        {"value_number": None, "comparator": "<", "comparator_number": 5},
        {"value_number": None, "comparator": ">=", "comparator_number": 9},
        {"value_number": 7.0},
    ]
    made = trend_chart(shown(*bounds).results).to_dict()
    rows = [row for data in made["datasets"].values() for row in data]
    ends = {row["comparator"]: row["bound_end"] for row in rows if "bound_end" in row}

    assert ends["<"] < 5
    assert ends[">="] > 9
    assert len(ends) == 2


MEDICINES = pd.DataFrame(
    [
        {
            "drug_name": "Digoxin 0.125 MG Oral Tablet",
            "strength_text": None,
            "dose_text": None,
            "dose_unit": None,
            "frequency_text": None,
            "reason_name": None,
            "change_reason_name": None,
            "is_infusion_component": False,
            "is_never_given": False,
            "is_active": True,
            "started_at": NOON,
            "ended_at": pd.NaT,
            "replaced_at": pd.NaT,
            "supply_ends_at": pd.NaT,
            "encounter_ended_at": pd.NaT,
            "as_of": NOON + pd.Timedelta(days=1),
        }
    ]
)


def colours_of(*changes: dict[str, Any], medicines: pd.DataFrame) -> set[str]:
    """Return the colours of the picture of some results."""
    medicines = with_periods(medicines)
    numbers = shown(*changes).results
    heading = ("Meyer, Ada", NOON.to_pydatetime())
    made = picture_of(*heading, [line("a", "Sodium")], numbers, medicines)
    found = Image.open(io.BytesIO(made)).convert("RGB")
    colours = [colour for _, colour in found.getcolors(1 << 20)]
    return {f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in colours}


def test_the_picture_shows_ranges_points_and_medicines() -> None:
    high = {"displayed_flag": "HIGH", "value_number": 6.0}
    ranged = {"reference_low": 3.5, "reference_high": 5.1}
    bare = colours_of({}, {}, medicines=MEDICINES[:0])
    full = colours_of({**high, **ranged}, ranged, medicines=MEDICINES)

    assert full - bare >= {"#D9F0E7", "#D55E00", "#0072B2"}
    assert "#E6E6E6" in colours_of(
        {"default_low": 3, "default_high": 5, "default_range_name": "ABIM adult range"},
        medicines=MEDICINES[:0],
    )
