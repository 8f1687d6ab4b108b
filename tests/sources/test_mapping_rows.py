"""What a mapping makes of records: dates, numbers, codes, units, several feeds."""

import polars as pl
import pytest

from pipelines.sources.adapter import Mapped
from pipelines.sources.mapping.compiling import build_adapter
from pipelines.sources.mapping.reading import parse_mapping
from tests.sources.foreign_layouts import GERMAN_MAPPING

RECORD = {
    "patnr": "4711",
    "geschlecht": "w",
    "gebdat": "03.08.1956",
    "abnahmedatum": "01.02.2026",
    "abnahmezeit": "07:40",
    "analyt": "KREA",
    "ergebnis": "1,21",
    "einheit": "mg/dl",
    "nb_u": "0,5",
    "nb_o": "0,9",
}


def map_record(text: str = GERMAN_MAPPING, **changed: str | None) -> Mapped:
    """Map the record above with some fields changed."""
    table = build_adapter(parse_mapping(text, "x.yaml")).table_of("labor_1")
    record = {name: (RECORD | changed).get(name) for name in table.columns}
    schema = dict.fromkeys(table.columns, pl.String) | {"line_number": pl.Int64}
    return table.map_records(pl.DataFrame([record | {"line_number": 2}], schema=schema))


def result(text: str = GERMAN_MAPPING, **changed: str | None) -> dict[str, str | None]:
    """Return the one lab result of the changed record."""
    (row,) = map_record(text, **changed).feeds["lab_results"].to_dicts()
    return row


def test_a_german_result_becomes_ours() -> None:
    assert result() == {
        "line_number": 2,
        "source_patient_id": "4711",
        "test_code": "KREA",
        "code_system": "labor-nord",
        "value_text": "1.21",
        "value_number": "1.21",
        "unit": "mg/dL",
        "reference_low": "0.5",
        "reference_high": "0.9",
        "collected_at": "2026-02-01T07:40:00+01:00",
    }


def test_one_record_can_be_rows_of_two_feeds() -> None:
    (patient,) = map_record().feeds["patients"].to_dicts()

    assert patient == {
        "line_number": 2,
        "source_patient_id": "4711",
        "sex_code": "F",
        "birth_date": "1956-08-03",
    }


@pytest.mark.parametrize(
    ("written", "value_text", "value_number"),
    [
        ("<0,6", "<0.6", None),
        ("3,5 - 5,0", "3.5 - 5.0", None),
        ("-2,5", "-2.5", "-2.5"),
        ("12", "12", "12"),
        ("negativ", "negativ", None),
        ("1,2 bis 3", "1,2 bis 3", None),
        ("siehe 01.02.2026", "siehe 01.02.2026", None),
        (None, None, None),
    ],
)
def test_a_number_is_only_what_is_a_number(
    written: str | None, value_text: str | None, value_number: str | None
) -> None:
    row = result(ergebnis=written)

    assert (row["value_text"], row["value_number"]) == (value_text, value_number)


@pytest.mark.parametrize("written", ["1.250", "4.5", "<4.5", "1.250,5"])
def test_a_point_among_decimal_commas_is_refused(written: str) -> None:
    mapped = map_record(ergebnis=written)

    assert mapped.refused["line_number"].to_list() == [2]
    assert all(rows.is_empty() for rows in mapped.feeds.values())
    assert written not in mapped.refused["reason"][0]


def test_a_point_may_separate_thousands_if_the_mapping_says_so() -> None:
    text = GERMAN_MAPPING.replace(
        "    decimal_comma: true\n",
        '    decimal_comma: true\n    thousands_separator: "."\n',
    )

    assert result(text, ergebnis="1.250,5")["value_number"] == "1250.5"
    assert result(text, ergebnis="1.250")["value_number"] == "1250"
    assert map_record(text, ergebnis="4.5").refused.height == 1


def test_a_comma_among_decimal_points_is_refused() -> None:
    text = GERMAN_MAPPING.replace("    decimal_comma: true\n", "")

    assert map_record(text, ergebnis="1,250").refused.height == 1


