"""Which columns of a delivered file tell who somebody is.

Quality staff see refused lines, and of them only what is known not to identify. So
every column of every table is classed by hand, next to its adapter; one without a class
counts as identifying, and so does all of an adapter that is not in the catalogue (a
mapping file's columns are known to its author alone).
"""

from enum import StrEnum

from pipelines.sources.csv_feeds import column_classes as csv_feeds
from pipelines.sources.fhir import column_classes as fhir
from pipelines.sources.hl7v2 import column_classes as hl7v2
from pipelines.sources.mimic import column_classes as mimic
from pipelines.sources.synthea import column_classes as synthea

DECLARED = {
    "csv": csv_feeds,
    "fhir": fhir,
    "hl7v2": hl7v2,
    "mimic": mimic,
    "synthea": synthea,
}
SAME_COLUMNS = {"upload": "csv"}


class ColumnClass(StrEnum):
    """What a column can tell about who somebody is."""

    IDENTIFIES = "identifies"
    QUASI = "quasi"
    HARMLESS = "harmless"


def declared_classes(adapter: str, column: str) -> list[ColumnClass]:
    """Return every class that an adapter declares for a column: one, if all is well."""
    declared = DECLARED.get(SAME_COLUMNS.get(adapter, adapter))
    if declared is None:
        return []
    by_class = {
        ColumnClass.IDENTIFIES: declared.IDENTIFIES,
        ColumnClass.QUASI: declared.QUASI,
        ColumnClass.HARMLESS: declared.HARMLESS,
    }
    return [each for each, columns in by_class.items() if column in columns]


def class_of(adapter: str, column: str) -> ColumnClass:
    """Return the class of a column; whatever is not declared once identifies."""
    declared = declared_classes(adapter, column)
    return declared[0] if len(declared) == 1 else ColumnClass.IDENTIFIES
