"""Whatever becomes of a row has a name, and the counts add up from step to step."""

from pathlib import Path

from pipelines.building import build_marts
from pipelines.conserving.conservation import conserve
from pipelines.conserving.steps import STEPS, Counted, StepState
from pipelines.erasing.erasing import erase
from pipelines.erasing.register import Order as Erasure
from pipelines.landing.loading import load
from pipelines.refused.deciding import Action, Order, decide
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.conserving.conftest import (
    AHEAD,
    FIRST,
    FIRST_CONDITIONS,
    MERGED,
    SECOND,
    SOURCE,
    broken,
    by_step,
    deliver,
)
from tests.record.laboratory import PATIENTS, file_of, line


def test_of_every_row_is_told_what_became_of_it(ward: Settings) -> None:
    found = conserve(ward)

    assert [each.told for each in found if each.state is StepState.BROKEN] == []
    parts = by_step(found)
    assert parts["", "archived"] == {"archived": 8}
    assert parts["", "counted"] == {"in_bytes": 25}
    assert parts["", "judged"] == {
        "mapped": 22,
        "refused_whole": 1,
        "left out: no table of this source has this name": 2,
    }
    assert parts["", "mapped"] == {"made_rows": 22}
    assert parts["lab_results", "landed"] == {
        "landed": 11,
        "unchanged": 1,
        "refused": 1,
    }
    waiting = {"waiting": 1, "released": 0, "discarded": 0}
    assert parts["", "decided"] == waiting
    assert parts["lab_results", "decided"] == waiting
    assert parts["lab_results", "stored"] == {"stored": 11}
    assert parts["lab_results", "current"] == {
        "current": 8,
        "superseded": 2,
        "ended": 1,
    }
    assert parts["lab_results", "shown"] == {"in_mart": 8}
    # The second delivery had the same bytes of these.
    assert parts["patients", "landed"] == {"landed": 2, "unchanged": 2, "refused": 0}


def test_parts_add_up_and_each_step_takes_what_the_one_before_gave(
    ward: Settings,
) -> None:
    found = [each for each in conserve(ward) if each.source_system == SOURCE]

    assert {each.step for each in found} == {*STEPS} - {STEPS[-1]}
    for each in found:
        assert sum(each.parts.values()) == each.after == each.before, each
    before = {(each.subject, each.step.code): each.before for each in found}
    parts = by_step(found)
    assert before["", "judged"] == sum(parts["", "counted"].values())
    assert before["", "mapped"] == parts["", "judged"]["mapped"]
    for feed in ("lab_results", "conditions", "patients"):
        assert before[feed, "stored"] == parts[feed, "landed"]["landed"]
        assert before[feed, "current"] == parts[feed, "stored"]["stored"]
        assert before[feed, "shown"] == parts[feed, "current"]["current"]


def test_bytes_beyond_the_limit_of_a_night_are_not_read_and_that_is_told(
    ward: Settings,
) -> None:
    parts = by_step(conserve(ward, most_bytes=0))

    assert parts["", "counted"] == {"another_night": 25}


def test_what_landed_since_the_build_waits_and_is_not_missing(
    ward: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "lab_results.csv"
    path.write_bytes(file_of(line("W1"), line("W2", patient="P2")))
    load(ward, path, format_name="csv", source_system="waiting")

    assert broken(ward) == {}
    parts = by_step(conserve(ward), "waiting")["lab_results", "shown"]
    assert parts == {"in_mart": 0, "waiting_for_build": 2}


def test_release_held_loads_deliveries_again_and_erasure_lose_nothing(
    ward: Settings, tmp_path: Path
) -> None:
    source = "moving"
    # Bytes of its own: what an erasure destroys is no other source's file.
    people = PATIENTS.replace("Ada", "Ida")
    conditions = [*FIRST_CONDITIONS, "C4,P2,I10,ICD-10,2026-01-04,,"]
    refused = [line("F1", drawn=AHEAD), line("F2", drawn=AHEAD, patient="P2")]
    for name, results in (
        ("one", [*FIRST, *SECOND, *refused]),
        ("again", [*FIRST, *SECOND, *refused]),
        ("other", [*reversed(FIRST), *refused]),
        ("held", [line(f"H{number}", code="") for number in range(30)]),
    ):
        deliver(ward, tmp_path / name, results, conditions, source, people)
    assert broken(ward) == {}
    order = Order.by(Action.RELEASE, "quality", "quality", "agreed with the ward")
    decide(ward, order, Selection(source=source, feed="lab_results"))
    assert broken(ward) == {}
    build_marts(ward)
    assert broken(ward) == {}

    erase(ward, f"{source}:P1", Erasure("asked for", "head", "operator"))

    assert broken(ward) == {}
    parts = by_step(conserve(ward), source)
    assert parts["", "counted"]["erased"] > 0
    assert parts["", "counted"]["unread_whole"] > 0
    assert parts["lab_results", "decided"]["released"] > 0
    assert parts["lab_results", "shown"] == {"in_mart": 1}


def test_the_demographics_of_a_merged_patient_have_a_name(ward: Settings) -> None:
    parts = by_step(conserve(ward), MERGED)

    assert parts["patients", "current"] == {"current": 1, "merged": 1}
    assert parts["patients", "shown"] == {"in_mart": 1}
    assert parts["patient_links", "shown"] == {"used_otherwise": 1}


def test_nothing_to_count_is_never_called_kept() -> None:
    nothing = Counted(STEPS[0], "nobody", "", 0)

    assert nothing.state is StepState.NOT_APPLICABLE
    assert Counted(STEPS[0], "nobody", "", 5).state is StepState.KEPT
    assert Counted(STEPS[0], "nobody", "", 0, extra=1).state is StepState.BROKEN
