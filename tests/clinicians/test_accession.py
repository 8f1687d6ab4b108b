"""The accession page and the turn-around times, against the files they come from."""

from collections import defaultdict
from math import ceil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.clock_words import minutes_text
from dashboards.quality.turnaround import worst_first
from pipelines.access.people import PersonRole
from pipelines.access.reading import Query, Reader
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.clinicians.conftest import Clinic
from tests.clinicians.delivered import Course, courses, versions_of
from tests.clinicians.test_forms import labelled, said
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
TIMES = """
    select lab_result_key, accession_key, ordered_at, collected_at, received_at,
        first_resulted_at, final_resulted_at
    from marts.fct_lab_turnarounds
    where lab_result_key = any(%s)
"""
# What the checks of a delivery refused stands in no mart.
LANDED = """
    select distinct record_id from raw.lab_results
    where source_system = 'operational' and record_id = any(%s)
"""
ANALYTES = """
    select lab_result_key, analyte_code, priority_code
    from marts.fct_lab_turnarounds
    where source_system = 'operational'
"""
AGGREGATED = """
    select analyte_code, priority_code, results_count, timed_count, untimed_count,
        reversed_count, median_minutes, ninetieth_minutes
    from marts.agg_lab_turnarounds
    where source_system = 'operational' and step_code = %s and period_code = 'all'
"""
STEPS = {
    "ordered_to_collected": ("ordered", "collected"),
    "collected_to_received": ("collected", "received"),
    "received_to_first": ("received", "first"),
    "collected_to_first": ("collected", "first"),
    "collected_to_final": ("collected", "final"),
    "ordered_to_final": ("ordered", "final"),
}


