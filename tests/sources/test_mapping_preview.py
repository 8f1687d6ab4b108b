"""What `ehr map PATH --mapping FILE --preview` shows."""

import io
from pathlib import Path

from rich.console import Console

from pipelines.sources.mapping.preview import FilePreview, preview
from pipelines.sources.mapping.reading import parse_mapping
from pipelines.sources.mapping.rendering import render_preview
from tests.sources.foreign_layouts import GERMAN_LABORATORY, GERMAN_MAPPING


def preview_laboratory(folder: Path, content: str = GERMAN_LABORATORY) -> FilePreview:
    """Return the preview of one file of the German laboratory."""
    (folder / "LABOR_1.csv").write_text(content, encoding="utf-8")
    (file,) = preview(
        parse_mapping(GERMAN_MAPPING, "lab"), folder / "LABOR_1.csv"
    ).files
    return file


def test_every_record_of_the_file_is_counted_once(tmp_path: Path) -> None:
    file = preview_laboratory(tmp_path)

    # 6 records: the sex d and the number 1.250 are of one and the same record.
    assert file.records == 6
    assert file.made == {"lab_results": 5, "patients": 5}
    assert sum(file.refused.values()) == 1
    assert not file.excluded


def test_unmapped_codes_come_by_frequency(tmp_path: Path) -> None:
    file = preview_laboratory(tmp_path)

    assert sorted(file.most_unmapped()) == [
        ("sex_code", "d", 1),
        ("unit", "/nl", 1),
        ("unit", "mg/l", 1),
        ("unit", "ng/ml", 1),
    ]
    twice = preview_laboratory(tmp_path, GERMAN_LABORATORY.replace("ng/ml", "mg/l"))
    assert twice.most_unmapped()[0] == ("unit", "mg/l", 2)


def test_rows_are_shown_before_and_after(tmp_path: Path) -> None:
    file = preview_laboratory(tmp_path)

    assert file.before["ergebnis"][0] == "1,21"
    assert file.after["lab_results"]["value_text"][0] == "1.21"


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    content = GERMAN_LABORATORY.replace("Geschlecht", "Sex").replace("PatNr", "Nummer")

    file = preview_laboratory(tmp_path, content)

    assert file.missing_columns == ("patnr", "geschlecht")
    assert file.missing_required == ("patnr",)
    assert not file.made


def test_an_optional_column_that_the_file_lacks_stays_empty(tmp_path: Path) -> None:
    file = preview_laboratory(tmp_path, GERMAN_LABORATORY.replace("Einheit", "E"))

    assert file.missing_required == ()
    assert file.after["lab_results"]["unit"].null_count() == 5


def test_a_file_that_no_pattern_names_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")

    shown = preview(parse_mapping(GERMAN_MAPPING, "lab"), tmp_path)

    assert (shown.files, shown.unknown) == ((), ("other.csv",))


def test_the_printed_preview_holds_both_sides_and_the_counts(tmp_path: Path) -> None:
    (tmp_path / "LABOR_1.csv").write_text(GERMAN_LABORATORY, encoding="utf-8")
    printed = io.StringIO()

    shown = preview(parse_mapping(GERMAN_MAPPING, "lab"), tmp_path)
    render_preview(Console(file=printed, width=250), shown)

    text = printed.getvalue()
    for part in ("1,21", "1.21", "after: patients", "rows of lab_results", "Mio/µl"):
        assert part in text
    assert "refused: value_text: a number whose decimal sign" in text
