"""From what was typed to values: exact numbers, times with their zone, or an error."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.chart.words import date_text, time_text
from dashboards.forms.fields import Code, Field, Kind, Limits, Values

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
# A clock of a browser may be a little ahead.
AHEAD = timedelta(minutes=2)


class FieldError(Exception):
    """What is wrong with one field, for whoever fills it in."""


def read_values(
    fields: Sequence[Field], typed: Values, zone: ZoneInfo
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of the fields that are shown, and what is wrong with which."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if not field.is_shown(typed):
            continue
        try:
            values[field.name] = _value(field, typed.get(field.name), zone)
        except FieldError as error:
            errors[field.name] = str(error)
    return values, errors


def unusual(fields: Sequence[Field], values: Values) -> list[str]:
    """Return what is possible but seldom, so that it is read a second time."""
    return [
        f"{field.label}: {told(field, values[field.name])} is unusual. Is it right?"
        for field in fields
        if values.get(field.name) is not None
        and field.kind in (Kind.NUMBER, Kind.WHOLE)
        and not _is_within(values[field.name], field.usual)
    ]


def told(field: Field, value: Any) -> str:
    """Return a value as the confirmation tells it."""
    if isinstance(value, datetime):
        clock = value.tzname() if _is_twice(value) else ""
        return f"{time_text(value)} {clock}".strip()
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, Code):
        return f"{value.name} ({value.code})" if value.code else value.name
    if isinstance(value, list):
        return "; ".join((field.options or {}).get(each, each) for each in value)
    if field.kind is Kind.TICK:
        return "yes" if value else "no"
    words = (field.options or {}).get(value, str(value))
    return f"{words} {field.unit}".strip()


def with_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant of the site's clock.

    Raises:
        FieldError: the clock skipped it, in spring.
    """
    instant = local.replace(tzinfo=zone)
    if instant.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        msg = "The clock was put forward over this time; choose another."
        raise FieldError(msg)
    return instant


def _is_twice(instant: datetime) -> bool:
    return instant.utcoffset() != instant.replace(fold=1 - instant.fold).utcoffset()


def _value(field: Field, typed: Any, zone: ZoneInfo) -> Any:
    if isinstance(typed, str):
        typed = typed.strip() or None
    if typed is None and field.is_now:
        return datetime.now(zone).replace(second=0, microsecond=0)
    if typed is None or typed == []:
        if field.is_required:
            msg = "This has to be filled in."
            raise FieldError(msg)
        return None
    return READERS[field.kind](field, typed, zone)


def _text(field: Field, typed: str, _: ZoneInfo) -> str:
    if len(typed) > field.longest:
        msg = f"At most {field.longest} characters; this has {len(typed)}."
        raise FieldError(msg)
    return typed


def _number(field: Field, typed: str, _: ZoneInfo) -> Decimal:
    if not NUMBER.fullmatch(str(typed)):
        msg = "A number with a point, such as 37.5."
        raise FieldError(msg)
    return _possible(field, Decimal(str(typed)))


def _whole(field: Field, typed: str, _: ZoneInfo) -> int:
    if not WHOLE_NUMBER.fullmatch(str(typed)):
        msg = "A whole number."
        raise FieldError(msg)
    return _possible(field, int(typed))


def _possible(field: Field, value: Any) -> Any:
    if _is_within(value, field.possible):
        return value
    low, high = field.possible
    limits = [
        f"at least {low}" if low is not None else "",
        f"at most {high}" if high is not None else "",
    ]
    possible = f"{', '.join(each for each in limits if each)} {field.unit}".strip()
    msg = f"Possible is {possible}. Look for a typing error."
    raise FieldError(msg)


def _is_within(value: Decimal | int, limits: Limits) -> bool:
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)


def _choice(field: Field, typed: str, _: ZoneInfo) -> str:
    if typed not in (field.options or {}):
        msg = "Choose one of the options."
        raise FieldError(msg)
    return typed


def _several(field: Field, typed: list[str], zone: ZoneInfo) -> list[str]:
    return [_choice(field, each, zone) for each in typed]


def _moment(field: Field, typed: datetime, zone: ZoneInfo) -> datetime:
    instant = with_zone(typed.replace(tzinfo=None), zone)
    if field.is_past and instant > datetime.now(zone) + AHEAD:
        msg = "This is still to come."
        raise FieldError(msg)
    return instant


def _day(field: Field, typed: date, zone: ZoneInfo) -> date:
    if field.is_past and typed > datetime.now(zone).date():
        msg = "This is still to come."
        raise FieldError(msg)
    return typed


def _code(_field: Field, typed: Sequence[str], _: ZoneInfo) -> Code:
    return Code(*typed)


def _tick(field: Field, typed: bool, _: ZoneInfo) -> bool:  # noqa: FBT001 - a value
    if field.is_required and not typed:
        msg = "This has to be ticked."
        raise FieldError(msg)
    return typed


READERS: Mapping[Kind, Callable[[Field, Any, ZoneInfo], Any]] = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.CODE: _code,
    Kind.TICK: _tick,
}
