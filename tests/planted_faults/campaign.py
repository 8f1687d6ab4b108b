"""The whole campaign: every fault a source of its own, beside its clean twin.

A fault is found where a check that must find it fails for its source and not for its
twin, the same records without the fault. A finding in other clean records that the twin
does not have is false.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from expectations.series.measured import Kind
from pipelines.building import build_marts
from pipelines.checking.series_checks import name_of
from pipelines.settings import Settings
from pipelines.sources.adapter import LINE
from pipelines.sources.catalogue import ADAPTERS
from tests.planted_faults.daily_loads import (
    FIRST_FAULTY,
    DriftFault,
    as_typed,
    clean_loads,
    failures,
    faulty_loads,
)
from tests.planted_faults.drift_faults import DRIFT_FAULTS, HOSPITAL
from tests.planted_faults.fault import Base
from tests.planted_faults.fault_lists import FAULTS
from tests.planted_faults.landing import (
    SEED,
    failed_checks,
    finders,
    land,
    planted,
)
from tests.planted_faults.tables import (
    Tables,
    mimic,
    read,
    simulated,
    whole_mimic,
)

# Beside the two twins.
CLEAN_HOSPITALS, CLEAN_PARTS_OF_MIMIC = 18, 2
WHOLE = "whole_mimic"
Told = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one fault: which checks that must find it did, and how many more.

    ``loads`` is after how many faulty loads it was found; 1 for a single load.
    """

    name: str
    told: str
    where: str
    must_find: tuple[str, ...]
    found_by: tuple[str, ...]
    others: int
    loads: int = 1


@dataclass
class Campaign:
    """What the campaign found."""

    seed: int
    outcomes: list[Outcome] = field(default_factory=list)
    clean_sources: int = 0
    false_findings: dict[str, list[str]] = field(default_factory=dict)
    own_findings: dict[str, list[str]] = field(default_factory=dict)
    flaws_of_parts: dict[str, list[str]] = field(default_factory=dict)
    false_by_mart: int = 0  # the same, and each mart that repeats a flaw of the twin
    clean_loads: int = 0
    false_drifts: list[str] = field(default_factory=list)


def run(
    settings: Settings, data: Path, work: Path, told: Told, seed: int = SEED
) -> Campaign:
    """Plant every fault, build once, and return what was found.

    ``seed`` draws the hospitals, the parts of MIMIC-IV, the rows that a fault hits, and
    the daily loads.
    """
    until = datetime.now(UTC).date() - timedelta(days=1)
    clean = {
        Base.HOSPITAL: simulated(work / "1", seed, until),
        Base.MIMIC: mimic(data / "mimic_iv_demo", 0, seed),
    }
    others: dict[str, tuple[Base, Tables]] = {}
    for number in range(2, CLEAN_HOSPITALS + 2):
        tables = simulated(work / f"{number}", seed + number - 1, until)
        others[f"clean_hospital_{number:02}"] = (Base.HOSPITAL, tables)
    for part in range(1, CLEAN_PARTS_OF_MIMIC + 1):
        tables = mimic(data / "mimic_iv_demo", part, seed)
        others[f"clean_mimic_{part + 1:02}"] = (Base.MIMIC, tables)
    for base, tables in clean.items():
        land(settings, _twin(base), base, tables)
    land(settings, WHOLE, Base.MIMIC, whole_mimic(data / "mimic_iv_demo"))
    for source, (base, tables) in others.items():
        told(source)
        land(settings, source, base, tables)
    for fault in FAULTS:
        told(fault.name)
        faulty = planted(fault, clean[fault.base], seed)
        land(settings, fault.name, fault.base, faulty)
    told("the build of the marts")
    build_marts(settings)
    campaign = Campaign(seed, clean_sources=len(others))
    _compare(settings, others, campaign)
    _judge_series(data, clean[Base.HOSPITAL], campaign, told)
    return campaign


def _twin(base: Base) -> str:
    return f"clean_{base.name.lower()}_01"