def page_of(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, role: PersonRole, page: str
) -> AppTest:
    """Return a page as somebody of a role sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    return enter_as(app.run(), role).switch_page(f"views/{role}/{page}.py").run()


def accession(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, number: str) -> AppTest:
    """Return the page of the accession that a number leads to."""
    page = page_of(clinic, monkeypatch, PersonRole.LAB_TECHNICIAN, "accession")
    label = "Number of the order, the specimen or the tube"
    return labelled(page.text_input, label).set_value(number).run()


@pytest.fixture(scope="module")
def delivered(clinic: Clinic) -> dict[str, Course]:
    """Return the courses that the files tell, of the results that landed."""
    told = courses(clinic.settings)
    with connect(clinic.settings, Role.BUILDER) as builder:
        rows = builder.execute(LANDED, (list(told),)).fetchall()
    landed = {key for (key,) in rows}
    assert len(landed) > 0.99 * len(told)
    return {key: course for key, course in told.items() if key in landed}


@pytest.fixture(scope="module")
def rejected(clinic: Clinic) -> dict[str, str]:
    """Return a specimen that was rejected, as its last version reads."""
    last = [rows[-1] for rows in versions_of(clinic.settings, "specimens").values()]
    return next(row for row in last if row["status_code"] == "rejected")


def test_every_time_of_every_result_is_that_of_its_files(
    clinic: Clinic, delivered: dict[str, Course]
) -> None:
    keys = [f"operational:{key}" for key in delivered]
    with connect(clinic.settings, Role.BUILDER) as builder:
        rows = builder.execute(TIMES, (keys,)).fetchall()

    assert len(rows) == len(keys) > 1000
    assert {
        key: Course(order.removeprefix("operational:"), *times)
        for key, order, *times in rows
    } == {f"operational:{key}": course for key, course in delivered.items()}


@pytest.mark.parametrize("step", STEPS)
def test_median_and_ninetieth_are_those_of_the_files(
    clinic: Clinic, delivered: dict[str, Course], step: str
) -> None:
    begin, end = STEPS[step]
    groups = defaultdict(list)
    with connect(clinic.settings, Role.BUILDER) as builder:
        named = builder.execute(ANALYTES).fetchall()
        counted = builder.execute(AGGREGATED, (step,)).fetchall()
    ours = [row for row in named if row[0].removeprefix("operational:") in delivered]
    assert len(ours) == len(named)
    for key, analyte, priority in named:
        course = delivered[key.removeprefix("operational:")]
        groups[analyte, priority].append((getattr(course, begin), getattr(course, end)))

    expected = {}
    for group, times in groups.items():
        told = [(a, b) for a, b in times if a and b]
        spans = sorted((b - a).total_seconds() / 60 for a, b in told if b >= a)
        ranks = [ceil(len(spans) * share) - 1 for share in (0.5, 0.9)]
        middle = [round(spans[rank], 1) if spans else None for rank in ranks]
        untold, turned = len(times) - len(told), len(told) - len(spans)
        expected[group] = (len(times), len(spans), untold, turned, *middle)
    assert expected == {
        (analyte, priority): (*counts, *(None if n is None else float(n) for n in by))
        for analyte, priority, *counts, m, p in counted
        for by in [(m, p)]
    }


def test_the_page_tells_the_whole_life_of_an_accession(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    delivered: dict[str, Course],
    rejected: dict[str, str],
) -> None:
    order_id = rejected["order_id"]
    mine = [course for course in delivered.values() if course.order_id == order_id]
    tubes = [
        rows[-1]
        for rows in versions_of(clinic.settings, "specimens").values()
        if rows[-1]["order_id"] == order_id
    ]

    page = accession(clinic, monkeypatch, rejected["accession_number"].lower())

    metrics = {each.label: each.value for each in page.metric}
    ordered, final = mine[0].ordered, max(course.final for course in mine)
    minutes = (final - ordered).total_seconds() / 60
    assert metrics["Ordered to final"] == minutes_text(minutes)
    assert "Nothing waits" in said(page)
    specimens, versions = (each.value for each in page.dataframe)
    assert len(specimens) == len(tubes) >= 2
    assert sum(specimens["Status"].str.startswith("✕ Rejected")) == 1
    results = versions_of(clinic.settings, "lab_results").values()
    lines = [row for rows in results for row in rows if row["order_id"] == order_id]
    assert len(versions) == len(lines)
    assert "Came by" in said(page)


def test_every_number_of_an_accession_leads_to_it(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]
) -> None:
    numbers = ("order_id", "record_id", "accession_number")
    heads = [
        accession(clinic, monkeypatch, rejected[number]).subheader[0].value
        for number in numbers
    ]

    assert len(set(heads)) == 1
    assert rejected["order_id"] in heads[0].replace("\\", "")
    begun = accession(clinic, monkeypatch, rejected["accession_number"][:1])
    (found,) = begun.selectbox
    assert found.label == f"{len(found.options)} found"
    assert len(found.options) > 1
    unknown = accession(clinic, monkeypatch, "no-such-number")
    assert "No order, specimen or tube has this number" in said(unknown)


def test_what_is_not_told_is_said(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = versions_of(clinic.settings, "lab_orders").values()
    waiting = next(
        rows[-1]
        for rows in orders
        if rows[-1]["status_code"] == "ordered"
        and rows[-1]["category_code"] == "laboratory"
    )

    page = accession(clinic, monkeypatch, waiting["record_id"])

    text = said(page)
    assert "Still waiting: The order is open" in text
    assert "No result has come" in text
    assert "No specimen was delivered" in text
    metrics = {each.label: each.value for each in page.metric}
    assert metrics["Ordered to final"] == "-"


@pytest.mark.parametrize("role", [PersonRole.QUALITY, PersonRole.LAB_TECHNICIAN])
def test_the_slowest_test_stands_first_and_few_are_called_few(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, role: PersonRole
) -> None:
    page = page_of(clinic, monkeypatch, role, "turnaround")
    (table,) = (each.value for each in page.dataframe)
    metrics = {each.label: int(each.value.replace(",", "")) for each in page.metric}

    assert metrics["Results"] == table["Results"].sum()
    assert metrics["With both times"] == table["Timed"].sum()
    assert metrics["A time is missing"] == table["Time missing"].sum()
    is_few = table["Note"].str.startswith("few")
    assert is_few.sum() > 0
    assert list(is_few) == sorted(is_few)
    assert (table[is_few]["Timed"] < 10).all()
    assert (table[~is_few & (table["Timed"] > 0)]["Timed"] >= 10).all()


def test_worst_first_puts_few_after_enough(clinic: Clinic) -> None:
    statement = """
        select * from (values ('a', 10, 5.0), ('b', 9, 99.0), ('c', 11, 7.0))
            as times (analyte, timed_count, ninetieth_minutes)
    """
    with connect(clinic.settings, Role.OWNER) as owner:
        assert owner
    times = (
        Reader(clinic.settings, clinic.doctor)
        .read("test", {"times": Query(statement, {})})
        .frames["times"]
    )

    assert list(worst_first(times)["analyte"]) == ["c", "a", "b"]
