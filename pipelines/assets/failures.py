"""Errors of a step without what they quote: drivers and readers quote patients' values.

Our own errors are written to be shown. Of all others only the kind and the place are
told; neither holds data.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.own_code import described


@contextmanager
def without_values() -> Iterator[None]:
    """Let a step fail with an error that holds no value of a patient.

    Raises:
        dagster.Failure: in place of whatever was raised; never tried again by itself.
    """
    try:
        yield
    except dg.Failure:
        raise
    except Exception as problem:  # noqa: BLE001 - made safe to show, then raised
        raise dg.Failure(described(problem), allow_retries=False) from None
