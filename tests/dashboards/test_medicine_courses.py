"""The parts of the timeline of medicines: courses, spans, alerts, marks, days."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dashboards.medicines.adherence_words import share_text, verdict_of
from dashboards.medicines.administrations import doses_of, marks_of
from dashboards.medicines.courses import courses_of, drawn_courses, spans_of
from dashboards.medicines.days import COVERED, IN_HOSPITAL, NOT_COVERED, days_of
from dashboards.medicines.labels import placed_labels
from dashboards.medicines.overlaps import overlaps_of, strips_of
from dashboards.medicines.picture import Shown, picture_of, with_heights
from dashboards.medicines.timeline import Timeline, lanes_by_relevance
from dashboards.medicines.window import ALL, Window, fitting_period, window_of

TODAY = pd.Timestamp("2026-06-30 12:00")
NEVER = pd.NaT
ALIVE = {"as_of": TODAY, "is_deceased": False, "deceased_at": NEVER}
ORDER = {
    "ingredient_name": "warfarin",
    "prescription_key": "h:R1",
    "exposure_kind_code": "order",
    "is_counted": True,
    "supply_days": None,
    "change_code": None,
    "change_percent": None,
    "drug_name": "Warfarin 5 MG Oral Tablet",
    "change_reason_name": None,
    "reason_name": None,
    "is_inpatient_order": False,
    "is_status_stopped": False,
    "is_active": False,
    "ended_at": NEVER,
    "replaced_at": NEVER,
    "encounter_ended_at": NEVER,
    "supply_ends_at": NEVER,
    "daily_dose": 5.0,
    "daily_dose_unit": "mg",
    "refusal_code": None,
    "is_as_needed": False,
}
NONE_WITHOUT = pd.DataFrame(
    columns=["drug_kind_code", "ingredient_name", "started_at", "prescription_key"]
)
TIMES = ("ended_at", "replaced_at", "encounter_ended_at", "supply_ends_at")


def day(text: str) -> pd.Timestamp:
    """Return a moment of 2026."""
    return pd.Timestamp(f"2026-{text}")


def order(begins: str, until: str, **others: Any) -> dict[str, Any]:
    """Return what the marts tell of an order."""
    ends = {"taken_from": day(begins), "taken_until": day(until)}
    return {**ORDER, **ends, "started_at": day(begins), **others}


def courses(*rows: dict[str, Any], **patient: Any) -> pd.DataFrame:
    """Return the courses of some orders."""
    taken = pd.DataFrame(rows)
    for name in TIMES:
        taken[name] = pd.to_datetime(taken[name])
    return courses_of(taken, NONE_WITHOUT, pd.Series({**ALIVE, **patient}))


@pytest.mark.parametrize(
    ("told", "code", "until"),
    [
        ({"ended_at": day("02-01")}, "stopped", "02-01"),
        ({"replaced_at": day("02-01")}, "replaced", "02-01"),
        ({"ended_at": day("02-01"), "replaced_at": day("03-01")}, "stopped", "02-01"),
        ({"is_status_stopped": True}, "status", "02-01"),
        ({"ended_at": day("01-01"), "supply_ends_at": day("01-17")}, "supply", "02-01"),
        (
            {"is_inpatient_order": True, "encounter_ended_at": day("02-01")},
            "stay",
            "02-01",
        ),
        ({"supply_ends_at": day("01-17")}, "supply", "02-01"),
        ({}, "open", "02-01"),
        ({"is_active": True}, "running", "06-30 12:00"),
    ],
    ids=[
        "stopped",
        "replaced",
        "the first of both",
        "stopped without a date",
        "an end before the start is none",
        "with the stay",
        "supply",
        "nothing",
        "taken now",
    ],
)
def test_how_an_end_is_known(told: dict[str, Any], code: str, until: str) -> None:
    (course,) = courses(order("01-10", "02-01", **told)).itertuples()

    assert (course.end_code, course.until_at) == (code, day(until))
    is_known = code in {"stopped", "replaced", "status", "running"}
    assert course.is_end_known is is_known


def test_what_lasts_beyond_the_supply_is_only_assumed() -> None:
    told, unknown, running = courses(
        order("01-10", "02-01", supply_ends_at=day("01-17")),
        order("01-11", "02-01"),
        order("01-12", "08-01", supply_ends_at=day("06-01"), is_active=True),
    ).itertuples()

    assert told.told_until == day("01-17")
    assert unknown.told_until == unknown.from_at
    assert running.told_until == day("06-01")


def test_a_dispense_ends_with_its_supply_or_the_stop_of_its_order() -> None:
    fill = {"exposure_kind_code": "dispense", "supply_days": 10}
    supply, stopped = courses(
        order("01-01", "01-26", **fill, ended_at=day("03-01")),
        order("01-05", "01-08", **fill, started_at=day("01-01"), ended_at=day("01-08")),
    ).itertuples()

    assert (supply.end_code, supply.told_until) == ("supply", day("01-11"))
    assert (stopped.end_code, stopped.told_until) == ("stopped", day("01-08"))


def test_a_former_dispense_of_an_order_that_goes_on_is_over() -> None:
    fill = {"exposure_kind_code": "dispense", "supply_days": 30, "is_active": True}
    taken = courses(
        order("01-01", "02-15", **fill),
        order("06-10", "07-25", **fill),
        order("06-11", "07-26", **fill | {"is_active": False}),
        order(
            "06-12", "07-27", **fill | {"is_active": False}, prescription_key=None
        ),
    )  # fmt: skip

    assert list(taken["end_code"]) == ["supply", "running", "not_listed", "running"]
    assert list(spans_of(taken)["gap_days"]) == [114, 0]


def test_nothing_is_taken_after_death() -> None:
    died = {"is_deceased": True, "deceased_at": day("02-01")}
    (before, after) = courses(
        order("01-01", "01-15", ended_at=day("01-15")),
        order("01-20", "05-01", is_active=True),
        **died,
    ).itertuples()

    assert (before.end_code, before.until_at) == ("stopped", day("01-15"))
    assert (after.end_code, after.until_at) == ("died", day("02-01"))
    assert not after.is_running


@pytest.mark.parametrize(
    ("ends", "begins", "gap"),
    [
        ("02-01 00:00", "02-01 00:00", 0),
        ("02-01 10:00", "02-01 10:05", 0),
        ("02-01 00:00", "02-02 00:00", 0),
        ("02-01 23:59", "02-03 00:00", 1),
        ("02-01 00:00", "03-01 00:00", 27),
    ],
    ids=["touching", "minutes", "the next day", "a whole day", "weeks"],
)
def test_a_gap_is_a_whole_day_without_a_course(
    ends: str, begins: str, gap: int
) -> None:
    spans = spans_of(
        courses(
            order("01-10", ends, ended_at=day(ends)),
            order(begins, "04-01", ended_at=day("04-01")),
        )
    )

    assert list(spans["gap_days"]) == ([gap, 0] if gap else [0])


def test_a_course_within_another_opens_no_gap() -> None:
    spans = spans_of(
        courses(
            order("01-01", "03-01", ended_at=day("03-01")),
            order("01-05", "01-08", ended_at=day("01-08")),
            order("02-20", "04-01", ended_at=day("04-01")),
            order("01-01", "01-02", ingredient_name="heparin", ended_at=day("01-02")),
        )
    )

    assert list(spans["lane"]) == ["Heparin", "Warfarin"]
    assert spans["gap_days"].sum() == 0


def test_an_order_that_its_dispenses_stand_for_is_not_drawn_again() -> None:
    fill = {"exposure_kind_code": "dispense", "supply_days": 30}
    taken = courses(
        order("01-01", "04-01", is_counted=False),
        order("01-02", "02-16", **fill),
        order("01-01", "04-01", is_counted=False, ingredient_name="heparin"),
    )

    drawn = drawn_courses(taken)

    assert list(drawn["lane"]) == ["Heparin", "Warfarin"]
    assert drawn["exposure_kind_code"].iloc[1] == "dispense"


def test_heights_are_compared_within_a_lane_and_unit() -> None:
    heights = with_heights(
        courses(
            order("01-01", "02-01", daily_dose=10.0),
            order("02-01", "03-01", daily_dose=5.0),
            order("03-01", "04-01", daily_dose=1.0, daily_dose_unit="tablet"),
            order(
                "04-01", "05-01", daily_dose=None, daily_dose_unit=None,
                refusal_code="dose_is_range",
            ),
        )
    )["height"]  # fmt: skip

    assert heights[0] == heights[2] > heights[1] > heights[3] > 0


@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [
        (1.0, "tablet", "1 tablet a day"),
        (3.0, "tablet", "3 tablets a day"),
        (2.0, "patch", "2 patches a day"),
        (2.0, "suppository", "2 suppositories a day"),
        (40.0, "meq", "40 mEq a day"),
        (0.125, "mg", "0.125 mg a day"),
    ],
)
def test_a_daily_dose_is_written_as_people_write_it(
    amount: float, unit: str, told: str
) -> None:
    (course,) = courses(
        order("01-01", "02-01", daily_dose=amount, daily_dose_unit=unit)
    ).itertuples()

    assert course.dose == told


def test_words_stand_beside_their_place_and_never_on_each_other() -> None:
    lanes = pd.Series([0, 0, 0, 0, 1])
    begins = pd.Series([0.0, 0.5, 0.51, 0.95, 0.505])
    words = pd.Series(["ten letter", "a long text of alert", "b", "at the edge", "own"])

    placed = placed_labels(lanes, begins, words, pd.Series(["!"] * 5))

    assert list(zip(placed["words"], placed["align"], strict=True)) == [
        ("ten letter", "left"),
        ("a long text of alert", "right"),
        ("b", "left"),
        ("at the edge", "right"),
        ("own", "left"),
    ]
    crowded = placed_labels(lanes[:3], begins[:3] * 0.02, words[:3], words[:3].str[:1])
    assert list(crowded["words"]) == ["t", "a", ""]


ALERT = {
    "alert_kind_code": "interaction",
    "severity_code": "major",
    "first_ingredient_name": "aspirin",
    "second_ingredient_name": "warfarin",
    "subject_name": None,
    "number_value": None,
    "began_at": day("02-01"),
    "ended_at": day("03-01"),
}


def test_an_alert_stands_on_both_lanes_as_long_as_it_held() -> None:
    overlaps = overlaps_of(
        pd.DataFrame(
            [
                ALERT,
                ALERT | {"severity_code": "moderate"},
                ALERT | {"began_at": day("07-01"), "ended_at": day("08-01")},
            ]
        ),
        TODAY,
    )

    assert dict(zip(overlaps["lane"], overlaps["told"], strict=True)) == {
        "Aspirin": "! major: with warfarin",
        "Warfarin": "! major: with aspirin",
    }
    assert set(overlaps["began_at"]) == {day("02-01")}


def test_alerts_at_one_time_are_one_strip_told_by_the_gravest() -> None:
    worse = {"severity_code": "contraindicated", "first_ingredient_name": "cimetidine"}
    later = {"began_at": day("04-01"), "ended_at": day("09-01")}
    overlaps = overlaps_of(pd.DataFrame([ALERT, ALERT | worse, ALERT | later]), TODAY)

    strips = strips_of(overlaps[overlaps["lane"] == "Warfarin"])

    assert list(strips["told"]) == [
        "!! contraindicated: with cimetidine and 1 more",
        "! major: with aspirin",
    ]
    assert list(strips["ended_at"]) == [day("03-01"), TODAY]


def doses(*rows: tuple[str, bool | None, str | None]) -> pd.DataFrame:
    """Return doses of aspirin: when, whether given, why not."""
    told = [
        {
            "ingredient_name": "aspirin",
            "drug_name": "Aspirin",
            "status_code": "withheld",
            "administered_at": day(at),
            "is_given": is_given,
            "reason_name": reason,
        }
        for at, is_given, reason in rows
    ]
    return doses_of(pd.DataFrame(told))


def test_doses_of_one_step_and_fate_are_one_mark() -> None:
    window = Window(day("01-01"), day("05-31"), None, None)
    marks = marks_of(
        doses(
            ("02-01 08:00", True, None),
            ("02-01 12:00", True, None),
            ("02-01 12:00", False, "vomiting"),
            ("04-01 08:00", None, None),
            ("06-20 08:00", True, None),
        ),
        window,
    )

    assert list(marks["told"]) == [
        "given, 2 times, 1 Feb 2026, 08:00 to 1 Feb 2026, 12:00",
        "not given, 1 Feb 2026, 12:00: Vomiting",
        "not known whether given, 1 Apr 2026, 08:00",
    ]


def timeline_with(
    taken: pd.DataFrame, alerts: pd.DataFrame, given: pd.DataFrame | None = None
) -> Timeline:
    """Return a timeline; where nothing else is told, one dose of aspirin was given."""
    given = doses(("02-01 08:00", True, None)) if given is None else given
    overlaps = overlaps_of(alerts, TODAY)
    return Timeline(taken, spans_of(taken), overlaps, given, TODAY, is_current=True)


def test_a_source_that_goes_on_is_shown_until_today() -> None:
    ended = courses(order("01-01", "02-01", ended_at=day("02-01")))
    live = timeline_with(ended, pd.DataFrame([ALERT]))
    historical = replace(live, is_current=False)

    assert live.times == (day("01-01"), TODAY)
    assert historical.times == (day("01-01"), day("02-01 08:00"))
    assert fitting_period(ended, TODAY + pd.DateOffset(years=2)) == ALL


def test_the_most_relevant_lane_comes_first() -> None:
    def named(name: str, **others: Any) -> dict[str, Any]:
        return order("01-01", "03-01", ingredient_name=name, **others)

    timeline = timeline_with(
        courses(
            named("ended last", ended_at=day("03-01")),
            named("warfarin", is_active=True),
            named("taken now", is_active=True),
            named("had an alert", ended_at=day("02-02"))
            | {"taken_until": day("02-02")},
        ),
        pd.DataFrame([ALERT, ALERT | {"first_ingredient_name": "had an alert"}]),
    )
    window = window_of(timeline.times, ALL, None)

    assert lanes_by_relevance(timeline, window) == [
        "Warfarin",
        "Taken now",
        "Had an alert",
        "Aspirin",
        "Ended last",
    ]


def layers_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that each layer of a picture of courses draws."""
    return drawn(timeline_with(courses(*rows), pd.DataFrame([ALERT])), "Warfarin")


