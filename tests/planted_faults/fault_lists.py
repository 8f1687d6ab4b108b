"""Faults that one load shows, in the words of a person who meets them."""

import numpy as np
import polars as pl

from tests.planted_faults.fault import (
    Base,
    Fault,
    changed,
    chosen,
    left_out,
    moved,
    scaled,
    told_twice,
)
from tests.planted_faults.tables import Tables, with_columns, without

HOSPITAL, MIMIC = Base.HOSPITAL, Base.MIMIC
NULL = pl.lit(None, dtype=pl.String)
SET, REGEX, NOT_REGEX, BETWEEN, FILLED, PAIR = (
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_match_regex",
    "expect_column_values_to_not_match_regex",
    "expect_column_values_to_be_between",
    "expect_column_values_to_not_be_null",
    "expect_column_pair_values_a_to_be_greater_than_b",
)
TEST = pl.col("test_code")
SIGN = pl.col("observation_code")
# Of MIMIC-IV, by their items.
GLUCOSE = pl.col("itemid") == "50931"
POTASSIUM = pl.col("itemid") == "50971"


def _men_give_birth(tables: Tables, random: np.random.Generator) -> Tables:
    patients = tables["patients"]
    men = patients.filter(pl.col("sex_code") == "M")["source_patient_id"]
    return changed(
        "conditions",
        0.3,
        pl.col("source_patient_id").is_in(men.implode()),
        condition_code=pl.lit("O80"),
        code_system=pl.lit("ICD-10-CM"),
    )(tables, random)


def _of_other_patients(name: str, column: str, share: float):
    def plant(tables: Tables, random: np.random.Generator) -> Tables:
        rows = tables[name]
        hit = chosen(rows, share, random)
        others = pl.col(column).unique(maintain_order=True)
        following = pl.Series(rows.select(others)[column]).to_list()
        next_of = dict(zip(following, following[1:] + following[:1], strict=True))
        moved_to = pl.col(column).replace(next_of)
        changed_column = pl.when(hit).then(moved_to).otherwise(pl.col(column))
        return with_columns(tables, name, **{column: changed_column})

    return plant


def _swapped(table: str, first: str, second: str, where: pl.Expr | None = None):
    return changed(table, 1, where, **{first: pl.col(second), second: pl.col(first)})


def _pressures_swapped(tables: Tables, random: np.random.Generator) -> Tables:
    other = {"8480-6": "8462-4", "8462-4": "8480-6"}
    return changed("vital_signs", observation_code=SIGN.replace(other))(tables, random)


def _died_before(tables: Tables, _: np.random.Generator) -> Tables:
    """A third of the patients died two years before their first visit."""
    visits = (
        tables["encounters"]
        .group_by("source_patient_id")
        .agg(pl.col("started_at").min().alias("first"))
    )
    patients = tables["patients"].join(visits, on="source_patient_id", how="left")
    is_hit = pl.int_range(pl.len()) % 3 == 0
    died = patients.with_columns(
        deceased_at=pl.when(is_hit)
        .then(moved("first", days=-1))
        .otherwise("deceased_at")
    ).drop("first")
    return {**tables, "patients": died}


def _conflicting(tables: Tables, random: np.random.Generator) -> Tables:
    rows = tables["lab_results"]
    again = rows.filter(chosen(rows, 0.05, random)).with_columns(
        value_text=pl.lit("1"), value_number=pl.lit("1")
    )
    return {**tables, "lab_results": pl.concat([rows, again])}


def _leave(*names: str):
    return lambda tables, _: without(tables, names)


def _fault(base, name, told, table, plant, *found_by) -> Fault:
    return Fault(name, base, told, table, plant, found_by)