@pytest.mark.parametrize(
    ("day", "clock", "collected_at"),
    [
        ("01.02.2026", "07:40", "2026-02-01T07:40:00+01:00"),
        ("01.07.2026", "07:40", "2026-07-01T07:40:00+02:00"),
        ("1.7.2026", None, "2026-07-01T00:00:00+02:00"),
        # Clocks go back at 03:00: 02:30 comes twice and the first is taken.
        ("25.10.2026", "02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-07-01", "07:40", "2026-07-01T07:40:00+02:00"),
    ],
)
def test_a_time_gets_the_offset_of_its_zone(
    day: str, clock: str | None, collected_at: str
) -> None:
    row = result(abnahmedatum=day, abnahmezeit=clock)

    assert row["collected_at"] == collected_at


@pytest.mark.parametrize(
    ("day", "clock"),
    [("29.03.2026", "02:30"), ("01.02.26", "07:40"), ("31.02.2026", None)],
)
def test_a_time_that_never_was_stays_unreadable(day: str, clock: str | None) -> None:
    delivered = result(abnahmedatum=day, abnahmezeit=clock)["collected_at"]

    assert delivered.startswith(day)


def test_without_a_time_zone_a_time_stays_naive() -> None:
    text = GERMAN_MAPPING.replace("time_zone: Europe/Berlin\n", "")

    assert result(text)["collected_at"] == "2026-02-01T07:40:00"
    assert result(text, abnahmezeit=None)["collected_at"] == "2026-02-01"


def test_a_month_before_the_day_is_read_as_stated() -> None:
    text = GERMAN_MAPPING.replace('"%d.%m.%Y %H:%M"', '"%m/%d/%Y %I:%M %p"')

    row = result(text, abnahmedatum="02/01/2026", abnahmezeit="03:15 PM")

    assert row["collected_at"] == "2026-02-01T15:15:00+01:00"


@pytest.mark.parametrize(
    ("unmapped", "sex_codes", "refused"),
    [("keep", ["d"], 0), ("null", [None], 0), ("refuse", [], 1)],
)
def test_an_unmapped_code_is_treated_as_the_list_says(
    unmapped: str, sex_codes: list[str | None], refused: int
) -> None:
    text = GERMAN_MAPPING.replace("unmapped: refuse", f"unmapped: {unmapped}")

    mapped = map_record(text, geschlecht="d")

    assert mapped.feeds["patients"]["sex_code"].to_list() == sex_codes
    assert mapped.refused.height == refused


def test_an_absent_code_is_never_refused() -> None:
    mapped = map_record(geschlecht=None)

    assert mapped.refused.is_empty()


def test_an_unknown_unit_stays_as_delivered() -> None:
    assert result(einheit="mval/l")["unit"] == "mval/l"


def test_what_the_file_writes_for_nothing_is_nothing() -> None:
    text = GERMAN_MAPPING.replace(
        "    decimal_comma: true\n", '    decimal_comma: true\n    missing: ["n.b."]\n'
    )

    assert result(text, ergebnis=" n.b. ", einheit=" ")["value_text"] is None


DIAGNOSES = """\
source_system: x
files:
  - pattern: labor_1
    rows:
      - feed: conditions
        columns: {source_patient_id: patnr, condition_code: nb_u}
        only_if_filled: [condition_code]
      - feed: conditions
        columns: {source_patient_id: patnr, condition_code: nb_o}
        only_if_filled: [condition_code]
"""


def test_numbered_columns_become_a_row_each_unless_empty() -> None:
    both = map_record(DIAGNOSES, nb_u="E11.9", nb_o="I10")
    one = map_record(DIAGNOSES, nb_u=None, nb_o="I10")

    assert both.feeds["conditions"]["condition_code"].to_list() == ["E11.9", "I10"]
    assert one.feeds["conditions"]["condition_code"].to_list() == ["I10"]


def test_a_record_without_any_row_is_excluded_with_a_reason() -> None:
    mapped = map_record(DIAGNOSES, nb_u=None, nb_o=None)

    assert mapped.excluded["line_number"].to_list() == [2]
    assert mapped.feeds["conditions"].is_empty()
