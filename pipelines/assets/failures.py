"""Errors of a step without what they quote: drivers and readers quote patients' values.

Our own errors are written to be shown. Of all others only the kind and the place are
told; neither holds data.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

OWN_PACKAGES = ("pipelines.", "expectations.", "models.")


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
        raise dg.Failure(_describe(problem), allow_retries=False) from None


def _describe(problem: Exception) -> str:
    kind = type(problem)
    is_own = kind.__module__.startswith(OWN_PACKAGES)
    return str(problem) if is_own else f"{kind.__name__} at {_place(problem)}"


def _place(problem: BaseException) -> str:
    """Return the innermost line of the product's own code that led to an error."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    innermost = (own or frames)[-1]
    return f"{innermost.filename}:{innermost.lineno} in {innermost.name}"
