"""Every column of every table is classed; what is not declared identifies."""

import pytest

from pipelines.feeds.catalogue import DELIVERED
from pipelines.feeds.contract import Identifier
from pipelines.sources.catalogue import ADAPTERS
from pipelines.sources.column_classes import (
    DECLARED,
    ColumnClass,
    class_of,
    declared_classes,
)

CASES = [
    (adapter.name, column)
    for adapter in ADAPTERS.values()
    for column in sorted({name for table in adapter.tables for name in table.columns})
]


@pytest.mark.parametrize(("adapter", "column"), CASES)
def test_a_column_has_exactly_one_class(adapter: str, column: str) -> None:
    assert len(declared_classes(adapter, column)) == 1


def test_no_class_is_declared_for_a_column_that_no_table_has() -> None:
    known = set(CASES)
    declared = {
        (adapter, column)
        for adapter, module in DECLARED.items()
        for columns in (module.IDENTIFIES, module.QUASI, module.HARMLESS)
        for column in columns
    }

    assert declared - known == set()


def test_a_column_nobody_classed_identifies() -> None:
    assert class_of("csv", "bed_label") is ColumnClass.IDENTIFIES


def test_every_column_of_an_adapter_outside_the_catalogue_identifies() -> None:
    assert class_of("labor-nord", "unit") is ColumnClass.IDENTIFIES


@pytest.mark.parametrize("feed", DELIVERED.values(), ids=lambda feed: feed.name)
def test_what_a_contract_calls_an_identifier_is_never_shown(feed) -> None:
    shown = {
        column.name
        for column in feed.columns
        if column.identifier is not Identifier.NONE
        and class_of("csv", column.name) is ColumnClass.HARMLESS
    }

    assert shown == set()


@pytest.mark.parametrize("feed", DELIVERED.values(), ids=lambda feed: feed.name)
def test_a_direct_identifier_identifies(feed) -> None:
    direct = {column.name for column in feed.direct_columns}

    assert {class_of("csv", name) for name in direct} <= {ColumnClass.IDENTIFIES}


@pytest.mark.parametrize(
    ("adapter", "columns"),
    [
        ("synthea", ("ssn", "last", "address", "patient", "birthdate", "value")),
        ("mimic", ("subject_id", "hadm_id", "charttime", "comments", "value")),
        ("csv", ("record_id", "encounter_id", "collected_at", "value_text")),
    ],
)
def test_names_numbers_times_and_free_texts_are_not_shown(
    adapter: str, columns: tuple[str, ...]
) -> None:
    assert [
        column
        for column in columns
        if class_of(adapter, column) is ColumnClass.HARMLESS
    ] == []


def test_a_column_that_is_declared_twice_identifies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DECLARED["csv"], "QUASI", frozenset({"unit"}))

    assert class_of("csv", "unit") is ColumnClass.IDENTIFIES
