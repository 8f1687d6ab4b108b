"""Results in the JSON shape of Great Expectations, made from counts alone.

The shape is that of ``ExpectationValidationResult.to_json_dict()`` under result format
BASIC without samples: a result never holds a value of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from expectations.expectation import NOT_NULL_TYPE, Expectation, as_json


class State(StrEnum):
    """What a check found. One that had no rows to judge has not passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


def state_of(result: Mapping[str, Any]) -> State:
    """Return the state of one result: Great Expectations calls no rows a success.

    A rule about the load's shape counts no rows, and applies to every load.
    """
    if not result["success"]:
        return State.FAILED
    details = result["result"]
    judged = details.get("element_count", 1) - details.get("missing_count", 0)
    return State.PASSED if judged else State.NOT_APPLICABLE


@dataclass(frozen=True)
class Counts:
    """How many rows a rule met: all, those without a value, those that break it."""

    element_count: int = 0
    missing_count: int = 0
    unexpected_count: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.element_count + other.element_count,
            self.missing_count + other.missing_count,
            self.unexpected_count + other.unexpected_count,
        )


def meta_of(name: str, expectation: Expectation) -> dict[str, Any]:
    """Return what we add to an expectation: its name and its Kahn category."""
    category, sub_category = expectation.kahn.value
    return {"rule": name, "category": category, "sub_category": sub_category}


def result_of_counts(
    name: str,
    expectation: Expectation,
    counts: Counts,
    kwargs: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the result of a rule about values.

    ``kwargs`` are the rule's arguments with parameters filled in, where it has some.
    """
    judged = counts.element_count - counts.missing_count
    mostly = expectation.kwargs.get("mostly", 1)
    met = judged - counts.unexpected_count
    success = judged == 0 or met / judged >= mostly
    if expectation.type == NOT_NULL_TYPE:
        details = _details_of_not_null(counts)
    else:
        details = _details(counts)
    return _result(name, expectation, kwargs, success=success, details=details)


def result_of_columns(
    name: str, expectation: Expectation, columns: Sequence[str]
) -> dict[str, Any]:
    """Return the result of the rule that names the columns a load must have."""
    observed, expected = set(columns), set(expectation.kwargs["column_set"])
    mismatched = {
        "unexpected": sorted(observed - expected),
        "missing": sorted(expected - observed),
    }
    mismatched = {key: found for key, found in mismatched.items() if found}
    details: dict[str, Any] = {"observed_value": sorted(observed)}
    if mismatched:
        details["details"] = {"mismatched": mismatched}
    success = "missing" not in mismatched
    return _result(name, expectation, None, success=success, details=details)


def result_of_row_count(
    name: str, expectation: Expectation, row_count: int
) -> dict[str, Any]:
    """Return the result of the rule about the least number of rows of a load."""
    success = row_count >= expectation.kwargs["min_value"]
    details = {"observed_value": row_count}
    return _result(name, expectation, None, success=success, details=details)


def suite_result(
    feed: str, results: list[dict[str, Any]], meta: dict[str, Any]
) -> dict[str, Any]:
    """Return the result of a whole suite, shaped as Great Expectations does."""
    successful = sum(result["success"] for result in results)
    return {
        "success": successful == len(results),
        "suite_name": feed,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": successful,
            "unsuccessful_expectations": len(results) - successful,
            "success_percent": _percent(successful, len(results)),
        },
        "results": results,
        "meta": meta,
        "id": None,
    }


def _details(counts: Counts) -> dict[str, Any]:
    judged = counts.element_count - counts.missing_count
    of_judged = None if not judged else _percent(counts.unexpected_count, judged)
    return {
        "element_count": counts.element_count,
        "unexpected_count": counts.unexpected_count,
        "unexpected_percent": of_judged,
        "partial_unexpected_list": [],
        "missing_count": counts.missing_count,
        "missing_percent": _percent(counts.missing_count, counts.element_count),
        "unexpected_percent_total": _percent(
            counts.unexpected_count, counts.element_count
        ),
        "unexpected_percent_nonmissing": of_judged,
    }


def _details_of_not_null(counts: Counts) -> dict[str, Any]:
    return {
        "element_count": counts.element_count,
        "unexpected_count": counts.unexpected_count,
        "unexpected_percent": _percent(counts.unexpected_count, counts.element_count),
        "partial_unexpected_list": [],
    }


def _percent(part: int, whole: int) -> float | None:
    return part / whole * 100 if whole else None


def _result(
    name: str,
    expectation: Expectation,
    kwargs: dict[str, Any] | None,
    *,
    success: bool,
    details: dict[str, Any],
) -> dict[str, Any]:
    arguments = {
        key: as_json(value)
        for key, value in (kwargs or dict(expectation.kwargs)).items()
    }
    if expectation.row_condition is not None:
        arguments["row_condition"] = expectation.row_condition.as_dict()
    return {
        "success": success,
        "expectation_config": {
            "type": expectation.type,
            "kwargs": arguments,
            "meta": meta_of(name, expectation),
            "notes": expectation.notes,
            "severity": expectation.severity.value,
        },
        "result": details,
        "meta": {},
        "exception_info": {
            "raised_exception": False,
            "exception_traceback": None,
            "exception_message": None,
        },
    }
