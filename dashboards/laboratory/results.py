"""Results of one patient: corrected or withdrawn, old and new side by side."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboards.chart.words import plain, time_text
from dashboards.forms.fields import Values, line, reason
from dashboards.forms.form import Form, show_form
from dashboards.laboratory.matching import search, words_of
from dashboards.laboratory.parts import lab_form
from dashboards.writing.local_time import local
from dashboards.writing.parts import act, entries_about
from dashboards.writing.words import processed_words
from pipelines.access.search import is_long_enough
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.laboratory_work import (
    LONGEST_VALUE,
    correct_result,
    withdraw_result,
)

MOST_LISTED = 100
CORRECT, WITHDRAW = "Correct it", "Withdraw it"
WITHDRAWN = (
    "It leaves the chart; its history keeps it. Whoever acted on it has to be called: "
    "nobody is told by this page."
)


def show_results() -> None:
    """Ask for a patient and a result, and show its form."""
    text = st.text_input(
        "Patient", placeholder="Name, birth date or record number", key="lab_patient"
    )
    if not text.strip():
        return
    if not is_long_enough(text):
        st.info("Type more letters.")
        return
    names = words_of(search(text))
    if not names:
        st.info("Nobody has this name, birth date or number.")
        return
    key = st.selectbox(
        f"{len(names)} found",
        sorted(names, key=names.__getitem__),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose",
        key="lab_patient_chosen",
    )
    if key in names:
        _show_patient(key, names[key])


def _show_patient(key: int, who: str) -> None:
    standing = [
        each
        for each in entries_about(key, "lab_results")
        if not each.is_entered_in_error
    ]
    standing.sort(key=lambda each: each.values["collected_at"], reverse=True)
    wanted = st.text_input("Test", placeholder="Part of its name", key="lab_test")
    sought = wanted.strip().casefold()
    found = [
        each
        for each in standing
        if sought in (each.values["test_name"] or "").casefold()
    ]
    st.caption(
        "What came as an uploaded file, or from another system, is not listed here: "
        "upload it again, or correct it there."
    )
    if not found:
        st.info("No result of this patient was entered in this record.")
        return
    entry = _choose(found[:MOST_LISTED])
    if len(found) > MOST_LISTED:
        st.caption(f"The newest {MOST_LISTED} of {len(found)} are listed.")
    if entry is None:
        return
    what = st.segmented_control(
        "What", [CORRECT, WITHDRAW], default=CORRECT, key="lab_result_what"
    )
    form = _withdrawal if what == WITHDRAW else _correction
    show_form(form(entry, (key, who)))


def _choose(found: Sequence[Entry]) -> Entry | None:
    by_id = {each.record_id: each for each in found}
    chosen = st.selectbox(
        "Result",
        list(by_id),
        index=None,
        format_func=lambda each: result_words(by_id[each]),
        placeholder="Choose",
        key="lab_result",
    )
    entry = by_id.get(chosen)
    if entry is not None:
        st.markdown(f"**{plain(result_words(entry))}**{processed_words(entry)}")
        st.caption(plain(_range_words(entry.values)))
    return entry


def result_words(entry: Entry) -> str:
    """Return a result in one line, the same before and after a build."""
    values = entry.values
    drawn = time_text(local(values["collected_at"]))
    name = values["test_name"] or values["test_code"]
    return f"{name}: {_with_unit(values, values['value_text'])}, taken {drawn}"


def _with_unit(values: Values, value: str | None) -> str:
    return f"{value or 'no value'} {values['unit'] or ''}".strip()


def _range_words(values: Values) -> str:
    low, high = values["reference_low"], values["reference_high"]
    if low is None and high is None:
        return values["reference_text"] or "No range was reported with it."
    return f"Range reported with it: {low if low is not None else ''} to {high or ''}"


def _correction(entry: Entry, who: tuple[int, str]) -> Form:
    values = entry.values
    before = _with_unit(values, values["value_text"])
    unit = values["unit"] or ""

    def tell(typed: Values) -> list[str]:
        after = f"{typed['value']} {unit}".strip()
        return [f"Old: {before}", f"New: {after}", _range_words(values)]

    return lab_form(
        who,
        f"correct result {entry.record_id}",
        f"correct {values['test_name'] or values['test_code']}",
        "Result corrected",
        (
            line(
                "value",
                "New value",
                is_required=True,
                longest=LONGEST_VALUE,
                help=f"In {unit}." if unit else None,
            ),
            reason(),
        ),
        lambda typed: act(correct_result, entry, **typed),
        tell=tell,
        where="It is on the chart within a minute or so.",
    )


def _withdrawal(entry: Entry, who: tuple[int, str]) -> Form:
    def tell(_: Any) -> list[str]:
        return [WITHDRAWN]

    return lab_form(
        who,
        f"withdraw result {entry.record_id}",
        f"withdraw {result_words(entry)}",
        "Result withdrawn",
        (reason(),),
        lambda typed: act(withdraw_result, entry, **typed),
        tell=tell,
        where="It leaves the chart within some minutes.",
    )
