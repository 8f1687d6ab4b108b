"""A mapping file that cannot be used says every wrong place and the remedy."""

import pytest

from pipelines.sources.mapping.compiling import build_adapter
from pipelines.sources.mapping.reading import MappingError, parse_mapping
from tests.sources.foreign_layouts import GERMAN_MAPPING


def mistakes(old: str, new: str) -> str:
    """Return the message for the good mapping with one part exchanged."""
    assert old in GERMAN_MAPPING
    with pytest.raises(MappingError) as caught:
        parse_mapping(GERMAN_MAPPING.replace(old, new, 1), "lab.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("feed: lab_results", "feed: lab_result", "files[0].rows[0]", "lab_results"),
        ("test_code: Analyt", "tst_code: Analyt", "files[0].rows[0]", "test_code"),
        ("codes: sex", "codes: sexes", "the whole file", "near: sex"),
        ("Europe/Berlin", "Europe/Berlim", "time_zone", "Europe/Berlin"),
        ("decimal_comma: true", "decimal_coma: true", "files[0].decimal_coma", "Extra"),
        ('"%d.%m.%Y"', '"%d.%m.%y"', "files[0].date_formats[1]", "four digits"),
        ('"%d.%m.%Y"', '"TT.MM.JJJJ"', "files[0].date_formats[1]", "%d.%m.%Y"),
        ('delimiter: ";"', 'delimiter: "#"', "files[0].delimiter", "';'"),
        ("unmapped: refuse", "unmapped: drop", "codes.sex.unmapped", "refuse"),
        (
            "{constant: labor-nord}",
            "{constant: labor-nord, column: X}",
            "files[0].rows[0].columns.code_system",
            "exactly one",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_remedy(
    old: str, new: str, place: str, remedy: str
) -> None:
    message = mistakes(old, new)

    assert place in message
    assert remedy in message


def test_a_feed_without_a_required_column_is_a_mistake() -> None:
    message = mistakes("          test_code: Analyt\n", "")

    assert "lab_results needs test_code" in message


def test_several_mistakes_are_told_at_once() -> None:
    text = GERMAN_MAPPING.replace("feed: patients", "feed: people")
    text = text.replace("Europe/Berlin", "Berlin")

    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "lab.yaml")

    assert "time_zone" in str(caught.value)
    assert "files[0].rows[1]" in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [\n"])
def test_what_is_no_mapping_is_told_so(text: str) -> None:
    with pytest.raises(MappingError, match=r"lab\.yaml"):
        parse_mapping(text, "lab.yaml")


def test_a_code_said_twice_is_a_mistake() -> None:
    message = mistakes("{w: F, m: M}", "{w: F, m: M, w: M}")

    assert "'w' is said twice" in message


def test_codes_are_text_whatever_they_look_like() -> None:
    text = GERMAN_MAPPING.replace("{w: F, m: M}", "{no: F, 007: M, 1e3: O}")

    mapping = parse_mapping(text, "lab.yaml")

    assert mapping.codes["sex"].values == {"no": "F", "007": "M", "1e3": "O"}


def test_null_is_a_way_to_treat_an_unmapped_code() -> None:
    text = GERMAN_MAPPING.replace("unmapped: refuse", "unmapped: null")

    assert parse_mapping(text, "lab.yaml").codes["sex"].unmapped == "null"


@pytest.mark.parametrize(
    ("stem", "is_found"),
    [("LABOR_2026", True), ("labor_x", True), ("alabor_x", False), ("labor", False)],
)
def test_a_pattern_names_files_in_any_case(stem: str, *, is_found: bool) -> None:
    adapter = build_adapter(parse_mapping(GERMAN_MAPPING, "lab.yaml"))

    assert (adapter.table_of(stem) is not None) == is_found


def test_a_column_is_required_if_a_feed_cannot_do_without_it() -> None:
    adapter = build_adapter(parse_mapping(GERMAN_MAPPING, "lab.yaml"))
    table = adapter.table_of("labor_1")

    assert table.required == ("patnr", "analyt", "abnahmedatum", "abnahmezeit")
    assert "ergebnis" in table.optional
    assert table.delimiter == ";"
