"""Each step that is broken on purpose goes red, by its name, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.conservation import conservation, record_reconciliation
from pipelines.conserving.conservation import conserve, told
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.archive_entry import KEY
from pipelines.landing.loading import load
from pipelines.landing.scanning import Scan
from pipelines.refused.deciding import Action, Order, decide
from pipelines.refused.mapping import Correction, Kind, correct
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.conserving.conftest import (
    SOURCE,
    asked,
    broken,
    by_step,
    changed,
    execute,
)
from tests.record.laboratory import file_of, line

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


OF_ITS_FILES = """
    file_id in (
        select file.file_id
        from raw.delivery_file as file
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where delivery.source_system = 'ward'
    )
"""
OF_ONE_PATIENT = """
    record_id = (
        select min(record_id) from raw.patients where source_system = 'ward'
    )
"""


def of_its_files(statement: str) -> str:
    """Return a statement about the books, of files of the ward alone."""
    return f"{statement} and {OF_ITS_FILES}"


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
        *removed("quarantine.row", "feed is null and source_system = 'ward'"),
        {("", "judged"): (1, 0)},
    ),
    "records are left out without a reason": (
        *removed("raw.delivery_exclusion", OF_ITS_FILES),
        {("", "judged"): (2, 0)},
    ),
    "a record was read and made no row": (
        (
            of_its_files(
                "update raw.delivery_feed "
                "set made = made - 1, unchanged = unchanged - 1 "
                "where feed = 'lab_results' and unchanged > 0"
            ),
        ),
        of_its_files(
            "update raw.delivery_feed set made = made + 1, unchanged = unchanged + 1 "
            "where feed = 'lab_results' and refused > 0"
        ),
        {("", "mapped"): (1, 0)},
    ),
    "a refused row is gone from quarantine": (
        *removed("quarantine.row", "feed = 'lab_results' and source_system = 'ward'"),
        {("lab_results", "landed"): (1, 0)},
    ),
    "a row was released and landed nowhere": (
        (
            "update quarantine.row set status = 'released', released_file_id = 0 "
            "where feed = 'lab_results' and source_system = 'ward'",
        ),
        "update quarantine.row set status = 'waiting', released_file_id = null "
        "where feed = 'lab_results' and source_system = 'ward'",
        {("lab_results", "decided"): (1, 0)},
    ),
    "a line that is no record was released and landed nowhere": (
        (
            "update quarantine.row set status = 'released', released_file_id = 0 "
            "where feed is null and source_system = 'ward'",
        ),
        "update quarantine.row set status = 'waiting', released_file_id = null "
        "where feed is null and source_system = 'ward'",
        {("", "decided"): (1, 0)},
    ),
    "sealed texts of a version are gone": (
        *removed("identity.patients", f"{OF_ITS_FILES} and {OF_ONE_PATIENT}"),
        {("patients", "stored"): (1, 0)},
    ),
    "an old version is gone": (
        *removed(
            "raw.lab_results",
            "source_system = 'ward' and record_id = 'R0' and value_text = '4.1'",
        ),
        {("lab_results", "stored"): (1, 0)},
    ),
    "a row is counted twice": (
        (
            of_its_files(
                "update raw.delivery_feed set made = made + 1, landed = landed + 1 "
                "where feed = 'conditions' and landed = 3"
            ),
        ),
        of_its_files(
            "update raw.delivery_feed set made = made - 1, landed = landed - 1 "
            "where feed = 'conditions' and landed = 4"
        ),
        {("conditions", "stored"): (1, 0)},
    ),
    "a row is in no book": (
        (
            "create table public.older as select * from raw.conditions "
            "where source_system = 'ward' and record_id = 'C2'",
            "update public.older set version_at = version_at - interval '1 year'",
            "insert into raw.conditions select * from public.older",
            "drop table public.older",
        ),
        "delete from raw.conditions where source_system = 'ward' "
        "and version_at < timestamptz '2026-01-01 00:00Z'",
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
ONE_LESS = (
    "(NOT ranked.is_closed "
    "AND (ranked.source_system, ranked.record_id) <> ('ward', 'C1'))"
)
CLOSED_TOO = "(NOT ranked.is_closed OR ranked.source_system = 'ward')"
EVERY_VERSION = "(ranked.version_rank = 1 OR ranked.source_system = 'ward')"


@pytest.mark.parametrize(
    ("condition", "instead", "current", "shown"),
    [
        # A filter too many loses a fact that holds; the mart is of the time before it.
        (HOLDS, ONE_LESS, (1, 0), (0, 1)),
        (HOLDS, CLOSED_TOO, (0, 1), (1, 0)),  # shows what was taken back
        (NEWEST, EVERY_VERSION, (0, 2), (1, 0)),  # and what was corrected
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
        "update raw.delivery_file set records = 3, mapped = 3 where delivery_id in ("
        "select delivery_id from raw.delivery where source_system = 'dropping')",
        "update raw.delivery_feed set made = 3, unchanged = 1 where file_id in ("
        "select file_id from raw.delivery_file inner join raw.delivery "
        "using (delivery_id) where source_system = 'dropping')",
    )
    assert broken(ward) == {}


RELEASED_FILE = """
    select released_file_id from quarantine.row where source_system = 'renamed'
