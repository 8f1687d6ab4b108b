"""The pages of limits and thresholds as an officer meets them, without a browser."""

import random
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.limit_chart import limit_chart
from pipelines.access.thresholds import change_threshold
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.limits.learning import learn_limits
from pipelines.settings import Settings
from tests.dashboards.test_uploads import page_of, said
from tests.incidents.test_incidents_page import button
from tests.limits.conftest import COLLEAGUE, OFFICER
from tests.limits.results import (
    GLUCOSE,
    MG,
    MMOL,
    POTASSIUM,
    REASON,
    Result,
    build,
    check_of,
    enter,
    found,
    lives,
    sign,
)
from tests.limits.results import OF_ALL as POTASSIUM_OF_ALL
from tests.limits.test_thresholds import CHECK, LIVES, rows
from tests.limits.test_thresholds import build as build_check
from tests.record.laboratory import file_of, line

PAGE = "views/quality/limits.py"
# At most 60 % of rows, more than anybody may decide.
MAPPED = "fct_lab_results:loinc_code:mapped"


@pytest.fixture
def learned(installation: Settings) -> Settings:
    """Return an installation that learned of potassium, and of glucose too little."""
    chance = random.Random(5)  # noqa: S311 - values of tests, no secrets
    enter(
        installation,
        [
            Result(round(chance.lognormvariate(1.41, 0.1), 1), n % 50)
            for n in range(400)
        ],
    )
    enter(installation, [Result(41, 1), Result(41, 2)])
    few = [Result(100, n, analyte=GLUCOSE, unit=MG, name="Glucose") for n in range(9)]
    enter(installation, few)
    build(installation, 1)
    learn_limits(installation)
    return installation


