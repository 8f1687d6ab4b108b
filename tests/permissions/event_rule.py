"""The rule of the trail: which events an action leaves, and which versions it wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pipelines.access.people import PersonRole
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    CREATE,
    READ,
    permissions,
)
from tests.permissions.action_book import NothingShownError
from tests.permissions.hospital import Version
from tests.permissions.trying import End, Told, Try

WRITING = (CREATE, CORRECT, CORRECT_OWN)
LOOKS = frozenset({"read", "search", "confirm identity"})
# How many events a look leaves that is shown; it is a look at two things, or at none.
LOOKED_AT = {
    "see who looked": 1,
    "triage refused rows": 1,
    "unmask refused row": 2,
    "search audit": 1,
    "export disclosures": 1,
    "explain access": 1,
    # What was acknowledged a moment ago stands beside a page that has its event.
    "see acknowledgements": 0,
}
DISCLOSED = "download own record"
NO_ACT = "the trail knows of no act that wrote this"
# What is written and holds at once is told of the record and of the rules.
TWICE_TOLD = frozenset({"decide consent", "withdraw consent"})


@dataclass(frozen=True)
class Turn:
    """One action of the campaign: whose turn it is, what, and about whom."""

    number: int
    role: PersonRole
    action: str
    patient: int


def is_look(action: str) -> bool:
    """Return whether an action changes nothing."""
    return permissions()[action].verb == READ or action in LOOKED_AT


def wrong_with(turn: Turn, end: Try, *, said: bool) -> list[str]:
    """Return how the events of a turn differ from the rule."""
    if is_look(turn.action):
        return wrong_with_a_look(turn, end, said=said)
    if end.end is End.DONE:
        return wrong_with_what_was_done(turn, end)
    return wrong_with_a_refusal(end, said=said)


def wrong_with_a_look(turn: Turn, end: Try, *, said: bool) -> list[str]:
    """A look that shows something is one event, and one that is refused another."""
    results = [each.result for each in end.events]
    if end.end is End.DONE:
        expected = ["ok"] * LOOKED_AT.get(turn.action, 1)
    elif end.kind is NothingShownError and (said or not LOOKED_AT.get(turn.action, 1)):
        expected = []  # there was nothing that could be shown
    else:
        expected = ["denied"]
    return [] if results == expected else [f"a look left {results}, not {expected}"]


def wrong_with_what_was_done(turn: Turn, end: Try) -> list[str]:
    intents, outcomes, single = acts_of(end.events)
    wrong = [] if pairs(intents, outcomes) else ["intents and outcomes do not match"]
    acts = 2 if turn.action in TWICE_TOLD else 1
    if len(intents) != acts or {each.result for each in outcomes} != {"ok"}:
        wrong.append(f"{len(intents)} intents for {acts} acts, or not done")
    disclosures = 1 if turn.action == DISCLOSED else 0
    if [each.result for each in single] != ["ok"] * disclosures:
        wrong.append("events that belong to no act")
    return wrong


def wrong_with_a_refusal(end: Try, *, said: bool) -> list[str]:
    """A refusal is one event, or the intent with its outcome; words may refuse too."""
    intents, outcomes, single = acts_of(end.events)
    if intents:
        is_told = pairs(intents, outcomes) and len(intents) == 1 and not single
        is_refused = {each.result for each in outcomes} <= {"denied", "error"}
        return [] if is_told and is_refused else ["a refused act is not told as such"]
    denied = [each for each in end.events if each.result == "denied"]
    if len(single) > 1 or len(denied) > 1 or (not denied and not said):
        return [f"a refusal left {[each.result for each in end.events]}"]
    return []


def acts_of(events: Sequence[Told]) -> tuple[list[Told], list[Told], list[Told]]:
    """Return intents, outcomes, and what is neither; looks on the way left out."""
    acts = [each for each in events if each.action not in LOOKS]
    intents = [each for each in acts if each.result == "intended"]
    outcomes = [each for each in acts if each.intent_id is not None]
    named = {each.event_id for each in (*intents, *outcomes)}
    return intents, outcomes, [each for each in acts if each.event_id not in named]


def pairs(intents: Sequence[Told], outcomes: Sequence[Told]) -> bool:
    """Return whether each intent has one outcome, later, of the same act."""
    by_intent = {each.intent_id: each for each in outcomes}
    return len(intents) == len(outcomes) and all(
        (found := by_intent.get(each.event_id)) is not None
        and found.event_id > each.event_id
        and (found.action, found.subject, found.patient_keys)
        == (each.action, each.subject, each.patient_keys)
        for each in intents
    )


def wrong_with_versions(
    ends: Mapping[Turn, Try], new: Mapping[UUID, Version]
) -> list[str]:
    """Return which versions have no act, and which acts not their versions."""
    wrong, owned = [], set()
    for turn, end in ends.items():
        if end.end is not End.DONE or permissions()[turn.action].verb not in WRITING:
            continue
        if turn.action == "acknowledge":  # a table of its own kind
            continue
        written = {key: new[key] for key in versions_of(end.answer, new) if key in new}
        owned |= written.keys()
        wrong += [f"{turn}: {each}" for each in wrong_with_act(end, written)]
    return wrong + [f"no act wrote {new[key]}" for key in new.keys() - owned]


def versions_of(answer: Any, new: Mapping[UUID, Version]) -> list[UUID]:
    """Return the versions that an action says it wrote; a registration says the key."""
    if isinstance(answer, int):
        return [
            key
            for key, version in new.items()
            if (version.feed, version.patient) == ("patients", answer)
        ]
    return list(answer)


def wrong_with_act(end: Try, written: Mapping[UUID, Version]) -> list[str]:
    """Return what the events of an act say otherwise than the record does."""
    intents, outcomes, _ = acts_of(end.events)
    if not intents or not outcomes:
        return [NO_ACT]
    intent, outcome = intents[0], outcomes[0]
    told = (outcome.row_count, set(outcome.subject.split(", ")), outcome.patient_keys)
    patients = {each.patient for each in written.values() if each.patient is not None}
    there = (
        len(written),
        {each.feed for each in written.values()},
        sorted(patients),
    )
    wrong = [] if told == there else [f"the trail says {told}, the record {there}"]
    times = [each.changed_at for each in written.values()]
    if not all(intent.happened_at < at < outcome.happened_at for at in times):
        wrong.append("written before its intent, or after its outcome")
    return wrong
