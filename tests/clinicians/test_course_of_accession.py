"""What waits of an accession, and what is not told: never more than the source says."""

import pandas as pd
import pytest

from dashboards.laboratory.course import steps_of, untold_of, waiting_of

DAY = pd.Timestamp("2026-01-01")
RESULT = {
    "lab_result_key": "live:1",
    "test_name": "Potassium",
    "priority_code": "stat",
    "state_code": "final",
    "collected_at": DAY,
    "first_resulted_at": DAY + pd.Timedelta(hours=1),
    "final_resulted_at": DAY + pd.Timedelta(hours=2),
}
SPECIMEN = {
    "specimen_key": "live:S1",
    "specimen_type_name": "Serum",
    "accession_number": "A1",
    "status_code": "done",
    "rejection_reason_name": None,
    "is_open": False,
    "is_rejected": False,
    "collected_at": DAY,
    "received_at": DAY + pd.Timedelta(minutes=30),
    "status_at": DAY,
}
ORDER = {
    "status_code": "done",
    "is_open": False,
    "practitioner_name": None,
    "ordered_at": DAY - pd.Timedelta(hours=1),
    "due_at": pd.NaT,
    "completed_at": pd.NaT,
}


def frames(
    results: list[dict], *, specimen: dict | None = None, is_ordered: bool = True
) -> dict[str, pd.DataFrame]:
    """Return what was read of an accession."""
    return {
        "order": pd.DataFrame([ORDER] if is_ordered else [], columns=list(ORDER)),
        "specimens": pd.DataFrame([SPECIMEN | (specimen or {})]),
        "results": pd.DataFrame(results, columns=list(RESULT)),
    }


@pytest.mark.parametrize(
    ("results", "specimen", "waits"),
    [
        ([{}], {}, []),
        ([{}, {"state_code": "preliminary"}], {}, ["Not final: Potassium."]),
        ([{"state_code": "waiting"}], {}, ["Without a value: Potassium."]),
        ([], {}, ["No result has come."]),
        (
            [{"state_code": "withdrawn"}, {"state_code": "cancelled"}],
            {},
            ["No result stands: every one was withdrawn or cancelled."],
        ),
        (
            [{}],
            {"is_rejected": True},
            ["Every specimen was rejected: another has to be taken."],
        ),
        (
            [{}],
            {"is_open": True, "status_code": "received"},
            ["Serum A1 is under way: Received."],
        ),
    ],
)
def test_what_waits_is_said(
    results: list[dict], specimen: dict, waits: list[str]
) -> None:
    rows = [RESULT | each for each in results]

    assert waiting_of(frames(rows, specimen=specimen)) == waits


def test_no_step_is_made_of_another_time() -> None:
    late = RESULT | {"final_resulted_at": pd.NaT, "state_code": "preliminary"}
    steps = {
        step.name: step
        for step in steps_of(
            frames([RESULT, late], specimen={"received_at": pd.NaT}, is_ordered=False)
        )
    }

    assert {name: step.minutes for name, step in steps.items()} == {
        "Ordered to collected": None,
        "Collected to received": None,
        "Received to first result": None,
        "First result to final": None,
        "Collected to final": None,
        "Ordered to final": None,
    }
    assert steps["Ordered to final"].why_not == "ordered and final: no time"


def test_a_step_that_ends_before_it_begins_has_no_length() -> None:
    before = RESULT | {"final_resulted_at": DAY - pd.Timedelta(hours=2)}
    steps = {step.name: step for step in steps_of(frames([before]))}

    assert steps["Ordered to final"].minutes is None
    assert steps["Ordered to final"].why_not == "final lies before ordered"
    assert steps["Collected to received"].minutes == 30
    # What was withdrawn does not count.
    gone = before | {"state_code": "withdrawn"}
    steps = {step.name: step for step in steps_of(frames([RESULT, gone]))}
    assert steps["Ordered to final"].minutes == 180


def test_a_result_without_a_status_is_said_to_have_none() -> None:
    statusless = RESULT | {"state_code": "not_told", "final_resulted_at": pd.NaT}

    assert untold_of(frames([statusless])) == [
        "Whether results are final: they came without a status."
    ]
    assert untold_of(frames([RESULT])) == []
    told = untold_of(frames([RESULT | {"priority_code": None}], is_ordered=False))
    assert [each.split()[0] for each in told] == ["No", "How"]
