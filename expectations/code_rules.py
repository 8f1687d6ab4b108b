"""The kinds of rules about codes of public code systems: their shape and check digit.

A wrong code is counted, not refused: the finding behind it is real, and mapping leaves
it as it came.
"""

from expectations.expectation import Expectation, Kahn, Severity, Where
from expectations.rules import matches

CHECK_DIGIT_TYPE = "expect_column_values_to_pass_loinc_check_digit"
# With or without the point; U codes (COVID-19) included.
ICD_10_CM = r"^[A-Za-z][0-9][0-9A-Za-z][.]?[0-9A-Za-z]{0,4}$"
ICD_9_CM = r"^([0-9]{3}|[Vv][0-9]{2}|[Ee][0-9]{3})[.]?[0-9]{0,2}$"
ICD_10_PCS = r"^[0-9A-HJ-NP-Za-hj-np-z]{7}$"
ICD_9_PROCEDURE = r"^[0-9]{2}[.]?[0-9]{0,2}$"
SHAPES = {"ICD-10-CM": ICD_10_CM, "ICD-9-CM": ICD_9_CM}
PROCEDURE_SHAPES = {"ICD-10-PCS": ICD_10_PCS, "ICD-9-CM": ICD_9_PROCEDURE}
SNOMED_CT = r"^[1-9][0-9]{5,17}$"


def loinc(column: str, where: Where | None = None) -> Expectation:
    """Count codes that are no LOINC code, by shape and check digit."""
    return Expectation(
        CHECK_DIGIT_TYPE,
        {"column": column},
        Severity.WARNING,
        "A mistyped LOINC code maps to no analyte, and the result leaves its trend.",
        Kahn.VALUE_CONFORMANCE,
        row_condition=where,
    )


def loinc_where_stated(column: str) -> Expectation:
    """Count wrong codes among those that ``code_system`` calls LOINC."""
    return loinc(column, Where("code_system", ("LOINC",)))


def shaped_as_stated(column: str, shapes: dict[str, str]) -> tuple[Expectation, ...]:
    """Count codes of another shape than the code system beside them has."""
    return tuple(
        matches(
            column,
            regex,
            f"Not a code of {system}: leading zeros lost, or a column shifted; it "
            "would have no title and group under no disease.",
            Where("code_system", (system,)),
            label=system,
        )
        for system, regex in (shapes | {"SNOMED-CT": SNOMED_CT}).items()
    )
