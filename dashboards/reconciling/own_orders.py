"""Our own prescriptions, as the record has them: it knows them before the marts do."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from dashboards import session
from dashboards.data import Chart
from dashboards.reconciling.facts import ORDERED, OWN, Fact
from dashboards.reconciling.products import BY_CODE, BY_NAME, UNMAPPED
from dashboards.reconciling.statements import DRUGS
from dashboards.writing.medication_alerts import drug_keys, medicine_of
from pipelines.access.reading import Query
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import is_current

KEPT = "kept_drugs_of_list"


def with_record(row: dict[str, Any], entries: Mapping[str, Entry]) -> dict[str, Any]:
    """Return an order of the marts as the record has it now, if it is our own."""
    entry = entries.get(row["prescription_key"])
    if entry is None:
        return row
    is_running = is_current(entry)
    ended = {} if is_running else {"ended_at": entry.values["ended_at"]}
    return row | {"is_active": is_running, "is_ended": not is_running} | ended


def not_in_marts(
    chart: Chart, there: Collection[str], entries: Mapping[str, Entry]
) -> list[Fact]:
    """Return the prescriptions that run; ``there`` are those the marts know."""
    new = [
        each for key, each in entries.items() if key not in there and is_current(each)
    ]
    ingredients = _ingredients_of(chart, new)
    return [_saved_fact(each, ingredients.get(each.key, ())) for each in new]


def _saved_fact(entry: Entry, ingredients: tuple[str, ...]) -> Fact:
    values = entry.values
    is_coded = bool(ingredients and values["drug_code"])
    mapping = BY_CODE if is_coded else BY_NAME
    return Fact(
        key=entry.key,
        source=OWN,
        kind=ORDERED,
        ingredients=ingredients,
        drug_name=values["drug_name"] or "",
        dose=joined(values["dose_text"], values["dose_unit"])
        or values["strength_text"]
        or "",
        frequency=values["frequency_text"] or "",
        mapping=mapping if ingredients else UNMAPPED,
        since=values["started_at"],
        entry=entry,
    )


def _ingredients_of(chart: Chart, new: list[Entry]) -> dict[str, tuple[str, ...]]:
    """Return the ingredients of prescriptions: by code where a list has it."""
    keys = {each.key: drug_keys(medicine_of(each)) for each in new}
    asked = sorted({key for several in keys.values() for key in several})
    if not asked:
        return {}
    kept_for, kept = st.session_state.get(KEPT, (None, None))
    if kept_for != asked:
        queries = {"drugs": Query(DRUGS, {"keys": asked})}
        reading = session.reader().read("active list", queries, [chart.patient_key])
        frame = reading.frames["drugs"].dropna(subset="ingredient_name")
        kept = frame.groupby("drug_key")["ingredient_name"].agg(list).to_dict()
        st.session_state[KEPT] = (asked, kept)
    return {key: _first_known(several, kept) for key, several in keys.items()}


def _first_known(keys: list[str], known: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return what the code tells, else the whole name, else its parts together."""
    code = [key for key in keys if not key.startswith("name:")]
    for key in (*code, *[each for each in keys if each not in code][:2]):
        if key in known:
            return tuple(dict.fromkeys(known[key]))
    return tuple(dict.fromkeys(name for key in keys for name in known.get(key, ())))


def joined(*parts: Any) -> str:
    """Return an amount with its unit."""
    return " ".join(str(part) for part in parts if part)
