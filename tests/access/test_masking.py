"""What quality staff see of a refused line: nothing that tells who somebody is."""

import csv
import io

import pytest

from pipelines.access.masking import MASK, masked_fields, shape_of

HEADER = (
    "record_id", "source_patient_id", "test_code", "test_name", "value_text",
    "value_number", "unit", "comment_text", "collected_at",
)  # fmt: skip
LINE = "L7,P000451,2823-3,Potassium,4.1,4.1,mmol/L,Call Ada,2026-02-01T07:40:00Z"
PERSONAL = ("Meyer", "000451-7", "999-22-1962", "+1 555 010 0199", "ada@example.org")


def shown(line: str, header: tuple[str, ...] = HEADER, adapter: str = "csv") -> dict:
    """Return what is shown of each column that has a text."""
    fields = masked_fields(adapter, header, line, ",")
    assert fields is not None
    return {field.column: field.text for field in fields if not field.is_masked}


def line_of(*texts: str) -> str:
    """Return a line with these fields."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(texts)
    return text.getvalue()


def test_the_harmless_columns_are_shown_and_no_other() -> None:
    assert shown(LINE) == {
        "test_code": "2823-3",
        "test_name": "Potassium",
        "value_number": "4.1",
        "unit": "mmol/L",
    }


def test_a_masked_field_says_no_more_than_the_shape_of_a_date_or_value() -> None:
    fields = masked_fields("csv", HEADER, LINE, ",") or []
    masked = {field.column: field.text for field in fields if field.is_masked}

    assert masked == {
        "record_id": MASK,
        "source_patient_id": MASK,
        "value_text": "•.•",
        "comment_text": MASK,
        "collected_at": "••••-••-•••••:••:•••",
    }


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize("position", range(len(HEADER)))
def test_what_stands_in_an_identifying_field_shows_in_none(
    personal: str, position: int
) -> None:
    texts = ["x"] * len(HEADER)
    texts[1] = texts[position] = personal

    assert personal not in str(shown(line_of(*texts)))


@pytest.mark.parametrize("personal", PERSONAL[1:])
def test_what_looks_like_an_identifier_shows_in_no_column(personal: str) -> None:
    line = line_of("L1", "P1", "2823-3", personal, "4.1", "4.1", personal, "", "")
    told = {column: text for column, text in shown(line).items() if text}

    assert told == {"test_code": "2823-3", "value_number": "4.1"}


def test_a_spaced_number_is_no_code() -> None:
    line = line_of("L1", "P1", "+1 555 010 0199", "", "", "", "", "", "")

    assert "test_code" not in shown(line)


def test_a_long_number_shows_in_columns_of_codes_only() -> None:
    line = line_of("L1", "P1", "195967001", "195967001", "", "195967001", "", "", "")
    told = shown(line)

    assert told["test_code"] == "195967001"
    assert "test_name" not in told
    assert "value_number" not in told


def test_a_long_text_is_masked_in_a_harmless_column() -> None:
    line = line_of("L1", "P1", "1", "x" * 60, "", "", "y" * 61, "", "")

    assert shown(line)["test_name"] == "x" * 60
    assert "unit" not in shown(line)


@pytest.mark.parametrize(
    "line", ["L7,P1", f"{LINE},more", 'L7,"P1,x', f"{LINE}\n{LINE}", ""]
)
def test_a_line_that_does_not_split_into_its_header_shows_no_field(line: str) -> None:
    assert masked_fields("csv", HEADER, line, ",") is None


def test_another_delimiter_is_honoured() -> None:
    fields = masked_fields("csv", ("record_id", "unit"), "L1;mmol/L", ";") or []

    assert [field.text for field in fields] == [MASK, "mmol/L"]


def test_a_column_that_no_table_has_is_masked_with_its_name() -> None:
    fields = masked_fields("csv", ("unit", "ada meyer"), "mmol/L,F", ",") or []

    assert [(field.column, field.text) for field in fields] == [
        ("unit", "mmol/L"),
        ("column 2", MASK),
    ]


def test_all_of_an_unknown_adapter_is_masked() -> None:
    fields = masked_fields("labor-nord", ("unit", "value"), "mmol/L,4.1", ",") or []

    assert {field.text for field in fields} == {MASK}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("R9,Meyer", "••,•••••"),
        ("Zoë;1,5", "•••;•,•"),
        ("a\u202eb", "•••"),
        ("\x00\\xe9", "•••••"),
        ("", ""),
    ],
)
def test_a_shape_keeps_separators_and_nothing_else(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_a_shape_is_cut() -> None:
    assert len(shape_of("x" * 10_000)) < 500
