"""The risk on the chart: beside the usual, with reasons, and only while it holds."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.risk.section import percent, show_risk
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE
from tests.dashboards.test_pages import open_chart, sign_in, texts

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
NOW = pd.Timestamp("2026-06-30 12:00")
RISK = {
    "status_code": "scored",
    "risk": 0.312,
    "base_rate": 0.17,
    "predicted_at": pd.Timestamp("2026-06-14 12:00"),
    "window_ends_at": pd.Timestamp("2026-07-14 23:59"),
    "features_known_until": pd.Timestamp("2026-06-14 11:00"),
    "reason_1_name": "Admissions in the 12 months before",
    "reason_1_value": "3",
    "reason_1_effect": "raises",
    "reason_2_name": "Haemoglobin",
    "reason_2_value": "13.9 g/dL",
    "reason_2_effect": "lowers",
    "reason_3_name": None,
    "reason_3_value": None,
    "reason_3_effect": None,
    "model_version": "2026-06-01",
    "cutoff_at": pd.Timestamp("2026-05-01"),
    "training_stays": 1400,
    "training_events": 240,
    "why_not_shown": None,
    "is_deceased": False,
    "as_of": NOW,
    "readmitted_at": pd.NaT,
}


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with a doctor signed in."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE).run()
    return sign_in(app, "doctor")


def said_of(**changes: object) -> str:
    """Return what the page says of a risk."""

    def script(risks: object, show: object) -> None:
        show(risks)

    risks = pd.DataFrame([{**RISK, **changes}])
    page = AppTest.from_function(script, args=(risks, show_risk)).run()
    assert not page.exception
    return texts(page)


def test_a_risk_stands_beside_the_usual_with_reasons_and_basis(app: AppTest) -> None:
    said = texts(open_chart(app, "doctor", 1))

    assert "**31 %** of patients like this one" in said
    assert "of all discharged here **17 %** do" in said
    assert "▲ raises it: Admissions in the 12 months before: 3" in said
    assert "▼ lowers it: Haemoglobin: 13.9 g/dL" in said
    assert "holds until 14 Jul 2026" in said
    assert "1400 stays of which 240" in said


def test_a_patient_who_was_never_discharged_has_no_risk(app: AppTest) -> None:
    assert "No risk has been worked out" in texts(open_chart(app, "doctor", 3))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status_code": "not_enough_data", "risk": None}, "Not enough data"),
        (
            {
                "status_code": "model_not_shown",
                "risk": None,
                "why_not_shown": "It was trained on fewer than 200 readmissions.",
            },
            "No risk is shown. It was trained on fewer than 200",
        ),
        ({"status_code": "model_not_shown", "risk": None}, "not been released"),
        ({"as_of": pd.Timestamp("2026-07-15")}, "None holds now"),
        ({"is_deceased": True}, "The patient has died"),
        ({"readmitted_at": pd.Timestamp("2026-06-20")}, "Admitted again on 20 Jun"),
    ],
)
def test_no_risk_is_shown_that_does_not_hold(
    changes: dict[str, object], told: str
) -> None:
    said = said_of(**changes)

    assert told in said
    assert "31 %" not in said


def test_a_risk_holds_to_the_end_of_its_window() -> None:
    assert "31 %" in said_of(as_of=RISK["window_ends_at"])


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0 %"), (0.004, "Less than 1 %"), (0.01, "1 %"), (0.156, "16 %")],
)
def test_a_small_risk_is_not_called_none(share: float, told: str) -> None:
    assert percent(share) == told


def test_a_return_within_a_day_ends_the_risk_told_before(
    app: AppTest, hospital: Settings
) -> None:
    back = """
        insert into marts.fct_encounters (
            encounter_key, patient_key, is_inpatient, is_part_of_stay, started_at
        )
        values
        ('hospital:back', 1, true, false, '2026-06-15 03:00Z'),
        ('hospital:visit', 1, false, false, '2026-06-14 18:00Z'),
        ('hospital:part', 1, true, true, '2026-06-14 19:00Z')
    """
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(back)
    said = texts(open_chart(app, "doctor", 1))
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(
            "delete from marts.fct_encounters where encounter_key in "
            "('hospital:back', 'hospital:visit', 'hospital:part')"
        )

    assert "Admitted again on 15 Jun 2026" in said
