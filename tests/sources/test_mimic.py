"""What MIMIC-IV records become: expected rows by hand from invented records."""

import polars as pl
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import Mapped
from pipelines.sources.mimic import ADAPTER


def map_table(name: str, *records: dict[str, str]) -> Mapped:
    """Map records of one file, as the landing hands them over."""
    table = ADAPTER.table_of(name)
    schema = dict.fromkeys(table.columns, pl.String) | {"line_number": pl.Int64}
    lines = [record | {"line_number": line} for line, record in enumerate(records, 2)]
    return table.map_records(pl.DataFrame(lines, schema=schema))


def only_row(mapped: Mapped, feed: str) -> dict[str, str]:
    """Return the one row of a feed, without what is null."""
    (row,) = mapped.feeds[feed].to_dicts()
    return {column: value for column, value in row.items() if value is not None}


def test_the_year_of_birth_is_the_anchor_year_less_the_age() -> None:
    mapped = map_table(
        "patients",
        {"subject_id": "1", "gender": "F", "anchor_age": "21", "anchor_year": "2125"},
    )

    assert only_row(mapped, "patients")["birth_year"] == "2104"


def test_an_unreadable_age_is_handed_on_to_be_refused() -> None:
    mapped = map_table(
        "patients",
        {"subject_id": "1", "gender": "F", "anchor_age": "old", "anchor_year": "2125"},
    )

    assert not only_row(mapped, "patients")["birth_year"].isdigit()


@pytest.mark.parametrize(
    ("admission_type", "encounter_class"),
    [
        ("EW EMER.", "inpatient"),
        ("OBSERVATION ADMIT", "inpatient"),
        ("EU OBSERVATION", "observation"),
        ("AMBULATORY OBSERVATION", "observation"),
    ],
)
def test_pure_observation_is_no_inpatient_stay(
    admission_type: str, encounter_class: str
) -> None:
    mapped = map_table("admissions", {"admission_type": admission_type})

    assert only_row(mapped, "encounters")["encounter_class_code"] == encounter_class


def test_what_an_admission_says_of_the_person_is_dated_by_it() -> None:
    mapped = map_table(
        "admissions",
        {
            "subject_id": "1",
            "hadm_id": "20",
            "admittime": "2150-01-01 08:00:00",
            "marital_status": "WIDOWED",
            "language": "?",
        },
    )

    assert only_row(mapped, "social_history") == {
        "line_number": 2,
        "record_id": "admissions:45404-1:20",
        "source_patient_id": "1",
        "encounter_id": "20",
        "observation_code": "45404-1",
        "code_system": "LOINC",
        "observation_name": "Marital status",
        "value_text": "WIDOWED",
        "observed_at": "2150-01-01 08:00:00",
    }


def test_stays_of_three_files_share_no_record_id() -> None:
    admission = map_table("admissions", {"hadm_id": "20"})
    transfer = map_table("transfers", {"transfer_id": "20", "eventtype": "admit"})
    service = map_table("services", {"hadm_id": "20", "curr_service": "MED"})

    ids = {
        only_row(mapped, "encounters")["record_id"]
        for mapped in (admission, transfer, service)
    }
    assert ids == {"20", "transfer:20", "service:20||MED"}


def test_an_emergency_visit_without_admission_stands_for_itself() -> None:
    mapped = map_table(
        "transfers", {"transfer_id": "3", "eventtype": "ED", "hadm_id": None}
    )

    row = only_row(mapped, "encounters")
    assert row["encounter_class_code"] == "emergency"
    assert "part_of_encounter_id" not in row


def test_a_discharge_marker_is_counted_as_excluded() -> None:
    mapped = map_table(
        "transfers",
        {"transfer_id": "3", "eventtype": "discharge"},
        {"transfer_id": "4", "eventtype": "transfer"},
    )

    assert mapped.excluded["line_number"].to_list() == [2]
    assert mapped.feeds["encounters"]["line_number"].to_list() == [3]


def test_a_value_taken_by_deidentification_keeps_its_number_and_range() -> None:
    mapped = map_table(
        "labevents",
        {
            "labevent_id": "7",
            "value": "___",
            "valuenum": "4.1",
            "ref_range_lower": "3.5",
            "ref_range_upper": "5.0",
            "comments": "___",
            "valueuom": " ",
        },
    )

    row = only_row(mapped, "lab_results")
    assert row["value_number"] == "4.1"
    assert not {"value_text", "comment_text", "unit"} & row.keys()


def test_a_comparator_makes_no_number() -> None:
    mapped = map_table("labevents", {"labevent_id": "7", "value": ">300"})

    row = only_row(mapped, "lab_results")
    assert row["value_text"] == ">300"
    assert "value_number" not in row


def test_a_susceptibility_keeps_its_dilution_as_text_and_its_letter_as_flag() -> None:
    mapped = map_table(
        "microbiologyevents",
        {
            "microevent_id": "7",
            "org_name": "ESCHERICHIA COLI",
            "ab_name": "GENTAMICIN",
            "dilution_text": "<=1",
            "dilution_comparison": "<=        ",
            "dilution_value": "1",
            "interpretation": "S",
            "chartdate": "2150-01-02 00:00:00",
            "charttime": None,
        },
    )

    row = only_row(mapped, "lab_results")
    assert row["record_id"] == "microbiology:7"
    assert (row["value_text"], row["laboratory_flag"]) == ("<=1", "S")
    assert row["collected_at"] == "2150-01-02 00:00:00"
    assert "value_number" not in row


