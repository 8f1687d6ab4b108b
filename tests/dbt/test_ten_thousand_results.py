"""Ten thousand results of every combination, judged as a separate oracle judges them.

No NORMAL without a number and a range that applies: whatever the kind of value, the
comparator, unit, range, sex, age and status.
"""

import csv
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.build_books import Scope
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from tests.conftest import installation_with_marts
from tests.dbt.judgement_oracle import UNKNOWN, Limits
from tests.dbt.some_marts import build_some

COUNT, SEED = 10_000, 20260101
SEXES = {"female": "F", "male": "M", "other": "other", None: ""}
BIRTHS = {True: "1970-01-01", False: "2015-01-01", None: ""}
PATIENTS = [*itertools.product(SEXES, BIRTHS)]
# Unit, ranges by sex, critical limits, whether these hold for children, too.
ANALYTES = {
    "2823-3": (
        "mmol/L",
        {"female": ("3.5", "5.0"), "male": ("3.5", "5.0")},
        ("2.8", "6.2"),
        True,
    ),
    "718-7": (
        "g/dL",
        {"female": ("12", "16"), "male": ("14", "18")},
        ("6.6", "19.9"),
        False,
    ),
    "9318-7": (
        "mg/g",
        {"female": (None, "30"), "male": (None, "30")},
        (None, None),
        False,
    ),
    "99999-9": ("mg/dL", {}, (None, None), False),
}
HIGH_OUTSIDE = {"9318-7"}
# Ranges of children of eleven years, which those born in 2015 are.
AT_ELEVEN = {"718-7": {"female": ("11.5", "15.5"), "male": ("11.5", "15.5")}}
NUMBERS = ("0", "2.7", "2.8", "3.4", "3.5", "5.0", "5.1", "6.2", "6.3", "6.5", "12")
MORE_NUMBERS = (
    "11.4",
    "11.5",
    "15.5",
    "15.6",
    "13",
    "14",
    "16",
    "17",
    "18",
    "18.1",
    "19.9",
    "20",
    "29",
    "30",
    "31",
)
COMPARATORS = (None, None, None, "<", "<=", ">", ">=")
# Texts that are no one number, whatever else they are.
NO_NUMBERS = (
    "",
    "___",
    "NEG",
    "Positive",
    "3-4",
    "1:128",
    "Hemolyzed",
    "see note",
    "3+",
)
RANGES = (
    *((None, None), (None, None), ("3.5", "5.0"), ("12", "16"), ("3", "40")),
    *((None, "5.0"), ("3.5", None), ("5.0", "3.5"), ("0", "20")),
)
STATUSES = {"final": (True, False), "C": (True, False), "preliminary": (False, False)}
STATUSES |= {"X": (False, True), "entered-in-error": (False, True), "": (True, False)}


@dataclass(frozen=True)
class Case:
    """One result, as it is delivered."""

    patient: tuple[str | None, bool | None]
    code: str
    text: str
    comparator: str | None
    number: str | None
    unit: str
    low: str | None
    high: str | None
    status: str

    @property
    def is_known_as(self) -> tuple[bool, bool]:
        return STATUSES[self.status]

    def flags(self) -> tuple[str, str]:
        """Return what the oracle says by the delivered and by the default range."""
        is_usable, is_withdrawn = self.is_known_as
        if is_withdrawn or self.number is None:
            return UNKNOWN, UNKNOWN
        found = self._by_delivered(), self._by_default()
        return tuple(
            UNKNOWN if flag == "NORMAL" and not is_usable else flag for flag in found
        )

    def _by_delivered(self) -> str:
        if self.low is None and self.high is None:
            return UNKNOWN
        return self._against(self.low, self.high)

    def _by_default(self) -> str:
        (sex, is_adult), (unit, ranges, *_) = self.patient, ANALYTES[self.code]
        if is_adult is False:
            ranges = AT_ELEVEN.get(self.code, {})
        if not ranges or self.unit != unit or is_adult is None:
            return self._against(None, None)
        is_inside = self.code not in HIGH_OUTSIDE
        by_sex = {s: self._against(*r, is_inside=is_inside) for s, r in ranges.items()}
        flags = {by_sex[sex]} if sex in by_sex else {*by_sex.values()}
        return flags.pop() if len(flags) == 1 else UNKNOWN

    def _against(
        self, low: str | None, high: str | None, *, is_inside: bool = True
    ) -> str:
        unit, _, critical, is_of_children = ANALYTES[self.code]
        is_adult = self.patient[1]
        warns = self.unit == unit and (is_adult is not False or is_of_children)
        limits = [
            None if each is None else Decimal(each)
            for each in (low, high, *(critical if warns else (None, None)))
        ]
        return Limits(*limits, is_high_inside=is_inside).flag_of(
            self.comparator, Decimal(self.number)
        )


