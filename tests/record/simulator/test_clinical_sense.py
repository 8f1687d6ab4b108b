"""Illness, age and medicines show in the results as they do in patients."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.record.simulator import simulation
from pipelines.record.simulator.clock import DAY, minute_of
from pipelines.record.simulator.disease import targets
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.laboratory import result_of
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import simulate, simulate_patient
from tests.record.simulator.conftest import UNTIL, YEARS, Read

HBA1C, TSH = "4548-4", "3016-3"


def mean_of(results: pl.DataFrame, code: str) -> float:
    numbers = results.filter(pl.col("test_code") == code)["value_number"]
    return numbers.drop_nulls().cast(pl.Float64).mean()


def test_diabetics_have_the_higher_hba1c(read: Read) -> None:
    diabetic = (
        read("conditions")
        .filter(pl.col("condition_code").str.starts_with("E11"))["source_patient_id"]
        .to_list()
    )
    results = read("lab_results").with_columns(
        is_diabetic=pl.col("source_patient_id").is_in(diabetic)
    )
    ill = mean_of(results.filter(pl.col("is_diabetic")), HBA1C)
    well = mean_of(results.filter(~pl.col("is_diabetic")), HBA1C)
    assert ill > 6.5
    assert well < 6.0


def test_only_men_have_mens_ranges_and_children_none_of_adults(read: Read) -> None:
    people = read("patients").select("source_patient_id", "sex_code", "birth_date")
    counts = read("lab_results").filter(pl.col("test_code") == "718-7")
    counts = counts.join(people, on="source_patient_id")
    adults = counts.filter(pl.col("birth_date") < "2000-01-01")
    limits = set(adults.select("sex_code", "reference_low").drop_nulls().rows())
    assert limits == {("F", "12"), ("M", "14")}


def test_levothyroxine_lowers_tsh_and_poor_adherence_raises_hba1c() -> None:
    """Compare one body under different medicines, all else equal."""
    window = Window.ending(UNTIL, YEARS)
    person = simulate_patient(1, Hospital(1, 1), window, 0).person
    person.born = minute_of(date(1970, 1, 1))
    person.onsets = {"hypothyroidism": window.start, "diabetes": window.start}
    person.severities = {"hypothyroidism": 0.5, "diabetes": 0.5}

    def under(**doses: float) -> dict[str, float]:
        return targets(person, window.end - DAY, lambda name: doses.get(name, 0.0))

    assert under()["tsh"] > 4.5 > under(thyroid=75)["tsh"]
    assert under(hba1c=-1.3)["hba1c"] == pytest.approx(under()["hba1c"] - 1.3)
    assert under(hba1c=-1.3 * 0.15)["hba1c"] > under(hba1c=-1.3 * 0.9)["hba1c"] + 0.9


def test_no_child_is_treated_for_a_disease_of_adults(read: Read) -> None:
    youngest = (UNTIL - timedelta(days=round(18 * 365.25))).isoformat()
    children = read("patients").filter(pl.col("birth_date") > youngest)
    ids = children["source_patient_id"].to_list()
    drugs = read("prescriptions").filter(pl.col("source_patient_id").is_in(ids))
    assert set(drugs["drug_name"].unique()) <= {
        "amoxicillin 80 MG/ML Oral Suspension",
        "amoxicillin 500 MG Oral Capsule",
        "azithromycin 250 MG Oral Tablet",
    }


def test_about_one_stay_in_six_is_followed_by_an_unplanned_one_as_foretold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(simulation, "write_paperwork", lambda _case: None)
    monkeypatch.setattr(simulation, "make_paper_mistakes", lambda _facts: Counter())
    hospital, window = Hospital(900, 5), Window.ending(UNTIL, 3)
    returned: list[bool] = []
    foretold: list[float] = []
    for number in range(1, hospital.patients + 1):
        case = simulate_patient(number, hospital, window, 0)
        admitted = sorted(
            (row["started_at"], row["admission_type_name"])
            for row in case.journal.rows["encounters"]
            if row["encounter_class_code"] == "inpatient"
        )
        for left, risk in case.risks:
            if left + 30 * DAY > window.end:
                continue
            after = next((one for one in admitted if one[0] >= left), None)
            is_back = after is not None and after[0] <= left + 30 * DAY
            returned.append(is_back and after[1] == "emergency")
            foretold.append(risk)
    assert len(returned) > 600
    assert 0.12 < sum(returned) / len(returned) < 0.21
    assert 0.66 < roc_auc_score(returned, foretold) < 0.78


def latest_of(read: Read, days: int = 5) -> pl.DataFrame:
    """Return the results of the last days of patients whose doctor is D0001."""
    team = read("care_team").filter(pl.col("practitioner_id") == "D0001")
    since = (UNTIL - timedelta(days=days)).isoformat()
    return read("lab_results").filter(
        pl.col("source_patient_id").is_in(team["source_patient_id"].to_list()),
        pl.col("collected_at").is_between(pl.lit(since), pl.lit(UNTIL.isoformat())),
    )


def test_the_first_doctors_morning_has_every_kind_of_finding(
    tmp_path: Path,
) -> None:
    simulate(patients=150, years=1, seed=1, until=UNTIL, folder=tmp_path)
    latest = latest_of(
        lambda name: pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False)
    )
    critical = latest.filter(pl.col("laboratory_flag").is_in(["HH", "LL"]))

    assert critical["source_patient_id"].n_unique() >= 4
    assert "preliminary" in set(critical["status_code"])
    assert "corrected" in set(latest["status_code"])
    assert latest["value_text"].str.starts_with(">").any()
    unconfirmed = latest.filter(
        pl.col("test_name") == "Potassium",
        pl.col("source_patient_id").is_in(
            critical.filter(pl.col("comment_text").is_not_null())["source_patient_id"]
        ),
    ).sort("collected_at")
    assert unconfirmed["laboratory_flag"].to_list() == ["HH", None]


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("egfr", 90, "90"),
        ("egfr", 91, ">90"),
        ("glucose_bedside", 500, "500"),
        ("glucose_bedside", 501, ">500"),
        ("sodium", 900, "900"),
    ],
)
def test_beyond_the_instruments_range_a_bound_is_printed(
    key: str, value: float, text: str
) -> None:
    row = result_of(key, value, is_man=1, age=50)

    assert row["value_text"] == text
    assert ("value_number" in row) == (text[0] != ">")
