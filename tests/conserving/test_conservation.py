"""Each step that is broken on purpose goes red, by its name, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.building import build_marts
from pipelines.conserving.conservation import conserve, told
from pipelines.conserving.steps import STEPS, Counted, StepState
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.erasing.erasing import erase
from pipelines.erasing.register import Order as Erasure
from pipelines.landing.archive_entry import KEY
from pipelines.landing.loading import load
from pipelines.landing.scanning import Scan
from pipelines.refused.deciding import Action, Order, decide
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.conserving.conftest import (
    AHEAD,
    FIRST,
    FIRST_CONDITIONS,
    SECOND,
    SOURCE,
    asked,
    broken,
    by_step,
    changed,
    deliver,
    execute,
)
from tests.record.laboratory import PATIENTS, file_of, line

LIFE = """
    select life_code, subject, broken_count
    from quality.incident_measure
    where check_id = 'conservation:stored' and source_system = 'ward'
    order by run_number
"""
OF_RESULTS = """
    select archive_address
    from raw.delivery_file
    where table_name = 'lab_results' and records = 8
"""
SAVED = "create table {} as select * from {} where {}"
GONE = "delete from {} where {}"
BACK = "insert into {} {} select * from {}; drop table {}"


def removed(table: str, condition: str) -> tuple[tuple[str, str], str]:
    """Return how rows of a table are removed, and how they are put back."""
    saved = "marts.saved" if table.startswith("marts.") else "public.saved"
    own_numbers = "overriding system value" if table == "quarantine.row" else ""
    statements = (SAVED.format(saved, table, condition), GONE.format(table, condition))
    return statements, BACK.format(table, own_numbers, saved, saved)


def of_ward(
    found: dict[tuple[str, str], tuple[int, int]],
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return what is found, as that of the ward."""
    return {(SOURCE, *place): counts for place, counts in found.items()}


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
    found = conserve(ward)

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


BREAKS = {
    "a record is in no book": (
        (
            "update raw.delivery_file set records = records - 1, mapped = mapped - 1 "
            "where table_name = 'lab_results' and records = 8",
        ),
        "update raw.delivery_file set records = records + 1, mapped = mapped + 1 "
        "where records = 7",
        {("", "counted"): (1, 0)},
    ),
    "a record that was never there is in the books": (
        (
            "update raw.delivery_file set records = records + 1, refused = 1 "
            "where table_name = 'lab_results' and records = 8",
        ),
        "update raw.delivery_file set records = records - 1, refused = 0 "
        "where records = 9",
        {("", "counted"): (0, 1), ("", "judged"): (1, 0)},
    ),
    "a line that is no record is gone from quarantine": (
        *removed("quarantine.row", "feed is null"),
        {("", "judged"): (1, 0)},
    ),
    "records are left out without a reason": (
        *removed("raw.delivery_exclusion", "true"),
        {("", "judged"): (2, 0)},
    ),
    "a record was read and made no row": (
        (
            "update raw.delivery_feed set made = made - 1, unchanged = unchanged - 1 "
            "where feed = 'lab_results' and unchanged > 0",
        ),
        "update raw.delivery_feed set made = made + 1, unchanged = unchanged + 1 "
        "where feed = 'lab_results' and refused > 0",
        {("", "mapped"): (1, 0)},
    ),
    "a refused row is gone from quarantine": (
        *removed("quarantine.row", "feed = 'lab_results'"),
        {("lab_results", "landed"): (1, 0)},
    ),
    "a row was released and landed nowhere": (
        (
            "update quarantine.row set status = 'released', released_file_id = 0 "
            "where feed = 'lab_results'",
        ),
        "update quarantine.row set status = 'waiting', released_file_id = null "
        "where feed = 'lab_results'",
        {("lab_results", "decided"): (1, 0)},
    ),
    "an old version is gone": (
        *removed("raw.lab_results", "record_id = 'R0' and value_text = '4.1'"),
        {("lab_results", "stored"): (1, 0)},
    ),
    "a row is counted twice": (
        (
            "update raw.delivery_feed set made = made + 1, landed = landed + 1 "
            "where feed = 'conditions' and landed = 3",
        ),
        "update raw.delivery_feed set made = made - 1, landed = landed - 1 "
        "where feed = 'conditions' and landed = 4",
        {("conditions", "stored"): (1, 0)},
    ),
    "a row is in no book": (
        (
            "create table public.older as select * from raw.conditions "
            "where record_id = 'C2'",
            "update public.older set version_at = version_at - interval '1 year'",
            "insert into raw.conditions select * from public.older",
            "drop table public.older",
        ),
        "delete from raw.conditions where version_at < timestamptz '2026-01-01 00:00Z'",
        {("conditions", "stored"): (0, 1)},
    ),
    "a fact is gone from its mart": (
        *removed("marts.fct_conditions", "condition_key = 'ward:C1'"),
        {("conditions", "shown"): (1, 0)},
    ),
    "a fact is in its mart under another key": (
        (
            "update marts.fct_conditions set condition_key = 'ward:C9' "
            "where condition_key = 'ward:C1'",
        ),
        "update marts.fct_conditions set condition_key = 'ward:C1' "
        "where condition_key = 'ward:C9'",
        {("conditions", "shown"): (1, 1)},
    ),
}


