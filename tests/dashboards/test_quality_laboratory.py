"""The pages of judgements, clocks, flags and units: counts, and nobody's value."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.clock_words import minutes_text
from dashboards.quality.judgement_words import GROUP_OF, JUDGED_BY, REASONS
from dashboards.quality.shares import percent, share_number
from pipelines.access.people import create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.clock import ago
from tests.conftest import installation_with_marts
from tests.dashboards.test_uploads import INTERNAL, page_of, said
from tests.dbt.raw_rows import example_of, insert_fact, touch
from tests.record.laboratory import PASSWORD, PATIENTS, QUALITY, TECHNICIAN

JUDGEMENTS = "views/quality/judgements.py"
CRITICAL = "views/quality/critical_results.py"
FLAGS = "views/quality/flags_and_units.py"
FLAGS_OF_THE_LABORATORY = "views/lab_technician/flags_and_units.py"
DELTAS = "views/quality/delta_checks.py"
DELTAS_OF_THE_LABORATORY = "views/lab_technician/delta_checks.py"
HEADER = (
    "record_id,source_patient_id,test_code,code_system,test_name,value_text,unit,"
    "reference_low,reference_high,laboratory_flag,collected_at,resulted_at\n"
)
POTASSIUM = "P1,2823-3,LOINC,Potassium"
# Critical values that no page may show, and whose results they are.
CANARIES = ("7.37", "7.41", "7.43", "7.47", "P1", "000451", "Meyer", "Ada")
CODES = ("no_default_range", "in_30_minutes", "first_load", "delivered_range", "none,")
FIRST = f"""\
normal,{POTASSIUM},4.1,mmol/L,3.5,5.0,,2026-02-01T07:40:00Z,2026-02-01T08:00:00Z
again,{POTASSIUM},4.2,mmol/L,3.5,5.0,N,2026-02-02T07:40:00Z,2026-02-02T08:00:00Z
otherwise,{POTASSIUM},5.6,mmol/L,3.5,5.0,L,2026-02-03T07:40:00Z,2026-02-03T08:00:00Z
words,{POTASSIUM},see note,mmol/L,3.5,5.0,,2026-02-04T07:40:00Z,
index,P1,HIDX,lis,Index,12,,,,,2026-02-01T07:40:00Z,
index2,P1,HIDX,lis,Index,14,,,,,2026-02-02T07:40:00Z,
critical,{POTASSIUM},7.37,mmol/L,3.5,5.0,H,2026-02-05T07:40:00Z,2026-02-05T08:00:00Z
"""
DELTA = """\
cr1,P2,2160-0,LOINC,Creatinine,1.0,mg/dL,0.7,1.2,,2026-02-01T07:40:00Z,
cr2,P2,2160-0,LOINC,Creatinine,1.6,mg/dL,0.7,1.2,H,2026-02-02T07:40:00Z,
cr3,P2,14682-9,LOINC,Creatinine,265.2,umol/L,60,110,H,2026-02-03T07:40:00Z,
edta1,P2,2823-3,LOINC,Potassium,11.2,mmol/L,3.5,5.0,HH,2026-02-03T07:40:00Z,
edta2,P2,17861-6,LOINC,Calcium,3.1,mg/dL,8.6,10.2,LL,2026-02-03T07:40:00Z,
"""
MASSES = (88, 90, 91, 93, 95, 97, 99, 101, 104, 110)
MOLES = ("4.9", "5.0", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.8", "6.1")
READINGS = "select reading_hash from marts.fct_lab_results where lab_result_key = %s"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two loads, and critical results seen and unseen."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in installation_with_marts(tmp_path_factory.mktemp("laboratory")):
        with connect(settings, Role.OWNER) as owner:
            for person in (QUALITY, TECHNICIAN):
                create_person(owner, person, PASSWORD)
        (folder / "patients.csv").write_text(PATIENTS)
        deliver(settings, folder, FIRST + glucose() + DELTA)
        (folder / "patients.csv").unlink()
        deliver(settings, folder, news())
        build_marts(settings)
        for record, minutes in (("quick", 20), ("slow", 100)):
            acknowledge(settings, record, minutes)
        build_marts(settings)
        yield settings


def deliver(settings: Settings, folder: Path, lines: str) -> None:
    (folder / "lab_results.csv").write_text(HEADER + lines)
    load(settings, folder, format_name="csv", source_system="hospital")


def glucose() -> str:
    """Return glucose under one unit, some of it told in another."""
    return "".join(
        f"g{place},P2,2345-7,LOINC,Glucose,{value},mg/dL,70,99,,"
        f"2026-01-{place + 1:02}T07:40:00Z,\n"
        for place, value in enumerate((*MASSES, *MOLES))
    )


def news() -> str:
    """Return critical results of today: two to be acknowledged, one that waits."""
    at = {"quick": ago(hours=5), "slow": ago(hours=5), "open": ago(hours=3)}
    values = {"quick": "7.41", "slow": "7.43", "open": "7.47"}
    return "".join(
        f"{record},{POTASSIUM},{values[record]},mmol/L,3.5,5.0,H,"
        f"{(when - timedelta(hours=1)).isoformat()},{when.isoformat()}\n"
        for record, when in at.items()
    )


def acknowledge(settings: Settings, record: str, minutes: int) -> None:
    """Enter that a result was seen some minutes after its release."""
    key = f"hospital:{record}"
    with connect(settings, Role.BUILDER) as builder:
        (reading,) = builder.execute(READINGS, (key,)).fetchone()
        patient, released = builder.execute(
            "select patient_key, resulted_at from marts.fct_lab_results "
            "where lab_result_key = %s",
            (key,),
        ).fetchone()
    row = example_of(FEEDS["acknowledgements"], patient)
    with connect(settings, Role.OWNER) as owner:
        insert_fact(
            owner,
            "acknowledgements",
            row
            | {
                "record_id": f"seen-{record}",
                "lab_result_key": key,
                "reading_hash": reading,
                "acknowledged_at": released + timedelta(minutes=minutes),
            },
        )
        touch(owner, [patient])


@pytest.fixture
def page(laboratory: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the first quality page."""
    return page_of(laboratory, monkeypatch, "quality")


