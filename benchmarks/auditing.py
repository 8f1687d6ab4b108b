"""Appending to the audit trail: chained and anchored, against a bare insert."""

import threading
from collections.abc import Callable
from time import perf_counter

from benchmarks.measures import Announce, Measure, at_least
from pipelines.access.audit import Event, append
from pipelines.access.spool import Spool
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

PART = "auditing"
STEPS = 4
EVENTS = 2_000
CLIENTS = 4
GOAL_PER_SECOND = 300
MAKE_BARE = """
    create table if not exists audit.bare_insert (
        event_id bigint generated always as identity primary key,
        happened_at timestamptz not null default clock_timestamp(),
        user_id text not null,
        role text not null,
        action text not null,
        subject text not null,
        patient_keys bigint[] not null
    )
"""
INSERT = """
    insert into audit.bare_insert (user_id, role, action, subject, patient_keys)
    values ('benchmark', 'doctor', 'read', 'chart', '{1}')
"""
EVENT = Event("benchmark", "doctor", "read", "chart", [1], 12)


def measure_auditing(settings: Settings, announce: Announce) -> list[Measure]:
    """Return how many events per second one and four clients append."""
    announce(f"inserting {EVENTS:,} rows without a chain")
    bare = _bare_per_second(settings)
    append(settings, EVENT)  # the pool connects
    announce(f"appending {EVENTS:,} events, one client")
    alone = _per_second(1, lambda: append(settings, EVENT))
    announce(f"appending {EVENTS:,} events, {CLIENTS} clients")
    together = _per_second(CLIENTS, lambda: append(settings, EVENT))
    announce(f"keeping {EVENTS:,} events in the spool")
    apart = Settings(home=settings.root / "apart", mode=settings.mode, _env_file=None)
    spool = Spool(apart)
    kept = _spooled_per_second(settings, spool)
    return [
        Measure(PART, "bare insert, one client", bare, "rows/s"),
        Measure(PART, "append, one client", alone, "events/s",
                at_least(GOAL_PER_SECOND)),
        Measure(PART, f"append, {CLIENTS} clients", together, "events/s",
                at_least(GOAL_PER_SECOND)),
        Measure(PART, "append against bare insert", alone / bare, "times",
                note="hash, chain, head, indexes, and the anchor outside"),
        Measure(PART, "spool, one client", kept, "events/s",
                note="each on the disk before the next"),
    ]  # fmt: skip


def _bare_per_second(settings: Settings) -> float:
    with connect(settings, Role.OWNER, autocommit=True) as owner:
        owner.execute(MAKE_BARE)
        speed = _per_second(1, lambda: owner.execute(INSERT))
        owner.execute("drop table audit.bare_insert")
    return speed


def _spooled_per_second(settings: Settings, spool: Spool) -> float:
    keys = spool.folder.parents[1] / "keys"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.symlink_to(settings.keys_folder)
    entry = {"user_id": "benchmark", "subject": "chart", "patient_keys": [1]}
    return _per_second(1, lambda: spool.add(entry))


def _per_second(clients: int, act: Callable[[], object]) -> float:
    def act_often() -> None:
        for _ in range(EVENTS // clients):
            act()

    threads = [threading.Thread(target=act_often) for _ in range(clients)]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return EVENTS / (perf_counter() - begun)
