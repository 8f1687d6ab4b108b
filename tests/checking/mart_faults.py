"""Rows that break one check of a mart, and rows that keep it, made from the check.

What is planted stands in empty copies of the relations, without their constraints: what
a check sees is what a fault of the build, a merge or a restore would leave.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from expectations.marts.kept import MART_OF, OF_EVERY_VERSION, OF_NO_PATIENT
from expectations.marts.keys import REFERENCES
from expectations.marts.mart_check import MartCheck
from expectations.marts.numbers import ANALYTES, VITAL_SIGNS
from expectations.marts.sexes import CONCEPTS, GROUPS
from tests.checking.computed_faults import BROKEN, KEPT, Row

PATIENT = 1
RESEARCH = {"patients", "encounters"}
RANDOM_KEY = "6f1c2b1e-3c7a-4a52-9f0e-0a7f3d0f1a11"
MANY = 20
# What was delivered of a feed; a mart may have the name of the feed.
DELIVERED = "delivered_"


@dataclass
class Planted:
    """Rows by relation."""

    rows: list[tuple[str, Row]] = field(default_factory=list)

    def add(self, relation: str, *rows: Row) -> "Planted":
        """Add rows of a relation."""
        self.rows += [(relation, row) for row in rows]
        return self


@dataclass(frozen=True)
class Case:
    """What breaks a check, and what keeps it."""

    broken: Planted
    kept: Planted


def case_of(check: MartCheck) -> Case:
    """Return the rows for a check.

    Raises:
        KeyError: nobody has planted a fault for it.
    """
    if check.check_id in BROKEN:
        return Case(
            Planted().add(check.relation, *BROKEN[check.check_id]),
            Planted().add(check.relation, *KEPT[check.check_id]),
        )
    parts = check.name.split(":")
    for kind, make in KINDS.items():
        if parts[-1] == kind or parts[0] == kind:
            return make(check, parts[0])
    low_or_high = {"low", "high"} & set(parts)
    if low_or_high:
        return _limit(check, *parts)
    raise KeyError(check.check_id)


def _exists(check: MartCheck, column: str) -> Case:
    relation, key = REFERENCES[column]
    value: Any = PATIENT if column == "patient_key" else "there"
    if relation in RESEARCH:
        value = RANDOM_KEY
    return Case(
        Planted().add(check.relation, {column: value}),
        Planted().add(check.relation, {column: value}).add(relation, {key: value}),
    )


def _of_life(
    column: str, at: tuple[str, str], patient: Row
) -> Callable[[MartCheck], Case]:
    def make(check: MartCheck) -> Case:
        broken, kept = (
            Planted()
            .add(check.relation, {column: when, "patient_key": PATIENT})
            .add("dim_patients", {"patient_key": PATIENT, **patient})
            for when in at
        )
        return Case(broken, kept)

    return make


def _after_birth(check: MartCheck, column: str) -> Case:
    born = {"birth_date": "1980-05-01", "birth_year": 1980}
    return _of_life(column, ("1980-04-30T09:59Z", "1980-04-30T10:00Z"), born)(check)


def _before_death(check: MartCheck, column: str) -> Case:
    died = {"deceased_at": "2000-01-01T00:00Z"}
    return _of_life(column, ("2000-03-02T00:00Z", "2000-02-29T00:00Z"), died)(check)


def _not_ahead(check: MartCheck, column: str) -> Case:
    broken, kept = (
        Planted()
        .add(check.relation, {column: when, "source_system": "s"})
        .add("stg_source_as_of", {"source_system": "s", "as_of": "2020-01-01T00:00Z"})
        for when in ("2020-01-03T00:00Z", "2020-01-01T12:00Z")
    )
    return Case(broken, kept)


def _within_visit(check: MartCheck, column: str) -> Case:
    keys = {"encounter_key": "e", "patient_key": PATIENT}
    visit = {"started_at": "2020-01-10T00:00Z", "ended_at": "2020-01-12T00:00Z"}
    broken, kept = (
        Planted()
        .add(check.relation, *[{column: when, **keys}] * MANY)
        .add("fct_encounters", {**keys, **visit})
        for when in _times_about_visit(check, column)
    )
    return Case(broken, kept)


def _times_about_visit(check: MartCheck, column: str) -> tuple[str, str]:
    # Diagnoses are coded after a stay: only long before it is one of another.
    if (check.relation, column) == ("fct_conditions", "recorded_at"):
        return "2020-01-02T23:59Z", "2020-02-20T00:00Z"
    return "2020-01-20T00:00Z", "2020-01-18T00:00Z"


def _in_order(check: MartCheck, columns: str) -> Case:
    earlier, later = columns.split("+")
    early, late = "2020-01-01T00:00Z", "2020-01-02T00:00Z"
    return Case(
        Planted().add(check.relation, {earlier: late, later: early}),
        Planted().add(check.relation, {earlier: early, later: late}),
    )


def _filled(check: MartCheck, column: str) -> Case:
    return Case(
        Planted().add(check.relation, *({column: None} for _ in range(MANY))),
        Planted().add(check.relation, *({column: FULL} for _ in range(MANY))),
    )


def _mapped(check: MartCheck, column: str) -> Case:
    beside = {}
    if "fact.unit is" in check.applies:
        beside = {"unit": "mg"}
    if "laboratory_flag" in check.applies:
        beside = {"laboratory_flag": "H"}
    return Case(
        Planted().add(check.relation, *({column: None, **beside} for _ in range(MANY))),
        Planted().add(check.relation, *({column: FULL, **beside} for _ in range(MANY))),
    )


def _each_mapped(check: MartCheck, column: str) -> Case:
    # Many rows of one mapped code do not outweigh codes that are not.
    common = [
        {"lab_result_key": f"r{number}", column: "common", "loinc_code": "2823-3"}
        for number in range(MANY * 3)
    ]
    codes = [
        {"lab_result_key": f"s{number}", column: f"c{number}"} for number in range(MANY)
    ]
    return Case(
        Planted().add(check.relation, *common, *codes),
        Planted().add(
            check.relation, *common, *({**code, "loinc_code": "1"} for code in codes)
        ),
    )


def _persons(check: MartCheck, relation: str) -> Case:
    patients = [{"patient_key": number} for number in range(MANY)]
    return Case(
        Planted().add(check.relation, *patients),
        Planted().add(check.relation, *patients).add(relation, *patients),
    )


def _kept(check: MartCheck, key: str) -> Case:
    feed = check.relation.removeprefix("stg_")
    mart, _ = MART_OF[feed]
    fact: Row = {key: "s:there", "source_system": "s"}
    entry: Row = {"source_system": "s", "record_id": " there "}
    if feed in OF_EVERY_VERSION:
        fact |= {"is_current": True, "is_closed": False}
    if feed not in OF_NO_PATIENT:
        fact |= {"patient_key": PATIENT}
        entry |= {"patient_key": PATIENT}
    dropped, kept = (Planted().add(check.relation, fact) for _ in range(2))
    if feed not in OF_NO_PATIENT:
        dropped.add(f"{DELIVERED}{feed}", entry)
        kept.add(f"{DELIVERED}{feed}", entry)
    return Case(dropped, kept.add(mart, {key: fact[key], "source_system": "s"}))


def _told_once(check: MartCheck, key: str) -> Case:
    first, second = {key: "a", "patient_key": 1}, {key: "b", "patient_key": 1}
    return Case(
        Planted().add(check.relation, first, second),
        Planted().add(check.relation, first, {**second, "patient_key": 2}),
    )


def _unit(check: MartCheck, _: str) -> Case:
    code = check.name.split(":")[1]
    row = {"loinc_code": code, "value_number": 1}
    return Case(
        Planted().add(check.relation, {**row, "conversion_code": "dimensions_differ"}),
        Planted().add(check.relation, {**row, "conversion_code": "not_needed"}),
    )


def _sex(check: MartCheck, _: str) -> Case:
    row, sex = _diagnosis(check.name)
    other = "male" if sex == "female" else "female"
    broken, kept = (
        Planted()
        .add(check.relation, {**row, "patient_key": PATIENT})
        .add("dim_patients", {"patient_key": PATIENT, "sex_code": each})
        for each in (other, sex)
    )
    return Case(broken, kept)


def _diagnosis(name: str) -> tuple[Row, str]:
    """Return a diagnosis of the last category of a group, or of a concept; its sex."""
    _, system, code = name.split(":")
    if system == "SNOMED-CT":
        return {"code_system": system, "condition_code": code}, CONCEPTS[code][1]
    group = next(
        each
        for each in GROUPS
        if each.system == system and f"{each.first}-{each.last}" == code
    )
    return {"code_system": system, "normalised_code": f"{group.last}1"}, group.sex


def _limit(check: MartCheck, column: str, side: str, name: str, unit: str) -> Case:
    possible = next(
        each
        for each in (*VITAL_SIGNS, *ANALYTES)
        if each.name == name and each.unit == unit
    )
    if check.relation == "fct_vital_signs":
        row = {"vital_sign_name": name, "standard_unit": unit}
    else:
        of_unit = "converted_unit" if "converted" in column else "comparable_unit"
        row = {"loinc_code": name, of_unit: unit}
    limit = possible.lowest if side == "low" else possible.highest
    beyond = limit - 0.01 if side == "low" else limit + 0.01
    return Case(
        Planted().add(check.relation, {**row, column: beyond}),
        Planted().add(check.relation, {**row, column: limit}),
    )


def _is_ingredient(check: MartCheck, column: str) -> Case:
    return Case(
        Planted().add(check.relation, {column: "161"}),
        Planted()
        .add(check.relation, {column: "161"})
        .add("ingredients", {"rxcui": 161}),
    )


def _has_era(check: MartCheck, column: str) -> Case:
    row = {column: PATIENT, "is_counted": True}
    return Case(
        Planted().add(check.relation, row),
        Planted()
        .add(check.relation, row)
        .add("fct_medication_eras", {column: PATIENT}),
    )


def _same_patient(check: MartCheck, column: str) -> Case:
    visit = {column: "e", "patient_key": PATIENT}
    return Case(
        Planted()
        .add(check.relation, {column: "e", "patient_key": PATIENT + 1})
        .add("fct_encounters", visit),
        Planted().add(check.relation, visit).add("fct_encounters", visit),
    )


def _pressures_in_order(check: MartCheck, column: str) -> Case:
    at = {"patient_key": PATIENT, "measured_at": "2020-01-01T00:00Z"}
    systolic = {"vital_sign_name": "Systolic blood pressure", column: 120, **at}
    diastolic = {"vital_sign_name": "Diastolic blood pressure", **at}
    return Case(
        Planted().add(check.relation, systolic, {**diastolic, column: 121}),
        Planted().add(check.relation, systolic, {**diastolic, column: 120}),
    )


def _in_list(check: MartCheck, column: str) -> Case:
    if column == "delivered_class_code":
        known, unknown = {"class_basis": "class"}, {"class_basis": "type"}
        code = {column: "7"}
    else:
        known, unknown = {"condition_name": "Cholera"}, {"condition_name": None}
        code = {"code_system": check.name.split(":")[1]}
    return Case(
        Planted().add(check.relation, {**code, **unknown}),
        Planted().add(check.relation, {**code, **known}),
    )


def _one_size(check: MartCheck, column: str) -> Case:
    # A source that states no list of codes: the finding has an empty one.
    test = {"source_system": "s", column: "GLU"}
    results = [
        {**test, "lab_result_key": f"r{number}", "value_number": number}
        for number in (90, 5)
    ]
    mixed = {**test, "code_system": "", "is_between_patients": False}
    return Case(
        Planted().add(check.relation, *results).add("agg_lab_unit_mixes", mixed),
        Planted()
        .add(check.relation, *results)
        .add(
            "agg_lab_unit_mixes",
            {**mixed, "source_system": "other"},
            {**mixed, "is_between_patients": True},
        ),
    )


# A value that every type can be made from is none: the planter makes one of the type.
FULL = object()
KINDS = {
    "exists": _exists,
    "after_birth": _after_birth,
    "before_death": _before_death,
    "not_ahead": _not_ahead,
    "within_visit": _within_visit,
    "in_order": _in_order,
    "filled": _filled,
    "mapped": _mapped,
    "each_mapped": _each_mapped,
    "persons": _persons,
    "kept": _kept,
    "told_once": _told_once,
    "unit": _unit,
    "sex": _sex,
    "is_ingredient": _is_ingredient,
    "has_era": _has_era,
    "same_patient": _same_patient,
    "pressures_in_order": _pressures_in_order,
    "one_size": _one_size,
    "in_list": _in_list,
}
