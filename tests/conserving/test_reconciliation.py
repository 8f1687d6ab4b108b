"""The record stands in the warehouse as it was written, or it is said which day not."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest

from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.conserving.reconciliation import (
    RestoredRecordError,
    reconcile,
    told_days,
)
from pipelines.conserving.record_days import Day, DayState
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.erasing import erasing
from pipelines.erasing.register import Order
from pipelines.landing.quarantine import PLACE
from pipelines.record.filling import fill_record
from pipelines.record.simulator.simulation import simulate
from pipelines.settings import Settings
from pipelines.write_back import land_record
from tests.conftest import running_installation
from tests.conserving.conftest import asked, changed, execute

SOURCE = "operational"
KNOWN = "insert into identity.patient_key values (%s, %s, %s)"
UNTIL = date(2026, 6, 30)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NEXT_NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
WRITE = """
    insert into history.conditions (
        version_id, record_id, supersedes, patient_key, condition_code, started_at,
        changed_by_user_id, changed_by_name, changed_at, transaction_id
    )
    values (
        %(version)s, %(entry)s, %(supersedes)s,
        (select min(patient_key) from people.patients), %(code)s,
        timestamptz '2026-06-01 08:00+00', 'owner', 'Owner', %(at)s,
        coalesce(cast(%(written_by)s as xid8), pg_current_xact_id())
    )
"""
GUARD = "alter table history.conditions {} trigger only_grows"
REFUSED = """
    insert into quarantine.row (
        address, source_system, table_name, feed, rules, reason, original_text,
        delivery_id, file_id, line_number, status
    )
    select
        %s, source_system, 'conditions', 'conditions', 'planted', 'planted', %s,
        delivery_id, 0, 1, 'discarded'
    from raw.delivery
    where adapter = %s
    order by delivery_id
    limit 1
