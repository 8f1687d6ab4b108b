"""What quality staff see of a refused line: nothing that tells who somebody is."""

import csv
import io

import pytest

from pipelines.access.known_texts import Texts
from pipelines.access.masking import (
    MASK,
    Field,
    masked_fields,
    shape_of,
    texts_to_look_up,
)

HEADER = (
    "record_id", "source_patient_id", "test_code", "test_name", "value_text",
    "value_number", "unit", "comment_text", "collected_at",
)  # fmt: skip
LINE = "L7,P000451,2823-3,Potassium,4.1,4.1,mmol/L,Call Ada,2026-02-01T07:40:00Z"
PERSONAL = ("Meyer", "000451-7", "999-22-1962", "+1 555 010 0199", "ada@example.org")


KNOWN = frozenset(
    {
        ("test_code", "2823-3"),
        ("test_code", "195967001"),
        ("test_name", "Potassium"),
        ("unit", "mmol/L"),
    }
)


def masked(
    header: tuple[str, ...],
    line: str,
    *,
    adapter: str = "csv",
    delimiter: str = ",",
    known: Texts = KNOWN,
) -> list[Field] | None:
    """Return the fields of a line of results."""
    return masked_fields(
        adapter, header, line, delimiter, feed="lab_results", known=known
    )


def shown(line: str, header: tuple[str, ...] = HEADER, known: Texts = KNOWN) -> dict:
    """Return what is shown of each column that has a text."""
    fields = masked(header, line, known=known)
    assert fields is not None
    return {field.column: field.text for field in fields if not field.is_masked}


def everything_in(line: str) -> Texts:
    """Return all texts of a line as known, so that only the other rules mask."""
    return texts_to_look_up("csv", HEADER, line, ",")


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
    fields = masked(HEADER, LINE) or []
    hidden = {field.column: field.text for field in fields if field.is_masked}

    assert hidden == {
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

    line = line_of(*texts)
    assert personal not in str(shown(line, known=everything_in(line)))


@pytest.mark.parametrize("personal", PERSONAL[1:])
def test_what_looks_like_an_identifier_shows_in_no_column(personal: str) -> None:
    line = line_of("L1", "P1", "2823-3", personal, "4.1", "4.1", personal, "", "")
    told = {column: text for column, text in shown(line).items() if text}

    assert told == {"test_code": "2823-3", "value_number": "4.1"}


@pytest.mark.parametrize(
    "slipped",
    ["Anna Meier", "Meier", "756.1234.5678.97", "1950-03-12", "447700900123",
     "Bahnhofstrasse 12 Bern", "Meier Anna geb. Huber", "Herr_Meier", "MRN12345"],
)  # fmt: skip
@pytest.mark.parametrize("column", ["test_code", "test_name", "value_number", "unit"])
def test_what_slipped_into_a_harmless_column_shows_its_shape_only(
    slipped: str, column: str
) -> None:
    texts = dict(zip(HEADER, ["L1", "P1", *[""] * 7], strict=True)) | {column: slipped}
    fields = masked(HEADER, line_of(*texts.values())) or []
    (field,) = [each for each in fields if each.column == column]

    assert (field.text, field.is_masked) == (shape_of(slipped), True)


def test_a_text_is_known_in_its_own_column_only() -> None:
    line = line_of("L1", "P1", "Potassium", "2823-3", "", "", "Potassium", "", "")

    assert {text for text in shown(line).values() if text} == set()


def test_a_long_number_shows_where_it_is_a_known_code_only() -> None:
    line = line_of("L1", "P1", "195967001", "195967001", "", "195967001", "", "", "")
    told = shown(line)

    assert told["test_code"] == "195967001"
    assert "test_name" not in told
    assert "value_number" not in told


@pytest.mark.parametrize("text", ["4.1", "-3", "1250", "0.125"])
def test_a_short_number_shows_in_a_column_of_numbers(text: str) -> None:
    line = line_of("L1", "P1", text, text, "", text, text, "", "")

    assert {column: told for column, told in shown(line).items() if told} == {
        "value_number": text
    }


@pytest.mark.parametrize("text", ["12345", "1.2345", "1 250", "4,1", "<4", "1-2"])
def test_any_other_number_shows_nowhere(text: str) -> None:
    line = line_of("L1", "P1", "", "", "", text, "", "", "")

    assert "value_number" not in shown(line)


def test_a_long_text_is_masked_even_where_it_is_known() -> None:
    line = line_of("L1", "P1", "1", "x" * 60, "", "", "y" * 61, "", "")
    told = shown(line, known=everything_in(line))

    assert told["test_name"] == "x" * 60
    assert "unit" not in told


def test_only_harmless_columns_are_looked_up() -> None:
    assert {column for column, _ in everything_in(LINE)} == {
        "test_code",
        "test_name",
        "value_number",
        "unit",
    }
    assert everything_in("L7,P1") == frozenset()


@pytest.mark.parametrize(
    "line", ["L7,P1", f"{LINE},more", 'L7,"P1,x', f"{LINE}\n{LINE}", ""]
)
def test_a_line_that_does_not_split_into_its_header_shows_no_field(line: str) -> None:
    assert masked(HEADER, line) is None


def test_another_delimiter_is_honoured() -> None:
    fields = masked(("record_id", "unit"), "L1;mmol/L", delimiter=";") or []

    assert [field.text for field in fields] == [MASK, "mmol/L"]


def test_a_column_that_no_table_has_is_masked_with_its_name() -> None:
    fields = masked(("unit", "ada meyer"), "mmol/L,F") or []

    assert [(field.column, field.text) for field in fields] == [
        ("unit", "mmol/L"),
        ("column 2", MASK),
    ]


def test_all_of_an_unknown_adapter_is_masked() -> None:
    fields = masked(("unit", "value"), "mmol/L,4.1", adapter="labor-nord") or []

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