def cases() -> list[Case]:
    """Return results drawn from every combination."""
    chance = random.Random(SEED)  # noqa: S311 - values, no secrets
    drawn = []
    for _ in range(COUNT):
        code = chance.choice([*ANALYTES])
        comparator = chance.choice(COMPARATORS)
        number = chance.choice((*NUMBERS, *MORE_NUMBERS))
        text = f"{comparator or ''}{number}"
        if chance.random() < 0.15:
            comparator, number, text = None, None, chance.choice(NO_NUMBERS)
        low, high = chance.choice(RANGES)
        if (code, low, high) == ("718-7", None, "5.0"):
            high = "20"  # a range up to 5 lies below what is critically low
        unit = chance.choice((ANALYTES[code][0], ANALYTES[code][0], "furlong", ""))
        drawn.append(
            Case(
                chance.choice(PATIENTS),
                *(code, text, comparator, number, unit, low, high),
                chance.choice([*STATUSES]),
            )
        )
    return drawn


def write(folder: Path, feed: str, rows: list[dict[str, str]]) -> None:
    """Write a file of our csv."""
    with (folder / f"{feed}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FEEDS[feed].delivered_columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, dict[str, object]]]:
    """Yield the judged results by record id."""
    folder = tmp_path_factory.mktemp("results")
    write(
        folder,
        "patients",
        [
            {
                "record_id": f"P{n}",
                "source_patient_id": f"P{n}",
                "sex_code": SEXES[sex],
                "birth_date": BIRTHS[is_adult],
            }
            for n, (sex, is_adult) in enumerate(PATIENTS)
        ],
    )
    write(
        folder,
        "lab_results",
        [
            {
                "record_id": f"R{n}",
                "source_patient_id": f"P{PATIENTS.index(case.patient)}",
                "test_code": case.code,
                "code_system": "LOINC",
                "value_text": case.text,
                "unit": case.unit,
                "reference_low": case.low or "",
                "reference_high": case.high or "",
                "status_code": case.status,
                "collected_at": "2026-01-02T08:00:00Z",
            }
            for n, case in enumerate(cases())
        ],
    )
    for settings in installation_with_marts(tmp_path_factory.mktemp("judged")):
        load(settings, folder, format_name="csv")
        build_some(settings, Scope.USUAL, ("fct_lab_results",))
        with connect(settings, Role.BUILDER) as builder:
            cursor = builder.execute("select * from marts.fct_lab_results")
            names = [each.name for each in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        yield {row["lab_result_key"].partition(":")[2]: row for row in rows}


def test_every_result_is_judged_as_the_oracle_judges_it(
    judged: dict[str, dict[str, object]],
) -> None:
    differing = {
        case: (row["flag"], row["default_range_flag"], case.flags())
        for n, case in enumerate(cases())
        for row in (judged[f"R{n}"],)
        if (row["flag"], row["default_range_flag"]) != case.flags()
    }

    assert len(judged) == COUNT
    assert dict(itertools.islice(differing.items(), 5)) == {}


def test_every_flag_came_up(judged: dict[str, dict[str, object]]) -> None:
    flags = Counter(row["flag"] for row in judged.values())
    by_default = Counter(row["default_range_flag"] for row in judged.values())
    wanted = {"NORMAL", "LOW", "HIGH", "CRITICAL_LOW", "CRITICAL_HIGH", UNKNOWN}

    assert {*flags} == {*by_default} == wanted
    assert min(*flags.values(), *by_default.values()) > 20


def test_nothing_is_normal_without_a_number_and_a_range(
    judged: dict[str, dict[str, object]],
) -> None:
    for n, case in enumerate(cases()):
        row = judged[f"R{n}"]
        if row["displayed_flag"] != "NORMAL":
            continue
        unit, ranges, *_ = ANALYTES[case.code]
        by_age = {True: ranges, False: AT_ELEVEN.get(case.code)}
        has_default = by_age.get(case.patient[1]) and case.unit == unit
        assert case.number is not None
        assert case.is_known_as == (True, False)
        assert case.low or case.high or has_default
