"""HL7 v2 and FHIR from bytes to landed, against a loop that only parses.

Each load takes one delivery of the corpus tenfold, into empty tables, in a process of
its own that has landed the corpus once before. Nothing may get lost or fall together on
the way: the books must know every record and every byte, and ten times the facts must
land.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.corpora import (
    MESSAGES,
    RESOURCES,
    Corpus,
    repeat_messages,
    repeat_resources,
)
from benchmarks.installation import empty_raw_tables, settle
from benchmarks.loading import BenchmarkError, Load, load_apart
from benchmarks.measures import Announce, Goal, Measure, at_least
from benchmarks.parsing import Parsed, parse_apart
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

HL7V2, FHIR = "hl7v2", "fhir"
ROUNDS = 3
COPIES = 10
STEPS_HL7V2 = 1 + 2 * ROUNDS
STEPS_FHIR = 2 * STEPS_HL7V2
GOAL_HL7V2, GOAL_FHIR = at_least(4.0), at_least(0.30)
BOOKS = """
    select sum(records), sum(byte_count)
    from raw.delivery_file inner join raw.delivery using (delivery_id)
    where source_system = %s
"""


@dataclass(frozen=True)
class Comparison:
    """What is landed, once to warm up and then tenfold, and against which loop."""

    part: str
    subject: str
    once: Corpus
    tenfold: Corpus
    yardstick: str
    goal: Goal


def measure_hl7v2(
    settings: Settings, corpora: Path, announce: Announce
) -> list[Measure]:
    """Land messages against ``hl7.parse`` of them."""
    folder = settings.root / HL7V2
    folder.mkdir()
    announce(f"repeating messages {COPIES} times")
    once, tenfold = (
        repeat_messages(corpora / MESSAGES, folder / f"messages-{copies}.hl7", copies)
        for copies in (1, COPIES)
    )
    comparison = Comparison(HL7V2, "messages", once, tenfold, "hl7.parse", GOAL_HL7V2)
    return _compare(settings, comparison, announce)


def measure_fhir(
    settings: Settings, corpora: Path, announce: Announce
) -> list[Measure]:
    """Land resources against ``json.loads`` of them: those that feeds take, and all."""
    folder = settings.root / FHIR
    folder.mkdir()
    found = []
    for subject, is_taken_only in (
        ("resources of kinds that feeds take", True),
        ("resources of all kinds", False),
    ):
        announce(f"repeating {subject} {COPIES} times")
        once, tenfold = (
            repeat_resources(
                corpora / RESOURCES,
                folder / f"{subject.replace(' ', '-')}-{copies}",
                copies,
                is_taken_only=is_taken_only,
            )
            for copies in (1, COPIES)
        )
        comparison = Comparison(FHIR, subject, once, tenfold, "json.loads", GOAL_FHIR)
        found += _compare(settings, comparison, announce)
    return found


def check_nothing_is_lost(
    load: Load, tenfold: Corpus, books: tuple[int, int], parsed: Parsed
) -> None:
    """Raise unless the load took every record and byte, and every fact of each copy.

    Raises:
        BenchmarkError: something is missing, so the times compare nothing.
    """
    records, byte_count = books
    expected = {
        "records in the books": (records, tenfold.records),
        "bytes in the archive": (byte_count, tenfold.byte_count),
        "records parsed": (parsed.records, tenfold.records),
        "rows landed": (load.landed, COPIES * load.landed_before),
    }
    for what, (found, wanted) in expected.items():
        if found != wanted:
            msg = f"{what}: {found:,} where {wanted:,} were to be expected"
            raise BenchmarkError(msg)


def _compare(
    settings: Settings, comparison: Comparison, announce: Announce
) -> list[Measure]:
    part, tenfold = comparison.part, comparison.tenfold
    loads, loops = [], []
    for number in range(1, ROUNDS + 1):
        announce(f"{comparison.yardstick}, round {number} of {ROUNDS}")
        loops.append(parse_apart(part, tenfold.path))
        announce(f"landing {comparison.subject}, round {number} of {ROUNDS}")
        empty_raw_tables(settings)
        settle(settings)
        source = f"{part}_{tenfold.records}_{number}"
        once = comparison.once.path
        loads.append(load_apart(settings, tenfold.path, source, once, part))
        books = _books(settings, source)
        check_nothing_is_lost(loads[-1], tenfold, books, loops[-1])
    return _measures(comparison, loads, loops)


def _books(settings: Settings, source: str) -> tuple[int, int]:
    with connect(settings, Role.OWNER) as connection:
        records, byte_count = connection.execute(BOOKS, (source,)).fetchone()
    return int(records), int(byte_count)


def _measures(
    comparison: Comparison, loads: list[Load], loops: list[Parsed]
) -> list[Measure]:
    part, tenfold = comparison.part, comparison.tenfold
    alone = f"{comparison.yardstick} alone, {comparison.subject}"
    landing = f"landing, {comparison.subject}"
    pairs = zip(loops, loads, strict=True)
    ratios = [loop.seconds / load.seconds for loop, load in pairs]
    seconds = median(load.seconds for load in loads)
    work = median(load.processor_seconds for load in loads)
    loop_work = median(loop.processor_seconds for loop in loops)
    last = loads[-1]
    size = f"{tenfold.records:,} records, {tenfold.byte_count / 1e6:,.0f} MB"
    made = f"{last.landed:,} rows landed, {last.refused:,} refused"
    took = f"{made}; {work:.1f} s of processor for the loader"
    spread = (
        f"{min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} rounds; by processor "
        f"time, PostgreSQL's aside, {loop_work / work:.2f}"
    )
    looped = median(loop.seconds for loop in loops)
    return [
        Measure(part, alone, looped, "s", note=size),
        Measure(part, landing, seconds, "s", note=took),
        Measure(part, landing, tenfold.records / seconds, "records/s"),
        Measure(
            part,
            landing,
            median(ratios),
            f"of {comparison.yardstick}",
            comparison.goal,
            spread,
        ),
    ]


MEASURES: dict[str, Callable[[Settings, Path, Announce], list[Measure]]] = {
    HL7V2: measure_hl7v2,
    FHIR: measure_fhir,
}
