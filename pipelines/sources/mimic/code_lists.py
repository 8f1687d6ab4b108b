"""MIMIC-IV code lists: laboratory items, and the titles of ICD codes.

Items were renumbered after release 0.4, which the list with LOINC codes belongs to: 805
items of the demo's two lists carry another name or material in the other. In the older
one 52069 is the absolute monocyte count, in the release itself the absolute basophil
count. So the two files are two lists. A LOINC code of the older holds for an item of
the newer only where name and material agree; that takes both files, so dbt decides.
"""

import polars as pl

from pipelines.sources.adapter import Mapped, Table
from pipelines.sources.mimic.records import cleaned, constant, feed_rows

LAB_ITEMS = "mimic-labitems"
OLDER_LAB_ITEMS = "mimic-labitems-v0.4"
MICROBIOLOGY_TESTS = "mimic-microbiology"
DIAGNOSIS_SYSTEMS = {"9": "ICD-9-CM", "10": "ICD-10-CM"}
PROCEDURE_SYSTEMS = {"9": "ICD-9-CM", "10": "ICD-10-PCS"}


def map_d_labitems(records: pl.DataFrame) -> Mapped:
    """Turn ``d_labitems.csv``, of the same release as the results, into codes."""
    return _lab_items(records, LAB_ITEMS, {})


def map_d_labitems_with_loinc(records: pl.DataFrame) -> Mapped:
    """Turn the items of release 0.4, with LOINC, into codes of a list of their own."""
    return _lab_items(records, OLDER_LAB_ITEMS, {"loinc_code": "loinc_code"})


def _lab_items(
    records: pl.DataFrame, code_list: str, standard_codes: dict[str, str]
) -> Mapped:
    """Return one local code per item."""
    codes = feed_rows(
        cleaned(records),
        {
            "local_code": "itemid",
            "code_name": "label",
            "specimen_name": "fluid",
            "category_name": "category",
            **standard_codes,
        },
        code_list=constant(code_list),
    )
    return Mapped({"local_codes": codes})


def map_d_icd_diagnoses(records: pl.DataFrame) -> Mapped:
    """Turn ``d_icd_diagnoses.csv`` into titles of ICD codes."""
    return _icd_titles(records, DIAGNOSIS_SYSTEMS, "diagnosis")


def map_d_icd_procedures(records: pl.DataFrame) -> Mapped:
    """Turn ``d_icd_procedures.csv`` into titles of ICD codes."""
    return _icd_titles(records, PROCEDURE_SYSTEMS, "procedure")


def _icd_titles(
    records: pl.DataFrame, systems: dict[str, str], category: str
) -> Mapped:
    """Return one local code per ICD code."""
    codes = feed_rows(
        cleaned(records),
        {"local_code": "icd_code", "code_name": "long_title"},
        code_list=icd_system(systems),
        category_name=constant(category),
    )
    return Mapped({"local_codes": codes})


def icd_system(systems: dict[str, str]) -> pl.Expr:
    """Return the code system of ``icd_version``; an unknown one is named as it is."""
    version = pl.col("icd_version")
    return version.replace_strict(systems, default=pl.lit("ICD-") + version)


_ICD_TITLES = ("icd_code", "icd_version", "long_title")

TABLES = (
    Table(
        "d_labitems",
        required=("itemid", "label", "fluid", "category"),
        map_records=map_d_labitems,
    ),
    Table(
        "d_labitems_v0.4_with_loinc",
        required=("itemid", "label", "fluid", "category", "loinc_code"),
        map_records=map_d_labitems_with_loinc,
    ),
    Table("d_icd_diagnoses", _ICD_TITLES, map_records=map_d_icd_diagnoses),
    Table("d_icd_procedures", _ICD_TITLES, map_records=map_d_icd_procedures),
)