"""
LIFE = """
    select life_code, broken_count from quality.incident_measure
    where check_id = 'conservation:record' order by run_number desc limit 1
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation whose record has entries of every kind, all of them here.

    One of them, ``E1``, has a correction of the next day.
    """
    for settings in running_installation(tmp_path_factory.mktemp("reconciling")):
        folder = settings.root / "simulated"
        simulate(patients=12, years=1, seed=1, until=UNTIL, folder=folder)
        with connect(settings, Role.OWNER, RECORD) as owner:
            fill_record(owner, load_keyring(settings.keys_folder), folder)
        first = write(settings, "E1", NOON, "I10")
        write(settings, "E1", NEXT_NOON, "I11.9", supersedes=first)
        land_record(settings)
        yield settings


def write(
    settings: Settings,
    entry: str,
    at: datetime,
    code: str = "E11.9",
    supersedes: str | None = None,
    written_by: str | None = None,
) -> str:
    """Write a version of an entry; return its number.

    ``written_by``: an old transaction, as if an extract had gone past it.
    """
    version = str(uuid4())
    values = {
        "version": version,
        "entry": entry,
        "supersedes": supersedes,
        "code": code,
        "at": at,
        "written_by": written_by,
    }
    with connect(settings, Role.OWNER, RECORD) as owner:
        owner.execute(WRITE, values)
    return version


@contextmanager
def forgotten(settings: Settings, version: str) -> Iterator[None]:
    """Take a version out of the record afterwards, which nobody can by mistake."""
    try:
        yield
    finally:
        with connect(settings, Role.OWNER, RECORD) as owner:
            owner.execute(GUARD.format("disable"))
            owner.execute(
                "delete from history.conditions where version_id = %s", (version,)
            )
            owner.execute(GUARD.format("enable"))


def newest(settings: Settings, entry: str) -> str:
    """Return the newest version of an entry in the record."""
    with connect(settings, Role.OWNER, RECORD) as owner:
        return owner.execute(
            "select version_id from history.conditions where record_id = %s "
            "order by changed_at desc limit 1",
            (entry,),
        ).fetchone()[0]


def differing(settings: Settings) -> dict[tuple[str, date], tuple[int, int, int]]:
    """Compare; return the days that differ: missing, too many, different."""
    return {
        (each.feed, each.changed_on): (each.missing, each.extra, each.different)
        for each in reconcile(settings)
        if each.state is DayState.DIFFERENT
    }


def day_of(days: list[Day], at: datetime, feed: str = "conditions") -> Day:
    """Return what was found of a day."""
    return next(
        each for each in days if (each.feed, each.changed_on) == (feed, at.date())
    )


def test_entries_of_every_kind_stand_here_as_they_were_written(
    written: Settings,
) -> None:
    days = reconcile(written)

    assert {each.state for each in days} == {DayState.EQUAL}
    assert len({each.feed for each in days}) >= 30
    entries = sum(each.in_record for each in days)
    refused = sum(each.refused for each in days)
    assert entries > 1_000
    assert refused > 0
    assert refused == sum(
        count
        for (count,) in asked(
            written,
            "select count(*) from quarantine.row where source_system = 'operational'",
        )
    )
    assert sum(each.in_warehouse for each in days) == entries - refused
    assert told_days(days) == (
        f"{entries:,} entries stand in the warehouse as they were written"
    )


def test_of_an_entry_the_newest_version_counts_on_its_day(written: Settings) -> None:
    days = reconcile(written)

    assert not any(
        each.feed == "conditions" and each.changed_on == NOON.date() for each in days
    )
    assert day_of(days, NEXT_NOON) == Day("conditions", NEXT_NOON.date(), 1, 1)


def test_what_is_saved_and_not_extracted_is_being_processed_and_not_lost(
    written: Settings,
) -> None:
    at = datetime(2026, 7, 5, 12, tzinfo=UTC)
    version = write(written, "E2", at)
    with forgotten(written, version):
        days = reconcile(written)

    assert day_of(days, at) == Day("conditions", at.date(), waiting=1)
    assert day_of(days, at).state is DayState.NOT_APPLICABLE


def test_a_correction_that_waits_leaves_the_version_before_it_in_force(
    written: Settings,
) -> None:
    at = datetime(2026, 7, 6, 12, tzinfo=UTC)
    version = write(written, "E1", at, supersedes=newest(written, "E1"))
    with forgotten(written, version):
        days = reconcile(written)

    assert day_of(days, at).waiting == 1
    assert day_of(days, NEXT_NOON) == Day("conditions", NEXT_NOON.date(), 1, 1)


def test_a_correction_that_the_extract_went_past_is_found(written: Settings) -> None:
    at = datetime(2026, 7, 7, 12, tzinfo=UTC)
    before = newest(written, "E1")
    version = write(written, "E1", at, supersedes=before, written_by="3")
    with forgotten(written, version):
        found = differing(written)

        assert found == {
            ("conditions", at.date()): (1, 0, 0),
            ("conditions", NEXT_NOON.date()): (0, 1, 0),
        }
        assert asked(written, LIFE)[0][1] == 2
    assert differing(written) == {}
    assert asked(written, LIFE)[0] == ("resolved", 0)


def test_an_entry_that_is_gone_from_the_record_is_too_much_here(
    written: Settings,
) -> None:
    with connect(written, Role.OWNER, RECORD) as owner:
        owner.execute(GUARD.format("disable"))
        owner.execute("create table public.kept as select * from history.conditions")
        owner.execute("delete from history.conditions where record_id = 'E1'")
    found = differing(written)
    with connect(written, Role.OWNER, RECORD) as owner:
        owner.execute(
            "insert into history.conditions select * from public.kept "
            "where record_id = 'E1' order by changed_at"
        )
        owner.execute("drop table public.kept")
        owner.execute(GUARD.format("enable"))

    assert found == {("conditions", NEXT_NOON.date()): (0, 1, 0)}
    assert differing(written) == {}


def here(statement: str) -> str:
    """Return a statement about the version of the entry that holds."""
    return f"{statement} where record_id = 'E1' and condition_code = 'I11.9'"


@pytest.mark.parametrize(
    ("statements", "undo", "found"),
    [
        (
            (here("update raw.conditions set condition_code = 'I12'"),),
            "update raw.conditions set condition_code = 'I11.9' "
            "where record_id = 'E1' and condition_code = 'I12'",
            {("conditions", NEXT_NOON.date()): (0, 0, 1)},
        ),
        (
            (
                here("create table public.saved as select * from raw.conditions"),
                here("delete from raw.conditions"),
            ),
            "insert into raw.conditions select * from public.saved; "
            "drop table public.saved",
            {
                ("conditions", NEXT_NOON.date()): (1, 0, 0),
                ("conditions", NOON.date()): (0, 1, 0),
            },
        ),
        (
            (here("update raw.conditions set is_closed = true"),),
            here("update raw.conditions set is_closed = false"),
            {("conditions", NEXT_NOON.date()): (1, 0, 0)},
        ),
        (
            (
                here(
                    "update raw.conditions set version_at = version_at + interval '1h'"
                ),
            ),
            here("update raw.conditions set version_at = version_at - interval '1h'"),
            {("conditions", NEXT_NOON.date()): (0, 0, 1)},
        ),
    ],
    ids=["altered", "deleted", "closed", "moved by an hour"],
)
def test_a_row_that_was_changed_here_is_found_on_its_day(
    written: Settings,
    statements: tuple[str, ...],
    undo: str,
    found: dict[tuple[str, date], tuple[int, int, int]],
) -> None:
    with changed(written, *statements, undo=undo):
        assert differing(written) == found

    assert differing(written) == {}


def test_two_entries_of_a_day_that_changed_places_are_found(
    written: Settings,
) -> None:
    at = datetime(2026, 8, 10, 12, tzinfo=UTC)
    write(written, "T1", at, "E10.9")
    write(written, "T2", at, "E11.8")
    land_record(written)
    exchange = (
        "update raw.conditions "
        "set record_id = case record_id when 'T1' then 'T2' else 'T1' end "
        "where record_id in ('T1', 'T2')"
    )
    with changed(written, exchange, undo=exchange):
        found = differing(written)

    assert found == {("conditions", at.date()): (0, 0, 2)}
    assert differing(written) == {}


@pytest.mark.parametrize(
    ("refused_day", "missing", "extra"),
    # Of the day of the one that stands here it may be the correction that was refused.
    [(11, 1, 1), (12, 1, 0), (13, 0, 0)],
)
def test_a_refused_version_excuses_itself_and_no_later_one(
    written: Settings, refused_day: int, missing: int, extra: int
) -> None:
    days = [datetime(2026, 8, day, 12, tzinfo=UTC) for day in (12, 13)]
    entry = f"R{refused_day}"
    before = write(written, entry, days[0])
    land_record(written)
    after = write(written, entry, days[1], "E11.8", before, written_by="3")
    refused_at = datetime(2026, 8, refused_day, 12, tzinfo=UTC)
    with forgotten(written, before), forgotten(written, after):
        refuse(written, entry, refused_at)
        found = differing(written)
    execute(
        written,
        f"delete from raw.conditions where record_id = '{entry}'",  # noqa: S608
        "delete from quarantine.row where rules = 'planted'",
    )

    lost = {
        ("conditions", days[1].date()): (missing, 0, 0),
        ("conditions", days[0].date()): (0, extra, 0),
    }
    assert found == {place: counts for place, counts in lost.items() if any(counts)}


def refuse(settings: Settings, entry: str, at: datetime) -> None:
    """Put a version of an entry into quarantine that was discarded there."""
    address = uuid4()
    line = f"{entry},1,,{at:%Y-%m-%dT%H:%M:%S.%fZ},false"
    sealed = load_keyring(settings.keys_folder).encrypt(line, PLACE + address.hex)
    with connect(settings, Role.OWNER) as owner:
        owner.execute(REFUSED, (address, sealed, SOURCE))


def test_a_sealed_text_that_is_gone_here_is_found(written: Settings) -> None:
    one = "(select min(ctid) from identity.notes where note_text is not null)"
    undo = (
        "update identity.notes set note_text = (select note_text from public.sealed) "
        "where ctid = (select max(ctid) from identity.notes where note_text is null); "
        "drop table public.sealed"
    )
    statements = (
        f"create table public.sealed as select note_text from identity.notes "  # noqa: S608
        f"where ctid = {one}",
        f"update identity.notes set note_text = null where ctid = {one}",  # noqa: S608
    )
    with changed(written, *statements, undo=undo):
        found = differing(written)

    assert [(feed, counts) for (feed, _), counts in found.items()] == [
        ("notes", (0, 0, 1))
    ]
    assert differing(written) == {}


def test_a_day_ends_at_midnight_of_utc_wherever_the_servers_are(
    written: Settings,
) -> None:
    last = datetime(2026, 8, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    first = datetime(2026, 8, 2, tzinfo=UTC)
    write(written, "M1", last)
    write(written, "M2", first)
    land_record(written)
    with psycopg.connect(**administrator_conninfo(written), autocommit=True) as server:
        server.execute("alter role ehr_loader set timezone to 'Pacific/Auckland'")
        days = reconcile(written)
        server.execute("alter role ehr_loader reset timezone")

    assert day_of(days, last) == Day("conditions", last.date(), 1, 1)
    assert day_of(days, first) == Day("conditions", first.date(), 1, 1)


def test_a_correction_under_a_clock_that_was_set_back_is_found(
    written: Settings,
) -> None:
    at, earlier = (datetime(2026, 8, day, 12, tzinfo=UTC) for day in (20, 19))
    before = write(written, "S1", at)
    after = write(written, "S1", earlier, "E11.8", supersedes=before)
    land_record(written)

    with forgotten(written, before), forgotten(written, after):
        found = differing(written)

    # The record holds the correction; here the older version passes for the newer.
    assert found == {
        ("conditions", earlier.date()): (1, 0, 0),
        ("conditions", at.date()): (0, 1, 0),
    }
    execute(written, "delete from raw.conditions where record_id = 'S1'")


@pytest.mark.parametrize(
    ("code", "found"),
    [("I12", {}), ("I13", {("conditions", NEXT_NOON.date()): (0, 0, 1)})],
    ids=["corrected", "altered"],
)
def test_only_texts_that_a_correction_is_about_may_differ(
    written: Settings,
    code: str,
    found: dict[tuple[str, date], tuple[int, int, int]],
) -> None:
    mapping = (
        "insert into quality.source_mapping (source_system, kind, subject, "
        "column_name, delivered_text, mapped_text, made_by, made_by_role, reason) "
        "values ('operational', 'code', 'conditions', 'condition_code', 'I11.9', "
        "'I12', 'quality', 'quality', 'another list of codes')"
    )
    altered = here(f"update raw.conditions set condition_code = '{code}'")  # noqa: S608
    undo = (
        f"update raw.conditions set condition_code = 'I11.9' "  # noqa: S608
        f"where record_id = 'E1' and condition_code = '{code}'; "
        "delete from quality.source_mapping"
    )
    with changed(written, mapping, altered, undo=undo):
        assert differing(written) == found


def test_what_was_uploaded_in_the_name_of_the_record_is_not_of_the_record(
    written: Settings,
) -> None:
    uploaded = (
        "insert into raw.delivery (source_system, adapter, adapter_revision, status, "
        "received_at) values ('operational', 'upload', 1, 'landed', now())",
        here("create table public.uploaded as select * from raw.conditions"),
        "update public.uploaded set record_id = 'U1', "
        "delivery_id = (select max(delivery_id) from raw.delivery)",
        "insert into raw.conditions select * from public.uploaded",
        "drop table public.uploaded",
    )
    undo = (
        "delete from raw.conditions where record_id = 'U1'; "
        "delete from raw.delivery where adapter = 'upload'"
    )
    with changed(written, *uploaded, undo=undo):
        assert differing(written) == {}


def test_a_record_of_another_time_is_not_compared(written: Settings) -> None:
    position = "update raw.extract_position set snapshot = '{}'"
    ((kept,),) = asked(written, "select snapshot from raw.extract_position")
    with (
        changed(
            written,
            position.format("999999999:999999999:"),
            undo=position.format(kept),
        ),
        pytest.raises(RestoredRecordError, match="restored"),
    ):
        reconcile(written)


def test_what_is_kept_is_counts_by_table_and_day(written: Settings) -> None:
    days = reconcile(written)

    kept = asked(
        written,
        "select feed, changed_on, record_count, warehouse_count, missing_count, "
        "extra_count, different_count, refused_count, waiting_count "
        "from quality.record_reconciliation",
    )
    assert {Day(*row) for row in kept} == set(days)
    columns = asked(
        written,
        "select attname from pg_attribute "
        "where attrelid = 'quality.record_reconciliation'::regclass "
        "and atttypid not in ('bigint'::regtype, 'date'::regtype) and attnum > 0",
    )
    assert {name for (name,) in columns} == {"feed", "state"}


def test_an_erased_patient_is_missed_by_nobody(
    written: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_build", lambda _: None)  # there are no marts here
    before = sum(each.in_record for each in reconcile(written))
    with (written.root / "simulated" / "patients.csv").open() as lines:
        number = next(csv.DictReader(lines))["source_patient_id"]
    digest = load_keyring(written.keys_folder).patient_digest(SOURCE, number)
    with connect(written, Role.OWNER) as owner:
        owner.execute(KNOWN, (patient_key_of(digest), SOURCE, digest))

    erasing.erase(written, f"{SOURCE}:{number}", Order("asked for", "head", "operator"))

    days = reconcile(written)
    assert {each.state for each in days} == {DayState.EQUAL}
    assert sum(each.in_record for each in days) < before
