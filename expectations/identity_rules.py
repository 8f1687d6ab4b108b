"""The kinds of rules that keep identifiers of patients out of clinical columns.

What breaks them is refused: it would land unencrypted, where every clinician and, after
de-identification by column, every researcher could read it.
"""

from expectations.expectation import Expectation, Kahn, Severity

NOT_MATCH_TYPE = "expect_column_values_to_not_match_regex"
# Digits on either side would make it a part of a longer number.
SOCIAL_SECURITY_NUMBER = r"(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}([^0-9-]|$)"
E_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+[.][A-Za-z]"
NORTH_AMERICAN_PHONE = (
    r"(^|[^0-9.-])([+]?1[-. ])?([(][0-9]{3}[)] ?|[0-9]{3}[-.])"
    r"[0-9]{3}[-.][0-9]{4}([^0-9.-]|$)"
)
IDENTIFIER = f"{SOCIAL_SECURITY_NUMBER}|{E_MAIL}|{NORTH_AMERICAN_PHONE}"
ASKS_ADDRESS = r"(?i)what address|^(home |street )?address$"
# LOINC codes whose value is a direct identifier of the patient or a relative.
IDENTIFIER_CODES = {
    "42077-8": "Patient phone number",
    "45392-8": "First name",
    "45394-4": "Last name",
    "45396-9": "Social security number",
    "45400-9": "Medicaid number",
    "45401-7": "Postal code",
    "46106-1": "Medical record number",
    "54125-0": "Patient name",
    "56799-0": "Address",
    "68997-6": "City",
    "76458-9": "E-mail address",
    "87721-7": "County",
    "95727-4": "Name of a contact",
    "95728-2": "Address of a contact",
}


# A blank, a line or a format character that nobody sees makes another patient of one;
# a word for nothing makes one patient of many.
UNSEEN = (
    "[\u0080-\u00a0\u00ad\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u2064\u3000\ufeff]|^ | $"
)
NOBODY = (
    "^(NULL|Null|null|NONE|None|none|NaN|nan|NA|N/A|n/a|UNKNOWN|Unknown|unknown"
    "|undefined)$"
)


def names_somebody(column: str) -> Expectation:
    """Refuse identifiers with unseen characters, and words that stand for nobody."""
    return Expectation(
        NOT_MATCH_TYPE,
        {"column": column, "regex": f"{UNSEEN}|{NOBODY}"},
        Severity.CRITICAL,
        "Facts of one patient would be split between two, or those of many joined.",
        Kahn.VALUE_CONFORMANCE,
        label="nobody",
    )


def holds_no_identifier(column: str) -> Expectation:
    """Refuse values with a social security number, an e-mail or a telephone number."""
    return Expectation(
        NOT_MATCH_TYPE,
        {"column": column, "regex": IDENTIFIER},
        Severity.CRITICAL,
        "An identifier of a person in a clinical value would land unencrypted.",
        Kahn.VALUE_CONFORMANCE,
        label="identifier",
    )


def asks_no_identifier(code: str, name: str) -> tuple[Expectation, ...]:
    """Refuse rows whose question asks for an identifier, by its code and its words."""
    notes = (
        "The answer is an identifier of the patient: it belongs to "
        "identity_statements, where it is encrypted."
    )
    by_code = Expectation(
        "expect_column_values_to_not_be_in_set",
        {"column": code, "value_set": sorted(IDENTIFIER_CODES)},
        Severity.CRITICAL,
        notes,
        Kahn.VALUE_CONFORMANCE,
    )
    by_name = Expectation(
        NOT_MATCH_TYPE,
        {"column": name, "regex": ASKS_ADDRESS},
        Severity.CRITICAL,
        notes,
        Kahn.VALUE_CONFORMANCE,
        label="address",
    )
    return by_code, by_name
