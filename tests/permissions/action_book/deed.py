"""What the book says of an action: how it is prepared, and how it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.access.people import Person
from tests.permissions.hospital import Hospital


def nothing(hospital: Hospital, author: Person, patient: int) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Deed:
    """One action of the table, done in a valid way through the functions of the pages.

    ``prepare`` writes what the action is about in the name of ``author`` or of whoever
    does that here, while everybody has the patient; ``do`` gets what it returned.
    """

    do: Callable[[Hospital, Person, int, Any], object]
    prepare: Callable[[Hospital, Person, int], Any] = nothing


class NothingShownError(Exception):
    """What is there was not shown to who looked."""