@pytest.mark.parametrize(
    ("statements", "undo", "found"), BREAKS.values(), ids=BREAKS.keys()
)
def test_a_break_is_found_at_its_step_alone(
    ward: Settings,
    statements: tuple[str, ...],
    undo: str,
    found: dict[tuple[str, str], tuple[int, int]],
) -> None:
    with changed(ward, *statements, undo=undo):
        assert broken(ward) == of_ward(found)

    assert broken(ward) == {}


HOLDS = "(NOT ranked.is_closed)"
NEWEST = "(ranked.version_rank = 1)"


@pytest.mark.parametrize(
    ("condition", "instead", "current", "shown"),
    [
        # A filter too many loses a fact that holds; the mart is of the time before it.
        (HOLDS, "(NOT ranked.is_closed AND ranked.record_id <> 'C1')", (1, 0), (0, 1)),
        (HOLDS, "true", (0, 1), (1, 0)),  # shows what was taken back
        (NEWEST, "true", (0, 2), (1, 0)),  # and what was corrected
    ],
)
def test_a_filter_of_staging_that_is_wrong_is_found(
    ward: Settings,
    condition: str,
    instead: str,
    current: tuple[int, int],
    shown: tuple[int, int],
) -> None:
    view = "create or replace view staging.stg_conditions as "
    ((right,),) = asked(
        ward, "select pg_get_viewdef('staging.stg_conditions'::regclass)"
    )
    assert condition in right
    with as_builder(ward, view + right.replace(condition, instead), view + right):
        assert broken(ward) == of_ward(
            {("conditions", "current"): current, ("conditions", "shown"): shown}
        )

    assert broken(ward) == {}


@contextmanager
def as_builder(settings: Settings, statement: str, undo: str) -> Iterator[None]:
    """Change a relation of dbt's, and mend it afterwards."""
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(statement)
    try:
        yield
    finally:
        with connect(settings, Role.BUILDER) as builder:
            builder.execute(undo)


def test_a_file_that_is_gone_from_the_archive_is_found(ward: Settings) -> None:
    ((address,),) = asked(ward, OF_RESULTS)
    key = ward.archive_folder / address[:2] / address[2:] / KEY
    aside = key.rename(key.with_suffix(".aside"))

    found = broken(ward)
    aside.rename(key)

    assert found == of_ward({("", "archived"): (1, 0)})


def test_a_reader_that_drops_a_line_keeps_books_that_add_up_and_is_found(
    ward: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_blank = Scan._is_blank  # noqa: SLF001 - where a reader would drop a line

    def drops_the_first(scan: Scan):
        blank = is_blank(scan)
        blank[0] = True
        return blank

    path = tmp_path / "lab_results.csv"
    path.write_bytes(file_of(line("X1"), line("X2"), line("X3")))
    with monkeypatch.context() as patch:
        patch.setattr(Scan, "_is_blank", drops_the_first)
        load(ward, path, format_name="csv", source_system="dropping")

    assert broken(ward) == {("dropping", "", "counted"): (1, 0)}
    execute(
        ward,
        "update raw.delivery_file set records = 3, mapped = 3 where records = 2 "
        "and table_name = 'lab_results'",
        "update raw.delivery_feed set made = 3, unchanged = 1 where file_id in ("
        "select file_id from raw.delivery_file where records = 3 "
        "and table_name = 'lab_results')",
    )
    assert broken(ward) == {}


def test_bytes_beyond_the_limit_of_a_night_are_not_read_and_that_is_told(
    ward: Settings,
) -> None:
    parts = by_step(conserve(ward, most_bytes=0))

    assert parts["", "counted"] == {"another_night": 25}


def test_a_break_has_an_incident_that_is_resolved_when_it_is_mended(
    ward: Settings,
) -> None:
    before = len(asked(ward, LIFE))
    statements, undo, _ = BREAKS["an old version is gone"]
    with changed(ward, *statements, undo=undo):
        words = told(conserve(ward))
    conserve(ward)

    assert words == (
        "1 steps lose or add something: "
        "ward, lab_results, step stored: 1 versions missing, 0 too many"
    )
    life = asked(ward, LIFE)[before:]
    assert [(code.replace("reopened", "new"), *rest) for code, *rest in life] == [
        ("new", "lab_results", 1),
        ("resolved", "several feeds", 0),
    ]


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
    assert parts["lab_results", "decided"]["released"] > 0
    assert parts["lab_results", "shown"] == {"in_mart": 1}


def test_the_demographics_of_a_merged_patient_have_a_name(
    ward: Settings, tmp_path: Path
) -> None:
    source = "merging"
    deliver(ward, tmp_path / "people", FIRST, source=source)
    path = tmp_path / "patient_links.csv"
    path.write_text(
        "source_patient_id,surviving_patient_id,link_type_code,linked_at\n"
        "P2,P1,merge,2026-02-01T08:00:00Z\n"
    )
    load(ward, path, format_name="csv", source_system=source)
    build_marts(ward)

    assert broken(ward) == {}
    parts = by_step(conserve(ward), source)
    assert parts["patients", "current"] == {"current": 1, "merged": 1}
    assert parts["patients", "shown"] == {"in_mart": 1}
    assert parts["patient_links", "shown"] == {"used_otherwise": 1}


def test_nothing_to_count_is_never_called_kept() -> None:
    nothing = Counted(STEPS[0], "nobody", "", 0)

    assert nothing.state is StepState.NOT_APPLICABLE
    assert Counted(STEPS[0], "nobody", "", 5).state is StepState.KEPT
    assert Counted(STEPS[0], "nobody", "", 0, extra=1).state is StepState.BROKEN
