"""Laboratory results as delivered: ranges, flags, comparators, versions."""

from pipelines.record.simulator.analytes import (
    ADULT_AGE,
    ANALYTES,
    CHILD_RANGES,
    Analyte,
)
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.chemistry import measure
from pipelines.record.simulator.clock import HOUR
from pipelines.record.simulator.journal import Row

CORRECTED_SHARE = 0.003
PRELIMINARY_SHARE = 0.01
WITHOUT_RANGE_SHARE = 0.04  # an older analyser sends no limits
# Above these the instrument prints ">", here ">90".
CEILINGS = {"egfr": 90, "glucose_bedside": 500, "tsh": 100, "bnp": 5000}
CODE_LIST = "lis"

_WHOLE_BLOOD = frozenset(
    {
        "hba1c",
        "leukocytes",
        "erythrocytes",
        "haemoglobin",
        "haematocrit",
        "mcv",
        "mch",
        "mchc",
        "rdw",
        "platelets",
        "neutrophils",
        "lymphocytes",
        "glucose_bedside",
    }
)
_URINE = frozenset({"albumin_creatinine"})
_PLASMA = frozenset({"inr", "lactate"})


def draw(
    case: Case, visit: Visit, keys: tuple[str, ...], collected: int, priority: str
) -> dict[str, float]:
    """Measure and write down a set of analytes from one venipuncture.

    Results that would be ready after the end of the record are not written; what was
    asked is kept as unanswered.
    """
    case.body.advance(collected)
    values = measure(case.body, keys, case.rng)
    wait = (25, 75) if priority == "STAT" else (90, 420)
    resulted = collected + int(case.rng.integers(*wait))
    if resulted >= case.end:
        case.unanswered.append((visit, keys, collected, priority))
        return {}
    number = f"{case.person.number:06d}-{len(case.journal.rows['lab_results']) + 1}"
    shared = {
        "encounter_id": visit.encounter_id,
        "order_id": f"OR{number}",
        "practitioner_id": visit.practitioner_id,
        "priority_code": priority,
        "collected_at": collected,
        "resulted_at": resulted,
        "source_updated_at": resulted,
        "status_code": "final",
    }
    age = case.person.age_at(collected)
    for key, value in values.items():
        tube, material = _tube_of(key)
        row = {**shared, "specimen_id": f"S{number}{tube}", "specimen_name": material}
        row |= result_of(key, value, case.person.is_man, age)
        if case.rng.random() < WITHOUT_RANGE_SHARE:
            row |= {"reference_low": None, "reference_high": None}
        _write_versions(case, row, ANALYTES[key])
    case.latest |= values
    return values


def _tube_of(key: str) -> tuple[str, str]:
    """Return the mark and the material of the tube that an analyte is measured in."""
    if key in _WHOLE_BLOOD:
        return "A", "Blood"
    if key in _URINE:
        return "C", "Urine"
    return ("D", "Plasma") if key in _PLASMA else ("B", "Serum")


def result_of(key: str, value: float, is_man: int, age: float) -> Row:
    """Return code, value, range and flag of one result."""
    analyte = ANALYTES[key]
    low, high = _range_of(key, analyte, is_man, age)
    row: Row = {
        "test_code": analyte.local_code or analyte.loinc,
        "code_system": CODE_LIST if analyte.local_code else "LOINC",
        "test_name": analyte.name,
        "unit": analyte.unit or None,
        "reference_low": _plain(low),
        "reference_high": _plain(high),
        "laboratory_flag": _flag(value, low, high, analyte.panic),
    }
    text = f"{value:.{analyte.decimals}f}"
    if analyte.floor is not None and value < analyte.floor:
        return {**row, "value_text": f"<{analyte.floor:g}", "laboratory_flag": None}
    if value > CEILINGS.get(key, value):
        return {**row, "value_text": f">{CEILINGS[key]}"}
    return {**row, "value_text": text, "value_number": text}


def _range_of(
    key: str, analyte: Analyte, is_man: int, age: float
) -> tuple[float | None, float | None]:
    """Return the limits for sex and age; adults' limits do not hold for children."""
    if age >= ADULT_AGE:
        return analyte.low[is_man], analyte.high[is_man]
    rows = CHILD_RANGES.get(key, ())
    return next(((low, high) for below, low, high in rows if age < below), (None, None))


def _plain(limit: float | None) -> str | None:
    return None if limit is None else f"{limit:g}"


def _flag(
    value: float,
    low: float | None,
    high: float | None,
    panic: tuple[float | None, float | None],
) -> str | None:
    """Return the laboratory's flag; panic limits count when strictly passed."""
    if panic[0] is not None and value < panic[0]:
        return "LL"
    if panic[1] is not None and value > panic[1]:
        return "HH"
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else None


def _write_versions(case: Case, row: Row, analyte: Analyte) -> None:
    """Write a result; seldom after a preliminary version or before a corrected one."""
    chance = case.rng.random()
    record_id = case.journal.write("lab_results", **row)
    if chance >= CORRECTED_SHARE + PRELIMINARY_SHARE or "value_number" not in row:
        return
    later = row["resulted_at"] + int(case.rng.integers(2, 20)) * HOUR
    if later >= case.end:
        return
    first = case.journal.rows["lab_results"][-1]
    if chance < PRELIMINARY_SHARE:
        second = {**first, "record_id": record_id, "source_updated_at": later}
        first["status_code"] = "preliminary"
        case.journal.rows["lab_results"].append(second)
    else:
        wrong = float(row["value_number"]) * float(case.rng.choice((0.6, 0.75, 1.4)))
        correct(case, first, analyte, wrong, later)


def correct(case: Case, row: Row, analyte: Analyte, wrong: float, later: int) -> None:
    """Let a result have been reported wrong at first and corrected later."""
    second = {
        **row,
        "source_updated_at": later,
        "status_code": "corrected",
        "comment_text": "Corrected result; specimen was remeasured.",
    }
    text = f"{wrong:.{analyte.decimals}f}"
    limits = [
        row[name] and float(row[name]) for name in ("reference_low", "reference_high")
    ]
    row |= {
        "value_text": text,
        "value_number": text,
        "laboratory_flag": _flag(wrong, *limits, analyte.panic),
    }
    case.journal.rows["lab_results"].append(second)


def local_codes() -> list[Row]:
    """Return the laboratory's own list: mapped to LOINC, but for the two indices."""
    return [
        {
            "record_id": f"LC{number:02d}",
            "code_list": CODE_LIST,
            "local_code": analyte.local_code,
            "code_name": analyte.name,
            "loinc_code": analyte.loinc or None,
            "unit": analyte.unit or None,
            "specimen_name": _tube_of(key)[1],
            "category_name": "Chemistry",
        }
        for number, (key, analyte) in enumerate(ANALYTES.items(), start=1)
        if analyte.local_code
    ]
