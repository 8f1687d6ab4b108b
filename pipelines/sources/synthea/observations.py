"""Synthea's observations, parted by what they are.

The code decides first, since one code stands under several categories (tobacco,
ejection fraction) and 2017 has none; then the category. ``observation_lists`` has the
lists with a reason for each code. An answer that repeats an identifier of the patient
becomes an identity statement whatever its category: 359 street addresses of 2022 call
themselves ``laboratory``.
"""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.observation_lists import (
    FEED_OF_CATEGORY,
    FEED_OF_CODE,
    IDENTITY_CODES,
    REASON_OF_CODE,
)
from pipelines.sources.synthea.code_systems import (
    SNOMED_SHAPE,
    has_shape,
    system_by_shape,
)
from pipelines.sources.synthea.record_id import record_id_of

EXCLUDED = "excluded"
UNKNOWN = "Neither its code nor its category is in the lists of this adapter."

# Nothing finer than the whole row tells two observations apart: panels, oxygen
# saturations and temperatures are repeated under one time with other values (296 pairs
# of 2019, 33 groups of 2022, 51 pairs of 2024), and 5767-9 means appearance and odor.
RECORD_ID = record_id_of(
    *("date", "patient", "encounter", "category", "code", "description", "value"),
    *("units", "type"),
)
COMMON = {"source_patient_id": "patient", "encounter_id": "encounter"}
CODED = {"record_id": RECORD_ID, **COMMON, "code_system": system_by_shape()}
OBSERVED = {
    **CODED,
    "observation_code": "code",
    "observation_name": "description",
    "value_text": "value",
    "unit": "units",
}
COLUMNS_OF_FEED = {
    "lab_results": {
        **CODED,
        "test_code": "code",
        "test_name": "description",
        "value_text": "value",
        "value_number": pl.when(pl.col("type") == "numeric").then("value"),
        "unit": "units",
        "collected_at": "date",
    },
    "vital_signs": {**OBSERVED, "measured_at": "date"},
    "social_history": {**OBSERVED, "observed_at": "date"},
    "questionnaire_responses": {
        **CODED,
        "question_code": "code",
        "question_name": "description",
        "answer_text": "value",
        "unit": "units",
        "answered_at": "date",
    },
    "conditions": {
        **CODED,
        "condition_code": "code",
        "condition_name": "description",
        "recorded_at": "date",
    },
    # No record id of its own: a digest of the answer could be guessed back.
    "identity_statements": {
        **COMMON,
        "statement_text": "value",
        "question_code": "code",
        "question_name": "description",
        "stated_at": "date",
    },
}


def map_observations(records: pl.DataFrame) -> Mapped:
    """Return observations by feed, and the excluded ones with their reason."""
    parted = records.with_columns(feed=_feed())
    of_feed = {
        str(name): rows
        for (name,), rows in parted.partition_by("feed", as_dict=True).items()
    }
    excluded = of_feed.pop(EXCLUDED, parted.clear())
    return Mapped(
        feeds={
            name: rows.select(LINE, **COLUMNS_OF_FEED[name])
            for name, rows in of_feed.items()
        },
        excluded=excluded.select(LINE, reason=_reason()),
    )


def _feed() -> pl.Expr:
    code = pl.col("code")
    return pl.coalesce(
        pl.when(code.is_in(IDENTITY_CODES)).then(pl.lit("identity_statements")),
        code.replace_strict(FEED_OF_CODE, default=None),
        pl.when(_is_disorder()).then(pl.lit("conditions")),
        pl.col("category")
        .str.to_lowercase()
        .replace_strict(FEED_OF_CATEGORY, default=None),
        pl.lit(EXCLUDED),
    )


def _is_disorder() -> pl.Expr:
    """Say whether a row names a disorder instead of a question with a value.

    So 2017 seems to write causes of death: all 37 such rows lie on the day of death,
    under a SNOMED code, without value. They are diagnoses recorded on that day; that
    one was the cause, the row does not say.
    """
    return has_shape(SNOMED_SHAPE) & pl.col("value").is_null()


def _reason() -> pl.Expr:
    return pl.col("code").replace_strict(REASON_OF_CODE, default=UNKNOWN)


TABLES = (
    Table(
        name="observations",
        required=("date", "patient", "encounter", "code", "description", "value"),
        optional=("category", "units", "type"),
        map_records=map_observations,
    ),
)