def _compare(
    settings: Settings, others: dict[str, tuple[Base, Tables]], campaign: Campaign
) -> None:
    failed = failed_checks(settings)
    own = {base: failed.get(_twin(base), set()) for base in (Base.HOSPITAL, Base.MIMIC)}
    campaign.own_findings = {base.value: sorted(found) for base, found in own.items()}
    for source, (base, _) in others.items():
        campaign.false_by_mart += len(failed.get(source, set()) - own[base])
        asked = {_question(check) for check in own[base]}
        found = {
            check
            for check in failed.get(source, set())
            if _question(check) not in asked
        }
        flaws = found & failed.get(WHOLE, set()) if base is Base.MIMIC else set()
        if flaws:
            campaign.flaws_of_parts[source] = sorted(flaws)
        if found - flaws:
            campaign.false_findings[source] = sorted(found - flaws)
    for fault in FAULTS:
        new = failed.get(fault.name, set()) - own[fault.base]
        found_by = finders(fault, new)
        campaign.outcomes.append(
            Outcome(
                fault.name,
                fault.told,
                f"{fault.base.value}: {fault.table}",
                fault.found_by,
                tuple(found_by),
                len(new) - len(found_by),
            )
        )


def _question(check: str) -> str:
    """Return what a check asks, whichever mart it is asked of.

    One flaw of the records shows in every mart that repeats them: MIMIC-IV's
    demonstration lists no practitioner, so no key of one leads anywhere.
    """
    subject, _, question = check.partition(":")
    return question if subject.startswith(("fct_", "own_", "dim_")) else check


def _judge_series(data: Path, hospital: Tables, campaign: Campaign, told: Told) -> None:
    origins = dict.fromkeys((fault.feed, fault.origin) for fault in DRIFT_FAULTS)
    loads = {
        (feed, origin): clean_loads(
            feed, typed_rows(feed, origin, data, hospital), campaign.seed
        )
        for feed, origin in origins
    }
    clean = {key: failures(key[0], each) for key, each in loads.items()}
    campaign.clean_loads = sum(map(len, clean.values()))
    campaign.false_drifts = [
        f"{name_of(feed, kind)}, {origin}, load {day + 1}"
        for (feed, origin), failed in clean.items()
        for day, kinds in failed.items()
        for kind in sorted(kinds)
    ]
    for fault in DRIFT_FAULTS:
        told(fault.name)
        key = (fault.feed, fault.origin)
        found = failures(fault.feed, faulty_loads(fault, loads[key], campaign.seed))
        campaign.outcomes.append(drift_outcome(fault, found, clean[key]))


def typed_rows(feed: str, origin: str, data: Path, hospital: Tables) -> pl.DataFrame:
    """Return the rows that daily loads are drawn from."""
    if origin == HOSPITAL:
        return as_typed(feed, hospital[feed])
    records = read(data / "mimic_iv_demo" / "hosp" / "labevents.csv.gz")
    table = next(
        table for table in ADAPTERS["mimic"].tables if table.name == "labevents"
    )
    numbered = records.with_row_index(LINE).with_columns(pl.col(LINE).cast(pl.Int64))
    return as_typed(feed, table.map_records(numbered).feeds[feed].drop(LINE))


def drift_outcome(
    fault: DriftFault, found: dict[int, set[Kind]], clean: dict[int, set[Kind]]
) -> Outcome:
    """Return what became of a fault of a series."""
    faulty = range(FIRST_FAULTY, FIRST_FAULTY + fault.lasts)
    days = [day for day in faulty if fault.kind in found[day] - clean[day]]
    check = name_of(fault.feed, fault.kind)
    others = {kind for day in faulty for kind in found[day] - clean[day]} - {fault.kind}
    return Outcome(
        fault.name,
        fault.told,
        f"daily loads of {fault.origin}: {fault.feed}",
        (check,),
        (check,) if days else (),
        len(others),
        days[0] - FIRST_FAULTY + 1 if days else 0,
    )


def missed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the faults that no check found that must find them."""
    return [outcome for outcome in outcomes if not outcome.found_by]