def opened(page: AppTest, path: str) -> AppTest:
    """Return a page that shows no failure."""
    page.switch_page(path).run()
    assert not page.error
    return page


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_reasons_for_no_judgement_are_told_in_words_with_counts(page: AppTest) -> None:
    opened(page, JUDGEMENTS)
    text = said(page)
    reasons = page.dataframe[0].value.set_index("Why")["Results"].to_dict()

    assert "35 results" in text
    assert "**3 results are INDETERMINATE**, 8.6 % of all" in text
    assert reasons == {
        REASONS["no_default_range"].why: 2,
        REASONS["not_a_number"].why: 1,
    }


def test_tests_that_lack_ranges_are_told_the_worst_first(page: AppTest) -> None:
    opened(page, JUDGEMENTS)
    (row,) = page.dataframe[1].value.to_dict("records")

    assert "**2 of 34 numbers (5.9 %)**, of 1 tests" in said(page)
    assert (row["Test"], row["Share"], row["Without range"], row["Numbers"]) == (
        "Index",
        100.0,
        2,
        2,
    )


def test_one_source_can_be_looked_at(page: AppTest) -> None:
    opened(page, JUDGEMENTS)
    page.selectbox(key="judgements_source").set_value("hospital").run()

    assert "35 results" in said(page)
    assert not page.error


def test_the_clock_is_told_with_what_waits_and_what_has_none(page: AppTest) -> None:
    opened(page, CRITICAL)
    text, shown = said(page), metrics(page)
    row = page.dataframe[0].value.set_index("Test").loc["Potassium"].to_dict()

    # One came with the first load, two were acknowledged, one waits; and each glucose
    # in mmol/L under mg/dL, of the first load too, reads as critically low; and so
    # do potassium and calcium of the spoiled draw.
    assert shown["Critical results"] == "16"
    assert shown["Still waiting"] == "1"
    assert shown["Within 30 minutes"] == "50.0 %"
    assert shown["Half of them within"] == "20 min"
    assert shown["Nine of ten within"] == "100 min"
    assert "1 critical result waited to be acknowledged" in page.warning[0].value
    assert "the longest for 3 h" in page.warning[0].value
    assert "13 results came with the first load" in text
    assert (row["Critical"], row["Waiting"], row["Acknowledged"]) == (5, 1, 2)
    assert (row["Within 30 min"], row["Median"], row["No clock"]) == (
        "50.0 %",
        "20 min",
        2,
    )


