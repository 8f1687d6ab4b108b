"""Files whose lines are whole and whose values cannot be what they say."""

from tests.landing.bad_files.bad_file import BadFile, among_good, line

REFUSED_BY_RULE = {"file": (3, 3, 0, 0), "feed": (3, 2, 0, 1)}
THREE_LAND = {"file": (3, 3, 0, 0), "feed": (3, 3, 0, 0)}


def spoilt_time(name: str, verdict: str, at: bytes) -> BadFile:
    """Return a file whose third line was collected at an impossible time."""
    return BadFile(
        name=name,
        verdict=verdict,
        content=among_good(line(2, at=at)),
        quarantined={3: "collected_at"},
        **REFUSED_BY_RULE,
    )


def spoilt_number(name: str, verdict: str, exact: bytes) -> BadFile:
    """Return a file whose third line states a number that is none."""
    return BadFile(
        name=name,
        verdict=verdict,
        content=among_good(line(2, exact=exact)),
        quarantined={3: "value_number"},
        **REFUSED_BY_RULE,
    )


def spoilt_patient(name: str, verdict: str, patient: str) -> BadFile:
    """Return a file whose third line names its patient in a way that is no id."""
    return BadFile(
        name=name,
        verdict=verdict,
        content=among_good(line(2, patient=patient.encode())),
        quarantined={3: "source_patient_id"},
        **REFUSED_BY_RULE,
    )


BAD_FILES = (
    spoilt_time(
        "day_month_year", "Refused: 2 January or 1 February?", b"02/01/2026 07:40"
    ),
    spoilt_time("year_0202", "Refused: a typing error for 2022.", b"0202-02-01"),
    spoilt_time(
        "hour_24", "Refused: which day is meant is not guessed.", b"2026-02-01 24:00:00"
    ),
    spoilt_time("29_february_2025", "Refused: no such day.", b"2025-02-29"),
    spoilt_time(
        "year_2999", "Refused: nothing was collected in the future.", b"2999-01-01"
    ),
    spoilt_time("no_time", "Refused: a result without a time is in no trend.", b""),
    spoilt_number("not_a_number", "Refused: it would spoil every mean.", b"NaN"),
    spoilt_number("infinity", "Refused.", b"Infinity"),
    spoilt_number("overflow", "Refused: no measurement has 400 digits.", b"1e400"),
    spoilt_number("decimal_comma", "Refused: 4.1 or 41 is not guessed.", b'"4,1"'),
    spoilt_number("thousands_separator", "Refused: 1.234 or 1234?", b'"1,234.5"'),
    BadFile(
        name="whole_number_beyond_64_bits",
        verdict="Refused: PostgreSQL would end the whole load.",
        content=among_good(line(2, rank=b"99999999999999999999")),
        quarantined={3: "sequence_number"},
        **REFUSED_BY_RULE,
    ),
    BadFile(
        name="negative_number",
        verdict="Lands: a base excess is rightly negative.",
        content=among_good(line(2, b"-4.1", exact=b"-4.1")),
        values=("4.1", "-4.1", "4.1"),
        **THREE_LAND,
    ),
    BadFile(
        name="number_of_seventeen_digits",
        verdict="Lands to the last digit, which a binary float would lose.",
        content=among_good(line(2, exact=b"176.35499866729558")),
        **THREE_LAND,
    ),
    spoilt_patient(
        "no_break_space_around_id", "Refused: it is not patient P1.", "\u00a0P1\u00a0"
    ),
    spoilt_patient("zero_width_space_in_id", "Refused: it looks like P1.", "P1\u200b"),
    spoilt_patient("null_as_id", "Refused: nobody is called NULL.", "NULL"),
    spoilt_patient("empty_id", "Refused: a fact of nobody.", ""),
    BadFile(
        name="null_as_value",
        verdict="Lands as delivered: what it means is the mapping's business.",
        content=among_good(line(2, b"NULL", exact=b"")),
        values=("4.1", "NULL", "4.1"),
        **THREE_LAND,
    ),
    BadFile(
        name="formula",
        verdict="Lands as the text that it is; an export makes it harmless.",
        content=among_good(line(2, b"=HYPERLINK(0)")),
        values=("4.1", "=HYPERLINK(0)", "4.1"),
        **THREE_LAND,
    ),
)