@pytest.fixture
def page(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page with an officer signed in."""
    return page_of(installation, monkeypatch, OFFICER.user_id).switch_page(PAGE)


def field(page: AppTest, label: str) -> object:
    """Return the first field of a label."""
    fields = (*page.text_input, *page.text_area, *page.number_input)
    return next(each for each in fields if each.label.startswith(label))


def choose(page: AppTest, analyte: str, unit: str) -> None:
    """Choose an analyte and unit."""
    page.run().selectbox(key="limit_analyte").select((analyte, unit)).run()


def test_before_anything_is_learned_the_page_says_so(page: AppTest) -> None:
    text = said(page.run())

    assert page.title[0].value == "Limits"
    assert "No limit is signed so far." in text
    assert "Nothing has been learned yet." in text


def test_an_officer_has_limits_learned(learned: Settings, page: AppTest) -> None:
    enter(learned, [Result(100, n, analyte="new", name="Newcomer") for n in range(9)])
    page.run()
    assert "Newcomer, mmol/L (new)" not in page.selectbox(key="limit_analyte").options
    button(page, "Learn limits anew")

    assert "Limits are learned." in page.success[0].value
    assert "Newcomer, mmol/L (new)" in page.selectbox(key="limit_analyte").options


@pytest.mark.usefixtures("learned")
def test_a_proposal_is_told_with_its_picture_and_what_would_break_it(
    page: AppTest,
) -> None:
    choose(page, POTASSIUM, MMOL)
    text = said(page)

    assert "402 results of 50 patients." in text
    assert "Proposed: " in text
    assert "no result breaks it now." in text
    assert "reference range 3.5 to 5 mmol/L" in text
    assert "critical outside of 2.8 to 6.2 mmol/L" in text
    assert "Solid: signed. Dashed: proposed." in text
    assert page.get("arrow_vega_lite_chart") or page.get("vega_lite_chart")


@pytest.mark.usefixtures("learned")
def test_too_few_results_propose_nothing(page: AppTest) -> None:
    choose(page, GLUCOSE, MG)

    assert "too few to learn from" in said(page)


def test_an_officer_signs_changes_and_retires_a_limit(
    learned: Settings, page: AppTest
) -> None:
    choose(page, POTASSIUM, MMOL)
    field(page, "Lowest").input("1.2")
    field(page, "Highest").input("twelve")
    field(page, "Why are").input(REASON)
    button(page, "Sign the limit")
    assert "write a limit as a number with a point" in page.error[0].value.lower()

    field(page, "Highest").input("12")
    button(page, "Sign the limit")
    assert "The limit is signed" in page.success[0].value
    check = check_of(POTASSIUM_OF_ALL)
    assert found(learned, check) == [("hospital", "failed", 402, 2, 2)]
    listed = page.dataframe[0].value
    assert list(listed["Limit"]) == ["1.2 to 12 mmol/L"]
    assert list(listed["Broken"]) == [2]
    assert f"signed 1.2 to 12 mmol/L by {OFFICER.display_name}" in said(page)

    field(page, "Highest").input("")
    field(page, "Why are").input("An analyser reports up to 50")
    button(page, "Sign the limit")
    assert lives(learned, check) == []
    assert list(page.dataframe[0].value["Limit"]) == ["1.2 mmol/L or more"]

    field(page, "Why does").input("It is judged elsewhere now")
    button(page, "Retire it")
    assert "No limit is signed so far." in said(page)
    assert f"version 3: retired by {OFFICER.display_name}" in said(page)


def test_signed_ends_are_told_to_the_last_digit(
    learned: Settings, page: AppTest
) -> None:
    sign(learned, COLLEAGUE, Decimal("0.12345"), Decimal("1234567.5"))
    choose(page, POTASSIUM, MMOL)

    told = "0.12345 to 1234567.5 mmol/L"
    assert list(page.dataframe[0].value["Limit"]) == [told]
    assert f"signed {told} by {COLLEAGUE.display_name}" in said(page)


def test_the_picture_tells_signed_ends_to_the_last_digit() -> None:
    bars = pd.DataFrame({"from_value": [1.0], "to_value": [9.0], "rows_count": [9]})
    ends = {"reference_low": None, "reference_high": None, "low": 1, "high": 20}
    signed = SimpleNamespace(low=None, high=Decimal("1234567.5"))
    told = limit_chart(bars, SimpleNamespace(**ends), signed).to_json()

    assert '"signed 1234567.5"' in told


def test_an_officer_who_looks_at_an_old_version_is_told(
    learned: Settings, page: AppTest
) -> None:
    choose(page, POTASSIUM, MMOL)
    sign(learned, COLLEAGUE, 1, 9)
    field(page, "Why are").input(REASON)
    button(page, "Sign the limit")

    assert "meanwhile" in page.error[0].value


def test_a_limit_of_what_is_learned_no_more_is_still_retired(
    learned: Settings, page: AppTest
) -> None:
    choose(page, POTASSIUM, MMOL)
    field(page, "Why are").input(REASON)
    button(page, "Sign the limit")
    with connect(learned, Role.BUILDER) as builder:
        builder.execute("truncate marts.fct_lab_results")
        builder.execute(
            "update quality.limit_proposal "
            "set learned_at = learned_at - interval '2 days'"
        )
    enter(learned, [Result(100, n, analyte=GLUCOSE, unit=MG) for n in range(9)])
    learn_limits(learned)
    choose(page, POTASSIUM, MMOL)
    assert "since then there are results of fewer than five patients" in said(page)
    assert page.get("arrow_vega_lite_chart") or page.get("vega_lite_chart")

    field(page, "Why does").input("It is measured no more")
    button(page, "Retire it")
    assert "No limit is signed so far." in said(page)
    learn_limits(learned)
    assert len(page.run().selectbox(key="limit_analyte").options) == 1


def test_two_units_are_told(learned: Settings, page: AppTest) -> None:
    enter(learned, [Result(70 + n % 9, n % 50) for n in range(60)])
    learn_limits(learned)
    choose(page, POTASSIUM, MMOL)

    assert "There may be two units" in page.warning[0].value
    assert "62 results break it now." in said(page)


@pytest.fixture(scope="module")
def delivered(installation: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load a file: without any, the page of checks has nothing to tell."""
    path = tmp_path_factory.mktemp("delivered") / "lab_results.csv"
    path.write_bytes(file_of(line("A1")))
    load(installation, path, format_name="csv", source_system="hospital")


def choose_check(page: AppTest, check: str) -> None:
    """Choose a check whose threshold may be changed."""
    page.switch_page("views/quality/checks.py").run()
    page.selectbox(key="threshold_check").select(check).run()


@pytest.mark.usefixtures("delivered")
def test_a_threshold_is_changed_on_the_page_of_checks(
    installation: Settings, page: AppTest
) -> None:
    build_check(installation, 1, {"hospital": (30, 1000)})
    choose_check(page, CHECK)
    field(page, "Share of the rows").set_value(5.0)
    field(page, "Why?").input(REASON)
    button(page, "Change the threshold")

    assert "The threshold is changed" in said(page)
    assert rows(installation, LIVES, CHECK) == []
    assert "Now (signed off): at most 5% of rows break it." in said(page)
    assert f"version 1: 5.000% by {OFFICER.display_name}" in said(page)
    assert (
        Decimal("0.05")
        == rows(installation, "select share from quality.threshold_in_force")[0][0]
    )


@pytest.mark.usefixtures("delivered")
def test_a_check_that_more_than_half_of_the_rows_may_break_can_be_chosen(
    installation: Settings, page: AppTest
) -> None:
    build_check(installation, 1, {"hospital": (70, 100)}, MAPPED)
    choose_check(page, MAPPED)

    assert not page.exception
    assert "at most 60% of rows break it" in said(page)
    assert field(page, "Share of the rows").value is None
    field(page, "Why?").input(REASON)
    button(page, "Change the threshold")
    assert "from 0 to 50 %" in page.error[0].value

    field(page, "Share of the rows").set_value(50.0)
    button(page, "Change the threshold")
    assert "Now (signed off): at most 50% of rows break it" in said(page)


@pytest.mark.usefixtures("delivered")
def test_beside_a_limit_with_a_threshold_stands_who_signed_it(
    installation: Settings, page: AppTest
) -> None:
    enter(installation, [Result(9), Result(4)])
    build(installation, 1)
    check = sign(installation, COLLEAGUE, 1, 8)
    change_threshold(installation, OFFICER, check, Decimal("0.1"), REASON, 0)
    page.switch_page("views/quality/checks.py").run()

    assert (
        "at most 10% of rows break it; the limit itself is version 1 by "
        f"{COLLEAGUE.display_name}"
    ) in said(page)