def drawn(timeline: Timeline, lane: str) -> list[dict[str, Any]]:
    """Return the rows that each layer of the picture of a lane draws."""
    window = window_of(timeline.times, ALL, None)
    shown = Shown(
        [lane],
        timeline.courses,
        timeline.spans,
        strips_of(timeline.overlaps),
        marks_of(timeline.doses, window),
    )
    chart = picture_of(shown, window, TODAY).to_dict()
    return [
        row
        for layer in chart["layer"]
        for row in chart["datasets"][layer["data"]["name"]]
    ]


def test_the_picture_parts_a_stop_from_an_assumed_end_and_writes_the_gap() -> None:
    rows = layers_of(
        order("01-01", "02-01", supply_ends_at=day("01-17")),
        order("03-01", "04-01", ended_at=day("04-01"), change_reason_name="bleeding"),
    )

    signs = {row["sign"]: row["words"] for row in rows if "sign" in row}
    assert signs == {"?": "", "\u25a0": "stopped: Bleeding"}
    assert "gap, 27 days" in {row.get("told") for row in rows}
    assert "! major: with aspirin" in {row.get("told") for row in rows}


def test_what_is_not_there_leaves_the_picture_whole() -> None:
    none = pd.DataFrame(columns=list(ALERT))
    one = courses(order("01-01", "02-01", ended_at=day("02-01")))
    given = doses(("02-01 08:00", True, None))
    lone_course = drawn(timeline_with(one, none, given.iloc[:0]), "Warfarin")
    empty = courses_of(
        pd.DataFrame([order("01-01", "02-01")]).iloc[:0], NONE_WITHOUT, pd.Series(ALIVE)
    )
    lone_dose = drawn(timeline_with(empty, none, given), "Aspirin")

    assert "5 mg a day" in {row.get("words") for row in lone_course}
    assert "given, 1 Feb 2026, 08:00" in {row.get("told") for row in lone_dose}


