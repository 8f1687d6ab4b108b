"""What checks cost: of a load, of the marts, of a threshold; the proofs of a night."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from time import perf_counter

from benchmarks.data import Hospital
from benchmarks.installation import empty_raw_tables, settle
from benchmarks.judging import Judged, judge_apart, timed
from benchmarks.measures import Announce, Measure, at_most
from pipelines import building
from pipelines.access.people import Person, create_person
from pipelines.conserving.conservation import conserve
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.proving.proof import prove_rebuild
from pipelines.settings import Settings

PART = "checking"
SOURCE = "checked"
STEPS = 6
RULES_GOAL = at_most(0.15)
ALL_GOAL = at_most(0.5)
THRESHOLD_GOAL = at_most(1.0)
PROOF_GOAL = at_most(1.0)
OFFICER = Person("benchmark.officer", "Officer", "quality")
# Checks that have judged most; the slowest decision of them is told.
DECIDED = 20
MOST_JUDGED = """
    select check_id
    from quality.mart_check_result
    group by check_id
    order by sum(applicable_count) desc, check_id collate "C"
    limit %s
"""
SHARE = Decimal("0.002")
DECIDE = "select quality.decide_threshold(%s, %s, 'decided to see how long', 0)"


def measure_checking(
    settings: Settings, hospital: Hospital, warm_up: Path, announce: Announce
) -> list[Measure]:
    """Load a hospital, build, build again, prove and count, each with its clock."""
    announce("loading a hospital, its checks with a clock")
    empty_raw_tables(settings)
    settle(settings)
    judged = judge_apart(settings, hospital.folder, SOURCE, warm_up)
    announce("building every mart")
    full, _ = _build(settings, is_full=True)
    announce("building again, and judging the marts")
    usual, of_marts = _build(settings)
    announce("new thresholds over stored counts")
    threshold = _seconds_of_a_new_threshold(settings)
    announce("the proof of the night")
    proof = _seconds_of(lambda: prove_rebuild(settings))
    announce("counting from bytes to marts")
    counting = _seconds_of(lambda: conserve(settings))
    return [
        *_of_load(judged),
        Measure(PART, "scan of the marts", of_marts, "s"),
        Measure(
            PART,
            "all checks",
            (judged.of_checks + of_marts) / judged.seconds,
            "of landing",
            ALL_GOAL,
        ),
        Measure(
            PART,
            "a new threshold over stored counts",
            threshold,
            "s",
            THRESHOLD_GOAL,
            note=f"the slowest of {DECIDED}",
        ),
        Measure(PART, "full rebuild", full, "s"),
        Measure(
            PART,
            "proof of the night",
            (proof - usual) / full,
            "of a full rebuild",
            PROOF_GOAL,
            note=f"{proof:.1f} s, without the usual build of {usual:.1f} s in it",
        ),
        Measure(PART, "conservation", counting, "s"),
        Measure(PART, "conservation", counting / judged.seconds, "of landing"),
    ]


def _of_load(judged: Judged) -> list[Measure]:
    told = ", ".join(f"{kind} {seconds:.2f}" for kind, seconds in judged.parts.items())
    return [
        Measure(
            PART, "landing with its checks", judged.seconds, "s",
            note=f"{judged.rows:,} rows of all feeds",
        ),
        Measure(PART, "rules and charts of feeds", judged.of_checks, "s", note=told),
        Measure(
            PART, "rules and charts of feeds", judged.of_checks / judged.seconds,
            "of landing", RULES_GOAL,
        ),
    ]  # fmt: skip


def _build(settings: Settings, *, is_full: bool = False) -> tuple[float, float]:
    """Return the seconds of a build and of judging the marts after it."""
    settle(settings)
    spent: dict[str, float] = {}
    with timed(building, "check_marts", spent, "checks"):
        everything = _seconds_of(
            lambda: building.build_marts(settings, is_full=is_full)
        )
    return everything - spent["checks"], spent["checks"]


def _seconds_of_a_new_threshold(settings: Settings) -> float:
    """Return how long the slowest of some decisions took, counts judged and all."""
    with connect(settings, Role.OWNER) as owner:
        create_person(owner, OFFICER, token_urlsafe())
        checks = owner.execute(MOST_JUDGED, (DECIDED,)).fetchall()
    with connect(settings, Role.QUALITY) as officer:
        officer.execute(
            "select set_config('ehr.user_id', %s, false)", (OFFICER.user_id,)
        )
        return max(
            _seconds_of(partial(officer.execute, DECIDE, (check, SHARE)))
            for (check,) in checks
        )


def _seconds_of(action: Callable[[], object]) -> float:
    started = perf_counter()
    action()
    return perf_counter() - started
