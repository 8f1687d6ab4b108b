"""The page about the planted faults, made from what the campaign found."""

from tests.planted_faults.campaign import (
    CLEAN_HOSPITALS,
    CLEAN_PARTS_OF_MIMIC,
    Campaign,
    Outcome,
    missed,
)
from tests.planted_faults.daily_loads import FIRST_FAULTY

FIRST = FIRST_FAULTY + 1  # loads are counted from 1

HEAD = """# Planted faults

This page is made by `python -m tests.planted_faults`, which needs the clinical data
beside the checkout. {kinds} kinds of faults are planted by a seeded generator, one at
a time, into clean records: each is a source of its own, beside its twin without it.

A fault is *found* where a check that is named for it fails for its source and not for
its twin; what else fails is no merit. Faults of daily loads stand from load {first} on,
after {before} clean ones; the twin is the same loads without the fault.

**{found} of {kinds} were found.** {missed}

## Clean records

{sources} other clean sources ({hospitals} simulated hospitals of other seeds without
the simulator's mistakes, {parts} other parts of MIMIC-IV's demonstration) were loaded
and judged by all checks. A finding is false where the twin does not have it: what the
first clean load of a base shows is a flaw of its records, and persists; the same
question asked of another mart tells the same flaw. What a part of MIMIC-IV shows and
the whole of its demonstration, too, is a flaw of those records.

- False findings in {sources} clean sources: **{false}**.{false_told} With each mart
  that repeats a flaw of the twin: {false_by_mart}.
- False findings in {loads} clean daily loads ({series} series of 20):
  **{drifts}**.{drifts_told}

What the twins themselves show:

{own}

## Drawn anew

A seed draws the hospitals, the parts of MIMIC-IV, which rows a fault hits, and the
daily loads. Checks and limits were mended with these in sight: new ones are harder.

{seeds}

## Kinds
"""
SEEDS = """
| seed | found | not found | false in sources | false in loads | flaws of MIMIC-IV |
| --- | --- | --- | --- | --- | --- |
"""


def page(campaigns: list[Campaign]) -> str:
    """Return the page: all of the first campaign, the numbers of each."""
    campaign = campaigns[0]
    gone = missed(campaign.outcomes)
    false = _false(campaign)
    head = HEAD.format(
        kinds=len(campaign.outcomes),
        found=len(campaign.outcomes) - len(gone),
        missed=_told("Not found: ", [f"`{each.name}`" for each in gone]),
        first=FIRST,
        before=FIRST - 1,
        sources=campaign.clean_sources,
        hospitals=CLEAN_HOSPITALS,
        parts=CLEAN_PARTS_OF_MIMIC,
        false=len(false),
        false_by_mart=campaign.false_by_mart,
        false_told=_told(" ", false),
        loads=campaign.clean_loads,
        series=campaign.clean_loads // 20,
        drifts=len(campaign.false_drifts),
        drifts_told=_told(" ", [f"`{each}`" for each in campaign.false_drifts]),
        seeds=SEEDS.lstrip() + "\n".join(map(_row_of_seed, campaigns)),
        own="\n".join(
            f"- {base}: {_listed(checks)}"
            for base, checks in campaign.own_findings.items()
        ),
    )
    rows = ["| fault | what happens | planted in | must be found by | found |"]
    rows += ["| --- | --- | --- | --- | --- |", *map(_row, campaign.outcomes)]
    return head + "\n" + "\n".join(rows) + "\n"


def _false(campaign: Campaign) -> list[str]:
    return [
        f"`{check}` ({source})"
        for source, checks in campaign.false_findings.items()
        for check in checks
    ]


def _row_of_seed(campaign: Campaign) -> str:
    kinds, gone = len(campaign.outcomes), missed(campaign.outcomes)
    flaws = campaign.flaws_of_parts.values()
    cells = (
        str(campaign.seed),
        f"{kinds - len(gone)} of {kinds}",
        ", ".join(f"`{each.name}`" for each in gone) or "-",
        f"{len(_false(campaign))} in {campaign.clean_sources}",
        f"{len(campaign.false_drifts)} in {campaign.clean_loads}",
        _listed(sorted({each for found in flaws for each in found})) if flaws else "-",
    )
    return f"| {' | '.join(cells)} |"


def _row(outcome: Outcome) -> str:
    must = ", ".join(f"`{check}`" for check in outcome.must_find)
    told = "**no**"
    if outcome.found_by:
        after = f", after {outcome.loads} loads" if outcome.loads > 1 else ""
        others = f", and by {outcome.others} others" if outcome.others else ""
        told = f"yes{after}, by {len(outcome.found_by)}{others}"
    return f"| {outcome.name} | {outcome.told} | {outcome.where} | {must} | {told} |"


def _told(before: str, names: list[str]) -> str:
    return f"{before}{', '.join(names)}." if names else ""


def _listed(checks: list[str]) -> str:
    return ", ".join(f"`{check}`" for check in checks) or "nothing"