def test_a_dose_is_written_once_and_a_low_bar_always_says_why() -> None:
    refused = {
        "daily_dose": None,
        "daily_dose_unit": None,
        "refusal_code": "dose_is_range",
    }
    rows = layers_of(
        order("01-01", "02-01"),
        order("01-20", "02-20"),
        order("03-01", "04-01", **refused),
        order("03-01", "04-01", **refused),
    )

    words = {row["words"] for row in rows if row.get("label") and "words" in row}
    assert words == {"5 mg a day", "no daily dose: the dose is a range, such as 1-2"}
    assert len([row for row in rows if row.get("words") == "5 mg a day"]) == 1


def test_a_window_moves_by_its_period_and_stays_within_the_times() -> None:
    times = (day("01-01"), day("06-30"))
    last = window_of(times, "30 days", None)
    before = window_of(times, "30 days", last.earlier_until)
    whole = window_of(times, ALL, day("03-01"))

    assert (last.until_at, last.later_until) == (day("06-30"), None)
    assert (before.until_at, before.later_until) == (day("05-31"), day("06-30"))
    assert window_of(times, "1 year", None).earlier_until is None
    assert (whole.from_at, whole.until_at) == times


@pytest.mark.parametrize(
    ("begins", "period"),
    [("06-25", "7 days"), ("06-10", "30 days"), ("01-10", "1 year")],
)
def test_the_first_period_holds_what_was_taken_of_late(
    begins: str, period: str
) -> None:
    before = order("01-01", "05-01", ended_at=day("05-01"))
    taken = courses(order(begins, "08-01", is_active=True), before)

    assert fitting_period(taken, TODAY) == period
    assert fitting_period(courses(before), TODAY) == "1 year"


