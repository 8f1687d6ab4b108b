"""What `ehr map PATH` proposes for two foreign layouts, and what it does not guess."""

import gzip
from pathlib import Path

import pytest

from pipelines.sources.mapping.model import FeedRows, Mapping
from pipelines.sources.mapping.proposal import pattern_of, propose_mapping
from pipelines.sources.mapping.reading import parse_mapping
from pipelines.sources.mapping.sample import UnreadableFileError
from tests.sources.foreign_layouts import GERMAN_LABORATORY, US_PHARMACY


def propose(folder: Path, name: str, content: str) -> str:
    """Return the proposal for one file of this content."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return propose_mapping(path)


def rows_of(mapping: Mapping, feed: str) -> FeedRows:
    """Return the only part of the mapping that makes this feed."""
    (rows,) = (each for each in mapping.files[0].rows if each.feed == feed)
    return rows


def sources_of(rows: FeedRows) -> dict[str, tuple[str, ...] | str]:
    """Return where each feed column comes from."""
    return {name: rule.constant or rule.sources for name, rule in rows.columns.items()}


def test_a_german_laboratory_is_recognised(tmp_path: Path) -> None:
    text = propose(tmp_path, "LABOR_2026-11-01.csv", GERMAN_LABORATORY)

    mapping = parse_mapping(text, "proposal")
    (file,) = mapping.files
    assert (file.pattern, file.delimiter, file.decimal_comma) == (
        "LABOR_*.csv",
        ";",
        True,
    )
    assert sources_of(rows_of(mapping, "lab_results")) == {
        "source_patient_id": ("patnr",),
        "order_id": ("auftragsnr",),
        "test_code": ("analyt",),
        "code_system": "local",
        "test_name": ("bezeichnung",),
        "value_text": ("ergebnis",),
        "value_number": ("ergebnis",),
        "unit": ("einheit",),
        "reference_low": ("nb_u",),
        "reference_high": ("nb_o",),
        "laboratory_flag": ("bewertung",),
        "comment_text": ("bemerkung",),
        "collected_at": ("abnahmedatum", "abnahmezeit"),
    }
    assert sources_of(rows_of(mapping, "patients")) == {
        "source_patient_id": ("patnr",),
        "sex_code": ("geschlecht",),
        "birth_date": ("gebdat",),
    }


def test_spellings_that_need_no_judgement_are_filled_in(tmp_path: Path) -> None:
    text = propose(tmp_path, "LABOR_2026-11-01.csv", GERMAN_LABORATORY)

    mapping = parse_mapping(text, "proposal")
    assert mapping.units.values == {
        "mg/dl": "mg/dL",
        "Mio/µl": "10*6/uL",
        "mg/l": "mg/L",
        "/nl": "10*3/uL",
        "ng/ml": "ng/mL",
    }
    assert mapping.codes["sex"].values == {"w": "F", "m": "M"}
    assert "# CHECK: d:" in text


def test_a_point_that_may_separate_thousands_is_asked_for(tmp_path: Path) -> None:
    text = propose(tmp_path, "LABOR_2026-11-01.csv", GERMAN_LABORATORY)

    assert parse_mapping(text, "proposal").files[0].thousands_separator is None
    assert '# thousands_separator: "."' in text


def test_an_american_pharmacy_is_recognised(tmp_path: Path) -> None:
    text = propose(tmp_path, "pharmacy_export.csv", US_PHARMACY)

    mapping = parse_mapping(text, "proposal")
    (file,) = mapping.files
    assert (file.delimiter, file.date_formats) == (",", ("%m/%d/%Y",))
    assert sources_of(rows_of(mapping, "prescriptions")) == {
        "record_id": ("rx number",),
        "source_patient_id": ("mrn",),
        "drug_name": ("drug",),
        "ndc_code": ("ndc",),
        "frequency_text": ("sig",),
        "quantity": ("qty",),
        "days_supply": ("days supply",),
        "refills_allowed": ("refills",),
        "status_code": ("status",),
        "practitioner_id": ("prescriber npi",),
        "started_at": ("date written",),
    }


def test_a_comma_before_three_digits_is_not_taken_for_a_decimal(tmp_path: Path) -> None:
    text = propose(tmp_path, "pharmacy_export.csv", US_PHARMACY)

    (file,) = parse_mapping(text, "proposal").files
    assert (file.decimal_comma, file.thousands_separator) == (False, None)
    assert '# thousands_separator: ","' in text


RESULTS = "mrn,test,result,units,collected\n"


def test_days_and_months_that_could_be_exchanged_are_asked_for(tmp_path: Path) -> None:
    text = propose(tmp_path, "lab.csv", RESULTS + "1,K,4.1,mmol/L,03/04/2026\n")

    assert parse_mapping(text, "proposal").files[0].date_formats == ()
    assert "# CHECK: day and month could be exchanged in collected" in text
    assert '# date_formats: ["%d/%m/%Y"]' in text
    assert '# date_formats: ["%m/%d/%Y"]' in text


def test_one_date_that_has_only_one_reading_settles_the_column(tmp_path: Path) -> None:
    rows = "1,K,4.1,mmol/L,03/04/2026\n1,K,4.2,mmol/L,25/04/2026\n"

    text = propose(tmp_path, "lab.csv", RESULTS + rows)

    assert parse_mapping(text, "proposal").files[0].date_formats == ("%d/%m/%Y",)


def test_one_column_that_shows_the_order_settles_the_others(tmp_path: Path) -> None:
    header = "mrn,test,result,units,collected,resulted\n"

    text = propose(tmp_path, "lab.csv", header + "1,K,4,mmol/L,03/04/2026,03/14/2026\n")

    assert parse_mapping(text, "proposal").files[0].date_formats == ("%m/%d/%Y",)
    assert "exchanged" not in text


def test_the_form_of_codes_names_their_system(tmp_path: Path) -> None:
    text = propose(
        tmp_path, "lab.csv", RESULTS + "1,2823-3,4.1,mmol/L,2026-04-03 10:00\n"
    )

    rows = rows_of(parse_mapping(text, "proposal"), "lab_results")
    assert rows.columns["code_system"].constant == "LOINC"


def test_a_missing_required_column_is_told_with_candidates(tmp_path: Path) -> None:
    text = propose(
        tmp_path, "lab.csv", "mrn,test,result,units,ref_low,when\n1,K,4,mmol/L,3,x\n"
    )

    assert "lab_results cannot be made" in text
    assert "collected_at is required: no column of the file holds it" in text


def test_a_proposal_shows_no_value_of_a_patient(tmp_path: Path) -> None:
    text = propose(tmp_path, "LABOR_2026-11-01.csv", GERMAN_LABORATORY)

    for value in ("4711", "1956", "1,21", "negativ", "hämolytisch", "KREA"):
        assert value not in text


def test_files_of_a_folder_with_one_shape_make_one_pattern(tmp_path: Path) -> None:
    for month in ("2026-01", "2026-02"):
        name = tmp_path / f"lab_{month}.csv.gz"
        name.write_bytes(
            gzip.compress((RESULTS + "1,K,4,mmol/L,2026-04-03\n").encode())
        )
    (tmp_path / "empty.csv").write_text("")

    text = propose_mapping(tmp_path)

    assert [file.pattern for file in parse_mapping(text, "p").files] == ["lab_*.csv"]
    assert "# Not read: empty.csv is empty." in text


def test_a_file_that_is_not_utf8_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "LABOR_1.csv"
    path.write_bytes(GERMAN_LABORATORY.encode("cp1252"))

    text = propose_mapping(path)

    assert "Mio/µl" in text
    assert "iconv -f WINDOWS-1252" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"only\none\n", "one column"),
    ],
)
def test_a_file_that_is_no_table_is_told_so(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "x.csv").write_bytes(content)

    assert message in propose_mapping(tmp_path / "x.csv")


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="holds no table"):
        propose_mapping(tmp_path)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("LABOR_2026-11-01.csv", "LABOR_*.csv"),
        ("results.csv.gz", "results.csv"),
        ("labs2.txt", "labs*.txt"),
    ],
)
def test_dates_and_numbers_of_a_file_name_are_left_open(
    name: str, pattern: str
) -> None:
    assert pattern_of(name) == pattern
