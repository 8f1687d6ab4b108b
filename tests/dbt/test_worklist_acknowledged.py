"""An acknowledged result leaves the worklist, and comes back when it changes."""

from collections.abc import Iterator

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.conftest import installation_with_marts
from tests.dbt.acknowledgement_round import (
    CORRECTED,
    DELETED,
    MOVED_FROM,
    MOVED_TO,
    NOT_ACKNOWLEDGED,
    OF_ANOTHER,
    PATIENTS,
    REPEATED,
    SEEN,
    SET_BACK,
    STABLE,
    TAKEN_BACK,
    UNSEEN,
    WITHDRAWN,
    Round,
    play,
)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """Yield who stood on the worklist after each step."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("round")):
        yield play(settings)


CRITICAL = ("critical", 1, "6.9", "CRITICAL_HIGH")


def test_everybody_with_a_finding_stands_on_the_list_at_first(steps: Round) -> None:
    assert steps.at_first == {
        **dict.fromkeys(set(PATIENTS) - {MOVED_TO, STABLE, REPEATED}, CRITICAL),
        STABLE: ("newly_abnormal", 2, "5.5", "HIGH"),
        REPEATED: ("newly_abnormal", 2, "5.6", "HIGH"),
    }


def test_what_was_acknowledged_leaves_the_list_and_nothing_else(steps: Round) -> None:
    assert steps.acknowledged.keys() == {REPEATED, UNSEEN, OF_ANOTHER}


def test_what_reads_otherwise_comes_back(steps: Round) -> None:
    corrected, withdrawn = (
        "corrected_after_acknowledgement",
        "withdrawn_after_acknowledgement",
    )
    assert steps.changed == {
        CORRECTED: (corrected, 2, "4.1", "NORMAL"),
        WITHDRAWN: (withdrawn, 2, "6.9", "INDETERMINATE"),
        DELETED: (withdrawn, 2, None, "INDETERMINATE"),
        MOVED_FROM: (withdrawn, 2, None, "INDETERMINATE"),
        MOVED_TO: CRITICAL,
        SET_BACK: (corrected, 1, "6.5", "CRITICAL_HIGH"),
        STABLE: ("stable", 3, "5.6", "HIGH"),
        REPEATED: ("newly_abnormal", 2, "5.6", "HIGH"),
        TAKEN_BACK: CRITICAL,
        UNSEEN: CRITICAL,
        OF_ANOTHER: CRITICAL,
    }


def test_an_acknowledgement_tells_whether_the_result_still_reads_so(
    steps: Round,
) -> None:
    assert steps.no_longer_read == {
        CORRECTED,
        WITHDRAWN,
        DELETED,
        MOVED_FROM,
        SET_BACK,
        OF_ANOTHER,
    }


def test_a_change_that_was_acknowledged_leaves_the_list_too(steps: Round) -> None:
    assert steps.acknowledged_again.keys() == NOT_ACKNOWLEDGED


def test_a_result_set_back_to_what_was_seen_first_comes_back(steps: Round) -> None:
    assert steps.set_back.keys() == {*NOT_ACKNOWLEDGED, SET_BACK}
    assert steps.set_back[SET_BACK][0] == "corrected_after_acknowledgement"


def test_a_finding_says_who_has_seen_it(steps: Round) -> None:
    with connect(steps.settings, Role.BUILDER) as connection:
        rows = connection.execute(
            "select is_on_worklist, is_acknowledged, acknowledged_by_name, "
            "to_char(acknowledged_at at time zone 'UTC', 'DD HH24:MI') "
            "from marts.fct_abnormal_findings where patient_key = %s",
            (SEEN,),
        ).fetchall()
    assert rows == [(False, True, "Dr. A. Lee", "03 01:00")]


def test_built_by_patients_after_each_step_equals_built_in_full(steps: Round) -> None:
    assert steps.by_patients == steps.in_full
