"""The arguments of rules that are known only at a load: the source's today."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

CLOCK_TOLERANCE = timedelta(days=1)  # any zone's wall clock, read as any other's


def parameters_of(as_of: datetime | None) -> dict[str, Any]:
    """Return the values of the parameters that rules may name.

    Args:
        as_of: The source's today, with its zone; None leaves the future unjudged.
    """
    if as_of is None:
        return {"latest_instant": None, "latest_date": None, "latest_year": None}
    latest = as_of + CLOCK_TOLERANCE
    return {
        "latest_instant": latest,
        "latest_date": datetime.combine(latest.date(), time()),
        "latest_year": latest.year,
    }


def fill_in(
    kwargs: Mapping[str, Any], parameters: Mapping[str, object]
) -> dict[str, Any]:
    """Return the arguments with each ``{"$PARAMETER": name}`` replaced by its value.

    An argument without a value is left out, as Great Expectations does.
    """
    filled = {
        key: parameters[value["$PARAMETER"]] if isinstance(value, Mapping) else value
        for key, value in kwargs.items()
    }
    return {key: value for key, value in filled.items() if value is not None}
