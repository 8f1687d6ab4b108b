"""What an expectation and a suite are, in the words of Great Expectations.

``type`` and ``kwargs`` are Great Expectations' own, so a suite can be handed to it as
it is. Nothing here imports it: that takes nine seconds, and a load must not wait.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import great_expectations as gx

NOT_NULL_TYPE = "expect_column_values_to_not_be_null"
UNIQUE_TYPE = "expect_compound_columns_to_be_unique"
COLUMNS_TYPE = "expect_table_columns_to_match_set"
REFUSED_COLUMN = "is_refused"  # made by the runner; judged by the limit on refusals


class Severity(StrEnum):
    """What a breach does.

    Critical refuses the row, or holds the whole delivery where the rule is about the
    load. The others are counted and shown.
    """

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Kahn(Enum):
    """Category and sub-category of Kahn and others, eGEMs 2016;4(1):1244."""

    VALUE_CONFORMANCE = ("Conformance", "value")
    RELATIONAL_CONFORMANCE = ("Conformance", "relational")
    COMPUTATIONAL_CONFORMANCE = ("Conformance", "computational")
    COMPLETENESS = ("Completeness", None)
    UNIQUENESS = ("Plausibility", "uniqueness")
    ATEMPORAL_PLAUSIBILITY = ("Plausibility", "atemporal")
    TEMPORAL_PLAUSIBILITY = ("Plausibility", "temporal")


@dataclass(frozen=True)
class Where:
    """The rows that an expectation is about: one of ``values`` stands in ``column``.

    If ``is_other`` it is about those where another value stands there, or none.
    """

    column: str
    values: tuple[str, ...]
    is_other: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the condition as Great Expectations writes it."""
        return {
            "column": {"name": self.column},
            "operator": "NOT_IN" if self.is_other else "IN",
            "parameter": list(self.values),
            "type": "comparison",
        }


@dataclass(frozen=True)
class Expectation:
    """One rule: what is expected, how grave a breach is, and what it would break.

    ``label`` tells apart two rules of one type about the same columns.
    """

    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    notes: str
    kahn: Kahn
    row_condition: Where | None = None
    label: str = ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the rule is about."""
        names = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        listed = self.kwargs.get("column_list", ())
        return (*(name for name in names if name), *listed)

    @property
    def is_about_table(self) -> bool:
        """Return whether the rule looks at the load's shape and not at values."""
        return self.type.startswith("expect_table_")

    @property
    def is_row_level(self) -> bool:
        """Return whether a single row can break the rule; a share of rows cannot."""
        is_about_load = self.is_about_table or self.type == UNIQUE_TYPE
        return not is_about_load and "mostly" not in self.kwargs

    @property
    def is_about_refusals(self) -> bool:
        """Return whether the rule limits how many rows of a load may be refused."""
        return self.columns == (REFUSED_COLUMN,)

    @cached_property
    def rule(self) -> str:
        """Return the name that is stable and unique within the suite."""
        parts = (self.type, "+".join(self.columns), self.label)
        return ":".join(part for part in parts if part)

    def definition(self) -> dict[str, Any]:
        """Return everything that the rule says, ready for JSON."""
        return {
            "rule": self.rule,
            "kwargs": {key: as_json(value) for key, value in self.kwargs.items()},
            "row_condition": self.row_condition and self.row_condition.as_dict(),
            "severity": self.severity.value,
            "notes": self.notes,
            "kahn": list(self.kahn.value),
        }


@dataclass(frozen=True)
class Suite:
    """All expectations of one feed; ``feed`` is the feed's name and the suite's."""

    feed: str
    expectations: tuple[Expectation, ...]

    def __post_init__(self) -> None:
        rules = [expectation.rule for expectation in self.expectations]
        repeated = sorted({rule for rule in rules if rules.count(rule) > 1})
        if repeated:
            message = (
                f"suite {self.feed} has two rules of one name, label them: {repeated}"
            )
            raise ValueError(message)

    def name_of(self, expectation: Expectation) -> str:
        """Return the name under which a breach is recorded, in any suite."""
        return f"{self.feed}:{expectation.rule}"

    def to_great_expectations(self) -> gx.ExpectationSuite:
        """Return this suite as Great Expectations' own object; imports it (9 s)."""
        from expectations.conversion import convert  # noqa: PLC0415 - see the module

        return convert(self)


def suite_fingerprint(suite: Suite) -> str:
    """Return a hash of everything the suite says; it changes when a rule does."""
    definitions = [expectation.definition() for expectation in suite.expectations]
    text = json.dumps([suite.feed, definitions], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(value: object) -> object:
    """Return a rule's argument as JSON has it, as Great Expectations writes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    return value