PEOPLE = (
    _fault(
        HOSPITAL,
        "sex_specific_impossibility",
        "Births are among the diagnoses of men.",
        "conditions",
        _men_give_birth,
        "fct_conditions:sex:*",
    ),
    _fault(
        MIMIC,
        "sexes_exchanged",
        "The codes of the two sexes are exchanged.",
        "patients",
        changed("patients", gender=pl.col("gender").replace({"F": "M", "M": "F"})),
        "fct_conditions:sex:*",
    ),
    _fault(
        MIMIC,
        "sex_as_number",
        "Sex comes as 1 and 2.",
        "patients",
        changed("patients", gender=pl.col("gender").replace({"F": "2", "M": "1"})),
        f"patients:{SET}:sex_code",
    ),
    _fault(
        HOSPITAL,
        "wrong_patient",
        "A tenth of the results is filed under the next patient.",
        "lab_results",
        _of_other_patients("lab_results", "source_patient_id", 0.1),
        "fct_lab_results:encounter_key:same_patient",
    ),
    _fault(
        MIMIC,
        "wrong_patient_of_diagnoses",
        "A fifth of the diagnoses is filed under the next patient.",
        "diagnoses_icd",
        _of_other_patients("diagnoses_icd", "subject_id", 0.2),
        "fct_conditions:encounter_key:same_patient",
    ),
    _fault(
        HOSPITAL,
        "death_before_visits",
        "Deaths are dated before the first visit.",
        "patients",
        _died_before,
        "fct_*:before_death",
    ),
    _fault(
        HOSPITAL,
        "born_after_visits",
        "Dates of birth are those of the registration.",
        "patients",
        changed("patients", birth_date=pl.lit("2026-10-01")),
        "fct_*:after_birth",
    ),
    _fault(
        HOSPITAL,
        "nobodys_facts",
        "Facts come under a patient called UNKNOWN.",
        "vital_signs",
        changed("vital_signs", 0.05, source_patient_id=pl.lit("UNKNOWN")),
        f"vital_signs:{NOT_REGEX}:source_patient_id:nobody",
    ),
    _fault(
        HOSPITAL,
        "wrong_character_set",
        "Names were read in the wrong character set.",
        "patients",
        changed("patients", 0.3, family_name=pl.lit("MÃ¼ller")),
        f"patients:{NOT_REGEX}:family_name:decoding",
    ),
    _fault(
        HOSPITAL,
        "identifier_in_value",
        "Numbers of the social security stand in results.",
        "lab_results",
        changed("lab_results", 0.02, value_text=pl.lit("901-25-8535")),
        f"lab_results:{NOT_REGEX}:value_text:identifier",
    ),
)
TIMES = (
    _fault(
        HOSPITAL,
        "shifted_dates",
        "Results are dated 60 days early, their visits are not.",
        "lab_results",
        changed(
            "lab_results",
            collected_at=moved("collected_at", days=-60),
            resulted_at=moved("resulted_at", days=-60),
        ),
        "fct_lab_results:collected_at:within_visit",
    ),
    _fault(
        MIMIC,
        "shifted_century",
        "Results are a century ahead of their stays.",
        "labevents",
        changed(
            "labevents",
            charttime=pl.col("charttime").str.replace("^21", "22"),
            storetime=pl.col("storetime").str.replace("^21", "22"),
        ),
        "fct_lab_results:collected_at:within_visit",
    ),
    _fault(
        HOSPITAL,
        "clock_of_analyser",
        "The analyser's clock is a day behind: released before taken.",
        "lab_results",
        changed("lab_results", resulted_at=moved("resulted_at", days=-1)),
        f"lab_results:{PAIR}:resulted_at+collected_at",
    ),
    _fault(
        MIMIC,
        "swapped_admission_and_discharge",
        "Admission and discharge are in each other's columns.",
        "admissions",
        _swapped("admissions", "admittime", "dischtime"),
        f"encounters:{PAIR}:ended_at+started_at",
    ),
    _fault(
        HOSPITAL,
        "epoch",
        "Lost times come as 1970-01-01.",
        "vital_signs",
        changed("vital_signs", 0.1, measured_at=pl.lit("1970-01-01T00:00:00Z")),
        "fct_vital_signs:measured_at:within_visit",
        "fct_vital_signs:measured_at:after_birth",
    ),
    _fault(
        HOSPITAL,
        "placeholder_of_the_future",
        "What has no time comes as 9999-12-31.",
        "notes",
        changed("notes", 0.05, written_at=pl.lit("9999-12-31T00:00:00Z")),
        f"notes:{BETWEEN}:written_at",
    ),
    _fault(
        HOSPITAL,
        "day_and_month_exchanged",
        "Day and month of prescriptions are exchanged where both can be a month.",
        "prescriptions",
        changed(
            "prescriptions",
            started_at=pl.col("started_at").str.replace(
                r"^(\d{4})-(\d\d)-(0\d|1[0-2])", "$1-$3-$2"
            ),
        ),
        "fct_medication_history:started_at:within_visit",
        f"prescriptions:{PAIR}:ended_at+started_at",
    ),
)
KEYS = (
    _fault(
        HOSPITAL,
        "orphan_visits",
        "Results name visits by numbers of another system.",
        "lab_results",
        changed("lab_results", encounter_id=pl.lit("X") + pl.col("encounter_id")),
        "fct_lab_results:encounter_key:*",
    ),
    _fault(
        MIMIC,
        "orphan_stays",
        "Diagnoses name stays that nobody delivered.",
        "diagnoses_icd",
        changed("diagnoses_icd", 0.3, hadm_id=pl.lit("9") + pl.col("hadm_id")),
        "fct_conditions:encounter_key:*",
    ),
    _fault(
        HOSPITAL,
        "orphan_orders",
        "Orders were numbered anew, specimens still name the old numbers.",
        "lab_orders",
        changed("lab_orders", record_id=pl.lit("N") + pl.col("record_id")),
        "fct_specimens:lab_order_key:exists",
    ),
    _fault(
        HOSPITAL,
        "one_id_two_contents",
        "A twentieth of the results comes twice under one id, with other values.",
        "lab_results",
        _conflicting,
        "lab_results:expect_compound_columns_to_be_unique:source_system+record_id",
    ),
    _fault(
        HOSPITAL,
        "duplicated_feed",
        "Results were exported twice, under new ids.",
        "lab_results",
        told_twice("lab_results", 1, "record_id"),
        "fct_lab_results:lab_result_key:told_once",
    ),
    _fault(
        MIMIC,
        "duplicated_rows",
        "A fifth of the results stands twice, under new ids.",
        "labevents",
        told_twice("labevents", 0.2, "labevent_id"),
        "fct_lab_results:lab_result_key:told_once",
    ),
)
VALUES = (
    _fault(
        HOSPITAL,
        "unit_swap",
        "Haemoglobin is labelled g/L, its numbers are of g/dL.",
        "lab_results",
        changed("lab_results", 1, TEST == "718-7", unit=pl.lit("g/L")),
        "fct_lab_results:converted_value_number:low:718-7:g/dL",
    ),
    _fault(
        HOSPITAL,
        "unit_of_another_kind",
        "Sodium comes in a unit of length.",
        "lab_results",
        changed("lab_results", 1, TEST == "2951-2", unit=pl.lit("cm")),
        "fct_lab_results:unit:2951-2",
    ),
    _fault(
        MIMIC,
        "a_tenth_without_point",
        "A tenth of potassium has lost its point: 41 for 4.1.",
        "labevents",
        changed(
            "labevents",
            0.1,
            POTASSIUM,
            value=scaled("value", 10),
            valuenum=scaled("valuenum", 10),
        ),
        "fct_lab_results:test_code:one_size",
    ),
    _fault(
        MIMIC,
        "a_tenth_scaled_by_18",
        "A tenth of glucose was multiplied by 18 once too often.",
        "labevents",
        changed(
            "labevents",
            0.1,
            GLUCOSE,
            value=scaled("value", 18),
            valuenum=scaled("valuenum", 18),
        ),
        "fct_lab_results:test_code:one_size",
    ),
    _fault(
        HOSPITAL,
        "lost_decimal_point",
        "Temperatures have lost their point.",
        "vital_signs",
        changed(
            "vital_signs",
            0.3,
            SIGN == "8310-5",
            value_text=pl.col("value_text").str.replace(".", "", literal=True),
        ),
        f"vital_signs:{NOT_REGEX}:value_text:temperature",
    ),
    _fault(
        HOSPITAL,
        "fahrenheit_as_celsius",
        "Temperatures are in Fahrenheit under the label Cel.",
        "vital_signs",
        changed("vital_signs", 1, SIGN == "8310-5", value_text=pl.lit("98.6")),
        "fct_vital_signs:standard_number:high:Body temperature:Cel",
    ),
    _fault(
        HOSPITAL,
        "saturation_as_fraction",
        "Saturation comes as 0.97.",
        "vital_signs",
        changed("vital_signs", 1, SIGN == "59408-5", value_text=pl.lit("0.97")),
        "fct_vital_signs:standard_number:low:Oxygen saturation:%",
    ),
    _fault(
        HOSPITAL,
        "height_in_metres",
        "Heights are in metres under the label cm.",
        "vital_signs",
        changed(
            "vital_signs", 1, SIGN == "8302-2", value_text=scaled("value_text", 0.01)
        ),
        "fct_vital_signs:standard_number:low:Body height:cm",
    ),
    _fault(
        HOSPITAL,
        "swapped_pressures",
        "Systolic and diastolic pressure are in each other's columns.",
        "vital_signs",
        _pressures_swapped,
        "fct_vital_signs:standard_number:pressures_in_order",
    ),
    _fault(
        HOSPITAL,
        "swapped_value_and_unit",
        "Values and units are in each other's columns.",
        "lab_results",
        _swapped("lab_results", "value_text", "unit"),
        "fct_lab_results:unit_ucum:mapped",
        "fct_lab_results:unit_ucum:filled",
    ),
    _fault(
        MIMIC,
        "swapped_range",
        "Low and high limit are in each other's columns.",
        "labevents",
        _swapped("labevents", "ref_range_lower", "ref_range_upper"),
        f"lab_results:{PAIR}:reference_high+reference_low:load",
    ),
    _fault(
        HOSPITAL,
        "swapped_amounts",
        "What was billed and what is allowed are in each other's columns.",
        "claims",
        _swapped("claims", "billed_amount", "allowed_amount"),
        "fct_claims:allowed_amount:within",
    ),
)
CODES = (
    _fault(
        HOSPITAL,
        "code_system_change",
        "Diagnoses come in SNOMED CT under the name ICD-10-CM.",
        "conditions",
        changed("conditions", condition_code=pl.lit("195967001")),
        f"conditions:{REGEX}:condition_code:ICD-10-CM",
    ),
    _fault(
        MIMIC,
        "code_versions_exchanged",
        "ICD-9 and ICD-10 are exchanged.",
        "diagnoses_icd",
        changed(
            "diagnoses_icd",
            icd_version=pl.col("icd_version").replace({"9": "10", "10": "9"}),
        ),
        f"conditions:{REGEX}:condition_code:ICD-9-CM",
        f"conditions:{REGEX}:condition_code:ICD-10-CM",
    ),
    _fault(
        MIMIC,
        "leading_zeros_lost",
        "Codes of ICD-9 have lost their leading zeros.",
        "diagnoses_icd",
        changed("diagnoses_icd", icd_code=pl.col("icd_code").str.replace("^0+", "")),
        "fct_conditions:condition_code:ICD-9-CM:in_list",
    ),
    _fault(
        HOSPITAL,
        "check_digit_lost",
        "LOINC codes have lost their check digit.",
        "lab_results",
        changed("lab_results", test_code=TEST.str.replace("-[0-9]$", "-0")),
        "lab_results:expect_column_values_to_pass_loinc_check_digit:test_code",
    ),
    _fault(
        HOSPITAL,
        "local_codes_unmapped",
        "The laboratory changed to codes of its own that nobody mapped.",
        "lab_results",
        changed(
            "lab_results",
            test_code=pl.lit("Q") + TEST.str.replace("-", ""),
            code_system=pl.lit("new"),
        ),
        "fct_lab_results:loinc_code:mapped",
        "fct_lab_results:test_code:each_mapped",
    ),
    _fault(
        HOSPITAL,
        "unknown_classes",
        "Settings of visits come as numbers.",
        "encounters",
        changed("encounters", encounter_class_code=pl.lit("7")),
        "fct_encounters:delivered_class_code:in_list",
    ),
    _fault(
        HOSPITAL,
        "drug_codes_without_list",
        "The column that names the list of medicines is empty.",
        "prescriptions",
        changed("prescriptions", code_system=NULL),
        "fct_medication_history:code_system:of_code",
    ),
)
LOSSES = (
    _fault(
        HOSPITAL,
        "truncated_feed",
        "The export of results broke off after a tenth.",
        "lab_results",
        left_out("lab_results", 0.9),
        "dim_patients:fct_lab_results:persons",
    ),
    _fault(
        HOSPITAL,
        "file_left_out",
        "The file of vital signs was left out.",
        "vital_signs",
        _leave("vital_signs"),
        "dim_patients:fct_vital_signs:persons",
    ),
    _fault(
        HOSPITAL,
        "empty_values",
        "The column of values is empty in half of the results.",
        "lab_results",
        changed("lab_results", 0.5, value_text=NULL, value_number=NULL),
        f"lab_results:{FILLED}:value_text:share",
    ),
    _fault(
        HOSPITAL,
        "empty_units",
        "The column of units is empty in half of the results.",
        "lab_results",
        changed("lab_results", 0.5, unit=NULL),
        f"lab_results:{FILLED}:unit:share",
    ),
)
FAULTS = (*PEOPLE, *TIMES, *KEYS, *VALUES, *CODES, *LOSSES)
