"""The lines of the list: facts of the same ingredients side by side, with what differs.

Every rule that marks a line is here. None of them calls a line right: what cannot be
compared is said to be so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dashboards.reconciling.facts import DISPENSED, Dispense, Fact, Stop

ONE_SOURCE = "one_source"
OTHER_DOSE, OTHER_WORDS, DOSE_UNTOLD = "other_dose", "other_words", "dose_untold"
TWICE, CLASS = "twice", "class"
STOPPED_DISPENSED, UNKNOWN = "stopped_dispensed", "unknown"
# A sign beside the word: no colour tells anything alone.
WORDS = {
    STOPPED_DISPENSED: "‼ Stopped, but dispensed later",
    OTHER_DOSE: "≠ Different dose",
    OTHER_WORDS: "≈ Dose in different words, not comparable",
    DOSE_UNTOLD: "? Dose not told by every source",
    TWICE: "⧉ Twice in one source",
    CLASS: "⧉ Duplicate of a class or an ingredient",
    ONE_SOURCE: "◐ In one source only",
    UNKNOWN: "? Known to no list of medicines",
}


@dataclass(frozen=True)
class Mark:
    """One discrepancy of a line, and what it is about."""

    code: str
    about: str = ""

    @property
    def words(self) -> str:
        """Return sign, word and what it is about."""
        return f"{WORDS[self.code]}: {self.about}" if self.about else WORDS[self.code]


@dataclass(frozen=True)
class Line:
    """One medicine of the list, as every source tells it."""

    name: str
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...] = ()
    late: tuple[Dispense, ...] = ()
    dispensed_at: datetime | None = None

    @property
    def digests(self) -> tuple[str, ...]:
        """Return numbers of all that the line says."""
        return tuple(
            sorted(
                {each.digest for each in self.facts}
                | {each.digest for each in self.late}
            )
        )


def lines_of(
    facts: Sequence[Fact],
    stops: Sequence[Stop],
    dispenses: Sequence[Dispense],
    duplicates: Iterable[tuple[str, str]] = (),
) -> list[Line]:
    """Return the list by name; ``duplicates`` are pairs that share a class."""
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        grouped[each.line].append(each)
    lists = {each.list_name for each in facts}
    pairs = _partners(grouped, duplicates)
    lines = []
    for name in sorted(grouped):
        told = tuple(grouped[name])
        late = late_dispenses(name, told, stops, dispenses)
        marks = (
            _stopped(late, stopped_lists(name, told, stops)),
            *doses_marks(told),
            _twice(told),
            _mark(CLASS, ", ".join(pairs.get(name, ()))),
            _one_source(told, lists),
            Mark(UNKNOWN) if any(not each.ingredients for each in told) else None,
        )
        handed = [each.at for each in dispenses if each.line == name]
        lines.append(
            Line(
                name,
                told,
                tuple(each for each in marks if each is not None),
                late,
                max(handed, default=None),
            )
        )
    return lines


def late_dispenses(
    name: str,
    facts: Sequence[Fact],
    stops: Sequence[Stop],
    dispenses: Sequence[Dispense],
) -> tuple[Dispense, ...]:
    """Return what was handed out after a source had stopped it, and still lasts.

    What was handed out at the very moment of the stop was not handed out after it.
    """
    stopped = stopped_lists(name, facts, stops)
    first = min(stopped.values(), default=None)
    return tuple(
        each
        for each in dispenses
        if first is not None
        and each.line == name
        and each.is_lasting
        and each.at > first
    )


def stopped_lists(
    name: str, facts: Sequence[Fact], stops: Sequence[Stop]
) -> dict[str, datetime]:
    """Return which lists stopped it, and when last.

    A list that has a current order of it has not stopped it, and what any list ordered
    at the moment of the stop or after it was begun anew.
    """
    orders = [each for each in facts if each.kind != DISPENSED]
    running = {each.list_name for each in orders}
    begun = [each.since for each in orders if each.since is not None]
    stopped: dict[str, datetime] = {}
    for each in stops:
        is_over = each.line == name and each.list_name not in running
        if is_over and not any(since >= each.at for since in begun):
            before = stopped.get(each.list_name, each.at)
            stopped[each.list_name] = max(before, each.at)
    return stopped


def doses_marks(facts: Sequence[Fact]) -> list[Mark]:
    """Return whether the sources tell different doses, or ones nobody can compare."""
    by_list: dict[str, list[Fact]] = defaultdict(list)
    for each in facts:
        if each.kind != DISPENSED:
            by_list[each.list_name].append(each)
    if len(by_list) < 2:  # noqa: PLR2004 - two are compared
        return []
    sums = [_daily(told) for told in by_list.values()]
    if all(each is not None for each in sums):
        return [Mark(OTHER_DOSE)] if any(each != sums[0] for each in sums) else []
    said = [_said(told) for told in by_list.values()]
    if any(each is None for each in said):
        return [Mark(DOSE_UNTOLD)]
    return [Mark(OTHER_WORDS)] if any(each != said[0] for each in said) else []


def _daily(told: Sequence[Fact]) -> dict[tuple[str, str], Decimal] | None:
    """Return the dose a day of one list by ingredient and unit; None if one lacks."""
    total: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for fact in told:
        if not fact.ingredients or set(fact.daily) != set(fact.ingredients):
            return None
        for ingredient, (value, unit) in fact.daily.items():
            total[(ingredient, unit)] += value
    return dict(total)


def _said(told: Sequence[Fact]) -> list[str] | None:
    """Return doses as they are written; None if one is not told."""
    if any(not each.dose or not each.frequency for each in told):
        return None
    return sorted(f"{each.dose} {each.frequency}".casefold() for each in told)


def _twice(facts: Sequence[Fact]) -> Mark | None:
    lists = [each.list_name for each in facts if each.kind != DISPENSED]
    twice = sorted({each for each in lists if lists.count(each) > 1})
    return _mark(TWICE, ", ".join(twice))


def _one_source(facts: Sequence[Fact], lists: set[str]) -> Mark | None:
    """Return that one list alone has it, where the patient has several lists."""
    own = {each.list_name for each in facts}
    if len(lists) == 1 or len(own) > 1:
        return None
    return Mark(ONE_SOURCE, next(iter(own)))


def _stopped(late: Sequence[Dispense], stopped: Mapping[str, datetime]) -> Mark | None:
    who = ", ".join(sorted(stopped))
    return Mark(STOPPED_DISPENSED, f"stopped in {who}") if late else None


def _mark(code: str, about: str) -> Mark | None:
    return Mark(code, about) if about else None


def _partners(
    grouped: Mapping[str, Sequence[Fact]], duplicates: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return with which other lines a line shares a class or an ingredient."""
    of_line = {
        name: {each.casefold() for fact in facts for each in fact.ingredients}
        for name, facts in grouped.items()
    }
    pairs = [(one.casefold(), other.casefold()) for one, other in duplicates]
    return {
        name: [
            other
            for other in sorted(of_line)
            if other != name
            and (
                own & of_line[other]
                or any(
                    (one in own and two in of_line[other])
                    or (two in own and one in of_line[other])
                    for one, two in pairs
                )
            )
        ]
        for name, own in of_line.items()
    }
