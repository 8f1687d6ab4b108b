"""What marks a line of the active list, by its boundaries, and what is undecided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from dashboards.reconciling.facts import (
    DISPENSED,
    ORDERED,
    STATED,
    UNTOLD_SUPPLY,
    Dispense,
    Fact,
    Stop,
    is_lasting,
    line_name,
)
from dashboards.reconciling.lines import (
    CLASS,
    DOSE_UNTOLD,
    ONE_SOURCE,
    OTHER_DOSE,
    OTHER_WORDS,
    STOPPED_DISPENSED,
    TWICE,
    UNKNOWN,
    WORDS,
    Line,
    lines_of,
)
from dashboards.reconciling.standing import (
    CHANGED,
    NEVER,
    OPEN,
    undecided,
)
from dashboards.reconciling.standing import DISPENSED as DISPENSED_SINCE
from dashboards.reconciling.words import undecided_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reconciling_medicines import Reconciled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
OURS = Fact(
    "operational:1",
    "operational",
    ORDERED,
    ("metformin",),
    "metformin 500 MG Oral Tablet",
    "500 mg",
    "twice daily",
    {"metformin": (Decimal(1000), "mg")},
    "code",
    since=NOON - timedelta(days=90),
)
THEIRS = replace(OURS, key="clinic:7", source="clinic")
SAID = replace(OURS, key="clinic:8", source="clinic", kind=STATED)


def codes(line: Line) -> list[str]:
    """Return the marks of a line."""
    return [each.code for each in line.marks]


def marks(*facts: Fact) -> list[str]:
    """Return the marks of the only line that some facts make."""
    (line,) = lines_of(facts, [], [])
    return codes(line)


def with_dose(fact: Fact, value: str, unit: str = "mg") -> Fact:
    """Return a fact with another dose a day."""
    return replace(fact, daily={"metformin": (Decimal(value), unit)})


def test_what_all_sources_tell_alike_has_no_mark() -> None:
    assert marks(OURS, THEIRS, SAID) == []


def test_a_patient_of_one_source_has_nothing_in_one_source_only() -> None:
    aspirin = replace(OURS, key="operational:2", ingredients=("aspirin",), daily={})

    assert [codes(each) for each in lines_of([OURS, aspirin], [], [])] == [[], []]


def test_what_one_of_several_lists_tells_is_marked_with_that_list() -> None:
    aspirin = replace(SAID, key="clinic:9", ingredients=("aspirin",), daily={})
    first, second = lines_of([OURS, THEIRS, aspirin], [], [])

    assert (first.name, codes(first)) == ("aspirin", [ONE_SOURCE])
    assert first.marks[0].words.endswith("clinic, as the patient says")
    assert codes(second) == []


@pytest.mark.parametrize(
    ("dose", "unit", "wanted"),
    [
        ("1000", "mg", []),
        ("1000.0", "mg", []),
        ("1000.000001", "mg", [OTHER_DOSE]),
        ("500", "mg", [OTHER_DOSE]),
        ("1000", "mL", [OTHER_DOSE]),
    ],
)
def test_doses_a_day_are_compared_exactly(
    dose: str, unit: str, wanted: list[str]
) -> None:
    assert marks(OURS, with_dose(THEIRS, dose, unit)) == wanted


def test_two_orders_of_one_source_add_up_and_are_marked_as_two() -> None:
    morning = with_dose(OURS, "400")
    evening = replace(with_dose(OURS, "600"), key="operational:2")

    assert marks(morning, evening, THEIRS) == [TWICE]
    assert marks(morning, evening, with_dose(THEIRS, "600")) == [OTHER_DOSE, TWICE]


def test_doses_that_nobody_computed_are_compared_as_written() -> None:
    other = replace(THEIRS, daily={})

    assert marks(OURS, other) == []
    assert marks(OURS, replace(other, dose="500 MG")) == []
    assert marks(OURS, replace(other, frequency="2 times a day")) == [OTHER_WORDS]


@pytest.mark.parametrize("lacking", ["dose", "frequency"])
def test_what_is_not_told_is_never_the_same(lacking: str) -> None:
    other = replace(THEIRS, daily={}, **{lacking: ""})

    assert marks(OURS, other) == [DOSE_UNTOLD]


def test_a_dispense_without_an_order_has_no_dose_to_compare() -> None:
    handed = replace(THEIRS, kind=DISPENSED, dose="", daily={})

    assert marks(OURS, handed) == []


def test_a_dose_of_one_of_two_ingredients_is_not_the_dose() -> None:
    both = ("metformin", "sitagliptin")
    ours, theirs = (replace(each, ingredients=both) for each in (OURS, THEIRS))

    assert marks(ours, replace(theirs, dose="")) == [DOSE_UNTOLD]


def test_a_class_or_an_ingredient_that_two_lines_share_is_marked_on_both() -> None:
    glipizide = replace(OURS, key="o:2", ingredients=("Glipizide",), daily={})
    both = replace(OURS, key="o:3", ingredients=("Metformin", "sitagliptin"), daily={})
    alone = replace(OURS, key="o:4", ingredients=("aspirin",), daily={})
    lines = lines_of(
        [OURS, glipizide, both, alone], [], [], [("glipizide", "Sitagliptin")]
    )

    assert {each.name: codes(each) for each in lines} == {
        "aspirin": [],
        "glipizide": [CLASS],
        "metformin": [CLASS],
        "metformin + sitagliptin": [CLASS],
    }
    assert lines[3].marks[0].about == "glipizide, metformin"


def test_what_no_list_knows_is_a_line_under_its_own_name() -> None:
    drops = replace(OURS, ingredients=(), drug_name=" Mistletoe  Drops ", daily={})
    (line,) = lines_of([drops], [], [])

    assert (line.name, codes(line)) == ("mistletoe drops", [UNKNOWN])


def test_ingredients_make_one_line_in_any_order_and_case() -> None:
    assert line_name(("B", "a"), "x") == line_name(("A", "b", "a"), "y") == "a + b"
    assert line_name((), "") == "not named"


def dispense(at: datetime, *, lasts: bool = True, key: str = "d:1") -> Dispense:
    """Return a dispense of metformin."""
    return Dispense(key, "metformin", at, is_lasting=lasts)


STOPPED = Stop("metformin", "this record", NOON)


@pytest.mark.parametrize(
    ("at", "lasts", "wanted"),
    [
        (NOON - MOMENT, True, []),
        (NOON, True, []),
        (NOON + MOMENT, True, [STOPPED_DISPENSED]),
        (NOON + MOMENT, False, []),
    ],
)
def test_what_was_handed_out_after_its_stop_and_still_lasts_is_marked(
    at: datetime,
    lasts: bool,  # noqa: FBT001
    wanted: list[str],
) -> None:
    (line,) = lines_of([THEIRS], [STOPPED], [dispense(at, lasts=lasts)])

    assert codes(line) == wanted


def test_the_stop_says_in_which_list() -> None:
    (line,) = lines_of([THEIRS], [STOPPED], [dispense(NOON + MOMENT)])

    assert line.marks[0].words == f"{WORDS[STOPPED_DISPENSED]}: stopped in this record"


@pytest.mark.parametrize(
    ("since", "wanted"),
    [(NOON - MOMENT, [STOPPED_DISPENSED]), (NOON, []), (NOON + MOMENT, []), (None, 1)],
)
def test_what_was_ordered_anew_at_or_after_the_stop_goes_on(
    since: datetime | None, wanted: list[str] | int
) -> None:
    begun = replace(THEIRS, since=since)
    (line,) = lines_of([begun], [STOPPED], [dispense(NOON + timedelta(days=1))])

    assert codes(line) == ([STOPPED_DISPENSED] if wanted else [])


def test_a_list_with_a_current_order_has_not_stopped_it() -> None:
    (line,) = lines_of([OURS, THEIRS], [STOPPED], [dispense(NOON + MOMENT)])

    assert codes(line) == []


def test_a_stop_of_another_line_marks_nothing() -> None:
    other = replace(STOPPED, line="aspirin")
    (line,) = lines_of([THEIRS], [other], [dispense(NOON + MOMENT)])

    assert codes(line) == []


@pytest.mark.parametrize(
    ("until", "today", "wanted"),
    [
        (NOON, NOON - MOMENT, True),
        (NOON, NOON, False),
        (None, NOON + UNTOLD_SUPPLY - MOMENT, True),
        (None, NOON + UNTOLD_SUPPLY, False),
    ],
)
def test_a_dispense_lasts_while_its_supply_does(
    until: datetime | None,
    today: datetime,
    wanted: bool,  # noqa: FBT001
) -> None:
    assert is_lasting(NOON, until, today) is wanted


def test_no_two_marks_look_or_read_alike() -> None:
    assert len(set(WORDS.values())) == len(WORDS)
    for words in WORDS.values():
        sign, word = words.split(" ", 1)
        assert not sign.isalnum()
        assert word[0].isupper()


def entry(**values: str | datetime | None) -> Entry:
    """Return a signed decision."""
    said = {"status_code": "signed", "reason_name": None, "decided_at": NOON} | values
    return Entry(
        feed="medication_reconciliations",
        record_id="r",
        version_id=uuid4(),
        patient_key=1,
        values=said,
        is_entered_in_error=False,
        changed_by_user_id="doctor",
        changed_by_name="Dr.",
        changed_by_role_code="doctor",
        change_reason_text="",
        changed_at=NOON,
        is_pending=False,
    )


SIGNATURE = entry(line_code="list")
DIGESTS = " ".join(sorted([OURS.digest, THEIRS.digest]))


def decided(decision: str, seen: str | None = DIGESTS, **more: str) -> Reconciled:
    """Return a list with one decision about metformin."""
    values = {"decision_code": decision, "seen_digests": seen} | more
    return Reconciled(SIGNATURE, {"metformin": entry(**values)})


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (Reconciled(), NEVER),
        (Reconciled(SIGNATURE), NEVER),
        (decided("continue"), None),
        (decided("stop"), None),
        (decided("ask"), OPEN),
        (decided("continue", OURS.digest), CHANGED),
        (decided("continue", None), CHANGED),
        (decided("continue", f"{DIGESTS} 0123456789abcdef"), None),
        (decided("continue", status_code="withdrawn"), NEVER),
        (replace(decided("continue"), signature=None), NEVER),
        (
            replace(
                decided("continue"),
                signature=entry(line_code="list", status_code="withdrawn"),
            ),
            NEVER,
        ),
    ],
)
def test_a_line_is_undecided_until_all_that_is_told_of_it_was_seen(
    before: Reconciled, why: str | None
) -> None:
    (line,) = lines_of([OURS, THEIRS], [], [])

    assert undecided(line, before) == why


@pytest.mark.parametrize("change", [{"dose": "850 mg"}, {"frequency": "daily"}])
def test_another_dose_of_a_seen_order_is_undecided_again(
    change: dict[str, str],
) -> None:
    (line,) = lines_of([OURS, replace(THEIRS, **change)], [], [])

    assert undecided(line, decided("continue")) == CHANGED


@pytest.mark.parametrize(
    ("decision", "at", "why"),
    [
        ("stop", NOON, None),
        ("stop", NOON + MOMENT, DISPENSED_SINCE),
        ("not_taken", NOON + MOMENT, DISPENSED_SINCE),
        ("continue", NOON + MOMENT, None),
        ("change", NOON + MOMENT, None),
    ],
)
def test_what_is_not_to_be_taken_and_is_handed_out_later_is_undecided_again(
    decision: str, at: datetime, why: str | None
) -> None:
    (line,) = lines_of([OURS, THEIRS], [], [dispense(at)])

    assert undecided(line, decided(decision)) == why


def test_what_is_undecided_is_counted_and_named() -> None:
    lines = lines_of([OURS, THEIRS], [], [])

    assert undecided_words(lines, Reconciled()) == "● Undecided: 1 of 1 (Metformin)."
    assert undecided_words(lines, decided("ask")) == (
        "● Undecided since: 1 of 1 (Metformin)."
    )
    assert undecided_words(lines, decided("continue")) == (
        "✓ Every line of the list is decided."
    )
    assert undecided_words([], Reconciled()) == ""
