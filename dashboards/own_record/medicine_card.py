"""The card of a medicine that is taken now: each order, how to take it, its refill."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import number_text, plain
from dashboards.own_record.page import show_quietly
from dashboards.own_record.wording import day_words, spelled_out

# Shows the way to a refill of the first of some prescriptions that has one, by key.
ShowRefill = Callable[[Sequence[str]], None]
ASK_HOW = "How to take it was not sent in words; ask your care team or your pharmacy."
SEVERAL = (
    "{count} prescriptions of this medicine are current. Ask your care team whether "
    "you should take each of them."
)


def show_card(
    current: pd.DataFrame,
    first_started_at: datetime,
    today: date,
    show_refill: ShowRefill,
) -> None:
    """Show the current orders of one medicine, the newest first.

    What is about the medicine and not about one of its orders is told once.
    """
    told = orders_told(current)
    newest = [same.iloc[0] for same in told]
    of_medicine = _of_the_medicine(newest, first_started_at, today)
    is_one = len(told) == 1
    if not is_one:
        st.markdown(SEVERAL.format(count=len(told)))
        _show_lines(of_medicine)
    for row, same in zip(newest, told, strict=True):
        if not is_one:
            st.divider()
        _show_order(row, is_one=is_one)
        if is_one:
            _show_lines(of_medicine)
        if not row.is_in_hospital:
            _show_lines(refills_left_words(row))
            show_refill(list(same["prescription_key"]))


def orders_told(current: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the orders of one medicine, those in the same words together.

    An order renewed in the same words is told once, by its newest row. Another dose,
    strength or reason, or the order of a stay beside the one at home, is told beside
    it: who sees one of two may leave the other out.
    """
    said = pd.Series(
        [_said(row) for row in current.itertuples(index=False)], index=current.index
    )
    return [same for _, same in current.groupby(said, sort=False)]


def how_to_take(row: Any) -> str:
    """Return dose, way and how often in words; empty where none was sent."""
    parts = [_dose(row), row.route_words, _how_often(row)]
    return ", ".join(part for part in parts if part)


def next_refill_words(row: Any, today: date) -> list[str]:
    """Return when the next refill of a medicine is due, if that is known."""
    if pd.isna(row.next_refill_on):
        return []
    day = day_words(row.next_refill_on)
    if row.next_refill_on <= today:
        return [f"Your supply should have run out by {day}"]
    return [f"Next refill: {day}"]


def refills_left_words(row: Any) -> list[str]:
    """Return how many refills of a prescription are left, if that is known."""
    if pd.isna(row.refills_left):
        return []
    return [f"Refills: {int(row.refills_left) or 'none'} left"]


def _said(row: Any) -> str:
    """Return all that the page says of an order, but for its day and its refills."""
    where = "in hospital" if row.is_in_hospital else "at home"
    reason = spelled_out(row.reason_name or "")
    said = (reason, how_to_take(row), _as_prescribed(row), where)
    return "\n".join(said).casefold()


def _of_the_medicine(
    newest: Sequence[Any], first_started_at: datetime, today: date
) -> list[str]:
    """Return when it was first prescribed, if before these, and its next refill."""
    lines = []
    if first_started_at < min(row.started_at for row in newest):
        lines.append(f"First prescribed: {day_words(first_started_at)}")
    at_home = [row for row in newest if not row.is_in_hospital]
    refills = (next_refill_words(row, today) for row in at_home)
    return lines + next((words for words in refills if words), [])


def _show_order(row: Any, *, is_one: bool) -> None:
    if row.reason_name:
        st.markdown(f"For: {plain(spelled_out(row.reason_name))}")
    told = how_to_take(row)
    st.markdown(f"How to take it: {plain(told)}" if told else ASK_HOW)
    if not is_one:
        show_quietly(f"On the prescription: {_as_prescribed(row)}")
    elif not _dose(row):
        show_quietly(f"On the prescription: {spelled_out(row.drug_name)}")
    if row.is_in_hospital:
        st.markdown("Ordered during a stay in hospital")
    st.markdown(f"This prescription: since {day_words(row.started_at)}")


def _show_lines(lines: Sequence[str]) -> None:
    for line in lines:
        st.markdown(line)


def _as_prescribed(row: Any) -> str:
    """Return the name with strength and form, and what was sent that has no words."""
    dose = (
        "" if _dose(row) else f"{row.dose_text or ''} {row.delivered_dose_unit or ''}"
    )
    often = "" if _how_often(row) else row.delivered_frequency or ""
    parts = (spelled_out(row.drug_name), dose.strip(), often)
    return ", ".join(part for part in parts if part)


def _dose(row: Any) -> str:
    if not row.dose_text or not row.dose_unit_words:
        return ""
    try:
        amount = number_text(float(row.dose_text))
    except ValueError:
        amount = spelled_out(row.dose_text)
    return f"{amount} {row.dose_unit_words}" if amount not in {"", "0"} else ""


def _how_often(row: Any) -> str:
    if row.frequency_words:
        return row.frequency_words
    if row.delivered_frequency or pd.isna(row.doses_per_day) or row.doses_per_day < 1:
        return ""
    if row.doses_per_day % 1:
        return ""
    often = number_text(row.doses_per_day)
    return "once a day" if often == "1" else f"{often} times a day"
