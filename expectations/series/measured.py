"""Which measurements of a load there are, and what one says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# Behind a share or a quantile: of fewer it could be what one patient alone has.
LEAST_ROWS, LEAST_PATIENTS = 20, 5


class Kind(StrEnum):
    """What a chart is of."""

    ROWS = "rows"
    FILLED = "filled"
    CODES = "codes"
    UNITS = "units"
    VALUES = "values"
    DELAYS = "delays"


class Measured(NamedTuple):
    """One number about a load.

    ``error`` is the standard error of a quantile, 0 for others; ``count`` is how many
    rows lie behind it.
    """

    value: float
    error: float
    count: int


@dataclass(frozen=True)
class Numbers:
    """Which numbers of a feed are compared: by what they are of, and their unit."""

    value: str
    code: str
    unit: str | None = None


NUMBERS = {
    "lab_results": Numbers("value_text", "test_code", "unit"),
    "vital_signs": Numbers("value_text", "observation_code", "unit"),
    "prescriptions": Numbers("dose_text", "drug_code", "dose_unit"),
    "administrations": Numbers("dose_text", "drug_code", "dose_unit"),
    "dispenses": Numbers("quantity", "drug_code"),
    "claims": Numbers("billed_amount", "claim_type_code", "currency_code"),
    "payments": Numbers("amount", "payment_type_code", "currency_code"),
    "questionnaire_responses": Numbers("answer_text", "question_code", "unit"),
    "social_history": Numbers("value_text", "observation_code", "unit"),
}
Measurements = dict[Kind, dict[str, Measured]]