@pytest.mark.parametrize("role", ["quality", "technician"])
def test_flags_and_units_are_findings_for_quality_and_the_laboratory(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    page = page_of(laboratory, monkeypatch, role)
    opened(page, FLAGS if role == "quality" else FLAGS_OF_THE_LABORATORY)
    text = said(page)
    rows = page.dataframe[0].value

    assert "Glucose** · hospital · under mg/dL" in text
    assert "10 results lie about 17.9 times lower than 10 others" in text
    assert "Between mmol/L and mg/dL the factor is 18.02" in text
    (flag,) = rows[rows["By the laboratory"] == "▽ low"].to_dict("records")
    assert (flag["Test"], flag["By the range"], flag["Results"]) == (
        "Potassium",
        "△ high",
        1,
    )


def test_delta_checks_are_counted_for_quality(page: AppTest) -> None:
    opened(page, DELTAS)
    checks, draws = (each.value for each in page.dataframe)
    (creatinine,) = checks[checks["Limit"] == "more than 60 %"].to_dict("records")
    (potassium,) = checks[checks["Test"] == "Potassium"].to_dict("records")

    assert "91 % of the alerts were real disease" in said(page)
    # From 1.6 mg/dL to 265.2 umol/L, which is 3.0 mg/dL, and from 1.0 to 1.6: at 60 %.
    assert (creatinine["Alerts"], creatinine["Compared"]) == (1, 2)
    assert creatinine["Listed"] == "on"
    assert potassium["Listed"] == "off, counted only"
    assert draws[["Draws"]].to_numpy().tolist() == [[1]]
    assert draws["Pattern"].iloc[0].startswith("EDTA of another tube")


def test_a_technician_reads_whose_results_to_look_into(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(
        page_of(laboratory, monkeypatch, "technician"), DELTAS_OF_THE_LABORATORY
    )
    alerts, draws = (each.value for each in page.dataframe)
    (alert,) = alerts.to_dict("records")

    assert alert["Patient"].startswith("Anders, Bruno")
    assert (alert["Test"], alert["Result"], alert["Before"], alert["Beyond"]) == (
        "Creatinine",
        "3 mg/dL",
        "1.6 mg/dL",
        "more than 60 %",
    )
    assert sorted(draws["Result"]) == ["11.2 mmol/L", "3.1 mg/dL"]


def test_no_page_shows_a_value_a_patient_or_a_code_of_ours(page: AppTest) -> None:
    texts = "\n".join(
        said(opened(page, each)) for each in (JUDGEMENTS, CRITICAL, FLAGS, DELTAS)
    )

    assert [word for word in (*CANARIES, *CODES, *INTERNAL) if word in texts] == []


def test_before_the_first_build_the_pages_say_so(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with connect(warehouse, Role.OWNER) as owner:
        create_person(owner, QUALITY, PASSWORD)
    page = page_of(warehouse, monkeypatch, "quality")
    pages = (JUDGEMENTS, CRITICAL, FLAGS, DELTAS)
    empty = [said(opened(page, each)) for each in pages]
    (tmp_path / "patients.csv").write_text(PATIENTS)
    load(warehouse, tmp_path, format_name="csv", source_system="hospital")
    page = page_of(warehouse, monkeypatch, "quality")
    unbuilt = [said(opened(page, each)) for each in pages]

    assert ["Nothing has been delivered" in text for text in empty] == [True] * 4
    assert ["has not been prepared yet" in text for text in unbuilt] == [True] * 4


def test_every_flag_source_and_reason_has_words() -> None:
    # As the marts' files name them.
    folder = Path(__file__).parents[2] / "dbt_project/models/marts"
    counts = (folder / "quality/agg_lab_judgements.yml").read_text()
    results = (folder / "laboratory/fct_lab_results.yml").read_text()

    assert [code for code in REASONS if code not in counts] == []
    assert [code for code in JUDGED_BY if code not in results] == []
    assert [code for code in GROUP_OF if code not in results] == []


def test_only_nothing_is_0_percent_and_only_all_is_100() -> None:
    assert [percent(part, 10_000) for part in (0, 1, 10, 9_990, 9_999, 10_000)] == [
        "0 %",
        "below 0.1 %",
        "0.1 %",
        "99.9 %",
        "above 99.9 %",
        "100 %",
    ]
    assert [share_number(part, 10_000) for part in (0, 1, 5_000, 9_999, 10_000)] == [
        0.0,
        0.1,
        50.0,
        99.9,
        100.0,
    ]


def test_times_read_as_people_say_them() -> None:
    assert [
        minutes_text(minutes)
        for minutes in (0.4, 1, 119.4, 120, 185, 2_879, 2_880, 3_000)
    ] == [
        "below 1 min",
        "1 min",
        "119 min",
        "2 h",
        "3 h 5 min",
        "47 h 59 min",
        "2 d",
        "2 d 2 h",
    ]
