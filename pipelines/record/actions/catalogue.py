"""What a site offers to choose from: its formulary, tests, scores, plans, specialties.

Each list is a csv file in ``pipelines/record/catalogue``, so a site changes it without
a program. What is not on a list can still be written where the action says so.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "catalogue"
Row = Mapping[str, str]
# Shorter words, such as the G of penicillin G, are part of many names; so are these.
SHORTEST_WORD = 4
UNTELLING = frozenset({"oral", "tablet", "capsule", "sodium", "potassium", "acid"})


@dataclass(frozen=True)
class Measure:
    """One vital sign or score: its code, unit, and which values are possible."""

    code: str
    name: str
    unit: str
    decimals: int
    possible: tuple[Decimal, Decimal]
    usual: tuple[Decimal, Decimal]
    meaning: str = ""


@dataclass(frozen=True)
class Listed:
    """One sign that is told in one of a few words: its code and these words."""

    code: str
    name: str
    answers: tuple[str, ...]


@cache
def rows(name: str) -> Sequence[Row]:
    """Return a list of the catalogue."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def row(name: str, column: str, value: str | None) -> Row | None:
    """Return the row of a list that has a value; None if none has."""
    return next((each for each in rows(name) if each[column] == value), None)


def options(name: str, column: str, words: str) -> dict[str, str]:
    """Return a list as what can be chosen: codes with their words."""
    return {each[column]: each[words] for each in rows(name)}


@cache
def vital_signs() -> Mapping[str, Measure]:
    """Return the vital signs that are measured at the bedside, by code."""
    return {
        each["observation_code"]: Measure(
            each["observation_code"],
            each["observation_name"],
            each["unit"],
            int(each["decimals"]),
            *_limits(each),
        )
        for each in rows("vital_signs")
    }


@cache
def listed_signs() -> Mapping[str, Listed]:
    """Return the signs that are told in words, such as consciousness, by code."""
    names = options("sign_answers", "observation_code", "observation_name")
    return {
        code: Listed(
            code,
            name,
            tuple(
                each["answer_text"]
                for each in rows("sign_answers")
                if each["observation_code"] == code
            ),
        )
        for code, name in names.items()
    }


@cache
def scores() -> Mapping[str, Measure]:
    """Return the scores of questionnaires, by code."""
    return {
        each["question_code"]: Measure(
            each["question_code"],
            each["question_name"],
            "{score}",
            0,
            *_limits(each),
            each["meaning"],
        )
        for each in rows("scores")
    }


def doses_per_day(frequency: str | None) -> Decimal | None:
    """Return how often a day, as a number; None for words that are not listed."""
    found = row("frequencies", "frequency_code", frequency)
    return Decimal(found["doses_per_day"]) if found else None


def words_of_allergen(substance: str) -> frozenset[str]:
    """Return the words in a medicine's name that an allergy is about.

    Those of a listed substance bring the others of its group, which cross-react.
    """
    words = _telling(substance)
    groups = (_telling(each["words"]) for each in rows("allergens"))
    return words.union(*(group for group in groups if words & group))


def words_of_medicine(drug_name: str) -> frozenset[str]:
    """Return the words of a medicine's name, as ``words_of_allergen`` has them."""
    return _telling(drug_name)


def _telling(text: str) -> frozenset[str]:
    letters = "".join(sign if sign.isalpha() else " " for sign in text.lower())
    return frozenset(
        word
        for word in letters.split()
        if len(word) >= SHORTEST_WORD and word not in UNTELLING
    )


def _limits(each: Row) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    return (
        (Decimal(each["lowest"]), Decimal(each["highest"])),
        (Decimal(each["usual_lowest"]), Decimal(each["usual_highest"])),
    )
