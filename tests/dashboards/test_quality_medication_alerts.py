"""The page of medication alerts: counts, before and after, what to re-grade."""

import csv
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.alert_words import (
    ACTIONS,
    KINDS,
    RARE,
    SEVERITIES,
    alert_text,
    rule_text,
)
from dashboards.quality.overrides import GRADED_ELSEWHERE
from dashboards.quality.regrading import line_of, proposed
from pipelines.access.people import create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dashboards.test_uploads import page_of, said
from tests.record.laboratory import PASSWORD, QUALITY

PAGE = "views/quality/medication_alerts.py"
PROJECT = Path(__file__).parents[2] / "dbt_project"
TOGETHER = 11
PAIR = "clarithromycin with simvastatin"
CODE = "interaction:clarithromycin+simvastatin"
RARE_ONE = "allergy:amoxicillin+brew of ada meyer"
SHOWN = """
    insert into access.shown_alert (
        user_id, patient_key, alert_code, severity_code, shown_at, overridden_at,
        override_reason_code
    )
    select
        'doctor.' || number %% 3, number %% 11, %(code)s, 'contraindicated',
        now() - number * interval '1 hour',
        case when number > %(heeded)s then now() end,
        case when number > %(heeded)s then 'monitored' end
    from generate_series(1, 20) as numbers (number)
"""
RARELY = """
    insert into access.shown_alert (user_id, patient_key, alert_code, severity_code)
    values ('doctor.1', 1, %s, 'contraindicated')
"""
DOCTORS = """
    insert into access.person (user_id, display_name, role, password_hash)
    select 'doctor.' || number, 'Doctor Zwölf', 'doctor', 'none'
    from generate_series(0, 2) as numbers (number)
"""
# As a build would count them with a word of the site's own.
WORDS_OF_SITE = """
    insert into marts.agg_medication_alerts values
    ('rule', 'interaction', 'a', 'b', null, 'major', 'silence', 0, 0, 34, 12,
        null, null),
    ('rule', 'interaction', 'c', 'd', 'minor', 'major', 'grade', 21, 15, 21, 15,
        null, null),
    ('rule', 'interaction', null, null, 'minor', null, 'add', 3, 2, 0, 0,
        null, null)
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation in which one patient has been delivered and no medicine."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in installation_with_marts(tmp_path_factory.mktemp("alerts")):
        with connect(settings, Role.OWNER) as owner:
            create_person(owner, QUALITY, PASSWORD)
            owner.execute(DOCTORS)
        (folder / "patients.csv").write_text(
            "source_patient_id,family_name,sex_code,birth_date\nP0,Meyer,F,1980-02-01\n"
        )
        load(settings, folder, format_name="csv", source_system="hospital")
        build_marts(settings)
        yield settings


@pytest.fixture(scope="module")
def without_medicines(empty: Settings) -> str:
    """Return what the page says before any medicine was delivered."""
    with pytest.MonkeyPatch.context() as patch:
        page = page_of(empty, patch, "quality")
        page.switch_page(PAGE).run()
        assert not page.exception
        return said(page)


@pytest.fixture(scope="module")
def pharmacy(empty: Settings, without_medicines: str) -> Settings:
    """Return the installation once eleven patients took two medicines at one time."""
    assert without_medicines
    folder = empty.root / "more"
    folder.mkdir()
    with (folder / "prescriptions.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        columns = "record_id,source_patient_id,drug_name,started_at,ended_at"
        lines.writerow(columns.split(","))
        for number in range(TOGETHER):
            for drug in ("Simvastatin 20 MG Oral Tablet", "Clarithromycin 500 MG"):
                at = ("2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z")
                lines.writerow([f"{drug[:2]}{number}", f"P{number}", drug, *at])
        lines.writerow(["x", "P0", "Simvastatin 20 MG Oral Tablet", *at])
    load(empty, folder, format_name="csv", source_system="hospital")
    build_marts(empty)
    with connect(empty, Role.BUILDER) as builder:
        builder.execute(WORDS_OF_SITE)
    with connect(empty, Role.OWNER) as owner:
        owner.execute(SHOWN, {"code": CODE, "heeded": 2})
        owner.execute(SHOWN, {"code": "qt:a+b", "heeded": 0})
        owner.execute(SHOWN, {"code": "allergy:amoxicillin+penicillin", "heeded": 0})
        owner.execute(RARELY, (RARE_ONE,))
    return empty


@pytest.fixture
def page(pharmacy: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page with counts."""
    page = page_of(pharmacy, monkeypatch, "quality")
    page.switch_page(PAGE).run()
    assert not page.exception
    assert not page.error
    return page


def table(page: AppTest, column: str) -> list[dict[str, object]]:
    """Return the rows of the first table that has a column."""
    shown = (each.value for each in page.dataframe)
    return next(each for each in shown if column in each.columns).to_dict("records")


def test_without_medicines_every_part_says_that_there_is_nothing(
    without_medicines: str,
) -> None:
    for words in (
        "No prescription has been delivered yet",
        "has added, silenced or re-graded no pair",
        "No alert has interrupted a prescriber within a year",
        "No rule is overridden so often",
    ):
        assert words in without_medicines


