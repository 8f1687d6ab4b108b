"""Which code system a Synthea code is of: as stated, else as its shape tells."""

import polars as pl

SNOMED_CT = "SNOMED-CT"
RXNORM = "RxNorm"
CVX = "CVX"
LOINC = "LOINC"

# Versions from 2024 on may name the system by its URI.
NAMES = {
    "http://snomed.info/sct": SNOMED_CT,
    "http://www.nlm.nih.gov/research/umls/rxnorm": RXNORM,
    "http://hl7.org/fhir/sid/cvx": CVX,
    "http://loinc.org": LOINC,
}
LOINC_SHAPE = r"^\d{1,7}-\d$"
SNOMED_SHAPE = r"^\d{6,18}$"


def stated_system(default: str) -> pl.Expr:
    """Return the system that the record states, else ``default``.

    The procedures of 2019 hold a LOINC code among SNOMED codes. Its shape, digits with
    a check digit after a dash, is no SNOMED code's.
    """
    by_shape = pl.when(has_shape(LOINC_SHAPE)).then(pl.lit(LOINC))
    return pl.coalesce(pl.col("system").replace(NAMES), by_shape, pl.lit(default))


def system_by_shape() -> pl.Expr:
    """Return LOINC or SNOMED-CT by the shape of the code, else null."""
    return (
        pl.when(has_shape(LOINC_SHAPE))
        .then(pl.lit(LOINC))
        .when(has_shape(SNOMED_SHAPE))
        .then(pl.lit(SNOMED_CT))
    )


def has_shape(pattern: str) -> pl.Expr:
    """Return whether the record's code looks as the pattern says."""
    return pl.col("code").str.contains(pattern)
