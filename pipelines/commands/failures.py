"""What a person is told of an error: never a value of a patient.

Our own errors are written to be shown, and so are those of files and of connections.
Drivers and readers quote rows: of their errors only kind and place are told.
"""

import psycopg
from pydantic import ValidationError

from pipelines.own_code import is_own_error, own_frame


def told(problem: Exception) -> str:
    """Return what is wrong and what to do, in words that may be shown."""
    if is_own_error(problem):
        return str(problem)
    if isinstance(problem, ValidationError):
        return _told_of_settings(problem)
    if isinstance(problem, psycopg.OperationalError) and problem.sqlstate is None:
        return (
            f"the database does not answer: run 'ehr up', then 'ehr doctor'\n{problem}"
        )
    if isinstance(problem, OSError) and problem.strerror:
        place = f": {problem.filename}" if problem.filename else ""
        return f"{problem.strerror}{place}"
    frame = own_frame(problem)
    place = f"{frame.filename}:{frame.lineno}"
    return (
        f"{type(problem).__name__} at {place}; the same command with --debug tells "
        "more, patients' values included"
    )


def _told_of_settings(problem: ValidationError) -> str:
    """Return which setting is wrong, without its value: it may be a password."""
    wrong = [
        f"EHR_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}"
        for error in problem.errors(include_input=False)
    ]
    return "; ".join(wrong)
