"""What a bad file is, and the good lines that it is spoilt from."""

from dataclasses import dataclass, field

HEADER = (
    b"record_id,source_patient_id,test_code,value_text,value_number,unit,"
    b"sequence_number,collected_at\n"
)
FILE_WHOLE = 0  # the line number under which quarantine keeps a file refused whole


@dataclass(frozen=True)
class BadFile:
    """One bad file and its verdict.

    ``file`` is (records, mapped, excluded, refused), None where records cannot even be
    counted: then all there are, at least one, are refused. ``feed`` is (made, landed,
    unchanged, refused), None where nothing reaches a feed. ``quarantined`` has, by
    line, words of the reason that the refused line must be found under. ``values`` are
    the texts of the results that landed, where the spoilt line is among them.
    """

    name: str
    verdict: str
    content: bytes
    file: tuple[int, int, int, int] | None
    feed: tuple[int, int, int, int] | None = None
    quarantined: dict[int, str] = field(default_factory=dict)
    values: tuple[str, ...] | None = None
    file_name: str = "lab_results.csv"
    format_name: str = "csv"


def line(
    number: int,
    value: bytes = b"4.1",
    *,
    patient: bytes = b"P1",
    exact: bytes = b"4.1",
    rank: bytes = b"",
    at: bytes = b"2026-02-01T07:40:00Z",
) -> bytes:
    """Return one line of laboratory results."""
    fields = (b"R%d" % number, patient, b"2823-3", value, exact, b"mmol/L", rank, at)
    return b",".join(fields) + b"\n"


def lines(*content: bytes) -> bytes:
    """Return a file of these lines below the header."""
    return HEADER + b"".join(content)


def among_good(spoilt: bytes) -> bytes:
    """Return a file with the spoilt line, line 3, between good ones."""
    return lines(line(1), spoilt, line(3))


GOOD = lines(line(1), line(2), line(3), line(4))