def test_a_text_result_of_microbiology_is_its_comment() -> None:
    mapped = map_table(
        "microbiologyevents",
        {"microevent_id": "7", "comments": "<10,000 organisms/ml.  "},
    )

    row = only_row(mapped, "lab_results")
    assert row["comment_text"] == "<10,000 organisms/ml."
    assert not {"value_text", "value_number"} & row.keys()


def test_a_cancelled_culture_found_no_organism() -> None:
    mapped = map_table(
        "microbiologyevents", {"microevent_id": "7", "org_name": "CANCELLED"}
    )

    row = only_row(mapped, "lab_results")
    assert row["status_code"] == "CANCELLED"
    assert "organism_name" not in row


def test_a_blood_pressure_is_two_vital_signs_that_name_the_posture() -> None:
    mapped = map_table(
        "omr",
        {
            "subject_id": "1",
            "chartdate": "2150-01-02",
            "seq_num": "1",
            "result_name": "Blood Pressure Standing (1 min)",
            "result_value": "106/46",
        },
    )

    rows = mapped.feeds["vital_signs"].to_dicts()
    assert [
        (row["observation_code"], row["observation_name"], row["value_text"])
        for row in rows
    ] == [
        ("8480-6", "Systolic blood pressure, standing (1 min)", "106"),
        ("8462-4", "Diastolic blood pressure, standing (1 min)", "46"),
    ]
    assert {row["unit"] for row in rows} == {"mm[Hg]"}


def test_a_blood_pressure_without_posture_says_none() -> None:
    mapped = map_table(
        "omr", {"result_name": "Blood Pressure", "result_value": "120/80"}
    )

    rows = mapped.feeds["vital_signs"]
    assert rows["observation_name"][0] == "Systolic blood pressure"
    assert rows["position_name"].null_count() == 2


def test_a_weight_has_the_unit_that_its_name_states() -> None:
    mapped = map_table("omr", {"result_name": "Weight (Lbs)", "result_value": "150"})

    row = only_row(mapped, "vital_signs")
    assert (row["observation_code"], row["unit"]) == ("29463-7", "[lb_av]")


def test_a_filtration_rate_is_a_laboratory_result() -> None:
    mapped = map_table("omr", {"result_name": "eGFR", "result_value": ">60"})

    assert only_row(mapped, "lab_results")["value_text"] == ">60"
    assert mapped.feeds["vital_signs"].is_empty()


def test_an_unknown_outpatient_measurement_is_excluded_with_a_reason() -> None:
    mapped = map_table(
        "omr", {"result_name": "Grip"}, {"result_name": None}, {"result_name": "BMI"}
    )

    assert mapped.excluded["line_number"].to_list() == [2, 3]


def test_the_two_lists_of_items_do_not_fight_over_a_code() -> None:
    newer = map_table("d_labitems", {"itemid": "52069", "label": "Basophil Count"})
    older = map_table(
        "d_labitems_v0.4_with_loinc",
        {"itemid": "52069", "label": "Monocyte Count", "loinc_code": "742-7"},
    )

    assert only_row(newer, "local_codes")["code_list"] == "mimic-labitems"
    assert only_row(older, "local_codes")["code_list"] == "mimic-labitems-v0.4"
    assert "loinc_code" not in only_row(newer, "local_codes")


@pytest.mark.parametrize(
    ("table", "version", "code_system"),
    [
        ("diagnoses_icd", "9", "ICD-9-CM"),
        ("diagnoses_icd", "10", "ICD-10-CM"),
        ("procedures_icd", "10", "ICD-10-PCS"),
        ("diagnoses_icd", "11", "ICD-11"),
    ],
)
def test_the_code_system_follows_the_version(
    table: str, version: str, code_system: str
) -> None:
    mapped = map_table(table, {"icd_code": "X", "icd_version": version})

    (rows,) = mapped.feeds.values()
    assert rows["code_system"].to_list() == [code_system]


def test_a_missing_drug_code_is_no_zero() -> None:
    mapped = map_table("prescriptions", {"drug": "Heparin", "ndc": "0"})

    assert "ndc_code" not in only_row(mapped, "prescriptions")


def test_only_a_duration_in_days_becomes_days_of_supply() -> None:
    mapped = map_table(
        "pharmacy",
        {"pharmacy_id": "1", "duration": "7", "duration_interval": "Days"},
        {"pharmacy_id": "2", "duration": "7", "duration_interval": "Doses"},
    )

    assert mapped.feeds["dispenses"]["days_supply"].to_list() == ["7", None]


def test_every_column_made_is_in_the_contract_of_its_feed() -> None:
    for table in ADAPTER.tables:
        if table.map_records is None:
            continue
        for feed, rows in map_table(table.name, {}).feeds.items():
            made = set(rows.columns) - {"line_number"}
            assert made <= set(FEEDS[feed].delivered_columns), table.name


def test_a_drug_and_the_fluid_that_it_is_given_in_are_two_prescriptions() -> None:
    order = {"pharmacy_id": "5", "drug": "Dextrose 5%"}

    mapped = map_table(
        "prescriptions",
        order | {"drug_type": "MAIN"},
        order | {"drug_type": "BASE"},
        order | {"drug_type": "BASE", "drug": "Heparin"},
    )

    assert mapped.feeds["prescriptions"]["record_id"].n_unique() == 3
