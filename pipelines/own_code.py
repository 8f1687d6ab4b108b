"""Which errors and lines are the product's own: they may be shown, they hold no row."""

import traceback
from pathlib import Path

from pipelines.settings import PROJECT

OWN_PACKAGES = ("pipelines", "expectations", "models")


def is_own_error(problem: BaseException) -> bool:
    """Return whether an error is one of ours, which are written to be shown."""
    return type(problem).__module__.partition(".")[0] in OWN_PACKAGES


def own_frame(problem: BaseException) -> traceback.FrameSummary:
    """Return the innermost line of our own code that led to an error.

    The modules of Python and of packages that it went through tell nobody anything.
    """
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename)]
    return (own or frames)[-1]


def described(problem: BaseException) -> str:
    """Return what is wrong, without what a driver or a reader quotes of rows."""
    if is_own_error(problem):
        return str(problem)
    frame = own_frame(problem)
    kind = type(problem).__name__
    return f"{kind} at {frame.filename}:{frame.lineno} in {frame.name}"


def _is_own(file_name: str) -> bool:
    path = Path(file_name)
    return any(path.is_relative_to(PROJECT / package) for package in OWN_PACKAGES)
