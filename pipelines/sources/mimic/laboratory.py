"""MIMIC-IV laboratory: results of chemistry and haematology, and of microbiology.

A number lands only where the file states one for the result itself. In microbiology it
never does: a dilution is a text with its comparator, and belongs to an antibiotic.
"""

import polars as pl

from pipelines.sources.adapter import Mapped, Table
from pipelines.sources.mimic.code_lists import LAB_ITEMS, MICROBIOLOGY_TESTS
from pipelines.sources.mimic.records import cleaned, constant, feed_rows, joined_id

CANCELLED = "CANCELLED"  # written where the organism would stand


def map_labevents(records: pl.DataFrame) -> Mapped:
    """Turn ``labevents.csv`` into lab results; the list of items names the tests."""
    results = feed_rows(
        cleaned(records),
        {
            "record_id": "labevent_id",
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "specimen_id": "specimen_id",
            "test_code": "itemid",
            "value_text": "value",
            "value_number": "valuenum",
            "unit": "valueuom",
            "reference_low": "ref_range_lower",
            "reference_high": "ref_range_upper",
            "laboratory_flag": "flag",
            "priority_code": "priority",
            "comment_text": "comments",
            "practitioner_id": "order_provider_id",
            "collected_at": "charttime",
            "resulted_at": "storetime",
        },
        code_system=constant(LAB_ITEMS),
    )
    return Mapped({"lab_results": results})


def map_microbiologyevents(records: pl.DataFrame) -> Mapped:
    """Turn ``microbiologyevents.csv`` into lab results.

    A row is a test's text, an organism, or an antibiotic tested against one. Where the
    hour is unknown the day stands for it.
    """
    is_cancelled = pl.col("org_name").eq_missing(pl.lit(CANCELLED))
    results = feed_rows(
        cleaned(records),
        {
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "test_code": "test_itemid",
            "test_name": "test_name",
            "specimen_name": "spec_type_desc",
            "antibiotic_name": "ab_name",
            "isolate_number": "isolate_num",
            "value_text": "dilution_text",
            "laboratory_flag": "interpretation",
            "comment_text": "comments",
            "practitioner_id": "order_provider_id",
        },
        record_id=joined_id("microevent_id", prefix="microbiology:"),
        code_system=constant(MICROBIOLOGY_TESTS),
        specimen_id="microbiology:" + pl.col("micro_specimen_id"),
        organism_name=pl.when(~is_cancelled).then(pl.col("org_name")),
        status_code=pl.when(is_cancelled).then(pl.col("org_name")),
        collected_at=pl.coalesce("charttime", "chartdate"),
        resulted_at=pl.coalesce("storetime", "storedate"),
    )
    return Mapped({"lab_results": results})


LABEVENTS = Table(
    "labevents",
    required=("labevent_id", "subject_id", "itemid", "charttime", "value", "valuenum"),
    optional=(
        "hadm_id",
        "specimen_id",
        "order_provider_id",
        "storetime",
        "valueuom",
        "ref_range_lower",
        "ref_range_upper",
        "flag",
        "priority",
        "comments",
    ),
    map_records=map_labevents,
)
MICROBIOLOGYEVENTS = Table(
    "microbiologyevents",
    required=("microevent_id", "subject_id", "chartdate", "test_itemid", "test_name"),
    optional=(
        "hadm_id",
        "micro_specimen_id",
        "order_provider_id",
        "charttime",
        "spec_itemid",
        "spec_type_desc",
        "test_seq",
        "storedate",
        "storetime",
        "org_itemid",
        "org_name",
        "isolate_num",
        "quantity",
        "ab_itemid",
        "ab_name",
        "dilution_text",
        "dilution_comparison",
        "dilution_value",
        "interpretation",
        "comments",
    ),
    map_records=map_microbiologyevents,
)

TABLES = (LABEVENTS, MICROBIOLOGYEVENTS)
