"""Files with other line ends, open quotes, lines too short or long, or no end."""

from tests.landing.bad_files.bad_file import (
    GOOD,
    HEADER,
    BadFile,
    among_good,
    line,
    lines,
)

ALL_LAND = {"file": (4, 4, 0, 0), "feed": (4, 4, 0, 0)}
THREE_LAND = {"file": (3, 3, 0, 0), "feed": (3, 3, 0, 0)}
ONE_REFUSED = {"file": (3, 2, 0, 1), "feed": (2, 2, 0, 0)}
MAY_BE_CUT = "may be cut"

BAD_FILES = (
    BadFile(
        name="carriage_returns_only",
        verdict="Lands: four lines, not one.",
        content=GOOD.replace(b"\n", b"\r"),
        **ALL_LAND,
    ),
    BadFile(
        name="carriage_return_line_feed",
        verdict="Lands; the last column holds no carriage return.",
        content=GOOD.replace(b"\n", b"\r\n"),
        **ALL_LAND,
    ),
    BadFile(
        name="mixed_line_ends",
        verdict="Lands: either line end ends a line.",
        content=lines(line(1).replace(b"\n", b"\r\n"), line(2), line(3)),
        **THREE_LAND,
    ),
    BadFile(
        name="lone_carriage_return",
        verdict="Two records on one line are refused as one; the others land.",
        content=lines(line(1).replace(b"\n", b"\r"), line(2), line(3)),
        file=(2, 1, 0, 1),
        feed=(1, 1, 0, 0),
        quarantined={2: "control character"},
    ),
    BadFile(
        name="blank_lines",
        verdict="Lands: an empty line is no record.",
        content=lines(line(1), b"\n", line(2), b"\r\n", line(3)),
        **THREE_LAND,
    ),
    BadFile(
        name="unbalanced_quote",
        verdict="The record is refused alone; it does not swallow those below.",
        content=lines(line(1), line(2, b'"4.1'), line(3), line(4)),
        file=(4, 3, 0, 1),
        feed=(3, 3, 0, 0),
        quarantined={3: "quotes"},
    ),
    BadFile(
        name="two_unbalanced_quotes",
        verdict="Both records are refused; the one between them lands.",
        content=lines(line(1, b'"4.1'), line(2), line(3, b'"4.2')),
        file=(3, 1, 0, 2),
        feed=(1, 1, 0, 0),
        quarantined={2: "quotes", 4: "quotes"},
    ),
    BadFile(
        name="quote_in_the_middle",
        verdict="The record is refused: its value cannot be told.",
        content=among_good(line(2, b'5" needle')),
        quarantined={3: "quotes"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="embedded_line_feed",
        verdict="Lands as one record, its value over two lines.",
        content=among_good(line(2, b'"cloudy\nrepeat"')),
        values=("4.1", "cloudy\nrepeat", "4.1"),
        **THREE_LAND,
    ),
    BadFile(
        name="short_line",
        verdict="The record is refused: missing fields are not filled with nothing.",
        content=among_good(b"R2,P1,2823-3,4.1\n"),
        quarantined={3: "has 4 fields where the header has 8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="long_line",
        verdict="The record is refused: no field is dropped.",
        content=among_good(line(2, b"4.1,4.2")),
        quarantined={3: "has 9 fields where the header has 8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="two_lines_glued",
        verdict="The line made of two records is refused.",
        content=among_good(line(2).rstrip(b"\n") + line(9)),
        quarantined={3: "has 15 fields where the header has 8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="half_written_tail",
        verdict="The half record is refused.",
        content=lines(line(1), line(2), b"R3,P1,28"),
        quarantined={4: MAY_BE_CUT},
        **ONE_REFUSED,
    ),
    BadFile(
        name="half_written_tail_with_line_feed",
        verdict="The half record is refused.",
        content=lines(line(1), line(2), b"R3,P1,28\n"),
        quarantined={4: "has 3 fields where the header has 8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="last_line_without_line_feed",
        verdict="The last record is refused: its last field may be cut.",
        content=lines(line(1), line(2), line(3)).rstrip(b"\n"),
        quarantined={4: MAY_BE_CUT},
        **ONE_REFUSED,
    ),
    BadFile(
        name="backslash_dot_line",
        verdict="The line is refused; it does not end the data, as psql would.",
        content=among_good(b"\\.\n"),
        quarantined={3: "has 1 fields where the header has 8"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="backslash_dot_value",
        verdict="Lands as the text that it is.",
        content=among_good(line(2, b"\\.")),
        values=("4.1", "\\.", "4.1"),
        **THREE_LAND,
    ),
    BadFile(
        name="field_of_two_megabytes",
        verdict="The record is refused; those around it land.",
        content=among_good(line(2, b"x" * (2 << 20))),
        quarantined={3: "longer than"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="field_longer_than_a_block",
        verdict="The record is refused; memory does not grow with it.",
        content=among_good(line(2, b"x" * (24 << 20))),
        quarantined={3: "longer than"},
        **ONE_REFUSED,
    ),
    BadFile(
        name="the_same_broken_line_twice",
        verdict="Both are refused, and both are found again.",
        content=HEADER + line(1) + b"R2,P1\nR2,P1\n",
        file=(3, 1, 0, 2),
        feed=(1, 1, 0, 0),
        quarantined={3: "has 2 fields", 4: "has 2 fields"},
    ),
)