"""
RELEASED_UNDER = """
    update quarantine.row set released_file_id = {} where source_system = 'renamed'
"""


def test_a_file_that_was_refused_whole_is_released_where_it_is_in_the_books(
    ward: Settings, tmp_path: Path
) -> None:
    source = "renamed"
    path = tmp_path / "lab_results.csv"
    path.write_bytes(file_of(line("W1")).replace(b"test_code", b"analyte_code"))
    load(ward, path, format_name="csv", source_system=source)
    names = ("lab_results", "", "analyte_code", "test_code")
    why = "its name in the laboratory"
    correct(ward, Correction(source, Kind.COLUMN, *names), "quality", "quality", why)
    order = Order.by(Action.REPLAY, "quality", "quality", why)
    decide(ward, order, Selection(source=source))

    released = {"waiting": 0, "released": 1, "discarded": 0}
    assert by_step(conserve(ward), source)["", "decided"] == released
    assert broken(ward) == {}
    ((right,),) = asked(ward, RELEASED_FILE)
    undo = RELEASED_UNDER.format(right)
    with changed(ward, RELEASED_UNDER.format(0), undo=undo):
        assert broken(ward) == {(source, "", "decided"): (1, 1)}

    assert broken(ward) == {}


UNCOUNTED = BREAKS["a record is in no book"]
COUNTED_STATES = """
    select state from quality.conservation
    where source_system = 'ward' and step_code = 'counted' and run_id >= (
        select max(run_id) from quality.conservation_run
    )
"""


def test_a_file_that_broke_is_read_every_night_until_it_is_whole(
    ward: Settings,
) -> None:
    statements, undo, found = UNCOUNTED
    with changed(ward, *statements, undo=undo):
        assert broken(ward) == of_ward(found)
        assert broken(ward, most_bytes=0) == of_ward(found)
        assert broken(ward, most_bytes=0) == of_ward(found)

    assert broken(ward, most_bytes=0) == {}
    assert asked(ward, COUNTED_STATES) == [("kept",)]
    parts = by_step(conserve(ward, most_bytes=0))["", "counted"]
    assert parts == {"another_night": 25}


def test_a_file_that_broke_and_cannot_be_read_is_not_called_whole(
    ward: Settings,
) -> None:
    ((address,),) = asked(ward, OF_RESULTS)
    key = ward.archive_folder / address[:2] / address[2:] / KEY
    statements, undo, found = UNCOUNTED
    with changed(ward, *statements, undo=undo):
        assert broken(ward) == of_ward(found)
        aside = key.rename(key.with_suffix(".aside"))
        assert broken(ward) == of_ward({("", "archived"): (1, 0)})
        assert asked(ward, COUNTED_STATES) == [("not_applicable",)]
        aside.rename(key)
        assert broken(ward, most_bytes=0) == of_ward(found)

    assert broken(ward) == {}


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


def test_the_asset_fails_its_check_while_something_is_lost(ward: Settings) -> None:
    statements, undo, _ = BREAKS["an old version is gone"]
    with changed(ward, *statements, undo=undo):
        lost = checks_of(ward)
    mended = checks_of(ward)

    assert lost == {"everything_is_accounted_for": False, "stands_as_written": True}
    assert mended == {"everything_is_accounted_for": True, "stands_as_written": True}


def checks_of(settings: Settings) -> dict[str, bool]:
    """Materialize both assets; return whether the check of each passed."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [conservation, record_reconciliation],
            instance=instance,
            resources={"settings": settings},
        )
    return {
        each.check_name: each.passed for each in result.get_asset_check_evaluations()
    }
