"""Files with a wrong header, none, another table's, and files damaged whole."""

import gzip
import io
import zipfile

from tests.landing.bad_files.bad_file import (
    FILE_WHOLE,
    GOOD,
    HEADER,
    BadFile,
    line,
    lines,
)

NONE_LANDS = {"file": (4, 0, 0, 4)}
PROCEDURES = (
    b"START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,REASONCODE,"
    b"REASONDESCRIPTION\n"
    b"2015-01-12T22:34:30Z,2015-01-12T22:49:30Z,p1,e1,117015009,Throat culture,1.00,,\n"
)
CONDITIONS = (
    b"START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n"
    b"2014-05-06,2014-05-13,p1,e1,195662009,Acute viral pharyngitis\n"
)
# More than the landing reads at once.
MANY_MEGABYTES = lines(*(line(each, b"x" * 90_000) for each in range(130)))


def zipped(content: bytes) -> bytes:
    """Return a zip archive of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lab_results.csv", content)
    return buffer.getvalue()


BAD_FILES = (
    BadFile(
        name="empty_file",
        verdict="No record and no header: told, and nothing else.",
        content=b"",
        file=(0, 0, 0, 0),
    ),
    BadFile(
        name="header_only",
        verdict="No record: a quiet day or a broken export.",
        content=HEADER,
        file=(0, 0, 0, 0),
    ),
    BadFile(
        name="column_named_twice",
        verdict="Refused whole: which of the two is meant cannot be told.",
        content=GOOD.replace(b"value_number", b"value_text", 1),
        quarantined={FILE_WHOLE: "twice"},
        **NONE_LANDS,
    ),
    BadFile(
        name="column_renamed",
        verdict="Refused whole, naming the column that is missing.",
        content=GOOD.replace(b"collected_at", b"drawn_at", 1),
        quarantined={FILE_WHOLE: "collected_at"},
        **NONE_LANDS,
    ),
    BadFile(
        name="no_header",
        verdict="Refused whole: the first record is not taken for names.",
        content=GOOD.removeprefix(HEADER),
        file=(3, 0, 0, 3),
        quarantined={FILE_WHOLE: "header"},
    ),
    BadFile(
        name="semicolons",
        verdict="Refused whole: with commas it has one column.",
        content=GOOD.replace(b",", b";"),
        quarantined={FILE_WHOLE: "header"},
        **NONE_LANDS,
    ),
    BadFile(
        name="hundred_thousand_columns",
        verdict="Refused whole, quickly.",
        content=b",".join(b"c%d" % i for i in range(100_000))
        + b"\n"
        + b"," * 99_999
        + b"\n",
        file=(1, 0, 0, 1),
        quarantined={FILE_WHOLE: "header"},
    ),
    BadFile(
        name="procedures_called_conditions",
        verdict="Refused whole: each procedure would become a diagnosis.",
        content=PROCEDURES,
        file=(1, 0, 0, 1),
        quarantined={FILE_WHOLE: "procedures"},
        file_name="conditions.csv",
        format_name="synthea",
    ),
    BadFile(
        name="conditions_called_procedures",
        verdict="Refused whole: a procedure has a reason, this table has none.",
        content=CONDITIONS,
        file=(1, 0, 0, 1),
        quarantined={FILE_WHOLE: "reasoncode"},
        file_name="procedures.csv",
        format_name="synthea",
    ),
    BadFile(
        name="conditions_called_patients",
        verdict="Refused whole.",
        content=CONDITIONS,
        file=(1, 0, 0, 1),
        quarantined={FILE_WHOLE: "birthdate"},
        file_name="patients.csv",
        format_name="synthea",
    ),
    BadFile(
        name="unknown_table",
        verdict="Named and counted as left out, not ignored in silence.",
        content=GOOD,
        file=(4, 0, 4, 0),
        file_name="lab_resluts.csv",
    ),
    BadFile(
        name="gzip_cut_short",
        verdict="Refused whole: half a delivery is not a small delivery.",
        content=gzip.compress(GOOD)[:-12],
        file=None,
        quarantined={FILE_WHOLE: "ends in the middle"},
        file_name="lab_results.csv.gz",
    ),
    BadFile(
        name="gzip_cut_short_after_many_records",
        verdict="Refused whole, however much of it could be read.",
        content=gzip.compress(MANY_MEGABYTES)[:-12],
        file=None,
        quarantined={FILE_WHOLE: "ends in the middle"},
        file_name="lab_results.csv.gz",
    ),
    BadFile(
        name="gzip_with_something_after_it",
        verdict="Refused whole: what follows may be the rest of the data.",
        content=gzip.compress(GOOD) + line(5),
        file=None,
        quarantined={FILE_WHOLE: "follows the end"},
        file_name="lab_results.csv.gz",
    ),
    BadFile(
        name="gzip_with_a_wrong_checksum",
        verdict="Refused whole: the bytes are not those that were sent.",
        content=gzip.compress(GOOD)[:-8] + bytes(8),
        file=None,
        quarantined={FILE_WHOLE: "damaged"},
        file_name="lab_results.csv.gz",
    ),
    BadFile(
        name="zip_called_csv",
        verdict="Refused whole: it is no text.",
        content=zipped(GOOD),
        file=None,
        quarantined={FILE_WHOLE: "header"},
    ),
)