def test_alerts_are_told_per_prescriptions_and_patients(page: AppTest) -> None:
    metrics = {each.label: each.value for each in page.metric}
    rates = table(page, "Per 100 prescriptions")
    (of_pair,) = [row for row in rates if row["Grade"] == "Contraindicated"]

    # One of the eleven has the statin from two orders.
    assert metrics["Alerts"] == "12"
    assert metrics["Per 100 prescriptions"] == f"{1200 / 23:.1f}"
    assert metrics["Per 100 patients"] == f"{1200 / 11:.1f}"
    assert of_pair["Kind"] == "Interaction"
    assert of_pair["Alerts"] == 12
    assert of_pair["Per 100 patients"] == pytest.approx(1200 / 11)


def test_the_rules_with_the_most_alerts_are_named_where_many_share_them(
    page: AppTest,
) -> None:
    rules = [(row["About"], row["Alerts"]) for row in table(page, "Patients")]

    assert rules == [("c with d", 21), (PAIR, 12), (RARE, 3)]


def test_counts_stand_before_and_after_the_sites_word(page: AppTest) -> None:
    rows = table(page, "Alerts by the list")

    assert [
        (row["About"], row["The site"], row["Alerts by the list"], row["Alerts here"])
        for row in rows
    ] == [
        ("c with d", "re-graded", 21, 21),
        (RARE, "added", 0, 3),
        ("a with b", "silenced", 34, 0),
    ]
    assert rows[2]["Grade here"] == "none"
    assert rows[2]["Grade by the list"] == "Major"


def test_overrides_are_told_by_rule_with_their_reasons(page: AppTest) -> None:
    rows = {row["About"]: row for row in table(page, "Overridden")}

    assert rows[PAIR]["Shown"] == 20
    assert rows[PAIR]["Overridden"] == 18
    assert rows[PAIR]["Share"] == 90
    assert rows[PAIR]["Reasons"] == "It will be monitored: 18"
    assert (rows[RARE]["Shown"], rows[RARE]["Reasons"]) == (1, "-")
    assert "**95.1 % of 61 alerts that interrupted" in said(page)


def test_what_is_nearly_always_overridden_is_proposed_with_its_line(
    page: AppTest,
) -> None:
    lines = [each.value for each in page.code]

    # A pair that no list in force has is proposed no more.
    assert lines == [
        GRADED_ELSEWHERE,
        "clarithromycin,simvastatin,grade,major,,,"
        "overridden 18 of 20 times by 3 prescribers within a year",
    ]


def test_no_patient_no_prescriber_and_no_rare_name_is_shown(page: AppTest) -> None:
    text = said(page)

    for secret in ("Meyer", "meyer", "brew", "Zwölf", "doctor.", "P0"):
        assert secret not in text


RULE = {
    "alert_kind_code": "interaction",
    "severity_code": "contraindicated",
    "alert_code": "interaction:a+b",
    "shown_count": 20,
    "overridden_count": 18,
    "prescribers_count": 3,
    "severity_in_force": "contraindicated",
}


@pytest.mark.parametrize(
    ("differs", "is_proposed"),
    [
        ({}, True),
        ({"shown_count": 19, "overridden_count": 19}, False),
        ({"overridden_count": 17}, False),
        ({"prescribers_count": 2}, False),
        ({"alert_code": None}, False),
        ({"severity_in_force": "major"}, False),
        ({"severity_in_force": None}, False),
        ({"alert_kind_code": "allergy", "severity_in_force": None}, True),
    ],
)
def test_each_limit_of_a_proposal_decides(
    differs: dict[str, object], *, is_proposed: bool
) -> None:
    shown = pd.DataFrame([{**RULE, **differs}] * 2)

    assert len(proposed(shown)) == is_proposed


def test_a_line_is_read_back_by_the_list_that_it_is_for() -> None:
    rule = SimpleNamespace(
        **RULE, first_ingredient_name="a, hydrated", second_ingredient_name="b"
    )
    (row,) = csv.reader([line_of(rule)])
    seed = (PROJECT / "seeds/medicines/site_interaction_rules.csv").read_text()

    told = dict(zip(next(csv.reader([seed])), row, strict=True))
    assert told["ingredient_a"] == "a, hydrated"
    assert (told["action_code"], told["severity_code"]) == ("grade", "major")
    assert told["reason"].startswith("overridden 18 of 20 times")
    assert line_of(SimpleNamespace(**RULE, first_ingredient_name=None)) is None


def test_every_code_has_words() -> None:
    marts = PROJECT / "models/marts"
    known = (marts / "medicines/fct_medication_alerts.yml").read_text()
    known += (marts / "quality/agg_medication_alerts.yml").read_text()

    for words in (KINDS, SEVERITIES, ACTIONS):
        assert [code for code in words if code not in known] == []


def test_rules_without_ingredients_are_not_called_rare() -> None:
    nothing = {"first_ingredient_name": None, "second_ingredient_name": None}

    assert (
        rule_text(SimpleNamespace(alert_kind_code="polypharmacy", **nothing))
        == "all medicines together"
    )
    assert rule_text(SimpleNamespace(alert_kind_code="elderly", **nothing)) == RARE
    assert alert_text("qt:a+b") == "a with b"
    assert alert_text(None) == RARE
