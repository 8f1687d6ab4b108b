"""Most patients of a source have what nearly every patient has.

The least share is at most half of the least that any source seen has, and among those
are hospitals of 30 patients, where chance counts; a mart that a source does not fill at
all has nothing to be judged by, which the check cannot tell from a loss, so only marts
stand here that every source seen fills.
"""

from collections.abc import Iterable

from expectations.expectation import Kahn
from expectations.marts.joins import any_of_patient
from expectations.marts.mart_check import (
    LEAST_ROWS_OF_A_SHARE,
    Limit,
    MartCheck,
    Words,
)
from expectations.thresholds import Origin

# Percent of patients with a row at least.
LEAST_PERCENT = {
    "fct_encounters": 45,
    "fct_conditions": 31,
    "fct_lab_results": 36,
    "fct_vital_signs": 39,
    "fct_medication_history": 23,
    "fct_procedures": 8,
    "fct_social_history": 35,
    "fct_patient_timeline": 45,
    "fct_derived_measures": 49,
    "fct_inpatient_stays": 13,
    "fct_medication_exposures": 21,
}


def person_checks() -> Iterable[MartCheck]:
    """Return a check per mart that nearly every patient has a row of."""
    for relation, percent in LEAST_PERCENT.items():
        join, found = any_of_patient(relation)
        yield MartCheck(
            "dim_patients",
            f"{relation}:persons",
            Words(
                f"At least {percent} % of the patients have a row in {relation}.",
                "A file that was left out looks like patients without findings.",
            ),
            Kahn.COMPLETENESS,
            applies="true",
            breaks=f"{found} is null",
            limit=Limit(
                (100 - percent) / 100, Origin.OBSERVED, least_rows=LEAST_ROWS_OF_A_SHARE
            ),
            joins=(join,),
            dashboard_types=("measurePersonCompleteness",),
        )
