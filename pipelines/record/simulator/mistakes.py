"""Realistic mistakes, each with a name and counted: what checks have to find.

Every kind has a share of the rows it can happen to; together they touch somewhat under
1 % of the rows. A mistake never touches two versions of one result.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.journal import Row

CREATININE, GLUCOSE, POTASSIUM = "2160-0", "2345-7", "2823-3"
TEMPERATURE = "8310-5"
UMOL_PER_MG_CREATININE = 88.4033
MMOL_PER_MG_GLUCOSE = 0.0555074


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake: where, how often, what it does to a row.

    ``change`` gets the row, the case and returns the row's new values, or a whole
    further row when ``adds_row``; None where it cannot happen.
    """

    name: str
    feed: str
    share: float
    change: Callable[[Row, Case], Row | None]
    adds_row: bool = False


def _number(row: Row, code: str, code_column: str = "test_code") -> float | None:
    """Return the number of a result of one analyte."""
    if row[code_column] != code:
        return None
    text = str(row["value_text"])
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _restated(text: str, row: Row) -> Row:
    """Return a value and its number."""
    return (
        {"value_text": text, "value_number": text}
        if "value_number" in row
        else {"value_text": text}
    )


def _creatinine_in_umol(row: Row, _case: Case) -> Row | None:
    value = _number(row, CREATININE)
    return value and _restated(f"{value * UMOL_PER_MG_CREATININE:.0f}", row)


def _glucose_in_mmol(row: Row, _case: Case) -> Row | None:
    value = _number(row, GLUCOSE)
    return value and _restated(f"{value * MMOL_PER_MG_GLUCOSE:.1f}", row)


def _potassium_without_point(row: Row, _case: Case) -> Row | None:
    value = _number(row, POTASSIUM)
    return value and _restated(f"{value * 10:.0f}", row)


def _temperature_without_point(row: Row, _case: Case) -> Row | None:
    value = _number(row, TEMPERATURE, "observation_code")
    return value and {"value_text": f"{value * 10:.0f}"}


def _shifted(row: Row, collected: int) -> Row:
    """Move a specimen in time, result and all."""
    wait = row["resulted_at"] - row["collected_at"]
    return {"collected_at": collected, "resulted_at": collected + wait}


def _in_the_future(row: Row, case: Case) -> Row | None:
    return _shifted(row, case.window.end + int(case.rng.uniform(1, 6) * DAY))


def _before_birth(row: Row, case: Case) -> Row | None:
    return _shifted(row, case.person.born - int(case.rng.uniform(30, 900) * DAY))


def _words_for_a_number(row: Row, case: Case) -> Row | None:
    if "value_number" not in row:
        return None
    words = str(case.rng.choice(("QNS", "hemolyzed", "see comment", "clotted")))
    return {"value_text": words, "value_number": None, "laboratory_flag": None}


def _without_code(_row: Row, _case: Case) -> Row | None:
    return {"test_code": None}


def _without_unit(row: Row, _case: Case) -> Row | None:
    return {"unit": None} if row.get("unit") else None


def _sent_again(row: Row, _case: Case) -> Row | None:
    return {**row, "record_id": f"{row['record_id']}-2"}


def _repeated(row: Row, _case: Case) -> Row | None:
    return dict(row)


def _leaves_before_coming(row: Row, case: Case) -> Row | None:
    if row["encounter_class_code"] != "inpatient" or row["ended_at"] is None:
        return None
    return {"ended_at": row["started_at"] - int(case.rng.uniform(2, 70)) * HOUR}


# fmt: off
KINDS = (
    Mistake("creatinine in umol/L labelled mg/dL", "lab_results", 0.0002,
            _creatinine_in_umol),
    Mistake("glucose in mmol/L labelled mg/dL", "lab_results", 0.0002,
            _glucose_in_mmol),
    Mistake("potassium without decimal point", "lab_results", 0.0002,
            _potassium_without_point),
    Mistake("temperature without decimal point", "vital_signs", 0.0004,
            _temperature_without_point),
    Mistake("collected in the future", "lab_results", 0.0002, _in_the_future),
    Mistake("collected before birth", "lab_results", 0.0002, _before_birth),
    Mistake("words where a number belongs", "lab_results", 0.002, _words_for_a_number),
    Mistake("result without a code", "lab_results", 0.001, _without_code),
    Mistake("result without a unit", "lab_results", 0.002, _without_unit),
    Mistake("result sent again under another number", "lab_results", 0.0014,
            _sent_again,
            adds_row=True),
    Mistake("row repeated", "lab_results", 0.002, _repeated, adds_row=True),
    Mistake("row repeated", "dispenses", 0.001, _repeated, adds_row=True),
    Mistake("discharge before admission", "encounters", 0.0008, _leaves_before_coming),
)
# fmt: on
# Share of the rows of a feed that one analyte, or the inpatient stays, make up; a kind
# that can happen only to those is drawn so much oftener.
_RARER = {CREATININE: 25, TEMPERATURE: 8, "inpatient": 25}
_OFTENER: dict[Callable[[Row, Case], Row | None], int] = {
    _creatinine_in_umol: _RARER[CREATININE],
    _glucose_in_mmol: _RARER[CREATININE],
    _potassium_without_point: _RARER[CREATININE],
    _temperature_without_point: _RARER[TEMPERATURE],
    _leaves_before_coming: _RARER["inpatient"],
}


def make_mistakes(case: Case) -> Counter[str]:
    """Plant mistakes into the finished record of one patient; return their number."""
    made: Counter[str] = Counter()
    touched: set[object] = _ids_with_versions(case.journal.rows["lab_results"])
    for kind in KINDS:
        rows = case.journal.rows[kind.feed]
        share = kind.share * _OFTENER.get(kind.change, 1)
        for index in _drawn(len(rows), share, case.rng):
            row = rows[index]
            changed = None if row["record_id"] in touched else kind.change(row, case)
            if not changed:
                continue
            touched.add(row["record_id"])
            made[kind.name] += 1
            if kind.adds_row:
                rows.append(changed)
            else:
                rows[index] = {**row, **changed}
    return made


def _ids_with_versions(rows: list[Row]) -> set[object]:
    """Return the record ids that occur more than once."""
    counts = Counter(row["record_id"] for row in rows)
    return {record_id for record_id, count in counts.items() if count > 1}


def _drawn(count: int, share: float, rng: np.random.Generator) -> list[int]:
    """Return the places at which a mistake is tried."""
    return np.flatnonzero(rng.random(count) < share).tolist()
