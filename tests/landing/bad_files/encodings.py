"""Files in another encoding, or with bytes that are no text."""

from tests.landing.bad_files.bad_file import (
    FILE_WHOLE,
    GOOD,
    BadFile,
    among_good,
    line,
)

NONE_LANDS = {"file": (4, 0, 0, 4)}
ALL_LAND = {"file": (4, 4, 0, 0), "feed": (4, 4, 0, 0)}
ONE_REFUSED = {"file": (3, 2, 0, 1), "feed": (2, 2, 0, 0)}

BAD_FILES = (
    BadFile(
        name="utf_16_little_endian",
        verdict="Refused whole: read as UTF-8 it would be garbage.",
        content=b"\xff\xfe" + GOOD.decode().encode("utf-16-le"),
        quarantined={FILE_WHOLE: "UTF-16"},
        **NONE_LANDS,
    ),
    BadFile(
        name="utf_16_big_endian",
        verdict="Refused whole.",
        content=b"\xfe\xff" + GOOD.decode().encode("utf-16-be"),
        quarantined={FILE_WHOLE: "UTF-16"},
        **NONE_LANDS,
    ),
    BadFile(
        name="utf_16_without_mark",
        verdict="Refused whole: every second byte is NUL.",
        content=GOOD.decode().encode("utf-16-le"),
        quarantined={FILE_WHOLE: "UTF-16"},
        **NONE_LANDS,
    ),
    BadFile(
        name="byte_order_mark",
        verdict="Lands: the mark is not part of the first column's name.",
        content=b"\xef\xbb\xbf" + GOOD,
        **ALL_LAND,
    ),
    BadFile(
        name="latin_1",
        verdict="The record in Latin-1 is refused: its micro sign is not guessed.",
        content=among_good(line(2, b"40 \xb5g")),
        quarantined={3: "not UTF-8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="windows_1252_quotes",
        verdict="The record with curly quotes of Windows is refused.",
        content=among_good(line(2, b"\x93low\x94")),
        quarantined={3: "not UTF-8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="overlong_utf_8",
        verdict="The record with an overlong slash is refused.",
        content=among_good(line(2, b"\xc0\xaf")),
        quarantined={3: "not UTF-8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="latin_1_header",
        verdict="Refused whole: no column can be told for sure.",
        content=GOOD.replace(b"unit", b"einheit_\xe4", 1),
        quarantined={FILE_WHOLE: "header"},
        **NONE_LANDS,
    ),
    BadFile(
        name="nul_byte",
        verdict="The record is refused: PostgreSQL has no NUL.",
        content=among_good(line(2, b"4\x001")),
        quarantined={3: "control character"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="nul_byte_in_header",
        verdict="Refused whole: the column would be taken for another one.",
        content=GOOD.replace(b"record_id", b"rec\x00ord_id", 1),
        quarantined={FILE_WHOLE: "header"},
        **NONE_LANDS,
    ),
    BadFile(
        name="zero_width_space_in_header",
        verdict="Refused whole: the patient's column is not found.",
        content=GOOD.replace(
            b"source_patient_id", "\u200bsource_patient_id".encode(), 1
        ),
        quarantined={FILE_WHOLE: "source_patient_id"},
        **NONE_LANDS,
    ),
)
