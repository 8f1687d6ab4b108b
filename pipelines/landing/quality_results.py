"""Writes what the suites found: counts, never values."""

import json
from typing import Any

import psycopg

from expectations.results import State, state_of


def enter_suite(
    connection: psycopg.Connection, delivery_id: int, feed: str, result: dict[str, Any]
) -> None:
    """Enter the results of a suite and its expectations: counts, never values."""
    statistics = result["statistics"]
    states = [state_of(each) for each in result["results"]]
    connection.execute(
        "insert into quality.suite_result values (%s, %s, %s, %s, %s, %s, %s)",
        (
            delivery_id,
            feed,
            result["success"],
            statistics["evaluated_expectations"],
            statistics["unsuccessful_expectations"],
            json.dumps(result),
            states.count(State.NOT_APPLICABLE),
        ),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into quality.expectation_result "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (delivery_id, feed, position, *_expectation_values(each))
                for position, each in enumerate(result["results"])
            ],
        )


def keep_incident_measures(
    connection: psycopg.Connection, found_in: str, delivery_id: int
) -> None:
    """Let the database derive what a load's results make of incidents.

    ``found_in``: "load" for its rules, "series" for what charts say of it.
    """
    connection.execute(
        "select quality.keep_incident_measures(%s, %s)", (found_in, delivery_id)
    )


def _expectation_values(result: dict[str, Any]) -> tuple[object, ...]:
    configuration = result["expectation_config"]
    meta = configuration["meta"]
    kahn = [each for each in (meta["category"], meta["sub_category"]) if each]
    return (
        configuration["type"],
        configuration["kwargs"].get("column"),
        configuration["severity"],
        "/".join(kahn),
        result["success"],
        result["result"].get("element_count"),
        result["result"].get("unexpected_count"),
        json.dumps(result),
        state_of(result).value,
    )
