"""The fields of a dosage, and the dosage that they make."""

from decimal import Decimal

from dashboards.chart.words import number_text, unit_text
from dashboards.forms.fields import Field, Values, choice, line, number, whole
from pipelines.record.actions.catalogue import doses_per_day, options
from pipelines.record.actions.dosage import (
    AMOUNT,
    MOST_DAYS,
    MOST_REFILLS,
    NOT_ZERO,
    Dosage,
)

ROUTES = {
    each: each.capitalize()
    for each in (
        *("oral", "intravenous", "subcutaneous", "intramuscular", "inhalation"),
        *("topical", "rectal", "nasal", "ophthalmic", "sublingual", "transdermal"),
    )
}
UNITS = {
    each: unit_text(each)
    for each in ("mg", "g", "ug", "mL", "[iU]", "{puff}", "{tablet}", "mmol", "{drop}")
}
COLUMNS = (
    *("dose_text", "dose_unit", "route_code", "frequency_text"),
    *("quantity", "days_supply", "refills_allowed"),
)


def dosage_fields(values: Values | None = None) -> tuple[Field, ...]:
    """Return the fields; what a prescription has beside the lists stays possible."""
    before = values or {}
    frequencies = options("frequencies", "frequency_code", "frequency_code")
    return (
        line("dose_text", "Dose", is_required=True, longest=20, help="Such as 500."),
        choice("dose_unit", "Unit", _with(UNITS, before.get("dose_unit")), **MUST),
        choice("route_code", "Route", _with(ROUTES, before.get("route_code")), **MUST),
        choice(
            "frequency_text",
            "How often",
            _with(frequencies, before.get("frequency_text")),
            **MUST,
        ),
        number(
            "quantity",
            "Quantity per dispense",
            possible=(Decimal("0.001"), 10_000),
            **MUST,
        ),
        whole("days_supply", "Lasts", unit="days", possible=(1, MOST_DAYS), **MUST),
        whole("refills_allowed", "Refills", possible=(0, MOST_REFILLS), **MUST),
    )


MUST = {"is_required": True}


def starts_of(values: Values) -> dict[str, object]:
    """Return what the fields of a dosage begin with."""
    return {
        name: _typed(values[name])
        for name in COLUMNS
        if values.get(name) not in (None, "")
    }


def wrong_dosage(values: Values) -> dict[str, str]:
    """Return what is wrong with a dosage, by field."""
    dose = values["dose_text"]
    if not AMOUNT.fullmatch(dose) or not NOT_ZERO.search(dose):
        return {"dose_text": "A number above 0 with a point, or from-to, such as 1-2."}
    return {}


def dosage_of(values: Values, before: Values | None = None) -> Dosage:
    """Return the dosage that was typed."""
    often = doses_per_day(values["frequency_text"])
    if often is None and before:
        often = before["doses_per_day"]
    return Dosage(
        dose_text=values["dose_text"],
        dose_unit=values["dose_unit"],
        frequency_text=values["frequency_text"],
        doses_per_day=often or Decimal(1),
        quantity=values["quantity"],
        days_supply=values["days_supply"],
        refills_allowed=values["refills_allowed"],
        route_code=values["route_code"],
    )


def tell_dosage(values: Values) -> list[str]:
    """Return what a dosage comes to, to be read before it is saved."""
    often = doses_per_day(values["frequency_text"])
    if often is None:
        return []
    doses = number_text(float(often * values["days_supply"]))
    return [
        f"{number_text(float(often))} doses a day, {doses} doses in "
        f"{values['days_supply']} days"
    ]


def _with(options: dict[str, str], present: str | None) -> dict[str, str]:
    return (
        options if not present or present in options else options | {present: present}
    )


def _typed(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