MEASURE = {
    "measure_name": "statins",
    "calendar_year": 2025,
    "period_starts_on": pd.Timestamp("2025-03-03").date(),
    "period_ends_on": pd.Timestamp("2025-12-31").date(),
    "days_in_period": 300,
    "days_covered": 240,
    "adherent_percent": 80,
    "proportion_of_days_covered": 0.8,
    "is_adherent": True,
    "is_eligible": True,
    "ineligible_reason_code": None,
}


def measure(**others: Any) -> Any:
    """Return a row of adherence."""
    return next(pd.DataFrame([MEASURE | others]).itertuples())


def test_the_days_are_those_that_the_mart_counted() -> None:
    intervals = pd.DataFrame(
        {
            "starts_on": [pd.Timestamp("2025-03-03").date()],
            "ends_on": [pd.Timestamp("2026-01-20").date()],
        }
    )
    stays = pd.DataFrame(
        {
            "admitted_at": [
                pd.Timestamp("2025-06-10 07:00"),
                pd.Timestamp("2025-02-01"),
            ],
            "discharged_at": [
                pd.Timestamp("2025-06-14 12:00"),
                pd.Timestamp("2025-03-05"),
            ],
        }
    )

    days = days_of(measure(), intervals, stays)
    none = days_of(measure(), intervals.iloc[:0], stays)

    assert days["kind"].value_counts().to_dict() == {COVERED: 298, IN_HOSPITAL: 6}
    assert none["kind"].value_counts().to_dict() == {NOT_COVERED: 298, IN_HOSPITAL: 6}
    assert days.set_index("day")["kind"]["2025-06-14"] == COVERED


@pytest.mark.parametrize(
    ("told", "share", "verdict"),
    [
        ({}, "80.0 %", "80 % reached"),
        ({"days_covered": 239, "is_adherent": False}, "79.6 %", "Below 80 %"),
        (
            {"days_in_period": 100_000, "days_covered": 79_999, "is_adherent": False},
            "79.9 %",
            "Below 80 %",
        ),
        (
            {"is_eligible": False, "ineligible_reason_code": "one_fill_date"},
            "80.0 %",
            "Not enough data to judge: it was handed out on one day of the year alone",
        ),
        (
            {"proportion_of_days_covered": None, "is_adherent": None},
            "no day to count",
            "Not enough data: no day of the period was out of hospital",
        ),
    ],
    ids=["exactly", "below", "never rounded up", "not eligible", "no day"],
)
def test_a_share_is_judged_by_the_marts_threshold(
    told: dict[str, Any], share: str, verdict: str
) -> None:
    assert share_text(measure(**told)) == share
    assert verdict_of(measure(**told)) == verdict
