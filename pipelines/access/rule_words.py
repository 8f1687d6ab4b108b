"""The rules of the suites in words: what is expected, what is wrong, what to do.

A rule's name is ``feed:type:columns:label``, as the books keep it; the loader's own
reasons are ``column:unreadable`` and ``column:missing``. Names of columns stay as they
stand in the file's header, so that whoever mends the file finds them.
"""

from dataclasses import dataclass

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType

FORMS = {
    ColumnType.INTEGER: "a whole number",
    ColumnType.DECIMAL: "a number with a point, as in 4.1",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.DATE: "a date, as in 2026-02-01",
    ColumnType.TIMESTAMP: "a time, as in 2026-02-01T07:40:00Z",
}
INSTANT_COLUMNS = ("source_updated_at",)
RECORD_RULE, FILE_RULE = "record", "file"


@dataclass(frozen=True)
class RuleWords:
    """One rule for a person: what it expects, how a breach reads, what mends it."""

    expected: str
    broken: str
    remedy: str


# By type and label; {0} and {1} are the columns. A label that is absent falls back on
# its type alone.
WORDS = {
    "expect_column_values_to_not_be_null": (
        "{0} is filled",
        "{0} is empty",
        "Fill in {0}.",
    ),
    "expect_column_values_to_not_be_null:share": (
        "{0} is filled in most rows",
        "{0} is empty in too many rows",
        "Look whether the export left the column out.",
    ),
    "expect_column_value_lengths_to_be_between": (
        "{0} is no longer than such a value can be",
        "{0} is too long",
        "Look for a shifted column or a quote that is not closed.",
    ),
    "expect_column_values_to_be_between": (
        "{0} is possible",
        "{0} is not possible: too early, in the future, or beyond any quantity",
        "Correct {0}.",
    ),
    "expect_column_values_to_be_in_set": (
        "{0} is one of the values agreed on",
        "{0} is none of the values agreed on",
        "Use a value that the description of the file lists.",
    ),
    "expect_column_values_to_be_in_set:is_refused": (
        "most rows are accepted",
        "more than half of the rows are refused",
        "Correct the rows, or deliver the file anew.",
    ),
    "expect_column_values_to_not_be_in_set": (
        "{0} asks for no identifier of a person",
        "{0} asks for an identifier of a person",
        "Leave the row out: it belongs to the patient's identity.",
    ),
    "expect_column_values_to_match_regex": (
        "{0} has the form of its standard",
        "{0} has not the form of its standard",
        "Correct {0}, or name the list it is from.",
    ),
    "expect_column_values_to_not_match_regex": (
        "{0} is a possible value",
        "{0} is no possible value",
        "Correct {0}.",
    ),
    "expect_column_values_to_not_match_regex:nobody": (
        "{0} names somebody",
        "{0} names nobody: a blank, an invisible sign, or a word such as NULL",
        "Write the patient's number as your system has it.",
    ),
    "expect_column_values_to_not_match_regex:identifier": (
        "{0} holds no identifier of a person",
        "{0} holds an identifier of a person, such as a telephone number",
        "Take the identifier out of {0}.",
    ),
    "expect_column_values_to_not_match_regex:address": (
        "{0} asks for no address",
        "{0} asks for an address",
        "Leave the row out: it belongs to the patient's identity.",
    ),
    "expect_column_values_to_not_match_regex:decoding": (
        "{0} has all its letters",
        "{0} has lost letters: the file was saved in another character set",
        "Save the file as UTF-8.",
    ),
    "expect_column_values_to_not_match_regex:temperature": (
        "{0} is a possible temperature",
        "{0} is no possible temperature",
        "Correct the value or its unit.",
    ),
    "expect_column_values_to_not_match_regex:saturation": (
        "{0} is a possible saturation",
        "{0} is no possible saturation",
        "Correct the value or its unit.",
    ),
    "expect_column_values_to_not_match_regex:rate_or_pressure": (
        "{0} is a possible rate or pressure",
        "{0} is no possible rate or pressure",
        "Correct the value or its unit.",
    ),
    "expect_column_values_to_pass_loinc_check_digit": (
        "{0} is a LOINC code without a slip",
        "{0} is mistyped: its check digit does not fit",
        "Correct the LOINC code.",
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        "{0} is not below or before {1}",
        "{0} is below or before {1}",
        "Correct {0} or {1}.",
    ),
    "expect_column_pair_values_a_to_be_greater_than_b:load": (
        "{0} and {1} are not swapped",
        "{0} and {1} are swapped in most rows",
        "Exchange the two columns.",
    ),
    "expect_compound_columns_to_be_unique": (
        "no record comes twice with different content",
        "a record comes twice with different content",
        "Keep the one that is right.",
    ),
    "expect_table_columns_to_match_set": (
        "the columns that every row needs are there",
        "a column that every row needs is missing",
        "Add the column.",
    ),
    "expect_table_row_count_to_be_between": (
        "the file holds rows",
        "the file holds no row",
        "Look whether the export was empty.",
    ),
}
UNKNOWN = RuleWords("a rule of this feed", "a rule of this feed is broken", "")
RECORD = RuleWords(
    "the line can be read as a record",
    "the line cannot be read as a record",
    "Export the file again; look at quotes, separators and the end of the line.",
)
FILE = RuleWords(
    "the file can be read as a table",
    "the file was refused as a whole",
    "Export the file again.",
)


def words_of(rule: str, feed: str | None = None) -> RuleWords:
    """Return a rule in words; ``feed`` tells the form of a column that is unreadable.

    A rule that nobody has put in words yet is still told, without its inner name.
    """
    if rule in {RECORD_RULE, FILE_RULE}:
        return RECORD if rule == RECORD_RULE else FILE
    name, _, what = rule.rpartition(":")
    if what == "unreadable":
        return _unreadable(name, feed)
    if what == "missing":
        broken = f"{name} is missing"
        return RuleWords(f"{name} is there", broken, f"Fill in {name}.")
    _, kind, columns, label = [*rule.split(":"), "", "", ""][:4]
    keys = (f"{kind}:{label}", f"{kind}:{columns}", kind)
    told = next((WORDS[key] for key in keys if key in WORDS), None)
    if told is None:
        return UNKNOWN
    names = [*columns.split("+"), ""]
    return RuleWords(*(text.format(*names) for text in told))


def _unreadable(column: str, feed: str | None) -> RuleWords:
    form = _form_of(column, feed)
    return RuleWords(
        f"{column} is {form}",
        f"{column} cannot be read: it must be {form}",
        f"Write {column} as {form}.",
    )


def _form_of(column: str, feed: str | None) -> str:
    if column in INSTANT_COLUMNS:
        return FORMS[ColumnType.TIMESTAMP]
    if column == "is_deleted":
        return FORMS[ColumnType.BOOLEAN]
    columns = FEEDS[feed].columns if feed in FEEDS else ()
    kinds = [each.type for each in columns if each.name == column]
    return FORMS.get(kinds[0], "readable") if kinds else "readable"
