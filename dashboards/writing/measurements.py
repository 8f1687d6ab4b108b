"""Vital signs in one form, and scores of questionnaires."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards.chart.words import unit_text
from dashboards.data import Chart
from dashboards.forms.fields import Field, Values, choice, moment, number, whole
from dashboards.forms.form import show_form
from dashboards.writing.parts import act, chart_form
from pipelines.record.actions.catalogue import (
    Listed,
    Measure,
    listed_signs,
    scores,
    vital_signs,
)
from pipelines.record.actions.measuring import (
    DIASTOLIC,
    POSITIONS,
    SYSTOLIC,
    Measured,
    record_scores,
    record_vital_signs,
)

NOTHING = "Fill in at least one value."
HELP = {"3151-8": "0 where the patient breathes air."}


def show_vital_sign_form(chart: Chart) -> None:
    """Show the form of the usual set."""

    def save(values: dict[str, Any]) -> None:
        measured = Measured(
            chart.patient_key,
            filled(values, vital_signs()),
            values["measured_at"],
            values["position"],
            answers=filled(values, listed_signs()),
        )
        act(record_vital_signs, [measured])

    show_form(
        chart_form(
            chart,
            "vital signs",
            "record vital signs",
            "Vital signs recorded",
            (
                *map(sign_field, vital_signs().values()),
                *map(listed_field, listed_signs().values()),
                choice("position", "Position", POSITIONS),
                moment("measured_at", "Measured", is_past=True, is_now=True),
            ),
            save,
            check=wrong_signs,
            columns=3,
        )
    )


def show_scores(chart: Chart) -> None:
    """Show the form of scores, such as the risk of falling."""

    def save(values: dict[str, Any]) -> None:
        at = values["answered_at"]
        answers = filled(values, scores())
        act(record_scores, chart.patient_key, values=answers, answered_at=at)

    fields = [
        whole(
            each.code,
            each.name,
            help=each.meaning,
            possible=tuple(map(int, each.possible)),
            usual=tuple(map(int, each.usual)),
        )
        for each in scores().values()
    ]
    show_form(
        chart_form(
            chart,
            "scores",
            "record scores",
            "Scores recorded",
            (*fields, moment("answered_at", "Asked", is_past=True, is_now=True)),
            save,
            check=lambda values: (
                {}
                if filled(values, scores())
                else dict.fromkeys([next(iter(scores()))], NOTHING)
            ),
            columns=2,
        )
    )


def sign_field(measure: Measure) -> Field:
    """Return the field of one vital sign."""
    return number(
        measure.code,
        measure.name,
        unit=unit_text(measure.unit),
        possible=measure.possible,
        usual=measure.usual,
        help=HELP.get(measure.code),
    )


def listed_field(sign: Listed) -> Field:
    """Return the field of one sign that is told in words."""
    return choice(sign.code, sign.name, words_of(sign))


def words_of(sign: Listed) -> dict[str, str]:
    """Return the words of a sign as what can be chosen."""
    return {each: each for each in sign.answers}


def filled(values: Values, codes: Iterable[str]) -> dict[str, Any]:
    """Return the values of these codes that are filled in."""
    return {code: values[code] for code in codes if values.get(code) is not None}


def wrong_signs(values: Values) -> dict[str, str]:
    """Return what is wrong with vital signs, by code."""
    measured = filled(values, vital_signs())
    if not measured and not filled(values, listed_signs()):
        return {SYSTOLIC: NOTHING}
    return {**_wrong_pressure(measured), **_too_fine(measured)}


def _wrong_pressure(measured: Mapping[str, Any]) -> dict[str, str]:
    high, low = measured.get(SYSTOLIC), measured.get(DIASTOLIC)
    if (high is None) != (low is None):
        missing = SYSTOLIC if high is None else DIASTOLIC
        return {missing: "A blood pressure needs both of its values."}
    if high is not None and high <= low:
        return {SYSTOLIC: "Not above the diastolic one; look for swapped values."}
    return {}


def _too_fine(measured: Mapping[str, Any]) -> dict[str, str]:
    signs = vital_signs()
    return {
        code: f"At most {signs[code].decimals} decimals."
        for code, value in measured.items()
        if -value.normalize().as_tuple().exponent > signs[code].decimals
    }
