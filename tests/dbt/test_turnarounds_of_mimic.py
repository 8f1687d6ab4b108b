"""The times of MIMIC-IV's results, and its cultures, by the lines of its files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.conftest import Built
from tests.dbt.test_counted_results import lines_of

pytestmark = pytest.mark.shared_data

TIMES = """
    select lab_result_key, collected_at, first_resulted_at, final_resulted_at,
        ordered_at, received_at
    from marts.fct_lab_turnarounds
    where source_system = 'mimic' and lab_result_key not like 'mimic:microbiology:%'
"""
CULTURES = """
    select lab_result_key, organism_name, antibiotic_name, susceptibility_code
    from marts.fct_microbiology_results
    where source_system = 'mimic'
"""
TOLD = """
    select priority_code, timed_count, untimed_count, reversed_count
    from marts.agg_lab_turnarounds
    where source_system = 'mimic' and step_code = %s and period_code = 'all'
"""


def at(text: str) -> datetime | None:
    """Return an instant of a file; its clock is the hospital's, here UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def is_told(line: dict[str, str]) -> bool:
    """Return whether a line of labevents says anything."""
    says = (line[name].strip() for name in ("value", "valuenum", "comments"))
    return any(text not in ("", "___") for text in says)


def test_the_times_of_every_result_are_those_of_its_line(
    at_once: Built, shared_data: Path
) -> None:
    with connect(at_once.settings, Role.BUILDER) as builder:
        rows = builder.execute(TIMES).fetchall()
    told = {key.removeprefix("mimic:"): times for key, *times in rows}

    differing = [
        line["labevent_id"]
        for line in lines_of(shared_data, "labevents")
        if told[line["labevent_id"]][0] != at(line["charttime"])
        or told[line["labevent_id"]][1] not in (at(line["storetime"]), None)
        or (told[line["labevent_id"]][1] is None)
        == bool(line["storetime"] and is_told(line))
    ]

    assert len(told) == 107_727
    assert differing == []
    # No line says whether it is final, who ordered it when, or when it was received.
    assert {times[2:] == [None, None, None] for times in told.values()} == {True}


def test_what_has_no_time_is_counted_and_not_dropped(at_once: Built) -> None:
    with connect(at_once.settings, Role.BUILDER) as builder:
        for step, is_timed in (
            ("collected_to_first", True),
            ("ordered_to_final", False),
        ):
            rows = builder.execute(TOLD, (step,)).fetchall()
            total = sum(sum(counts) for _, *counts in rows)
            assert total == 110_626 - 17  # cancelled cultures
            assert (sum(row[1] for row in rows) > 0) is is_timed


def test_every_line_of_microbiology_is_there_with_its_letter(
    at_once: Built, shared_data: Path
) -> None:
    with connect(at_once.settings, Role.BUILDER) as builder:
        rows = builder.execute(CULTURES).fetchall()

    def cleaned(text: str) -> str | None:
        return text.strip() or None

    assert {tuple(row) for row in rows} == {
        (
            f"mimic:microbiology:{line['microevent_id']}",
            None if line["org_name"] == "CANCELLED" else cleaned(line["org_name"]),
            cleaned(line["ab_name"]),
            cleaned(line["interpretation"])
            if line["interpretation"] in ("S", "I", "R")
            else None,
        )
        for line in lines_of(shared_data, "microbiologyevents")
    }
