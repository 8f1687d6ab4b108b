"""Signed limits as checks: what each says, for the list that the database keeps."""

from collections.abc import Iterator

import psycopg

from expectations.expectation import Kahn, Severity
from expectations.thresholds import Origin
from pipelines.checking.catalogue import Check
from pipelines.checking.owners import LABORATORY
from pipelines.limits.cells import whose

LEVEL = "limit"
SUBJECT = "fct_lab_results"
NONE_MAY = "no row breaks it"
RETIRED = "retired: nothing breaks it"
REASON = (
    "No living patient has such a value, says who signed the limit: it is of another "
    "unit, a slipped decimal, a spoiled specimen or somebody else's."
)
DASHBOARD_TYPES = ("plausibleValueLow", "plausibleValueHigh")
LAST_DECIDED = """
    select
        check_id, analyte_code, analyte_name, unit, age_band, sex_code, action_code,
        low, high
    from quality.limit_last_decided
    order by check_id collate "C"
"""


def signed_checks(connection: psycopg.Connection) -> Iterator[Check]:
    """Yield a check for each limit that was ever signed; a retired one is told so."""
    for check_id, code, name, unit, band, sex, action, *ends in connection.execute(
        LAST_DECIDED
    ):
        is_signed = action == "sign"
        told = f"is {told_limits(*ends)}" if is_signed else "had a limit in"
        yield Check(
            check_id,
            SUBJECT,
            LEVEL,
            f"{name} ({code}) of {whose(band, sex)} {told} {unit}.",
            Severity.WARNING.value,
            NONE_MAY if is_signed else RETIRED,
            Origin.SIGNED_OFF.value,
            LABORATORY,
            REASON,
            "/".join(part for part in Kahn.ATEMPORAL_PLAUSIBILITY.value if part),
            DASHBOARD_TYPES,
        )


def told_limits(low: object, high: object) -> str:
    """Return one or two ends of a limit in words; the number's unit follows."""
    if low is None:
        return f"at most {high:f}"
    if high is None:
        return f"{low:f} or more"
    return f"from {low:f} to {high:f}"
