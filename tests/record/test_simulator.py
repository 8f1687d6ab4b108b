"""The simulated hospital: deliveries that parse, hold together and make sense."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType
from pipelines.record.simulator import simulation
from pipelines.record.simulator.clock import DAY, minute_of
from pipelines.record.simulator.disease import targets
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.laboratory import result_of
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import (
    FEEDS as WRITTEN,
)
from pipelines.record.simulator.simulation import (
    Summary,
    run,
    simulate,
    simulate_patient,
)

UNTIL = date(2026, 6, 30)
PATIENTS, YEARS, SEED = 60, 3, 11
HBA1C, TSH = "4548-4", "3016-3"

Read = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """Simulate once for all tests that only read."""
    folder = tmp_path_factory.mktemp("delivered")
    window = Window.ending(UNTIL, YEARS)
    return folder, run(Hospital(PATIENTS, SEED), window, folder, lambda *_: None)


@pytest.fixture(scope="module")
def read(delivered: tuple[Path, Summary]) -> Read:
    """Return a reader of one delivered feed, every column as text."""
    return lambda name: pl.read_csv(delivered[0] / f"{name}.csv", infer_schema=False)


def simulated_bytes(
    folder: Path, *, patients: int = 12, seed: int = 3
) -> dict[str, bytes]:
    simulate(patients=patients, years=2, seed=seed, until=UNTIL, folder=folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    assert simulated_bytes(tmp_path / "a") == simulated_bytes(tmp_path / "b")


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    first = simulated_bytes(tmp_path / "a")
    second = simulated_bytes(tmp_path / "b", seed=4)
    assert first["patients.csv"] != second["patients.csv"]


def test_a_second_run_into_the_same_folder_replaces_the_first(tmp_path: Path) -> None:
    assert simulated_bytes(tmp_path) == simulated_bytes(tmp_path)


def test_rows_are_counted_per_feed_and_progress_ends_with_all(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    counts = simulate(
        patients=5,
        years=1,
        seed=1,
        until=UNTIL,
        folder=tmp_path,
        progress=lambda *call: calls.append(call),
    )
    assert set(counts) == set(WRITTEN)
    for name, count in counts.items():
        rows = pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False)
        assert rows.height == count, name
    assert calls[-1] == ("patients", 5, 5)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_file_parses_as_its_contract_says(name: str, read: Read) -> None:
    feed, rows = FEEDS[name], read(name)
    assert tuple(rows.columns) == feed.delivered_columns
    for column in feed.columns:
        values = rows[column.name].drop_nulls()
        if column.type is ColumnType.TIMESTAMP:
            values.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=True)
        elif column.type is ColumnType.DATE:
            values.str.to_date("%Y-%m-%d", strict=True)
        elif column.type in {ColumnType.DECIMAL, ColumnType.INTEGER}:
            values.cast(pl.Float64, strict=True)
        if column.is_required and column.name != "test_code":
            assert rows[column.name].null_count() == 0, column.name


@pytest.mark.parametrize("name", [name for name in WRITTEN if FEEDS[name].has_patient])
def test_every_reference_leads_somewhere(name: str, read: Read) -> None:
    rows = read(name)
    targets = {
        "source_patient_id": "patients",
        "surviving_patient_id": "patients",
        "encounter_id": "encounters",
        "part_of_encounter_id": "encounters",
        "practitioner_id": "practitioners",
        "organization_id": "organizations",
        "prescription_id": "prescriptions",
        "replaces_prescription_id": "prescriptions",
        "order_id": "lab_orders",
        "specimen_id": "specimens",
        "coverage_id": "coverages",
        "claim_id": "claims",
        "replaces_claim_id": "claims",
    }
    for column in set(targets) & set(rows.columns):
        known = read(targets[column])["record_id"]
        lost = rows.filter(~pl.col(column).is_in(known.to_list()))
        assert lost[column].drop_nulls().to_list() == [], column


def test_unusual_codes_are_on_the_laboratorys_list_and_some_have_no_loinc(
    read: Read,
) -> None:
    listed = read("local_codes")
    used = read("lab_results").filter(pl.col("code_system") == "lis")
    assert used["test_code"].drop_nulls().is_in(listed["local_code"].to_list()).all()
    assert 0 < listed["loinc_code"].null_count() < listed.height


def test_nothing_happens_after_the_end_but_the_planted_mistakes(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    end = datetime.combine(UNTIL, datetime.min.time(), tzinfo=UTC)
    mistakes = delivered[1].mistakes
    for name in WRITTEN:
        event_at = FEEDS[name].event_at
        if event_at is None or not FEEDS[name].has_patient:
            continue
        times = read(name)[event_at].str.to_datetime(
            "%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"
        )
        allowed = mistakes["collected in the future"] if name == "lab_results" else 0
        if name == "appointments":
            continue  # they may be made for days to come
        assert (times >= end).sum() == allowed, name


def test_nobody_is_treated_before_birth_but_by_mistake(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    births = read("patients").select("source_patient_id", "birth_date")
    results = read("lab_results").join(births, on="source_patient_id")
    early = results.filter(
        pl.col("collected_at").str.slice(0, 10) < pl.col("birth_date")
    )
    assert early.height == delivered[1].mistakes["collected before birth"]
    visits = read("encounters").join(births, on="source_patient_id")
    assert (visits["started_at"].str.slice(0, 10) >= visits["birth_date"]).all()


def test_the_dead_have_no_later_visits(read: Read) -> None:
    dead = read("patients").filter(pl.col("deceased_at").is_not_null())
    visits = read("encounters").join(dead, on="source_patient_id")
    assert (visits["started_at"] <= visits["deceased_at"]).all()


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


def test_planted_mistakes_are_where_the_count_says(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    results, mistakes = read("lab_results"), delivered[1].mistakes
    assert results["test_code"].null_count() == mistakes["result without a code"]
    repeated = results.height - results.unique().height
    repeated += read("dispenses").height - read("dispenses").unique().height
    assert repeated == mistakes["row repeated"]


def test_a_corrected_result_supersedes_under_the_same_record_id(read: Read) -> None:
    results = read("lab_results")
    corrected = results.filter(pl.col("status_code") == "corrected").unique()
    assert corrected.height > 0
    earlier = results.filter(pl.col("status_code") == "final")
    pairs = corrected.join(earlier, on="record_id", suffix="_before")
    assert pairs["record_id"].n_unique() == corrected.height
    assert (pairs["source_updated_at"] > pairs["source_updated_at_before"]).all()


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


def test_patients_numbers_cannot_be_anybodys(read: Read) -> None:
    people = read("patients")
    assert people["national_id"].str.contains(r"^9\d\d-[0-4]\d-\d{4}$").all()
    assert people["phone"].drop_nulls().str.contains(r" 555 01\d\d$").all()
    assert people["postal_code"].str.contains(r"^0[12]\d{3}$").all()


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


@pytest.mark.parametrize(
    "name",
    [name for name in WRITTEN if FEEDS[name].has_patient and name != "patients"],
)
def test_every_fact_says_when_each_version_was_known(name: str, read: Read) -> None:
    rows = read(name)
    times = rows.select("record_id", "source_updated_at")

    assert times["source_updated_at"].null_count() == 0
    distinct = rows.unique().select("record_id", "source_updated_at")
    assert distinct.height == distinct.unique().height
    assert times["source_updated_at"].max() < UNTIL.isoformat()


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("encounters", "started_at", "ended_at"),
        ("conditions", "recorded_at", "ended_at"),
        ("prescriptions", "started_at", "ended_at"),
        ("care_plans", "started_at", "ended_at"),
        ("care_team", "started_at", "ended_at"),
    ],
)
def test_no_end_is_known_before_it_comes(
    name: str, begin: str, end: str, read: Read
) -> None:
    rows = read(name).filter(pl.col(end) >= pl.col(begin))

    assert rows.height > 0
    assert (rows["source_updated_at"] >= rows[end]).all()


def test_a_stay_is_known_open_before_it_is_known_closed(read: Read) -> None:
    stays = read("encounters").filter(pl.col("encounter_class_code") == "inpatient")
    first = stays.filter(pl.col("source_updated_at") == pl.col("started_at"))
    left = stays.filter(pl.col("status_code") == "finished")

    assert first["record_id"].n_unique() == stays["record_id"].n_unique()
    assert set(first["status_code"]) == {"in-progress"}
    assert first["ended_at"].null_count() == first.height
    assert first["discharge_disposition_name"].null_count() == first.height
    assert left.height > 20


def test_fills_of_a_prescription_are_known_when_they_have_happened(read: Read) -> None:
    ordered = read("prescriptions")
    filled = (
        read("dispenses").group_by("prescription_id").agg(pl.col("dispensed_at").max())
    )
    known = ordered.join(
        filled, left_on="record_id", right_on="prescription_id"
    ).filter(pl.col("dispenses_count") != "0")

    assert known.height > 20
    assert (known["source_updated_at"] >= known["dispensed_at"]).all()


def test_other_diagnoses_of_a_stay_are_known_some_days_after_it(read: Read) -> None:
    left = (
        read("encounters")
        .filter(pl.col("encounter_class_code") == "inpatient")
        .filter(pl.col("ended_at") >= pl.col("started_at"))
    )
    coded = read("conditions").join(
        left.select(pl.col("record_id").alias("encounter_id"), left="ended_at"),
        on="encounter_id",
    )
    coded = coded.filter(pl.col("category_code") == "encounter-diagnosis")
    others = coded.filter(pl.col("sequence_number") != "1")
    reasons = coded.filter(pl.col("sequence_number") == "1")

    assert others.height > 20
    assert (others["recorded_at"] > others["left"]).all()
    assert (reasons["recorded_at"] < reasons["left"]).all()
    assert others["clinical_status_code"].null_count() == others.height


def test_one_stage_of_kidney_disease_is_active_at_a_time(read: Read) -> None:
    stages = (
        read("conditions")
        .sort("source_updated_at")
        .unique("record_id", keep="last")
        .filter(
            pl.col("condition_code").str.starts_with("N18"),
            pl.col("clinical_status_code") == "active",
        )
    )

    assert stages.height > 0
    assert stages["source_patient_id"].is_unique().all()


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


def test_namesakes_can_be_searched(read: Read) -> None:
    people = read("patients").filter(pl.col("family_name").str.starts_with("Smith"))

    assert people.height >= 1
    assert people["given_name"].str.starts_with("Joh").all()


def test_nobody_else_may_read_what_is_simulated(tmp_path: Path) -> None:
    folder = tmp_path / "simulated"
    for _ in range(2):
        simulate(patients=1, years=1, seed=1, until=UNTIL, folder=folder)
        modes = {path.stat().st_mode & 0o777 for path in folder.iterdir()}
        assert (folder.stat().st_mode & 0o777, modes) == (0o700, {0o600})
        (folder / "patients.csv").chmod(0o644)  # as an earlier version wrote it
